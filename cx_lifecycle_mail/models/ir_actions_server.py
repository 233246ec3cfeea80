from odoo import fields, models


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    cx_released = fields.Boolean(
        "Released for Campaigns", copy=False,
        help="Marketers may use it as a step. Any change of the action withdraws the release.",
    )  # fmt: skip

    def write(self, vals):
        """What was released is what was read: a changed action is read again first."""
        if self._cx_changes(vals):
            vals = {"cx_released": False, **vals}
        return super().write(vals)

    def _cx_changes(self, vals):
        """Whether a released action would do something else with these values."""
        return any(
            self._fields[name].convert_to_write(action[name], action) != value
            for action in self
            if action.cx_released
            for name, value in vals.items()
            if name in self._fields and name not in ("cx_released", "name", "sequence")
        )
