from odoo import api, fields, models
from odoo.exceptions import AccessError


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    cx_released = fields.Boolean(
        "Released for Campaigns", copy=False,
        help="Marketers may use it as a step. Any change of the action withdraws the release.",
    )  # fmt: skip

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        if any(action.cx_released for action in actions):
            self._check_may_release()
        actions.parent_id._withdraw_release()
        return actions

    def write(self, vals):
        """What was released is what was read: a changed action is read again first."""
        if vals.get("cx_released"):
            self._check_may_release()
        changed = self.filtered(lambda action: action._cx_changes(vals))
        if any(action.cx_released for action in changed):
            vals = {"cx_released": False, **vals}
        changed.parent_id._withdraw_release()
        return super().write(vals)

    def unlink(self):
        self.parent_id._withdraw_release()
        return super().unlink()

    def _cx_changes(self, vals):
        """Whether the action would do something else with these values."""
        return any(
            (self._fields[name].convert_to_write(self[name], self) or False) != (value or False)
            for name, value in vals.items()
            if name in self._fields and name not in ("cx_released", "name", "sequence")
        )

    def _check_may_release(self):
        # sudo() does not help: it is the person that answers for what is released
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._("Released for Campaigns: only an administrator of Odoo may set it.")
            )

    def _withdraw_release(self):
        """What runs several actions is released as a whole."""
        actions = self
        while actions:
            actions.filtered("cx_released").cx_released = False
            actions = actions.parent_id
