from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .words import labelled


class CxTouchpointKind(models.Model):
    """An interaction over a channel: who answers for it, and how fast an answer should come."""

    _name = "cx.touchpoint.kind"
    _description = "Kind of Touchpoint"
    _order = "channel_id, interaction_id, company_id, id"
    _rec_name = "interaction_id"

    channel_id = fields.Many2one("cx.channel", required=True, ondelete="restrict")
    interaction_id = fields.Many2one("cx.interaction", required=True, ondelete="restrict")
    step_id = fields.Many2one(related="interaction_id.step_id", string="Step")
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Empty: for every company that has none of its own.",
    )
    owner_id = fields.Many2one(
        "res.users",
        domain=[("share", "=", False)],
        index="btree_not_null",
        ondelete="set null",
        help="Who answers for these touchpoints.",
    )
    target_hours = fields.Float(
        "Target (Hours)",
        help="Hours within which an answer or the end should come. 0: there is no target.",
    )

    _kind_unique = models.UniqueIndex(
        "(channel_id, interaction_id, COALESCE(company_id, 0))",
        "There is a record for this channel, interaction and company already.",
    )

    @api.constrains("target_hours")
    def _check_target(self):
        for kind in self:
            if kind.target_hours < 0:
                raise ValidationError(self.env._("Target: enter hours, 0 or more."))

    @api.depends("channel_id", "interaction_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for kind in self:
            channel, interaction = kind.channel_id.name or "", kind.interaction_id.name or ""
            kind.display_name = labelled(self.env, channel, interaction)
