from odoo import fields, models

from ..models.cx_campaign_checks import LEVELS


class CxCampaignLaunchLine(models.TransientModel):
    """One thing that stands against a launch, with the way to it."""

    _name = "cx.campaign.launch.line"
    _description = "Finding Before a Launch"
    _order = "sequence, id"

    launch_id = fields.Many2one("cx.campaign.launch", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer()
    level = fields.Selection(LEVELS, "Weight", required=True)
    step_id = fields.Many2one("cx.campaign.step", ondelete="cascade")
    field = fields.Char("Where", required=True)
    text = fields.Text("What", required=True)

    def action_fix(self):
        """Open what the finding is about: the step, or the campaign behind the dialog."""
        self.ensure_one()
        if not self.step_id:
            return {"type": "ir.actions.act_window_close"}
        campaign = self.launch_id.campaign_id
        return campaign._dialog("cx.campaign.step", self.step_id.name, self.step_id.id)
