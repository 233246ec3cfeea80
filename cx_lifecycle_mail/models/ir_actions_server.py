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
        if set(vals) - {"cx_released", "name", "sequence"}:
            vals = {"cx_released": False, **vals}
            self.parent_id._withdraw_release()
        return super().write(vals)

    def unlink(self):
        self.parent_id._withdraw_release()
        return super().unlink()

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
