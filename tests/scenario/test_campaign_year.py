"""All presets for a year, day by day: the figures add up at every step."""

import sys
from contextlib import contextmanager

from model.books import Books
from model.campaigns import SinkCase
from model.clock import Clock
from scenario.year import START, Year


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
        cr = self.env.cr

        @contextmanager
        def here(acts):
            """All transactions are one, but what others wrote is seen no sooner than in life."""
            acts.env.flush_all()
            with cr.savepoint(flush=False):
                yield cr

        self.patch(type(self.Act), "_journal", here)

    def test_a_year(self):
        with Clock(self.env, START) as clock:
            books = Books(self, clock, self.company | self.branch)
            year = Year(self, clock, books)
            year.open(self.company, self.branch)
            year.live()
        sys.stdout.write(f"\n{books.table(year.all)}\n")
