from odoo import fields, models

from ..models.cx_campaign_checks import LEVELS


class CxCampaignFinding(models.TransientModel):
    """One thing that stands against a launch or a publication, with the way to it."""

    _name = "cx.campaign.finding"
    _description = "Finding Before a Launch"
    _order = "sequence, id"

    launch_id = fields.Many2one("cx.campaign.launch", index="btree_not_null", ondelete="cascade")
    publish_id = fields.Many2one("cx.campaign.publish", index="btree_not_null", ondelete="cascade")
    sequence = fields.Integer()
    level = fields.Selection(LEVELS, "Weight", required=True)
    step_id = fields.Many2one("cx.campaign.step", ondelete="cascade")
    field = fields.Char("Where", required=True)
    text = fields.Text("What", required=True)

    def action_fix(self):
        """Open what the finding is about: the step, or the campaign behind the dialog."""
        self.ensure_one()
        step = self.step_id
        if not step:
            return {"type": "ir.actions.act_window_close"}
        return step.campaign_id._dialog("cx.campaign.step", step.name, step.id)
