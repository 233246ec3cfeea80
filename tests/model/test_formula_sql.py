"""The formula on numbers and the formula in SQL are one."""

import itertools
from datetime import timedelta

from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.engine import formula, rhythm
from odoo.addons.cx_lifecycle.models.cx_customer import formula_sql

LEVELS = rhythm.CURVE + rhythm.EXPECTED + rhythm.CHANGES
INPUTS = ("x", "tx", "sl", "sq", "until", "silence")


class TestFormula(LifecycleCase):
    def grid(self):
        """Customers of every kind: how often, how regular, how long silent."""
        gaps = [[], [1], [400], [30, 31], [2, 90, 700], [7] * 12, [1, 1, 1, 365], [60, 20, 45] * 9]
        for gap, until, silence in itertools.product(
            gaps, (rhythm.NEVER, 10, 200), (0, 3, 90, 4000)
        ):
            logs = [formula.ln(float(g)) for g in gap]
            yield (len(gap), sum(gap), sum(logs), sum(v * v for v in logs), until, silence)

    def test_both_routes_agree(self):
        checked = 0
        for theta, gap in (
            (rhythm.DEFAULT_THETA, 90.0),
            ((0.37, 0.82, -0.46, 0.14, -0.25, 0.19, 1.73, 1.49, -0.08), 29.0),
            ((3.0, 2.0, 1.0, 4.0, -3.0, 2.0, 15.0, 9.0, 7.0), 1.0),
            ((-2.0, 0.1, -1.0, -4.0, 2.0, -1.0, -9.0, -2.0, -3.0), 2000.0),
        ):
            self.policy.write({"theta": list(theta), "median_gap": gap})
            rows = [tuple(map(float, row)) for row in self.grid()]
            source = SQL(
                "SELECT * FROM (VALUES %s) AS v (%s)",
                SQL(", ").join(
                    SQL("(%s)", SQL(", ").join(SQL("%s::float8", v) for v in row)) for row in rows
                ),
                SQL(", ").join(map(SQL.identifier, INPUTS)),
            )
            names = ["usual", "sigma", "ln_tau", "pi", "beta", "nu", "horizon",
                     "expected_from_days", "expected_days", "overdue_days", "dormant_days",
                     "lost_days"]  # fmt: skip
            columns = formula.Columns()
            likely = rhythm.chance(columns, columns.silence, columns.horizon)
            rare = rhythm.rarity(columns, columns.silence)
            missed = rhythm.missing(columns, columns.silence)
            found = self.env.execute_query(
                SQL(
                    "SELECT %s, %s, %s, %s FROM (%s) AS f",
                    SQL(", ").join(map(SQL.identifier, names)),
                    SQL(likely.text), SQL(rare.text), SQL(missed.text),
                    formula_sql(LEVELS, source, self.policy._constants()),
                )
            )  # fmt: skip
            for row, values in zip(rows, found, strict=True):
                here = formula.compute(
                    LEVELS, **dict(zip(INPUTS, row, strict=True)), **self.policy._numbers()
                )
                expected = [getattr(here, name) for name in names]
                expected.append(rhythm.chance(here, here.silence, here.horizon))
                expected.append(rhythm.rarity(here, here.silence))
                expected.append(rhythm.missing(here, here.silence))
                for name, a, b in zip(
                    [*names, "chance", "rarity", "missing"], values, expected, strict=True
                ):
                    self.assertAlmostEqual(a, b, delta=1e-9 * max(1, abs(b)), msg=f"{name} {row}")
                    checked += 1
        self.assertGreater(checked, 5000)

    def test_chance_of_purchase(self):
        customers = self.buy(self.partner("Ada"), 30, 20, 10) | self.buy(self.partner("Bea"), 700)
        cleo = self.partner("Cleo")
        self.night()
        suspect = self.of(cleo)
        everybody = customers | suspect
        chances = everybody.chance_of_purchase(90)
        self.assertEqual(set(chances), set(everybody.ids))
        self.assertIsNone(chances[suspect.id], "unknown is empty, not 0")
        self.assertGreater(chances[customers[0].id], chances[customers[1].id])
        for customer in customers:
            self.assertAlmostEqual(
                chances[customer.id], self.by_numbers(customer, 90, TODAY), delta=1e-9
            )
        later = everybody.chance_of_purchase(90, on=(TODAY + timedelta(days=60)).isoformat())
        self.assertLess(later[customers[0].id], chances[customers[0].id])
        self.assertIsNone(everybody.chance_of_purchase(90, on=ago(100))[customers[0].id])

    def by_numbers(self, customer, days, on):
        row = formula.compute(
            rhythm.CURVE,
            x=float(customer.purchase_count - 1),
            tx=float((customer.last_purchase_on - customer.first_purchase_on).days),
            sl=customer.gap_log_sum,
            sq=customer.gap_log_square_sum,
            **self.policy._numbers(),
        )
        return rhythm.chance(row, float((on - customer.last_purchase_on).days), float(days))

    def test_chance_is_one_query_for_any_number(self):
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(30)])
        for partner in partners:
            self.order(partner, ago(5))
        customers = self.Customer.search([("partner_id", "in", partners.ids)])
        counts = []
        for group in (customers[:2], customers):
            self.env.flush_all()
            group.mapped("company_id")
            before = self.env.cr.sql_log_count
            group.chance_of_purchase(30)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_chance_needs_a_period(self):
        for days in (0, -3, "90", None, True):
            with self.assertRaisesRegex(UserError, "Days"):
                self.Customer.chance_of_purchase(days)
