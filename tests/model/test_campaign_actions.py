"""What people decide: once more, taken for sent, now, stop, keep away, enter by hand."""

import re
from datetime import timedelta

from model.campaigns import CampaignCase
from model.common import TODAY

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user

SELLER = "sales_team.group_sale_salesman"
DORMANT = (340, 280, 220, 160)
MAIL = {"kind": "mail", "name": "Hello"}


class ActionsCase(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(cls.env, "decide_rep", SELLER, name="Rita")
        cls.marketer = new_test_user(cls.env, "decide_marketer", "cx_lifecycle.group_marketer")
        cls.firm = cls.partner("Firm", user_id=cls.rep.id, email="firm@example.com")
        cls.customer = cls.buy(cls.firm, *DORMANT)

    def taking_part(self, **values):
        """A campaign that the customer takes part in, and its acts."""
        campaign = self.launched(**values)
        campaign._enter()
        return campaign, campaign.run_ids.act_ids

    def uncertain(self, **values):
        """A mail of which nobody knows whether it arrived, and nothing follows."""
        campaign, act = self.taking_part(steps=[MAIL], **values)
        act.write(
            {
                "state": "uncertain", "reason": "unknown_fate", "message_id": "<one@example.com>",
                "email": "firm@example.com", "done_at": fields.Datetime.now(), "claim": "x",
                "due_at": fields.Datetime.now() - timedelta(days=20),
                "expires_at": fields.Datetime.now() - timedelta(days=10),
            }
        )  # fmt: skip
        return campaign, act


class TestActs(ActionsCase):
    def test_once_more_is_one_more_copy_with_the_same_id_and_a_name(self):
        _campaign, act = self.uncertain()
        act.with_user(self.marketer).action_send_again()
        self.assertEqual((act.state, act.reason, act.claim), ("waiting", False, False))
        self.assertEqual(act.message_id, "<one@example.com>")
        self.assertLessEqual(act.due_at, fields.Datetime.now())
        self.assertGreater(act.expires_at, fields.Datetime.now() + timedelta(days=6))
        attempt = act.attempt_ids
        self.assertEqual((attempt.outcome, attempt.user_id), ("again", self.marketer))
        # somebody else has the same page open
        other = new_test_user(self.env, "decide_other", "cx_lifecycle.group_marketer")
        for decide in ("action_send_again", "action_settle"):
            with self.assertRaisesRegex(UserError, "was quicker"):
                getattr(act.with_user(other), decide)()
        self.assertEqual(act.attempt_ids, attempt)
        self.assertEqual(act.state, "waiting")

    def test_the_state_is_asked_in_the_statement_that_changes_it(self):
        """What this transaction has in its cache decides nothing."""
        _campaign, act = self.uncertain()
        self.assertEqual(act.state, "uncertain")
        self.env.flush_all()
        self.env.cr.execute("UPDATE cx_campaign_act SET state = 'done' WHERE id = %s", [act.id])
        with self.assertRaisesRegex(UserError, "was quicker"):
            act.with_user(self.marketer).action_send_again()
        self.assertFalse(act.attempt_ids)

    def test_only_what_is_uncertain(self):
        _campaign, act = self.taking_part(steps=[MAIL])
        for state in ("waiting", "claimed", "sending", "done", "refused", "skipped", "failed"):
            act.state = state
            for decide in ("action_send_again", "action_settle"):
                with self.subTest(state=state), self.assertRaises(UserError):
                    getattr(act.with_user(self.marketer), decide)()
        self.assertFalse(act.attempt_ids)

    def test_many_at_once_leave_the_others(self):
        campaign, act = self.uncertain(exclusive=False)
        _other, done = self.uncertain(exclusive=False)
        done.state = "done"
        (act | done).with_user(self.marketer).action_send_again()
        self.assertEqual((act.state, done.state), ("waiting", "done"))
        self.assertEqual(campaign.run_ids.state, "running")

    def test_taken_for_sent_lets_what_follows_begin(self):
        campaign, act = self.uncertain()
        self.step(campaign, act.step_id, name="Then call")
        self.step(campaign, act.step_id, name="Not opened", trigger="not_opened", delay=4)
        self.step(campaign, act.step_id, name="Opened", trigger="opened")
        act.with_user(self.marketer).action_settle()
        self.assertEqual((act.state, act.reason), ("done", False))
        self.assertEqual(act.attempt_ids.outcome, "settled")
        self.assertEqual(act.attempt_ids.user_id, self.marketer)
        following = campaign.run_ids.act_ids - act
        self.assertEqual(set(following.mapped("step_id.name")), {"Then call", "Not opened"})

    def test_a_participation_at_its_end_goes_on(self):
        campaign, act = self.taking_part()
        act.write({"state": "failed", "reason": "error", "done_at": fields.Datetime.now()})
        run = campaign.run_ids
        self.Run._finish_completed(self.company)
        self.assertEqual((run.state, run.reason), ("finished", "completed"))
        run.ends_on = TODAY - timedelta(days=1)
        act.with_user(self.marketer).action_retry()
        self.assertEqual(act.state, "waiting")
        self.assertEqual((run.state, run.reason, run.ended_at), ("running", False, False))
        self.assertGreater(run.ends_on, TODAY)
        self.work()
        self.assertEqual(self.acts(campaign), [("Activity", "done", False)])

    def test_what_was_stopped_stays_so(self):
        campaign, act = self.uncertain()
        campaign.run_ids._stop("bought")
        with self.assertRaisesRegex(UserError, r"Firm was stopped \(Bought again\)"):
            act.with_user(self.marketer).action_send_again()
        campaign, act = self.uncertain(exclusive=False)
        self.Run._finish_completed(self.company)
        campaign._finish()
        with self.assertRaisesRegex(UserError, "Wake up is finished"):
            act.with_user(self.marketer).action_send_again()
        self.assertEqual(act.state, "uncertain")

    def test_what_was_stopped_can_be_taken_for_sent(self):
        """It is known then, but nothing follows."""
        for finish in (False, True):
            campaign, act = self.uncertain(exclusive=False)
            self.step(campaign, act.step_id, name="Then call")
            if finish:
                campaign._finish()
            else:
                campaign.run_ids._stop("bought")
            reason = campaign.run_ids.reason
            act.with_user(self.marketer).action_settle()
            self.assertEqual((act.state, act.reason), ("done", False))
            self.assertEqual(act.attempt_ids.outcome, "settled")
            self.assertEqual((campaign.run_ids.state, campaign.run_ids.reason),
                             ("stopped", reason))  # fmt: skip
            self.assertEqual(campaign.run_ids.act_ids, act)

    def test_now(self):
        campaign = self.campaign(steps=[{"delay": 5}])
        campaign._launch()
        campaign._enter()
        act = campaign.run_ids.act_ids
        self.work()
        self.assertEqual(act.state, "waiting")
        act.with_user(self.marketer).action_now()
        self.assertLessEqual(act.not_before, fields.Datetime.now())
        self.work()
        self.assertEqual(act.state, "done")
        with self.assertRaisesRegex(UserError, "Nothing is “Waiting”"):
            act.with_user(self.marketer).action_now()

    def test_failed_ones_are_tried_again_from_the_beginning(self):
        campaign, act = self.taking_part()
        act.write({"state": "failed", "reason": "error", "error": "out of ink", "tries": 5,
                   "done_at": fields.Datetime.now()})  # fmt: skip
        act.with_user(self.marketer).action_retry()
        self.assertEqual((act.state, act.tries, act.error), ("waiting", 0, False))
        self.work()
        self.assertEqual(self.acts(campaign), [("Activity", "done", False)])

    def test_reps_decide_nothing(self):
        campaign, act = self.uncertain()
        for decide in ("action_send_again", "action_settle", "action_now", "action_retry"):
            with self.subTest(decide), self.assertRaisesRegex(AccessError, "Only marketers"):
                getattr(act.with_user(self.rep), decide)()
        with self.assertRaisesRegex(AccessError, "Only marketers"):
            campaign.run_ids.with_user(self.rep).action_stop()
        self.assertEqual((act.state, campaign.run_ids.state), ("uncertain", "running"))

    def test_marketers_of_another_company_decide_nothing(self):
        there = self.env["res.company"].create({"name": "There"})
        other = new_test_user(self.env, "decide_there", "cx_lifecycle.group_marketer",
                              company_id=there.id, company_ids=[(6, 0, there.ids)])  # fmt: skip
        campaign, act = self.uncertain()
        with self.assertRaises(AccessError):
            act.with_user(other).action_send_again()
        with self.assertRaises(AccessError):
            campaign.run_ids.with_user(other).action_stop()
        self.assertEqual(act.state, "uncertain")

    def test_stop_by_hand(self):
        campaign, act = self.taking_part()
        self.work()
        self.assertEqual(act.outcome, "open")
        run = campaign.run_ids
        run.with_user(self.marketer).action_stop()
        self.assertEqual((run.state, run.reason), ("stopped", "by_hand"))
        self.assertEqual(act.outcome, "cancelled")
        with self.assertRaisesRegex(UserError, "none of these is under way"):
            run.with_user(self.marketer).action_stop()


class TestJournal(ActionsCase):
    def test_only_ever_added_and_only_by_the_machine(self):
        _campaign, act = self.uncertain()
        values = {"act_id": act.id, "company_id": self.company.id, "at": fields.Datetime.now(),
                  "outcome": "sent"}  # fmt: skip
        attempts = self.env["cx.campaign.attempt"]
        admin = self.env.ref("base.user_admin")
        for user in (self.rep, self.marketer, admin):
            with self.assertRaises(AccessError):
                attempts.with_user(user).create(values)
        attempt = attempts.create(values)
        for journal in (attempt, attempt.with_user(admin)):
            with self.assertRaisesRegex(UserError, "stays as it is"):
                journal.write({"outcome": "refused"})
        with self.assertRaisesRegex(UserError, "nothing is deleted"):
            attempt.unlink()
        with self.assertRaises(AccessError):
            attempt.with_user(admin).unlink()
        attempts.flush_model()
        self.rows("DELETE FROM cx_campaign_act WHERE id = %s RETURNING id", act.id)
        self.env.invalidate_all(flush=False)
        self.assertFalse(attempt.exists(), "it goes with the customer's history")

    def test_who_may_create_them_is_not_a_question_of_rights_that_can_be_given(self):
        _campaign, act = self.uncertain()
        self.env["ir.model.access"].create(
            {"name": "all", "model_id": self.env["ir.model"]._get_id("cx.campaign.attempt"),
             "group_id": self.env.ref("cx_lifecycle.group_marketer").id, "perm_read": True,
             "perm_create": True, "perm_write": True, "perm_unlink": True}
        )  # fmt: skip
        attempts = self.env["cx.campaign.attempt"].with_user(self.marketer)
        with self.assertRaisesRegex(AccessError, "only the machine"):
            attempts.create({"act_id": act.id, "company_id": self.company.id, "outcome": "sent",
                             "at": fields.Datetime.now()})  # fmt: skip


class TestKeepAway(ActionsCase):
    def test_what_is_under_way_ends_and_nothing_new_begins(self):
        campaign, act = self.taking_part()
        until = TODAY + timedelta(days=30)
        customer = self.customer.with_user(self.rep)
        self.assertTrue(customer.keep_out_of_campaigns(until.isoformat(), " Complaint "))
        self.assertEqual((customer.no_campaigns_until, customer.no_campaigns_reason),
                         (until, "Complaint"))  # fmt: skip
        run = campaign.run_ids
        self.assertEqual((run.state, run.reason), ("stopped", "excluded"))
        self.assertEqual((act.state, act.reason), ("skipped", "excluded"))
        note = self.firm.message_ids[0]
        self.assertIn("Complaint", note.body)
        self.assertEqual(note.author_id, self.rep.partner_id)
        self.assertEqual(campaign.enter(self.firm.ids)["excluded"], {"excluded": 1})
        self.assertEqual(self.firm.with_user(self.rep).cx_no_campaigns_until, until)
        customer.let_into_campaigns()
        self.assertFalse(customer.no_campaigns_until)
        self.assertEqual(campaign.enter(self.firm.ids)["entered"], 1)
        self.assertIn("come again", self.firm.message_ids[0].body)

    def test_a_day_and_a_reason(self):
        customer = self.customer.with_user(self.rep)
        for until, reason in ((TODAY - timedelta(days=1), "x"), (False, "x"), (TODAY, " ")):
            with self.assertRaises(ValidationError):
                customer.keep_out_of_campaigns(until, reason)
        with self.assertRaises(UserError):
            customer.keep_out_of_campaigns("soon", "x")
        self.assertFalse(customer.no_campaigns_until)
        self.assertTrue(customer.keep_out_of_campaigns(TODAY, "x"))

    def test_of_own_customers(self):
        other = new_test_user(self.env, "decide_rep2", SELLER)
        nobody = new_test_user(self.env, "decide_user", "base.group_user")
        for user in (other, nobody):
            customer = self.customer.with_user(user)
            with self.assertRaises(AccessError):
                customer.keep_out_of_campaigns(TODAY, "x")
            with self.assertRaises(AccessError):
                customer.let_into_campaigns()
        with self.assertRaises(AccessError):
            self.customer.with_user(self.rep).write({"no_campaigns_until": TODAY})

    def test_the_contacts_form_costs_no_query_more(self):
        plain = {"name": {}, "cx_stage_id": {"fields": {"display_name": {}}}, "cx_why": {}}
        ours = {"cx_no_campaigns_until": {}, "cx_no_campaigns_reason": {}}
        shown = self.env["res.partner"].with_user(self.rep).get_view(view_type="form")["arch"]
        fields_of_ours = set(re.findall(r'<field name="(cx_\w*campaign\w*)"', shown))
        self.assertEqual(fields_of_ours, set(ours), "nothing that counts")
        self.assertIn("action_cx_campaigns", shown)
        counts = []
        for specification in (plain, plain, plain | ours):  # the first time fills caches
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.firm.with_user(self.rep).web_read(specification)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_the_dialog(self):
        action = self.firm.with_user(self.rep).action_cx_keep_out()
        dialog = self.env[action["res_model"]].with_user(self.rep).with_context(action["context"])
        with Form(dialog) as form:
            self.assertFalse(form.kept_away)
            form.reason = "Complaint"
        form.record.action_apply()
        self.assertGreater(self.customer.no_campaigns_until, TODAY)
        again = dialog.create({"until": TODAY, "reason": "x"})
        self.assertTrue(again.kept_away)
        again.action_let_in()
        self.assertFalse(self.customer.no_campaigns_until)


class TestByHand(ActionsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.partner("Other", user_id=cls.rep.id)
        cls.buy(cls.other, *DORMANT)
        cls.blocked = cls.partner("Held", user_id=cls.rep.id)
        cls.buy(cls.blocked, *DORMANT).hold("dormant", TODAY, "x")
        cls.supplier = cls.partner("Supplier")
        cls.all = cls.firm | cls.other | cls.blocked | cls.supplier

    def dialog(self, campaign, user=None, partners=None):
        return (
            self.env["cx.campaign.enter"]
            .with_user(user or self.marketer)
            .create({"campaign_id": campaign.id, "partner_ids": (partners or self.all).ids})
        )

    def test_what_is_said_before_is_what_happens(self):
        campaign = self.launched(entry="manual")
        campaign.enter(self.other.ids)
        dialog = self.dialog(campaign)
        self.assertEqual(dialog.enter_count, 1)
        self.assertEqual(
            dialog.plan.splitlines(),
            ["1 will enter.",
             "1 do not: entered today already, or the campaign's condition is not for them.",
             "1 do not: Stage held by a person.", "1 are no customers that you follow."],
        )  # fmt: skip
        self.assertEqual(len(campaign.run_ids), 1, "nothing has happened yet")
        message = dialog.action_apply()["params"]["message"]
        self.assertTrue(message.startswith("1 entered."), message)
        self.assertIn("Stage held by a person", message)
        self.assertEqual(campaign.run_ids.partner_id, self.firm | self.other)
        dialog = self.dialog(campaign)
        self.assertEqual(dialog.enter_count, 0)

    def test_who_is_held_out_is_told_to_marketers_only(self):
        campaign = self.launched(entry="manual", holdout_share=0.9)
        would = campaign._would_enter(self.all)
        partners = [self.partner(f"P{n}", user_id=self.rep.id) for n in range(12)]
        for partner in partners:
            self.buy(partner, *DORMANT)
        partners = self.env["res.partner"].union(*partners)
        would = campaign._would_enter(partners)
        self.assertGreater(would["held_out"], 0)
        told = self.dialog(campaign, partners=partners).plan
        self.assertIn(f"Of them, {would['held_out']} are held out", told)
        dialog = self.dialog(campaign, user=self.rep, partners=partners)
        self.assertIn("12 will enter.", dialog.plan)
        self.assertIn("About 90% of them are not chosen", dialog.plan)
        message = dialog.action_apply()["params"]["message"]
        self.assertIn("12 entered.", message)
        self.assertNotIn("held out", message + dialog.plan)
        held = campaign.run_ids.filtered(lambda run: run.arm == "held_out")
        self.assertEqual(len(held), would["held_out"])
        # Odoo tells what may not be read, by its name, to whoever is in debug mode
        has_group = type(self.rep).has_group
        self.patch(
            type(self.rep), "has_group",
            lambda user, group: group == "base.group_no_one" or has_group(user, group),
        )  # fmt: skip
        self.env.invalidate_all()
        with self.assertRaises(AccessError) as refused:
            held.with_user(self.rep).read(["state"])
        self.assertIn("cx.campaign.run: ", str(refused.exception))
        for run in held:
            self.assertNotIn(run.partner_id.name, str(refused.exception))
        self.assertEqual(held[0].display_name, held[0].customer_id.display_name)

    def test_from_lists_of_contacts_and_of_customers(self):
        Enter = self.env["cx.campaign.enter"].with_user(self.rep)
        chosen = Enter.with_context(active_model="res.partner", active_ids=self.all.ids)
        self.assertEqual(Form(chosen).partner_ids[:], self.all)
        chosen = Enter.with_context(active_model="cx.customer", active_ids=self.customer.ids)
        with Form(chosen) as form:
            self.assertEqual(form.partner_ids[:], self.firm)
            form.campaign_id = self.launched(entry="manual")
            self.assertEqual(form.enter_count, 1)
            self.assertIn("1 will enter.", form.plan)

    def test_reps_let_their_own_enter(self):
        stranger = self.partner("Stranger", user_id=self.marketer.id)
        self.buy(stranger, *DORMANT)
        campaign = self.launched(entry="manual")
        dialog = self.dialog(campaign, self.rep, self.firm | stranger)
        self.assertIn("1 are no customers that you follow.", dialog.plan)
        dialog.action_apply()
        self.assertEqual(campaign.run_ids.partner_id, self.firm)
        self.assertEqual(campaign.run_ids.user_id, self.rep)
