"""Calls that the night plans: whom, how many, told once; and how they end by themselves."""

from ast import literal_eval
from datetime import timedelta

from lxml import etree
from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tests import new_test_user

from odoo.addons.mail.tests.common import MockEmail


class CallCase(LifecycleCase, MockEmail):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = cls.new_rep("call_rep")
        cls.firm = cls.partner("Firm", user_id=cls.rep.id, phone="+33 1 99 00 11 22")
        cls.customer = cls.buy(cls.firm, *range(60, 361, 30), amount=500)
        cls.refresh(cls.firm)

    @classmethod
    def new_rep(cls, login, **values):
        return new_test_user(
            cls.env, login, "sales_team.group_sale_salesman", email=f"{login}@example.com",
            notification_type="email", **values,
        )  # fmt: skip

    def calls(self, customer=None, **conditions):
        domain = [("cx_customer_id", "!=", False)]
        if customer is not None:
            domain.append(("cx_customer_id", "in", customer.ids))
        return self.env["mail.activity"].with_context(**conditions).search(domain, order="id")

    def late(self, number, user, amount=100):
        """So many customers of a rep going quiet, each worth a little more than the one before."""
        found = self.Customer
        for n in range(number):
            partner = self.partner(f"Late {n}", user_id=user.id)
            found |= self.buy(partner, 120, 150, 180, 210, amount=amount + n)
        return found

    def plan(self):
        """Plan the calls of the day without the rest of the night; how many."""
        chosen, _waiting = self.Customer._calls_due(self.company, TODAY)
        self.Customer._plan_calls(chosen, self.company, TODAY)
        return sum(map(len, chosen.values()))


class TestPlanning(CallCase):
    def test_a_call_of_today_for_the_salesperson(self):
        run = self.night()
        call = self.calls(self.customer)
        self.assertEqual(call.res_model, "res.partner")
        self.assertEqual(call.res_id, self.firm.id)
        self.assertEqual((call.user_id, call.date_deadline), (self.rep, TODAY))
        self.assertTrue(call.automated)
        # who may read the contact reads its activities: no figures, no needs
        self.assertEqual((call.summary, call.note), ("Going quiet", False))
        self.assertEqual((run.calls_planned, run.calls_waiting), (1, 0))
        self.assertEqual(self.customer.proposed_on, TODAY)

    def test_once_per_silence(self):
        self.night()
        self.calls(self.customer).action_feedback("done")
        self.night()
        self.assertFalse(self.calls(self.customer))
        self.env.cr.execute(
            "UPDATE cx_customer SET proposed_on = %s WHERE id = %s", [ago(70), self.customer.id]
        )
        self.customer.invalidate_recordset()
        self.night()  # planned in the silence before the last purchase: this one is another
        self.assertTrue(self.calls(self.customer))

    def test_again_when_a_postponement_ends(self):
        self.night()
        self.customer.with_user(self.rep).snooze(TODAY + timedelta(days=1), "talking")
        self.env.cr.execute(
            "UPDATE cx_customer SET proposed_on = %s, snooze_until = %s WHERE id = %s",
            [ago(1), TODAY, self.customer.id],
        )
        self.customer.invalidate_recordset()
        self.night()
        self.assertTrue(self.calls(self.customer))

    def test_those_worth_most_within_the_reps_room(self):
        late = self.late(4, self.rep)
        self.company.cx_calls_per_day = 3
        run = self.night()
        self.assertEqual(self.calls().cx_customer_id, self.customer | late[3] | late[2])
        self.assertEqual((run.calls_planned, run.calls_waiting), (3, 2))

    def test_open_calls_take_room(self):
        late = self.late(3, self.rep)
        self.company.cx_calls_per_day = 2
        self.night()
        self.night(as_of=TODAY + timedelta(days=1))
        self.assertEqual(len(self.calls()), 2)
        self.calls().action_feedback("done")
        self.night()  # what was planned today is done, and the day is full
        self.assertFalse(self.calls())
        self.night(as_of=TODAY + timedelta(days=1))
        self.assertEqual(self.calls().cx_customer_id, late[1] | late[0])

    def test_a_reps_own_number(self):
        busy = self.new_rep("call_busy", cx_own_calls=True, cx_calls_per_day=1)
        away = self.new_rep("call_away", cx_own_calls=True, cx_calls_per_day=0)
        self.late(2, busy)
        self.late(2, away)
        self.night()
        self.assertEqual(len(self.calls().filtered(lambda a: a.user_id == busy)), 1)
        self.assertFalse(self.calls().filtered(lambda a: a.user_id == away))

    def test_nobody_without_salesperson_or_with_one_who_left(self):
        left = self.new_rep("call_left")
        self.late(1, left)
        left.active = False
        self.buy(self.partner("Nobody's"), *range(60, 361, 30))
        run = self.night()
        self.assertEqual(self.calls().cx_customer_id, self.customer)
        self.assertEqual((run.calls_planned, run.calls_waiting), (1, 2))

    def test_neither_who_is_on_time_nor_long_dormant_nor_lost(self):
        for name, days in (("On time", range(10, 311, 30)), ("Long gone", range(900, 1201, 30))):
            self.buy(self.partner(name, user_id=self.rep.id), *days)
        self.night()
        self.assertEqual(self.calls().cx_customer_id, self.customer)

    def test_who_became_dormant_lately(self):
        dormant = self.buy(self.partner("Dormant", user_id=self.rep.id), *range(120, 421, 30))
        self.refresh(dormant.partner_id)
        self.assertStage(dormant, "dormant")
        self.night()
        self.assertIn(dormant, self.calls().cx_customer_id)

    def test_whoever_is_called_is_in_the_reps_list(self):
        self.buy(self.partner("Dormant", user_id=self.rep.id), *range(120, 421, 30))
        self.buy(self.partner("Long gone", user_id=self.rep.id), *range(900, 1201, 30))
        self.night()
        view = etree.fromstring(self.env.ref("cx_lifecycle.view_customer_search").arch)
        shown = Domain.AND(
            literal_eval(view.find(f".//filter[@name='{name}']").get("domain"))
            for name in ("going_quiet", "not_snoozed")
        )
        mine = Domain("user_id", "=", self.rep.id)
        called = self.calls().cx_customer_id
        self.assertEqual(len(called), 2)
        self.assertEqual(self.Customer.with_user(self.rep).search(mine & shown), called)

    def test_neither_held_nor_postponed_nor_opted_out(self):
        held, postponed, mute, silent = self.late(4, self.rep)
        held.hold("active", TODAY + timedelta(days=9), "seasonal")
        postponed.snooze(TODAY + timedelta(days=9), "stock")
        mute.partner_id.phone = "+33 1 55 44 33 22"
        self.env["phone.blacklist"].add(mute.partner_id.phone_sanitized or "+33155443322")
        mute.partner_id.phone_sanitized = mute.partner_id.phone_sanitized or "+33155443322"
        silent.partner_id.email = "silent@example.com"
        self.env["mail.blacklist"]._add("silent@example.com")
        self.night()
        self.assertEqual(self.calls().cx_customer_id, self.customer)

    def test_none_before_the_company_has_accepted_or_when_it_wants_none(self):
        self.company.cx_calls_per_day = 0
        self.night()
        self.assertFalse(self.calls())
        self.company.cx_calls_per_day = 5
        self.env["cx.first.run"]._of(self.company).accepted_at = False
        self.night()
        self.assertFalse(self.calls())

    def test_one_summary_for_each_rep_whatever_the_number(self):
        other = self.new_rep("call_rep2", lang="en_US")
        self.late(12, self.rep)
        self.late(2, other)
        self.company.cx_calls_per_day = 50
        with self.mock_mail_gateway():
            self.night()
        self.assertEqual(len(self.calls()), 15)
        self.assertEqual(len(self._new_mails), 2)
        mine = self._new_mails.filtered(lambda m: m.recipient_ids == self.rep.partner_id)
        self.assertEqual(mine.subject, "Customers going quiet: 13")
        self.assertEqual(mine.state, "outgoing")  # queued: the night waits for no mail server
        for words in ("Firm", "+33 1 99 00 11 22", "What must not go wrong", "d late, usual"):
            self.assertIn(words, mine.body_html)
        self.assertIn("And others", mine.body_html)
        link = f"{self.rep.get_base_url()}/odoo/going-quiet"
        self.assertIn(link, mine._prepare_outgoing_body())

    def test_the_kind_of_activity_is_the_companys(self):
        todo = self.env.ref("mail.mail_activity_data_todo")
        self.company.cx_activity_type_id = todo
        self.night()
        self.assertEqual(self.calls().activity_type_id, todo)

    def test_bad_number_of_calls(self):
        with self.assertRaisesRegex(ValidationError, "0 to 100"):
            self.company.cx_calls_per_day = 1000

    def test_the_reps_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(["cx_lifecycle"], ["fr_FR"])
        self.rep.lang = "fr_FR"
        with self.mock_mail_gateway():
            self.night()
        self.assertEqual(self.calls(self.customer).summary, "Client à relancer")
        self.assertIn("d’habitude", self._new_mails.body_html)

    def test_a_thousand_calls_cost_queries_by_the_lot(self):
        self.company.cx_calls_per_day = 100
        counts = []
        for number in (5, 40):
            self.late(number, self.rep)
            self.env.flush_all()
            self.calls().unlink()
            before = self.env.cr.sql_log_count
            planned = self.plan()
            counts.append((planned, self.env.cr.sql_log_count - before))
        (few, cheap), (many, dear) = counts
        self.assertGreater(many, few * 5)
        self.assertLess(dear, cheap * 2)

    def test_a_rep_more_costs_the_summary_and_few_queries_besides(self):
        counts = []
        for number in (2, 12):
            for n in range(number):
                self.late(3, self.new_rep(f"call_rep_{number}_{n}"))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            planned = self.plan()
            self.env.flush_all()
            counts.append((planned, self.env.cr.sql_log_count - before))
        (few, cheap), (many, dear) = counts
        self.assertEqual((few, many), (7, 36))
        self.assertLess((dear - cheap) / 10, 20)


class TestEnding(CallCase):
    def setUp(self):
        super().setUp()
        self.night()
        self.call = self.calls(self.customer)

    def closed(self):
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search([("id", "=", self.call.id)])
        )

    def test_done_with_a_note_when_the_customer_buys(self):
        self.order(self.firm, TODAY)
        call = self.closed()
        self.assertFalse(call.active)
        self.assertIn("Done by itself: the customer has bought", call.feedback)
        self.assertIn("Done by itself", "".join(self.firm.message_ids.mapped("body")))

    def test_a_purchase_entered_late_counts_too(self):
        self.order(self.firm, ago(3))
        self.assertFalse(self.closed().active)

    def test_an_order_costs_one_query_more_for_calls_and_one_for_campaigns(self):
        self.order(self.firm, TODAY)
        before = self.env.cr.sql_log_count
        self.Customer._settle_calls(self.company, TODAY, self.firm.ids)
        self.assertEqual(self.env.cr.sql_log_count - before, 2)

    def test_cancelled_with_a_note_when_somebody_holds_the_stage(self):
        self.customer.with_user(self.rep).hold("active", TODAY + timedelta(days=9), "seasonal")
        self.assertFalse(self.closed())
        self.assertIn("held by a person", "".join(self.firm.message_ids.mapped("body")))

    def test_cancelled_when_it_is_postponed_or_the_loss_declared(self):
        self.customer.with_user(self.rep).snooze(TODAY + timedelta(days=9), "stock")
        self.assertFalse(self.closed())
        self.assertIn("postponed", "".join(self.firm.message_ids.mapped("body")))
        other = self.late(1, self.rep)
        self.night()
        self.call = self.calls(other)
        other.declare_lost("closed the shop")
        self.assertFalse(self.closed())

    def test_cancelled_at_once_by_an_opt_out(self):
        self.firm.email = "firm@example.com"
        other = self.late(1, self.rep)
        other.partner_id.email = "other@example.com"
        self.night()
        public = self.env.ref("base.public_user")
        self.env["mail.blacklist"].with_user(public).sudo()._add("Firm <firm@example.com>")
        self.assertFalse(self.closed())
        self.assertTrue(self.calls(other))
        note = self.firm.message_ids.sorted("id")[-1:]
        self.assertIn("asked not to be contacted", note.body)
        self.assertEqual(note.author_id, self.env.ref("base.partner_root"))

    def test_cancelled_at_once_when_a_number_is_blocked(self):
        other = self.late(1, self.rep)
        other.partner_id.phone = "+33 1 55 44 33 22"
        self.night()
        numbers = (self.firm | other.partner_id).mapped("phone_sanitized")
        self.env["phone.blacklist"]._add(numbers)
        self.assertFalse(self.calls())

    def test_cancelled_at_once_by_a_block_that_comes_back_or_is_corrected(self):
        self.firm.email = "firm@example.com"
        for blacklist, value, wrong in (
            ("mail.blacklist", "firm@example.com", "film@example.com"),
            ("phone.blacklist", self.firm.phone_sanitized, "+33199001133"),
        ):
            name = self.env[blacklist]._rec_name
            entry = self.env[blacklist].create({name: value, "active": False})
            self.assertTrue(self.closed(), "not yet blocked")
            entry.action_unarchive()
            self.assertFalse(self.closed())
            entry[name] = wrong
            self.plan_again()
            entry[name] = value
            self.assertFalse(self.closed())
            entry.action_archive()
            self.plan_again()

    def plan_again(self):
        self.env.cr.execute("UPDATE cx_customer SET proposed_on = NULL")
        self.env.invalidate_all()
        self.night()
        self.call = self.calls(self.customer)
        self.assertTrue(self.call)

    def test_a_block_without_planned_calls_costs_one_query(self):
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.Customer._settle_blocked("email_normalized", ["a@example.com", "b@example.com"])
        self.assertEqual(self.env.cr.sql_log_count - before, 1)
        self.Customer._settle_blocked("email_normalized", [])
        self.assertEqual(self.env.cr.sql_log_count - before, 1)

    def test_cancelled_by_the_night_when_the_contact_takes_a_blocked_address(self):
        self.env["mail.blacklist"]._add("firm@example.com")
        self.firm.email = "firm@example.com"
        self.night()
        self.assertFalse(self.closed())
        self.assertIn("asked not to be contacted", "".join(self.firm.message_ids.mapped("body")))

    def test_cancelled_when_the_rules_find_the_customer_on_time(self):
        self.env.cr.execute(
            "UPDATE cx_customer SET next_purchase_to = %s WHERE id = %s",
            [TODAY + timedelta(days=9), self.customer.id],
        )
        self.customer.invalidate_recordset()
        self.Customer._settle_calls(self.company, TODAY)
        self.assertFalse(self.closed())

    def test_activities_of_people_are_left_alone(self):
        own = self.firm.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.rep.id, date_deadline=TODAY
        )
        self.order(self.firm, TODAY)
        self.assertTrue(own.exists().active)

    def test_the_other_company_may_still_wait(self):
        there = self.env["res.company"].create({"name": "There"})
        self.accept(there)
        self.env["cx.policy"]._of(there)
        self.order(self.firm, TODAY, company=there)
        self.assertTrue(self.closed().active)
