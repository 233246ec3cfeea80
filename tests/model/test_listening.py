"""What customers say: from the purchase to the score on the contact, and their figures."""

from datetime import datetime, timedelta

import psycopg2
from model.common import TODAY, ago
from model.test_campaign_mail import MailCase
from model.test_touchpoints import TouchpointCase

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger


class Answers:
    """Mixed into a case: people answer surveys."""

    def survey(self, name="hot"):
        return self.env.ref(f"cx_lifecycle_mail.survey_{name}")

    def question(self, survey):
        return survey.question_ids.filtered("cx_measure")

    def fill(self, user_input, *values):
        """Answer the measured questions of a survey, and finish it as a person does."""
        for question, value in zip(self.question(user_input.survey_id), values, strict=True):
            user_input._save_lines(question, str(value))
        user_input._mark_done()
        self.env.flush_all()

    def answer(self, partner, *values, name="hot", days=0, survey=None):
        """An answer of a person so many days ago; nothing is read of it yet."""
        found = (survey or self.survey(name))._create_answer(partner=partner, check_attempts=False)
        self.fill(found, *values)
        if days:
            found.end_datetime = datetime.combine(ago(days), datetime.min.time()) + timedelta(
                hours=12
            )
            self.env.flush_all()
        return found

    def read_all(self):
        """What the job of the hour does, once the past was read."""
        sources = self.env["cx.touchpoint.source"]
        for source in sources.search([("satisfaction_path", "!=", False)]).filtered("installed"):
            if not source.fed_at:
                source._feed()
        self.env.flush_all()
        sources._cron_listen()


class TestMeasures(TouchpointCase, Answers):
    def told(self):
        self.read_all()
        interaction = self.env.ref("cx_lifecycle.interaction_answers_survey")
        return self.Touchpoint.search([("interaction_id", "=", interaction.id)])

    def test_each_measure_on_its_scale(self):
        for name, value, expected in (
            ("hot", 1, 0.0), ("hot", 4, 7.5), ("complaint", 1, 0.0), ("complaint", 7, 10.0),
            ("cold", 0, 0.0), ("cold", 8, 8.0),
        ):  # fmt: skip
            with self.subTest(f"{name} {value}"):
                self.answer(self.ada, value, name=name)
                last = self.told()[:1]
                self.assertTrue(last.rated)
                self.assertEqual(last.satisfaction, expected)
                self.assertEqual(self.customer.satisfaction_last, expected)

    def test_one_answered_survey_is_one_touchpoint(self):
        survey = self.survey().copy()
        for sequence, (measure, low, high) in enumerate((("nps", 0, 10), ("ces", 1, 7))):
            self.env["survey.question"].create(
                {
                    "survey_id": survey.id, "title": measure, "question_type": "scale",
                    "scale_min": low, "scale_max": high, "cx_measure": measure,
                    "sequence": 100 + sequence,
                }
            )  # fmt: skip
        self.answer(self.ada, 2, 9, 7, survey=survey)
        for source in self.Sources.search([("model", "like", "survey")]):
            self.feed(source)
        found = self.told()
        self.assertEqual(len(found), 1)
        self.assertEqual(found.satisfaction, 2.5, "satisfaction says it before ease and the rest")
        answers = self.env["cx.answer"].search([("survey_id", "=", survey.id)])
        self.assertEqual({a.measure: a.value for a in answers}, {"csat": 2, "nps": 9, "ces": 7})

    def test_finished_later_than_answered(self):
        self.read_all()
        survey = self.survey()
        answer = survey._create_answer(partner=self.ada, check_attempts=False)
        answer._save_lines(self.question(survey), "2")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE survey_user_input_line SET write_date = now() - interval '5 hours'"
        )
        self.env.invalidate_all()
        self.assertFalse(self.told())
        crons = self.env["ir.cron.trigger"]
        before = crons.search_count([])
        answer._mark_done()
        self.env.flush_all()
        self.assertEqual(crons.search_count([]), before + 1, "it is read at once")
        self.assertEqual(self.told().satisfaction, 2.5)

    def test_an_answer_that_is_deleted_or_a_test_tells_nothing_at_once(self):
        self.read_all()
        first, second, third = (self.answer(self.ada, value) for value in (5, 4, 1))
        self.assertEqual(len(self.told()), 3)
        self.assertEqual(self.customer.satisfaction_last, 0.0)
        third.with_user(
            new_test_user(self.env, "say_survey", "survey.group_survey_manager")
        ).unlink()
        self.assertEqual(self.customer.satisfaction_last, 7.5)
        second.user_input_line_ids.unlink()
        self.assertEqual(self.customer.satisfaction_last, 10.0)
        self.env.cr.execute(
            "UPDATE survey_user_input_line SET write_date = now() - interval '5 hours'"
        )
        self.env.invalidate_all()
        self.read_all()
        first.test_entry = True
        self.env.flush_all()
        self.assertFalse(self.told())
        self.assertIs(self.customer.satisfaction_last, False)

    def test_who_answers_is_told_nothing_of_our_troubles(self):
        survey = self.survey("channels")
        phone = self.env.ref("cx_lifecycle_mail.survey_channels_all_phone")
        answer = survey._create_answer(partner=self.ada, check_attempts=False)
        answer._save_lines(phone.question_id, str(phone.id))
        phone.cx_channel_id.offered = False
        self.env.ref("cx_lifecycle.cron_listen").unlink()
        answer._mark_done()
        self.assertEqual(answer.state, "done")
        self.assertFalse(self.ada.cx_channel_preference_ids)

    def test_tests_and_what_was_skipped_tell_nothing(self):
        answer = self.answer(self.ada, 3)
        answer.test_entry = True
        skipped = self.answer(self.ada, 3)
        skipped.user_input_line_ids.write({"skipped": True, "answer_type": False})
        self.assertFalse(self.told())
        self.assertFalse(self.env["cx.answer"].search([]))

    def test_a_measure_has_its_scale_and_is_asked_once(self):
        question = self.question(self.survey())
        for values in ({"scale_max": 6}, {"question_type": "numerical_box"}, {"cx_measure": "ces"}):
            with self.assertRaisesRegex(ValidationError, "Measures"), self.env.cr.savepoint():
                question.write(values)
        with self.assertRaises(psycopg2.errors.UniqueViolation), mute_logger("odoo.sql_db"):
            question.copy()

    def test_a_measure_that_is_changed_is_read_again(self):
        self.answer(self.ada, 3)
        self.told()
        source = self.env.ref("cx_lifecycle_mail.touchpoint_source_csat")
        self.assertTrue(source.fed_at)
        self.question(self.survey()).cx_measure = False
        self.assertFalse(source.fed_at)
        for each in self.Sources.search([("model", "like", "survey")]):
            self.feed(each)
        self.assertEqual(self.told().mapped("rated"), [False], "answered, without a measure")
        self.assertIs(self.customer.satisfaction_last, False)

    def test_ratings_are_those_that_were_given(self):
        conditions = list(self.source("rating")._parsed_domain())
        self.assertIn(("consumed", "=", True), conditions)
        self.assertIn(("rating", ">=", 1), conditions, "0 is no rating yet")


class TestFigures(TouchpointCase, Answers):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "UTC"
        cls.rep = new_test_user(cls.env, "say_rep", "sales_team.group_sale_salesman")
        cls.marketer = new_test_user(cls.env, "say_marketer", "cx_lifecycle.group_marketer")
        cls.bob = cls.partner("Bob", user_id=cls.rep.id)
        cls.eve = cls.partner("Eve", user_id=cls.marketer.id)
        cls.refresh(cls.bob | cls.eve)

    def figures(self, measure="nps", user=None, **asked):
        asked = {"since": ago(60), "until": TODAY, **asked}
        found = self.env["cx.listening"].with_user(user or self.marketer).figures(**asked)
        return {each["measure"]: each for each in found["measures"]}[measure]

    def opened(self, numbered, user=None):
        found = self.env[numbered["model"]].with_user(user or self.marketer)
        return found.search(numbered["domain"])

    def test_score_distribution_and_before(self):
        for days, value in ((90, 10), (80, 2), (59, 0), (20, 10), (10, 9), (0, 7)):
            self.answer(self.ada, value, name="cold", days=days)
        found = self.figures()
        self.assertEqual((found["answers"], found["score"]), (4, 25.0))
        self.assertEqual(found["text"], "+25")
        self.assertLess(found["low"], 25)
        self.assertGreater(found["high"], 25)
        given = {bar["value"]: bar["count"] for bar in found["distribution"]}
        self.assertEqual([given[n] for n in (0, 7, 9, 10)], [1, 1, 1, 1])
        self.assertEqual(sum(given.values()), 4)
        bands = [(band["label"], band["count"]) for band in found["bands"]]
        self.assertEqual(bands, [("Detractors", 1), ("Passives", 1), ("Promoters", 2)])
        self.assertEqual(found["before"]["answers"], 2)
        self.assertEqual((found["before"]["score"], found["change"]), (0.0, 25.0))
        self.assertEqual(found["change_text"], "+25")
        self.assertEqual(sum(month["answers"] for month in found["months"]), 4)
        self.assertEqual(self.figures("csat")["answers"], 0)
        self.assertIsNone(self.figures("csat")["score"])

    def test_every_number_opens_its_list(self):
        for days, value in ((40, 3), (20, 10), (10, 10), (0, 7)):
            self.answer(self.ada, value, name="cold", days=days)
        found = self.figures()
        self.assertEqual(len(self.opened(found["list"])), found["answers"])
        for part in [*found["distribution"], *found["bands"], *found["months"]]:
            number = part.get("count", part.get("answers"))
            self.assertEqual(len(self.opened(part["list"])), number)

    def test_percent_and_mean(self):
        for value in (5, 4, 4, 1):
            self.answer(self.ada, value)
        for value in (7, 6):
            self.answer(self.ada, value, name="complaint")
        self.assertEqual(self.figures("csat")["text"], "75 %")
        self.assertEqual(self.figures("ces")["text"], "6.5")

    def test_reps_hear_their_own_customers(self):
        for person, value in ((self.ada, 10), (self.bob, 0), (self.eve, 10)):
            self.answer(person, value, name="cold")
        self.assertEqual(self.figures()["answers"], 3)
        found = self.figures(user=self.rep)
        self.assertEqual((found["answers"], found["score"]), (2, 0.0), "nobody's, and the own")
        answers = self.opened(found["list"], self.rep)
        self.assertEqual(answers.person_id, self.ada | self.bob)
        plain = new_test_user(self.env, "say_plain", "base.group_user")
        with self.assertRaises(AccessError):
            self.figures(user=plain)

    def test_a_filter_on_customers(self):
        for person, value in ((self.ada, 10), (self.bob, 0)):
            self.answer(person, value, name="cold")
        found = self.figures(domain=[("user_id", "=", self.rep.id)])
        self.assertEqual(found["score"], -100.0)
        self.assertEqual(self.opened(found["list"]).person_id, self.bob)
        with self.assertRaisesRegex(UserError, "Filter"):
            self.figures(domain=[("nowhere", "=", 1)])
        with self.assertRaisesRegex(UserError, "Period"):
            self.figures(since=TODAY, until=ago(3))

    def test_each_company_its_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.answer(self.ada, 10, name="cold")
        self.marketer.company_ids |= other
        here = self.env["cx.listening"].with_user(self.marketer).with_company(other)
        self.assertFalse(any(m["answers"] for m in here.figures()["measures"]))

    def test_who_is_no_customer_is_not_counted(self):
        self.answer(self.partner("Nobody"), 10, name="cold")
        self.assertEqual(self.figures()["answers"], 0)

    def test_the_number_of_queries_is_fixed(self):
        def cost():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.figures()
            return self.env.cr.sql_log_count - before

        self.answer(self.ada, 3, name="cold")
        self.figures()
        few = cost()
        for days in range(0, 50, 5):
            self.answer(self.ada, 3, name="cold", days=days)
        self.assertEqual(cost(), few)
        self.assertLess(few, 40)

    def test_erased_with_the_person(self):
        answer = self.answer(self.bob, 0, name="cold")
        self.assertEqual(self.figures()["answers"], 1)
        self.bob.unlink()
        self.assertEqual(self.figures()["answers"], 0)
        self.assertTrue(answer.exists(), "Odoo's record of the survey is Odoo's")


class TestFromPurchaseToScore(MailCase, Answers):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"cx_survey_gap_days": 30})
        cls.company.partner_id.tz = "UTC"
        cls.env.user.email = "care@example.com"

    def test_it(self):
        source = self.env.ref("cx_lifecycle.touchpoint_source_order")
        source._feed()
        preset = self.env.ref("cx_lifecycle_mail.campaign_preset_hot_purchase")
        campaign = self.env["cx.campaign"].browse(preset.action_use()["res_id"])
        campaign.step_ids.hour = False
        campaign._launch()
        campaign.sudo().write({"launched_on": ago(10)})
        self.read_all()
        bad = self.env["cx.warning.kind"].search([("code", "=", "bad_score")])
        bad._look()
        # bought three days ago; the night reads it
        self.order(self.contact, ago(3))
        source._feed()
        self.work()
        self.assertEqual(campaign.run_ids.customer_id, self.customer)
        self.assertEqual(self.people(), ["ada@example.com"])
        act = campaign.run_ids.act_ids
        answer = self.env["survey.user_input"].search([("cx_act_id", "=", act.id)])
        self.assertEqual(answer.survey_id, self.survey())
        self.assertFalse(act.answered)
        self.fill(answer, 1)
        self.env["cx.touchpoint.source"]._cron_listen()
        self.assertEqual(self.customer.satisfaction_last, 0.0, "the worst, and an answer")
        sign = self.env["cx.warning"].search([("kind_id", "=", bad.id)])
        self.assertEqual(sign.customer_id, self.customer, "known within the hour")
        self.assertEqual(sign.began_on, TODAY)
        self.assertEqual(self.customer.satisfaction_on, TODAY)
        self.assertEqual(self.contact.cx_satisfaction_last, 0.0)
        self.assertIn(
            self.contact, self.env["res.partner"].search([("cx_satisfaction_last", "<", 3)])
        )
        self.env.invalidate_all()
        self.assertTrue(act.answered)
        figures = self.env["cx.listening"].figures()["measures"]
        csat = {each["measure"]: each for each in figures}["csat"]
        self.assertEqual((csat["score"], csat["sent"], csat["answered"]), (0.0, 1, 1))
        for name in ("sent", "answered"):
            listed = csat[f"{name}_list"]
            self.assertEqual(self.env[listed["model"]].search(listed["domain"]), act)
        # an answer to the survey is no reply that ends anything else, and nobody is asked again
        self.order(self.contact, TODAY)
        source._feed()
        self.work()
        self.assertEqual(len(campaign.run_ids), 1)

    def test_a_purchase_taken_back_asks_nobody(self):
        source = self.env.ref("cx_lifecycle.touchpoint_source_order")
        source._feed()
        campaign = self.launched(
            "touchpoint", members="future", touchpoint_days=3, steps=[{"kind": "wait"}],
            touchpoint_interaction_ids=self.env.ref("cx_lifecycle.interaction_buys").ids,
        )  # fmt: skip
        campaign.sudo().write({"launched_on": ago(10)})
        order = self.order(self.contact, ago(3))
        source._feed()
        order._action_cancel()
        source._feed()
        campaign._look()
        self.assertFalse(campaign.run_ids)

    def test_erasure_takes_the_address_out_of_our_invitation(self):
        campaign = self.campaign(steps=[])
        step = self.step(campaign, kind="survey", survey_id=self.survey().id)
        self.content(step, "Ask", body='<p><a href="{{survey.link}}">x</a></p>')
        campaign._launch()
        self.work()
        answer = self.env["survey.user_input"].search(
            [("cx_act_id", "in", campaign.run_ids.act_ids.ids)]
        )
        self.assertEqual(answer.email, "ada@example.com")
        partner = self.partner("Other", email="other@example.com")
        other = self.survey()._create_answer(partner=partner, check_attempts=False)
        self.env["cx.campaign.act"]._forget(self.contact.ids)
        self.assertFalse(answer.email or answer.nickname)
        self.assertEqual(other.email, "other@example.com")
