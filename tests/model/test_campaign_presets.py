"""Campaign presets: each builds a draft that could be launched, in every language."""

import re
from unittest.mock import patch

from lxml import html
from model.common import LifecycleCase

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

CODES = {
    "welcome", "second_purchase", "thanks", "going_quiet", "wake_dormant", "win_back",
    "cold_survey", "anniversary", "hot_purchase", "hot_delivery", "hot_complaint",
}  # fmt: skip
VARIABLES = {
    "person.name", "customer.name", "salesperson.name", "salesperson.phone", "salesperson.email",
    "company.name", "purchase.date", "survey.link", "coupon.code", "preferences.link",
}  # fmt: skip
CONDITIONS = {
    "need": {"security", "pride", "novelty", "comfort", "money", "sympathy"},
    "role": {"prescriber", "user", "buyer", "payer", "decider"},
    "stage": {"suspect", "prospect", "new", "active", "dormant", "lost"},
}
TEXTS = ("subject", "preview", "body_arch", "body_html")


def expressions(text):
    """What stands between {{ and }}, without defaults."""
    return [found.split("|||")[0].strip() for found in re.findall(r"{{(.*?)}}", text or "")]


class TestCampaignPresets(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.user = cls.marketer("preset_marketer")
        cls.presets = cls.env["cx.campaign.preset"].with_user(cls.user).search([])

    @classmethod
    def marketer(cls, login, **values):
        return new_test_user(cls.env, login, "cx_lifecycle.group_marketer", **values)

    def preset(self, code, user=None):
        preset = self.env.ref(f"cx_lifecycle_mail.campaign_preset_{code}")
        return preset.with_user(user or self.user)

    def build(self, preset):
        """Press the button; the campaign that opens."""
        action = preset.action_use()
        self.assertEqual(action["res_model"], "cx.campaign")
        self.env.flush_all()  # so that the database has its say
        return preset.env["cx.campaign"].browse(action["res_id"])

    def assertTexts(self, mailing):
        """Nothing to be filled in by hand, nothing that the contents' language does not know."""
        self.assertTrue(all(mailing[name] for name in TEXTS), TEXTS)
        for name in TEXTS:
            depth = 0
            for expression in expressions(mailing[name]):
                word, _, rest = expression.partition(" ")
                if word == "if":
                    subject, equals, value = rest.split()
                    self.assertEqual(equals, "=")
                    self.assertIn(value, CONDITIONS[subject])
                    depth += 1
                elif expression in ("else", "end"):
                    self.assertEqual(depth, 1, "an if before it, and none inside another")
                    depth -= expression == "end"
                else:
                    self.assertIn(expression, VARIABLES)
            self.assertEqual(depth, 0, "every if has its end")
            self.assertNotIn("%20", mailing[name], "links are variables without spaces")
            self.assertNotRegex(mailing[name], r"(?i)lorem|\bTODO\b|xxx|\[\w+\]")
        self.assertEqual(expressions(mailing.body_arch), expressions(mailing.body_html))
        self.assertIn("preferences.link", expressions(mailing.body_html), "the way out")

    # ------------------------------------------------------------------ what is built
    def test_all_are_there(self):
        self.assertEqual(set(self.presets.mapped("code")), CODES)
        self.assertTrue(all(preset.purpose and preset.icon for preset in self.presets))

    def test_each_builds_a_draft(self):
        for preset in self.presets:
            with self.subTest(preset.code):
                campaign = self.build(preset)
                self.assertEqual(campaign.state, "draft")
                self.assertEqual(campaign.company_id, self.company)
                self.assertEqual(campaign.user_id, self.user)
                self.assertEqual(campaign.name, preset.name)
                self.assertEqual(campaign.topic_id, preset.topic_id)
                self.assertTrue(campaign.topic_id)
                self.assertIn("@", campaign.email_from)
                for name, value in preset.values.items():
                    self.assertEqual(campaign[name], value, name)
                self.assertEqual(len(campaign.step_ids), len(preset.step_ids))
                for step in campaign.step_ids:
                    self.assertTrue(step.activity_type_id or step.mailing_ids)

    def test_steps_are_reached_from_the_entry(self):
        for preset in self.presets:
            with self.subTest(preset.code):
                campaign = self.build(preset)
                reached = campaign.step_ids.filtered(lambda step: step.trigger == "entry")
                self.assertTrue(reached)
                self.assertFalse(reached.parent_id)
                while following := reached.child_ids - reached:
                    reached |= following
                self.assertEqual(reached, campaign.step_ids)
                days = [step.delay for step in campaign.step_ids]
                self.assertLess(sum(days), campaign.max_days, "it ends of itself before")

    def test_contents_in_every_language(self):
        for preset in self.presets:
            for step in self.build(preset).step_ids:
                with self.subTest(preset.code, step=step.name):
                    mails = step.mailing_ids
                    if step.kind == "activity":
                        self.assertFalse(mails)
                        self.assertTrue(step.activity_summary and step.activity_note)
                        continue
                    self.assertEqual(sorted(mails.mapped("cx_lang")), ["en_US", "fr_FR"])
                    self.assertEqual(set(mails.mapped("mailing_type")), {"mail"})
                    for mailing in mails:
                        self.assertTexts(mailing)
                    english, french = mails.sorted("cx_lang")
                    for name in TEXTS:
                        self.assertCountEqual(expressions(english[name]), expressions(french[name]))

    def test_arguments_fit_the_need(self):
        fitting = set()
        for preset in self.presets:
            for mailing in self.build(preset).step_ids.mailing_ids:
                if any(e.startswith("if need") for e in expressions(mailing.body_html)):
                    fitting.add(preset.code)
        self.assertEqual(fitting, {"second_purchase", "going_quiet", "wake_dormant"})

    def test_surveys_are_linked_where_they_are_asked(self):
        for preset in self.presets:
            for step in self.build(preset).step_ids:
                with self.subTest(preset.code, step=step.name):
                    self.assertEqual(step.kind == "survey", bool(step.survey_id))
                    for mailing in step.mailing_ids:
                        for name in ("body_arch", "body_html"):
                            links = html.fromstring(mailing[name]).xpath("//a/@href")
                            asked = ["{{survey.link}}"] * (step.kind == "survey")
                            self.assertEqual(links, [*asked, "{{preferences.link}}"])

    def test_the_editor_finds_its_layout(self):
        mailing = self.build(self.preset("welcome")).step_ids.mailing_ids[:1]
        arch = html.fromstring(mailing.body_arch)
        self.assertIn("o_layout", arch.get("class"))
        self.assertIn("o_default_theme", arch.get("class"))
        self.assertTrue(arch.xpath("//*[contains(@class, 'oe_structure')]//section"))
        # mail programs know no classes, and phones are narrow
        sent = html.fromstring(mailing.body_html)
        self.assertFalse(sent.xpath("//p[not(@style)] | //a[not(@style)]"))
        self.assertFalse(sent.xpath("//*[@width > 320]"))

    # --------------------------------------------------------------------- languages
    def french(self, record, **words):
        """Give translatable texts a French translation; of HTML, every term the same."""
        for name, text in words.items():
            field = record._fields[name]
            if field.translate is True:
                record.update_field_translations(name, {"fr_FR": text})
            else:
                terms = dict.fromkeys(field.get_trans_terms(record[name]), text)
                record.update_field_translations(name, {"fr_FR": terms})

    def test_translations_are_taken_along(self):
        preset = self.preset("going_quiet").sudo()
        mail, call = preset.step_ids
        self.french(preset, name="Se taisent")
        self.french(mail, name="Offre", subject="Sujet", preview="Aperçu", body="Corps « d’été »")
        self.french(call, activity_summary="Appel", activity_note="Demander < 3\xa0fois")
        for lang in ("en_US", "fr_FR"):
            with self.subTest(lang):
                campaign = self.build(self.preset("going_quiet").with_context(lang=lang))
                english = campaign.with_context(lang="en_US")
                french = campaign.with_context(lang="fr_FR")
                self.assertTrue(english.name.startswith("Customers going quiet"))
                self.assertTrue(french.name.startswith("Se taisent"))
                self.assertEqual(english.step_ids[0].name, "Three useful things")
                self.assertEqual(french.step_ids[0].name, "Offre")
                self.assertIn("before the customer", english.step_ids[1].activity_summary)
                self.assertEqual(french.step_ids[1].activity_summary, "Appel")
                self.assertIn("A week after our message", english.step_ids[1].activity_note)
                note = html.fromstring(french.step_ids[1].activity_note)
                self.assertEqual(note.text_content(), "Demander < 3\xa0fois")
                contents = {m.cx_lang: m for m in campaign.step_ids.mailing_ids}
                self.assertEqual(contents["fr_FR"].subject, "Sujet")
                self.assertEqual(contents["fr_FR"].preview, "Aperçu")
                self.assertEqual(contents["en_US"].subject, "What can we prepare for you?")
                for name in ("body_arch", "body_html"):
                    self.assertIn("Corps « d’été »", contents["fr_FR"][name])
                    self.assertNotIn("Your last purchase", contents["fr_FR"][name])
                    self.assertIn("Your last purchase", contents["en_US"][name])

    def test_other_languages_get_the_english_texts(self):
        self.env["res.lang"]._activate_lang("de_DE")
        contents = self.build(self.preset("anniversary")).step_ids.mailing_ids
        by_lang = {mailing.cx_lang: mailing for mailing in contents}
        self.assertEqual(set(by_lang), {"de_DE", "en_US", "fr_FR"})
        for name in TEXTS:
            self.assertEqual(by_lang["de_DE"][name], by_lang["en_US"][name])

    # ------------------------------------------------------------- twice, companies
    def test_twice_is_two_drafts(self):
        preset = self.preset("win_back")
        first, second, third = (self.build(preset) for _ in range(3))
        self.assertEqual(len(first | second | third), 3)
        self.assertEqual(first.name, preset.name)
        self.assertEqual(second.name, f"{preset.name} (2)")
        self.assertEqual(third.name, f"{preset.name} (3)")
        french = second.with_context(lang="fr_FR").name
        self.assertEqual(french, f"{preset.with_context(lang='fr_FR').name} (2)")
        self.assertFalse(first.step_ids & second.step_ids)
        self.assertFalse(first.step_ids.mailing_ids & second.step_ids.mailing_ids)
        first.active = False
        self.assertEqual(self.build(preset).name, f"{preset.name} (4)", "archived ones count too")

    def test_two_companies_have_their_own(self):
        other = self.env["res.company"].create({"name": "Other", "email": "hello@other.example"})
        both = self.marketer("preset_both", company_ids=[(6, 0, [self.company.id, other.id])])
        preset = self.preset("second_purchase", both)
        here = self.build(preset.with_company(self.company))
        there = self.build(preset.with_company(other))
        self.assertEqual((here.company_id, there.company_id), (self.company, other))
        self.assertEqual(here.name, there.name, "names are counted in each company")
        self.assertIn("hello@other.example", there.email_from)
        self.assertEqual(there.step_ids.company_id, other)
        with self.assertRaises(AccessError):
            self.preset("second_purchase")._build(other)

    def test_nobody_to_write_from(self):
        company = self.env["res.company"].create({"name": "Mute"})
        ids = (self.company | company).ids
        user = self.marketer("preset_mute", company_ids=[(6, 0, ids)], email=False)
        self.env["mail.alias.domain"].search([]).unlink()
        with self.assertRaisesRegex(UserError, "E-mail.*Mute"):
            self.preset("welcome", user)._build(company)

    # ------------------------------------------------------------------- conditions
    def test_a_coupon_only_where_there_are_coupons(self):
        first = self.build(self.preset("win_back")).step_ids[0]
        if "loyalty.program" not in self.env:
            self.assertFalse(first.coupon_program)
            self.assertNotIn("coupon.code", "".join(first.mailing_ids.mapped("body_html")))
        steps, lines = self.env["cx.campaign.step"], self.env["cx.campaign.preset.step"]
        with (
            patch.object(type(steps), "_coupon_programs", lambda *_: [("7", "Come back")]),
            patch.object(type(lines), "_coupon_program", lambda *_: "7"),
            # whether the author may make coupons is asked of the loyalty app, which is not there
            patch.object(type(steps), "_refused_coupon", lambda *_: "", create=True),
        ):
            campaign = self.build(self.preset("win_back"))
            first, last = campaign.step_ids
            self.assertEqual(first.coupon_program, "7")
            for mailing in first.mailing_ids:
                self.assertIn("coupon.code", mailing.body_arch)
                self.assertTexts(mailing)
            self.assertFalse(last.coupon_program)
            self.assertNotIn("coupon.code", "".join(last.mailing_ids.mapped("body_html")))

    def test_calls_are_of_the_company_s_kind(self):
        call = self.build(self.preset("wake_dormant")).step_ids.activity_type_id
        self.assertEqual(call, self.env.ref("mail.mail_activity_data_call"))
        self.company.cx_activity_type_id = self.env["mail.activity.type"].create({"name": "Visit"})
        call = self.build(self.preset("wake_dormant")).step_ids.activity_type_id
        self.assertEqual(call, self.company.cx_activity_type_id)

    def test_surveys_need_no_login(self):
        asked = {
            "hot": (2, "csat", (1, 5)), "delivery": (2, "csat", (1, 5)),
            "complaint": (2, "ces", (1, 7)), "cold": (3, "nps", (0, 10)),
        }  # fmt: skip
        for name, (questions, measure, ends) in asked.items():
            survey = self.env.ref(f"cx_lifecycle_mail.survey_{name}")
            self.assertEqual(len(survey.question_ids), questions)
            self.assertEqual(survey.access_mode, "token")
            self.assertFalse(survey.users_login_required)
            self.assertFalse(survey.certification)
            self.assertTrue(survey.users_can_go_back)
            self.assertFalse(survey.lang_ids, "all that are installed")
            survey.check_validity()
            scale, *others = survey.question_ids
            self.assertEqual(scale.cx_measure, measure)
            self.assertEqual((scale.scale_min, scale.scale_max), ends)
            self.assertTrue(scale.constr_mandatory)
            self.assertFalse(any(question.constr_mandatory for question in others))
            answer = survey._create_answer(partner=self.partner(), check_attempts=False)
            self.assertTrue(answer.access_token)

    # ------------------------------------------------------------------ what they do
    def test_a_purchase_taken_back_is_nothing_to_thank_for(self):
        for code, past in (("welcome", ()), ("thanks", (40,))):
            with self.subTest(code):
                campaign = self.build(self.preset(code)).sudo()
                campaign.write({"holdout_share": 0, "members": "both"})
                partner = self.partner(email=f"{code}@example.com")
                self.buy(partner, *past)
                order = self.order(partner)
                campaign._launch()
                campaign._look()
                run = campaign.run_ids.filtered(lambda r, of=partner: r.partner_id == of)
                self.assertEqual((run.state, run.act_ids.mapped("state")), ("running", ["waiting"]))
                order._action_cancel()
                self.assertEqual((run.state, run.reason), ("stopped", "stage_left"))
                self.assertEqual(run.act_ids.mapped("state"), ["skipped"])

    # ----------------------------------------------------------------------- rights
    def test_nothing_is_sent(self):
        self.buy(self.partner(email="ada@example.com"), 300, 200)
        models = ("mail.mail", "mailing.trace", "mail.activity", "cx.campaign.run",
                  "cx.campaign.act")  # fmt: skip
        count = lambda: {m: self.env[m].sudo().search_count([]) for m in models}  # noqa: E731
        before = count()
        for preset in self.presets:
            campaign = self.build(preset)
            self.assertFalse(campaign.launched_at)
            self.assertEqual(set(campaign.step_ids.mailing_ids.mapped("state")) - {"draft"}, set())
        self.assertEqual(count(), before)

    def test_marketers_only(self):
        rep = new_test_user(self.env, "preset_rep", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.preset("welcome", rep).action_use()
        with self.assertRaises(AccessError):
            self.env["cx.campaign.preset"].with_user(rep).search([])
        with self.assertRaises(AccessError):
            self.preset("welcome").purpose = "Mine"
        views = self.env["cx.campaign.preset"].with_user(self.user).get_views([(False, "kanban")])
        self.assertIn("action_use", views["views"]["kanban"]["arch"])
