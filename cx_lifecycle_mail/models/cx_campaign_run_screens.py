"""How participants are named, and where the buttons on them and on what is done lead."""

from odoo import SUPERUSER_ID, api, models

from .cx_campaign_act_actions import MARKETER


class CxCampaignRun(models.Model):
    _inherit = "cx.campaign.run"

    @api.depends("arm")
    @api.depends_context("uid", "lang")
    def _compute_display_name(self):
        """Not who is held out: Odoo names, to whoever is in debug mode, what may not be read."""
        named = super()._compute_display_name()
        if self.env.uid != SUPERUSER_ID and not self.env.user.has_group(MARKETER):
            for run in self.filtered(lambda run: run.arm == "held_out"):
                run.display_name = self.env._("Campaign Participant")
        return named

    def action_open_partner(self):
        """Open the participant's contact form."""
        return self.customer_id.action_open_partner()


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    def action_open_partner(self):
        """Open the contact form of whom it concerns."""
        return self.customer_id.action_open_partner()
