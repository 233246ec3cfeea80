"""Campaigns that warning signs start, and the sign that campaigns tell."""

from datetime import datetime, time, timedelta

from model.campaigns import CampaignCase
from model.common import TODAY, ago
from model.warnings_case import WarningCase, noon
from psycopg2 import IntegrityError

from odoo.tools import mute_logger


class TestWarningEntry(CampaignCase, WarningCase):
    def setUp(self):
        super().setUp()
        self.claim, self.score = self.kind("claim_open"), self.kind("bad_score")
        self.ada = self.buy(self.partner("Ada"), 60, 40, 20, 1)
        self.claims = {"entry": "warning", "warning_kind_ids": [(6, 0, self.claim.ids)]}

    def signs(self):
        for kind in (self.claim, self.score):
            self.read(kind)

    def since(self, **ahead):
        """What was found lies so much further back."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE cx_warning SET create_date = create_date - %s", [timedelta(**ahead)]
        )

    def test_each_sign_enters_once(self):
        campaign = self.launched(**self.claims, members="future")
        self.met(self.ada, "complains", 2)
        self.met(self.ada, "rates", 2, satisfaction=1)
        self.signs()
        for _again in range(2):
            campaign._look()
        sign = self.standing(self.claim, self.ada)
        self.assertEqual(campaign.run_ids.entry_key, f"warning:{sign.id}")
        campaign.run_ids._stop("by_hand")
        self.met(self.ada, "is_refunded", 1)
        self.met(self.ada, "complains", 0, hours=-12)
        self.read(self.claim)
        campaign._look()
        self.assertEqual(len(campaign.run_ids), 2)

    def test_any_sign(self):
        campaign = self.launched(entry="warning", members="future")
        self.met(self.ada, "rates", 2, satisfaction=1)
        self.signs()
        campaign._look()
        self.assertEqual(campaign.run_ids.customer_id, self.ada)
        # a second sign is another cause
        campaign.run_ids._stop("by_hand")
        self.met(self.ada, "complains", 2)
        self.signs()
        campaign._look()
        self.assertEqual(len(campaign.run_ids), 2)

    def test_before_the_launch_and_long_ago(self):
        self.met(self.ada, "complains", 30)
        self.signs()
        self.since(hours=1)
        future, present = (
            self.launched(**self.claims, members=members, exclusive=False)
            for members in ("future", "present")
        )
        for campaign, entered in ((future, 0), (present, 1)):
            campaign._look()
            self.assertEqual(campaign.run_count, entered)
        # found after the launch, but it began long ago
        bob = self.buy(self.partner("Bob"), 60, 40, 20, 1)
        self.met(bob, "complains", 15)
        eve = self.buy(self.partner("Eve"), 60, 40, 20, 1)
        self.met(eve, "complains", 14)
        self.signs()
        future._look()
        self.assertEqual(future.run_ids.customer_id, eve)

    def test_what_is_dismissed_or_over_starts_nothing(self):
        campaign = self.launched(**self.claims, members="both")
        self.met(self.ada, "complains", 2)
        self.signs()
        self.standing(self.claim, self.ada).dismiss("Sorted out")
        campaign._look()
        self.assertFalse(campaign.run_ids)

    def test_it_stops_when_the_sign_is_over(self):
        campaign = self.launched(**self.claims, members="both", stop_sign=True)
        other = self.launched(**self.claims, members="both", exclusive=False)
        self.met(self.ada, "complains", 2)
        self.signs()
        campaign._look()
        other._look()
        self.work()
        self.assertEqual(campaign.run_ids.state, "running")
        self.met(self.ada, "is_refunded", 1)
        self.look(self.claim)
        self.work()
        self.assertEqual(campaign.run_ids.reason, "sign_over")
        self.assertEqual(other.run_ids.state, "running")

    def test_a_sign_that_is_switched_off_makes_no_other_count(self):
        campaign = self.launched(**self.claims, members="both")
        self.met(self.ada, "complains", 2)
        self.met(self.ada, "rates", 2, satisfaction=1)
        self.signs()
        self.claim.active = False
        campaign.invalidate_recordset()
        campaign._look()
        self.assertFalse(campaign.run_ids)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.claim.unlink()

    def test_the_past_and_the_words(self):
        self.met(self.ada, "complains", 200)
        self.met(self.ada, "complains", 3)
        self.signs()
        campaign = self.campaign(**self.claims, members="both")
        self.assertEqual(campaign._audience()["enter"], 1)
        rows = self.env.execute_query(campaign._met(ago(365), TODAY, 30))
        self.assertEqual(sorted(row[1] for row in rows), [ago(200), ago(3)])
        words = campaign._cause_words(self.ada)
        self.assertIn("Claim Open", words)
        self.assertIn("one of these signs", words)


class TestMailsUnopened(CampaignCase, WarningCase):
    def setUp(self):
        super().setUp()
        self.sign = self.kind("mails_unopened", "cx_lifecycle_mail")
        self.ada = self.customer()
        campaign = self.campaign(steps=[])
        step = self.step(campaign, kind="mail")
        self.mailing = self.env["mailing.mailing"].create(
            {"subject": "News", "name": "News", "cx_step_id": step.id}
        )

    def sent(self, *mails, mailing=None, **values):
        """Mails of (sent days ago, opened days ago or None)."""

        def moment(days):
            return datetime.combine(ago(days), time(12))

        return self.env["mailing.trace"].create(
            [
                {
                    "trace_type": "mail", "mass_mailing_id": (mailing or self.mailing).id,
                    "model": "res.partner", "res_id": self.ada.partner_id.id,
                    "email": "a@example.com", "sent_datetime": moment(days),
                    "open_datetime": opened is not None and moment(opened),
                    "trace_status": "sent" if opened is None else "open", **values,
                }
                for days, opened in mails
            ]
        )  # fmt: skip

    def test_three_in_a_row_after_one_that_was_opened(self):
        self.sent((100, 99), (80, None), (70, None), (60, None), (50, None), (40, 38), (20, None))
        # the third is called unopened three days after it was sent
        self.assertEqual(self.computed(self.sign), {self.ada: [(ago(57), ago(38))]})
        self.read(self.sign)
        words = self.Warning.search([("customer_id", "=", self.ada.id)]).words
        self.assertIn("the last 3", words)
        self.sent((10, None), (2, None))
        self.assertEqual(self.computed(self.sign), {self.ada: [(ago(57), ago(38))]})
        self.sent((5, None))
        self.look(self.sign)
        self.assertEqual(self.spells(self.sign, self.ada), [(ago(57), ago(38)), (ago(2), None)])

    def test_what_was_opened_later_was_unopened_then(self):
        """Otherwise the past would know who came back, and the sign look stronger than it is."""
        self.sent((100, 99), (80, 30), (70, None), (60, None))
        self.assertEqual(self.computed(self.sign), {self.ada: [(ago(57), ago(30))]})
        # and one that was opened only afterwards had not been opened before
        self.sent((200, 20), mailing=self.mailing)
        self.env["mailing.trace"].search([("sent_datetime", "=", noon(100))]).unlink()
        self.assertFalse(self.computed(self.sign))

    def test_no_sign(self):
        never = ((80, None), (70, None), (60, None))
        self.sent(*never)
        self.assertFalse(self.computed(self.sign))  # never opened one
        self.sent((90, 90), trace_status="bounce")
        self.assertFalse(self.computed(self.sign))  # nor did it arrive
        other = self.env["mailing.mailing"].create({"subject": "O", "name": "O"})
        self.sent((90, 90), mailing=other)
        self.assertFalse(self.computed(self.sign))  # of no campaign
        self.sent((300, 290))
        self.assertTrue(self.computed(self.sign))
        self.sign.within_days = 15
        self.assertFalse(self.computed(self.sign))  # too few in so many days
