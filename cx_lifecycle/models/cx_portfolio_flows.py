"""Where customers went between two days, and how long those of a month stay: two matrices."""

from dataclasses import replace

from odoo import models
from odoo.fields import Date
from odoo.tools import SQL

from ..engine import balance
from .cx_episode import LIVING

NONE = "none"
MOST_COHORTS = 24
FEW = 5


class CxPortfolio(models.AbstractModel):
    _inherit = "cx.portfolio"

    def _merged(self):
        """SQL of whether a stay ``e`` is one of a customer that others were merged into.

        Only such a customer can be in two stages on one day.
        """
        return SQL("customer_id IN (SELECT customer_id FROM cx_episode WHERE ended)")

    # ----------------------------------------------------------------- flows
    def _flows(self, frame, _ledger):
        """From the stages before the period to those at its end, as a matrix.

        A customer counts once in a cell. One that others were merged into since may count in
        several, where the others were.
        """
        stages = {
            stage.id: stage for stage in self.env["cx.stage"].search([], order="sequence", limit=6)
        }
        names = {stage.code: stage.name for stage in stages.values()} | {NONE: self.env._("None")}
        code = {stage_id: stage.code for stage_id, stage in stages.items()} | {None: NONE}
        moves = {
            (code[before], code[after]): (number, worth)
            for before, after, number, worth in self._flowed(frame)
        }
        sums = dict.fromkeys(names, 0)
        for (before, _after), (number, _worth) in moves.items():
            sums[before] += number
        return {
            "rows": [{"key": key, "label": names[key], "total": sums[key]} for key in names],
            "cols": [{"key": key, "label": names[key], "band": None} for key in names],
            "cells": {
                f"{before}|{after}": {
                    "value": number,
                    "text": self._number(number),
                    "share": number / sums[before],
                    "few": False,
                    "money": self._money(frame, worth),
                    "list": self._flow_list(frame, before, after, names),
                }
                for (before, after), (number, worth) in moves.items()
            },
            "row_title": self.env._("Before"),
            "col_title": self.env._("At the End"),
        }

    def _flowed(self, frame):
        """Of each stage before (None: no stage) and at the end: customers, and their worth."""
        return self.env.execute_query(
            SQL(
                """
                SELECT stage_before, stage_after, sum(number)::int, coalesce(sum(worth), 0)::float8
                  FROM (SELECT stage_before, stage_after, count(*) AS number, sum(worth) AS worth
                          FROM (%(plain)s) AS plain GROUP BY 1, 2
                         UNION ALL
                        SELECT stage_before, stage_after, count(*), sum(worth)
                          FROM (SELECT customer_id, stage_before, stage_after, max(worth) AS worth
                                  FROM (%(merged)s) AS merged GROUP BY 1, 2, 3) AS once
                         GROUP BY 1, 2) AS counted
                 GROUP BY 1, 2
                """,
                plain=self._pairs(frame, SQL("NOT %s", self._merged())),
                merged=self._pairs(frame, self._merged()),
            )
        )

    def _pairs(self, frame, condition):
        """SELECT of customers with the stages that they were in on both evenings."""
        stays = self._stays(frame, "customer_id", "stage_id", "entered_on", "left_on", "worth")
        began, finished = (
            SQL("SELECT * FROM (%s) AS e WHERE %s AND %s", stays, condition, self._covers(day))
            for day in (frame.before, frame.last)
        )
        return SQL(
            "SELECT customer_id, b.stage_id AS stage_before, f.stage_id AS stage_after,"
            " coalesce(f.worth, b.worth) AS worth"
            " FROM (%s) AS b FULL JOIN (%s) AS f USING (customer_id)",
            began,
            finished,
        )

    def _flow_list(self, frame, before, after, names):
        conditions = [
            self._stood(day, [code] if code != NONE else [])
            for day, code in ((frame.before, before), (frame.last, after))
        ]
        name = self.env._("%(before)s → %(after)s", before=names[before], after=names[after])
        return self._customer_list(frame, name, *conditions)

    def _stood(self, day, codes):
        """The condition that a customer was in one of some stages on a day; of none: in none."""
        standing = [("as_of", "=", Date.to_string(day))]
        if not codes:
            return ("episode_ids", "not any", standing)
        return ("episode_ids", "any", [*standing, ("stage_id.code", "in", list(codes))])

    # ------------------------------------------------------------- retention
    def _retention(self, frame, _ledger):
        """Of those who first bought in a month: the share that still buys, month by month."""
        months = balance.months(frame.since, frame.last)[-MOST_COHORTS:]
        sizes, moves = self._cohorts(frame, months)
        # a month is told of once it is over
        over = balance.month_index(Date.add(frame.today, days=1))
        rows, cells, ages = [], {}, 0
        for since, until, _whole in months:
            key, index = f"{since:%Y-%m}", balance.month_index(since)
            size, age = sizes.get(index, 0), over - index
            first = [("first_purchase_on", ">=", Date.to_string(since)),
                     ("first_purchase_on", "<=", Date.to_string(until))]  # fmt: skip
            label = self._month_label(since)
            rows.append(
                {
                    "key": key,
                    "label": label,
                    "total": size,
                    "list": self._customer_list(frame, label, *first),
                }
            )
            if not size:
                continue
            ages = max(ages, age)
            for month, number in enumerate(balance.survivors(moves.get(index, {}), age)):
                end = Date.end_of(Date.add(since.replace(day=1), months=month), "month")
                cells[f"{key}|{month}"] = self._cohort_cell(frame, label, first, size, number, end)
        return {
            "rows": rows,
            "cols": [{"key": str(age), "label": str(age), "band": None} for age in range(ages)],
            "cells": cells,
            "row_title": self.env._("First Purchase"),
            "col_title": self.env._("Months Since"),
        }

    def _cohort_cell(self, frame, label, first, size, number, end):
        share = number / size
        return {
            "value": share,
            "text": self.env._("%s%%", self._number(100 * share)),
            "share": share,
            "few": size < FEW,
            "customers": number,
            "money": None,
            "list": self._customer_list(frame, label, *first, self._stood(end, LIVING)),
        }

    def _cohorts(self, frame, months):
        """How many first bought in each month; and {age: who came to life, less who left}.

        Months are counted since the year 0, as :func:`balance.month_index` does. Stays that
        overlap, of merged customers, are put together first.
        """
        if not months:
            return {}, {}
        rows = self.env.execute_query(
            SQL(
                """
                WITH cohort AS MATERIALIZED (%(cohort)s),
                stay AS (
                    SELECT customer_id, cohort, entered_on, left_on
                      FROM (%(stays)s) AS e JOIN cohort USING (customer_id)
                     WHERE stage_id = ANY(%(living)s) AND (left_on IS NULL OR left_on > %(since)s)
                ),
                island AS (
                    SELECT *, count(*) FILTER (WHERE (entered_on > before) IS NOT FALSE)
                                  OVER (PARTITION BY customer_id ORDER BY entered_on, left_on)
                                  AS number
                      FROM (SELECT *, max(coalesce(left_on, 'infinity')) OVER (
                                   PARTITION BY customer_id ORDER BY entered_on, left_on
                                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                              FROM stay WHERE %(merged)s) AS s
                ),
                life AS (
                    SELECT cohort, entered_on, left_on FROM stay WHERE NOT %(merged)s
                     UNION ALL
                    SELECT cohort, min(entered_on),
                           nullif(max(coalesce(left_on, 'infinity')), 'infinity')
                      FROM island GROUP BY customer_id, cohort, number
                )
                SELECT cohort, NULL::date AS entered_on, NULL::date AS left_on, count(*)::int
                  FROM cohort GROUP BY 1
                 UNION ALL
                SELECT cohort, entered_on, left_on, count(*)::int FROM life
                 GROUP BY GROUPING SETS ((cohort, entered_on), (cohort, left_on))
                HAVING coalesce(entered_on, left_on) IS NOT NULL
                """,
                cohort=self._cohort(frame, months[0][0], months[-1][1]),
                merged=self._merged(),
                since=months[0][0],
                # those of the cohort: which customers are meant need not be asked again
                stays=self._stays(
                    replace(frame, domain=[], ids=None),
                    "customer_id",
                    "stage_id",
                    "entered_on",
                    "left_on",
                ),
                living=self.env["cx.episode"]._stage_ids()["living"],
            )
        )
        return balance.ages(rows)

    def _cohort(self, frame, since, until):
        """SELECT of the customers who first bought in a period, with the month."""
        query = self._customers(
            frame, [("first_purchase_on", ">=", since), ("first_purchase_on", "<=", until)]
        )
        first = self.env["cx.customer"]._field_to_sql(query.table, "first_purchase_on", query)
        return query.select(
            SQL("%s AS customer_id", SQL.identifier(query.table, "id")),
            SQL("date_trunc('month', %s::timestamp)::date AS cohort", first),
        )
