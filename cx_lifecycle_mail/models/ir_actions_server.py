from odoo import fields, models


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    cx_released = fields.Boolean(
        "Released for Campaigns", copy=False,
        help="Marketers may use it as a step. Any change of the action withdraws the release.",
    )  # fmt: skip

    def write(self, vals):
        """What was released is what was read: a changed action is read again first."""
        if set(vals) - {"cx_released", "name", "sequence"}:
            vals = {"cx_released": False, **vals}
        return super().write(vals)
