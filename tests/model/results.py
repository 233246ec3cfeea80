"""What tests of results need: campaigns of long ago, and who took part in them."""

from datetime import datetime, timedelta

from model.campaigns import CampaignCase
from model.common import ago

from odoo.tests import new_test_user


class ResultCase(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "result_marketer", "cx_lifecycle.group_marketer")
        cls.Outcome = cls.env["cx.campaign.outcome"]

    def entered(self, campaign, days, arm="treated", stage="dormant", **values):
        """A customer who entered so many days ago, at noon; the contact."""
        partner = self.partner(**values)
        customer = self.of(partner) or self.buy(partner, 400)
        self.rows(
            "INSERT INTO cx_campaign_run (campaign_id, customer_id, company_id, entry_key, arm,"
            " state, entered_at, ends_on, stage_id, version_number)"
            " VALUES (%s, %s, %s, %s, %s, 'finished', %s, %s, %s, 1) RETURNING id",
            campaign.id, customer.id, campaign.company_id.id, f"test:{days}:{partner.id}", arm,
            datetime.combine(ago(days), datetime.min.time()) + timedelta(hours=12), ago(days - 90),
            self.stage(stage).id,
        )  # fmt: skip
        self.env.invalidate_all(flush=False)
        return partner

    def running(self, days=30, **values):
        """A campaign launched so long ago that windows of ``days`` are over."""
        campaign = self.campaign("manual", result_days=days, **values)
        campaign._launch()
        campaign.sudo().launched_on = ago(200)
        return campaign

    def outcome(self, campaign, partner):
        return self.Outcome.search(
            [("campaign_id", "=", campaign.id), ("customer_id", "=", self.of(partner).id)]
        )

    def measured(self, campaign):
        campaign.with_user(self.marketer).action_measure()
        return campaign.with_user(self.marketer).result()

    def many(self, campaign, arm, buyers, others, amount=100.0, days=60):
        """Customers of an arm, of whom some bought within the window, each for a bit more."""
        for place in range(buyers + others):
            partner = self.entered(campaign, days, arm, name=f"{arm} {place}")
            if place < buyers:
                self.order(partner, ago(days - 5), amount + place)
