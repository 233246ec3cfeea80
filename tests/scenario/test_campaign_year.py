"""All presets for a year, day by day: the figures add up at every step.

Who the customers are, and what they do when, is in ``year.py``; what must hold is in
``model/books.py``; how time passes is in ``model/clock.py``.
"""

from model.books import Books
from model.campaigns import SinkCase
from model.clock import Clock
from scenario.year import START, W, Year

from odoo.addons.cx_lifecycle_mail.models.journal import prepare

# why somebody did not enter, why a participation ended, why an act was not done: each occurs
EXCLUDED = {
    "no_address", "blacklisted", "refused_before", "opted_out", "paused", "lost", "excluded",
    "held", "open_deal", "other_campaign", "cooldown", "duplicate",
}  # fmt: skip
ENDED = {
    "completed", "bought", "stage_left", "replied", "too_long", "campaign_over", "by_hand", "lost",
    "held", "excluded", "blacklisted", "opted_out", "paused", "open_deal", "no_contact",
}  # fmt: skip
NOT_DONE = {
    "condition", "happened", "expired", "capped", "no_address", "no_assignee", "refused",
    "refused_before", "unknown_fate", "bought", "stage_left", "campaign_over",
}  # fmt: skip


class TestYear(SinkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.branch = cls.env["res.company"].create(
            {"name": "Branch", "email": "branch@shop.example.com"}
        )
        cls.env.user.company_ids |= cls.branch
        cls.env["cx.policy"]._of(cls.branch)
        cls.accept(cls.branch)
        both = cls.company | cls.branch
        both.write({"cx_quiet_from": 20.0, "cx_quiet_to": 8.0, "cx_call_cap": 1})
        both.partner_id.tz = "Europe/Paris"
        cls.company.cx_mail_cap, cls.branch.cx_mail_cap = 1, 2

    def setUp(self):
        super().setUp()
        cr, known = self.env.cr, self.plans

        def here(acts, query, plans=()):
            """All transactions are one, but what others wrote is seen no sooner than in life."""
            acts.env.flush_all()
            with cr.savepoint(flush=False):
                prepare(cr, plans, known)
                cr.execute(query)
                return cr.fetchall() if cr.description else []

        self.patch(type(self.Act), "_journaled", here)

    def test_a_year(self):
        with Clock(self.env, START) as clock:
            books = Books(self, clock, self.company | self.branch)
            year = Year(self, clock, books)
            year.open(self.company, self.branch)
            year.live()
            books.check(year.all)
        print(f"\n{books.table(year.all)}")
        self.assertFalse(year.left, "all that was planned has happened")
        for campaign in year.all:
            self.assertTrue(campaign.run_count and campaign.done_count, campaign.name)
        every = lambda counts: {reason for campaign in year.all for reason in counts(campaign)}  # noqa: E731
        self.assertLessEqual(EXCLUDED, {reason for _campaign, reason in books.excluded})
        self.assertLessEqual(ENDED, every(books.ended))
        self.assertLessEqual(NOT_DONE, every(books.not_done))
        self._two_dormancies(year)
        self._companies_apart(year)
        self._letters(year)
        self._held_out(year)

    def _two_dormancies(self, year):
        first, second = year.runs("Dora")
        self.assertEqual((first.reason, second.reason), ("bought", "completed"))
        self.assertNotEqual(first.episode_id, second.episode_id)
        self.assertEqual([mail.run for mail in year.mails("Dora")],
                         [first.id, second.id, second.id])  # fmt: skip
        # an order that was cancelled: the same silence, and nobody is asked twice within 60 days
        self.assertEqual(year.runs("Rolf", "thanks").reason, "stage_left")
        self.assertEqual(year.mails("Rolf", "thanks"), [])
        self.assertEqual(len(year.runs("Dilys")), 1, "once the quotation was lost")

    def _companies_apart(self, year):
        here, there = year.runs("Bo"), year.runs("Bo", "branch")
        self.assertEqual((here.reason, there.reason), ("opted_out", "completed"))
        self.assertEqual((len(year.mails("Bo")), len(year.mails("Bo", "branch"))), (1, 2))
        self.assertEqual(there.company_id, self.branch)
        self.assertFalse(year.runs("Bea"), "a customer of the branch only")

    def _letters(self, year):
        self.assertEqual([m.email for m in year.mails("Bigco")],
                         ["bigco@example.com", "ann@bigco.example.com"])  # fmt: skip
        self.assertEqual(["paul@" in m.signer for m in year.mails("Sven")], [False, True])
        mail = lambda name: year.runs(name).act_ids.filtered("smtp_code")[:1]  # noqa: E731
        self.assertEqual((mail("Bob").state, mail("Bob").smtp_code), ("refused", 550))
        state = lambda name: year.runs(name).act_ids.sorted("id")[0].state  # noqa: E731
        self.assertEqual((state("Una"), state("Ulf")), ("done", "uncertain"))
        self.assertEqual((len(year.mails("Una")), len(year.mails("Ulf"))), (1, 0))

    def _held_out(self, year):
        for name, code in (("Out", W), ("Ned", "welcome")):
            run = year.runs(name, code)
            self.assertEqual((run.arm, len(run.act_ids)), ("held_out", 0))
            self.assertTrue(run.reason, "it ended like the others")
            self.assertEqual(year.mails(name, code), [])
