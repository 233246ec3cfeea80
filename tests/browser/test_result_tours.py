"""A marketer looks at what a campaign earned."""

from browser.common import MarketerCase

from odoo import fields
from odoo.tests import tagged


class ResultCase(MarketerCase):
    """A campaign of long ago: two were treated, one of whom bought; one is held out since today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.omega = cls.customer("Omega Tours", cls.rep, [400, 430], 3)
        cls.campaign = cls.draft("Tour campaign")
        call = cls.env.ref("mail.mail_activity_data_call")
        cls.step(cls.campaign, name="Ring", kind="activity", activity_type_id=call.id)
        cls.campaign._launch()
        at = fields.Datetime.now()
        for customer, arm, days in (
            (cls.epsilon, "treated", 130), (cls.omega, "treated", 190), (cls.gamma, "held_out", 0),
        ):  # fmt: skip
            cls.env["cx.campaign.run"].create(
                {
                    "campaign_id": cls.campaign.id, "customer_id": customer.id, "arm": arm,
                    "company_id": cls.env.company.id, "entry_key": "tour", "state": "finished",
                    "reason": "completed", "ends_on": fields.Date.today(),
                    "entered_at": fields.Datetime.subtract(at, days=days),
                    "stage_id": cls.env.ref("cx_lifecycle.stage_dormant").id,
                }
            )  # fmt: skip
        cls.address = f"/odoo/lifecycle-campaigns/{cls.campaign.id}"

    def read_result(self, lang=""):
        self.tour(f"cx_campaign_result{lang}", self.address)
        bought = {o.customer_id: o.bought for o in self.campaign.outcome_ids}
        self.assertEqual(bought, {self.epsilon: True, self.omega: False, self.gamma: False})


@tagged("post_install", "-at_install")
class TestResult(ResultCase):
    browser_size = "1400x900"

    def test_in_english(self):
        self.read_result()

    def test_in_french(self):
        self.in_french(self.marketer)
        self.read_result("_fr")


@tagged("post_install", "-at_install")
class TestResultOnAPhone(ResultCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_on_a_phone(self):
        self.read_result()
