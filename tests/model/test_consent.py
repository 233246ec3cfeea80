"""Saying no: once, at once, in the person's words, and asked for in one way everywhere."""

from datetime import datetime, timedelta
from unittest.mock import patch

import psycopg2
from dateutil.relativedelta import relativedelta
from model.common import TODAY, LifecycleCase, ago

from odoo import Command
from odoo.exceptions import AccessError, ConcurrencyError, UserError, ValidationError
from odoo.tests import Form, new_test_user
from odoo.tools import SQL, mute_logger

from odoo.addons.cx_lifecycle_mail.models import consent

ADA = "ada@example.com"


def ahead(days):
    return TODAY + timedelta(days=days)


class ConsentCase(LifecycleCase):
    """Ada takes part in a campaign about offers; what would end is written down."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other"})
        cls.offers, cls.news, cls.elsewhere = cls.env["cx.topic"].create(
            [
                {"name": "Offers"},
                {"name": "News", "company_id": cls.company.id},
                {"name": "Elsewhere", "company_id": cls.other_company.id},
            ]
        )
        cls.ada = cls.partner("Ada", email="Ada <ADA@example.com>", lang=False)
        cls.customer = cls.buy(cls.ada, 10)
        cls.campaign = cls.env["cx.campaign"].create(
            {
                "name": "Welcome",
                "entry": "manual",
                "topic_id": cls.offers.id,
                "step_ids": [Command.create({"name": "Hello", "kind": "mail"})],
            }
        )
        cls.act = cls.act_of(cls.customer)
        cls.Optout = cls.env["cx.topic.optout"]

    @classmethod
    def act_of(cls, customer, campaign=None, **values):
        """An act of a running participation, as SQL makes them."""
        campaign = campaign or cls.campaign
        of = {
            "campaign_id": campaign.id,
            "customer_id": customer.id,
            "company_id": customer.company_id.id,
        }
        run = cls.env["cx.campaign.run"].create(
            {
                **of,
                "entry_key": "request:test",
                "arm": "treated",
                "state": "running",
                "entered_at": datetime.now(),
                "ends_on": ahead(90),
            }
        )
        return cls.env["cx.campaign.act"].create(
            {
                **of,
                "run_id": run.id,
                "step_id": campaign.step_ids[:1].id,
                "kind": "mail",
                "state": "done",
                "not_before": datetime.now(),
                "due_at": datetime.now(),
                "expires_at": datetime.now() + timedelta(days=7),
                "person_id": customer.partner_id.id,
                "email": customer.partner_id.email_normalized,
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        self.settled = settled = []

        def settle(runs, company, partner_ids=None):
            settled.append((company, sorted(partner_ids)))

        Run = type(self.env["cx.campaign.run"])
        self.enterContext(patch.object(Run, "_settle_runs", settle, create=True))

    def no(self, email=ADA, topic=None, company=None, source="page", **options):
        """Say no to a topic, offers if none is named."""
        topic = self.offers if topic is None else topic
        return self.Optout._opt_out(email, topic, company or self.company, source, **options)

    def pause(self, until):
        return self.no(topic=self.offers.browse(), until=until)

    def said(self, email=ADA):
        """All that is written down about an address: (topic, last day)."""
        rows = self.Optout.search([("email", "=", email)], order="id")
        return [(row.topic_id.name, row.until) for row in rows]

    def notes(self, partner=None):
        return "".join((partner or self.ada).message_ids.mapped("body"))


class TestOptOut(ConsentCase):
    def test_an_address_is_written_in_one_way(self):
        said = self.no(" Ada Lovelace <Ada@Example.com>", reason="too many")
        self.assertEqual((said.email, said.topic_id, said.reason), (ADA, self.offers, "too many"))
        self.assertEqual((said.source, said.user_id.id, said.until), ("page", False, False))
        for wrong in ("", None, "ada", "ada@example.com, bob@example.com"):
            with self.assertRaisesRegex(ValidationError, "E-mail"):
                self.no(wrong)

    def test_saying_it_twice_is_saying_it_once(self):
        first = self.no()
        self.assertEqual(self.no(ADA.upper(), reason="again"), first)
        self.assertEqual(self.said(), [("Offers", False)])
        self.no(topic=self.news)
        self.no(company=self.other_company)
        self.assertEqual(len(self.said()), 3)

    def test_the_database_keeps_it_once(self):
        self.no()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation):
            self.Optout.create({"email": ADA, "topic_id": self.offers.id})

    def test_two_requests_at_once_are_one_after_the_other(self):
        """What the other request has just written is not seen yet: this one begins again."""
        with patch.object(type(self.Optout), "_in_force", lambda *_: self.Optout.browse()):
            self.no()
            with mute_logger("odoo.sql_db"), self.assertRaises(ConcurrencyError):
                self.no()

    def test_a_pause_grows_and_does_not_shrink(self):
        self.pause(ahead(30))
        self.pause(ahead(20))
        self.assertEqual(self.said(), [(False, ahead(30))])
        self.pause(ahead(60))
        self.assertEqual(self.said(), [(False, ahead(30)), (False, ahead(60))])

    def test_no_for_good_after_no_for_a_while(self):
        self.no(until=ahead(5))
        self.no()
        self.no(until=ahead(50))
        self.assertEqual(self.said(), [("Offers", ahead(5)), ("Offers", False)])

    def test_coming_back(self):
        self.no()
        self.no(topic=self.news)
        self.pause(ahead(30))
        self.Optout._opt_in(ADA, self.offers, self.company)
        self.assertEqual(self.said(), [("News", False), (False, ahead(30))])
        self.Optout._opt_in(ADA, self.offers.browse(), self.company)
        self.assertEqual(self.said(), [("News", False)])
        self.Optout._opt_in(ADA, self.news, self.other_company)
        self.assertEqual(self.said(), [("News", False)])

    def test_what_makes_no_sense_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Topic: choose one of company"):
            self.no(topic=self.elsewhere)
        with self.assertRaisesRegex(ValidationError, "Until"):
            self.no(until=ago(1))
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.CheckViolation):
            self.Optout.create({"email": ADA})
            self.env.flush_all()

    def test_a_topic_that_people_refused_stays(self):
        self.no()
        with self.assertRaisesRegex(UserError, "archive"):
            self.offers.unlink()
        self.news.unlink()
        self.offers.active = False
        self.assertTrue(self.holds(consent.opted_out(ADA, self.offers.id, self.company.id, TODAY)))

    def holds(self, condition):
        self.env.flush_all()
        return self.env.execute_query(SQL("SELECT %s", condition))[0][0]


class TestColleagues(ConsentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(cls.env, "consent_rep", "sales_team.group_sale_salesman")
        cls.marketer = new_test_user(cls.env, "consent_marketer", "cx_lifecycle.group_marketer")

    def add(self, user=None, **values):
        Optout = self.Optout.with_user(user or self.rep)
        return Optout.create({"email": "ADA@example.com", "topic_id": self.offers.id, **values})

    def test_a_rep_adds_and_says_so_with_the_own_name(self):
        said = self.add(source="one_click", user_id=self.marketer.id, at="2001-01-01 00:00:00")
        self.assertEqual((said.email, said.company_id), (ADA, self.company))
        self.assertEqual((said.source, said.user_id), ("person", self.rep))
        self.assertEqual(said.at.date(), datetime.now().date())
        [note] = self.ada.message_ids
        self.assertEqual(note.author_id, self.rep.partner_id)

    def test_only_marketers_remove_and_nobody_changes(self):
        said = self.add()
        admin = new_test_user(self.env, "consent_admin", "cx_lifecycle.group_admin")
        for user in (self.rep, self.marketer, admin):
            with self.assertRaises(AccessError):
                said.with_user(user).write({"until": TODAY})
        with self.assertRaises(AccessError):
            said.with_user(self.rep).unlink()
        said.with_user(self.marketer).unlink()
        self.assertEqual(self.said(), [])
        self.assertIn("wants messages about Offers again", self.notes())

    def test_by_the_dialog(self):
        with Form(self.Optout.with_user(self.rep), "cx_lifecycle_mail.view_optout_new") as form:
            form.email = "ada@example.com"
            form.topic_id = self.offers
            form.reason = "on the phone"
        self.assertEqual((form.record.user_id, form.record.reason), (self.rep, "on the phone"))

    def test_not_for_companies_of_others(self):
        with self.assertRaises(AccessError):
            self.add(company_id=self.other_company.id)


class TestEffect(ConsentCase):
    def test_participations_end_at_once(self):
        """Of every customer with that address among its contacts, in that company alone."""
        firm = self.partner("Firm", is_company=True)
        self.partner("Ada at work", email=ADA, parent_id=firm.id)
        self.act_of(self.buy(firm, 10))
        self.act_of(self.buy(self.ada, 20, company=self.other_company))
        self.buy(self.partner("Namesake", email=ADA), 10)  # takes part in nothing
        self.settled.clear()
        self.no()
        self.assertEqual(self.settled, [(self.company, sorted((self.ada + firm).ids))])

    def test_by_the_block_list_in_all_companies(self):
        self.act_of(self.buy(self.ada, 20, company=self.other_company))
        self.settled.clear()
        entry = self.env["mail.blacklist"].create({"email": "Ada@example.com"})
        everywhere = [(company, [self.ada.id]) for company in self.company + self.other_company]
        self.assertCountEqual(self.settled, everywhere)
        self.settled.clear()
        entry.action_archive()
        self.assertEqual(self.settled, [])
        entry.action_unarchive()
        self.assertCountEqual(self.settled, everywhere)
        self.settled.clear()
        entry.email = "bob@example.com"
        self.assertEqual(self.settled, [])
        entry.email = ADA
        self.assertCountEqual(self.settled, everywhere)

    def test_one_short_query_when_nobody_takes_part(self):
        self.act.run_id.state = "finished"
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.Optout._settle([ADA], self.company)
        with self.assertQueryCount(0):
            self.Optout._settle([False, ""])
        self.assertEqual(self.settled, [])

    def test_the_look_up_reads_no_other_contacts(self):
        self.env.flush_all()
        index = self.env.execute_query(
            SQL("SELECT indexdef FROM pg_indexes WHERE indexname = %s",
                "res_partner_cx_address_index")
        )  # fmt: skip
        self.assertIn("(email_normalized)", index[0][0])


class TestNotes(ConsentCase):
    def test_one_note_for_colleagues_and_no_mail(self):
        mails = self.env["mail.mail"].search_count([])
        self.ada.message_subscribe(self.env.user.partner_id.ids)
        self.no(reason="<img src=x onerror=alert(1)>")
        [note] = self.ada.message_ids
        self.assertTrue(note.is_internal)
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertEqual(note.author_id, self.env.ref("base.partner_root"))
        self.assertIn("ada@example.com wants no more messages about Offers", note.body)
        self.assertIn(f"Preference page · {self.company.name}", note.body)
        self.assertIn("Reason: &lt;img src=x onerror=alert(1)&gt;", note.body)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.no(reason="again")
        self.assertEqual(self.ada.message_ids, note)

    def test_in_the_companys_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.partner_id.lang = "fr_FR"
        self.offers.with_context(lang="fr_FR").name = "Promotions"
        self.no(until=ahead(10))
        self.assertIn("Promotions", self.notes())
        self.assertIn(ahead(10).strftime("%d/%m/%Y"), self.notes())

    def test_on_the_contacts_of_the_company_alone(self):
        theirs = self.partner("Theirs", email=ADA, company_id=self.other_company.id)
        ours = self.partner("Ours", email=ADA, company_id=self.company.id)
        self.no()
        self.assertIn("Offers", self.notes(ours))
        self.assertNotIn("Offers", self.notes(theirs))

    def test_what_is_over_needs_no_note_when_it_is_removed(self):
        said = self.pause(ahead(1))
        self.env.execute_query(
            SQL("UPDATE cx_topic_optout SET until = %s WHERE id = %s RETURNING id",
                ago(3), said.id)
        )  # fmt: skip
        said.invalidate_recordset()
        said.unlink()
        self.assertNotIn("again", self.notes())


class TestConditions(ConsentCase):
    """The one place that says who is not written to."""

    def answers(self, email=ADA, topic=None, company=None, on=TODAY):
        """(blocked, opted out, paused), once by columns and once by values."""
        topic = self.offers.id if topic is None else topic
        company = (company or self.company).id
        self.env.flush_all()
        found = set()
        for to, what, where, day in (
            (email, topic, company, on),
            (SQL("o.email"), SQL("o.topic"), SQL("o.company"), SQL("o.day")),
        ):
            found |= set(
                self.env.execute_query(
                    SQL(
                        "SELECT %s, %s, %s FROM (SELECT %s AS email, %s::int AS topic,"
                        " %s AS company, %s::date AS day) AS o",
                        consent.blocked(to),
                        consent.opted_out(to, what, where, day),
                        consent.paused(to, where, day),
                        email,
                        topic or None,
                        company,
                        on,
                    )
                )
            )
        [answer] = found
        return answer

    def test_nothing_said(self):
        self.assertEqual(self.answers(), (False, False, False))

    def test_a_topic(self):
        self.no()
        self.assertEqual(self.answers(), (False, True, False))
        self.assertEqual(self.answers(topic=self.news.id), (False, False, False))
        self.assertEqual(self.answers(topic=False), (False, False, False))
        self.assertEqual(self.answers("bob@example.com"), (False, False, False))
        self.assertEqual(self.answers(company=self.other_company), (False, False, False))

    def test_until_the_last_day(self):
        self.no(until=ahead(5))
        self.pause(ahead(7))
        self.assertEqual(self.answers(on=ahead(5)), (False, True, True))
        self.assertEqual(self.answers(on=ahead(6)), (False, False, True))
        self.assertEqual(self.answers(on=ahead(8)), (False, False, False))
        self.assertEqual(self.answers(topic=False), (False, False, True))
        self.assertEqual(self.answers(company=self.other_company), (False, False, False))

    def test_the_block_list(self):
        entry = self.env["mail.blacklist"].create({"email": ADA})
        self.assertEqual(self.answers(company=self.other_company), (True, False, False))
        entry.action_archive()
        self.assertEqual(self.answers(), (False, False, False))


class TestPreferences(ConsentCase):
    """What the page saves; the page itself is in tests/security/test_links.py."""

    def save(self, kept, may_return=True, **wishes):
        topics = self.offers + self.news + self.elsewhere
        return self.Optout._save_preferences(
            ADA,
            self.company,
            {
                "shown": set(topics.ids),
                "kept": set(kept.ids),
                "months": None,
                "nothing": None,
                "reason": None,
                **wishes,
            },
            may_return,
        )

    def blocked(self):
        return self.Optout._preferences(ADA, self.company)["blocked"]

    def test_topics(self):
        self.assertTrue(self.save(self.news, reason="enough"))
        self.assertEqual(self.said(), [("Offers", False)])
        self.assertEqual(self.Optout.search([("email", "=", ADA)]).reason, "enough")
        self.assertTrue(self.save(self.offers))
        self.assertEqual(self.said(), [("News", False)])

    def test_only_what_the_page_showed(self):
        """A topic that was made in the meantime is not refused by saying nothing about it."""
        self.save(self.offers.browse(), shown={self.news.id, 999999999})
        self.assertEqual(self.said(), [("News", False)])

    def test_an_old_link_says_no_but_never_yes(self):
        self.no()
        self.pause(ahead(50))
        self.env["mail.blacklist"].create({"email": ADA})
        self.assertFalse(self.save(self.offers, may_return=False, months=0, nothing=False))
        self.assertEqual(self.said(), [("Offers", False), (False, ahead(50)), ("News", False)])
        self.assertTrue(self.blocked())
        self.assertTrue(self.save(self.offers.browse(), may_return=False, months=3))
        self.assertTrue(self.blocked())

    def test_pauses(self):
        month, quarter = (TODAY + relativedelta(months=n) for n in (1, 3))
        self.save(self.offers + self.news, months=1)
        self.assertEqual(self.said(), [(False, month)])
        self.save(self.offers + self.news)
        self.assertEqual(self.said(), [(False, month)])
        self.assertTrue(self.save(self.offers + self.news, may_return=False, months=3))
        self.assertEqual(self.said(), [(False, month), (False, quarter)])
        self.assertFalse(self.save(self.offers + self.news, may_return=False, months=1))
        self.assertEqual(self.said(), [(False, month), (False, quarter)])
        self.save(self.offers + self.news, months=1)
        self.assertEqual(self.said(), [(False, month)])
        self.save(self.offers + self.news, months=0)
        self.assertEqual(self.said(), [])

    def test_nothing_at_all_and_back(self):
        self.save(self.offers + self.news, nothing=True, reason="leave me alone")
        self.assertTrue(self.blocked())
        self.assertIn("wants no more messages at all", self.notes())
        self.assertIn("Reason: leave me alone", self.notes())
        entry = self.env["mail.blacklist"].search([("email", "=", ADA)])
        self.assertIn("leave me alone", "".join(entry.message_ids.mapped("body")))
        self.save(self.offers + self.news, nothing=True)
        self.save(self.offers + self.news)
        self.assertTrue(self.blocked())
        self.save(self.offers + self.news, nothing=False)
        self.assertFalse(self.blocked())
        self.assertIn("wants messages again", self.notes())

    def test_one_note_for_one_visit(self):
        self.save(self.offers.browse(), months=6)
        self.assertEqual(len(self.ada.message_ids), 1)
        self.assertEqual(len(self.said()), 3)
