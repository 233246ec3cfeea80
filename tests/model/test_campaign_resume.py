"""A pause ends in one of three ways, and each does what its preview says."""

from datetime import timedelta

from model.campaigns import CampaignCase
from model.common import TODAY, ago
from model.test_campaign_mail import DORMANT, NOW, MailCase

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from odoo.addons.cx_lifecycle_mail.models.cx_campaign_resume import DROPPED

CHOICES = ("now", "shift", "skip")


class ResumeCase(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "UTC"
        cls.user = new_test_user(cls.env, "resume_marketer", "cx_lifecycle.group_marketer")
        cls.customers = cls.Customer
        for number in range(4):
            contact = cls.partner(f"P{number}", email=f"p{number}@example.com")
            cls.customers |= cls.buy(contact, *DORMANT)

    def waiting(self, delays=(1, 4, 20, 40), **values):
        """A campaign paused for ten days, whose acts were due so many days after its pause."""
        steps = [{"kind": "wait", "name": f"After {days}", "delay": days} for days in delays]
        campaign = self.launched(steps=steps, exclusive=False, **values)
        self.Campaign._cron_campaigns()
        campaign.action_pause()
        self.stood(campaign, 10)
        return campaign

    def stood(self, campaign, days):
        """So many days pass while it stands still."""
        self.env.flush_all()
        back = {"back": timedelta(days=days), "campaign": campaign.id}
        for query in (
            "UPDATE cx_campaign SET paused_at = paused_at - %(back)s WHERE id = %(campaign)s",
            "UPDATE cx_campaign_run SET entered_at = entered_at - %(back)s,"
            " ends_on = (ends_on - %(back)s)::date WHERE campaign_id = %(campaign)s",
            "UPDATE cx_campaign_act SET not_before = not_before - %(back)s,"
            " due_at = due_at - %(back)s, expires_at = expires_at - %(back)s,"
            " create_date = create_date - %(back)s WHERE campaign_id = %(campaign)s",
        ):
            self.env.cr.execute(query, back)
        self.env.invalidate_all(flush=False)
        self.env["cx.campaign"]._cron_campaigns()

    def counts(self, figures):
        """Figures without the days on which nothing happens: {days ahead: number}."""
        days = {
            (fields.Date.to_date(day) - TODAY).days: sum(of.values())
            for day, of in figures["days"].items()
            if sum(of.values())
        }
        return days, sum(figures["later"].values()), tuple(figures[name] for name in DROPPED)

    def resumed(self, campaign, choice):
        """Resume by the dialog, as the marketer; what its preview said."""
        wizard = Form(
            self.env["cx.campaign.change"]
            .with_user(self.user)
            .with_context(**campaign.action_ask_resume()["context"])
        )
        wizard.choice = choice
        wizard = wizard.save()
        figures = campaign._resume_figures(choice)
        self.assertIn("No mail would leave today", wizard.preview)
        wizard.action_apply()
        self.assertEqual(campaign.state, "running")
        self.assertFalse(campaign.paused_at)
        return figures

    def assertAsSaid(self, campaign, figures):
        """Every act is where the preview put it."""
        days, later, (missed, expired, over) = self.counts(figures)
        acts = campaign.run_ids.act_ids
        self.assertEqual(len(acts.filtered(lambda act: act.reason == "missed")), missed)
        self.work()
        ended = campaign.run_ids.act_ids.filtered(lambda act: act.state == "skipped")
        self.assertEqual(len(ended.filtered(lambda act: act.reason == "expired")), expired)
        self.assertEqual(len(ended.filtered(lambda act: act.reason == "too_long")), over)
        done = campaign.run_ids.act_ids.filtered(lambda act: act.state == "done")
        self.assertEqual(len(done), days.pop(0, 0))
        waits = campaign.run_ids.act_ids.filtered(lambda act: act.state == "waiting")
        told = {}
        for act in waits:
            ahead = (act.due_at.date() - TODAY).days
            told[ahead] = told.get(ahead, 0) + 1
        self.assertEqual({d: n for d, n in told.items() if d < 14}, days)
        self.assertEqual(sum(n for d, n in told.items() if d >= 14), later)
        self.assertReconciled(campaign)


class TestChoices(ResumeCase):
    def test_send_now(self):
        campaign = self.waiting()
        figures = self.resumed(campaign, "now")
        # due 9 and 6 days ago, valid for seven: of those, one is too late
        self.assertEqual(self.counts(figures), ({0: 4, 10: 4}, 4, (0, 4, 0)))
        self.assertAsSaid(campaign, figures)

    def test_shift_all_dates(self):
        campaign = self.waiting()
        ends = campaign.run_ids[0].ends_on
        before = {act: (act.not_before, act.due_at, act.expires_at)
                  for act in campaign.run_ids.act_ids}  # fmt: skip
        figures = self.resumed(campaign, "shift")
        self.assertEqual(self.counts(figures), ({1: 4, 4: 4}, 8, (0, 0, 0)))
        for act, dates in before.items():
            for name, old in zip(("not_before", "due_at", "expires_at"), dates, strict=True):
                self.assertAlmostEqual(
                    act[name] - old, timedelta(days=10), delta=timedelta(minutes=1)
                )
        self.assertIn((campaign.run_ids[0].ends_on - ends).days, (10, 11))
        self.assertAsSaid(campaign, figures)

    def test_skip_what_is_past(self):
        campaign = self.waiting(delays=(1, 20))
        first = campaign.step_ids[0]
        self.step(campaign, first, name="At once", kind="wait", trigger="ended")
        self.step(campaign, first, name="Then", kind="wait", trigger="ended", delay=3)
        self.step(campaign, first, name="Only if done", kind="wait", trigger="done")
        figures = self.resumed(campaign, "skip")
        self.assertEqual(self.counts(figures), ({0: 4, 3: 4, 10: 4}, 0, (4, 0, 0)))
        self.assertAsSaid(campaign, figures)
        run = campaign.run_ids[0]
        self.assertEqual(
            sorted((act.step_id.name, act.state, act.reason) for act in run.act_ids),
            [("After 1", "skipped", "missed"), ("After 20", "waiting", False),
             ("At once", "done", False), ("Then", "waiting", False)],
        )  # fmt: skip

    def test_who_goes_by_a_former_version(self):
        """What follows a skipped step is that of the version that somebody goes by."""
        campaign = self.waiting(delays=(1,))
        self.step(campaign, campaign.step_ids, name="Then", kind="wait", trigger="ended", delay=3)
        campaign.step_ids.filtered(lambda step: step.name == "Then").last_version = 1
        campaign.run_ids[0].version_number = 2
        self.assertEqual(self.counts(campaign._resume_figures("skip")), ({3: 3}, 0, (4, 0, 0)))
        figures = self.resumed(campaign, "skip")
        self.assertAsSaid(campaign, figures)

    def test_a_burst_is_said(self):
        campaign = self.campaign(steps=[{"kind": "mail", "name": "Mail", "delay": 5}])
        campaign._launch()
        self.Campaign._cron_campaigns()
        campaign.action_pause()
        self.stood(campaign, 10)
        wizard = self.env["cx.campaign.change"].create(
            {"campaign_id": campaign.id, "change": "resume"}
        )
        self.assertIn("4 mails would leave today", wizard.preview)
        wizard.choice = "shift"
        self.assertIn("No mail would leave today", wizard.preview)
        wizard.choice = "skip"
        self.assertIn("4 are skipped", wizard.preview)

    def test_who_enters_meanwhile_is_said(self):
        campaign = self.campaign(members="future")
        campaign._launch()
        campaign.action_pause()
        campaign.members = "both"
        wizard = self.env["cx.campaign.change"].create(
            {"campaign_id": campaign.id, "change": "resume"}
        )
        self.assertIn("4 customers enter", wizard.preview)

    def test_dates_of_the_customer_stay(self):
        campaign = self.campaign(steps=[])
        dated = self.step(
            campaign, kind="wait", name="Dated", validity=5,
            date_field_id=self.env["ir.model.fields"]._get("cx.customer", "last_purchase_on").id,
            date_days=DORMANT[-1] + 3,
        )  # fmt: skip
        campaign._launch()
        self.Campaign._cron_campaigns()
        acts = campaign.run_ids.act_ids
        due = acts.mapped("due_at")
        self.assertEqual({(at.date() - TODAY).days for at in due}, {3})
        campaign.action_pause()
        self.env.cr.execute("UPDATE cx_campaign SET paused_at = paused_at - interval '2 days'")
        self.env.invalidate_all()
        campaign._resume("shift")
        self.assertEqual(acts.mapped("due_at"), due)
        campaign.action_pause()
        self.stood(campaign, 4)
        dated.date_days -= 4  # the same day of the calendar, seen four days later
        figures = campaign._resume("shift")
        self.assertEqual(figures["dated"], 4)
        self.work()
        self.assertEqual(acts.mapped("state"), ["done"] * 4, "its date was yesterday")

    def test_a_date_that_nobody_looked_up_is_not_skipped(self):
        field = self.env["ir.model.fields"]._get("cx.customer", "last_purchase_on").id
        campaign = self.campaign(steps=[])
        self.step(
            campaign, kind="wait", name="To come", delay=1, validity=30, date_field_id=field,
            date_days=DORMANT[-1] + 3,
        )  # fmt: skip
        gone = self.step(
            campaign, kind="wait", name="Gone", validity=30, date_field_id=field,
            date_days=DORMANT[-1] + 5,
        )  # fmt: skip
        campaign._launch()
        self.Campaign._cron_campaigns()
        campaign.action_pause()
        self.stood(campaign, 10)
        gone.date_days -= 10  # the same day of the calendar, seen ten days later
        figures = campaign._resume("skip")
        self.assertEqual((figures["dated"], figures["missed"]), (4, 4))
        self.work()
        acts = campaign.run_ids.act_ids
        self.assertEqual(
            {(act.step_id.name, act.state, act.reason) for act in acts},
            {("To come", "waiting", False), ("Gone", "skipped", "missed")},
        )
        waiting = acts.filtered(lambda act: act.state == "waiting")
        self.assertEqual({(at.date() - TODAY).days for at in waiting.mapped("due_at")}, {3})

    def test_anniversaries_stay(self):
        field = self.env["ir.model.fields"]._get("cx.customer", "first_purchase_on")
        campaign = self.campaign(
            "anniversary", date_field_id=field.id, date_days=0, steps=[{"kind": "wait"}]
        )
        campaign._launch()
        campaign.enter(self.customers.partner_id.ids)
        acts = campaign.run_ids.act_ids
        self.assertEqual(len(acts), 4)
        campaign.action_pause()
        self.stood(campaign, 10)
        figures = campaign._resume("shift")
        self.assertEqual(self.counts(figures), ({}, 0, (0, 4, 0)))
        self.assertAsSaid(campaign, figures)

    def test_what_came_about_during_the_pause_moves_less(self):
        campaign = self.waiting(delays=(5,))
        act = campaign.run_ids.act_ids[0]
        self.env.cr.execute(
            "UPDATE cx_campaign_act SET create_date = %s WHERE id = %s",
            (NOW() - timedelta(days=2), act.id),
        )
        due = act.due_at
        campaign._resume("shift")
        self.assertAlmostEqual(act.due_at - due, timedelta(days=2), delta=timedelta(minutes=1))


class TestWhoElse(ResumeCase):
    def test_a_pause_does_not_end_participations_by_their_duration(self):
        campaign = self.waiting(delays=(3,), max_days=5)
        self.assertEqual(set(campaign.run_ids.mapped("state")), {"running"})
        figures = campaign._resume_figures("now")
        self.assertEqual(self.counts(figures), ({}, 0, (0, 0, 4)))
        moved = self.resumed(campaign, "shift")
        self.assertEqual(self.counts(moved), ({3: 4}, 0, (0, 0, 0)))
        self.assertAsSaid(campaign, moved)
        campaign.action_pause()
        self.stood(campaign, 10)
        figures = self.resumed(campaign, "now")
        self.assertAsSaid(campaign, figures)

    def test_the_last_day_of_the_campaign_stays(self):
        campaign = self.waiting(delays=(1, 20), end_on=ago(-3))
        self.assertEqual(self.counts(campaign._resume_figures("shift")), ({1: 4}, 0, (0, 0, 4)))

    def test_nothing_is_done_for_those_held_out(self):
        for choice in CHOICES:
            campaign = self.waiting(delays=(1, 20))
            held = campaign.run_ids[:2]
            held.act_ids.unlink()
            held.arm = "held_out"
            figures = self.resumed(campaign, choice)
            self.assertAsSaid(campaign, figures)
            self.assertFalse(held.act_ids)
            self.assertEqual(set(held.mapped("state")), {"running"})
            self.assertEqual(len(set(campaign.run_ids.mapped("ends_on"))), 1, "as long as others")
            campaign.action_finish()

    def test_a_worker_that_had_it_in_hand_does_not_do_it(self):
        campaign = self.waiting(delays=(1,))
        for choice in ("shift", "skip"):
            ids = campaign.run_ids.act_ids.ids
            self.env.cr.execute(
                "UPDATE cx_campaign_act SET state = 'claimed', claim = 'worker' WHERE id = ANY(%s)",
                (ids,),
            )
            self.env.invalidate_all()
            campaign._resume(choice)
            self.Act.browse(ids)._do_together(campaign.step_ids, "worker")
            self.assertFalse(self.Act._claim("another", self.Act._others()))
            states = set(campaign.run_ids.act_ids.mapped("state"))
            self.assertEqual(states, {"waiting" if choice == "shift" else "skipped"})
            campaign.action_pause()
            self.stood(campaign, 10)

    def test_every_pause_says_since_when(self):
        campaign = self.launched()
        campaign.action_pause()
        since = campaign.paused_at
        self.assertTrue(since)
        campaign.action_pause()
        campaign._pause_itself("Trouble")
        self.assertEqual(campaign.paused_at, since, "it stands since then")
        campaign.action_resume()
        self.assertFalse(campaign.paused_at)
        campaign._pause_itself("Trouble")
        self.assertTrue(campaign.paused_at)
        self.assertFalse(campaign.copy().paused_at)
        campaign.action_finish()
        self.assertFalse(campaign.paused_at)
        self.assertEqual(set(campaign.run_ids.mapped("state")) - {"stopped"}, set())

    def test_of_two_people_one_decides(self):
        campaign = self.waiting()
        dialogs = [
            self.env["cx.campaign.change"].create(
                {"campaign_id": campaign.id, "change": "resume", "choice": choice}
            )
            for choice in ("shift", "skip")
        ]
        dialogs[0].action_apply()
        with self.assertRaisesRegex(UserError, "not paused any more"):
            dialogs[1].action_apply()
        self.assertNotIn("missed", campaign.run_ids.act_ids.mapped("reason"))

    def test_only_marketers_decide(self):
        campaign = self.waiting()
        with self.assertRaises(AccessError):
            campaign.with_user(self.caller)._resume("shift")
        with self.assertRaises(AccessError):
            campaign.with_user(self.user).write({"paused_at": NOW()})
        self.assertEqual(campaign.state, "paused")

    def test_one_query_whatever_waits(self):
        campaign = self.waiting(delays=range(1, 30))
        campaign._resume_figures("shift")
        with self.assertQueryCount(1):
            campaign._resume_figures("shift")


class TestRestoredBackup(MailCase):
    def test_the_pause_began_when_the_machine_stood_still(self):
        campaign = self.mailing()
        crons = self.env["ir.cron"].search(
            [("model_id.model", "in", ("cx.campaign", "cx.campaign.act"))]
        )
        crons.flush_recordset()
        last = NOW() - timedelta(hours=10)
        self.env.cr.execute("UPDATE ir_cron SET lastcall = %s WHERE id = ANY(%s)",
                            (last, crons.ids))  # fmt: skip
        self.Act._cron_deliver()
        self.assertEqual((campaign.state, campaign.paused_at), ("paused", last))
