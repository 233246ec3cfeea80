from odoo import fields, models

from ..models.cx_campaign_checks import LEVELS


class CxCampaignPublishLine(models.TransientModel):
    """One thing that stands against a publication, with the way to it."""

    _name = "cx.campaign.publish.line"
    _description = "Finding Before a Publication"
    _order = "sequence, id"

    publish_id = fields.Many2one(
        "cx.campaign.publish", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    level = fields.Selection(LEVELS, "Weight", required=True)
    step_id = fields.Many2one("cx.campaign.step", ondelete="cascade")
    field = fields.Char("Where", required=True)
    text = fields.Text("What", required=True)

    def action_fix(self):
        """Open what the finding is about: the step, or the draft behind the dialog."""
        self.ensure_one()
        if not self.step_id:
            return {"type": "ir.actions.act_window_close"}
        draft = self.publish_id.draft_id
        return draft._dialog("cx.campaign.step", self.step_id.name, self.step_id.id)
