"""Campaigns that begin after a touchpoint, samples, and the rest between two surveys."""

from datetime import datetime, timedelta

import psycopg2
from model.campaigns import CampaignCase
from model.common import TODAY, ago
from model.test_campaign_mail import MailCase

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tools import SQL, mute_logger

from odoo.addons.cx_lifecycle_mail.engine.holdout import position
from odoo.addons.cx_lifecycle_mail.models import cx_campaign_touchpoint

NOON = timedelta(hours=12)


def noon(day):
    return datetime.combine(day, datetime.min.time()) + NOON


class TestAfterATouchpoint(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "UTC"
        cls.customer = cls.buy(cls.partner("Ada", email="ada@example.com"), 100, 50)
        cls.partners = cls.customer.partner_id

    def met(self, days, interaction="receives", channel="carrier", partner=None):
        return self.env["cx.touchpoint"].log(
            (partner or self.partners).id, channel, interaction, at=noon(ago(days))
        )

    def after(self, days=3, interactions=("receives",), channels=(), launched=None, **values):
        """A campaign after touchpoints, launched so many days ago."""
        find = lambda model, codes: self.env[model].search([("code", "in", codes)]).ids  # noqa: E731
        campaign = self.launched(
            "touchpoint", touchpoint_days=days, members=values.pop("members", "future"),
            touchpoint_interaction_ids=find("cx.interaction", interactions),
            touchpoint_channel_ids=find("cx.channel", channels), **values,
        )  # fmt: skip
        if launched:
            campaign.sudo().write(
                {"launched_on": ago(launched), "launched_at": noon(ago(launched))}
            )
        return campaign

    def entered(self, campaign):
        campaign._look()
        return campaign.run_ids.mapped("entry_key")

    def test_so_many_days_after_the_day(self):
        three, two = self.met(3), self.met(2)
        campaign = self.after(3, launched=20)
        self.assertEqual(self.entered(campaign), [f"touchpoint:{three.id}"])
        self.assertEqual(self.entered(campaign), [f"touchpoint:{three.id}"], "once")
        self.assertTrue(two)

    def test_at_once(self):
        touchpoint = self.met(0) if datetime.utcnow().hour >= 12 else self.met(1)
        self.assertEqual(self.entered(self.after(0, launched=20)), [f"touchpoint:{touchpoint.id}"])

    def test_only_what_happened_since_the_launch(self):
        self.met(5)
        for launched, members, number in ((4, "future", 0), (5, "future", 1), (4, "both", 1)):
            campaign = self.after(3, launched=launched, members=members, exclusive=False)
            self.assertEqual(len(self.entered(campaign)), number)

    def test_a_past_that_is_read_late_starts_nothing(self):
        self.met(18)
        for members in ("future", "both"):
            self.assertEqual(self.entered(self.after(3, launched=30, members=members)), [])
        self.met(17)
        self.assertEqual(len(self.entered(self.after(3, launched=30))), 1)

    def test_interactions_and_channels(self):
        self.met(4, "returns", "after_sales")
        self.assertEqual(self.entered(self.after(launched=20)), [])
        self.assertEqual(
            self.entered(self.after(interactions=["returns"], channels=["shop"], launched=20)), []
        )
        campaign = self.after(
            interactions=["returns", "receives"], channels=["after_sales"], launched=20
        )
        self.assertEqual(len(self.entered(campaign)), 1)

    def test_an_archived_channel_still_counts_alone(self):
        self.met(4, "receives", "carrier")
        campaign = self.after(channels=["shop"], launched=20)
        shop = self.env["cx.channel"].search([("code", "=", "shop")])
        shop.active = False
        self.env.invalidate_all()
        self.assertEqual(self.entered(campaign), [], "not over all channels")
        self.assertEqual(campaign.touchpoint_channel_ids, shop)
        mine = self.env["cx.channel"].create({"name": "Mine", "code": "mine"})
        interaction = self.env["cx.interaction"].create(
            {"name": "X", "code": "x", "step_id": self.env.ref("cx_lifecycle.step_use").id}
        )
        self.campaign(
            "touchpoint", touchpoint_interaction_ids=interaction.ids,
            touchpoint_channel_ids=mine.ids,
        )  # fmt: skip
        for used in (mine, interaction):
            with (
                self.assertRaises(psycopg2.errors.RestrictViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                used.unlink()

    def test_a_document_that_comes_again_is_no_new_cause(self):
        source = self.env.ref("cx_lifecycle.touchpoint_source_order")
        source._feed()
        campaign = self.after(3, interactions=["buys"], launched=20, exclusive=False)
        order = self.order(self.partners, ago(3))
        source._feed()
        entered = self.entered(campaign)
        self.assertEqual(entered, [f"touchpoint:{source.id}/{order.id}"])
        campaign.run_ids._stop("by_hand")
        order._action_cancel()
        source._feed()
        order.action_draft()
        order.action_confirm()
        order.date_order = noon(ago(3))
        source._feed()
        self.assertTrue(self.env["cx.touchpoint"].search([("res_id", "=", order.id)]))
        self.assertEqual(self.entered(campaign), entered)

    def test_of_several_the_last_counts(self):
        self.met(6)
        last = self.met(4)
        self.assertEqual(self.entered(self.after(3, launched=20)), [f"touchpoint:{last.id}"])

    def test_the_day_is_the_company_s(self):
        self.company.partner_id.tz = "Asia/Tokyo"  # nine hours ahead
        at = datetime.combine(ago(4), datetime.min.time()) + timedelta(hours=20)
        self.env["cx.touchpoint"].log(self.partners.id, "carrier", "receives", at=at)
        today = self.Customer._today(self.company)
        day = (at + timedelta(hours=9)).date()
        self.assertEqual(self.entered(self.after((today - day).days + 1, launched=20)), [])
        self.assertEqual(len(self.entered(self.after((today - day).days, launched=20))), 1)

    def test_it_says_what_starts_it(self):
        self.met(2)
        campaign = self.after(3, launched=20, channels=["carrier"])
        words = campaign._cause_words(self.customer)
        self.assertIn("3 days after: Receives", words.replace("the goods", ""))
        _sentence, checks = campaign._explain(self.customer)
        by_code = {check.code: check for check in checks}
        self.assertFalse(by_code["cause"].met)
        self.assertTrue(self.entered(self.after(2, launched=20)))

    def test_nothing_to_happen_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Interactions"):
            self.campaign("touchpoint")

    def test_dry_run_and_past(self):
        self.met(1)
        self.met(90)
        campaign = self.after(3, launched=20)
        forecast = self.env["cx.campaign.forecast"].browse(campaign.action_dry_run()["res_id"])
        codes = {line["code"]: line["count"] for line in forecast.figures["totals"]}
        self.assertEqual((codes["enter"], codes.get("later")), (0, 1))
        met = self.env.execute_query(campaign._met(ago(200), TODAY, 30))
        self.assertEqual([row[:2] for row in met], [(self.customer.id, ago(87))])

    def test_dry_run_takes_the_first_that_will_be_due(self):
        self.met(2)
        self.met(0) if datetime.utcnow().hour >= 12 else self.met(1)
        campaign = self.after(3, launched=20)
        today = self.Customer._today(self.company)
        later = campaign._later(today, today + timedelta(days=20))
        rows = self.env.execute_query(
            SQL("SELECT day FROM (%s) AS c", campaign._candidates(later, "future"))
        )
        self.assertEqual(rows, [(ago(2) + timedelta(days=3),)])

    def test_file_and_version(self):
        campaign = self.after(4, channels=["carrier"], launched=20, sample_share=0.5)
        values = campaign._file_values()
        self.assertEqual((values["interactions"], values["channels"]), (["receives"], ["carrier"]))
        self.assertEqual((values["touchpoint_days"], values["sample_share"]), (4, 0.5))
        said = campaign.version_ids.definition["campaign"]
        self.assertEqual(said["touchpoint_days"], 4)
        self.assertEqual(len(said["touchpoint_interaction_ids"]), 1)


class TestSample(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.Customer.union(
            *(cls.buy(cls.partner(f"P{n}"), 340, 280, 220, 160) for n in range(60))
        )

    def test_the_draw_adds_up_and_is_the_engine_s(self):
        campaign = self.campaign(sample_share=0.4, exclusive=False)
        figures = campaign._audience()
        drawn = self.customers.filtered(
            lambda c: position(f"sample:{campaign.id}", f"{c.partner_id.id}:{TODAY.year}") < 0.4
        )
        self.assertTrue(0 < len(drawn) < 60)
        self.assertEqual(figures["excluded"]["not_drawn"], 60 - len(drawn))
        self.assertEqual(figures["enter"], len(drawn))
        campaign._launch()
        for _again in range(2):
            campaign._look()
        self.assertEqual(campaign.run_ids.customer_id, drawn)
        out = self.customers - drawn
        _sentence, checks = campaign._explain(out[:1])
        self.assertFalse({check.code: check for check in checks}["not_drawn"].met)

    def test_why_goes_by_the_year_of_what_happened(self):
        """In January, a purchase of December: as on entry."""
        buys = self.env.ref("cx_lifecycle.interaction_buys")
        days = TODAY.timetuple().tm_yday  # the last day of the year before
        year = ago(days).year
        campaign = self.campaign(
            "touchpoint", touchpoint_interaction_ids=buys.ids, sample_share=0.5,
            touchpoint_days=0, exclusive=False,
        )  # fmt: skip
        self.patch(cx_campaign_touchpoint, "CATCH_UP", 400)
        drawn = lambda c, year: position(  # noqa: E731
            f"sample:{campaign.id}", f"{c.partner_id.id}:{year}"
        ) < 0.5  # fmt: skip
        customers = self.customers.filtered(lambda c: drawn(c, year) and not drawn(c, year + 1))
        self.assertTrue(customers)
        for customer in customers:
            self.env["cx.touchpoint"].log(
                customer.partner_id.id, "shop", "buys", at=noon(ago(days))
            )
        campaign._launch()
        campaign._look()
        self.assertEqual(campaign.run_ids.customer_id, customers)
        campaign.run_ids.unlink()
        _sentence, checks = campaign._explain(customers[:1])
        self.assertTrue({check.code: check for check in checks}["not_drawn"].met)

    def test_another_year_another_sample_and_not_the_hold_out(self):
        campaign = self.campaign(sample_share=0.5, holdout_share=0.5)
        of = lambda salt, add: {  # noqa: E731
            c.id for c in self.customers
            if position(f"{salt}:{campaign.id}", f"{c.partner_id.id}{add}") < 0.5
        }  # fmt: skip
        this, next_year = of("sample", f":{TODAY.year}"), of("sample", f":{TODAY.year + 1}")
        self.assertNotEqual(this, next_year)
        self.assertNotEqual(this, of("campaign", ""))
        campaign._launch()
        campaign._look()
        arms = set(campaign.run_ids.mapped("arm"))
        self.assertEqual(arms, {"held_out", "treated"}, "drawn independently of each other")

    def test_a_share_of_nobody_is_refused(self):
        with self.assertRaises(psycopg2.errors.CheckViolation), mute_logger("odoo.sql_db"):
            self.campaign(sample_share=0).flush_recordset()


class TestRestBetweenSurveys(MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cx_survey_gap_days = 30
        cls.survey = cls.env.ref("cx_lifecycle_mail.survey_hot")

    def asking(self, subject="How was it?", launch=True, validity=7, **values):
        campaign = self.campaign(steps=[], exclusive=False, **values)
        step = self.step(campaign, kind="survey", survey_id=self.survey.id, name=subject,
                         validity=validity)  # fmt: skip
        self.content(step, subject, body='<p><a href="{{survey.link}}">Answer</a></p>')
        if launch:
            campaign._launch()
        return campaign

    def subjects(self):
        return [entry["headers"]["Subject"] for entry in self.taken()]

    def test_who_was_asked_does_not_enter(self):
        self.asking("First")
        self.work()
        second = self.asking("Second")
        self.work()
        self.assertEqual(self.subjects(), ["First"])
        self.assertEqual(second.last_entry["excluded"], {"asked_lately": 1})
        self.assertFalse(second.run_ids)
        self.later(days=31)
        self.assertEqual(self.subjects(), ["First", "Second"])

    def test_two_planned_at_once_do_not_both_leave(self):
        low = self.asking("Low", sequence=20, validity=60)
        self.asking("High", sequence=1)
        self.work()
        self.later(minutes=5)
        self.assertEqual(self.subjects(), ["High"])
        act = low.run_ids.act_ids
        self.assertEqual((act.state, act.reason), ("waiting", "asked_lately"))
        self.assertGreater(act.due_at, fields.Datetime.now() + timedelta(days=29))
        self.later(days=31)
        self.assertEqual(self.subjects(), ["High", "Low"])

    def test_too_late_is_dropped_with_the_reason(self):
        low = self.asking("Low", sequence=20, validity=5)
        self.asking("High", sequence=1)
        self.work()
        self.later(minutes=5)
        self.later(days=6)
        self.assertEqual(self.acts(low), [("Low", "skipped", "asked_lately")])
        self.assertReconciled(low)

    def test_asked_again_under_lock(self):
        """What another worker committed after the lot was sorted keeps the mail here."""
        first, second = self.asking("One"), self.asking("Two", validity=60)
        self.Campaign._cron_campaigns()
        acts = (first | second).run_ids.act_ids
        now, today = fields.Datetime.now(), TODAY
        leaves = lambda act: self.env.execute_query(  # noqa: E731
            self.Act._may_leave(SQL("%s", act.id), now, today)
        )
        self.env.cr.execute(self.Act._addressed(acts.ids))
        for act in acts:
            self.assertTrue(leaves(act))
        self.env.cr.execute(
            "UPDATE cx_campaign_act SET state = 'sending', done_at = %s WHERE id = %s",
            [now, acts[0].id],
        )
        self.assertFalse(leaves(acts[1]))
        self.company.cx_survey_gap_days = 0
        self.env.flush_all()
        self.assertTrue(leaves(acts[1]))

    def test_the_surveys_app_counts_by_contact_and_by_address(self):
        inputs = self.env["survey.user_input"]
        for values in ({"partner_id": self.contact.id}, {"email": "ADA@example.com"}):
            with self.subTest(values):
                answer = inputs.create({"survey_id": self.survey.id, **values})
                campaign = self.asking("After it")
                self.work()
                self.assertFalse(campaign.run_ids)
                self.assertEqual(campaign.last_entry["excluded"], {"asked_lately": 1})
                answer.test_entry = True
                campaign._look()
                self.assertTrue(campaign.run_ids, "a test is no invitation")
                campaign._finish()
                self.env.cr.execute("DELETE FROM cx_campaign_act WHERE campaign_id = %s",
                                    [campaign.id])  # fmt: skip
                self.env.invalidate_all()

    def test_an_invitation_by_the_app_makes_a_planned_one_wait(self):
        campaign = self.asking("Planned", validity=60)
        self.Campaign._cron_campaigns()
        self.env["survey.user_input"].create(
            {"survey_id": self.survey.id, "email": "ada@example.com"}
        )
        self.env.flush_all()
        self.Act._cron_deliver()
        self.assertEqual(self.subjects(), [])
        act = campaign.run_ids.act_ids
        self.assertEqual((act.state, act.reason), ("waiting", "asked_lately"))

    def test_the_same_address_elsewhere_counts(self):
        """Another customer, of this company or another, may be the same person."""
        other = self.env["res.company"].create({"name": "Other", "cx_survey_gap_days": 30})
        self.refresh(self.contact, company=other)
        self.env.cr.execute("UPDATE cx_customer SET stage_id = %s WHERE company_id = %s",
                            [self.stage("dormant").id, other.id])  # fmt: skip
        self.env.invalidate_all()
        first, second = self.asking("Here"), self.asking("There", launch=False, validity=60)
        planned = self.asking("Planned", validity=60, sequence=99)
        twin = self.buy(self.partner("Twin", email="ada@example.com"), 340, 280, 220, 160)
        second.company_id = other
        self.Campaign._cron_campaigns()
        self.assertTrue(planned.run_ids)
        self.env.cr.execute(
            "UPDATE cx_campaign_act SET state = 'done', kind = 'survey', email = 'ada@example.com',"
            " done_at = now() AT TIME ZONE 'UTC' WHERE campaign_id = %s", [first.id],
        )  # fmt: skip
        self.env.invalidate_all()
        figures = second._audience("both")
        self.assertEqual(figures["excluded"], {"asked_lately": 1}, "another company")
        asked = first.run_ids.customer_id
        out = self.asking("Twins", launch=False)._audience("both")
        self.assertEqual(out["excluded"]["asked_lately"], len(asked | twin | self.customer))

    def test_surveys_that_come_later_keep_nobody_out(self):
        self.asking("First")
        self.work()
        campaign = self.asking("Later", launch=False)
        welcome = self.step(campaign, kind="activity", sequence=1)
        asks = campaign.step_ids.filtered(lambda step: step.kind == "survey")
        asks.write({"parent_id": welcome.id, "trigger": "done"})
        campaign._launch()
        campaign._look()
        self.assertTrue(campaign.run_ids)
        self.assertFalse(campaign._invites())

    def test_what_is_no_advertising_rests_too(self):
        self.asking("Bill", legal_basis="service")
        self.work()
        campaign = self.asking("Again", legal_basis="service")
        self.work()
        self.assertFalse(campaign.run_ids)

    def test_surveys_count_in_the_cap(self):
        self.company.write({"cx_mail_cap": 1, "cx_mail_cap_days": 7})
        self.asking("Survey")
        self.work()
        self.mailing("Offer", exclusive=False)
        self.work()
        self.assertEqual(self.subjects(), ["Survey"])

    def test_without_a_rest_everybody_is_asked(self):
        self.company.cx_survey_gap_days = 0
        self.asking("First")
        self.work()
        self.asking("Second")
        self.work()
        self.assertEqual(self.subjects(), ["First", "Second"])

    def test_mails_are_no_surveys(self):
        self.asking("Survey")
        self.work()
        self.mailing("Offer", exclusive=False)
        self.work()
        self.assertEqual(self.subjects(), ["Survey", "Offer"])
