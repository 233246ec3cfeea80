"""Who objected to profiling takes part in no campaign: stages are what campaigns go by."""

from odoo import SUPERUSER_ID, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _cx_stop_profiling(self):
        """Their participations end at once."""
        done = super()._cx_stop_profiling()
        # the machine's runs: whoever notes an objection may write none
        runs = self.env["cx.campaign.run"].with_user(SUPERUSER_ID)
        for company in runs._companies():
            runs.with_company(company)._settle_runs(company, self.ids)
        return done
