"""The six stages, and what people may say against them."""

from datetime import timedelta

from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user


class TestStages(LifecycleCase):
    def test_contact_becomes_suspect_at_night(self):
        partner = self.partner()
        self.assertFalse(self.of(partner))
        self.night()
        self.assertStage(self.of(partner), "suspect", "interested")
        self.assertStage(partner.cx_customer_id, "suspect")
        self.assertFalse(self.of(partner).usual_interval)
        self.assertFalse(self.of(partner).dormant_on)

    def test_suppliers_employees_and_users_are_nothing(self):
        supplier = self.partner("Supplier", supplier_rank=1)
        employee = self.partner("Employee", employee=True)
        user = new_test_user(self.env, "somebody", "base.group_user").partner_id
        contact = self.partner("Contact", parent_id=self.partner("Firm", is_company=True).id)
        self.night()
        for partner in (supplier, employee, user, self.company.partner_id):
            self.assertFalse(self.of(partner), partner.name)
        self.assertFalse(self.Customer.search([("partner_id", "=", contact.id)]))
        self.assertStage(self.of(contact), "suspect")

    def test_supplier_who_buys_is_a_customer(self):
        supplier = self.partner("Supplier", supplier_rank=1)
        self.assertStage(self.buy(supplier, 0), "new")

    def test_opportunity_makes_a_prospect_at_once(self):
        partner = self.partner()
        lead = self.env["crm.lead"].create(
            {"name": "Big deal", "type": "opportunity", "partner_id": partner.id}
        )
        self.assertStage(self.of(partner), "prospect", "qualified")
        lead.action_set_lost()
        self.assertStage(self.of(partner), "suspect")
        self.assertLedger(self.of(partner))

    def test_lead_is_not_an_opportunity(self):
        partner = self.partner()
        self.env["crm.lead"].create({"name": "Hm", "type": "lead", "partner_id": partner.id})
        self.assertStage(self.of(partner), "suspect")

    def test_quotation_makes_a_prospect_and_its_loss_unmakes_it(self):
        partner = self.partner()
        quotation = self.quotation(partner)
        self.assertStage(self.of(partner), "prospect")
        quotation._action_cancel()
        self.assertStage(self.of(partner), "suspect")
        quotation.unlink()
        self.assertStage(self.of(partner), "suspect")

    def test_prospects_by_domain(self):
        self.rule(prospect_domain='[("ref", "=", "VIP")]')
        vip, other = self.partner(ref="VIP"), self.partner()
        self.night()
        self.assertStage(self.of(vip), "prospect")
        self.assertStage(self.of(other), "suspect")

    def test_first_purchase_makes_new_and_second_active(self):
        partner = self.partner()
        customer = self.buy(partner, 3)
        self.assertStage(customer, "new", "first_purchase")
        self.assertEqual(customer.purchase_count, 1)
        self.assertFalse(customer.usual_interval, "one purchase is no rhythm")
        self.assertGreater(customer.dormant_on, TODAY)
        self.buy(partner, 0)
        self.assertStage(customer, "active", "purchase")
        self.assertEqual(customer.purchase_count, 2)
        self.assertEqual(customer.stage_since, TODAY)
        self.assertGreater(customer.usual_interval, 3)

    def test_dates_are_in_order(self):
        customer = self.buy(self.partner(), 90, 60, 30, 0)
        self.assertLessEqual(customer.next_purchase_from, customer.next_purchase_on)
        self.assertLessEqual(customer.next_purchase_on, customer.next_purchase_to)
        self.assertLessEqual(customer.next_purchase_to, customer.dormant_on)
        self.assertLessEqual(customer.dormant_on, customer.lost_on)
        self.assertEqual(customer.review_on, customer.dormant_on)

    def test_silence_makes_dormant_then_lost(self):
        customer = self.buy(self.partner(), 900, 870, 840, 810)
        self.assertLess(customer.dormant_on, TODAY)
        for day, code in (
            (customer.dormant_on - timedelta(days=1), "active"),
            (customer.dormant_on, "dormant"),
            (customer.lost_on - timedelta(days=1), "dormant"),
            (customer.lost_on, "lost"),
        ):
            self.refresh(customer.partner_id, on=day)
            self.assertStage(customer, code)

    def test_nobody_is_lost_before_a_year_of_history(self):
        self.policy.history_from = ago(200)
        customer = self.buy(self.partner(), 200)
        self.assertGreaterEqual(customer.lost_on, ago(200) + timedelta(days=365))
        self.assertStage(customer, "dormant", "silence")

    def test_never_dormant_before_the_floor(self):
        self.rule(floor_days=300)
        customer = self.buy(self.partner(), 60, 40, 20)
        self.assertEqual(customer.dormant_on, ago(20) + timedelta(days=300))

    def test_a_purchase_brings_back_at_once(self):
        partner = self.partner()
        customer = self.buy(partner, 900, 870, 840)
        self.assertStage(customer, "lost")
        self.order(partner)
        self.assertStage(customer, "active", "purchase")
        self.assertEqual(customer.stage_since, TODAY)
        self.assertLedger(customer)

    def test_one_limit_for_each_rhythm(self):
        weekly = self.buy(self.partner(), *range(130, 60, -7))
        yearly = self.buy(self.partner(), 1710, 1345, 980, 615, 250)
        self.assertStage(weekly, "dormant")
        self.assertStage(yearly, "active")

    def test_value_of_twelve_months(self):
        partner = self.partner()
        customer = self.buy(partner, 400, 200, 100)
        self.assertEqual(customer.value_12m, 200)
        self.assertLessEqual(customer.review_on, ago(200) + timedelta(days=366))
        later = TODAY + timedelta(days=200)
        self.refresh(partner, on=later)
        self.assertEqual(customer.value_12m, 100)


class TestVerdicts(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(
            cls.env, "rep_test", "sales_team.group_sale_salesman", name="Ruth Rep"
        )
        cls.ada = cls.partner("Ada", user_id=cls.rep.id)
        cls.customer = cls.buy(cls.ada, 900, 870, 840)
        cls.active = cls.env.ref("cx_lifecycle.stage_active")

    def as_rep(self):
        return self.customer.with_user(self.rep)

    def test_hold_keeps_the_stage_until_its_last_day(self):
        until = TODAY + timedelta(days=10)
        self.as_rep().hold(self.active, until, "Seasonal")
        self.assertStage(self.customer, "active", "hold")
        self.assertEqual(self.customer.hold_user_id, self.rep)
        self.assertEqual(self.customer.review_on, until + timedelta(days=1))
        self.assertIn("Seasonal", self.customer.why()["sentence"])
        self.assertEqual(self.customer.why()["held"]["by"], "Ruth Rep")
        self.assertIn("Seasonal", self.ada.message_ids[0].body)
        self.night(as_of=until)
        self.assertStage(self.customer, "active", "hold")
        self.night(as_of=until + timedelta(days=1))
        self.assertStage(self.customer, "lost", "long_silence")
        self.assertFalse(self.customer.hold_until)
        self.assertFalse(self.customer.hold_reason)
        self.assertLedger(self.customer)

    def test_hold_ends_with_a_purchase(self):
        self.as_rep().hold(self.env.ref("cx_lifecycle.stage_dormant"), TODAY, "Waiting")
        self.assertStage(self.customer, "dormant", "hold")
        self.order(self.ada)
        self.assertStage(self.customer, "active", "purchase")
        self.assertFalse(self.customer.hold_stage_id)

    def test_hold_can_be_released(self):
        self.as_rep().hold(self.active, TODAY, "Wait")
        self.as_rep().release_hold()
        self.assertStage(self.customer, "lost", "long_silence")

    def test_bad_holds_change_nothing(self):
        for values, word in (
            ((self.active, ago(1), "x"), "past"),
            ((self.active, TODAY, "  "), "Reason"),
            ((self.active, False, "x"), "Until"),
            ((self.env["cx.stage"], TODAY, "x"), "Stage"),
        ):
            with self.assertRaisesRegex(ValidationError, word):
                self.as_rep().hold(*values)
        self.assertStage(self.customer, "lost")
        self.assertFalse(self.customer.hold_until)

    def test_declared_loss_ends_with_a_purchase(self):
        bea = self.partner("Bea", user_id=self.rep.id)
        customer = self.buy(bea, 60, 30, 1)
        customer.with_user(self.rep).declare_lost("Moved away")
        self.assertStage(customer, "lost", "declared")
        self.assertIn("Moved away", customer.why()["sentence"])
        self.night()
        self.assertStage(customer, "lost", "declared")
        self.order(bea)
        self.assertStage(customer, "active", "purchase")
        self.assertFalse(customer.declared_lost_on)

    def test_declared_loss_can_be_withdrawn(self):
        bea = self.partner("Bea", user_id=self.rep.id)
        customer = self.buy(bea, 60, 30, 1)
        customer.with_user(self.rep).declare_lost("Moved away")
        customer.with_user(self.rep).withdraw_loss()
        self.assertStage(customer, "active", "purchase")

    def test_loss_needs_a_reason(self):
        with self.assertRaisesRegex(ValidationError, "Reason"):
            self.as_rep().declare_lost("")

    def test_snooze_postpones_and_leaves_the_stage(self):
        self.as_rep().snooze(TODAY + timedelta(days=5), "seasonal", "in March")
        self.assertEqual(self.customer.snooze_note, "in March")
        self.assertStage(self.customer, "lost")
        with self.assertRaisesRegex(ValidationError, "after today"):
            self.as_rep().snooze(TODAY, "seasonal")
        with self.assertRaisesRegex(ValidationError, "Reason"):
            self.as_rep().snooze(TODAY + timedelta(days=5), "because")

    def test_strangers_may_not_judge(self):
        other = new_test_user(self.env, "rep_other", "sales_team.group_sale_salesman")
        clerk = new_test_user(self.env, "clerk", "base.group_user")
        for user in (other, clerk):
            with self.assertRaises(AccessError):
                self.customer.with_user(user).hold(self.active, TODAY, "mine")
        self.assertFalse(self.customer.hold_until)

    def test_wizards_carry_the_verdict(self):
        contest = self.env["cx.contest"].with_user(self.rep)
        values = {"customer_ids": self.customer.ids, "reason": "Seasonal"}
        contest.create({**values, "verdict": "hold"}).action_apply()
        self.assertStage(self.customer, "active", "hold")
        contest.create({**values, "verdict": "lost"}).action_apply()
        self.assertStage(self.customer, "lost", "declared")
        contest.create({**values, "verdict": "rules"}).action_apply()
        self.assertStage(self.customer, "lost", "long_silence")
        self.env["cx.snooze"].with_user(self.rep).create(
            {"customer_ids": self.customer.ids, "reason": "stock"}
        ).action_apply()
        self.assertGreater(self.customer.snooze_until, TODAY)
