"""What the server makes HTML of: words of people stay words, in every field, mail and note."""

from unittest.mock import patch

from lxml import html
from model.test_summary import SummaryCase
from security.world import TwoCompanies, bound

HOSTILE = "<img src=x onerror=alert(1)>"


def assertHarmless(case, text, where):
    """No element, and no attribute that runs, is made of what people wrote."""
    page = html.fromstring(f"<div>{text}</div>")
    case.assertFalse(page.xpath("//img[@src='x'] | //script | //*[@onerror]"), where)


class TestFields(TwoCompanies):
    """The rows of another company, whose name is in each text that people could have written."""

    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(patch("security.world.SECRET", HOSTILE))
        super().setUpClass()

    def test_every_field_that_makes_html(self):
        looked_at = 0
        for name in bound(self.env):
            row = self.their(name).with_company(self.other)
            for field in self.env[name]._fields.values():
                if field.type == "html" and field.compute:
                    looked_at += 1
                    with self.subTest(model=name, field=field.name):
                        assertHarmless(self, row[field.name] or "", field.name)
        self.assertTrue(looked_at)


class TestSummary(SummaryCase):
    def test_the_monthly_mail(self):
        self.company.name = HOSTILE
        self.env["cx.stage"].search([]).write({"name": HOSTILE})  # pylint: disable=no-search-all
        mail = self.sent()
        self.assertEqual(len(mail), 1)
        self.assertIn("&lt;img", mail.body_html)
        assertHarmless(self, mail.body_html, "summary")

    def test_notes_on_a_contact(self):
        customer = self.Customer.search([("company_id", "=", self.company.id)], limit=1)
        customer.partner_id.name = HOSTILE
        before = customer.partner_id.message_ids
        customer.hold(self.env.ref("cx_lifecycle.stage_lost"), "2099-01-01", HOSTILE)
        customer.release_hold()
        customer.declare_lost(HOSTILE)
        customer.withdraw_loss()
        notes = customer.partner_id.message_ids - before
        self.assertGreaterEqual(len(notes), 3)
        self.assertIn("&lt;img", "".join(notes.mapped("body")))
        for note in notes:
            assertHarmless(self, note.body, note.body)
