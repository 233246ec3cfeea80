from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        done = super().write(vals)
        if "categ_id" in vals:
            self.env["cx.policy"]._range_changed()
        return done
