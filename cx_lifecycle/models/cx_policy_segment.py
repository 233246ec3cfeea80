from odoo import api, fields, models
from odoo.exceptions import ValidationError

from . import cx_policy_domain as domains
from .cx_policy_limits import LEARNED


class CxPolicySegment(models.Model):
    """Customers with limits, and from 50 repeat buyers on a rhythm, of their own."""

    _name = "cx.policy.segment"
    _inherit = ["cx.policy.line", "cx.policy.limits"]
    _description = "Policy Segment"
    _order = "sequence, id"

    sequence = fields.Integer(default=10, help="A customer belongs to the first segment that fits.")
    name = fields.Char("Segment", required=True, translate=True)
    domain = fields.Char(
        "Who Belongs to It",
        required=True,
        default="[]",
        help="Condition on the customer's contact. It is looked at with the rights of the "
        "policy's author.",
    )

    @api.constrains("domain")
    def _check_domain(self):
        for segment in self:
            if domains.check(segment, "domain", "res.partner", decided=True).is_true():
                raise ValidationError(
                    self.env._(
                        "Who Belongs to It: segment %s would take everybody. Say whom it is for, "
                        "or change the limits of the policy itself.",
                        segment.name,
                    )
                )

    def _learned(self):
        return {*LEARNED, "fitted_for"}
