"""The journal of what people said about their data: added to, and never changed."""

from model.common import LifecycleCase

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user


class TestConsentJournal(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(cls.env, "cj_rep", "sales_team.group_sale_salesman")
        cls.marketer = new_test_user(cls.env, "cj_marketer", "cx_lifecycle.group_marketer")
        cls.admin = new_test_user(cls.env, "cj_admin", "cx_lifecycle.group_admin")
        cls.ada = cls.partner("Ada", email="ada@example.com", user_id=cls.rep.id)
        cls.Consent = cls.env["cx.consent"]

    def note(self, person=None, user=None, **values):
        journal = self.Consent.with_user(user or self.rep)
        person = person if person is not None else self.ada
        said = {"partner_id": person.id, "purpose": "profiling", "answer": "no"}
        return journal._note([{**said, **values}])

    def test_who_said_what_when_and_to_whom(self):
        [row] = self.note(email="Ada <ADA@Example.com>", wording="Leave me", proof="Letter 7")
        self.assertEqual(
            (row.email, row.company_id, row.user_id, row.origin, row.wording, row.proof),
            ("ada@example.com", self.company, self.rep, "person", "Leave me", "Letter 7"),
        )
        self.assertTrue(row.at)

    def test_nobody_adds_changes_or_deletes_by_hand(self):
        row = self.note()
        values = {"purpose": "profiling", "answer": "yes", "company_id": self.company.id,
                  "origin": "person", "at": "2026-01-01"}  # fmt: skip
        for user in (self.rep, self.marketer, self.admin):
            mine = row.with_user(user)
            for act in (
                lambda mine=mine: mine.write({"answer": "yes"}),
                lambda mine=mine: mine.create(values),
                mine.unlink,
                mine.copy,
            ):
                with self.assertRaises(AccessError):
                    act()
        with self.assertRaises(UserError):
            row.sudo().write({"answer": "yes"})
        with self.assertRaises(UserError):
            row.sudo().unlink()
        self.assertEqual(row.answer, "no")

    def test_reps_read_what_their_customers_said(self):
        other = new_test_user(self.env, "cj_rep2", "sales_team.group_sale_salesman")
        theirs = self.partner("Theirs", user_id=other.id)
        mine, free, foreign = (
            self.note(person) for person in (self.ada, self.partner("Free"), theirs)
        )
        addressed = self.note(self.env["res.partner"], email="who@example.com")
        at_mine = self.note(self.partner("Bea", parent_id=self.ada.id))
        rows = mine | free | foreign | addressed | at_mine
        for user, seen in (
            (self.rep, mine | free | at_mine),
            (self.marketer, rows),
            (self.admin, rows),
        ):
            found = self.Consent.with_user(user).search([("id", "in", rows.ids)])
            self.assertEqual(found.sudo(), seen.sorted(lambda r: (r.at, r.id), reverse=True))
        action = self.ada.with_user(self.rep).action_cx_consents()
        listed = self.Consent.with_user(self.rep).search(action["domain"])
        self.assertEqual(listed.sudo(), at_mine | mine)
        for group in ("base.group_user", "base.group_portal"):
            outsider = new_test_user(self.env, group, group)
            with self.assertRaises(AccessError):
                self.ada.with_user(outsider).action_cx_consents()

    def test_not_of_another_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        row = self.note(company_id=elsewhere.id)
        self.assertFalse(self.Consent.with_user(self.admin).search([("id", "=", row.id)]))

    def test_deleting_the_contact_keeps_the_row(self):
        person = self.partner("Bob")
        row = self.note(person)
        person.unlink()
        row.invalidate_recordset()
        self.assertEqual((row.exists(), row.partner_id.id), (row, False))
