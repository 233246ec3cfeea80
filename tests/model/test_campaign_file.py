"""A campaign leaves as a file and comes back the same; a file that is wrong makes nothing."""

import base64
import json
from types import SimpleNamespace

from model.campaigns import CampaignCase

from odoo import Command, models
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from odoo.addons.cx_lifecycle_mail.models import cx_campaign_file as file

SAID = ["problem", "summary", "new_topic", "lacks_activity_type", "lacks_action"]
# of the machine, of figures, or of what surrounds a campaign
LEFT_OUT = {
    "cx.campaign": {
        "active", "company_id", "end_on", "name", "run_ids", "step_ids", "user_id",
        "utm_campaign_id",
    },
    "cx.campaign.step": {"active", "campaign_id", "child_ids", "mailing_ids", "name", "parent_id"},
}  # fmt: skip


class FileCase(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.user = new_test_user(
            cls.env, "file_marketer", "cx_lifecycle.group_marketer,base.group_partner_manager",
            email="marie@example.com",
        )  # fmt: skip
        cls.presets = cls.env["cx.campaign.preset"].with_user(cls.user).search([])

    def used(self, code="wake_dormant"):
        preset = self.presets.filtered(lambda preset: preset.code == code)
        return preset._build(self.company)

    def imported(self, values, user=None, **choices):
        """What the dialog makes of a file."""
        text = values if isinstance(values, bytes | str) else json.dumps(values)
        data = base64.b64encode(text if isinstance(text, bytes) else text.encode())
        wizard = self.env["cx.campaign.import"].with_user(user or self.user)
        wizard = wizard.create({"data": data, **choices})
        said = SimpleNamespace(**wizard.read(SAID)[0])
        action = wizard.action_import()
        return wizard.env["cx.campaign"].browse(action["res_id"]), said

    def rich(self):
        """A campaign with a step of every kind and a value in every field."""
        env = self.env(user=self.user)
        names = {"en_US": "Everything", "fr_FR": "Tout"}
        released = self.env["ir.actions.server"].create(
            {"name": "Gift", "model_id": self.env["ir.model"]._get_id("res.partner"),
             "state": "code", "code": "pass"}
        )  # fmt: skip
        released.with_user(self.env.ref("base.user_admin")).cx_released = True
        tag = self.env["res.partner.category"].create({"name": "Gold"})
        dates = self.env["ir.model.fields"]._get("cx.customer", "dormant_on")
        campaign = env["cx.campaign"].create(
            {
                "name": names["en_US"], "entry": "becomes", "stage_days": 3,
                "stage_id": self.stage("dormant").id, "email_from": "care@example.com",
                "from_stage_ids": [Command.set((self.stage("new") | self.stage("active")).ids)],
                "topic_id": env["cx.topic"].create({"name": "Offers of spring"}).id,
                "domain": "[('name', 'ilike', 'a')]", "holdout_share": 0.25, "stop_deal": True,
                "legal_basis": "service", "sequence": 42, "date_days": -3,
            }
        )  # fmt: skip
        campaign.with_context(lang="fr_FR").name = names["fr_FR"]
        mail = self.step(
            campaign, kind="mail", name="Hello", delay=2, delay_unit="weeks", weekday="2",
            hour="9", validity=9, domain="[('email', '!=', False)]", recipient="role",
            role_id=self.env.ref("cx_lifecycle.role_buyer").id, date_field_id=dates.id,
            date_days=-4,
        )  # fmt: skip
        mail.with_context(lang="fr_FR").name = "Bonjour"
        for lang, body in (("en_US", "<p>Hello {{ person.name }}</p>"), ("fr_FR", "<p>Salut</p>")):
            env["mailing.mailing"].create(
                {"cx_step_id": mail.id, "cx_lang": lang, "subject": f"News {lang}",
                 "preview": "In short", "body_arch": body, "body_html": body}
            )  # fmt: skip
        call = self.step(
            campaign, mail, kind="activity", name="Call", trigger="not_opened", delay=3,
            activity_summary="Ask", activity_note="<p>How</p><p>are you?</p>", activity_days=4,
            assignee="user",
        )  # fmt: skip
        call.with_context(lang="fr_FR").activity_summary = "Demander"
        call.update_field_translations(
            "activity_note", {"fr_FR": {"How": "Comment", "are you?": "ça va ?"}}
        )
        self.step(campaign, mail, kind="tag", name="Tag", tag_ids=tag.ids, tag_change="remove")
        self.step(campaign, call, kind="action", name="Gift", action_id=released.id)
        survey = self.env.ref("cx_lifecycle_mail.survey_hot", raise_if_not_found=False)
        survey = survey or self.env["survey.survey"].create({"title": "How was it?"})
        self.step(campaign, name="Ask", kind="survey", survey_id=survey.id, sequence=5)
        self.step(campaign, name="Wait", kind="wait", parent=call)
        campaign.step_ids.filtered(lambda step: step.name == "Wait").trigger = "else"
        return campaign.with_user(self.user)


class TestRoundTrip(FileCase):
    def test_every_authored_field_is_in_the_file(self):
        for model, known in (
            ("cx.campaign", {*file.CAMPAIGN, *file.CAMPAIGN_LINKS.values()}),
            ("cx.campaign.step", {*file.STEP, *file.STEP_LINKS.values(), *file.WORDS}),
        ):
            fields = {
                name
                for name, field in self.env[model]._fields.items()
                if field.store and not (field.compute or field.related or field.inherited)
                and field._modules == ("cx_lifecycle_mail",) and name not in models.MAGIC_COLUMNS
                and (field.copy or name in LEFT_OUT[model])
            }  # fmt: skip
            self.assertEqual(fields - known, LEFT_OUT[model] & fields, model)
            self.assertFalse(known - set(self.env[model]._fields))

    def test_all_presets(self):
        for preset in self.presets:
            with self.subTest(preset.code):
                text = preset._build(self.company)._file()
                campaign, _said = self.imported(text)
                self.assertEqual(campaign._file(), text)
                again, _said = self.imported(campaign._file())
                self.assertEqual(again._file(), text)

    def test_a_step_of_every_kind(self):
        origin = self.rich()
        kinds = set(dict(origin.step_ids._fields["kind"].selection)) - {"stop"}
        self.assertEqual(set(origin.step_ids.mapped("kind")), kinds)
        for lang in ("en_US", "fr_FR"):
            campaign, said = self.imported(origin.with_context(lang=lang)._file())
            self.assertFalse(said.problem)
            self.assertEqual(campaign._file(), origin._file())
            self.assertEqual(campaign.state, "draft")
            self.assertEqual((campaign.user_id, campaign.company_id), (self.user, self.company))
            french = campaign.with_context(lang="fr_FR")
            self.assertEqual(french.name, "Tout")
            call = french.step_ids.filtered(lambda step: step.kind == "activity")
            self.assertEqual(call.activity_note, "<p>Comment</p><p>ça va ?</p>")
            self.assertFalse(campaign.run_ids)
            self.assertNotEqual(campaign.utm_campaign_id, origin.utm_campaign_id)

    def test_the_importer_may_speak_another_language(self):
        origin = self.rich()
        self.user.lang = "fr_FR"
        campaign, _said = self.imported(origin._file())
        self.assertEqual(campaign.with_context(lang="fr_FR").name, "Tout")
        self.assertEqual(campaign.with_context(lang="en_US").name, "Everything")
        self.assertEqual(campaign._file(), origin._file())

    def test_nothing_of_this_database_is_in_it(self):
        campaign = self.rich()
        campaign.sudo().write({"state": "running", "problem": "Secret problem"})
        values = json.loads(campaign._file())
        self.assertFalse(
            {"id", "state", "user_id", "company_id", "problem", "utm_campaign_id"} & set(values)
        )
        self.assertNotIn("Secret", campaign._file())
        self.assertNotIn(self.company.name, campaign._file())

    def test_who_may_export(self):
        campaign = self.used()
        with self.assertRaises(AccessError):
            campaign.with_user(self.caller).action_export()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "file_stranger", "cx_lifecycle.group_marketer",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        with self.assertRaises(AccessError):
            campaign.with_user(stranger)._file()
        with self.assertRaises(AccessError):
            self.imported(campaign._file(), user=self.caller)


class TestMissing(FileCase):
    def values(self, campaign=None):
        return json.loads((campaign or self.rich())._file())

    def step_of(self, values, kind):
        return next(step for step in values["steps"] if step["kind"] == kind)

    def test_a_file_of_before_says_no_advertising_in_another_way(self):
        for marked, basis in ((True, "service"), (False, False)):
            values = self.values()
            del values["legal_basis"]
            values["transactional"] = marked
            self.assertEqual(self.imported(values)[0].legal_basis, basis)

    def test_a_topic_that_is_not_here_is_made_or_chosen(self):
        values = self.values()
        values["topic"] = {"en_US": "Brand new", "fr_FR": "Tout neuf"}
        campaign, said = self.imported(values)
        self.assertEqual(said.new_topic, "Brand new")
        self.assertEqual(campaign.topic_id.with_context(lang="fr_FR").name, "Tout neuf")
        self.assertEqual(campaign.topic_id.company_id, self.company)
        again, said = self.imported(values)
        self.assertEqual((said.new_topic, again.topic_id), (False, campaign.topic_id))
        values["topic"] = {"en_US": "Another"}
        other = self.env["cx.topic"].create({"name": "Mine"})
        with self.assertRaisesRegex(UserError, "Other Topic: choose one"):
            self.imported(values, topic_choice="choose")
        campaign, _said = self.imported(values, topic_choice="choose", topic_id=other.id)
        self.assertEqual(campaign.topic_id, other)
        self.assertFalse(self.env["cx.topic"].search([("name", "=", "Another")]))

    def test_what_can_be_left_empty_is_said(self):
        values = self.values()
        values["mail_server"] = "Fast one"
        self.step_of(values, "activity")["person"] = "Nobody Known"
        self.step_of(values, "mail")["coupon"] = "Gift card"
        campaign, said = self.imported(values)
        for name in ("Fast one", "Nobody Known", "Gift card"):
            self.assertIn(name, said.summary)
            self.assertIn(name, campaign.message_ids[:1].body, "it is still known later")
        self.assertFalse(campaign.mail_server_id)
        self.assertFalse(campaign.step_ids.assignee_id)

    def test_what_a_step_needs_is_asked_for(self):
        values = self.values()
        self.step_of(values, "survey")["survey"] = "Unknown survey"
        self.step_of(values, "activity")["activity_type"] = {"id": "no.such", "name": "Fax"}
        self.step_of(values, "action")["action"] = "Fireworks"
        before = self.Campaign.search_count([])
        with self.assertRaisesRegex(UserError, "Unknown survey.*Choose another one"):
            self.imported(values)
        self.assertEqual(self.Campaign.search_count([]), before)
        action = self.env["ir.actions.server"].search([("name", "=", "Gift")], limit=1)
        survey = self.env["survey.survey"].search([], limit=1)
        campaign, said = self.imported(
            values, survey_id=survey.id, activity_type_id=self.call_type.id, action_id=action.id
        )
        self.assertIn("Fax", said.lacks_activity_type)
        self.assertIn("Fireworks", said.lacks_action)
        self.assertEqual(campaign.step_ids.activity_type_id, self.call_type)
        self.assertEqual(campaign.step_ids.action_id, action)
        self.assertEqual(campaign.step_ids.survey_id, survey)

    def test_tags_are_found_or_made(self):
        values = self.values()
        self.step_of(values, "tag")["tags"] = ["Gold", "Silver"]
        campaign, said = self.imported(values)
        self.assertEqual(set(campaign.step_ids.tag_ids.mapped("name")), {"Gold", "Silver"})
        self.assertIn("Silver", said.summary)
        self.assertEqual(self.env["res.partner.category"].search_count([("name", "=", "Gold")]), 1)
        self.step_of(values, "tag")["tags"] = ["Bronze"]
        poor = new_test_user(self.env, "file_poor", "cx_lifecycle.group_marketer")
        poor.group_ids -= self.env.ref("base.group_partner_manager")
        if not self.env["res.partner.category"].with_user(poor).has_access("create"):
            with self.assertRaisesRegex(UserError, "Step .*Tag"):
                self.imported(values, user=poor)

    def test_a_tag_that_two_steps_name_is_made_once(self):
        steps = [
            {"name": {"en_US": change}, "kind": "tag", "tags": ["Brand new"], "tag_change": change}
            for change in ("add", "remove")
        ]
        campaign, _said = self.imported({**self.values(), "steps": steps})
        self.assertEqual(len(campaign.step_ids), 2)
        self.assertEqual(campaign.step_ids.tag_ids.mapped("name"), ["Brand new"])

    def test_a_tag_below_another_one_is_found_again(self):
        tags = self.env["res.partner.category"]
        tag = tags.create({"name": "Platinum", "parent_id": tags.create({"name": "Level"}).id})
        campaign = self.campaign("manual", steps=[{"kind": "tag", "tag_ids": tag.ids}])
        twin, _said = self.imported(campaign.with_user(self.user)._file())
        self.assertEqual(twin.step_ids.tag_ids, tag)

    def test_a_coupon_is_found_in_another_language(self):
        if "loyalty.program" not in self.env:
            return
        program = self.env["loyalty.program"].create(
            {"name": "Ten off", "program_type": "coupons", "trigger": "with_code"}
        )
        program.with_context(lang="fr_FR").name = "Dix de moins"
        campaign = self.campaign(
            "manual", steps=[{"kind": "mail", "coupon_program": str(program.id)}]
        )
        text = campaign.with_user(self.user).with_context(lang="fr_FR")._file()
        twin, _said = self.imported(text)
        self.assertEqual(twin.step_ids.coupon_program, str(program.id))

    def test_languages_that_are_not_here(self):
        values = self.values()
        values["name"]["de_DE"] = "Alles"
        content = self.step_of(values, "mail")["contents"]
        content.append({**content[0], "lang": "de_DE"})
        campaign, said = self.imported(values)
        self.assertIn("de_DE", said.summary)
        self.assertEqual(set(campaign.step_ids.mailing_ids.mapped("cx_lang")), {"en_US", "fr_FR"})

    def test_what_is_shown_and_what_is_sent(self):
        values = self.values()
        content = self.step_of(values, "mail")["contents"][0]
        content["body_html"] = "<p>Something else entirely</p>"
        _campaign, said = self.imported(values)
        self.assertIn("what the editor shows is not what would be sent", said.summary)
        content["body_html"] = content["body_arch"] = '<p><img src="/web/image/17"/></p>'
        _campaign, said = self.imported(values)
        self.assertIn("pictures are in another database", said.summary)

    def test_conditions_by_number_are_said(self):
        values = self.values()
        values["domain"] = "[('category_id', 'in', [1, 2])]"
        _campaign, said = self.imported(values)
        self.assertIn("names records by their number", said.summary)

    def test_the_company_is_the_importers(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.user.company_ids |= other
        data = base64.b64encode(self.used()._file().encode())
        wizard = self.env["cx.campaign.import"].with_user(self.user).with_company(other)
        action = wizard.create({"data": data}).action_import()
        campaign = self.Campaign.browse(action["res_id"])
        self.assertEqual((campaign.company_id, campaign.user_id), (other, self.user))

    def test_the_dialog_says_what_is_wrong_before_anything_is_made(self):
        form = Form(self.env["cx.campaign.import"].with_user(self.user))
        self.assertFalse(form.problem or form.summary)
        form.data = base64.b64encode(b"hello")
        self.assertIn("cannot be read", form.problem)
        form.data = base64.b64encode(self.used()._file().encode())
        self.assertFalse(form.problem)
        self.assertIn("contents in: English", form.summary)


class TestHostile(FileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good = json.loads(cls.used(cls)._file())

    def refused(self, values, message):
        """Nothing is made of it, and the message says what and where."""
        models = ("cx.campaign", "cx.campaign.step", "mailing.mailing", "cx.topic", "utm.campaign",
                  "res.partner.category")  # fmt: skip
        before = [self.env[model].with_context(active_test=False).search_count([])
                  for model in models]  # fmt: skip
        with self.assertRaisesRegex(UserError, message):
            self.imported(values)
        self.assertEqual(
            before,
            [self.env[model].with_context(active_test=False).search_count([]) for model in models],
        )

    def changed(self, step=None, **values):
        copy = json.loads(json.dumps(self.good))
        (copy["steps"][step] if step is not None else copy).update(values)
        return copy

    def test_files_that_are_none(self):
        for text in (b"", b"hello", b"\xff\xfe\x00", b"[1, 2", b'{"format": NaN}', b"[" * 100_000,
                     b"9" * 10_000):  # fmt: skip
            self.refused(text or b" ", "File: it")
        self.refused("[]", "it is no campaign")
        self.refused(self.changed(format="cx.other"), "it is no campaign")
        for version in (2, 0, "1", None, True, [1]):
            self.refused(self.changed(version=version), "version")
        self.refused(b" " * (5 * 1024 * 1024 + 1), "larger than 5 MB")
        with self.assertRaisesRegex(UserError, "choose one"):
            self.env["cx.campaign.import"].with_user(self.user).create({}).action_import()

    def test_forged_machine_fields(self):
        for name, value in {
            "state": "running", "user_id": 1, "company_id": 1, "utm_campaign_id": 1,
            "launched_at": "2020-01-01", "id": 1, "paused_at": "2020-01-01", "run_ids": [],
            "message_ids": [], "create_uid": 1, "__class__": "x",
        }.items():  # fmt: skip
            self.refused(self.changed(**{name: value}), f"Campaign: “{name}” is nothing")
            self.refused(self.changed(0, **{name: value}), f"Step 1.*: “{name}” is nothing")
        contents = [{**self.good["steps"][0]["contents"][0], "state": "done"}]
        self.refused(self.changed(0, contents=contents), "content 1: “state” is nothing")

    def test_wrong_types(self):
        odd = [None, True, 1, 1.5, 10**30, "x", "x\0y", "\ud800", [], [[]], {}, {"a": {}}]
        right = {
            "boolean": {"True"}, "integer": {"1"}, "float": {"1", "1.5"},
        }  # fmt: skip
        for step, model, names in (
            (None, "cx.campaign", file.CAMPAIGN), (0, "cx.campaign.step", file.STEP),
        ):  # fmt: skip
            for name in names:
                field = self.env[model]._fields[name]
                for value in odd:
                    if str(value) in right.get(field.type, ()):
                        continue
                    if value is None and field.type in ("char", "selection") and not field.required:
                        continue
                    if value == "x" and field.type == "char" and name != "domain":
                        continue
                    with self.subTest(name=name, value=value):
                        self.refused(self.changed(step, **{name: value}), rf"({name}\)|condition)")

    def test_wrong_names(self):
        for name, value, message in (
            ("name", {}, "a name is expected"), ("name", "x", "texts by language"),
            ("name", {"en_US": 1}, "a text is expected"), ("stage", "nirvana", "one of suspect"),
            ("stage", 3, "a text is expected"), ("from_stages", "new", "a list"),
            ("from_stages", ["x"], "one of suspect"), ("topic", "x", "texts by language"),
            ("date_field", "res.users.password", "a date of cx.customer"),
            ("date_field", "res.partner.name", "choose a stored date"),
            ("date_field", "res.partner.", "a date of cx.customer"),
            ("steps", {}, "a list"), ("steps", [1], "Step 1: .* is expected"),
            ("steps", [{}] * 201, "at most 200"),
        ):  # fmt: skip
            if value == {} and name == "steps":
                continue
            self.refused(self.changed(**{name: value}), message)
        for name, value, message in (
            ("after", 1, "the number of an earlier step"), ("after", -1, "an earlier step"),
            ("after", "1", "a whole number"), ("role", "king", "one of "),
            ("tags", [{}], "a text is expected"), ("contents", [{}], "a language of its own"),
            ("activity_type", "base.user_admin", "is expected"), ("name", {"en_US": " "}, "a name"),
            ("contents", [{"lang": "en_US"}, {"lang": "en_US"}], "a language of its own"),
        ):  # fmt: skip
            self.refused(self.changed(0, **{name: value}), f"Step 1.*{message}")

    def test_code_stays_text_or_is_refused(self):
        for domain in (
            "__import__('os').system('true')", "[('name', '=', open('/etc/passwd').read())]",
            "[(" * 200, "env", "[('no_such_field', '=', 1)]", "[('user_ids.password', '=', 'x')]",
            "x" * 3000,
        ):  # fmt: skip
            self.refused(self.changed(domain=domain), "Campaign: |domain")
            self.refused(self.changed(0, domain=domain), "Step 1")
        content = self.good["steps"][0]["contents"][0]
        for body in ("<p>{{ 1 + 1 }}</p>", "<p>{{ object.env.cr }}</p>", '<p t-out="object"/>',
                     "<p>{{ customer.signup_token }}</p>"):  # fmt: skip
            contents = [{**content, "body_html": body}]
            self.refused(self.changed(0, contents=contents), "Step 1.*: ")

    def test_scripts_do_not_come_in(self):
        body = "<p onclick='evil()'>Hello</p><script>evil()</script>"
        content = self.good["steps"][0]["contents"][0]
        contents = [{**content, "body_html": body, "body_arch": body}]
        campaign, _said = self.imported(self.changed(0, contents=contents))
        first = campaign.step_ids[0].mailing_ids
        self.assertNotIn("evil", f"{first.body_html} {first.body_arch}")

    def test_limits_of_the_database_are_said_with_their_place(self):
        self.refused(self.changed(holdout_share=7), "Campaign: Held Out: enter a share")
        self.refused(self.changed(max_days=0), "Campaign: Longest Duration")
        for name in ("stage_days", "quiet_days", "cooldown_days", "date_days"):
            self.refused(self.changed(**{name: 999_999}), "Campaign: Durations")
        for name, value in (
            ("validity", 0), ("delay", 2**31 - 1), ("activity_days", 999_999),
            ("date_days", 999_999),
        ):  # fmt: skip
            self.refused(self.changed(0, **{name: value}), "Step 1 .*: Delay: from 0")
        self.refused(self.changed(1, trigger="entry"), "Step 2 .*: When: ")

    def test_bodies_that_hold_nothing(self):
        content = self.good["steps"][0]["contents"][0]
        for body in ("<!--", "<![CDATA[x", " "):
            contents = [{**content, "body_arch": body, "body_html": body}]
            self.refused(self.changed(0, contents=contents), "body_arch: HTML is expected")

    def test_languages_without_end(self):
        words = {f"l{number}": "x" for number in range(2000)}
        self.refused(self.changed(topic=words), "topic: texts by language")
        campaign, said = self.imported(self.changed(topic={"en_US": " "}))
        self.assertFalse(said.new_topic or campaign.topic_id)

    def test_actions_that_were_not_released(self):
        action = self.env["ir.actions.server"].create(
            {"name": "Dangerous", "model_id": self.env["ir.model"]._get_id("res.partner"),
             "state": "code", "code": "pass"}
        )  # fmt: skip
        step = {"name": {"en_US": "Act"}, "kind": "action", "trigger": "entry",
                "action": "Dangerous"}  # fmt: skip
        self.refused(self.changed(steps=[step]), "Step 1 “Act”: “Dangerous” is not here")
        with self.assertRaisesRegex(UserError, "released|Only marketers|access"):
            self.imported(self.changed(steps=[step]), action_id=action.id)

    def test_records_of_other_companies_are_not_found(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["cx.topic"].create({"name": "Secret plans", "company_id": other.id})
        values = self.changed(topic={"en_US": "Secret plans"})
        campaign, said = self.imported(values)
        self.assertEqual(said.new_topic, "Secret plans")
        self.assertEqual(campaign.topic_id.company_id, self.company)

    def test_what_is_not_said_is_as_in_a_new_campaign(self):
        values = {"format": "cx.campaign", "version": 1, "name": {"en_US": "Bare"},
                  "entry": "manual", "steps": []}  # fmt: skip
        campaign, _said = self.imported(values)
        self.assertEqual((campaign.max_days, campaign.state), (90, "draft"))


@tagged("post_install", "-at_install")
class TestDownload(HttpCase):
    def test_who_gets_the_file(self):
        user = new_test_user(self.env, "down_marketer", "cx_lifecycle.group_marketer",
                             password="down_marketer")  # fmt: skip
        rep = new_test_user(self.env, "down_rep", "sales_team.group_sale_salesman",
                            password="down_rep")  # fmt: skip
        campaign = self.env["cx.campaign"].with_user(user).create(
            {"name": 'Spring/Été "1"', "entry": "manual"}
        )  # fmt: skip
        url = campaign.action_export()["url"]
        self.assertNotEqual(self.url_open(url, allow_redirects=False).status_code, 200)
        self.authenticate("down_marketer", "down_marketer")
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.text, campaign._file())
        self.assertIn(".json", answer.headers["Content-Disposition"])
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertEqual(self.url_open(url.replace(str(campaign.id), "999999")).status_code, 404)
        other = self.env["res.company"].create({"name": "Other"})
        foreign = campaign.sudo().copy({"company_id": other.id})
        self.assertEqual(
            self.url_open(url.replace(str(campaign.id), str(foreign.id))).status_code, 404
        )
        self.authenticate("down_rep", "down_rep")
        self.assertTrue(campaign.with_user(rep).has_access("read"))
        self.assertEqual(self.url_open(url).status_code, 404)
