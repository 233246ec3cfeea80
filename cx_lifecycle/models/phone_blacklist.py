from odoo import api, models


class PhoneBlacklist(models.Model):
    _inherit = "phone.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever asks not to be contacted is not called tomorrow either."""
        entries = super().create(vals_list)
        self.env["cx.customer"]._settle_blocked("phone_sanitized", entries.mapped("number"))
        return entries

    def write(self, vals):
        """So does whoever asks it again, or whose number is corrected."""
        done = super().write(vals)
        if vals.get("active") or "number" in vals:
            self.env["cx.customer"]._settle_blocked("phone_sanitized", self.mapped("number"))
        return done
