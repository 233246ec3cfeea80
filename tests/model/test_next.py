"""The rep's day: what is at risk, what to do first, whom to call, what to say."""

from datetime import timedelta

from model.common import TODAY, LifecycleCase

from odoo.tests import new_test_user

from odoo.addons.cx_lifecycle.engine import formula, rhythm


class TestValueAtRisk(LifecycleCase):
    def setUp(self):
        super().setUp()
        self.regular = self.buy(self.partner("Regular"), *range(40, 341, 30), amount=200)

    def by_hand(self, customer, policy=None):
        """The formula on numbers, from the figures of the customer."""
        policy = policy or self.policy
        row = formula.compute(
            rhythm.CURVE,
            x=float(customer.purchase_count - 1),
            tx=float((customer.last_purchase_on - customer.first_purchase_on).days),
            sl=customer.gap_log_sum,
            sq=customer.gap_log_square_sum,
            **policy._limits_for(customer.segment_id)._numbers(),
        )
        silence = (TODAY - customer.last_purchase_on).days
        return customer.average_purchase * rhythm.missing(row, max(silence, 1e-9))

    def test_purchases_unlikely_to_come_times_the_average_purchase(self):
        self.assertEqual(self.regular.average_purchase, 200)
        self.assertAlmostEqual(self.regular.value_at_risk, self.by_hand(self.regular), 2)
        self.assertGreater(self.regular.value_at_risk, 0)
        # never more than a year of purchases at the own rhythm
        self.assertLess(self.regular.value_at_risk, 200 * 365 / self.regular.usual_interval)

    def test_nothing_right_after_a_purchase_and_more_every_day(self):
        fresh = self.buy(self.partner("Fresh"), *range(0, 301, 30), amount=200)
        self.assertEqual(fresh.value_at_risk, 0)
        silent = self.buy(self.partner("Silent"), *range(80, 381, 30), amount=200)
        self.assertGreater(silent.value_at_risk, self.regular.value_at_risk)

    def test_twice_the_basket_twice_the_risk(self):
        big = self.buy(self.partner("Big"), *range(40, 341, 30), amount=400)
        self.assertAlmostEqual(big.value_at_risk, 2 * self.regular.value_at_risk, 1)

    def test_empty_before_the_first_purchase(self):
        known = self.partner("Known")
        self.refresh(known)
        self.assertFalse(self.of(known).value_at_risk)
        self.assertEqual(
            self.Customer.search([("id", "in", (self.of(known) | self.regular).ids)],
                                 order="value_at_risk desc nulls last").ids,
            [self.regular.id, self.of(known).id],
        )  # fmt: skip

    def test_segments_use_their_own_numbers(self):
        slow = self.buy(self.partner("Slow", comment="slow"), *range(40, 341, 30), amount=200)
        self.rule(
            segment_ids=[(0, 0, {"name": "Slow", "domain": "[('comment', 'ilike', 'slow')]"})]
        )
        segment = self.policy.segment_ids
        segment.sudo().write({"median_gap": 300.0})
        self.refresh(slow.partner_id | self.regular.partner_id)
        self.assertEqual(slow.segment_id, segment)
        self.assertAlmostEqual(slow.value_at_risk, self.by_hand(slow), 2)
        self.assertAlmostEqual(self.regular.value_at_risk, self.by_hand(self.regular), 2)
        self.assertNotAlmostEqual(slow.value_at_risk, self.regular.value_at_risk, 0)

    def test_lists_order_and_add_up_by_it(self):
        small = self.buy(self.partner("Small"), *range(40, 341, 30), amount=20)
        both = self.regular | small
        self.assertEqual(
            self.Customer.search([("id", "in", both.ids)], order="value_at_risk desc"), both
        )
        [[total]] = self.Customer._read_group([("id", "in", both.ids)], [], ["value_at_risk:sum"])
        self.assertAlmostEqual(float(total), sum(both.mapped("value_at_risk")), 2)


class TestNextStep(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls.partner("Firm", is_company=True)
        cls.customer = cls.buy(cls.firm, *range(60, 361, 30))

    def step(self):
        self.env.flush_all()
        self.customer.invalidate_recordset()
        return self.customer.next_step

    def role(self, person, code):
        self.env["cx.seat"].create(
            {
                "partner_id": person.id,
                "account_id": self.firm.id,
                "role_id": self.env.ref(f"cx_lifecycle.role_{code}").id,
            }
        )

    def test_nobody_can_be_reached(self):
        self.assertEqual(self.step(), "find")
        self.assertIn("neither", self.customer.next_reason)

    def test_write_when_there_is_no_number(self):
        self.firm.email = "firm@example.com"
        self.assertEqual(self.step(), "write")

    def test_call_whoever_has_a_number_and_ask_who_decides(self):
        self.firm.phone = "+33 1 23"
        self.assertEqual(self.step(), "call")
        self.assertEqual(self.customer.next_person, "Firm")
        self.assertIn("ask who decides", self.customer.next_reason)

    def test_the_decider_before_the_user_if_reachable(self):
        user = self.partner("Ulla", parent_id=self.firm.id, phone="+33 1 11")
        decider = self.partner("Dora", parent_id=self.firm.id, phone="+33 1 22")
        self.role(user, "user")
        self.role(decider, "decider")
        self.assertEqual(self.step(), "call")
        self.assertEqual(self.customer.next_person, "Dora (Decider)")
        self.assertEqual(self.customer.next_phone, "+33 1 22")
        decider.phone = False
        self.step()
        self.assertEqual(self.customer.next_person, "Ulla (User)")

    def test_an_adviser_from_elsewhere_may_be_the_one(self):
        adviser = self.partner("Architect", phone="+33 1 44")
        self.role(adviser, "prescriber")
        self.step()
        self.assertEqual(self.customer.next_person, "Architect (Prescriber)")

    def test_an_open_quotation_comes_first(self):
        self.firm.phone = "+33 1 23"
        quotation = self.quotation(self.firm, 1234.5)
        self.assertEqual(self.step(), "quotation")
        self.assertIn(quotation.name, self.customer.next_reason)
        self.assertIn("1,234.50", self.customer.next_reason)

    def test_what_is_planned_is_not_planned_again(self):
        self.quotation(self.firm)
        self.firm.activity_schedule(
            "mail.mail_activity_data_call", date_deadline=TODAY + timedelta(days=2),
            user_id=self.env.ref("base.user_admin").id,
        )  # fmt: skip
        self.assertEqual(self.step(), "planned")
        self.assertIn(self.env.ref("base.user_admin").name, self.customer.next_reason)

    def test_what_is_planned_for_me_and_due_is_to_be_done(self):
        admin = self.env.ref("base.user_admin")
        self.firm.phone = "+33 1 23"
        plan = self.firm.activity_schedule(
            "mail.mail_activity_data_call", date_deadline=TODAY, user_id=admin.id
        )
        self.step()
        self.assertEqual(self.customer.with_user(admin).next_step, "call")
        self.assertEqual(self.customer.next_step, "planned")  # for a colleague
        plan.date_deadline = TODAY + timedelta(days=1)
        self.step()
        self.assertEqual(self.customer.with_user(admin).next_step, "planned")

    def test_what_is_proposed_is_one_click_away(self):
        self.assertEqual(self.step(), "find")
        self.assertEqual(self.customer.action_do()["res_id"], self.firm.id)
        mail = self.partner("Mia", parent_id=self.firm.id, email="mia@example.com")
        self.assertEqual(self.step(), "write")
        self.assertEqual(self.customer.action_do()["context"]["default_partner_ids"], mail.ids)
        quotation = self.quotation(self.firm)
        self.assertEqual(self.step(), "quotation")
        action = self.customer.action_do()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", quotation.id))

    def test_an_argument_for_the_main_need_or_else_a_question(self):
        words = self.env["cx.need"]._arguments_of_all()
        self.step()
        first = self.env["cx.need"].search([], limit=1)
        self.assertEqual(self.customer.next_argument, words[first.id]["question"][0])
        money = self.env.ref("cx_lifecycle.need_money")
        self.env["cx.need.evidence"].create({"partner_id": self.firm.id, "need_id": money.id})
        self.step()
        self.assertEqual(self.customer.next_argument, words[money.id]["argument"][0])

    def test_quotations_of_colleagues_stay_theirs(self):
        rep = new_test_user(self.env, "next_rep", "sales_team.group_sale_salesman")
        self.firm.phone = "+33 1 23"
        self.quotation(self.firm, user_id=self.env.ref("base.user_admin").id)
        self.env.flush_all()
        self.assertEqual(self.customer.with_user(rep).next_step, "call")

    def test_eighty_rows_cost_three_queries_more(self):
        names = ["value_at_risk", "next_step", "next_reason", "next_person", "next_phone",
                 "next_argument"]  # fmt: skip
        many = self.customer
        for number in range(79):
            firm = self.partner(f"Firm {number}", phone=f"+33 2 {number}", is_company=True)
            many |= self.buy(firm, 50, 90, 130)
            if number % 3 == 0:
                self.quotation(firm)
        self.env.flush_all()
        shown = ["partner_id", "stage_id", "why_data", "currency_id"]
        for customers in (self.customer, many, many):  # the first two fill caches
            plain = self.queries(customers, shown)
            ours = self.queries(customers, [*shown, *names])
        self.assertLessEqual(ours - plain, 3)

    def queries(self, customers, names):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        customers.read(names)
        return self.env.cr.sql_log_count - before


class TestRepsList(LifecycleCase):
    """The list a rep opens in the morning."""

    def test_own_customers_those_worth_most_first(self):
        rep = new_test_user(self.env, "next_rep", "sales_team.group_sale_salesman")
        names = {}
        for name, amount, user in (("Small", 10, rep), ("Big", 900, rep), ("Other", 5000, None)):
            admin = self.env.ref("base.user_admin")
            partner = self.partner(name, user_id=(user or admin).id)
            names[name] = self.buy(partner, *range(50, 351, 30), amount=amount)
            self.assertEqual(names[name].alert, "late")
        view = self.env.ref("cx_lifecycle.view_quiet_list")
        order = self.env["cx.customer"].get_view(view.id, "list")["arch"]
        self.assertIn('default_order="warning_strength desc, value_at_risk desc, id"', order)
        found = self.Customer.with_user(rep).search(
            [("user_id", "=", rep.id), ("alert", "=", "late")],
            order="warning_strength desc, value_at_risk desc, id",
        )
        self.assertEqual(found.mapped("partner_id.name"), ["Big", "Small"])
