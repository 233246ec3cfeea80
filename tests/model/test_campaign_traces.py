"""What stays of mails in Odoo's own records, and what of a person who is deleted."""

from datetime import timedelta

from faults.sink import Rule
from model.campaigns import CampaignCase
from model.common import ago
from model.test_campaign_mail import DORMANT, NOW, MailCase

from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.cx_lifecycle_mail.models import consent


class TestTraces(MailCase):
    def refused_for_now(self, **values):
        """A mail that has a trace, and waits."""
        self.sink.rules.append(Rule("rcpt", "451 4.7.1 come back, ada@example.com"))
        campaign = self.mailing(exclusive=False, **values)
        self.work()
        self.sink.rules.clear()
        act = campaign.run_ids.act_ids
        self.assertEqual((act.state, act.trace_id.trace_status), ("waiting", "outgoing"))
        return act

    def test_they_end_with_their_acts(self):
        waiting, skipped, failed, unknown, settled = (
            self.refused_for_now() for _number in range(5)
        )
        skipped.run_id._stop("by_hand")
        failed.write({"state": "failed", "reason": "error", "error": "no letter"})
        (unknown | settled).write(
            {"state": "uncertain", "reason": "unknown_fate", "done_at": NOW()}
        )
        settled.run_id._stop("by_hand")
        settled.with_user(
            new_test_user(self.env, "trace_marketer", "cx_lifecycle.group_marketer")
        ).action_settle()
        for _again in range(2):
            self.Act._settle_traces()
            self.assertEqual(waiting.trace_id.trace_status, "outgoing")
            self.assertEqual(skipped.trace_id.trace_status, "cancel")
            self.assertEqual(failed.trace_id.trace_status, "error")
            self.assertEqual(failed.trace_id.failure_reason, "no letter")
            self.assertEqual(unknown.trace_id.trace_status, "outgoing")
            self.assertEqual(settled.trace_id.trace_status, "sent")
            self.assertEqual(settled.trace_id.sent_datetime, settled.done_at)

    def test_what_a_server_or_a_reader_told_stays(self):
        campaign = self.mailing(exclusive=False)
        self.work()
        act = campaign.run_ids.act_ids
        for status in ("sent", "open", "bounce"):
            act.trace_id.trace_status = status
            self.Act._settle_traces()
            self.assertEqual(act.trace_id.trace_status, status)

    def test_who_sees_them(self):
        campaign = self.mailing()
        self.work()
        ours = campaign.run_ids.act_ids.trace_id
        of_odoo = self.env["mailing.mailing"].create(
            {"subject": "News", "mailing_model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        values = {"model": "res.partner", "res_id": self.contact.id}
        others = self.env["mailing.trace"].create(
            [{**values, "mass_mailing_id": of_odoo.id}, values]
        )
        there = self.env["res.company"].create({"name": "There"})
        group = "cx_lifecycle.group_marketer"
        for login, groups, seen, company in (
            ("trace_mailer", "mass_mailing.group_mass_mailing_user", others, self.company),
            ("trace_ours", group, ours | others, self.company),
            ("trace_there", group, others, there),
        ):
            user = new_test_user(self.env, login, groups, company_id=company.id,
                                 company_ids=[(6, 0, company.ids)])  # fmt: skip
            with self.subTest(login):
                found = self.env["mailing.trace"].with_user(user).search(
                    [("id", "in", (ours | others).ids)]
                )  # fmt: skip
                self.assertEqual(found, seen)


class TestForgotten(MailCase):
    def rows_with(self, address):
        """How many rows of ours and of our traces name an address."""
        like = f"%{address}%"
        return self.rows(
            "SELECT (SELECT count(*) FROM cx_campaign_act a WHERE a::text LIKE %s)"
            " + (SELECT count(*) FROM cx_campaign_attempt t WHERE t::text LIKE %s)"
            " + (SELECT count(*) FROM mailing_trace t WHERE t::text LIKE %s)",
            like, like, like,
        )[0][0]  # fmt: skip

    def taking_part(self, partner):
        """One mail was refused for now and then taken, another one is planned."""
        campaign = self.campaign("manual", steps=[], exclusive=False)
        self.mail(campaign=campaign, name="First")
        self.mail(campaign=campaign, name="Second", delay=5)
        campaign._launch()
        campaign.enter(partner.ids)
        self.sink.rules.append(Rule("rcpt", "451 not yet, eve@example.com"))
        self.work()
        self.sink.rules.clear()
        self.later(hours=1)
        self.assertEqual(self.people(), ["eve@example.com"])
        self.assertGreaterEqual(self.rows_with("eve@example.com"), 3)
        return campaign

    def test_a_customer_is_deleted(self):
        eve = self.partner("Eve", email="Eve <eve@example.com>")
        self.night()
        campaign = self.taking_part(eve)
        acts, run = campaign.run_ids.act_ids, campaign.run_ids
        traces, attempts = acts.trace_id, acts.attempt_ids
        eve.unlink()
        self.env.flush_all()
        self.assertEqual(self.rows_with("eve@example.com"), 0)
        self.assertEqual((run.state, run.reason), ("stopped", "no_contact"))
        self.assertEqual(
            self.acts(campaign), [("First", "done", False), ("Second", "skipped", "no_contact")]
        )
        self.assertEqual((traces.exists(), attempts.exists()), (traces, attempts))
        self.assertEqual(attempts.sorted("id").mapped("outcome"), ["later", "sent"])
        self.assertEqual(traces.trace_status, "sent")
        self.later(days=6)
        self.assertEqual(self.people(), ["eve@example.com"], "nothing more")

    def test_a_person_of_a_customer_that_stays(self):
        firm = self.partner("Firm", is_company=True)
        eve = self.partner("Eve", email="eve@example.com", parent_id=firm.id, type="contact")
        self.buy(firm, *DORMANT)
        campaign = self.taking_part(firm)
        eve.unlink()
        self.env.flush_all()
        self.assertEqual(self.rows_with("eve@example.com"), 0)
        self.assertEqual(campaign.run_ids.state, "running")
        self.later(days=6)
        self.assertEqual(self.people(), ["eve@example.com"], "nothing more")

    def test_merging_deletes_no_person(self):
        eve = self.partner("Eve", email="eve@example.com")
        self.buy(eve, *DORMANT)
        campaign = self.taking_part(eve)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.contact | eve).ids, self.contact
        )
        act = campaign.run_ids.act_ids.filtered("message_id")
        self.assertEqual((act.person_id, act.email), (self.contact, "eve@example.com"))


class TestBounced(MailCase):
    def bounced(self, *reasons, ago_days=0):
        """Whether an address counts as unreachable after these bounces."""
        traces = self.env["mailing.trace"].create(
            [
                {"model": "res.partner", "res_id": self.contact.id, "email": "ada@example.com"}
                for _reason in reasons
            ]
        )
        for trace, reason in zip(traces, reasons, strict=True):
            trace.set_bounced(bounce_message=reason)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mailing_trace SET write_date = %s WHERE id = ANY(%s)",
            [NOW() - timedelta(days=ago_days), traces.ids],
        )
        [(ada,)], [(other,)] = (
            self.env.execute_query(SQL("SELECT %s", consent.bounced(address, NOW())))
            for address in ("ada@example.com", "eve@example.com")
        )
        self.assertIs(other, False)
        traces.unlink()
        return ada

    def test_for_good_or_more_than_once(self):
        for reasons, expected in (
            ([], False),
            (["550 5.1.1 <ada@example.com>: user unknown"], True),
            (["Status: 5.1.1."], True),
            (["452 4.2.2 mailbox full"], False),
            (["The mail came back"], False),
            ([False], False),
            (["The mail came back", False], True),
            (["refused by [10.5.1.1]"], False),
            (["554 5.7.1 message looks like spam", "554 5.7.1 message looks like spam"], False),
        ):
            with self.subTest(reasons):
                self.assertIs(self.bounced(*reasons), expected)

    def test_for_some_time(self):
        self.assertIs(self.bounced("550 5.1.1 unknown", ago_days=89), True)
        self.assertIs(self.bounced("550 5.1.1 unknown", ago_days=91), False)


class TestMerged(CampaignCase):
    def test_merging_is_no_purchase(self):
        dormant = self.buy(self.partner("Ada", email="ada@example.com"), *DORMANT)
        campaign = self.launched()
        self.work()
        run = campaign.run_ids
        twin = self.buy(self.partner("Ada again", email="ada2@example.com"), 300, 200, 100)
        for into in (dormant.partner_id, twin.partner_id):
            with self.subTest(into.name), self.env.cr.savepoint() as savepoint:
                self.env["base.partner.merge.automatic.wizard"]._merge(
                    (dormant | twin).partner_id.ids, into
                )
                self.env.invalidate_all()
                self.Run._settle_runs(self.company)
                self.assertEqual((run.state, run.bought_before), ("running", ago(100)))
                self.order(into)
                self.assertEqual((run.state, run.reason), ("stopped", "bought"))
                savepoint.rollback()
                self.env.invalidate_all(flush=False)
