"""The dialog after a call: need, role and outcome in three clicks, with the rep's rights."""

from datetime import timedelta

from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user


class TestOutcome(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(cls.env, "outcome_rep", "sales_team.group_sale_salesman")
        cls.firm = cls.partner("Firm", is_company=True, user_id=cls.rep.id)
        cls.anna = cls.partner("Anna", parent_id=cls.firm.id)
        cls.bert = cls.partner("Bert", parent_id=cls.firm.id)
        cls.customer = cls.buy(cls.firm, *range(60, 361, 30))
        cls.money = cls.env.ref("cx_lifecycle.need_money")
        cls.decider = cls.env.ref("cx_lifecycle.role_decider")

    def dialog(self, partner=None, user=None):
        action = (partner or self.firm).with_user(user or self.rep).action_cx_outcome()
        Model = self.env[action["res_model"]].with_user(user or self.rep)
        return Form(Model.with_context(**action["context"]))

    def seats(self):
        return [(s.partner_id.name, s.role_id.code, s.stance) for s in self.firm.cx_seat_ids]

    def notes(self):
        return "".join(self.firm.message_ids.mapped("body"))

    def test_need_role_and_outcome(self):
        with self.dialog() as form:
            form.person_id = self.anna
            form.need_id = self.money
            form.role_id = self.decider
            form.stance = "1"
            form.note = "waits for the budget"
        form.record.action_reached()
        [piece] = self.env["cx.need.evidence"].search([("partner_id", "=", self.anna.id)])
        self.assertEqual((piece.need_id, piece.weight, piece.source), (self.money, "2", "rep"))
        self.assertEqual((piece.user_id, piece.note), (self.rep, "waits for the budget"))
        self.assertEqual(self.seats(), [("Anna", "decider", "1")])
        self.assertIn(
            "Reached Anna · role: Decider · need: Money · waits for the budget", self.notes()
        )
        self.assertEqual(self.customer.need_id, self.money)

    def test_the_planned_call_is_done_with_the_outcome(self):
        self.night()
        call = self.env["mail.activity"].search([("cx_customer_id", "=", self.customer.id)])
        self.dialog().save().action_reached()
        self.assertFalse(call.active)
        self.assertEqual(call.feedback, "Reached Anna")

    def test_nobody_answered_is_tried_again_in_two_days(self):
        self.dialog().save().action_no_answer()
        plan = self.firm.activity_ids
        self.assertEqual((plan.date_deadline, plan.user_id), (TODAY + timedelta(days=2), self.rep))
        self.assertIn("No answer", self.notes())

    def test_the_next_day_is_planned(self):
        with self.dialog() as form:
            form.next_on = TODAY + timedelta(days=30)
            form.note = "new budget"
        form.record.action_reached()
        plan = self.firm.activity_ids
        self.assertEqual(
            (plan.date_deadline, plan.summary), (TODAY + timedelta(days=30), "new budget")
        )
        self.assertFalse(plan.automated)

    def test_who_is_known_to_decide_is_proposed(self):
        self.env["cx.seat"].create(
            {"partner_id": self.bert.id, "role_id": self.decider.id, "account_id": self.firm.id}
        )
        self.assertEqual(self.dialog().person_id, self.bert)
        self.assertEqual(self.dialog(self.anna).person_id, self.anna)

    def test_a_role_known_already_gets_the_new_stance(self):
        for stance in ("-1", "1"):
            with self.dialog() as form:
                form.person_id = self.anna
                form.role_id = self.decider
                form.stance = stance
            form.record.action_reached()
        self.assertEqual(self.seats(), [("Anna", "decider", "1")])

    def test_not_now_and_contest_keep_what_was_learned(self):
        for action, model in (("action_not_now", "cx.snooze"), ("action_contest", "cx.contest")):
            with self.dialog() as form:
                form.need_id = self.money
            result = getattr(form.record, action)()
            self.assertEqual(result["res_model"], model)
            self.assertEqual(result["context"]["default_customer_ids"], self.customer.ids)
        self.assertEqual(self.customer.need_id, self.money)

    def test_bad_input_changes_nothing(self):
        with (
            self.assertRaisesRegex(ValidationError, "today or a later day"),
            self.dialog() as form,
        ):
            form.next_on = ago(1)
        with self.dialog() as form:
            form.person_id = self.env["res.partner"]
            form.role_id = self.decider
        with self.assertRaisesRegex(ValidationError, "say whose role"):
            form.record.action_reached()
        self.assertFalse(self.firm.cx_seat_ids)

    def test_of_a_supplier_only_what_is_not_about_stages(self):
        supplier = self.partner("Supplier", supplier_rank=1)
        wizard = self.dialog(supplier).save()
        self.assertFalse(wizard.customer_id)
        with self.assertRaisesRegex(UserError, "not a customer"):
            wizard.action_contest()

    def test_only_with_own_customers(self):
        other = new_test_user(self.env, "outcome_rep2", "sales_team.group_sale_salesman")
        with self.dialog(user=other) as form:
            form.person_id = self.anna
            form.need_id = self.money
        with self.assertRaises(AccessError):
            form.record.action_reached()
        self.assertFalse(self.customer.need_id)

    def test_dialogs_are_private(self):
        wizard = self.dialog().save()
        other = new_test_user(self.env, "outcome_rep3", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            wizard.with_user(other).read(["note"])
