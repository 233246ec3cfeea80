from odoo import api, fields, models


class CxPolicyLine(models.AbstractModel):
    """A part of a version of the policy: changed with it, and only while it is a draft."""

    _name = "cx.policy.line"
    _description = "Part of a Policy"

    policy_id = fields.Many2one("cx.policy", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.policy_id._check_draft()
        return lines

    def write(self, vals):
        if self._is_rule(vals):
            self.policy_id._check_draft()
        return super().write(vals)

    def unlink(self):
        self.policy_id._check_draft()
        return super().unlink()

    def _is_rule(self, vals):
        """Whether writing these values changes the rules; a name does not."""
        return bool(set(vals) - {"name"})
