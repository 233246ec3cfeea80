"""Who objected to being sorted into stages takes part in no campaign."""

from odoo import SUPERUSER_ID, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    cx_no_profiling_since = fields.Date(readonly=True, copy=False)

    def _cx_profiling_refused(self):
        """Their participations end at once."""
        # the machine's runs: whoever notes an objection may write none
        runs = self.env["cx.campaign.run"].with_user(SUPERUSER_ID)
        for company in runs._companies():
            runs.with_company(company)._settle_runs(company, self.commercial_partner_id.ids)
