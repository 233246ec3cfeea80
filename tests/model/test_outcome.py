"""The dialog after a call: need, role and outcome in three clicks, with the rep's rights."""

from datetime import timedelta

from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user

from odoo.addons.mail.tools.discuss import Store


class OutcomeCase(LifecycleCase):
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

    def dialog(self, opener=None, user=None):
        """The dialog opened from a contact or from an activity."""
        action = (opener or self.firm).with_user(user or self.rep).action_cx_outcome()
        Model = self.env[action["res_model"]].with_user(user or self.rep)
        return Form(Model.with_context(**action["context"]))

    def seats(self):
        return [(s.partner_id.name, s.role_id.code, s.stance) for s in self.firm.cx_seat_ids]

    def notes(self):
        return "".join(self.firm.message_ids.mapped("body"))


class TestOutcome(OutcomeCase):
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

    def test_who_was_called_leaves_the_list_until_the_next_call(self):
        self.dialog().save().action_reached()
        usual = round(self.customer.usual_interval)
        self.assertEqual(self.customer.snooze_until, TODAY + timedelta(days=usual))
        with self.dialog() as form:
            form.next_on = TODAY + timedelta(days=3)
        form.record.action_reached()
        self.assertEqual(self.customer.snooze_until, TODAY + timedelta(days=3))
        # nobody said that the machine was wrong
        self.assertFalse(self.env["cx.objection"].search([("customer_id", "=", self.customer.id)]))

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

    def test_the_only_role_known_is_proposed_with_its_stance(self):
        seat = self.env["cx.seat"].create(
            {"partner_id": self.bert.id, "role_id": self.decider.id, "account_id": self.firm.id,
             "stance": "1"}
        )  # fmt: skip
        with self.dialog() as form:
            self.assertEqual((form.person_id, form.role_id), (self.bert, self.decider))
            self.assertEqual(form.stance, "1")
            form.person_id = self.anna
            self.assertEqual((form.role_id.id, form.stance), (False, "0"), "it is Bert's")
            form.person_id = self.bert
        form.record.action_reached()
        self.assertEqual(seat.stance, "1")
        self.assertIn("Reached Bert", self.notes())
        self.assertNotIn("role:", self.notes(), "nothing new was learned")

    def test_no_role_is_proposed_when_none_or_several_are_known(self):
        with self.dialog() as form:
            self.assertFalse(form.role_id)
            self.assertFalse(form.need_id)
        roles = self.decider | self.env.ref("cx_lifecycle.role_payer")
        self.env["cx.seat"].create(
            [
                {"partner_id": self.anna.id, "role_id": role.id, "account_id": self.firm.id}
                for role in roles
            ]
        )
        with self.dialog() as form:
            self.assertEqual(form.person_id, self.anna)
            self.assertFalse(form.role_id)

    def test_a_role_chosen_first_waits_for_the_person(self):
        with self.dialog() as form:
            form.person_id = self.env["res.partner"]
            form.role_id = self.decider
            form.person_id = self.anna
            self.assertEqual(form.role_id, self.decider)
        form.record.action_reached()
        self.assertEqual(self.seats(), [("Anna", "decider", "0")])

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


class TestOutcomeOfActivity(OutcomeCase):
    """Opened from an activity: exactly this one ends."""

    def plan(self, contact=None, user=None, **values):
        return (contact or self.firm).activity_schedule(
            "mail.mail_activity_data_todo", user_id=(user or self.rep).id, **values
        )

    def shown(self, activities, user):
        """What the web client is told of activities, by their ids."""
        rows = Store().add(activities.with_user(user)).get_result()["mail.activity"]
        return {row["id"]: row["cx_outcome"] for row in rows}

    def test_the_activity_a_person_planned_is_done_with_three_clicks(self):
        self.night()
        call = self.env["mail.activity"].search([("cx_customer_id", "=", self.customer.id)])
        mine, other = self.plan(summary="Ask for the budget"), self.plan()
        before = self.firm.message_ids
        with self.dialog(mine) as form:
            self.assertEqual((form.partner_id, form.person_id), (self.firm, self.anna))
            form.need_id = self.money
            form.role_id = self.decider
        result = form.record.action_reached()
        self.assertEqual(
            result, {"type": "ir.actions.act_window_close", "infos": {"cx_saved": True}}
        )
        words = "Reached Anna · role: Decider · need: Money"
        self.assertEqual((mine.active, mine.feedback), (False, words))
        self.assertTrue(call.active and other.active, "only the one it was opened from")
        [note] = self.firm.message_ids - before
        self.assertIn(words, note.body)
        self.assertIn("Ask for the budget", note.body)
        self.assertEqual(self.seats(), [("Anna", "decider", "0")])
        self.assertEqual(self.customer.need_id, self.money)

    def test_nobody_answered_ends_it_too_and_plans_the_next(self):
        activity = self.plan()
        self.dialog(activity).save().action_no_answer()
        self.assertEqual((activity.active, activity.feedback), (False, "No answer"))
        self.assertEqual(self.firm.activity_ids.date_deadline, TODAY + timedelta(days=2))

    def test_from_an_activity_of_a_person(self):
        activity = self.plan(self.bert)
        before = self.firm.message_ids
        with self.dialog(activity) as form:
            self.assertEqual((form.partner_id, form.person_id), (self.bert, self.bert))
            self.assertEqual(form.customer_id, self.customer)
            form.role_id = self.decider
            form.next_on = TODAY + timedelta(days=7)
        form.record.action_reached()
        self.assertEqual(activity.feedback, "Reached Bert · role: Decider")
        self.assertEqual(self.seats(), [("Bert", "decider", "0")])
        self.assertEqual(self.bert.activity_ids.date_deadline, TODAY + timedelta(days=7))
        self.assertEqual(self.firm.message_ids, before, "it is noted where it was planned")

    def test_ended_meanwhile_by_somebody_else(self):
        self.night()
        call = self.env["mail.activity"].search([("cx_customer_id", "=", self.customer.id)])
        done, deleted = self.plan(), self.plan(self.bert)
        wizard = self.dialog(done).save()
        done.action_feedback(feedback="Theirs")
        before = self.firm.message_ids
        wizard.action_reached()
        self.assertEqual(done.feedback, "Theirs")
        self.assertEqual(len(self.firm.message_ids - before), 1, "noted once")
        self.assertTrue(call.active)
        wizard = self.dialog(deleted).save()
        deleted.unlink()
        wizard.action_reached()
        self.assertFalse(call.active, "then it is the outcome of the planned call")

    def test_only_of_contacts_and_only_for_who_may_read_it(self):
        order = self.quotation(self.firm)
        task = order.activity_schedule("mail.mail_activity_data_todo", user_id=self.rep.id)
        with self.assertRaisesRegex(UserError, "not planned with a contact"):
            task.with_user(self.rep).action_cx_outcome()
        portal = new_test_user(self.env, "outcome_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self.plan().with_user(portal).action_cx_outcome()

    def test_the_button_is_for_reps_and_contacts(self):
        order = self.quotation(self.firm, user_id=self.rep.id)
        activities = self.plan() | self.plan(self.bert)
        task = order.activity_schedule("mail.mail_activity_data_todo", user_id=self.rep.id)
        self.assertEqual(
            self.shown(activities | task, self.rep),
            {**dict.fromkeys(activities.ids, True), task.id: False},
        )
        for login, group in (
            ("outcome_user", "base.group_user"), ("outcome_mark", "cx_lifecycle.group_marketer"),
        ):  # fmt: skip
            user = new_test_user(self.env, login, group)
            self.assertEqual(set(self.shown(activities, user).values()), {False}, group)

    def test_the_button_costs_no_query(self):
        activities = (self.plan() | self.plan(self.bert) | self.plan()).with_user(self.rep)
        self.shown(activities, self.rep)  # the rights are kept from then on
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(set(self.shown(activities, self.rep).values()), {True})
        self.assertEqual(self.env.cr.sql_log_count, before)
