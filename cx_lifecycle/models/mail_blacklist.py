from odoo import api, models


class MailBlacklist(models.Model):
    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever asks not to be contacted is not called tomorrow either."""
        entries = super().create(vals_list)
        self.env["cx.customer"]._settle_blocked("email_normalized", entries.mapped("email"))
        return entries

    def write(self, vals):
        """So does whoever asks it again, or whose address is corrected."""
        done = super().write(vals)
        if vals.get("active") or "email" in vals:
            self.env["cx.customer"]._settle_blocked("email_normalized", self.mapped("email"))
        return done
