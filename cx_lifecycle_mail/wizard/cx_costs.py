"""Campaigns beside the other ways of spending: what each gained, by those held out."""

from odoo import api, models
from odoo.fields import Domain

from ..engine import effect


class CxCosts(models.TransientModel):
    _inherit = "cx.costs"

    @api.model
    def _rows(self, company, since, until):
        rows = super()._rows(company, since, until)
        if self.env["cx.campaign.outcome"].has_access("read"):
            rows += self._campaign_rows(company, since, until)
        return rows

    @api.model
    def _campaign_rows(self, company, since, until):
        """A row for each campaign whose participants of the period can be told from held-out ones.

        Customers are the buyers among those treated; gained is how many of them there were more
        than without the campaign.
        """
        campaigns = self.env["cx.campaign"].with_context(active_test=False)
        launched = campaigns.search([("company_id", "=", company.id), ("launched_at", "!=", False)])
        entered = Domain("entered_on", ">=", since) & Domain("entered_on", "<=", until)
        arms = launched._arms("campaign_id", entered)
        rows = []
        for campaign in launched.filtered(lambda campaign: campaign.id in arms):
            treated, held = arms[campaign.id]
            # what "worked best" is looked up again and again, as the verdict is
            shares = effect.shares_always(treated, held, campaign.planned_number)
            if not shares:
                continue
            counted = campaign._complete() & entered & Domain("arm", "=", "treated")
            outcomes = self.env["cx.campaign.outcome"]._search(counted)
            costs = campaign._costs(outcomes.select())
            # once, in the period of the launch: as it stands among all that was spent
            fixed = costs["fixed"] if since <= campaign.launched_on <= until else 0.0
            rows.append(
                {
                    "purpose": campaign.purpose,
                    "label": campaign.name,
                    "spent": costs["message"] + costs["call"] + fixed,
                    "customers": treated.buyers,
                    "gained": shares.value * treated.number,
                    "low": shares.low * treated.number,
                    "high": shares.high * treated.number,
                    "customers_list": {
                        "model": "cx.campaign.outcome",
                        "domain": list(counted & Domain("bought", "=", True)),
                    },
                    "spent_list": None,
                }
            )
        return rows
