"""The dry run, the try and the past: their numbers are their lists, and nothing is written."""

from datetime import timedelta

from model.campaigns import CampaignCase
from model.common import TODAY, ago

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import SQL, mute_logger

DORMANT = (340, 280, 220, 160)
# what nothing of this may touch
TABLES = (
    "cx_campaign_run", "cx_campaign_act", "cx_campaign_attempt", "mailing_trace", "link_tracker",
    "link_tracker_code", "mail_activity", "mail_mail", "mail_message", "survey_user_input",
    "mailing_mailing", "cx_campaign", "cx_episode", "res_partner",
)  # fmt: skip


class LookCase(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(
            cls.env, "look_marketer", "cx_lifecycle.group_marketer", email="mark@example.com"
        )
        cls.ada = cls.buy(
            cls.partner("Ada", email="ada@example.com", user_id=cls.caller.id), *DORMANT
        )
        cls.bob = cls.buy(cls.partner("Bob", email="bob@example.com"), *DORMANT)
        cls.eve = cls.buy(cls.partner("Eve", email="eve@example.com"), *DORMANT)
        cls.env["mail.blacklist"]._add("eve@example.com")
        cls.those = ("name", "in", ["Ada", "Bob", "Eve"])

    def look(self, **values):
        """A draft with a mail, another one if that is not opened, and a call."""
        values = {"domain": str([self.those]), "email_from": "shop@example.com", **values}
        campaign = self.campaign(steps=[], **values).with_user(self.marketer)
        first = self.mail(campaign, name="First")
        second = self.mail(campaign, first, name="Second", trigger="not_opened", delay=4)
        self.mail(campaign, first, name="Opened", trigger="opened", delay=1)
        self.step(campaign, second, name="Call", trigger="ended", delay=2, assignee="salesperson",
                  assignee_id=False)  # fmt: skip
        return campaign

    def mail(self, campaign, parent=None, body="<p>Hello {{ person.name }}</p>", **values):
        step = self.step(campaign, parent, kind="mail", **values)
        self.env["mailing.mailing"].create(
            {"cx_step_id": step.id, "cx_lang": "en_US", "subject": step.name,
             "body_arch": body, "body_html": body}
        )  # fmt: skip
        return step

    def counts(self):
        self.env.flush_all()
        sequences = self.rows(
            "SELECT sequencename, last_value FROM pg_sequences WHERE sequencename = ANY(%s)",
            [f"{table}_id_seq" for table in TABLES],
        )
        # every row as it stands, and those that a number was given to
        numbers = [
            self.env.execute_query(
                SQL("SELECT count(*), md5(string_agg(t::text, ',' ORDER BY id)) FROM %s AS t",
                    SQL.identifier(table))
            )
            for table in TABLES
        ]  # fmt: skip
        return sorted(sequences), numbers


class TestDryRun(LookCase):
    def run_of(self, campaign, weeks=3):
        return self.env["cx.campaign.forecast"].with_user(self.marketer)._begin(campaign, weeks)

    def test_who_gets_what_when(self):
        forecast = self.run_of(self.look())
        told = {
            (line.partner_id.name, line.step_id.name): (line.state, line.reason, line.day)
            for line in forecast.line_ids if line.what == "act"
        }  # fmt: skip
        day = self.Customer._today(self.company)
        after = lambda days: day + timedelta(days=days)  # noqa: E731
        self.assertEqual(
            told,
            {
                ("Ada", "First"): ("done", False, day),
                ("Ada", "Second"): ("done", False, after(4)),
                ("Ada", "Call"): ("done", False, after(6)),
                ("Bob", "First"): ("done", False, day),
                ("Bob", "Second"): ("done", False, after(4)),
                ("Bob", "Call"): ("skipped", "no_assignee", after(6)),
            },
        )
        [eve] = forecast.line_ids.filtered(lambda line: line.customer_id == self.eve)
        self.assertEqual((eve.what, eve.reason), ("excluded", "blacklisted"))

    def test_every_number_opens_its_list(self):
        figures = self.run_of(self.look(holdout_share=0.4)).figures
        forecast = self.env["cx.campaign.forecast"].search([], order="id desc", limit=1)
        numbers = [(line["code"], line["count"]) for line in figures["totals"]]
        numbers += [(line["code"], line["count"]) for line in figures["not_done"]]
        numbers += [(f"{kind} {day['day']}", day[kind])
                    for day in figures["days"] for kind in ("mail", "call")]  # fmt: skip
        states = ("done", "skipped", "waiting")
        numbers += [(f"step {step['id']} {state}", step[state])
                    for step in figures["steps"] for state in states]  # fmt: skip
        for rep in figures["reps"]:
            numbers += [(f"rep {rep['id']}", rep["count"]),
                        (f"rep {rep['id']} {rep['day']}", rep["most"])]  # fmt: skip
        self.assertTrue(any(count for _code, count in numbers))
        for code, count in numbers:
            action = forecast.with_user(self.marketer).action_lines(code)
            lines = self.env[action["res_model"]].with_user(self.marketer)
            self.assertEqual(lines.search_count(action["domain"]), count, code)
        for code in ("nothing 1", "rep ²", "step ² done", f"rep {10**20}"):
            with self.assertRaises(UserError):
                forecast.action_lines(code)

    def test_sums_agree(self):
        campaign = self.look(holdout_share=0.4)
        forecast = self.run_of(campaign)
        audience = campaign._audience("both")
        count = lambda what: len(forecast.line_ids.filtered(lambda l: l.what == what))  # noqa: E731, E741
        self.assertEqual(count("enter") + count("held_out"), audience["enter"])
        self.assertEqual(count("held_out"), audience["held_out"])
        self.assertEqual(count("excluded"), sum(audience["excluded"].values()))
        figures = forecast.figures
        self.assertEqual(
            sum(day["mail"] for day in figures["days"]),
            next(total["count"] for total in figures["totals"] if total["code"] == "mail"),
        )

    def test_calls_of_a_rep_beside_what_the_rep_takes(self):
        self.company.cx_calls_per_day = 1
        self.bob.partner_id.user_id = self.caller
        [rep] = self.run_of(self.look()).figures["reps"]
        self.assertEqual((rep["id"], rep["count"], rep["most"]), (self.caller.id, 2, 2))
        self.assertEqual((rep["capacity"], rep["over"]), (1, 1))

    def test_who_goes_quiet_later(self):
        day = self.Customer._today(self.company)
        self.ada.sudo().write({"stage_id": self.stage("active").id,
                               "dormant_on": day + timedelta(days=19),
                               "next_purchase_to": day + timedelta(days=3)})  # fmt: skip
        campaign = self.look(entry="going_quiet", quiet_days=14)
        entering = self.run_of(campaign).line_ids.filtered(lambda line: line.what == "enter")
        self.assertEqual(entering.customer_id, self.ada)
        self.assertEqual((entering.day, entering.later), (day + timedelta(days=5), True))
        campaign.quiet_by = "rarity"
        entering = self.run_of(campaign).line_ids.filtered(lambda line: line.what == "enter")
        self.assertEqual((entering.day, entering.later), (day + timedelta(days=3), True))
        campaign.members = "present"
        self.assertFalse(self.run_of(campaign).line_ids)

    def test_weeks(self):
        campaign = self.look()
        forecast = self.run_of(campaign, 1)
        self.assertEqual(len(forecast.figures["days"]), 7)
        forecast.weeks = 2
        forecast.action_again()
        self.assertEqual(len(forecast.figures["days"]), 14)
        self.env.invalidate_all()
        self.assertEqual(len(forecast.line_ids.filtered(lambda line: line.what == "enter")), 2)

    def test_an_author_who_left(self):
        campaign = self.look()
        campaign.sudo().user_id = self.marketer
        self.marketer.active = False
        with self.assertRaises(UserError):
            self.env["cx.campaign.forecast"]._begin(campaign.sudo())

    def test_nothing_is_written(self):
        campaign = self.look()
        campaign.action_dry_run()
        before = self.counts()
        self.run_of(campaign)
        self.assertEqual(self.counts(), before)

    def test_only_marketers(self):
        campaign = self.look()
        for method in ("action_dry_run", "action_try", "action_replay"):
            with self.assertRaises(AccessError):
                getattr(campaign.with_user(self.caller), method)()


class TestTry(LookCase):
    def tried(self, campaign, **values):
        return self.env["cx.campaign.try"].with_user(self.marketer).new(
            {"campaign_id": campaign.id, **values}
        )  # fmt: skip

    def steps(self, wizard, customer):
        [told] = [c for c in wizard.answer["customers"] if c["id"] == customer.id]
        return {step["name"]: step for step in told["steps"]}, told

    def test_usual_customers_are_of_the_audience(self):
        wizard = self.tried(self.look())
        self.assertIn(self.ada, wizard.customer_ids._origin)  # with a salesperson
        self.assertIn(self.bob, wizard.customer_ids._origin)  # without

    def test_letters_and_assignee(self):
        wizard = self.tried(self.look(), customer_ids=[(6, 0, (self.ada | self.eve).ids)])
        steps, told = self.steps(wizard, self.ada)
        self.assertTrue(told["enters"])
        self.assertEqual(steps["First"]["state"], "done")
        self.assertEqual(steps["First"]["mail"]["subject"], "First")
        self.assertIn("Hello Ada", steps["First"]["mail"]["html"])
        self.assertEqual(steps["First"]["mail"]["to"], "Ada <ada@example.com>")
        self.assertEqual(steps["Call"]["who"], self.caller.name)
        self.assertEqual(steps["Opened"]["state"], "never")
        steps, told = self.steps(wizard, self.eve)
        self.assertFalse(told["enters"])
        self.assertIn("block list", told["why"])
        self.assertEqual(steps["First"]["label"], "On the block list")

    def test_reactions(self):
        campaign = self.look()
        states = {}
        for reaction in ("none", "opens", "clicks", "replies", "buys", "done"):
            wizard = self.tried(campaign, customer_ids=[(6, 0, self.ada.ids)], reaction=reaction,
                                buys_after=2)  # fmt: skip
            steps, _told = self.steps(wizard, self.ada)
            states[reaction] = [steps[n]["state"] for n in ("First", "Opened", "Second", "Call")]
            if reaction == "opens":
                self.assertIn("opened", steps["Second"]["label"])
            if reaction == "buys":
                self.assertEqual(steps["Second"]["label"], "Bought again")
        self.assertEqual(
            states,
            {
                "none": ["done", "never", "done", "done"],
                "opens": ["done", "done", "skipped", "done"],
                "clicks": ["done", "done", "skipped", "done"],
                "replies": ["done", "never", "skipped", "never"],
                "buys": ["done", "never", "skipped", "never"],
                "done": ["done", "never", "done", "done"],
            },
        )

    def test_role_holder_gets_it(self):
        role = self.env["cx.buyer.role"].search([], limit=1)
        holder = self.partner("Holder", email="holder@example.com", lang="en_US")
        self.env["cx.seat"].create(
            {"account_id": self.ada.partner_id.id, "role_id": role.id, "partner_id": holder.id,
             "company_id": self.company.id}
        )  # fmt: skip
        campaign = self.campaign(steps=[], email_from="shop@example.com")
        self.mail(campaign, recipient="role", role_id=role.id, name="To them")
        wizard = self.tried(campaign, customer_ids=[(6, 0, (self.ada | self.bob).ids)])
        steps, _told = self.steps(wizard, self.ada)
        self.assertEqual(steps["To them"]["mail"]["to"], "Holder <holder@example.com>")
        self.assertIn("Hello Holder", steps["To them"]["mail"]["html"])
        steps, _told = self.steps(wizard, self.bob)
        self.assertEqual(steps["To them"]["label"], "Nobody holds this buyer role")

    def test_no_link_is_made_and_placeholders_stand(self):
        campaign = self.look()
        body = '<p><a href="https://shop.example.com/spring">Look</a> {{ salesperson.name }}</p>'
        self.mail(campaign, body=body, name="Linked")
        wizard = self.tried(campaign, customer_ids=[(6, 0, self.ada.ids)])
        steps, _told = self.steps(wizard, self.ada)
        html = steps["Linked"]["mail"]["html"]
        self.assertIn('href="https://shop.example.com/spring"', html)
        self.assertIn(self.caller.name, html)
        self.assertNotIn("/cx/open/", html)

    def test_surveys_make_no_answer(self):
        survey = self.env.ref("cx_lifecycle_mail.survey_after_purchase", False) or self.env[
            "survey.survey"
        ].search([], limit=1)
        campaign = self.look()
        body = '<p><a href="{{ survey.link }}">Go</a></p>'
        step = self.step(campaign, kind="survey", survey_id=survey.id, name="Ask")
        self.env["mailing.mailing"].create(
            {"cx_step_id": step.id, "cx_lang": "en_US", "subject": "Ask", "body_arch": body,
             "body_html": body}
        )  # fmt: skip
        before = self.counts()
        steps, _told = self.steps(
            self.tried(campaign, customer_ids=[(6, 0, self.ada.ids)]), self.ada
        )
        self.assertIn('href="#"', steps["Ask"]["mail"]["html"])
        self.assertEqual(self.counts(), before)

    def test_nothing_is_written(self):
        campaign = self.look()
        before = self.counts()
        self.assertTrue(self.tried(campaign).answer["customers"])
        self.assertEqual(self.counts(), before)

    def test_ten_at_most(self):
        many = self.Customer.concat(*(
            self.buy(self.partner(f"P{n}", email=f"p{n}@example.com"), *DORMANT) for n in range(11)
        ))  # fmt: skip
        wizard = self.tried(self.look(), customer_ids=[(6, 0, many.ids)])
        self.assertIn("10", wizard.answer["problem"])

    def test_held_out(self):
        campaign = self.look(holdout_share=0.9)
        wizard = self.tried(campaign, customer_ids=[(6, 0, (self.ada | self.bob).ids)])
        for told in wizard.answer["customers"]:
            customer = self.Customer.browse(told["id"])
            self.assertEqual(told["held_out"], campaign.sudo()._would_be(customer)[0] == "held_out")

    def test_send_to_me(self):
        campaign = self.look()
        wizard = self.env["cx.campaign.try"].with_user(self.marketer).create(
            {"campaign_id": campaign.id, "customer_ids": [(6, 0, self.ada.ids)]}
        )  # fmt: skip
        sent = []

        def send(mails):
            sent.extend((mail.subject, mail.email_to) for mail in mails)

        self.patch(type(self.env["mail.mail"]), "send", send)
        runs, traces = self.Run.search_count([]), self.env["mailing.trace"].search_count([])
        wizard.action_send_to_me()
        to = self.marketer.email_formatted
        self.assertEqual(sorted(sent), [("[TEST] First", to), ("[TEST] Second", to)])
        self.assertEqual(self.Run.search_count([]), runs)
        self.assertEqual(self.env["mailing.trace"].search_count([]), traces)

    def test_what_could_not_be_sent_is_said(self):
        wizard = self.env["cx.campaign.try"].with_user(self.marketer).create(
            {"campaign_id": self.look().id, "customer_ids": [(6, 0, self.ada.ids)]}
        )  # fmt: skip

        def refuse(*_args, **_options):
            raise OSError("no server here")

        self.patch(type(self.env["ir.mail_server"]), "_connect__", refuse)
        with (
            mute_logger("odoo.addons.mail.models.mail_mail"),
            self.assertRaisesRegex(UserError, "no server here"),
        ):
            wizard.action_send_to_me()

    def test_buying_after_more_days_than_there_are(self):
        for days in (-5, 2**31 - 1):
            wizard = self.tried(self.look(), customer_ids=[(6, 0, self.ada.ids)], reaction="buys",
                                buys_after=days)  # fmt: skip
            steps, _told = self.steps(wizard, self.ada)
            self.assertEqual(steps["First"]["state"], "done" if days > 0 else "skipped")

    def test_nobody_reads_by_the_rights_of_the_author(self):
        other = new_test_user(self.env, "look_other", "cx_lifecycle.group_marketer")
        hidden = (self.ada.partner_id | self.caller.partner_id).ids
        self.env["ir.rule"].create(
            {"name": "Hidden", "model_id": self.env["ir.model"]._get_id("res.partner"),
             "domain_force": f"[('id', 'not in', {hidden} if user.id == {other.id} else [])]"}
        )  # fmt: skip
        self.bob.partner_id.user_id = self.caller
        campaign = self.look()
        self.mail(campaign, body="<p>Yours, {{ salesperson.name }}</p>", name="Signed")
        values = {"campaign_id": campaign.id, "customer_ids": [(6, 0, (self.ada | self.bob).ids)]}
        for user, may in ((self.marketer, True), (other, False)):
            wizard = self.env["cx.campaign.try"].with_user(user).create(values)
            steps, _told = self.steps(wizard, self.ada)
            self.assertEqual("html" in steps["First"]["mail"], may)
            self.assertEqual("Ada" in steps["First"]["mail"]["to"], may)
            steps, _told = self.steps(wizard, self.bob)
            self.assertIn("Hello Bob", steps["First"]["mail"]["html"])
            self.assertEqual("html" in steps["Signed"]["mail"], may)
        self.assertIn(other.name, steps["Signed"]["mail"]["problem"])


class TestReplay(LookCase):
    def met(self, campaign):
        replay = self.env["cx.campaign.replay"].with_user(self.marketer)._begin(campaign)
        self.replay = replay
        return {
            (line.partner_id.name, line.day): line.bought_on or None for line in replay.line_ids
        }

    def past(self, name, *days, **values):
        partner = self.partner(name, email=f"{name}@example.com", **values)
        return self.buy(partner, *days)

    def only(self, *names, **values):
        return self.look(domain=str([("name", "in", names)]), **values)

    def test_purchases(self):
        self.past("First", 300, 280, 100)
        self.past("Once", 50)
        campaign = self.only("First", "Once", entry="first_purchase")
        self.assertEqual(self.met(campaign), {("First", ago(300)): ago(280),
                                              ("Once", ago(50)): None})  # fmt: skip
        campaign = self.only("First", "Once", entry="second_purchase")
        self.assertEqual(self.met(campaign), {("First", ago(280)): None})

    def test_stages(self):
        customer = self.past("Staged", 60)
        stages = {code: self.stage(code).id for code in ("active", "dormant")}
        self.env.cr.execute("DELETE FROM cx_episode WHERE customer_id = %s", [customer.id])
        for stage, previous, since, left, silent in (
            ("dormant", "active", 200, 150, False), ("dormant", "active", 400, 390, False),
            ("active", "dormant", 150, 100, False), ("dormant", "active", 100, 62, True),
            ("dormant", "active", 62, None, False),
        ):  # fmt: skip
            self.env["cx.episode"].sudo().create(
                {"customer_id": customer.id, "company_id": self.company.id,
                 "stage_id": stages[stage], "previous_stage_id": stages[previous],
                 "entered_on": ago(since), "left_on": left and ago(left), "reason": "silence",
                 "silent": silent}
            )  # fmt: skip
        campaign = self.only("Staged")
        self.assertEqual(
            self.met(campaign), {("Staged", ago(200)): None, ("Staged", ago(62)): ago(60)}
        )
        campaign.stage_days = 55
        self.assertEqual(self.met(campaign), {("Staged", ago(7)): None})

    def test_going_quiet_is_what_the_rules_say_after_each_purchase(self):
        customer = self.past("Quiet", 330, 300, 270, 240, 100)
        campaign = self.only("Quiet", entry="going_quiet", quiet_days=14)
        met = self.met(campaign)
        # the same day as the night worked out then
        expected = {}
        for count, last in ((4, 240), (5, 100)):
            twin = self.buy(self.partner(f"Twin {last}"), *(330, 300, 270, 240, 100)[:count])
            if count == 5:
                self.assertEqual(twin.dormant_on, customer.dormant_on)
            day = twin.dormant_on - timedelta(days=14)
            if day < TODAY:
                expected["Quiet", day] = None
        self.assertTrue(expected)
        self.assertEqual({key: what for key, what in met.items() if key[1] > ago(240)}, expected)

    def test_anniversary(self):
        customer = self.past("Yearly", 500, 480, 130)
        field = self.env["ir.model.fields"]._get("cx.customer", "first_purchase_on")
        campaign = self.only("Yearly", entry="anniversary", date_field_id=field.id, date_days=2)
        first = customer.first_purchase_on
        on = fields.Date.add(first, years=1) + timedelta(days=2)
        self.assertEqual(self.met(campaign), {("Yearly", on): ago(130)})

    def test_taken_as_of_today(self):
        self.past("Here", 100)
        self.past("Blocked", 100)
        self.env["mail.blacklist"]._add("blocked@example.com")
        self.past("Elsewhere", 100, city="Lille")
        campaign = self.look(
            entry="first_purchase",
            domain=str([("name", "in", ["Here", "Blocked", "Elsewhere"]), ("city", "=", False)]),
        )
        self.assertEqual(self.met(campaign), {("Here", ago(100)): None})

    def test_numbers_are_lists(self):
        self.past("One", 300, 280)
        self.past("Two", 299, 100)
        self.met(self.only("One", "Two", entry="first_purchase"))
        figures = self.replay.figures
        self.assertEqual((figures["met"], figures["bought"]), (2, 1))
        for month in [*figures["months"], {**figures, "code": None}]:
            for what in ("met", "bought"):
                action = self.replay.action_lines(what, month["code"])
                lines = self.env[action["res_model"]].with_user(self.marketer)
                self.assertEqual(lines.search_count(action["domain"]), month[what])

    def test_by_hand_has_no_past(self):
        with self.assertRaises(UserError):
            self.look(entry="manual").action_replay()

    def test_nothing_is_written(self):
        campaign = self.look()
        before = self.counts()
        self.met(campaign)
        self.assertEqual(self.counts(), before)
