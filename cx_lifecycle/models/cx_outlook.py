"""Forecasts of the past: what would have been expected of three months, and what came."""

import logging

from odoo import api, fields, models
from odoo.tools import SQL, format_date, formatLang

from ..engine import rhythm
from .cx_customer import formula_sql
from .cx_customer_refresh import brief
from .cx_policy_backtest import FEWEST, HISTORY_DAYS
from .cx_policy_learn import purchases_until
from .cx_portfolio_outlook import MONTHS, SHAPE
from .scopes import everybody

_logger = logging.getLogger(__name__)

COMPARED = ("buyers", "purchases", "amount", "leavers")


class CxOutlook(models.Model):
    """One forecast made with what was known on a past day, beside the facts.

    It is about the customers of a company who had bought by that day.
    """

    _name = "cx.outlook"
    _description = "Forecast of the Past"
    _order = "made_on desc, id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    made_on = fields.Date("Known Until", required=True, readonly=True)
    until = fields.Date(required=True, readonly=True)
    customers = fields.Integer(readonly=True, help="Who had bought by then.")
    buyers_expected = fields.Float(digits=(12, 1), readonly=True)
    buyers = fields.Integer(readonly=True, help="Customers who bought in these months.")
    purchases_expected = fields.Float(digits=(12, 1), readonly=True)
    purchases = fields.Integer(readonly=True, help="Days on which they bought.")
    amount_expected = fields.Monetary(readonly=True)
    amount = fields.Monetary(readonly=True, help="What they bought.")
    leavers_expected = fields.Float(digits=(12, 1), readonly=True)
    leavers = fields.Integer(
        readonly=True, help="Who went dormant, by the rules as they were learned then."
    )

    _made_unique = models.Constraint(
        "UNIQUE(company_id, made_on)", "This forecast was made already."
    )

    def _told(self):
        """The forecast and the facts as the portfolio shows them."""
        self.ensure_one()
        return {
            "made_on": fields.Date.to_string(self.made_on),
            "until": fields.Date.to_string(self.until),
            **{
                name: {"expected": self[f"{name}_expected"], "actual": self[name]}
                for name in COMPARED
            },
            "sentence": self._sentence(),
        }

    def _sentence(self):
        expected, actual = self.amount_expected, self.amount
        money = {
            name: formatLang(self.env, value, currency_obj=self.currency_id, rounding_unit="units")
            for name, value in (("expected", expected), ("actual", actual))
        }
        days = {
            name: format_date(self.env, day)
            for name, day in (("made_on", self.made_on), ("until", self.until))
        }
        if not actual:
            return self.env._(
                "With what was known on %(made_on)s, %(expected)s were expected until %(until)s; "
                "nothing was bought.",
                **money, **days,
            )  # fmt: skip
        off = formatLang(self.env, 100.0 * (expected - actual) / actual, digits=0)
        return self.env._(
            "With what was known on %(made_on)s, %(expected)s were expected until %(until)s; it "
            "was %(actual)s (forecast off by %(off)s%%).",
            **money, **days, off=off if off.startswith("-") else f"+{off}",
        )  # fmt: skip

    # ---------------------------------------------------------------- making
    @api.model
    def _cron_outlook(self):
        """Once a month, and where it is missing: look back at the last three whole months."""
        policies = self.env["cx.policy"].search(
            [("state", "=", "published"), ("company_id.active", "=", True)]
        )
        for number, policy in enumerate(policies, 1):
            company = policy.company_id
            try:
                self._make_missing(policy, self.env["cx.customer"]._today(company))
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("Forecast of company %s: %s", company.id, brief(error))
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(policies) - number):
                return

    @api.model
    def _make_missing(self, policy, today):
        """Make the forecast of the last three whole months, unless there is one, or too little."""
        until = fields.Date.subtract(fields.Date.start_of(today, "month"), days=1)
        made_on = fields.Date.subtract(
            fields.Date.start_of(until, "month"), months=len(MONTHS) - 1, days=1
        )
        made = [("company_id", "=", policy.company_id.id), ("made_on", "=", made_on)]
        first = policy._first_purchase()
        if self.search_count(made, limit=1) or not first or (made_on - first).days < HISTORY_DAYS:
            return self.browse()
        if policy._at_most_judged(made_on) < FEWEST:
            return self.browse()
        return self._make(policy, made_on, until)

    @api.model
    def _make(self, policy, made_on, until):
        """Forecast from what was known on a day, and look up what came of it."""
        company = policy.company_id
        self.env.cr.execute("SET LOCAL jit = off")  # the statements are wide, not deep
        days = self.env["cx.run"]._stage_days(company)
        past = purchases_until(days, made_on)
        known = policy._rehearsal(past, policy._first_day(past), made_on)
        ends = [fields.Date.end_of(fields.Date.add(made_on, days=1, months=month - 1), "month")
                for month in MONTHS]  # fmt: skip
        figures = self._looked_back(known, days, made_on, ends)
        known.unlink()
        self.env.cr.execute("DROP TABLE cx_day")
        return self.create(
            {
                "company_id": company.id,
                "currency_id": company.currency_id.id,
                "made_on": made_on,
                "until": until,
                **figures,
            }
        )

    @api.model
    def _looked_back(self, policy, days, on, ends):
        """What was expected, and what came, by the names of the fields."""
        portfolio = self.env["cx.portfolio"]
        names = ("buyers_expected", "purchases_expected", "amount_expected", "leavers_expected",
                 "customers", "buyers", "purchases", "amount", "leavers")  # fmt: skip
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT coalesce(sum(buyers_3), 0), coalesce(sum(purchases_3), 0),
                       coalesce(sum(amount_3), 0), coalesce(sum(leaves), 0), count(*)::int,
                       count(bought_on)::int, coalesce(sum(times), 0)::int,
                       coalesce(sum(bought), 0)::float8,
                       (count(*) FILTER (WHERE ahead IS NOT NULL
                                           AND (bought_on > dormant_on IS NOT FALSE)))::int
                  FROM (%(expected)s) AS e
             LEFT JOIN (SELECT partner_id, min(day) AS bought_on, count(*) AS times,
                               sum(amount) AS bought
                          FROM (%(days)s) AS d
                         WHERE amount > 0 AND day > %(on)s AND day <= %(until)s
                         GROUP BY partner_id) AS after USING (partner_id)
                """,
                expected=portfolio._expectations(
                    policy, self._past_curves(policy, days, on, ends[-1]), on, ends, {"partner_id"}
                ),
                days=days,
                on=on,
                until=ends[-1],
            )
        )
        return dict(zip(names, row, strict=True))

    @api.model
    def _past_curves(self, policy, days, on, end):
        """SELECT of the curves as of a day, from the purchases up to it."""
        customers = self.env["cx.customer"]
        statistics = SQL(
            "SELECT *, %(on)s - %(last)s AS silence, average_purchase::float8 AS average"
            " FROM (%(statistics)s) AS s WHERE purchases > 0",
            on=policy._position(SQL("%s::date", on)),
            last=policy._position(SQL("last_on")),
            statistics=customers._statistics(policy, on, days),
        )
        source = policy._with_numbers(statistics, everybody)
        constants = {**policy._constants(), "until": rhythm.NEVER}
        kept = {"partner_id", "silence", "average", "last_on", "dormant_days", "yearly", *SHAPE}
        levels = rhythm.CURVE + rhythm.EXPECTED + rhythm.CHANGES
        scores = formula_sql(levels, source, constants, kept)
        dormant = policy._day_after(SQL("last_on"), SQL("dormant_days"))
        return SQL(
            "SELECT *, %s AS ahead FROM (SELECT *, average * yearly AS worth, %s AS dormant_on"
            " FROM (%s) AS scores) AS changes",
            self.env["cx.portfolio"]._ahead(policy, SQL("dormant_on"), on, end), dormant, scores,
        )  # fmt: skip
