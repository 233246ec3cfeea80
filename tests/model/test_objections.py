"""What people said against the machine: written down once, never lost, and counted."""

from datetime import timedelta

from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

LATER = TODAY + timedelta(days=30)
DORMANT = range(400, 70, -30)


class TestObjections(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(cls.env, "objects", "sales_team.group_sale_salesman")
        cls.Objection = cls.env["cx.objection"]
        cls.stage = {c: cls.env.ref(f"cx_lifecycle.stage_{c}") for c in ("active", "dormant")}

    def quiet(self, name="Quiet"):
        """A customer that the machine called dormant, as it happened."""
        partner = self.partner(name, user_id=self.rep.id)
        for number in DORMANT:
            self.order(partner.with_context(cx_no_refresh=True), ago(number))
        self.refresh(partner, on=ago(DORMANT[-1]))
        self.refresh(partner)
        customer = self.of(partner)
        self.assertStage(customer, "dormant", "silence")
        return customer

    def said(self, customers):
        return self.Objection.search([("customer_id", "in", customers.ids)], order="id")

    def figures(self, since=None, until=None):
        """The figures of a period that begins long before any call of these tests."""
        return self.Objection.with_user(self.rep).objection_figures(since or ago(400), until)

    # --------------------------------------------------------------- writing
    def test_a_hold_says_what_the_rules_said(self):
        customer = self.quiet()
        customer.with_user(self.rep).hold("active", LATER, " Knows us ")
        said = self.said(customer)
        self.assertRecordValues(
            said,
            [
                {
                    "kind": "hold", "user_id": self.rep.id, "on": TODAY, "until": LATER,
                    "stage_id": self.stage["dormant"].id, "note": "Knows us",
                    "judged_stage_id": self.stage["active"].id, "reason_code": False,
                    "company_id": self.company.id, "withdrawn_on": False,
                }
            ],
        )  # fmt: skip
        customer.with_user(self.rep).release_hold()
        self.assertEqual(said.withdrawn_on, TODAY)
        self.assertEqual(self.said(customer), said, "taking back adds nothing")

    def test_a_second_hold_replaces_the_first_and_still_objects_to_the_rules(self):
        customer = self.quiet().with_user(self.rep)
        customer.hold("active", LATER, "Knows us")
        customer.hold("lost", LATER, "Knew us")
        first, second = self.said(customer)
        self.assertTrue(first.withdrawn_on)
        self.assertFalse(second.withdrawn_on)
        self.assertEqual(second.stage_id, self.stage["dormant"])
        customer.declare_lost("Closed the shop")
        third = self.said(customer)[-1]
        self.assertEqual(second.withdrawn_on, TODAY)
        self.assertEqual((third.kind, third.stage_id), ("declared_lost", self.stage["dormant"]))
        customer.withdraw_loss()
        self.assertEqual(third.withdrawn_on, TODAY)

    def test_what_a_purchase_ended_nobody_took_back(self):
        customer = self.quiet()
        customer.hold("active", LATER, "Knows us")
        self.order(customer.partner_id, TODAY)
        self.assertFalse(customer.hold_until)
        customer.hold("dormant", TODAY, "Was the last")
        customer.release_hold()
        first, second = self.said(customer)
        self.assertFalse(first.withdrawn_on)
        self.assertTrue(second.withdrawn_on)

    def test_not_now(self):
        customer = self.quiet()
        customer.with_user(self.rep).snooze(LATER, "seasonal", "in spring")
        said = self.said(customer)
        self.assertEqual((said.kind, said.reason_code, said.note, said.until),
                         ("not_now", "seasonal", "in spring", LATER))  # fmt: skip

    def test_letting_the_rules_decide_leaves_others_alone(self):
        held, free = self.quiet("Held"), self.quiet("Free")
        held.hold("active", LATER, "Knows us")
        before = free.partner_id.message_ids
        (held | free).release_hold()
        (held | free).withdraw_loss()
        self.assertEqual(free.partner_id.message_ids, before)
        self.assertStage(held, "dormant")

    def test_many_at_once_cost_as_many_queries_as_a_few(self):
        customers = self.Customer.union(*(self.quiet(f"Q{n}") for n in range(12)))
        counts = []
        for some in (customers[:2], customers[2:4], customers[4:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.snooze(LATER, "talking")
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2], counts)
        self.assertEqual(len(self.said(customers)), 12)

    def test_merged_customers_keep_what_was_said(self):
        one, two = self.quiet("One"), self.quiet("Two")
        one.hold("active", LATER, "Knows us")
        said = self.said(one)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (one | two).partner_id.ids, two.partner_id
        )
        self.assertEqual(said.exists().customer_id, two)
        two.release_hold()
        self.assertTrue(said.withdrawn_on)

    def test_nobody_writes_by_hand(self):
        customer = self.quiet()
        customer.snooze(LATER, "wrong")
        admin = new_test_user(self.env, "objects_admin", "cx_lifecycle.group_admin")
        said = self.said(customer).with_user(admin)
        for act in (lambda: said.write({"note": "x"}), said.unlink, said.copy):
            with self.assertRaises(AccessError):
                act()
        with self.assertRaisesRegex(UserError, "kept"):
            self.said(customer).unlink()

    def test_a_stage_that_is_none_is_refused_with_the_codes(self):
        customer = self.quiet()
        for stage in ("sleeping", 0.5, 999999, True, [1], self.env.user):
            with self.assertRaisesRegex(ValidationError, "suspect, prospect, new, active"):
                customer.hold(stage, LATER, "x")
        for stage in (self.stage["active"].id, "active", self.stage["active"]):
            self.assertIs(customer.hold(stage, LATER.isoformat(), "x"), True)
            self.assertStage(customer, "active", "hold")
        with self.assertRaisesRegex(UserError, "year-month-day"):
            customer.hold("active", "soon", "x")

    # --------------------------------------------------------------- reading
    def test_a_rep_sees_what_was_said_of_the_own_customers(self):
        other = new_test_user(self.env, "objects_not", "sales_team.group_sale_salesman")
        customer = self.quiet()
        customer.snooze(LATER, "wrong")
        self.assertTrue(self.Objection.with_user(self.rep).search([]))
        self.assertFalse(self.Objection.with_user(other).search([]))
        figures = self.Objection.with_user(other).objection_figures(ago(400))
        self.assertEqual((figures["calls"], figures["contested"]), (0, 0))

    def test_companies_do_not_see_each_others(self):
        customer = self.quiet()
        customer.snooze(LATER, "wrong")
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "stranger", "cx_lifecycle.group_admin",
            company_id=other.id, company_ids=other.ids,
        )  # fmt: skip
        self.assertFalse(self.Objection.with_user(stranger).search([]))
        figures = self.Objection.with_user(stranger).objection_figures(ago(400))
        self.assertEqual(figures["calls"], 0)
        self.assertIsNone(figures["false_alarm_share"])

    def test_figures(self):
        held, waits, hidden, slip, worse, silent = [
            self.quiet(name) for name in ("Held", "Waits", "Hidden", "Slip", "Worse", "Silent")
        ]
        held.hold("active", LATER, "Knows us")
        held.snooze(LATER, "stock")  # the first objection counts
        waits.snooze(LATER, "seasonal")
        hidden.snooze(LATER, "other")  # says nothing about the alarm
        slip.hold("active", LATER, "Wrong button")
        slip.release_hold()
        worse.hold("lost", LATER, "They told me")
        self.order(held.partner_id, TODAY)
        figures = self.figures()
        self.assertEqual(
            figures,
            {
                "since": ago(400).isoformat(), "until": TODAY.isoformat(),
                "calls": 7,  # the slip was called dormant again
                "contested": 2,
                "by_reason": {"hold": 1, "seasonal": 1, "talking": 0, "stock": 0, "wrong": 0},
                "false_alarm_share": 2 / 7, "bought_after": 1,
            },
        )  # fmt: skip
        self.assertEqual(figures, self.figures(since=ago(400).isoformat(), until=TODAY))
        self.assertTrue(silent.dormant_on)

    def test_a_call_is_the_machines_and_lived(self):
        rebuilt = self.partner("Rebuilt", user_id=self.rep.id)
        for number in DORMANT:
            self.order(rebuilt.with_context(cx_no_refresh=True), ago(number))
        self.refresh(rebuilt, rebuilt=True)
        said_so = self.buy(self.partner("Gone", user_id=self.rep.id), 40, 30, 20, 10)
        said_so.declare_lost("Closed the shop")
        kept = self.buy(self.partner("Kept", user_id=self.rep.id), 40, 30, 20, 10)
        kept.hold("dormant", LATER, "On holiday")
        self.assertEqual(self.figures()["calls"], 0)
        self.quiet()
        self.assertEqual(self.figures()["calls"], 1)
        self.assertEqual(self.figures(until=ago(300))["calls"], 0)

    def test_an_objection_belongs_to_the_call_it_answers(self):
        customer = self.quiet()
        day = customer.stage_since
        customer.snooze(LATER, "wrong")
        self.assertEqual(self.figures()["contested"], 1)
        self.said(customer).on = day - timedelta(days=1)
        self.assertEqual(self.figures()["contested"], 0, "before the call")
        self.said(customer).write({"on": TODAY, "stage_id": self.stage["active"].id})
        self.assertEqual(self.figures()["contested"], 0, "about another stage")

    def test_figures_cost_one_query(self):
        self.quiet().snooze(LATER, "wrong")
        self.figures()
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.Objection.objection_figures(ago(400))
        for day in ("soon", "", None):
            with self.assertRaisesRegex(UserError, "year-month-day"):
                self.Objection.objection_figures(day)
