"""What keeps the machine from doing harm: gaps, conditions without end, answers by programs."""

from datetime import timedelta
from email.message import EmailMessage
from unittest.mock import patch

from model.campaigns import CampaignCase
from model.test_campaign_mail import DORMANT, NOW, MailCase

from odoo.exceptions import UserError
from odoo.tests import new_test_user

from odoo.addons.cx_lifecycle_mail.models import cx_campaign_entry, cx_campaign_sort


class TestGap(MailCase):
    def idle(self, hours):
        crons = self.env["ir.cron"].search(
            [("model_id.model", "in", ("cx.campaign", "cx.campaign.act"))]
        ) - self.env.ref("cx_lifecycle_mail.cron_measure")  # it sends nothing
        self.assertEqual(len(crons), 5)
        crons.flush_recordset()
        self.env.cr.execute(
            "UPDATE ir_cron SET lastcall = now() AT TIME ZONE 'UTC' - %s WHERE id = ANY(%s)",
            (timedelta(hours=hours), crons.ids),
        )
        crons.invalidate_recordset()

    def test_a_restored_backup_sends_nothing_until_somebody_has_looked(self):
        campaign = self.mailing()
        self.idle(10)
        for work in (self.Act._cron_deliver, self.Campaign._cron_campaigns):
            work()
            self.assertEqual((campaign.state, self.people()), ("paused", []))
        self.assertIn("restored from a backup", campaign.problem)
        self.assertEqual(campaign.activity_ids.user_id, campaign.user_id)
        self.assertFalse(campaign.run_ids)
        self.idle(0)
        campaign.action_resume()
        self.work()
        self.assertEqual(self.people(), ["ada@example.com"])

    def test_what_was_due_waits_too(self):
        campaign = self.mailing(step={"delay": 1})
        self.work()
        self.idle(10)
        self.later(days=2)
        self.assertEqual((campaign.state, self.people()), ("paused", []))

    def test_an_hour_is_no_gap_and_the_hours_can_be_chosen(self):
        self.idle(1)
        campaign = self.mailing()
        self.work()
        self.assertEqual(campaign.state, "running")
        self.env["ir.config_parameter"].set_param("cx_lifecycle_mail.gap_hours", 0.5)
        self.Campaign._cron_campaigns()
        self.assertEqual(campaign.state, "paused")
        campaign.action_resume()
        self.env["ir.config_parameter"].set_param("cx_lifecycle_mail.gap_hours", 0)
        self.idle(1000)
        self.work()
        self.assertEqual(campaign.state, "running")


class TestTooSlow(CampaignCase):
    def setUp(self):
        super().setUp()
        self.customer = self.buy(self.partner("Ada", user_id=self.caller.id), *DORMANT)
        for module in (cx_campaign_entry, cx_campaign_sort):
            for name in ("AT_WORK", "ON_SCREEN"):
                if hasattr(module, name):
                    self.startPatcher(patch.object(module, name, 0.05))

    def slow(self, word=""):
        """Contacts are looked for as slowly as by a condition without an end, that has a word."""
        partners = type(self.env["res.partner"])
        found = partners._search

        def search(contacts, domain, *args, **options):
            query = found(contacts, domain, *args, **options)
            if word in str(domain):
                query.add_where("(SELECT pg_sleep(0.2)) IS NOT NULL")
            return query

        return patch.object(partners, "_search", search)

    def test_a_campaign_stands_still_after_the_second_time(self):
        campaign = self.launched()
        with self.slow():
            self.Campaign._cron_campaigns()
            self.assertEqual(campaign.state, "running")
            self.assertIn("Condition: ", campaign.problem)
            self.Campaign._cron_campaigns()
        self.assertEqual((campaign.state, len(campaign.run_ids)), ("paused", 0))
        self.assertEqual(campaign.activity_ids.user_id, campaign.user_id)
        campaign.action_resume()
        self.Campaign._cron_campaigns()
        self.assertEqual((campaign.problem, len(campaign.run_ids)), (False, 1))

    def test_others_go_on(self):
        slow = self.launched(domain="[('ref', '!=', 'Sluggish')]", exclusive=False)
        other = self.launched(domain="[('ref', '!=', 'Quick')]", exclusive=False)
        with self.slow("Sluggish"):
            self.Campaign._cron_campaigns()
        self.assertIn("Condition: ", slow.problem)
        self.assertEqual((len(slow.run_ids), len(other.run_ids)), (0, 1))
        self.assertFalse(other.problem)

    def test_whoever_counts_is_told_what_to_do(self):
        campaign = self.campaign()
        with self.slow(), self.assertRaisesRegex(UserError, "Condition: .*simpler"):
            campaign._audience()
        self.assertEqual(campaign._audience()["enter"], 1)

    def test_the_condition_of_a_step_sets_its_acts_aside(self):
        campaign = self.launched(steps=[{"domain": "[('name', 'like', 'A')]", "delay": 1}])
        self.work()
        with self.slow():
            self.later(days=2)
        act = campaign.run_ids.act_ids
        self.assertEqual((act.state, act.tries), ("waiting", 1))
        self.assertIn("Condition: ", act.error)
        self.later(hours=1)
        self.assertEqual(act.state, "done")


class TestAutomaticAnswers(MailCase):
    def answered(self, campaign, **headers):
        """An answer arrives."""
        act = campaign.run_ids.act_ids.filtered("trace_id")
        message = EmailMessage()
        message["From"] = "Ada <ada@example.com>"
        message["To"] = "catchall@shop.example.com"
        message["Subject"] = "Re: We miss you"
        message["Message-ID"] = f"<{NOW().timestamp()}@example.com>"
        message["In-Reply-To"] = message["References"] = act.message_id
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content("Hello")
        self.env["mail.thread"].message_process("res.partner", message.as_bytes())
        return act

    def sent(self):
        campaign = self.mailing(launch=False, exclusive=False)
        self.step(campaign, campaign.step_ids, name="Later", kind="wait", delay=5)
        campaign._launch()
        self.work()
        return campaign

    def test_an_absence_notice_ends_nothing(self):
        for headers in (
            {"Auto_Submitted": "auto-replied (vacation)"},
            {"Precedence": "auto_reply"},
            {"X_Autoreply": "yes"},
        ):
            with self.subTest(headers):
                campaign = self.sent()
                act = self.answered(campaign, **headers)
                self.assertEqual(act.trace_id.trace_status, "sent")
                self.assertEqual(campaign.run_ids.state, "running")
                campaign.action_finish()

    def test_but_it_tells_that_the_mail_arrived(self):
        campaign = self.sent()
        act = campaign.run_ids.act_ids.filtered("trace_id").sudo()
        act.write({"state": "uncertain", "reason": "unknown_fate"})
        self.answered(campaign, Auto_Submitted="auto-replied")
        self.assertEqual((act.state, act.reason), ("done", False))

    def test_a_person_ends_it(self):
        campaign = self.sent()
        act = self.answered(campaign, Auto_Submitted="no")
        self.assertEqual(act.trace_id.trace_status, "reply")
        self.assertEqual(campaign.run_ids.reason, "replied")


class TestChangedMeanwhile(MailCase):
    def test_what_was_paused_or_finished_since_the_round_began_is_let_be(self):
        """A round over many campaigns takes minutes; each is looked at in a transaction anew."""
        for action, state in (("action_pause", "paused"), ("action_finish", "finished")):
            with self.subTest(state):
                campaign = self.mailing(exclusive=False)
                gone = new_test_user(self.env, f"gone_{state}", "base.group_user")
                getattr(campaign, action)()
                campaign._look()
                self.assertFalse(campaign.run_ids)
                self.assertFalse(campaign.last_entry_at)
                campaign.user_id = gone
                campaign._look()
                self.assertEqual((campaign.state, campaign.problem), (state, False))
