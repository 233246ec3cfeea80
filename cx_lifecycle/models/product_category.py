from odoo import fields, models

from .res_partner import REP


class ProductCategory(models.Model):
    _inherit = "product.category"

    cx_need_ids = fields.Many2many(
        "cx.need",
        "cx_need_product_category_rel",
        "category_id",
        "need_id",
        "Needs",
        groups=REP,
        help="Who buys from this category, or from one below it, shows these needs: from the next "
        "night on, purchases count as evidence.",
    )

    def write(self, vals):
        done = super().write(vals)
        if {"cx_need_ids", "parent_id"} & set(vals):
            self.env["cx.policy"]._range_changed()
        return done
