from odoo import api, fields, models
from odoo.tools import formatLang

CHANGES = [("pause", "Pause"), ("resume", "Resume"), ("finish", "Finish")]


class CxCampaignChange(models.TransientModel):
    """Ask before a campaign is paused, resumed or finished, with the number concerned."""

    _name = "cx.campaign.change"
    _description = "Pause, Resume or Finish a Campaign"

    campaign_id = fields.Many2one("cx.campaign", required=True, readonly=True, ondelete="cascade")
    change = fields.Selection(CHANGES, required=True, readonly=True)
    waiting = fields.Integer(compute="_compute_numbers", help="Messages and activities not done.")
    running = fields.Integer(compute="_compute_numbers", help="Participants under way.")
    text = fields.Text(compute="_compute_numbers")

    @api.depends("campaign_id", "change")
    @api.depends_context("lang")
    def _compute_numbers(self):
        runs = self.env["cx.campaign.run"]
        for wizard in self:
            campaign = wizard.campaign_id
            wizard.waiting = campaign.waiting_count
            wizard.running = runs.search_count(
                [("campaign_id", "=", campaign.id), ("state", "=", "running")]
            )
            wizard.text = wizard._sentence()

    def _sentence(self):
        numbers = {
            "waiting": formatLang(self.env, self.waiting, digits=0),
            "running": formatLang(self.env, self.running, digits=0),
        }
        if self.change == "pause":
            return self.env._(
                "%(running)s participants are under way, %(waiting)s messages and activities wait. "
                "Nothing is done and nobody enters until you resume. What waits longer than it is "
                "valid is dropped, with the reason.",
                **numbers,
            )
        if self.change == "resume":
            return self.env._(
                "%(running)s participants are under way, %(waiting)s messages and activities wait. "
                "Those that are due are done at once, as hours and caps allow.",
                **numbers,
            )
        return self.env._(
            "%(running)s participants are under way, %(waiting)s messages and activities wait. "
            "All of them are stopped for good: a finished campaign does not begin again.",
            **numbers,
        )

    def action_show(self):
        """List what waits."""
        return self.campaign_id.action_acts("waiting")

    def action_apply(self):
        """Do what was asked about."""
        self.ensure_one()
        self.campaign_id.check_access("write")
        if self.change == "pause":
            self.campaign_id.action_pause()
        elif self.change == "resume":
            self.campaign_id.action_resume()
        else:
            self.campaign_id.action_finish()
        return {"type": "ir.actions.act_window_close"}
