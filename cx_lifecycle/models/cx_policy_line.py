from odoo import api, fields, models
from odoo.exceptions import UserError

from .machine_field import own_defaults


class CxPolicyLine(models.AbstractModel):
    """A part of a version of the policy: changed with it, and only while it is a draft."""

    _name = "cx.policy.line"
    _description = "Part of a Policy"

    policy_id = fields.Many2one("cx.policy", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id")

    @api.model
    def default_get(self, fields):
        return own_defaults(self, self._learned(), super().default_get(fields))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_learned(vals)
        lines = super().create(vals_list)
        lines.policy_id._change()
        return lines

    def write(self, vals):
        self._check_learned(vals)
        if "policy_id" in vals and not self.env.su:
            raise UserError(self.env._("A part stays with its version: make it anew in the other."))
        if set(vals) - {"name"} - self._learned():  # a name explains, it decides nothing
            self.policy_id._change()
        return super().write(vals)

    def unlink(self):
        self.policy_id._change()
        return super().unlink()

    def _learned(self):
        """Names of the fields that only fitting writes."""
        return set()

    def _check_learned(self, vals):
        if not self.env.su and (forged := self._learned().intersection(vals)):
            raise UserError(
                self.env._("%s: nobody writes this by hand, it is learned.", ", ".join(forged))
            )

    def _in_order(self):
        """The lines as they will be asked: those not saved yet count where they will stand."""
        return self.sorted(lambda line: (line.sequence, line._origin.id or float("inf")))
