"""The next three months by the return curve: who will buy, for how much, and who will leave."""

from odoo import models
from odoo.fields import Date
from odoo.tools import SQL, format_date

from ..engine import balance, formula, rhythm
from .cx_customer import formula_sql
from .cx_episode import LIVING

MONTHS = (1, 2, 3)
# Of more customers than that, those whose number hashes low stand for all.
SAMPLE = 100_000
PARTS = 1_000_000
# What a forecast needs of a customer besides the curve.
KNOWN = ("silence", "average", "worth", "dormant_on", "ahead")
SHAPE = ("pi", "beta", "ln_tau", "nu")
FIGURES = ("buyers", "purchases", "amount", "leavers", "leavers_worth")


class CxPortfolio(models.AbstractModel):
    _inherit = "cx.portfolio"

    def _forecast(self, frame, _ledger):
        """Purchases and leavers expected in one, two and three months from today, cumulated."""
        ends = [Date.add(frame.today, months=month) for month in MONTHS]
        policy = self.env["cx.policy"]._of(frame.company)
        query = self._customers(frame, [("purchase_count", ">", 0)])
        total = self._length(query)
        share = min(1.0, SAMPLE / max(total, 1))
        if share < 1.0:
            number = SQL.identifier(query.table, "id")
            query.add_where(
                SQL("abs(hashint4(%s)::bigint) %% %s < %s", number, PARTS, round(share * PARTS))
            )
        found = self._expected(policy, self._curves(policy, query, frame.today, ends[-1]),
                               frame.today, ends)  # fmt: skip
        scale = total / found["customers"] if found["customers"] else 1.0
        months = [
            {
                "until": Date.to_string(end),
                "label": format_date(self.env, end),
                **{name: self._rounded(frame, name, scale * row[name]) for name in FIGURES},
            }
            for end, row in zip(ends, found["months"], strict=True)
        ]
        error = balance.relative_error(share, found["customers"], found["mean"], found["deviation"])
        return {
            "months": months,
            "sample": {"customers": found["customers"], "error": error} if share < 1.0 else None,
            "past": self._past_forecast(frame),
            "sentence": self._forecast_sentence(frame, months[-1]),
        }

    def _rounded(self, frame, name, value):
        """Money as money; expected numbers of customers and purchases with one decimal."""
        return self._money(frame, value) if name in ("amount", "leavers_worth") else round(value, 1)

    def _length(self, query):
        [(number,)] = self.env.execute_query(query.select(SQL("count(*)::int")))
        return number

    # -------------------------------------------------------------------- SQL
    def _curves(self, policy, query, on, end):
        """SELECT of the return curves of some customers who bought, from the stored figures."""
        customers, names = self.env["cx.customer"], (
            "purchase_count", "first_purchase_on", "last_purchase_on", "gap_log_sum",
            "gap_log_square_sum", "average_purchase", "worth", "dormant_on", "stage_id",
            "segment_id", "hold_until",
        )  # fmt: skip
        column = {name: customers._field_to_sql(query.table, name, query) for name in names}
        by_code = self.env["cx.stage"]._ids_by_code()
        dormant_on = SQL(
            # whom a person holds does not go dormant before the hold is over
            "CASE WHEN %s = ANY(%s) AND (%s >= %s) IS NOT TRUE THEN %s END",
            column["stage_id"], [by_code[code] for code in LIVING], column["hold_until"],
            column["dormant_on"], column["dormant_on"],
        )  # fmt: skip
        source = query.select(
            SQL("(%s - 1)::float8 AS x", column["purchase_count"]),
            SQL(
                "%s - %s AS tx",
                policy._position(column["last_purchase_on"]),
                policy._position(column["first_purchase_on"]),
            ),
            SQL("%s::float8 AS sl", column["gap_log_sum"]),
            SQL("%s::float8 AS sq", column["gap_log_square_sum"]),
            SQL(
                "greatest(%s - %s, 0) AS silence",
                policy._position(SQL("%s::date", on)),
                policy._position(column["last_purchase_on"]),
            ),
            SQL("%s::float8 AS average", column["average_purchase"]),
            SQL("%s::float8 AS worth", column["worth"]),
            SQL("%s AS segment_id", column["segment_id"]),
            SQL("%s AS dormant_on", dormant_on),
            SQL("%s AS ahead", self._ahead(policy, dormant_on, on, end)),
        )
        numbered = policy._with_stored_numbers(source)
        return formula_sql(rhythm.CURVE, numbered, policy._constants(), {*KNOWN, *SHAPE})

    def _ahead(self, policy, dormant_on, on, end):
        """SQL of the days that count until a customer goes dormant, if that is soon."""
        return SQL(
            "CASE WHEN %(day)s > %(on)s AND %(day)s <= %(end)s THEN %(then)s - %(now)s END",
            day=dormant_on,
            on=on,
            end=end,
            then=policy._position(dormant_on),
            now=policy._position(SQL("%s::date", on)),
        )

    def _expectations(self, policy, curves, on, ends, keep=()):
        """SELECT of the customers of a SELECT of curves, with what is expected of each.

        Of three months, cumulated: ``buyers_i``, ``purchases_i``, ``amount_i``; and ``leaves``,
        the chance of no purchase before the day of dormancy, where that is near.

        :param keep: more columns to hand on
        """
        where = policy._positions([on, *ends])
        first, fresh = balance.nodes([where[end] - where[on] for end in ends])
        made = {f"{name}_{month}" for name in ("buyers", "purchases") for month in MONTHS}
        expected = formula_sql(
            balance.levels(first, fresh), curves, None, {*made, *KNOWN, *SHAPE, *keep}
        )
        buys = rhythm.chance(formula.Columns(), formula.Term("silence"), formula.Term("ahead"))
        return SQL(
            "SELECT *, purchases_1 * average AS amount_1, purchases_2 * average AS amount_2,"
            " purchases_3 * average AS amount_3,"
            " CASE WHEN ahead IS NOT NULL THEN 1 - %s END AS leaves FROM (%s) AS expected",
            SQL(buys.text),
            expected,
        )

    def _expected(self, policy, curves, on, ends):
        """What is expected of some customers by the end of three months, added up.

        :return: ``{customers, mean, deviation, months: [{buyers, purchases, amount, leavers,
            leavers_worth}]}``; mean and deviation are of the amount of a customer
        """
        sums = [
            SQL(
                "coalesce(sum(%s), 0), coalesce(sum(%s), 0), coalesce(sum(%s), 0),"
                " coalesce(sum(leaves) FILTER (WHERE dormant_on <= %s), 0),"
                " coalesce(sum(leaves * worth) FILTER (WHERE dormant_on <= %s), 0)",
                *(SQL.identifier(f"{name}_{month}") for name in ("buyers", "purchases", "amount")),
                end,
                end,
            )
            for month, end in zip(MONTHS, ends, strict=True)
        ]
        [row] = self.env.execute_query(
            SQL(
                "SELECT count(*)::int, coalesce(avg(amount_3), 0),"
                " coalesce(stddev_samp(amount_3), 0), %s FROM (%s) AS e",
                SQL(", ").join(sums),
                self._expectations(policy, curves, on, ends),
            )
        )
        customers, mean, deviation, *figures = row
        parts = [
            figures[start : start + len(FIGURES)] for start in range(0, len(figures), len(FIGURES))
        ]
        return {
            "customers": customers,
            "mean": mean,
            "deviation": deviation,
            "months": [dict(zip(FIGURES, part, strict=True)) for part in parts],
        }

    # ------------------------------------------------------------------ past
    def _past_forecast(self, frame):
        """The same forecast of the last whole three months, beside what came of it.

        Of the whole company only, for who may see all of it.
        """
        outlooks = self.env["cx.outlook"]
        if frame.domain or not outlooks.has_access("read"):
            return None
        ours = [("company_id", "=", frame.company.id)]
        outlook = outlooks.search(ours, order="made_on desc", limit=1)
        return outlook._told() if outlook else None

    # ----------------------------------------------------------------- words
    def _forecast_sentence(self, frame, month):
        says = {
            "until": month["label"],
            "buyers": self._number(month["buyers"]),
            "purchases": self._number(month["purchases"]),
            "amount": self._amount(frame, month["amount"]),
            "leavers": self._number(month["leavers"]),
            "worth": self._amount(frame, -month["leavers_worth"]),
        }
        return self.env._(
            "Expected until %(until)s, of those who have bought before: %(buyers)s buy, "
            "%(purchases)s times in all, for %(amount)s. Going dormant: %(leavers)s (%(worth)s a "
            "year).",
            **says,
        )
