"""Whatever people say about messages is in the journal, once, with the words they read."""

from datetime import datetime, timedelta

from model.common import TODAY
from model.test_consent import ADA, ConsentCase, ahead

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

from odoo.addons.cx_lifecycle_mail.models.wordings import wordings


class JournalCase(ConsentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(cls.env, "cw_rep", "sales_team.group_sale_salesman")
        cls.marketer = new_test_user(cls.env, "cw_marketer", "cx_lifecycle.group_marketer")

    def rows(self, email=ADA):
        return self.env["cx.consent"].search([("email", "=", email)], order="id")

    def told(self):
        """(purpose, topic, answer, origin, words) of the rows, oldest first."""
        return [
            (row.purpose, row.topic_id.name, row.answer, row.origin, row.wording)
            for row in self.rows()
        ]

    def entry(self, user=None, **values):
        entry = {
            "email": "Ada <ADA@example.com>", "topic_id": self.offers.id,
            "at": "2026-01-02 10:00:00", "wording": "Send me your offers", "proof": "Form 7",
        }  # fmt: skip
        return (
            self.env["cx.consent.entry"]
            .with_user(user or self.marketer)
            .create({**entry, **values})
        )


class TestJournal(JournalCase):
    def test_saying_it_twice_is_one_row(self):
        for _again in range(2):
            self.no(reason="too many")
        self.assertEqual(self.told(), [("topic", "Offers", "no", "page", "too many")])
        row = self.rows()
        self.assertEqual((row.company_id, row.partner_id), (self.company, self.ada))
        self.assertFalse(row.user_id)
        self.assertLess(datetime.now() - row.at, timedelta(minutes=5))

    def test_a_pause_and_its_end(self):
        for _again in range(2):
            self.pause(ahead(30))
        self.Optout._opt_in(ADA, self.offers.browse(), self.company)
        self.assertEqual(
            [row[:4] for row in self.told()],
            [("pause", False, "no", "page"), ("pause", False, "yes", "person")],
        )
        self.assertIn("wants no messages until", self.rows()[0].wording)

    def test_the_block_list_by_us(self):
        for _again in range(2):
            self.Optout._block(ADA, self.company, "one_click", "leave me alone")
        for _again in range(2):
            self.Optout._unblock(ADA, self.company)
        self.assertEqual(
            self.told(),
            [
                ("messages", False, "no", "one_click", "leave me alone"),
                ("messages", False, "yes", "person", "ada@example.com wants messages again"),
            ],
        )

    def test_what_a_colleague_enters_and_takes_back(self):
        optout = self.Optout.with_user(self.rep).with_context(
            cx_said={"words": {f"topic:{self.offers.id}": "forged"}, "person": self.env.uid}
        )
        optout.create({"email": ADA, "topic_id": self.offers.id, "reason": "told me so"})
        self.assertEqual(self.told(), [("topic", "Offers", "no", "person", "told me so")])
        self.assertEqual(self.rows().user_id, self.rep)
        self.Optout.with_user(self.marketer).search([("email", "=", ADA)]).unlink()
        back = self.rows()[-1]
        self.assertEqual((back.answer, back.origin, back.user_id), ("yes", "person", self.marketer))
        self.assertIn("wants messages about Offers again", back.wording)

    def test_what_ended_long_ago_is_not_taken_back(self):
        self.no(until=TODAY)
        self.env.flush_all()
        self.env.cr.execute("UPDATE cx_topic_optout SET until = %s", (ahead(-1),))
        self.env.invalidate_all()
        self.Optout.search([("email", "=", ADA)]).unlink()
        self.assertEqual(len(self.rows()), 1)

    def test_who_shares_an_address_is_not_guessed(self):
        self.partner("Twin", email=ADA)
        self.no()
        self.assertFalse(self.rows().partner_id)
        for person in (self.ada, self.env["res.partner"].search([("name", "=", "Twin")])):
            action = person.action_cx_consents()
            self.assertEqual(self.env["cx.consent"].search(action["domain"]), self.rows())

    def test_a_topic_with_answers_stays(self):
        self.entry(topic_id=self.news.id).action_save()
        with self.assertRaisesRegex(UserError, "archive"):
            self.news.unlink()


class TestYes(JournalCase):
    def test_a_colleague_writes_it_down_once(self):
        for _again in range(2):
            self.entry().action_save()
        self.assertEqual(self.told(), [("topic", "Offers", "yes", "person", "Send me your offers")])
        row = self.rows()
        self.assertEqual((row.proof, row.user_id, row.at.day), ("Form 7", self.marketer, 2))
        self.entry(proof="Form 8").action_save()
        self.assertEqual(len(self.rows()), 2)

    def test_it_ends_the_opt_out_without_another_word(self):
        self.no()
        self.entry().action_save()
        self.assertFalse(self.said())
        self.assertEqual([row.answer for row in self.rows()], ["no", "yes"])

    def test_only_what_can_be_proved(self):
        tomorrow = datetime.now() + timedelta(days=1)
        for wrong, named in (
            ({"email": "ada"}, "E-mail"), ({"at": tomorrow}, "Said At"), ({"wording": " "}, "Word"),
            ({"proof": "  "}, "Proof"),
        ):  # fmt: skip
            with self.subTest(named), self.assertRaisesRegex(ValidationError, named):
                self.entry(**wrong)
        with self.assertRaises(AccessError):
            self.entry(topic_id=self.elsewhere.id)
        self.marketer.company_ids |= self.elsewhere.company_id  # who may see it is told more
        with self.assertRaisesRegex(ValidationError, "Topic"):
            self.entry(topic_id=self.elsewhere.id)
        self.assertFalse(self.rows())

    def test_the_dialog_warns_of_the_block_list(self):
        self.assertFalse(self.entry().blocked)
        self.env["mail.blacklist"].create({"email": ADA})
        self.assertTrue(self.entry().blocked)

    def test_for_marketers(self):
        with self.assertRaises(AccessError):
            self.entry(self.rep)
        with self.assertRaises(AccessError):
            self.entry().with_user(self.rep).action_save()
        other = self.entry()
        marketer = new_test_user(self.env, "cw_other", "cx_lifecycle.group_marketer")
        with self.assertRaises(AccessError):
            other.with_user(marketer).action_save()

    def importing(self, *rows, fields=("email", "topic_id", "at", "wording", "proof"), run=True):
        text = "\n".join(";".join(row) for row in (fields, *rows))
        wizard = (
            self.env["base_import.import"]
            .with_user(self.marketer)
            .create(
                {"res_model": "cx.consent.entry", "file": text.encode(), "file_type": "text/csv"}
            )
        )
        options = {"quoting": '"', "separator": ";", "has_headers": True,
                   "datetime_format": "%Y-%m-%d %H:%M:%S", "date_format": "%Y-%m-%d"}  # fmt: skip
        return wizard.execute_import(list(fields), list(fields), options, dryrun=not run)

    def test_a_file_is_imported_with_its_evidence(self):
        row = ("ADA@example.com", "Offers", "2026-01-02 10:00:00", "Yes to offers", "Fair, p. 3")
        self.importing(row, run=False)
        self.assertFalse(self.rows(), "a trial writes nothing")
        for _again in range(2):
            self.assertFalse(self.importing(row)["messages"])
        self.assertEqual(self.told(), [("topic", "Offers", "yes", "file", "Yes to offers")])
        self.assertEqual((self.rows().proof, self.rows().user_id), ("Fair, p. 3", self.marketer))

    def test_a_file_without_evidence_is_refused(self):
        row = ("ada@example.com", "Offers", "2026-01-02 10:00:00", "Yes", "")
        self.assertTrue(self.importing(row)["messages"])
        fields = ("email", "topic_id", "wording", "proof")
        self.assertTrue(self.importing((*row[:2], "Yes", "Form"), fields=fields)["messages"])
        self.assertFalse(self.rows())


class TestPageOfAYes(JournalCase):
    """A topic that only a yes lets through stands on the page without a mark."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asking = cls.env["cx.campaign"].create(
            {"name": "News", "entry": "manual", "topic_id": cls.news.id, "legal_basis": "consent"}
        )
        cls.asking.state = "running"

    def unasked(self):
        return self.Optout._preferences(ADA, self.company)["unasked"]

    def save(self, kept, unasked=None, may_return=True):
        wishes = {
            "shown": set((self.offers + self.news).ids), "kept": set(kept.ids), "months": None,
            "unasked": set((self.news if unasked is None else unasked).ids), "nothing": None,
            "reason": None,
        }  # fmt: skip
        words = {f"topic:{self.news.id}": "What interests you: News"}
        optouts = self.Optout.with_context(cx_said={"words": words, "person": self.ada.id})
        return optouts._save_preferences(ADA, self.company, wishes, may_return)

    def test_which_topics(self):
        self.assertEqual(self.unasked(), self.news)
        other = self.asking.copy({"legal_basis": "customer"})
        self.assertEqual(self.unasked(), self.news)
        other.state = "running"
        self.assertFalse(self.unasked())
        other.state = "finished"
        self.assertEqual(self.unasked(), self.news)
        self.asking.state = "finished"
        self.assertFalse(self.unasked())

    def test_a_mark_is_a_yes_and_none_is_nothing(self):
        self.assertTrue(self.save(self.offers))
        self.assertFalse(self.rows())
        self.assertFalse(self.said())
        for _again in range(2):
            self.assertTrue(self.save(self.offers + self.news))
        self.assertEqual(
            self.told(), [("topic", "News", "yes", "page", "What interests you: News")]
        )
        self.assertEqual(self.rows().partner_id, self.ada)
        self.assertFalse(self.unasked())

    def test_and_takes_it_back(self):
        self.save(self.offers + self.news)
        self.assertTrue(self.save(self.offers, unasked=self.news.browse()))
        self.assertEqual([row[2] for row in self.told()], ["yes", "no"])
        self.assertEqual(self.said(), [("News", False)])
        self.assertFalse(self.unasked(), "refused, which is known already")
        self.assertTrue(self.save(self.offers + self.news, unasked=self.news.browse()))
        self.assertEqual([row[2:4] for row in self.told()][-1], ("yes", "page"))

    def test_after_no_messages_at_all_it_is_said_anew(self):
        self.save(self.offers + self.news)
        self.Optout._block(ADA, self.company, "page")
        self.Optout._unblock(ADA, self.company)
        self.assertEqual(self.unasked(), self.news)
        self.save(self.offers + self.news)
        self.assertFalse(self.unasked())
        self.assertEqual([row[2] for row in self.told()], ["yes", "no", "yes", "yes"])

    def test_what_stood_there_with_a_mark_is_no_yes(self):
        """The page was open when the first campaign that needs a yes was launched."""
        self.assertTrue(self.save(self.offers + self.news, unasked=self.news.browse()))
        self.assertFalse(self.rows())

    def test_an_old_link_says_no_yes(self):
        self.assertFalse(self.save(self.offers + self.news, may_return=False))
        self.assertFalse(self.rows())


class TestWordings(JournalCase):
    def test_the_words_beside_each_choice(self):
        page = """<!DOCTYPE html><html><body><form>
            <fieldset><legend>What interests you</legend>
              <label><input type="hidden" name="shown" value="7"/>
                <input type="checkbox" name="topic" value="7"/>
                <span><b>Offers</b><small>Once a  month</small></span></label></fieldset>
            <fieldset><legend>How often</legend><label for="pause">A pause</label>
              <select id="pause" name="pause"><option value="3"> 3 months</option></select>
              <label><input type="checkbox" name="nothing" value="1"/>
                <b>No more at all</b></label></fieldset></form></body></html>"""
        self.assertEqual(
            wordings(page),
            {
                "topic:7": "What interests you: Offers Once a month",
                "pause:3": "How often: A pause: 3 months",
                "nothing:1": "How often: No more at all",
            },
        )
