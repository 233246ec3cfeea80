"""Steps that are no mails: what they do, when, on which condition, and what follows."""

from datetime import timedelta

from model.campaigns import CampaignCase
from model.common import TODAY

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user

DORMANT = (340, 280, 220, 160)


class TestActs(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(cls.env, "act_rep", "sales_team.group_sale_salesman")
        cls.customer = cls.buy(cls.partner("Quiet", user_id=cls.rep.id), *DORMANT)
        cls.contact = cls.customer.partner_id

    def activity(self):
        return self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.contact.id)]
        )

    def test_an_activity_of_the_salesperson(self):
        campaign = self.launched(
            steps=[{"activity_days": 3, "activity_summary": "Call them", "assignee_id": False}]
        )
        self.work()
        activity = self.activity()
        self.assertEqual(activity.user_id, self.rep)
        self.assertEqual(activity.summary, "Call them")
        self.assertEqual(activity.date_deadline, TODAY + timedelta(days=3))
        self.assertTrue(activity.automated)
        self.assertEqual(activity.cx_act_id, campaign.run_ids.act_ids)
        self.work()
        self.assertEqual(len(self.activity()), 1)

    def test_one_message_for_many_activities(self):
        for number in range(5):
            self.buy(self.partner(f"P{number}", user_id=self.rep.id), *DORMANT)
        self.launched(steps=[{"assignee_id": False}])
        before = self.env["mail.message"].search_count([("message_type", "=", "user_notification")])
        self.work()
        mine = [("user_id", "=", self.rep.id)]
        self.assertEqual(self.env["mail.activity"].search_count(mine), 6)
        after = self.env["mail.message"].search_count([("message_type", "=", "user_notification")])
        self.assertEqual(after - before, 1)

    def test_nobody_to_assign_it_to(self):
        self.contact.user_id = False
        campaign = self.launched(steps=[{"assignee_id": False}])
        self.work()
        self.assertEqual(self.acts(campaign), [("Activity", "skipped", "no_assignee")])
        self.assertEqual(campaign.run_ids.reason, "completed")

    def test_done_cancelled_and_overdue_lead_on(self):
        for end, follows in (
            (lambda a: a.action_feedback(feedback="ok"), "activity_done"),
            (lambda a: a.unlink(), "activity_cancelled"),
        ):
            campaign = self.launched(steps=[{"name": "Call"}], exclusive=False)
            call = campaign.step_ids
            tag = self.env["res.partner.category"].create({"name": follows})
            for trigger in ("activity_done", "activity_cancelled"):
                self.step(campaign, call, name=trigger, kind="tag", trigger=trigger,
                          tag_ids=[(6, 0, tag.ids)])  # fmt: skip
            self.work()
            end(campaign.run_ids.act_ids.activity_id)
            self.work()
            self.assertEqual(
                self.acts(campaign), [("Call", "done", False), (follows, "done", False)]
            )
            self.assertIn(tag, self.contact.category_id)

    def test_overdue_waits_for_the_deadline(self):
        campaign = self.launched(steps=[{"name": "Call", "activity_days": 2}])
        self.step(campaign, campaign.step_ids, name="Remind", kind="wait",
                  trigger="activity_overdue")  # fmt: skip
        self.work()
        self.later(days=2)
        self.assertEqual(self.acts(campaign)[1][1], "waiting")
        self.later(days=1)
        self.assertEqual(self.acts(campaign)[1], ("Remind", "done", False))

    def test_overdue_follows_a_deadline_that_is_moved(self):
        campaign = self.launched(steps=[{"name": "Call", "activity_days": 2}])
        self.step(campaign, campaign.step_ids, name="Remind", kind="wait",
                  trigger="activity_overdue", validity=3)  # fmt: skip
        self.work()
        self.activity().date_deadline += timedelta(days=10)
        self.later(days=3)
        self.assertEqual(self.acts(campaign)[1][1], "waiting")
        self.later(days=9)
        self.assertEqual(self.acts(campaign)[1][1], "waiting")
        self.later(days=1)
        self.assertEqual(self.acts(campaign)[1], ("Remind", "done", False))

    def test_overdue_but_done_in_time(self):
        campaign = self.launched(steps=[{"name": "Call"}])
        self.step(campaign, campaign.step_ids, name="Remind", kind="wait",
                  trigger="activity_overdue")  # fmt: skip
        self.work()
        self.activity().action_feedback()
        self.later(days=2)
        self.assertEqual(self.acts(campaign)[1], ("Remind", "skipped", "happened"))

    def test_condition_at_the_moment_of_the_act_and_else(self):
        campaign = self.launched(steps=[{"name": "Wait", "kind": "wait", "delay": 3}])
        wait = campaign.step_ids
        big = self.step(campaign, wait, name="Paris", domain="[('city', '=', 'Paris')]",
                        kind="wait")  # fmt: skip
        self.step(campaign, big, name="Elsewhere", trigger="else", kind="wait")
        self.step(campaign, big, name="There", trigger="done", kind="wait")
        self.work()
        self.contact.city = "Paris"
        self.later(days=3)
        self.work()
        self.assertEqual(
            self.acts(campaign),
            [("Wait", "done", False), ("Paris", "done", False), ("There", "done", False)],
        )
        other = self.launched(steps=[{"name": "Rome", "kind": "wait",
                                      "domain": "[('city', '=', 'Rome')]"}],
                              exclusive=False)  # fmt: skip
        self.step(other, other.step_ids, name="Elsewhere", trigger="else", kind="wait")
        self.work()
        self.work()
        self.assertEqual(
            self.acts(other), [("Rome", "skipped", "condition"), ("Elsewhere", "done", False)]
        )

    def test_not_done_never_starts_what_follows_doing(self):
        self.contact.user_id = False
        campaign = self.launched(steps=[{"name": "Call", "assignee_id": False}])
        self.step(campaign, campaign.step_ids, name="After", kind="wait")
        self.step(campaign, campaign.step_ids[0], name="In any case", kind="wait", trigger="ended")
        self.work()
        self.work()
        self.assertEqual(
            self.acts(campaign),
            [("Call", "skipped", "no_assignee"), ("In any case", "done", False)],
        )

    def test_tags_of_the_contact(self):
        tag = self.env["res.partner.category"].create({"name": "Woken"})
        self.launched(steps=[{"kind": "tag", "tag_ids": [(6, 0, tag.ids)]}], exclusive=False)
        self.work()
        self.assertEqual(self.contact.category_id, tag)
        self.launched(
            steps=[{"kind": "tag", "tag_ids": [(6, 0, tag.ids)], "tag_change": "remove"}],
            exclusive=False,
        )
        self.work()
        self.assertFalse(self.contact.category_id)

    def action(self, **values):
        return self.env["ir.actions.server"].create(
            {
                "name": "Note",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "code",
                "code": "record.write({'comment': 'done by the action'})",
                **values,
            }
        )

    def test_a_released_server_action(self):
        action = self.action(cx_released=True)
        campaign = self.launched(steps=[{"kind": "action", "action_id": action.id}])
        self.work()
        self.assertEqual(self.acts(campaign), [("Action", "done", False)])
        self.assertIn("done by the action", str(self.contact.comment))

    def test_an_action_that_was_not_released_or_changed_since(self):
        action = self.action()
        with self.assertRaises(ValidationError):
            self.campaign(steps=[{"kind": "action", "action_id": action.id}])
        action.cx_released = True
        campaign = self.launched(steps=[{"kind": "action", "action_id": action.id}])
        action.code = "raise UserError('never')"
        self.assertFalse(action.cx_released)
        self.work()
        act = campaign.run_ids.act_ids
        self.assertEqual((act.state, act.reason, act.tries), ("waiting", "error", 1))
        self.assertIn("release", act.error)

    def test_one_bad_record_does_not_stop_the_others(self):
        bad = self.buy(self.partner("Bad"), *DORMANT)
        action = self.action(
            code="if record.name == 'Bad':\n    raise UserError('bad')\n"
            "record.write({'comment': 'done'})",
            cx_released=True,
        )
        campaign = self.launched(steps=[{"kind": "action", "action_id": action.id}])
        self.work()
        states = {act.customer_id: (act.state, act.error) for act in campaign.run_ids.act_ids}
        self.assertEqual(states[self.customer], ("done", False))
        self.assertEqual(states[bad], ("waiting", "UserError: bad"))
        for _again in range(6):
            self.later(days=1)
        act = campaign.run_ids.act_ids.filtered(lambda act: act.customer_id == bad)
        self.assertEqual((act.state, act.reason), ("failed", "error"))
        self.assertReconciled(campaign)

    def test_by_a_date_of_the_customer(self):
        field = self.env["ir.model.fields"]._get("cx.customer", "lost_on")
        campaign = self.launched(
            steps=[{"kind": "wait", "date_field_id": field.id, "date_days": -10}]
        )
        self.work()
        act = campaign.run_ids.act_ids
        self.assertEqual(act.state, "waiting")
        midnight = self.customer.lost_on - timedelta(days=10)
        self.assertEqual(act.due_at, fields.Datetime.to_datetime(midnight))
        self.contact.country_id = self.env.ref("base.jp")
        act.due_at = act.not_before = "2026-01-01 00:00:00"
        self.work()
        self.assertEqual(
            act.due_at, fields.Datetime.to_datetime(midnight) - timedelta(hours=9),
            "it begins where the customer is",
        )  # fmt: skip
        self.customer.sudo().lost_on = False
        act.due_at = act.not_before = "2026-01-01 00:00:00"
        self.work()
        self.assertEqual((act.state, act.reason), ("skipped", "no_date"))

    def test_the_end_of_the_participation(self):
        campaign = self.launched(steps=[{"kind": "stop"}])
        self.work()
        self.assertEqual(campaign.run_ids.reason, "by_step")

    def test_calls_are_capped_over_all_campaigns(self):
        self.company.write({"cx_call_cap": 1, "cx_call_cap_days": 7})
        first = self.launched(sequence=1, exclusive=False, steps=[{"validity": 20}])
        second = self.launched(sequence=2, exclusive=False, steps=[{"validity": 20}])
        self.work()
        act = second.run_ids.act_ids
        self.assertEqual(self.acts(first), [("Activity", "done", False)])
        self.assertEqual(act.state, "waiting")
        self.later(minutes=5)
        self.assertEqual((act.state, act.reason), ("waiting", "capped"))
        self.later(days=8)
        self.assertEqual(act.state, "done")

    def test_capped_until_it_is_too_late(self):
        self.company.write({"cx_call_cap": 1, "cx_call_cap_days": 30})
        self.launched(sequence=1, exclusive=False)
        second = self.launched(sequence=2, exclusive=False, steps=[{"validity": 3}])
        self.work()
        self.later(minutes=5)
        self.later(days=4)
        self.assertEqual(self.acts(second), [("Activity", "skipped", "capped")])
        self.assertReconciled(second)

    def test_steps_follow_what_can_happen(self):
        campaign = self.campaign(steps=[{"name": "Call"}])
        call = campaign.step_ids
        for values in (
            {"trigger": "opened", "kind": "wait"},
            {"trigger": "entry", "kind": "wait"},
        ):
            with self.assertRaises(ValidationError):
                self.step(campaign, call, **values)
        with self.assertRaises(ValidationError):
            self.step(campaign, kind="wait", trigger="done")
        after = self.step(campaign, call, kind="wait")
        with self.assertRaises(ValidationError):
            call.parent_id = after
        with self.assertRaises(ValidationError):
            self.step(self.campaign(), call, kind="wait")

    def test_no_campaign_without_steps(self):
        with self.assertRaises(UserError):
            self.campaign(steps=[])._launch()
