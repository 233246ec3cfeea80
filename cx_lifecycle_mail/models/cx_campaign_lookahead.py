"""The buttons of a campaign that look ahead and back before anything leaves."""

from odoo import models
from odoo.exceptions import AccessError


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    def _check_looks(self):
        """Whoever sees these screens sees who would be held out."""
        self.ensure_one()
        if not self.env.user.has_group("cx_lifecycle.group_marketer"):
            raise AccessError(self.env._("Only marketers see who would be in a campaign."))
        self.check_access("write")

    def action_try(self):
        """Open the dialog that goes through the campaign with some real customers."""
        self._check_looks()
        title = self.env._("Try %s", self.name)
        return self._dialog("cx.campaign.try", title, default_campaign_id=self.id)

    def action_dry_run(self):
        """Show what the campaign will do in the coming weeks."""
        self._check_looks()
        return self._opened(self.env["cx.campaign.forecast"]._begin(self))

    def action_replay(self):
        """Show whom the campaign would have met in the last twelve months."""
        self._check_looks()
        return self._opened(self.env["cx.campaign.replay"]._begin(self))

    def _opened(self, record):
        return {
            "type": "ir.actions.act_window",
            "name": record._description,
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
