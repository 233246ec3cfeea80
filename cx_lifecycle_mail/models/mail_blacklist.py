from odoo import api, models


class MailBlacklist(models.Model):
    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever asks not to be contacted leaves the campaigns at once."""
        entries = super().create(vals_list)
        self.env["cx.topic.optout"]._settle(entries.mapped("email"))
        return entries

    def write(self, vals):
        """So does whoever asks it again, or whose address is corrected."""
        done = super().write(vals)
        if vals.get("active") or "email" in vals:
            self.env["cx.topic.optout"]._settle(self.mapped("email"))
        return done
