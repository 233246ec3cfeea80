"""The draw of arms in SQL is that of the engine."""

from odoo.tests import TransactionCase
from odoo.tools import SQL

from odoo.addons.cx_lifecycle_mail.engine import holdout
from odoo.addons.cx_lifecycle_mail.models.arms import position_sql

NUMBERS = [*range(1, 5001), -7, 0, 2**31 - 1, 2**31, 2**63 - 1]


class TestArms(TransactionCase):
    def positions(self, salt):
        query = SQL(
            "SELECT n, %s FROM unnest(%s::bigint[]) AS n", position_sql(salt, SQL("n")), NUMBERS
        )
        return dict(self.env.execute_query(query))

    def test_sql_and_python_draw_the_same(self):
        for salt in ("1", "campaign 42", "50 %", "it's", "été:\\x"):
            expected = {number: holdout.position(salt, number) for number in NUMBERS}
            self.assertEqual(self.positions(salt), expected)

    def test_the_same_are_held_out_at_the_very_edge(self):
        # a share that is exactly somebody's position: that one is treated, by both
        share = sorted(holdout.position("1", number) for number in NUMBERS)[500]
        query = SQL(
            "SELECT n FROM unnest(%s::bigint[]) AS n WHERE %s < %s",
            NUMBERS,
            position_sql("1", SQL("n")),
            share,
        )
        held_out = {number for (number,) in self.env.execute_query(query)}
        self.assertEqual(held_out, {n for n in NUMBERS if holdout.held_out("1", n, share)})
        self.assertEqual(len(held_out), 500)
