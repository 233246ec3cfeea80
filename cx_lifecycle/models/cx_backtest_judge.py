"""What the rules had called on one past day, from purchases up to it, and what happened then."""

from odoo import models
from odoo.fields import Date
from odoo.tools import SQL

from ..engine import quality
from .cx_backtest_line import COUNTS, LEADS, LOST, SHARES
from .cx_policy_backtest import JUDGED_YEARS
from .cx_policy_learn import purchases_until
from .scopes import OBJECTED, everybody


class CxBacktest(models.Model):
    _inherit = "cx.backtest"

    def _judge(self, cut, days):
        """Compare all settings on one day, with nothing bought later but as the outcome."""
        self.env.cr.execute("SET LOCAL jit = off")  # the statements are wide, not deep
        past, first = self._past(days, cut)
        groups, drafts = self.policy_id._rivals(past, first, cut, self.best_number, self.seasonal)
        made = []
        for group in groups:
            self._stage_past(next(iter(group.values())), days, cut)
            for setting, policy in group.items():
                figures = self._figures(cut, policy, keep=setting == "present")
                numbers = {"parameters": policy._numbers(), **figures}
                made.append({"setting": setting, "cut": cut, **numbers})
        drafts.unlink()
        self._make_lines(made)
        self.progress = 100 * (len(self.cuts) - len(self._left())) // len(self.cuts)

    def _past(self, days, cut):
        """SELECT of the purchases up to a day, and the day of the first one."""
        past = purchases_until(days, cut)
        return past, self.policy_id._first_day(past)

    def _silences(self, days, cut):
        """Days of silence on a day, whether a purchase followed, and of how many customers."""
        return self.env.execute_query(
            SQL(
                """
                SELECT %(cut)s - last_on, back, count(*)::int
                  FROM (SELECT max(day) FILTER (WHERE day <= %(cut)s) AS last_on,
                               max(day) > %(cut)s AS back
                          FROM (%(days)s) AS d WHERE amount > 0 AND day <= %(end)s
                         GROUP BY partner_id) AS buyers
                 WHERE last_on > %(oldest)s GROUP BY 1, 2
                """,
                **self._frame(cut),
                days=days,
            )
        )

    def _frame(self, cut):
        """The days between which is looked."""
        return {
            "cut": cut,
            "end": Date.add(cut, days=self.horizon),
            "oldest": Date.subtract(cut, years=JUDGED_YEARS),
        }

    def _stage_past(self, policy, days, cut):
        """Add up each customer's purchases up to a day, on a policy's clock, and the outcome."""
        self.env.cr.execute("DROP TABLE IF EXISTS cx_past")
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE cx_past AS
                SELECT s.*, back.bought_on FROM (%(statistics)s) AS s
             LEFT JOIN (SELECT partner_id, min(day) AS bought_on FROM (%(days)s) AS d
                         WHERE amount > 0 AND day > %(cut)s AND day <= %(end)s
                         GROUP BY partner_id) AS back USING (partner_id)
                 WHERE s.last_on > %(oldest)s
                """,
                **self._frame(cut),
                statistics=self.env["cx.customer"]._statistics(policy, cut, days),
                days=days,
            )
        )
        self.env.cr.execute("ANALYZE cx_past")

    def _figures(self, cut, policy, keep):
        """What one setting had called on a day: counts, shares and leads, by their fields' names.

        A lead compares the days on which two rules call a customer, both cut off at the end of
        the horizon, because nobody looked further.

        :param keep: also list the customers
        """
        frame = self._frame(cut)
        lead = SQL(", ").join(
            SQL(
                "(avg(least(last_on + %s, %s) - least(dormant_on, %s))"
                " FILTER (WHERE bought_on IS NULL))::float8",
                days, frame["end"], frame["end"],
            )
            for days in LEADS
        )  # fmt: skip
        [row] = self.env.execute_query(
            SQL(
                """
                WITH judged AS MATERIALIZED (%(judged)s),
                kept AS (
                    INSERT INTO cx_backtest_case (
                        backtest_id, cut, customer_id, outcome, last_on, called_on, lost_on,
                        bought_on)
                    SELECT %(id)s, %(cut)s, c.id, j.outcome, j.last_on,
                           CASE WHEN j.called THEN j.dormant_on END,
                           CASE WHEN j.lost THEN j.lost_on END, j.bought_on
                      FROM judged j LEFT JOIN cx_customer c
                        ON c.partner_id = j.partner_id AND c.company_id = %(company)s
                       AND c.partner_id NOT IN %(objected)s
                     WHERE %(keep)s
                )
                SELECT count(*) FILTER (WHERE outcome = 'right')::int,
                       count(*) FILTER (WHERE outcome = 'false_alarm')::int,
                       count(*) FILTER (WHERE outcome = 'late')::int,
                       count(*) FILTER (WHERE outcome = 'left_alone')::int,
                       count(*) FILTER (WHERE lost)::int,
                       count(*) FILTER (WHERE lost AND bought_on IS NULL)::int,
                       count(*) FILTER (WHERE lost AND bought_on IS NOT NULL)::int,
                       %(lead)s
                  FROM judged
                """,
                judged=self._judged(policy, cut), lead=lead,
                id=self.id, cut=cut, company=self.company_id.id, keep=keep,
                objected=OBJECTED,
            )
        )  # fmt: skip
        counts = quality.Counts(*row[:4])
        return {
            "judged": sum(counts),
            "called_dormant": counts.right + counts.false_alarm,
            **dict(zip(COUNTS, counts, strict=True)),
            **dict(zip(LOST, row[4:7], strict=True)),
            **{name: getattr(counts, name) for name in SHARES},
            **{f"lead_{days}": value for days, value in zip(LEADS, row[7:], strict=True)},
        }

    def _judged(self, policy, cut):
        """SELECT of the customers of ``cx_past`` with what a policy had called by a day."""
        customers = self.env["cx.customer"]
        scores = customers._scores(policy, SQL("SELECT * FROM cx_past"), everybody)
        after = customers._days_of_change(policy)
        return SQL(
            """
            SELECT *, CASE WHEN called AND bought_on IS NULL THEN 'right'
                           WHEN called THEN 'false_alarm'
                           WHEN bought_on IS NULL THEN 'late' ELSE 'left_alone' END AS outcome
              FROM (SELECT *, coalesce(dormant_on <= %(cut)s, false) AS called,
                           coalesce(lost_on <= %(cut)s, false) AS lost
                      FROM (SELECT s.partner_id, s.last_on, past.bought_on,
                                   %(dormant)s AS dormant_on, %(lost)s AS lost_on
                              FROM (%(scores)s) AS s JOIN cx_past past USING (partner_id)
                           ) AS changes) AS called
            """,
            cut=cut, scores=scores, dormant=after["dormant"], lost=after["lost"],
        )  # fmt: skip
