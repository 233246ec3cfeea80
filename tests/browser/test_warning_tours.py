"""A rep sees what precedes leaving, and says that it does not matter, on a phone."""

from browser.common import TourCase

from odoo import fields
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestWarningTours(TourCase):
    browser_size = "375x667"
    touch_enabled = True

    def met(self, customer, interaction, satisfaction=None):
        self.env["cx.touchpoint"].log(
            customer.partner_id.id, "phone", interaction, satisfaction=satisfaction,
            at=fields.Datetime.subtract(fields.Datetime.now(), days=2),
        )  # fmt: skip

    def test_seen_and_dismissed(self):
        score = self.env.ref("cx_lifecycle.warning_bad_score")
        claim = self.env.ref("cx_lifecycle.warning_claim_open")
        self.met(self.beta, "rates", 2)
        self.met(self.alpha, "complains")
        for kind in score | claim:
            kind.looked_at = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self.assertEqual(self.env["cx.warning"]._look_soon(), 2)
        sign = self.env["cx.warning"].search([("customer_id", "=", self.beta.id)])
        sign.strength = 2.4
        self.env.flush_all()
        self.start_tour("/odoo/going-quiet", "cx_warning_phone", login="tour_rep")
        sign.invalidate_recordset()
        self.assertEqual(
            (sign.closed_by_id, sign.closed_reason, sign.standing),
            (self.rep, "They have called me", False),
        )
