"""The five jobs of a rep's day, from the screen to what the database keeps of them."""

from browser.common import LATE, TourCase

from odoo import Command, fields
from odoo.tests import tagged


class JobCase(TourCase):
    """A firm with two people is worth most; the night has planned calls with all who are late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zeta = cls.customer("Zeta Works", cls.rep, LATE, 800, is_company=True)
        cls.firm = cls.zeta.partner_id
        cls.dana, cls.paul = cls.env["res.partner"].create(
            [
                {"name": "Dana Dune", "parent_id": cls.firm.id, "phone": "+32229034901"},
                {"name": "Paul Pond", "parent_id": cls.firm.id},
            ]
        )
        cls.security = cls.env.ref("cx_lifecycle.need_security")
        cls.buyer = cls.env.ref("cx_lifecycle.role_buyer")
        cls.decider = cls.env.ref("cx_lifecycle.role_decider")

    def setUp(self):
        super().setUp()
        with self.enter_registry_test_mode():
            self.env.ref("cx_lifecycle.cron_night").method_direct_trigger()
        self.call = self.calls(self.zeta)
        self.assertEqual(self.call.user_id, self.rep)

    def calls(self, customer):
        """What the night planned with a customer and is still to do."""
        return self.env["mail.activity"].search([("cx_customer_id", "=", customer.id)])

    def to_do(self, partner):
        """What else is to do with a contact."""
        return partner.activity_ids.filtered(lambda activity: not activity.cx_customer_id)

    def evidence(self):
        return self.env["cx.need.evidence"].search(
            [("commercial_partner_id", "=", self.firm.id)], order="id"
        )

    def seats(self, **holder):
        """{(person, role)} of a customer, an opportunity or an order."""
        [(name, record)] = holder.items()
        seats = self.env["cx.seat"].search([(name, "=", record.id)])
        return {(seat.partner_id, seat.role_id) for seat in seats}

    def notes(self, partner):
        return " ".join(partner.message_ids.mapped("body"))

    def assertReached(self):
        """The call that the night planned is done, by the rep, and told."""
        self.assertFalse(self.calls(self.zeta))
        self.assertFalse(self.call.active)
        self.assertIn("Dana Dune", self.call.feedback)
        told = self.firm.message_ids.filtered("mail_activity_type_id")
        self.assertIn("Dana Dune", told.body)
        self.assertEqual(told.author_id, self.rep.partner_id)

    def know(self):
        """A need said plainly, and who buys."""
        self.env["cx.need.evidence"].create(
            {
                "partner_id": self.dana.id,
                "need_id": self.security.id,
                "weight": "3",
                "note": "No delivery may come late",
            }
        )
        seat = {"role_id": self.buyer.id, "partner_id": self.paul.id, "stance": "1"}
        self.firm.cx_seat_ids = [Command.create(seat)]


@tagged("post_install", "-at_install")
class TestJobs(JobCase):
    browser_size = "1400x900"

    def test_who_needs_me_today(self):
        others = self.calls(self.alpha) + self.calls(self.beta) + self.calls(self.epsilon)
        self.assertEqual(len(others), 3)
        self.start_tour("/odoo/going-quiet", "cx_job_today", login="tour_rep")
        self.assertReached()
        self.assertIn("Reached Dana Dune", self.notes(self.firm))
        self.assertEqual(
            self.calls(self.alpha) + self.calls(self.beta) + self.calls(self.epsilon), others
        )
        self.assertFalse(self.evidence())

    def test_who_needs_me_today_in_french(self):
        self.in_french(self.rep)
        self.start_tour("/odoo/going-quiet", "cx_job_today_fr", login="tour_rep")
        self.assertReached()

    def test_before_a_call(self):
        self.know()
        before = self.evidence(), self.seats(account_id=self.firm), self.firm.message_ids
        self.start_tour("/odoo/going-quiet", "cx_job_prepare", login="tour_rep")
        self.firm.invalidate_recordset()
        after = self.evidence(), self.seats(account_id=self.firm), self.firm.message_ids
        self.assertEqual(after, before)
        self.assertEqual(self.calls(self.zeta), self.call)

    def test_after_a_call(self):
        url = f"/odoo/res.partner/{self.firm.id}"
        self.start_tour(url, "cx_job_record", login="tour_rep")
        self.assertRecorded(self.firm)

    def test_after_a_call_in_french(self):
        self.in_french(self.rep)
        url = f"/odoo/res.partner/{self.dana.id}"
        self.start_tour(url, "cx_job_record_person_fr", login="tour_rep")
        self.assertRecorded(self.dana)

    def assertRecorded(self, partner):
        """Three clicks kept a need and a role; the next call is planned with the contact."""
        evidence = self.evidence()
        self.assertEqual((evidence.partner_id, evidence.need_id), (self.dana, self.security))
        self.assertEqual((evidence.source, evidence.weight), ("rep", "2"))
        self.assertEqual(evidence.user_id, self.rep)
        self.assertEqual(self.zeta.need_id, self.security)
        self.assertEqual(self.seats(account_id=self.firm), {(self.dana, self.decider)})
        self.assertFalse(self.calls(self.zeta))
        again = self.to_do(partner)
        self.assertEqual(len(again), 1)
        self.assertEqual(again.user_id, self.rep)
        self.assertEqual(again.date_deadline, fields.Date.add(fields.Date.today(), days=30))
        self.assertFalse(again.automated)
        self.assertEqual(again.summary, "March budget")

    def test_who_is_missing_in_this_deal(self):
        stages = [self.env.ref(f"crm.stage_lead{number}") for number in (2, 3)]
        stages[1].write({"cx_role_ids": self.decider.ids, "cx_role_rule": "block"})
        lead = self.env["crm.lead"].create(
            {
                "name": "Spring deal",
                "type": "opportunity",
                "partner_id": self.firm.id,
                "user_id": self.rep.id,
                "stage_id": stages[0].id,
            }
        )
        self.start_tour(f"/odoo/crm.lead/{lead.id}", "cx_job_deal", login="tour_rep")
        lead.invalidate_recordset()
        known = {(self.dana, self.decider)}
        self.assertEqual(lead.stage_id, stages[1])
        self.assertEqual(self.seats(lead_id=lead), known)
        order = lead.order_ids
        self.assertEqual((len(order), order.state), (1, "sale"))
        self.assertEqual(self.seats(order_id=order), known)
        self.assertEqual(self.seats(account_id=self.firm), known)
        self.assertFalse(self.calls(self.zeta))  # it bought
        self.assertIn("Done by itself: the customer has bought", self.notes(self.firm))

    def test_contest_and_my_list(self):
        today = fields.Date.today()
        self.start_tour("/odoo/going-quiet", "cx_job_list", login="tour_rep")
        self.assertEqual(self.beta.snooze_reason, "seasonal")
        self.assertEqual(self.beta.snooze_until, fields.Date.add(today, days=60))
        self.assertFalse(self.calls(self.beta))
        cancelled = "The call was cancelled: it was postponed."
        self.assertIn(cancelled, self.notes(self.beta.partner_id))
        self.assertEqual((self.alpha.reason, self.alpha.hold_user_id), ("hold", self.rep))
        self.assertEqual(self.alpha.hold_reason, "Buys again in March")
        self.assertFalse(self.calls(self.alpha))
        cancelled = "The call was cancelled: the stage is held by a person."
        self.assertIn(cancelled, self.notes(self.alpha.partner_id))
        self.assertEqual(self.calls(self.zeta), self.call)
        said = self.env["cx.objection"].search([("user_id", "=", self.rep.id)])
        self.assertEqual(set(said.mapped("kind")), {"not_now", "hold"})


@tagged("post_install", "-at_install")
class TestPhoneJobs(JobCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_who_needs_me_today(self):
        self.start_tour("/odoo/going-quiet", "cx_job_today_phone", login="tour_rep")
        self.assertReached()
