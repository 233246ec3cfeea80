"""Why a customer takes part in a campaign, or not: the same answer as the entry gives."""

from datetime import timedelta

from model.campaigns import CampaignCase
from model.common import TODAY

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user

SELLER = "sales_team.group_sale_salesman"
MAIL = {"kind": "mail", "name": "Hello"}


class WhyCase(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(cls.env, "why_rep", SELLER, name="Rita", tz="UTC")
        cls.marketer = new_test_user(cls.env, "why_marketer", "cx_lifecycle.group_marketer")
        cls.firm = cls.partner("Firm", user_id=cls.rep.id, email="firm@example.com")
        cls.customer = cls.buy(cls.firm, 340, 280, 220, 160)  # dormant

    def explain(self, campaign, user=None, customer=None, run=None):
        campaign = campaign.with_user(user or self.marketer)
        return campaign._explain((customer or self.customer).with_user(user or self.marketer), run)

    def checks(self, *args, **options):
        """{code: check} of an answer."""
        return {check.code: check for check in self.explain(*args, **options)[1]}

    def failing(self, *args, **options):
        """The first test that keeps the customer out, or None."""
        return next((c.code for c in self.explain(*args, **options)[1] if c.met is False), None)

    def ask(self, user=None, **values):
        return (
            self.env["cx.campaign.why"]
            .with_user(user or self.marketer)
            .create({"partner_id": self.firm.id, **values})
        )

    def opened(self, action):
        """The dialog that an action opens."""
        return self.env[action["res_model"]].browse(action["res_id"])

    def held_out(self, **values):
        """A campaign whose hold-out this customer is in; it is fixed by a hash."""
        for _number in range(50):
            campaign = self.launched(holdout_share=0.9, **values)
            campaign._enter()
            if campaign.run_ids.arm == "held_out":
                return campaign
            campaign.run_ids.unlink()
            campaign.state = "finished"
        raise AssertionError("nobody was held out of 50 campaigns")


class TestEntry(WhyCase):
    def test_what_is_not_launched(self):
        campaign = self.campaign()
        self.assertEqual(self.failing(campaign), "running")
        check = self.checks(campaign)["running"]
        self.assertEqual(check.label, "The campaign is not running: Draft")
        self.assertEqual(check.value, "Not launched yet")
        self.assertIn("not running", self.explain(campaign)[0])

    def test_who_would_enter_has_nothing_against(self):
        campaign = self.launched()
        self.assertIsNone(self.failing(campaign))
        self.assertEqual(self.explain(campaign)[0], "Firm enters at the first look.")
        checks = self.checks(campaign)
        self.assertTrue(checks["cause"].met)
        self.assertIn("the stage becomes Dormant", checks["cause"].value)
        self.assertIn("Dormant since", checks["cause"].value)
        self.assertIn("from Prospect", checks["cause"].value)
        self.assertEqual(checks["held"].label, "Stage not held by a person")
        self.assertEqual(checks["arm"].label, "Would be treated")

    def test_what_starts_it_has_not_happened(self):
        campaign = self.launched(stage="lost")
        self.assertEqual(self.failing(campaign), "cause")
        self.assertIn("Dormant since", self.checks(campaign)["cause"].value)
        campaign = self.launched(from_stage_ids=self.stage("new").ids)
        self.assertEqual(self.failing(campaign), "cause")
        self.assertIn("coming from New", self.checks(campaign)["cause"].value)

    def test_it_had_happened_before_the_launch(self):
        campaign = self.launched(members="future")
        self.env.cr.execute("UPDATE cx_episode SET create_date = create_date - interval '1 day'")
        check = self.checks(campaign)["time"]
        self.assertEqual((check.met, check.value), (False, "From now on"))
        self.assertEqual(check.label, "It had happened before the launch")
        self.assertEqual(self.failing(campaign), "time")
        campaign.members = "both"
        self.assertIsNone(self.failing(campaign))

    def test_moved_by_the_rules(self):
        campaign = self.launched(members="future")
        episode = self.customer.episode_ids[0]
        self.rows("UPDATE cx_episode SET silent = true, create_date = now() + interval '1 hour'"
                  " WHERE id = %s RETURNING id", episode.id)  # fmt: skip
        self.env.invalidate_all()
        self.assertEqual(self.checks(campaign)["time"].label,
                         "The rules changed, not the customer")  # fmt: skip

    def test_every_kind_of_entry_has_words(self):
        date = self.env["ir.model.fields"]._get("cx.customer", "last_purchase_on")
        for entry, values, words in (
            ("in_stage", {}, "the stage is Dormant; now: Dormant since"),
            ("going_quiet", {}, "14 days before dormant; now: Dormant"),
            ("going_quiet", {"quiet_by": "rarity"},
             "the silence becomes rare; now: Dormant, rare from"),
            ("first_purchase", {}, "the first purchase; now: 4 purchases, the last on"),
            ("second_purchase", {}, "the second purchase; now: 4 purchases"),
            ("anniversary", {"date_field_id": date.id, "date_days": 3},
             "3 days after the anniversary of “Last Purchase”; now: "),
        ):  # fmt: skip
            with self.subTest(entry=entry, **values):
                check = self.checks(self.launched(entry=entry, **values))["cause"]
                self.assertIn(words, check.value)
                self.assertEqual(check.met, entry == "in_stage")

    def test_by_hand_only(self):
        campaign = self.launched(entry="manual")
        self.assertIsNone(self.checks(campaign)["cause"].met)
        self.assertEqual(self.explain(campaign)[0], "Firm does not take part: nobody let it in.")

    def test_the_authors_condition(self):
        campaign = self.launched(domain="[('name', '=', 'Nobody')]")
        self.assertEqual(self.failing(campaign), "condition")
        author = new_test_user(self.env, "why_author", "cx_lifecycle.group_marketer", name="Ann")
        self.rows("UPDATE cx_campaign SET user_id = %s WHERE id = %s RETURNING id", author.id,
                  campaign.id)  # fmt: skip
        campaign.invalidate_recordset()
        self.assertIn("Ann", self.checks(campaign)["condition"].value)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        author.write({"company_ids": [(6, 0, elsewhere.ids)], "company_id": elsewhere.id})
        self.assertIn("may no longer work", self.checks(campaign)["condition"].value)

    def test_the_last_look_failed(self):
        campaign = self.launched()
        campaign.problem = "out of ink"
        self.assertIn("out of ink", self.explain(campaign)[0])

    def test_no_stage(self):
        self.rows("UPDATE cx_customer SET stage_id = NULL WHERE id = %s RETURNING id",
                  self.customer.id)  # fmt: skip
        self.env.invalidate_all()
        self.assertEqual(self.failing(self.launched()), "no_stage")


class TestReasons(WhyCase):
    """Each reason not to enter, as the entry itself says it."""

    def assertKeptOut(self, campaign, reason, value=None):
        counts = campaign.enter(self.firm.ids, key="test")
        self.assertEqual(counts["excluded"], {reason: 1})
        check = self.checks(campaign)[reason]
        self.assertFalse(check.met)
        self.assertEqual(self.failing(campaign), reason)
        labels = dict(self.Run._fields["reason"]._description_selection(self.env))
        self.assertEqual(check.label, labels[reason])
        self.assertIn(labels[reason], self.explain(campaign)[0])
        if value:
            self.assertIn(value, check.value)

    def test_address(self):
        campaign = self.launched(steps=[MAIL])
        self.assertEqual(self.checks(campaign)["no_address"].value, "firm@example.com")
        self.env["mail.blacklist"]._add("firm@example.com")
        self.assertKeptOut(campaign, "blacklisted", "firm@example.com")
        self.firm.email = False
        self.assertKeptOut(campaign, "no_address")

    def test_opted_out_and_paused(self):
        topic = self.env["cx.topic"].create({"name": "Offers"})
        campaign = self.launched(steps=[MAIL], topic_id=topic.id)
        optout = {"email": "firm@example.com", "company_id": self.company.id}
        first = self.env["cx.topic.optout"].create({**optout, "topic_id": topic.id})
        self.assertKeptOut(campaign, "opted_out", "Offers (firm@example.com)")
        first.unlink()
        self.env["cx.topic.optout"].create({**optout, "until": TODAY + timedelta(days=9)})
        self.assertKeptOut(campaign, "paused", "until ")

    def test_verdicts_of_people(self):
        campaign = self.launched()
        self.customer.hold("dormant", TODAY, "We know better")
        self.assertKeptOut(campaign, "held", "We know better")
        self.customer.keep_out_of_campaigns(TODAY, "Complaint")
        self.assertKeptOut(campaign, "excluded", "Complaint")
        self.customer.declare_lost("Closed")
        campaign.stage_id = self.stage("lost")
        self.assertKeptOut(campaign, "lost", "Closed")

    def test_open_deal(self):
        campaign = self.launched(stop_deal=True)
        self.assertTrue(self.checks(campaign)["open_deal"].met)
        self.quotation(self.firm)
        self.assertKeptOut(campaign, "open_deal")

    def test_another_campaign(self):
        first = self.launched(name="First")
        first._enter()
        self.assertKeptOut(self.launched(), "other_campaign", "First")

    def test_not_long_ago(self):
        campaign = self.launched(cooldown_days=30)
        campaign.enter(self.firm.ids, key="before")
        campaign.run_ids._stop("by_hand")
        self.assertKeptOut(campaign, "cooldown", "again from ")

    def test_the_same_address(self):
        twin = self.partner("Twin", email="firm@example.com")
        self.buy(twin, 340, 280, 220, 160)
        campaign = self.launched(steps=[MAIL], exclusive=False)
        campaign.enter(twin.ids)
        self.assertKeptOut(campaign, "duplicate", "firm@example.com")

    def test_archived(self):
        campaign = self.launched()
        self.firm.active = False
        self.assertEqual(self.failing(campaign), "no_contact")


class TestParticipation(WhyCase):
    def entered(self, **values):
        campaign = self.launched(**values)
        campaign._enter()
        return campaign, campaign.run_ids

    def test_who_takes_part_is_told_since_when_and_why(self):
        campaign, run = self.entered()
        sentence, checks = self.explain(campaign)
        self.assertIn("Firm takes part since", sentence)
        self.assertEqual([c.code for c in checks], ["run", "arm", "end", "act_waiting"])
        self.assertIn("From Prospect to Dormant on", checks[0].value)
        self.assertEqual(checks[0].record, run)
        self.assertIn("Planned for", checks[-1].value)

    def test_who_took_part_for_the_same_cause_does_not_again(self):
        campaign, run = self.entered()
        run._stop("by_hand")
        checks = self.checks(campaign)
        self.assertEqual(self.failing(campaign), "entered")
        self.assertEqual(checks["entered"].record, run)
        self.assertIn("Stopped by a person", checks["end"].label)
        sentence = self.explain(campaign)[0]
        self.assertIn("Firm took part from", sentence)
        self.assertIn("Stopped by a person", sentence)

    def test_steps_stand_below_those_they_follow(self):
        campaign = self.campaign(steps=[])
        first = self.step(campaign, kind="wait", name="Breathe")
        second = self.step(campaign, first, name="Call", delay=2)
        self.step(campaign, second, name="Call again", trigger="activity_cancelled")
        last = self.step(campaign, kind="wait", name="Later", sequence=20, delay=3)
        campaign._launch()
        campaign._enter()
        self.work()
        lines = [c for c in self.explain(campaign)[1] if c.code.startswith("act_")]
        self.assertEqual(
            [(c.label.split(" (")[0], c.level, c.code) for c in lines],
            [("Breathe", 0, "act_done"), ("Call", 1, "act_waiting"),
             ("Call again", 2, "act_none"), ("Later", 0, "act_waiting")],
        )  # fmt: skip
        self.assertIn("2 days after", lines[1].label)
        self.assertEqual(lines[2].value, "Its turn has not come")
        campaign.run_ids._stop("bought")
        last.active = False
        lines = [c for c in self.explain(campaign)[1] if c.code.startswith("act_")]
        self.assertIn("Bought again", lines[1].value)
        self.assertEqual(lines[2].value, "Its turn did not come")
        self.assertEqual(lines[3].label.split(" (")[0], "Later", "archived, but it acted")

    def test_what_became_of_a_mail(self):
        campaign, run = self.entered(steps=[MAIL])
        act = run.act_ids
        now = fields.Datetime.now()
        trace = self.env["mailing.trace"].create(
            {"model": "res.partner", "res_id": self.firm.id, "trace_status": "open",
             "open_datetime": now, "links_click_datetime": now}
        )  # fmt: skip
        act.write({"state": "done", "done_at": now, "email": "firm@example.com",
                   "trace_id": trace.id})  # fmt: skip
        value = self.checks(campaign)["act_done"].value
        for word in ("Sent on", "firm@example.com", "opened on", "clicked on"):
            self.assertIn(word, value)
        self.assertNotIn("replied", value)

    def test_the_journal_of_an_uncertain_mail(self):
        campaign, run = self.entered(steps=[MAIL])
        act = run.act_ids
        act.write({"state": "uncertain", "reason": "unknown_fate"})
        self.env["cx.campaign.attempt"].create(
            {"act_id": act.id, "company_id": self.company.id, "at": fields.Datetime.now(),
             "outcome": "uncertain", "smtp_code": 0, "text": "timed out"}
        )  # fmt: skip
        act.with_user(self.marketer).action_send_again()
        check = self.checks(campaign)["act_waiting"]
        self.assertIn("No answer (timed out)", check.value)
        self.assertIn(f"Sent again by a person ({self.marketer.name})", check.value)

    def test_a_participation_is_asked_about_by_itself(self):
        campaign, run = self.entered()
        run._stop("by_hand")
        campaign.enter(self.firm.ids, key="again")
        last = campaign.run_ids - run
        self.assertEqual(self.checks(campaign)["run"].record, last)
        asked = self.checks(campaign, run=run.with_user(self.marketer))
        self.assertEqual(asked["run"].record, run)
        self.assertNotIn("cause", asked, "the entry is another question")
        self.assertIn("Let in by", self.checks(campaign)["run"].value)


class TestHeldOut(WhyCase):
    def test_marketers_are_told(self):
        campaign = self.held_out()
        sentence, checks = self.explain(campaign)
        self.assertIn("Firm is held out", sentence)
        arm = next(check for check in checks if check.code == "arm")
        self.assertFalse(arm.met)
        self.assertIn("90%", arm.value)
        self.company.cx_holdout_share = 0.5
        arm = self.checks(campaign)["arm"]
        self.assertIn("95%", arm.value, "of those left, the company holds half out of everything")

    def test_reps_are_told_that_it_was_not_chosen(self):
        campaign = self.held_out()
        sentence, checks = self.explain(campaign, user=self.rep)
        self.assertEqual(sentence, "Firm does not take part. Not chosen for this campaign.")
        told = " ".join([sentence, *(f"{check.label} {check.value}" for check in checks)])
        self.assertNotIn("eld out", told)
        self.assertEqual([c.code for c in checks if c.met is False], ["chosen"])
        self.assertFalse(self.Run.with_user(self.rep).search([("campaign_id", "=", campaign.id)]))
        with self.assertRaises(AccessError):
            campaign.run_ids.with_user(self.rep).read(["arm"])
        with self.assertRaises(AccessError):  # nor by the customers that the entry would take
            self.customer.with_user(self.rep).search(
                [("campaign_audience", "=", f"{campaign.id} both held_out")]
            )
        leader = new_test_user(self.env, "why_lead", f"{SELLER}_all_leads")
        self.assertEqual(self.explain(campaign, user=leader)[0], sentence)

    def test_nor_is_it_told_by_the_rest_after_it(self):
        """A participation that ended and cannot be seen would say who was held out."""
        campaign = self.held_out(cooldown_days=300)
        campaign.run_ids.sudo()._stop("by_hand")
        campaign.run_ids.sudo().entry_key = "before"
        sentence, checks = self.explain(campaign, user=self.rep)
        self.assertEqual(sentence, "Firm does not take part. Not chosen for this campaign.")
        self.assertNotIn("cooldown", [check.code for check in checks])
        self.assertIn("cooldown", [check.code for check in self.explain(campaign)[1]])

    def test_before_the_entry_nobody_but_marketers_is_told(self):
        campaign = self.held_out()
        campaign.run_ids.unlink()
        self.assertIn("Would be held out", self.checks(campaign)["arm"].label)
        arm = self.checks(campaign, user=self.rep)["arm"]
        self.assertEqual((arm.label, arm.value, arm.met), ("Chosen on entry", "", None))


class TestDialog(WhyCase):
    def test_all_that_run_with_what_keeps_out_of_each(self):
        first = self.launched(name="First")
        first._enter()
        self.launched(name="Second", stage="lost")
        self.launched(name="Third", entry="manual", exclusive=False)
        self.campaign(name="Draft")
        asked = self.ask()
        self.assertEqual(
            [(line.name, line.mark) for line in asked.line_ids],
            [("First", "yes"), ("Second", "no"), ("Third", "none")],
        )
        self.assertIn("has not happened", asked.line_ids[1].value)
        self.assertEqual(asked.sentence, "Firm takes part in 1 of 3 campaigns that run.")
        opened = self.opened(asked.line_ids[1].action_open())
        self.assertEqual((opened.campaign_id.name, opened.partner_id), ("Second", self.firm))

    def test_all_that_run_say_nothing_of_the_hold_out_to_a_rep(self):
        self.held_out()
        asked = self.ask(self.rep)
        told = " ".join([asked.sentence, *(f"{line.name} {line.value}" for line in asked.line_ids)])
        self.assertNotRegex(told.lower(), "held|compare")
        self.assertFalse(asked.line_ids.run_id)
        self.assertIn("held out", self.ask(self.marketer).line_ids.mapped("value")[-1])

    def test_thirty_campaigns_cost_few_queries_each(self):
        for number in range(30):
            self.launched(name=f"Number {number}", exclusive=False)
        self.ask(self.rep)  # what the server keeps for everybody is known from here on
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        asked = self.ask(self.rep)
        self.assertEqual(len(asked.line_ids), 30)
        self.assertLess(self.env.cr.sql_log_count - before, 30 * 9)

    def test_the_answer_follows_what_is_chosen(self):
        campaign = self.launched()
        with Form(self.env["cx.campaign.why"].with_user(self.rep)) as form:
            form.partner_id = self.firm
            self.assertEqual(len(form.line_ids), 1)
            form.campaign_id = campaign
            self.assertGreater(len(form.line_ids), 5)
            self.assertIn("Firm", form.sentence)
        saved = form.record
        self.assertGreater(len(saved.line_ids), 5)
        self.assertTrue(all(saved.line_ids.mapped("mark")))

    def test_of_a_participant_an_act_and_a_contact(self):
        campaign = self.launched()
        campaign._enter()
        run = campaign.run_ids
        person = self.partner("Ann", parent_id=self.firm.id)
        for record in (run, run.act_ids):
            asked = self.opened(record.with_user(self.rep).action_why())
            self.assertEqual(asked.run_id, run)
            self.assertEqual(asked.line_ids[0].code, "run")
            self.assertEqual(asked.line_ids[0].action_open()["res_id"], run.id)
        asked = self.opened(person.with_user(self.rep).action_cx_why_campaigns())
        self.assertIn("1 of 1", asked.sentence)
        asked = self.opened(campaign.with_user(self.rep).action_why())
        self.assertEqual((asked.campaign_id, asked.sentence), (campaign, False))

    def test_the_contacts_campaigns_or_why_there_are_none(self):
        campaign = self.launched(stage="lost")
        firm = self.firm.with_user(self.rep)
        action = firm.action_cx_campaigns()
        self.assertIn("In no campaign so far", action["help"])
        self.assertIn("Wake up: What starts the campaign has not happened", action["help"])
        self.assertFalse(self.Run.with_user(self.rep).search(action["domain"]))
        campaign.enter(self.firm.ids)
        action = firm.action_cx_campaigns()
        self.assertNotIn("help", action)
        self.assertEqual(self.Run.with_user(self.rep).search(action["domain"]), campaign.run_ids)

    def test_whose_customer_it_is(self):
        self.launched()
        other = new_test_user(self.env, "why_other", SELLER)
        with self.assertRaisesRegex(AccessError, "Somebody else"):
            self.ask(other).line_ids  # noqa: B018
        with self.assertRaises(AccessError):
            self.explain(self.launched(), user=other)
        nobody = new_test_user(self.env, "why_nobody", "base.group_user")
        with self.assertRaises(AccessError):
            self.ask(nobody)
        supplier = self.partner("Supplier")
        self.assertIn("is no customer of", self.ask(partner_id=supplier.id).sentence)
        asked = self.ask(self.rep)
        self.assertFalse(self.env["cx.campaign.why.line"].with_user(self.marketer).search(
            [("wizard_id", "=", asked.id)]))  # fmt: skip

    def test_nothing_until_the_stages_are_accepted(self):
        self.launched()
        self.env["cx.first.run"]._of(self.company)._take_back()
        with self.assertRaisesRegex(AccessError, "not accepted"), self.env.cr.savepoint():
            self.ask(self.rep).line_ids  # noqa: B018
        self.assertEqual(len(self.ask().line_ids), 1)

    def test_queries_do_not_grow_with_the_other_customers(self):
        campaign = self.launched()
        self.env.invalidate_all()
        self.explain(campaign)  # what the server keeps for everybody is known from here on
        counts = []
        for number in (1, 12):
            for index in range(number):
                self.buy(self.partner(f"P{number}.{index}"), *(340, 280, 220, 160))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.explain(campaign)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
