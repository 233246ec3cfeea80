"""A marketer reads what precedes leaving and what goes with loyalty, and plans an improvement."""

from browser.common import TourCase

from odoo import fields
from odoo.tests import new_test_user, tagged


class EvidenceCase(TourCase):
    """What was measured: signs, touchpoints that matter, and one sign that stands today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(
            cls.env, "tour_evidence", "cx_lifecycle.group_marketer", name="Tour Marketer"
        )
        cls.today = fields.Date.context_today(cls.env.user)
        phone = cls.env.ref("cx_lifecycle.channel_phone")
        cls.complains, asks = (
            cls.env.ref(f"cx_lifecycle.interaction_{code}") for code in ("complains", "asks")
        )
        sign, rare = (
            cls.env["cx.warning.kind"].search([("code", "=", code)])
            for code in ("claim_open", "late_payment")
        )
        cls.evidence(kind_id=sign.id, share=0.3)
        cls.evidence(kind_id=rare.id, verdict="few", exposed=3, seen=3)
        for question, verdict in (("leave", "more"), ("buy", "less")):
            cls.evidence(
                question=question, verdict=verdict, channel_id=phone.id,
                interaction_id=cls.complains.id, satisfaction=3, rated=40,
            )  # fmt: skip
        cls.evidence(
            question="buy", verdict="same", channel_id=phone.id, interaction_id=asks.id,
            satisfaction=8, rated=90,
        )  # fmt: skip
        cls.env["cx.evidence.run"].create(
            {"company_id": cls.env.company.id, "on": cls.today, "state": "done"}
        )
        cls.env["cx.warning"].create(
            {"kind_id": sign.id, "customer_id": cls.delta.id, "company_id": cls.env.company.id,
             "began_on": cls.today}
        )  # fmt: skip

    @classmethod
    def evidence(cls, **values):
        cls.env["cx.evidence"].create(
            {
                "company_id": cls.env.company.id, "question": "leave", "verdict": "more",
                "seen": 90, "exposed": 80, "ratio": 2.0, "low": 1.5, "high": 2.7, "share": 0.1,
                "measured_on": cls.today, **values,
            }
        )  # fmt: skip


@tagged("post_install", "-at_install")
class TestMarketersEvidence(EvidenceCase):
    browser_size = "1400x900"

    def test_what_precedes_leaving(self):
        self.start_tour("/odoo/precedes-leaving", "cx_evidence", login="tour_evidence")
        self.assertTrue(self.env["cx.evidence.run"].search([("state", "=", "waiting")]))

    def test_what_makes_loyal(self):
        self.start_tour("/odoo/makes-loyal", "cx_loyalty", login="tour_evidence")
        improvement = self.env["cx.improvement"].search([])
        self.assertEqual(improvement.interaction_id, self.complains)
        self.assertEqual(improvement.activity_ids.user_id, self.marketer)
