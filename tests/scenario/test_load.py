"""Purchases from a CSV file, and how well the stages predict who comes back."""

import csv
from datetime import date, timedelta
from pathlib import Path

from model.common import TODAY, LifecycleCase

from odoo.exceptions import UserError

from odoo.addons.cx_lifecycle.demo import loader, purchases_csv
from odoo.addons.cx_lifecycle.demo.purchases_csv import BadRow

DATA = Path(__file__).parent.parent / "data"
CUT, HORIZON = date(1997, 12, 31), 180


def roc_auc(pairs):
    """Share of (who came back, who did not) pairs in which the former had the higher score."""
    back = sum(1 for _score, back in pairs if back)
    away = len(pairs) - back
    ordered = sorted(pairs)
    total, position = 0.0, 0
    while position < len(ordered):
        end = position
        while end < len(ordered) and ordered[end][0] == ordered[position][0]:
            end += 1
        total += sum(b for _s, b in ordered[position:end]) * (position + end + 1) / 2
        position = end
    return (total - back * (back + 1) / 2) / (back * away)


class TestPrediction(LifecycleCase):
    """The whole CDNOW cohort (Fader & Hardie): half a year ahead of what the stages knew."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with (DATA / "cdnow_master.csv").open(encoding="utf-8", newline="") as lines:
            cls.rows = list(csv.DictReader(lines))
        with (DATA / "cdnow_master.csv").open(encoding="utf-8", newline="") as lines:
            purchases = purchases_csv.read(lines, as_of=CUT)
        loader.load(cls.env, purchases)
        cls.classPatch(type(cls.env["ir.cron"]), "_commit_progress", lambda *_, **__: 100.0)
        cls.env["cx.run"].search([]).state = "done"
        cls.env["cx.run"]._request("rebuild", cls.company)
        cls.run_ = cls.env["cx.run"].search([("state", "=", "waiting")])
        cls.run_.as_of = CUT
        cls.run_._pass()
        end = CUT + timedelta(days=HORIZON)
        cls.back = {
            row["customer_id"]
            for row in cls.rows
            if float(row["amount"]) > 0 and CUT < date.fromisoformat(row["date"]) <= end
        }
        cls.customers = cls.Customer.search([("purchase_count", ">", 0)])

    def test_everybody_has_a_stage(self):
        ids = {row["customer_id"] for row in self.rows}
        known = self.Customer.search([("partner_id.ref", "in", list(ids))])
        self.assertEqual(len(known), len(ids))
        self.assertFalse(known.filtered(lambda c: not c.stage_id))
        paid = {
            row["customer_id"]
            for row in self.rows
            if float(row["amount"]) > 0 and date.fromisoformat(row["date"]) <= CUT
        }
        self.assertEqual(set(self.customers.partner_id.mapped("ref")), paid)

    def test_chance_ranks_who_comes_back(self):
        chances = self.customers.chance_of_purchase(HORIZON, on=CUT)
        pairs = [(chances[c.id], c.partner_id.ref in self.back) for c in self.customers]
        self.assertGreaterEqual(roc_auc(pairs), 0.800)

    def test_stage_tells_who_comes_back(self):
        alive = {"new", "active"}
        told = [(c.stage_id.code in alive, c.partner_id.ref in self.back) for c in self.customers]
        back = [said for said, came in told if came]
        away = [not said for said, came in told if not came]
        balanced = (sum(back) / len(back) + sum(away) / len(away)) / 2
        self.assertGreaterEqual(balanced, 0.70)

    def test_history_is_complete(self):
        self.assertLedger(self.customers[:300])
        open_episodes = self.env["cx.episode"].search_count([("left_on", "=", False)])
        self.assertEqual(open_episodes, self.Customer.search_count([("stage_id", "!=", False)]))
        self.assertFalse(self.env["cx.episode"].search_count([("entered_on", ">", CUT)]))


class TestLoader(LifecycleCase):
    def purchases(self, text, **options):
        return purchases_csv.read(text.splitlines(keepends=True), **options)

    def test_bad_rows_are_named_by_their_line(self):
        head = "customer_id,date,amount\n"
        for text, message in (
            ("", "line 1: the header must be"),
            ("id,day,sum\n1,2020-01-01,3\n", "line 1: the header must be customer_id,date,amount"),
            (head, "no purchases"),
            (head + "a,2020-01-01,1\na,2020-13-01,1\n", "line 3: date '2020-13-01'"),
            (head + "a,01/02/2020,1\n", "line 2: date"),
            (head + "a,2020-01-01,twelve\n", "line 2: amount 'twelve'"),
            (head + "a,2020-01-01,nan\n", "line 2: amount nan"),
            (head + "a,2020-01-01,1e300\n", "line 2: amount"),
            (head + ",2020-01-01,1\n", "line 2: customer_id is empty"),
            (head + "a,2020-01-01\n", "line 2: 3 values are needed, 2 found"),
            (head + 'a,2020-01-01,1\n"a,2020-01-01,1\n', "line 3|line 4"),
        ):
            with self.subTest(text), self.assertRaisesRegex(BadRow, message):
                self.purchases(text)

    def test_later_rows_are_ignored(self):
        rows = self.purchases(
            "customer_id,date,amount\na,2020-01-01,1\n\na,2020-01-02,2\n", as_of=date(2020, 1, 1)
        )
        self.assertEqual([r.amount for r in rows], [1])

    def load(self, text, **options):
        return loader.load(self.env, self.purchases(text), **options)

    def test_orders_refunds_and_references(self):
        made = self.load(
            "customer_id,date,amount\nx1,2020-01-01,10\nx1,2020-01-01,-4\nx2,2020-02-01,7.5\n"
        )
        self.assertEqual(made, (2, 3))
        partners = self.env["res.partner"].search([("ref", "in", ["x1", "x2"])], order="ref")
        self.assertEqual(partners.mapped("ref"), ["x1", "x2"])
        orders = self.env["sale.order"].search([("partner_id", "in", partners.ids)])
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.assertEqual(sorted(orders.mapped("amount_total")), [-4, 7.5, 10])
        self.assertEqual(sorted(orders.order_line.mapped("price_subtotal")), [-4, 7.5, 10])
        self.refresh(partners, on=date(2020, 2, 1))
        self.assertEqual([self.of(p).value_12m for p in partners], [6, 7.5])
        again = self.load("customer_id,date,amount\nx1,2020-03-01,5\n")
        self.assertEqual(again, (1, 1))
        self.assertEqual(self.env["res.partner"].search_count([("ref", "=", "x1")]), 1)

    def test_demonstration(self):
        sample = Path(loader.__file__).with_name("cdnow_sample.csv")
        rows = purchases_csv.read(sample.read_text(encoding="utf-8").splitlines(keepends=True))
        self.assertEqual(len({r.customer for r in rows}), 2357)
        customers = sorted({r.customer for r in rows})[:220]
        rows = [r for r in rows if r.customer in set(customers)]
        shift = TODAY - timedelta(days=7) - max(r.day for r in rows)
        loader.load(self.env, rows, shift, demo=True)
        partners = self.env["res.partner"].search([("ref", "in", customers)])
        self.assertEqual(len(partners), 220)
        firms = partners.filtered("is_company")
        self.assertEqual(len(firms), 3)
        self.assertEqual(len(firms.child_ids), 6)
        self.assertEqual(len(partners.user_id), 3)
        self.refresh(partners)
        self.assertTrue(all(self.of(firm).purchase_count for firm in firms))
        last = max(self.of(p).last_purchase_on for p in partners)
        self.assertEqual(last, TODAY - timedelta(days=7))

    def test_needs_orders_to_count(self):
        self.env.ref("cx_lifecycle.source_account_move").action_count_instead()
        with self.assertRaisesRegex(UserError, "source"):
            self.load("customer_id,date,amount\nx1,2020-01-01,10\n")
