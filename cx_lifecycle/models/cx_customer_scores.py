"""A customer's figures as SQL: statistics of the purchases, the curve, and days of change."""

from odoo import fields, models
from odoo.tools import SQL

from ..engine import formula, rhythm
from .cx_customer import formula_sql

LEVELS = rhythm.CURVE + rhythm.EXPECTED + rhythm.CHANGES
# What the verdict needs of statistics and curve, with its PostgreSQL type.
SCORES = {
    "partner_id": "int",
    "segment": "int",
    "purchases": "int",
    "first_on": "date",
    "last_on": "date",
    "sl": "float8",
    "sq": "float8",
    "usual": "float8",
    "yearly": "float8",
    "average_purchase": "numeric",
    "value_12m": "numeric",
    "value_review_on": "date",
    "expected_days": "float8",
    "expected_from_days": "float8",
    "overdue_days": "float8",
    "dormant_days": "float8",
    "lost_days": "float8",
}


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def _statistics(self, policy, on, days):
        """SELECT of each buyer's figures from the purchases themselves.

        :param SQL days: SELECT of partner_id, day, amount
        :param date on: what is dated later has not been bought yet
        """
        return SQL(
            """
            SELECT partner_id, purchases, x, tx, sl, sq, first_on, last_on, average_purchase,
                   value_12m, least(value_drop_on, future_on) AS value_review_on
              FROM (
            SELECT partner_id,
                   (count(*) FILTER (WHERE bought))::int AS purchases,
                   greatest(count(*) FILTER (WHERE bought) - 1, 0)::float8 AS x,
                   coalesce(max(at) FILTER (WHERE bought) - min(at) FILTER (WHERE bought), 0) AS tx,
                   coalesce(sum(ln_gap) FILTER (WHERE bought), 0) AS sl,
                   coalesce(sum(ln_gap * ln_gap) FILTER (WHERE bought), 0) AS sq,
                   min(day) FILTER (WHERE bought) AS first_on,
                   max(day) FILTER (WHERE bought) AS last_on,
                   avg(amount) FILTER (WHERE bought) AS average_purchase,
                   sum(amount) FILTER (WHERE day > %(year_ago)s AND day <= %(on)s) AS value_12m,
                   greatest((min(day) FILTER (WHERE day > %(year_ago)s AND day <= %(on)s)
                                 + interval '1 year')::date,
                            max(%(on)s + 1) FILTER (WHERE day > %(year_ago)s AND day <= %(on)s)
                       ) AS value_drop_on,
                   min(day) FILTER (WHERE day > %(on)s) AS future_on
              FROM (%(gaps)s) AS gaps GROUP BY partner_id
                   ) AS statistics
            """,
            on=on,
            year_ago=fields.Date.subtract(on, years=1),
            gaps=self._gaps(policy, on, days),
        )

    def _stored_statistics(self, company, policy, scope):
        """The same SELECT from what is stored: right as long as the policy's clock is the same."""
        return SQL(
            """
            SELECT partner_id, purchase_count AS purchases,
                   greatest(purchase_count - 1, 0)::float8 AS x,
                   coalesce(%(last)s - %(first)s, 0) AS tx,
                   gap_log_sum::float8 AS sl, gap_log_square_sum::float8 AS sq,
                   first_purchase_on AS first_on, last_purchase_on AS last_on,
                   average_purchase, value_12m, value_review_on
              FROM cx_customer
             WHERE company_id = %(company)s AND %(scope)s
               AND (purchase_count > 0 OR value_review_on IS NOT NULL)
            """,
            first=policy._position(SQL("first_purchase_on")),
            last=policy._position(SQL("last_purchase_on")),
            company=company.id,
            scope=scope(SQL("partner_id")),
        )

    def _gaps(self, policy, on, days):
        """SELECT of days, whether the customer bought, and ln of the days since the time before."""
        gap = SQL("at - lag(at) OVER (PARTITION BY partner_id, bought ORDER BY day)")
        return SQL(
            """
            SELECT partner_id, day, at, amount, bought, ln(%s) AS ln_gap
              FROM (SELECT *, amount > 0 AND day <= %s AS bought FROM (%s) AS d) AS days
            """,
            policy._gap(gap),
            on,
            policy._clocked(days),
        )

    def _scores(self, policy, statistics, scope):
        """SELECT of statistics, segment, curve and days of change, per partner who ever bought."""
        source = policy._with_numbers(statistics, scope)
        constants = {**policy._constants(), "until": rhythm.NEVER}
        if scope.few:
            return self._scores_of_few(self.env.execute_query_dict(source), constants)
        return formula_sql(LEVELS, source, constants, SCORES)

    def _scores_of_few(self, buyers, constants):
        """The same SELECT, from the formula on numbers, which is quicker for few."""
        rows = [vars(formula.compute(LEVELS, **buyer, **constants)) for buyer in buyers]
        columns = [
            SQL("%s::%s[]", [row[name] for row in rows], SQL(kind)) for name, kind in SCORES.items()
        ]
        return SQL(
            "SELECT * FROM unnest(%s) AS s (%s)",
            SQL(", ").join(columns),
            SQL(", ").join(map(SQL.identifier, SCORES)),
        )
