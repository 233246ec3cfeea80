"""Contents of steps: what may be in them, for whom, and that they leave with the campaign only."""

from ast import literal_eval

from model.contents import ContentCase
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import new_test_user
from odoo.tools import mute_logger

THEME = """
<div class="o_layout"><div class="container"><p>Dear <t t-out="object.partner_id.name">you</t>,</p>
<p>{{ if need = security }}</p><p>Three years' warranty</p><p>{{ end }}</p>
<a href="/unsubscribe_from_list">Unsubscribe</a> | <a href="/contactus">Contact</a></div></div>
"""


class TestText(ContentCase):
    def refused(self, said, body="<p>Hello</p>", user=None, **values):
        with self.assertRaisesRegex(ValidationError, said), self.env.cr.savepoint():
            self.content(body, user=user, **values)

    def test_what_the_editor_writes_is_taken(self):
        content = self.content(
            THEME, subject=" {{object.partner_id.name ||| Hello}}", preview="{{ purchase.date }}"
        )
        self.assertIn("t-out", content.body_html)
        content.body_html = "<t t-out=\"format_datetime(object.write_date) or 'x'\"/>"

    def test_a_marketer_needs_no_right_to_edit_templates(self):
        self.assertFalse(self.marketer.has_group("mail.group_mail_template_editor"))
        content = self.content('<p><t t-out="object.partner_id.city"/></p>')
        content.write({"body_html": '<p><t t-out="object.partner_id.street"/></p>'})

    def test_code_is_refused_in_every_field_and_way(self):
        code = "{{ object.sudo().env.cr }}"
        self.refused(r"^Subject: .*Here: \{\{ object.sudo", subject=code)
        self.refused(r"^Preview: .*Here: \{\{ object.sudo", preview=code)
        self.refused(r"^Body: .*Here: \{\{ object.sudo", f"<p>{code}</p>")
        self.refused("only <t t-out", '<p t-if="1">x</p>')
        content = self.content()
        for record in (content, content.sudo(), content.with_user(self.env.ref("base.user_root"))):
            with self.assertRaises(ValidationError):
                record.body_html = "<t t-out=\"env['res.users']\"/>"
            with self.assertRaises(ValidationError):
                record.write({"subject": code})

    def test_code_is_refused_by_import_and_when_a_mailing_becomes_a_content(self):
        step = self.step._export_rows([["id"]])[0][0]
        names = ["cx_step_id/id", "cx_lang", "subject", "body_html", "mailing_model_id/id"]
        row = [
            step,
            "en_US",
            "News",
            "<p>{{ object.sudo() }}</p>",
            "cx_lifecycle.model_cx_customer",
        ]
        mailings = self.env["mailing.mailing"]
        self.assertIn("object.sudo", str(mailings.load(names, [row])["messages"]))
        row[3] = "<p>{{ object.partner_id.name }}</p>"
        self.assertTrue(mailings.load(names, [row])["ids"])
        mailing = mailings.create({"subject": "x", "body_html": "<t t-out='object.sudo()'/>"})
        with self.assertRaises(ValidationError):
            mailing.write({"cx_step_id": self.step.id, "cx_lang": "fr_FR"})

    def test_unknown_words_are_named(self):
        self.refused(r"Body.*foo\.bar is not known.*object, customer", "{{ foo.bar }}")
        self.refused("has no field nope", "{{ object.nope }}")
        self.refused("has no field nope", "{{ object.partner_id.nope.name }}")
        self.refused("stage_id.code.x", "{{ object.stage_id.code.x }}")
        self.refused("category_id cannot be written", "{{ customer.category_id }}")
        self.refused("category_id cannot be written", "{{ customer.category_id.name }}")
        self.refused("active cannot be written", "{{ customer.active }}")
        self.refused("comment cannot be written", "{{ customer.comment }}")
        self.refused("salesperson.name, salesperson.email", "{{ salesperson.street }}")
        self.refused("choose a survey", "{{ survey.link }}")
        self.refused("choose a coupon program", "{{ coupon.code }}")
        self.refused("mail.trace is not known", "{{ mail.trace }}")

    def test_unknown_facts_are_named(self):
        self.refused(
            "{{ if need = safety }}: choose one of security", "{{ if need = safety }}{{ end }}"
        )
        self.refused("choose one of prescriber", "{{ if role = boss }}{{ end }}")
        self.refused("choose one of", "{{ if stage = gone }}{{ end }}")
        self.refused("choose one of", "{{ if language = xx }}{{ end }}")
        self.refused("color }} is not known", "{{ if color = red }}{{ end }}")
        self.content(
            "{{ if need }}{{ end }}{{ if role = payer }}{{ end }}{{ if stage = dormant }}{{ end }}"
            "{{ if language = fr }}{{ end }}{{ if language = fr_FR }}{{ end }}"
        )

    def test_what_the_author_may_not_read_is_refused(self):
        field = self.env["res.partner"]._fields["function"]
        self.patch(field, "groups", "base.group_system")
        self.refused("content_marketer.* may not read function", "{{ customer.function }}")
        # nor may a colleague's text show what only the campaign's author may read
        self.campaign.sudo().user_id = self.env.ref("base.user_admin")
        self.refused("content_marketer.* may not read function", "{{ customer.function }}")
        self.content("{{ customer.function }}", user=self.env.ref("base.user_admin"))

    def test_records_of_others_are_not_named(self):
        self.env["ir.model.access"].search([("model_id.model", "=", "res.country")]).active = False
        self.refused("content_marketer.* may not read country_id", "{{ customer.country_id }}")
        self.refused("content_marketer.* may not read", "{{ customer.country_id.name }}")

    def test_secrets_are_nobodys(self):
        self.campaign.sudo().user_id = self.env.ref("base.user_root")
        root = self.env.ref("base.user_root")
        for path in (
            "object.user_id.password",
            "company.partner_id.signup_type",
            "person.create_uid.totp_secret",
        ):
            self.refused("has no field", f"{{{{ {path} }}}}", user=root)

    def test_no_page_to_be_viewed_online(self):
        self.refused("Remove the link", '<a href="/view">View Online</a>')
        self.content('<a href="/viewer">All views</a>')

    def test_no_attachments(self):
        file = self.env["ir.attachment"].create({"name": "a.txt", "raw": b"x"})
        self.refused("Attachments", attachment_ids=[Command.link(file.id)], user=self.env.user)


class TestContents(ContentCase):
    def test_what_it_begins_with(self):
        content = self.all_languages(self.step)[0]
        self.assertEqual(content.campaign_id, self.campaign.utm_campaign_id)
        self.assertEqual(content.user_id, self.marketer)
        self.assertEqual(content.subject, "First letter")
        # the editor's button offers the fields that the placeholders begin with
        self.assertEqual(content.mailing_model_real, "cx.customer")
        self.assertIn("object.partner_id.city", self.Customer.mail_allowed_qweb_expressions())
        self.assertFalse(content.cx_written)

    def test_what_the_button_offers_may_be_used(self):
        values = (f"{{{{ {path} }}}}" for path in self.Customer.mail_allowed_qweb_expressions()
                  if path.startswith("object.") and path.split(".")[1] in self.Customer._fields
                  and not path.endswith("signature"))  # fmt: skip
        self.content("".join(values))

    def test_an_invitation_begins_with_its_link(self):
        survey = self.env["survey.survey"].create({"title": "How was it?"})
        step = self.new_step(kind="survey", survey_id=survey.id)
        self.all_languages(step)
        self.assertTrue(all(step.mailing_ids.mapped("cx_written")))
        self.assertIn("{{ survey.link }}", step.mailing_ids[0].body_html)

    def test_created_in_the_editor_it_has_the_same_beginning(self):
        mailings = self.env["mailing.mailing"].with_user(self.marketer)
        values = mailings.with_context(default_cx_step_id=self.step.id).default_get(
            ["mailing_model_id", "campaign_id", "cx_lang", "subject"]
        )
        self.assertEqual(values["campaign_id"], self.campaign.utm_campaign_id.id)
        self.assertEqual(values["mailing_model_id"], self.env["ir.model"]._get_id("cx.customer"))
        content = mailings.with_context(default_cx_step_id=self.step.id).create({"subject": "x"})
        self.assertEqual((content.cx_step_id, content.cx_lang), (self.step, values["cx_lang"]))

    def test_the_content_for_a_language(self):
        self.assertFalse(self.step._content("en_US"))
        french = self.content(lang="fr_FR")
        english = self.content(lang="en_US")
        self.company.partner_id.lang = "en_US"
        for lang, content in [
            ("fr_FR", french),
            ("fr_BE", french),
            ("en_GB", english),
            ("nl_NL", english),
            (False, english),
        ]:
            self.assertEqual(self.step._content(lang), content, lang)
        self.company.partner_id.lang = "nl_NL"
        self.assertEqual(self.step._content("de_DE"), french, "the first one")
        french.body_html = "<p><br></p>"
        self.assertEqual(self.step._content("fr_FR"), english, "without text it is not there yet")

    def test_one_in_each_language_only(self):
        self.content()
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.content()

    def test_contents_are_for_marketers_of_the_company(self):
        content = self.content()
        mailer = new_test_user(self.env, "content_mailer", "mass_mailing.group_mass_mailing_user")
        self.assertFalse(
            self.env["mailing.mailing"].with_user(mailer).search([("id", "=", content.id)])
        )
        with self.assertRaises(AccessError):
            content.with_user(mailer).write({"subject": "Mine"})
        other = self.env["res.company"].create({"name": "Other"})
        foreign = new_test_user(
            self.env, "content_foreign", "cx_lifecycle.group_marketer",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        with self.assertRaises(AccessError):
            content.with_user(foreign).read(["subject"])

    def test_not_in_odoos_list_of_mailings(self):
        content = self.content()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mass_mailing.mailing_mailing_action_mail"
        )
        mailing = self.env["mailing.mailing"].create({"subject": "x"})
        listed = mailing.search(Domain(literal_eval(action["domain"])))
        self.assertIn(mailing, listed)
        self.assertNotIn(content, listed)


class TestRefusals(ContentCase):
    def test_every_way_of_sending_is_refused(self):
        content = self.content()
        for name in (
            "action_launch", "action_schedule", "action_put_in_queue", "action_retry_failed",
            "action_test", "action_send_mail", "_action_send_mail", "action_send_winner_mailing",
            "action_select_as_winner", "action_duplicate", "copy",
        ):  # fmt: skip
            for record in (content, content.sudo()):
                refusal = self.assertRaisesRegex(UserError, "First letter", msg=name)
                with refusal, self.env.cr.savepoint():
                    getattr(record, name)()
        wizard = self.env["mailing.mailing.schedule.date"].create(
            {"mass_mailing_id": content.id, "schedule_date": "2099-01-01"}
        )
        with self.assertRaises(UserError):
            wizard.action_schedule_date()
        test = self.env["mailing.mailing.test"].create({"mass_mailing_id": content.id})
        with self.assertRaises(UserError):
            test.send_mail_test()
        for values in ({"state": "in_queue"}, {"state": "done"}, {"ab_testing_enabled": True}):
            with self.assertRaises(ValidationError):
                content.write(values)

    def test_no_engine_of_odoo_reads_it(self):
        customer = self.customer()
        content = self.content('<p><t t-out="object.partner_id.name"/></p>')
        for field in ("body_html", "subject", "preview"):
            with self.assertRaises(UserError):
                content.sudo()._render_field(field, customer.ids)

    def test_it_stays_a_content(self):
        content = self.content()
        with self.assertRaises(UserError):
            content.cx_step_id = False
        with self.assertRaises(UserError):
            content.sudo().cx_step_id = self.new_step()
        other = self.new_step()
        self.assertEqual(content.copy({"cx_step_id": other.id}).cx_step_id, other)

    def test_what_was_sent_is_kept(self):
        content = self.content()
        self.act(self.customer(), content)
        with self.assertRaises(UserError):
            content.unlink()
        self.content(lang="fr_FR").unlink()

    def test_the_queue_goes_past_it(self):
        content = self.content()
        partner = self.partner("Grace", email="grace@home.example")
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Ordinary",
                "body_html": "<p>x</p>",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "=", partner.id)]),
            }
        )
        mailing.action_put_in_queue()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mailing_mailing SET state = 'in_queue' WHERE id = %s", [content.id]
        )
        self.env.invalidate_all()
        self.env["mailing.mailing"]._process_mass_mailing_queue()
        self.assertEqual(mailing.state, "done")
        self.assertEqual(content.state, "draft")
        self.assertFalse(content.mailing_trace_ids)

    def test_other_mailings_are_odoos(self):
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "x",
                "body_html": "<p>{{ if anything }}<t t-out='object.name.upper()'/></p>",
            }
        )
        mailing.action_put_in_queue()
        self.assertEqual(mailing.state, "in_queue")
        self.assertTrue(mailing.copy())
