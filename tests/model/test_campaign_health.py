"""The signs that somebody should look at a campaign, and its errors grouped by cause."""

from datetime import timedelta

from model.common import ago
from model.screens import CampaignScreensCase

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.cx_lifecycle_mail.models import cx_campaign_health as health

CRONS = ("cron_campaigns", *(f"cron_deliver_{number}" for number in range(1, 5)))


class HealthCase(CampaignScreensCase):
    def setUp(self):
        super().setUp()
        self.running()
        self.sent = self.mail()
        self.run = self.participant()

    def many(self, number, state, step=None, **values):
        """So many acts in a state, each of a participant of its own."""
        step = step or self.sent
        now = fields.Datetime.now()
        of = {"campaign_id": self.campaign.id, "company_id": self.company.id}
        partners = self.env["res.partner"].create([{"name": f"N{n}"} for n in range(number)])
        customers = self.env["cx.customer"].create(
            [{"partner_id": partner.id, "company_id": self.company.id,
              "currency_id": self.company.currency_id.id} for partner in partners]
        )  # fmt: skip
        runs = self.env["cx.campaign.run"].create(
            [{**of, "customer_id": customer.id, "arm": "treated", "entry_key": "request:x",
              "state": "running", "entered_at": now, "ends_on": ago(-90)}
             for customer in customers]
        )  # fmt: skip
        ended = {"done_at": now} if state not in ("waiting", "claimed") else {}
        return self.env["cx.campaign.act"].create(
            [{**of, "run_id": run.id, "customer_id": run.customer_id.id, "step_id": step.id,
              "kind": step.kind, "state": state, "not_before": now, "due_at": now,
              "expires_at": now + timedelta(days=7), "email": f"{state}{run.id}@example.com",
              **ended, **values} for run in runs]
        )  # fmt: skip

    def crons(self, names=CRONS, **values):
        crons = self.env["ir.cron"]
        for name in names:
            crons |= self.env.ref(f"cx_lifecycle_mail.{name}")
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                SQL("UPDATE ir_cron SET %s = %s WHERE id = ANY(%s)",
                    SQL.identifier(name), value, crons.ids)
            )  # fmt: skip
        self.env.invalidate_all()

    def says(self, level, *words, campaign=None):
        campaign = (campaign or self.campaign).with_user(self.marketer)
        campaign.invalidate_recordset()
        self.assertEqual(campaign.health, level, campaign.health_text)
        for some in words:
            self.assertIn(some, campaign.health_text)
        if level in ("ok", False):
            self.assertFalse(campaign.health_text)
        found = self.env["cx.campaign"].with_user(self.marketer).search(
            [("health", "in", ("watch", "bad"))]
        )  # fmt: skip
        self.assertEqual(campaign in found, level in ("watch", "bad"))


class TestSigns(HealthCase):
    def test_all_well(self):
        self.many(3, "waiting")
        self.many(3, "done")
        self.says("ok")

    def test_of_drafts_nothing_is_said(self):
        draft = self.campaign.copy()
        self.says(False, campaign=draft)

    def test_what_is_due_is_not_done(self):
        now = fields.Datetime.now()
        self.many(2, "waiting", due_at=now - timedelta(hours=1))
        self.says("ok")
        self.many(1, "waiting", due_at=now - timedelta(hours=5))
        self.crons(lastcall=None)
        self.says("bad", "1 messages and steps are due", "one for 5 hours", "deliver mails",
                  "never run")  # fmt: skip
        self.crons(lastcall=now - timedelta(hours=4))
        self.says("bad", "last ran on")
        self.crons(active=False)
        self.says("bad", "“Campaigns: deliver mails” is switched off")
        self.campaign.action_pause()
        self.says(False)

    def test_what_is_due_and_no_mail(self):
        self.many(1, "waiting", self.second, due_at=fields.Datetime.now() - timedelta(hours=3))
        self.crons(active=False)
        self.says("bad", "who enters, who leaves, what is due” is switched off")

    def test_scheduled_actions_that_are_switched_off(self):
        self.crons(CRONS[2:], active=False)
        self.says("ok")  # one of those that deliver is enough
        self.crons(CRONS[1:], active=False)
        self.says("bad", "No mail leaves", "deliver mails” is switched off")
        self.crons(active=False)
        self.says("bad", "Nobody enters", "switched off")

    def test_paused_by_itself(self):
        self.campaign.sudo()._pause_itself("Too many refused")
        self.says("bad", "Too many refused")
        self.campaign.action_resume()
        self.says("ok")

    def test_a_look_that_failed(self):
        self.campaign.sudo().problem = "No such column"
        self.says("bad", "No such column")

    def test_errors(self):
        self.many(2, "failed", reason="error")
        self.says("watch", "2 failed for good")
        self.many(3, "uncertain", reason="unknown_fate")
        self.says("watch", "2 failed for good", "3 are uncertain")

    def test_what_is_tried_again_and_again(self):
        long_ago = fields.Datetime.now() - timedelta(hours=9)
        self.many(1, "waiting", error="421 busy", due_at=fields.Datetime.now())
        self.says("ok")
        self.many(4, "waiting", error="421 busy", not_before=long_ago)
        self.says("watch", "4 have failed or were refused for now")

    def test_too_many_refused(self):
        self.many(4, "refused")
        self.says("ok")  # whatever the share, four are an accident
        self.many(1, "refused")
        self.says("watch", "100.0 % of the mails")
        self.many(200, "done")
        self.says("ok")
        self.many(10, "refused", done_at=fields.Datetime.now() - timedelta(days=31))
        self.says("ok")
        self.many(8, "refused")
        self.says("watch", "6.1 % of the mails of the last 30 days")

    def opted_out(self, acts, days=0):
        """Whoever got these wants no more, soon after each."""
        topic = self.env["cx.topic"].create({"name": f"Topic {days}"})
        for act in acts:
            self.env["cx.topic.optout"].create(
                {"email": act.email, "topic_id": topic.id, "source": "page",
                 "company_id": self.company.id, "at": act.done_at + timedelta(hours=1)}
            )  # fmt: skip

    def test_more_people_than_before_want_no_more(self):
        now = fields.Datetime.now()
        before = self.many(200, "done", done_at=now - timedelta(days=60))
        recent = self.many(100, "done", done_at=now - timedelta(days=3))
        self.opted_out(before[:2])
        self.says("ok")
        self.opted_out(recent[:4])
        self.says("ok")  # 4 % against 1 %: so few may be an accident
        self.opted_out(recent[4:12])
        self.says("watch", "12.0 %", "1.0 % before")

    def test_without_a_before_nothing_is_rising(self):
        self.opted_out(self.many(50, "done", done_at=fields.Datetime.now() - timedelta(days=1)))
        self.says("ok")

    def test_an_optout_is_laid_to_the_last_mail(self):
        now = fields.Datetime.now()
        acts = self.many(30, "done", done_at=now - timedelta(days=60))
        self.many(30, "done", done_at=now - timedelta(days=3))
        twin = self.campaign.copy()
        self.running(twin)
        for act in acts:  # the other campaign wrote to them, and then they said no
            later = self.many(1, "done", email=act.email, done_at=now - timedelta(days=2))
            later.campaign_id = twin
            self.opted_out(later)
        self.env.flush_all()
        self.says("ok")
        facts = (self.campaign | twin)._health_facts()
        self.assertFalse(facts[self.campaign.id]["optouts"])
        self.assertEqual(facts[twin.id]["optouts"], 30)

    def test_the_block_list_counts(self):
        now = fields.Datetime.now()
        self.many(100, "done", done_at=now - timedelta(days=60))
        for act in self.many(20, "done", done_at=now - timedelta(days=1))[:9]:
            self.env["mail.blacklist"]._add(act.email)
        self.says("watch", "45.0 %", "0.0 % before")

    def test_one_query_whatever_the_length_of_the_list(self):
        campaigns = self.campaign
        for _number in range(20):
            campaigns |= self.running(self.campaign.copy())
        campaigns = campaigns.with_user(self.marketer)
        self.env.flush_all()
        campaigns.mapped("health_text")  # what is known once for all
        for some in (campaigns[:1], campaigns):
            some.invalidate_recordset()
            some.mapped("state")
            some.mapped("problem")
            with self.assertQueryCount(1):
                some.mapped("health_text")

    def test_reps_see_none_of_it(self):
        with self.assertRaises(AccessError):
            self.campaign.with_user(self.rep).read(["health"])

    def test_the_settings_say_it(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual((settings.cx_campaign_attention, settings.cx_campaign_jobs), (0, ""))
        self.crons(active=False)
        self.many(1, "failed", reason="error")
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.cx_campaign_attention, 1)
        self.assertEqual(settings.cx_campaign_jobs.count("switched off"), 2)
        self.assertEqual(
            settings.action_cx_campaign_attention()["context"], {"search_default_attention": 1}
        )

    def test_another_companys_are_not_counted(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.many(1, "failed", reason="error")
        settings = self.env["res.config.settings"].with_company(other).create({})
        self.assertEqual(settings.cx_campaign_attention, 0)

    def test_every_level_has_a_name(self):
        self.assertEqual([level for level, _name in health.LEVELS], ["ok", "watch", "bad"])


class TestErrors(HealthCase):
    def setUp(self):
        super().setUp()
        rcpt = {"smtp_code": 550, "smtp_phase": "rcpt", "reason": "refused"}
        self.many(1, "refused", **rcpt, error="550 5.1.1 <ada@example.com>: unknown")
        self.many(1, "refused", **rcpt, error="550 5.1.1 <bob@example.com>: unknown")
        self.many(1, "refused", smtp_code=552, smtp_phase="dot", reason="refused")
        self.failed = self.many(2, "failed", reason="error", error="ValueError: No person 17")
        self.failed[0].error = "ValueError: No person 18"
        self.many(1, "failed", reason="error", error="UserError: “Gift” was changed")
        self.unknown = self.many(2, "uncertain", reason="unknown_fate")
        self.many(3, "done")

    def groups(self, user=None):
        action = self.campaign.with_user(user or self.marketer).action_errors()
        self.assertTrue(action["context"]["search_default_group_cause"])
        acts = self.env["cx.campaign.act"].with_user(user or self.marketer)
        return dict(acts._read_group(action["domain"], ["cause"], ["__count"])), action

    def test_errors_are_grouped_by_cause(self):
        groups, _action = self.groups()
        self.assertEqual(
            groups,
            {
                "Refused: 550 about the recipient": 2,
                "Refused: 552 about the message": 1,
                "ValueError: No person #": 2,
                "UserError: “…” was changed": 1,
                "The mail server did not tell whether it took it": 2,
            },
        )

    def test_the_number_opens_its_list_and_each_group_its_acts(self):
        groups, action = self.groups()
        campaign = self.mine(self.campaign)
        self.assertEqual(campaign.error_count, self.rows(action, self.marketer))
        self.assertEqual(campaign.error_count, sum(groups.values()))
        acts = self.mine(self.env["cx.campaign.act"])
        for cause, number in groups.items():
            found = acts.search([*action["domain"], ("cause", "=", cause)])
            self.assertEqual(len(found), number, cause)
            self.assertEqual(set(found.mapped("cause")), {cause})
        done = acts.search([("campaign_id", "=", campaign.id), ("cause", "=", False)])
        self.assertEqual(set(done.mapped("state")), {"done"})

    def test_the_web_client_may_group_by_it(self):
        described = self.mine(self.env["cx.campaign.act"]).fields_get(["cause"])["cause"]
        self.assertTrue(described["groupable"] and described["searchable"])
        groups = self.mine(self.env["cx.campaign.act"]).web_read_group(
            self.campaign.action_errors()["domain"], ["cause"], ["__count"]
        )["groups"]
        self.assertEqual(len(groups), 5)

    def test_one_cause_is_retried_for_all_it_stopped(self):
        groups, action = self.groups()
        cause = [("cause", "=", "ValueError: No person #")]
        self.mine(self.env["cx.campaign.act"]).search([*action["domain"], *cause]).action_retry()
        self.assertEqual(set(self.failed.mapped("state")), {"waiting"})
        left, _action = self.groups()
        self.assertEqual(sum(groups.values()) - sum(left.values()), 2)
        # of a selection that is mixed, those that failed
        self.mine(self.env["cx.campaign.act"]).search(action["domain"]).action_retry()
        self.assertEqual(set(self.unknown.mapped("state")), {"uncertain"})
        self.mine(self.unknown[0]).action_settle()
        self.mine(self.unknown[1]).action_send_again()
        self.assertEqual(self.unknown.mapped("state"), ["done", "waiting"])
        left, _action = self.groups()
        self.assertEqual({cause.split(":")[0] for cause in left}, {"Refused"})

    def test_reps_see_the_errors_of_their_customers(self):
        own = self.act(self.participant(self.rep), self.sent, "failed", error="Odd")
        foreign = self.act(self.participant(self.other), self.sent, "failed", error="Odd")
        groups, _action = self.groups(self.rep)
        found = self.env["cx.campaign.act"].with_user(self.rep).search([("cause", "=", "Odd")])
        self.assertIn(own, found)
        self.assertNotIn(foreign, found)
        self.assertEqual(groups["Odd"], 1)
