"""A person is forgotten by campaigns too, and not written to again; what is old goes by itself."""

from datetime import timedelta

from freezegun import freeze_time
from model.test_erase import ADDRESS, NAME, EraseCase
from model.test_legal_basis import BasisCase

from odoo import fields
from odoo.tests import Form
from odoo.tools import SQL

from odoo.addons.cx_lifecycle_mail.models import cx_retention

WORD = "Quidquid"  # which nobody but this person wrote
# Odoo's tables that hold what campaigns did
ODOOS = ("mailing_trace", "survey_user_input", "survey_user_input_line")


class MailEraseCase(EraseCase, BasisCase):
    def found(self, *texts):
        """Also in Odoo's tables of mails and surveys, and in messages on contacts."""
        found = super().found(*texts)
        those = [f"%{text}%" for text in texts]
        for table, column in self.rows(
            "SELECT table_name, column_name FROM information_schema.columns"
            f" WHERE table_name IN {ODOOS} AND table_schema = current_schema"
            " AND data_type IN ('text', 'character varying')"
        ):
            query = SQL(
                "SELECT count(*) FROM %s WHERE %s ILIKE ANY(%s)",
                SQL.identifier(table), SQL.identifier(column), those,
            )  # fmt: skip
            found += [(table, column)] * bool(self.env.execute_query(query)[0][0])
        notes = self.env["mail.message"].search(
            [("model", "in", ("res.partner", "mail.blacklist")), ("cx_note", "=", True)]
        )
        told = [note for note in notes if any(t.lower() in str(note.body).lower() for t in texts)]
        return found + [("mail_message", "body")] * bool(told)

    def known(self, **values):
        """Also one who got a mail, refused a topic, and answered a survey in words."""
        person = super().known(**values)
        customer = self.of(person.commercial_partner_id)
        campaign = self.writing("professional", stop_hold=False)
        self.enter(campaign, person.commercial_partner_id)
        act = campaign.run_ids.act_ids
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE cx_campaign_act SET email = %s, person_id = %s WHERE id = %s",
            (ADDRESS, person.id, act.id),
        )
        self.env.invalidate_all()
        self.work()
        act.sudo().error = f"550 {ADDRESS} unknown"
        act.trace_id.failure_reason = f"550 {ADDRESS} unknown"
        self.env["cx.campaign.attempt"].sudo().create(
            {"act_id": act.id, "company_id": self.company.id, "at": fields.Datetime.now(),
             "outcome": "later", "text": f"451 {ADDRESS}"}
        )  # fmt: skip
        survey = self.env.ref("cx_lifecycle_mail.survey_hot")
        text = survey.question_ids.filtered(lambda q: q.question_type in ("text_box", "char_box"))
        self.env["survey.user_input"].create(
            {
                "survey_id": survey.id, "partner_id": person.id, "email": ADDRESS,
                "nickname": NAME, "cx_act_id": act.id, "state": "done",
                "user_input_line_ids": [
                    (0, 0, {"question_id": text[:1].id, "answer_type": "text_box",
                            "value_text_box": WORD}),
                ],
            }
        )  # fmt: skip
        self.env["cx.topic.optout"]._opt_out(ADDRESS, self.topic, self.company, "page", reason=WORD)
        self.env["cx.topic.optout"]._block(ADDRESS, self.company, "page", WORD)
        customer.sudo().no_campaigns_reason = WORD
        self.env.flush_all()
        return person

    def counts(self):
        tables = ("cx_campaign_run", "cx_campaign_act", "cx_campaign_attempt", "mailing_trace",
                  "survey_user_input_line")  # fmt: skip
        return [self.rows(f"SELECT count(*) FROM {table}") for table in tables]


class TestEraseMails(MailEraseCase):
    def test_all_of_it_is_there_before(self):
        self.known()
        found = {f"{table}.{column}" for table, column in self.found(ADDRESS, WORD)}
        self.assertLessEqual(
            {
                "cx_campaign_act.email", "cx_campaign_act.error", "cx_campaign_attempt.text",
                "cx_topic_optout.email", "cx_topic_optout.reason",
                "cx_customer.no_campaigns_reason",
                "mailing_trace.email", "mailing_trace.failure_reason", "survey_user_input.email",
                "survey_user_input_line.value_text_box", "mail_message.body", "cx_consent.email",
            },
            found,
        )  # fmt: skip

    def test_by_the_dialog(self):
        person = self.known()
        before = self.counts()
        self.erase(person, contact="keep")
        self.assertFalse(self.found(NAME, ADDRESS, WORD))
        self.assertFalse(self.links(person))
        self.assertEqual(self.counts(), before)

    def test_by_deleting(self):
        person = self.known()
        before = self.counts()
        person.unlink()
        self.env.flush_all()
        self.assertFalse(self.found(NAME, ADDRESS, WORD))
        self.assertEqual(self.counts(), before)

    def test_imported_again_nobody_writes(self):
        self.known().unlink()
        self.env["mail.blacklist"].search([("email", "=", ADDRESS)]).unlink()
        again = self.partner("Imported", email=ADDRESS)
        self.buy(again, 200, 150, 100)
        done = self.enter(self.writing("customer"), again)
        self.assertEqual((done["entered"], done["excluded"]), (0, {"suppressed": 1}))
        self.agree(ADDRESS)
        self.assertEqual(self.enter(self.writing("customer"), again)["entered"], 1)

    def test_who_refused_nothing_is_kept_by_choice(self):
        for choice in (True, False):
            address = f"{choice}@example.com".lower()
            person = self.partner("Free", email=address)
            self.refresh(person)
            self.erase(person, suppress=choice)
            again = self.partner("Again", email=address)
            self.buy(again, 200, 150, 100)
            entered = self.enter(self.writing("customer"), again)["entered"]
            self.assertEqual(entered, 0 if choice else 1)

    def test_the_dialog_counts_what_its_boxes_say(self):
        person = self.partner("Free", email="free@example.com")
        self.refresh(person)
        context = {"default_partner_id": person.id}
        with Form(self.env["cx.erase"].with_user(self.admin).with_context(**context)) as form:
            self.assertIn("never written to again", form.goes)
            form.suppress = False
            self.assertNotIn("never written to again", form.goes_free)
            self.assertIn("lead to the person", form.goes_free)
            form.sure = True
        self.assertTrue(form.record.sure)

    def test_a_refusal_counts_where_it_was_told(self):
        other = self.env["res.company"].create({"name": "Other"})
        person = self.partner("Told another", email="told@example.com")
        self.env["cx.topic.optout"]._opt_out("told@example.com", self.topic, other, "page")
        person.unlink()
        rows = self.env["cx.suppression"].search([])
        self.assertEqual(rows.company_id, other)
        self.assertFalse(self.found("told@example.com"))

    def test_an_address_that_another_contact_has(self):
        twin = self.partner("Twin", email=ADDRESS)
        self.known().unlink()
        self.env.flush_all()
        self.assertFalse(self.env["cx.suppression"].search([]))
        self.assertTrue(self.env["cx.topic.optout"].search([("email", "=", ADDRESS)]))
        self.assertTrue(twin.exists())

    def test_a_participation_ends(self):
        person = self.partner("Inside", email="inside@example.com")
        self.refresh(person)
        campaign = self.writing("professional")
        self.enter(campaign, person)
        person.unlink()
        self.assertEqual(campaign.run_ids.reason, "no_contact")
        self.assertReconciled(campaign)


class TestRetentionOfMails(MailEraseCase):
    def sent(self):
        campaign = self.writing("customer")
        self.enter(campaign, self.partner_who_bought())
        self.work()
        self.assertEqual(campaign.run_ids.act_ids.state, "done")
        return campaign.run_ids.act_ids

    def partner_who_bought(self):
        person = self.env["res.partner"].search([("name", "=", "Regular")])
        if person:
            return person
        person = self.partner("Regular", email="regular@example.com")
        self.buy(person, 200, 150, 100)
        return person

    def purge(self, months):
        self.env.flush_all()
        day = fields.Date.today() + timedelta(days=31 * months)
        with freeze_time(day):
            self.env["cx.retention"]._purge()
        self.env.flush_all()
        self.env.invalidate_all()

    def test_old_mails_lose_the_address_and_count_on(self):
        act = self.sent()
        self.company.cx_keep_months = 36
        self.purge(34)
        self.assertEqual(act.email, "regular@example.com")
        before = self.counts()
        self.purge(38)
        self.assertFalse(self.found("regular@example.com"))
        self.assertEqual(self.counts(), before)
        self.assertEqual((act.state, act.campaign_id.done_count), ("done", 1))

    def test_a_company_that_keeps_them(self):
        act = self.sent()
        self.company.cx_keep_months = 0
        self.purge(100)
        self.assertEqual(act.email, "regular@example.com")

    def test_in_lots(self):
        first, second = self.sent(), self.sent()
        retention = self.env["cx.retention"]
        tomorrow = fields.Date.today() + timedelta(days=2)
        self.env.flush_all()
        self.patch(cx_retention, "LOT", 1)
        self.assertEqual(retention._purge_mails(self.company, tomorrow, 0), first.id)
        self.assertEqual((first.email, second.email), (False, "regular@example.com"))
        self.assertEqual(retention._purge_mails(self.company, tomorrow, first.id), second.id)
        self.assertFalse(second.email)
        self.assertFalse(retention._purge_mails(self.company, tomorrow, second.id))
