"""The ledger of episodes: rebuilt from the past once, then one row per change of stage."""

from odoo import models
from odoo.tools import SQL

from ..engine import formula, rhythm
from .cx_customer import formula_sql

# What is told of each past purchase, besides what the formulas need.
PAST = {
    "customer_id", "first_on", "day", "x", "usual", "average_purchase", "yearly", "until",
    "until_on", "earliest_days",
}  # fmt: skip


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def _write_past(self, company, policy, scope, on, days, rebuilt):
        """Rebuild the episodes of customers who bought and have none yet, from their purchases."""
        if not self._without_past(company, scope):
            return
        purchases = self._past_purchases(company, policy, scope, on, days)
        curve, silent = self._past_curves(policy, purchases)
        stages = self.env["cx.stage"]._ids_by_code()
        self.env.cr.execute(
            SQL(
                """
                WITH purchase AS (%(curve)s),
                silent AS (%(silent)s),
                event AS (%(events)s),
                staged AS (
                    SELECT *, CASE reason WHEN 'first_purchase' THEN %(new)s
                                          WHEN 'purchase' THEN %(active)s
                                          WHEN 'silence' THEN %(dormant)s
                                          ELSE %(lost)s END AS stage_id FROM event
                ),
                linked AS (
                    SELECT *, lag(stage_id) OVER w AS previous_stage_id
                      FROM staged
                    WINDOW w AS (PARTITION BY customer_id ORDER BY entered_on, turn)
                )
                INSERT INTO cx_episode (customer_id, company_id, currency_id, policy_id, stage_id,
                                        previous_stage_id, entered_on, left_on, reason, figures,
                                        worth, rebuilt, silent, create_date)
                SELECT customer_id, %(company)s, %(currency)s, %(policy)s, stage_id,
                       previous_stage_id, entered_on,
                       lead(entered_on) OVER (PARTITION BY customer_id ORDER BY entered_on, turn),
                       reason,
                       jsonb_strip_nulls(jsonb_build_object(
                           'purchases', x + 1, 'last', last, 'silence', entered_on - last,
                           'usual', CASE WHEN x > 0 THEN round(usual::numeric, 1) END)),
                       round((average_purchase * yearly)::numeric, 2),
                       %(rebuilt)s OR entered_on < %(on)s, false, now() AT TIME ZONE 'UTC'
                  FROM linked
                 WHERE previous_stage_id IS DISTINCT FROM stage_id
                """,
                curve=curve,
                silent=silent,
                events=self._past_events(policy),
                on=on,
                rebuilt=rebuilt,
                company=company.id,
                currency=company.currency_id.id,
                policy=policy.id,
                **{code: stages[code] for code in ("new", "active", "dormant", "lost")},
            )
        )
        self._tell_planner("cx_episode", self.env.cr.rowcount)
        self._write_since(company, scope)

    def _without_past(self, company, scope):
        """Whether some customers who bought have no episodes."""
        [(missing,)] = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM cx_customer c WHERE c.company_id = %s AND %s"
                " AND c.purchase_count > 0 AND NOT EXISTS ("
                " SELECT FROM cx_episode e WHERE e.customer_id = c.id))",
                company.id,
                scope(SQL("c.partner_id")),
            )
        )
        return missing

    def _past_curves(self, policy, purchases):
        """SELECTs of the curve at each past purchase, and of those whose silence went far."""
        constants = policy._constants()
        needed = formula.inputs(rhythm.CHANGES, constants)
        curve = formula_sql(rhythm.CURVE + rhythm.EXPECTED, purchases, constants, PAST | needed)
        far = SQL("SELECT * FROM purchase WHERE until >= earliest_days")
        days = {"dormant_days", "lost_days"}
        return curve, formula_sql(rhythm.CHANGES, far, constants, PAST | days)

    def _write_since(self, company, scope):
        """The current stay began when its episode did, not at the last purchase."""
        self.env.cr.execute(
            SQL(
                "UPDATE cx_customer c SET stage_since = e.entered_on FROM cx_episode e"
                " WHERE e.customer_id = c.id AND e.left_on IS NULL AND e.stage_id = c.stage_id"
                " AND c.company_id = %s AND %s AND c.stage_since IS DISTINCT FROM e.entered_on",
                company.id,
                scope(SQL("c.partner_id")),
            )
        )

    def _past_events(self, policy):
        """SELECT of what each purchase and each long silence after it did to the stage."""
        return SQL(
            """
            SELECT customer_id, day AS entered_on, 1 AS turn, x, usual, day AS last,
                   average_purchase, yearly,
                   CASE WHEN x = 0 THEN 'first_purchase' ELSE 'purchase' END AS reason
              FROM purchase
             UNION ALL
            SELECT customer_id, dormant_on, 2, x, usual, day, average_purchase, yearly, 'silence'
              FROM (SELECT *, %(dormant)s AS dormant_on FROM silent) AS dormant
             WHERE dormant_on <= until_on
             UNION ALL
            SELECT customer_id, lost_on, 3, x, usual, day, average_purchase, yearly,
                   'long_silence'
              FROM (SELECT *, greatest(%(lost)s, CASE WHEN lost_days < %(never)s THEN
                          least(%(history_from)s, first_on) + %(history)s END) AS lost_on
                      FROM silent) AS lost
             WHERE lost_on <= until_on
            """,
            dormant=policy._day_after(SQL("silent.day"), SQL("dormant_days")),
            lost=policy._day_after(SQL("silent.day"), SQL("lost_days")),
            never=rhythm.NEVER,
            history_from=policy.history_from or None,
            history=policy.history_days,
        )

    def _past_purchases(self, company, policy, scope, on, days):
        """SELECT of each purchase of customers without history, with the statistics of its day.

        ``until_on`` is the last day of the silence that followed, the day before the next
        purchase; ``until`` its length, or a day more.
        """
        purchases = SQL(
            """
            SELECT c.id AS customer_id, g.partner_id, g.day, g.amount,
                   (row_number() OVER w - 1)::float8 AS x,
                   g.at - first_value(g.at) OVER w AS tx,
                   coalesce(sum(g.ln_gap) OVER w, 0) AS sl,
                   coalesce(sum(g.ln_gap * g.ln_gap) OVER w, 0) AS sq,
                   avg(g.amount) OVER w AS average_purchase,
                   c.first_purchase_on AS first_on,
                   coalesce(lead(g.day) OVER w - 1, %(on)s) AS until_on,
                   coalesce(lead(g.at) OVER w, %(now)s) - g.at AS until
              FROM (%(gaps)s) AS g
              JOIN cx_customer c ON c.partner_id = g.partner_id AND c.company_id = %(company)s
             -- of who objected to profiling, none are counted
             WHERE g.bought AND c.purchase_count > 0 AND NOT EXISTS (
                   SELECT FROM cx_episode e WHERE e.customer_id = c.id)
            WINDOW w AS (PARTITION BY g.partner_id ORDER BY g.day)
            """,
            on=on,
            now=policy._position(SQL("%s", on)),
            gaps=self._gaps(policy, on, days),
            company=company.id,
        )
        return policy._with_numbers(purchases, scope)

    def _write_ledger(self, company, policy, scope, on, rebuilt):
        """Close the episodes that are over and open the new ones; the number of the latter.

        What a stay followed is what was closed just now, and nothing else: the stays of a
        customer that was merged into this one are no part of the own path.
        """
        opened = self.env.execute_query(
            SQL(
                """
                WITH closed AS (
                    UPDATE cx_episode e
                       SET left_on = greatest(e.entered_on, coalesce(c.stage_since, %(on)s)),
                           ended = c.stage_id IS NULL
                      FROM cx_customer c
                     WHERE e.customer_id = c.id AND c.company_id = %(company)s AND %(scope)s
                       AND e.left_on IS NULL AND e.stage_id IS DISTINCT FROM c.stage_id
                 RETURNING e.customer_id, e.stage_id, e.left_on, e.worth
                )
                INSERT INTO cx_episode (customer_id, company_id, currency_id, policy_id, rule_id,
                                        stage_id, previous_stage_id, entered_on, reason, figures,
                                        worth, rebuilt, silent, create_date)
                SELECT c.id, c.company_id, c.currency_id, %(policy)s, c.rule_id, c.stage_id,
                       closed.stage_id,
                       greatest(c.stage_since, closed.left_on, CASE WHEN closed.left_on IS NULL
                           THEN (SELECT max(e.left_on) FROM cx_episode e
                                  WHERE e.customer_id = c.id) END), c.reason,
                       jsonb_strip_nulls(jsonb_build_object(
                           'purchases', c.purchase_count, 'last', c.last_purchase_on,
                           'usual', round(c.usual_interval::numeric, 1),
                           'silence', %(on)s - c.last_purchase_on, 'value', c.value_12m)),
                       -- who is no customer any more takes along what was expected until now
                       coalesce(c.worth, closed.worth),
                       %(rebuilt)s, %(silent)s AND c.moved_by_rules, now() AT TIME ZONE 'UTC'
                  FROM cx_customer c LEFT JOIN closed ON closed.customer_id = c.id
                 WHERE c.company_id = %(company)s AND %(scope)s AND c.stage_id IS NOT NULL
                   AND NOT EXISTS (SELECT FROM cx_episode e
                                    WHERE e.customer_id = c.id AND e.left_on IS NULL
                                      AND e.stage_id = c.stage_id)
             RETURNING id
                """,
                on=on,
                rebuilt=rebuilt,
                silent=policy.pending_moves == "silent",
                company=company.id,
                policy=policy.id,
                scope=scope(SQL("c.partner_id")),
            )
        )
        return len(opened)
