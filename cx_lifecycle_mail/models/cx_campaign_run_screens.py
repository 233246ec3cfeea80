"""Where the buttons on participants and on what is done with them lead."""

from odoo import models


class CxCampaignRun(models.Model):
    _inherit = "cx.campaign.run"

    def action_open_partner(self):
        """Open the participant's contact form."""
        return self.customer_id.action_open_partner()


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    def action_open_partner(self):
        """Open the contact form of whom it concerns."""
        return self.customer_id.action_open_partner()
