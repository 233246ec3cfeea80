"""The steps of a campaign, in a browser: a marketer builds them, and looks at what came of them."""

from browser.common import CAMPAIGNS, MarketerCase

from odoo import fields
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestSteps(MarketerCase):
    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls.draft("Tour", entry="becomes")

    def tour(self, name):
        super().tour(name, f"{CAMPAIGNS}/{self.campaign.id}")

    def test_build(self):
        self.build("cx_marketer_steps")

    def test_build_in_french(self):
        self.in_french(self.marketer)
        self.build("cx_marketer_steps_fr")

    def build(self, tour):
        self.tour(tour)
        campaign = self.campaign.with_context(lang=self.marketer.lang)  # names are translated
        self.assertEqual(campaign.name, "Tour renamed")
        hello, later = campaign.step_ids
        self.assertEqual((hello.name, hello.kind, hello.trigger), ("Hello", "mail", "entry"))
        self.assertEqual((later.name, later.parent_id), ("Much later", hello))
        self.assertEqual((later.trigger, later.delay), ("done", 3))

    def test_numbers(self):
        step = self.env["cx.campaign.step"].create(
            {"campaign_id": self.campaign.id, "name": "Pause", "kind": "wait"}
        )
        now = fields.Datetime.now()
        self.campaign.sudo().write({"state": "running", "launched_at": now})
        for customer, state, reason in ((self.alpha, "done", False), (self.beta, "done", False),
                                        (self.gamma, "skipped", "expired")):  # fmt: skip
            self.act(step, self.participant(customer, now), state, reason, now)
        self.tour("cx_marketer_step_numbers")

    def participant(self, customer, now):
        return self.env["cx.campaign.run"].create(
            {
                "campaign_id": self.campaign.id, "customer_id": customer.id, "arm": "treated",
                "company_id": customer.company_id.id, "entry_key": f"request:{customer.id}",
                "state": "running", "entered_at": now, "ends_on": "2099-01-01",
            }
        )  # fmt: skip

    def act(self, step, run, state, reason, now):
        return self.env["cx.campaign.act"].create(
            {
                "run_id": run.id, "step_id": step.id, "campaign_id": run.campaign_id.id,
                "customer_id": run.customer_id.id, "company_id": run.company_id.id,
                "kind": step.kind, "state": state, "reason": reason, "not_before": now,
                "due_at": now, "done_at": now, "expires_at": fields.Datetime.add(now, days=7),
            }
        )  # fmt: skip
