"""Closures and seasons: days that do not count, or count less, as a clock of the policy's own."""

import json
from datetime import date

from odoo import fields, models
from odoo.tools import SQL

from ..engine import rhythm, season

# Purchases before the first day of a clock are taken to be of that day.
FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2100, 12, 31)
EPOCH = SQL("DATE '2000-01-01'")
ROUNDING = 1e-9  # sums of weights are not exact


class CxPolicy(models.Model):
    _inherit = "cx.policy"

    season_weights = fields.Json(
        readonly=True,
        help="How much a day of each month counts, 1 on average; empty: not known, because the "
        "history is shorter than two full years.",
    )
    clock_key = fields.Char(
        readonly=True,
        copy=False,
        help="What the clock was made from; empty: every calendar day counts.",
    )

    def _closed(self):
        """The closed periods as (first day, last day)."""
        periods = []
        for closure in self.closure_ids:
            first, last = closure.date_from, closure.date_to
            if closure.yearly:
                ends = (first.month, first.day), (last.month, last.day)
                periods += season.yearly(*ends, FIRST_DAY.year, LAST_DAY.year)
            else:
                periods.append((first, last))
        return sorted(set(periods))

    def _wind(self):
        """Make the clock anew if what it was made from has changed."""
        self.ensure_one()
        weights = (self.season_clock and self.season_weights) or None
        dates = sorted((str(c.date_from), str(c.date_to), c.yearly) for c in self.closure_ids)
        key = json.dumps([weights, dates]) if weights or dates else False
        if key == self.clock_key:
            return
        self.env["cx.clock"].flush_model()
        self.env.cr.execute(SQL("DELETE FROM cx_clock WHERE policy_id = %s", self.id))
        if key:
            self.env.cr.execute_values(
                "INSERT INTO cx_clock (policy_id, day, units) VALUES %s",
                [
                    (self.id, day, units)
                    for day, units in season.clock(FIRST_DAY, LAST_DAY, weights, self._closed())
                ],
                page_size=5000,
            )
            self.env.cr.execute("ANALYZE cx_clock")
        self.env["cx.clock"].invalidate_model()
        self.sudo().clock_key = key  # sudo: written by nothing else

    def _clock_units(self):
        """The clock as {day: units}, for the fit; None when every calendar day counts."""
        if not self.clock_key:
            return None
        return dict(
            self.env.execute_query(
                SQL("SELECT day, units FROM cx_clock WHERE policy_id = %s", self._origin.id)
            )
        )

    def _positions(self, days):
        """Where some days are on the clock: {day: days that count}."""
        if not self.clock_key:
            return {day: float(day.toordinal()) for day in days}
        clamped = {day: max(day, FIRST_DAY) for day in days}
        units = dict(
            self.env.execute_query(
                SQL(
                    "SELECT day, units FROM cx_clock WHERE policy_id = %s AND day = ANY(%s)",
                    self.id, list(clamped.values()),
                )
            )
        )  # fmt: skip
        return {day: units[known] for day, known in clamped.items()}

    # -------------------------------------------------------------------- SQL
    def _clocked(self, days):
        """The rows of a SELECT with a ``day``, and where that is ``at`` on the clock, in days."""
        if not self.clock_key:
            return SQL("SELECT *, (day - %s)::float8 AS at FROM (%s) AS d", EPOCH, days)
        return SQL(
            "SELECT d.*, k.units AS at FROM (%s) AS d JOIN cx_clock k"
            " ON k.policy_id = %s AND k.day = greatest(d.day, %s)",
            days, self._origin.id, FIRST_DAY,
        )  # fmt: skip

    def _position(self, day):
        """SQL of where a day is on the clock."""
        if not self.clock_key:
            return SQL("(%s - %s)::float8", day, EPOCH)
        return SQL(
            "(SELECT units FROM cx_clock k WHERE k.policy_id = %s AND k.day = greatest(%s, %s))",
            self._origin.id, day, FIRST_DAY,
        )  # fmt: skip

    def _ahead(self, on, days):
        """SQL of how many of the next calendar days after one count."""
        if not self.clock_key:
            return SQL("%s::float8", float(days))
        then = fields.Date.add(on, days=round(days))
        return SQL("%s - %s", self._position(SQL("%s", then)), self._position(SQL("%s", on)))

    def _gap(self, gap):
        """SQL of the days between two purchases, long enough to have a logarithm."""
        return SQL("greatest(%s, %s)", gap, season.SHORTEST) if self.clock_key else gap

    def _day_after(self, day, days):
        """SQL of the day on which so many days that count have passed; NULL for never."""
        if not self.clock_key:
            passed = SQL("%s + %s::int", day, days)
        else:
            passed = SQL(
                "(SELECT k.day FROM cx_clock k WHERE k.policy_id = %s AND k.units >= %s + %s - %s"
                " ORDER BY k.units, k.day LIMIT 1)",
                self._origin.id, self._position(day), days, ROUNDING,
            )  # fmt: skip
        return SQL("CASE WHEN %s < %s THEN %s END", days, rhythm.NEVER, passed)
