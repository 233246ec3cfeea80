"""Spells of warning signs: found in the past by one SELECT, and kept by one statement."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from . import cx_policy_domain as domains
from .scopes import willing

# How far back spells are kept: their strength is measured on them.
YEARS = 3

# One statement, so that nobody ever sees half of it. What is known is recognised by the day it
# began; what stands and seems to have begun on another day is still the same.
KEEP = """
    WITH found AS MATERIALIZED (
        SELECT DISTINCT ON (customer_id, began_on) customer_id, began_on, facts,
               CASE WHEN ended_on <= %(today)s THEN greatest(ended_on, began_on) END AS ended_on,
               CASE WHEN ended_on > %(today)s THEN ended_on END AS until_on
          FROM (%(spells)s) AS spell
         WHERE began_on <= %(today)s
           AND (began_on >= %(horizon)s OR ended_on IS NULL OR ended_on > %(today)s)
      ORDER BY customer_id, began_on, spell.ended_on DESC),
    known AS MATERIALIZED (
        SELECT w.id, w.customer_id, w.began_on, w.ended_on, w.closed_at, w.asked_at
          FROM cx_warning w JOIN cx_customer c ON c.id = w.customer_id
         WHERE w.kind_id = %(kind)s AND w.company_id = %(company)s
           AND (w.ended_on IS NULL OR w.began_on >= %(horizon)s
                -- of long ago, it was over and stands again
                OR (w.customer_id, w.began_on) IN (SELECT customer_id, began_on FROM found))
           AND %(those)s),
    pair AS MATERIALIZED (
        SELECT k.id, f.* FROM known k JOIN found f USING (customer_id, began_on)
         UNION ALL
        SELECT DISTINCT ON (f.customer_id) k.id, f.*
          FROM known k JOIN found f ON f.customer_id = k.customer_id
         WHERE k.ended_on IS NULL AND f.ended_on IS NULL
           AND NOT EXISTS (SELECT FROM found x
                            WHERE (x.customer_id, x.began_on) = (k.customer_id, k.began_on))
           AND NOT EXISTS (SELECT FROM known y
                            WHERE (y.customer_id, y.began_on) = (f.customer_id, f.began_on))),
    kept AS (
        UPDATE cx_warning w
           SET ended_on = p.ended_on, until_on = p.until_on, facts = p.facts,
               write_date = now() AT TIME ZONE 'UTC', write_uid = %(uid)s
          FROM pair p
         WHERE w.id = p.id AND (w.ended_on, w.until_on, w.facts::jsonb)
               IS DISTINCT FROM (p.ended_on, p.until_on, p.facts)),
    gone AS (
        UPDATE cx_warning w
           SET ended_on = greatest(w.began_on, %(today)s), until_on = NULL,
               write_date = now() AT TIME ZONE 'UTC', write_uid = %(uid)s
          FROM known k
         WHERE w.id = k.id AND k.ended_on IS NULL AND NOT EXISTS (
               SELECT FROM pair p WHERE p.id = k.id)),
    forgotten AS (
        DELETE FROM cx_warning w USING known k
         WHERE w.id = k.id AND %(anew)s AND k.ended_on IS NOT NULL
           -- what people had to do with stays
           AND k.closed_at IS NULL AND k.asked_at IS NULL
           AND NOT EXISTS (SELECT FROM pair p WHERE p.id = k.id)),
    opened AS (
        INSERT INTO cx_warning (
               kind_id, customer_id, company_id, began_on, ended_on, until_on, facts, strength,
               create_date, write_date, create_uid, write_uid)
        SELECT %(kind)s, f.customer_id, %(company)s, f.began_on, f.ended_on, f.until_on, f.facts,
               (SELECT o.strength FROM cx_warning o
                 WHERE o.company_id = %(company)s AND o.kind_id = %(kind)s
                   AND o.strength IS NOT NULL LIMIT 1),
               clock_timestamp() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', %(uid)s, %(uid)s
          FROM found f
         WHERE NOT EXISTS (SELECT FROM pair p
                            WHERE (p.customer_id, p.began_on) = (f.customer_id, f.began_on))
            -- what another worker opened meanwhile makes this one do its lot again
            ON CONFLICT (kind_id, customer_id, began_on) DO NOTHING
     RETURNING id)
    SELECT count(*) FROM opened
"""
# Touchpoints that fit, and those that end the sign. After an end, counting begins anew.
TOUCHPOINTS = """
    WITH event AS (
        SELECT customer_id, at, id, day, till, satisfaction, closes,
               count(*) FILTER (WHERE closes) OVER running AS closed,
               min(day) FILTER (WHERE closes) OVER (
                   PARTITION BY customer_id ORDER BY at, id
                   ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS closing
          FROM (%(events)s) AS told
        WINDOW running AS (PARTITION BY customer_id ORDER BY at, id)),
    counted AS (
        SELECT *, lag(day, %(number)s - 1) OVER (
                      PARTITION BY customer_id, closed ORDER BY at, id) AS first_day
          FROM event WHERE NOT closes),
    shown AS (
        SELECT *, day > max(till) OVER (
                      PARTITION BY customer_id, closed ORDER BY at, id
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) IS NOT FALSE AS fresh
          FROM counted WHERE first_day >= day - %(within)s),
    numbered AS (
        SELECT *, count(*) FILTER (WHERE fresh) OVER (
                      PARTITION BY customer_id ORDER BY at, id) AS spell FROM shown)
    SELECT customer_id, min(day) AS began_on, least(max(till), min(closing)) AS ended_on,
           jsonb_build_object(
               'times', count(*) + %(number)s - 1, 'last', max(day),
               'satisfaction', (array_agg(satisfaction ORDER BY at DESC, id DESC))[1]) AS facts
      FROM numbered GROUP BY customer_id, spell
"""
# Days on which the sign was looked for: it stands from one that shows it to one that does not.
OBSERVED = """
    WITH observed AS (%(observed)s),
    judged AS (
        SELECT *, min(day) FILTER (WHERE NOT holds) OVER (
                      PARTITION BY customer_id ORDER BY day
                      ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS better,
               holds AND (lag(holds) OVER before IS NOT TRUE
                          OR day > lag(day) OVER before + %(lasts)s) AS fresh
          FROM observed
        WINDOW before AS (PARTITION BY customer_id ORDER BY day)),
    numbered AS (
        SELECT *, count(*) FILTER (WHERE fresh) OVER (
                      PARTITION BY customer_id ORDER BY day) AS spell FROM judged)
    SELECT customer_id, min(day) AS began_on,
           least(max(day) + %(lasts)s, min(better)) AS ended_on,
           (array_agg(facts ORDER BY day DESC))[1] AS facts
      FROM numbered WHERE holds GROUP BY customer_id, spell
"""


class CxWarningKind(models.Model):
    _inherit = "cx.warning.kind"

    def _knows_past(self):
        """Whether the sign tells when it began; if not, it begins when it is first seen."""
        return self.basis == "touchpoint" or (
            self.basis == "signal" and self.signal not in self._present_signals()
        )

    def _present_signals(self):
        """Signals that see the present only."""
        return ("key_contact_gone",)

    def _keep(self, company, scope, anew=False):
        """Bring the spells of some customers up to date.

        :param scope: function from the SQL of a commercial partner's id to a condition
        :param anew: forget spells of the past that are not found any more
        :return: how many were opened
        """
        self.ensure_one()
        today, scope = self.env["cx.customer"]._today(company), willing(scope)
        self.env.flush_all()
        # the statement is wide, not deep: compiling it only costs
        self.env.cr.execute("SET LOCAL jit = off")
        [(opened,)] = self.env.execute_query(
            SQL(
                KEEP,
                spells=self._spells(company, scope, today),
                today=today,
                horizon=today.replace(year=today.year - YEARS, day=min(today.day, 28)),
                kind=self.id,
                company=company.id,
                those=scope(SQL("c.partner_id")),
                anew=anew and self._knows_past(),
                uid=self.env.uid,
            )
        )
        self.env["cx.warning"].invalidate_model()
        return opened

    def _spells(self, company, scope, today):
        """SELECT of the spells of some customers: customer_id, began_on, ended_on, facts.

        ``ended_on`` is the first day without the sign; it may lie ahead, or be unknown.
        """
        if self.basis == "touchpoint":
            return self._spells_touchpoint(company, scope)
        if self.basis == "fact":
            return self._spells_fact(company, scope, today)
        return getattr(self, f"_spells_{self.signal}")(company, scope, today)

    def _spells_touchpoint(self, company, scope):
        touchpoints = self._as_author("cx.touchpoint", company)
        here = Domain("company_id", "=", company.id)
        zone = company.partner_id.tz or "UTC"

        def those(query, closes):
            table = query.table
            query.add_where(
                SQL(
                    "%s IN (SELECT c.id FROM cx_customer c WHERE c.company_id = %s AND %s)",
                    SQL.identifier(table, "customer_id"), company.id, scope(SQL("c.partner_id")),
                )
            )  # fmt: skip
            at = SQL.identifier(table, "at")
            return query.select(
                SQL.identifier(table, "customer_id"),
                at,
                SQL.identifier(table, "id"),
                SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date AS day", at, zone),
                SQL("%s AS till", self._till(table, zone)),
                SQL("%s AS satisfaction", SQL.identifier(table, "satisfaction")),
                SQL("%s AS closes", closes),
            )

        events = [those(touchpoints._search(domains.parsed(self.domain) & here), False)]
        if self.closed_by_interaction_ids:
            ends = Domain("interaction_id", "in", self.closed_by_interaction_ids.ids)
            # sudo: whoever wrote the condition, a refund ends a claim
            events.append(those(touchpoints.sudo()._search(ends & here), True))
        return SQL(
            TOUCHPOINTS,
            events=SQL(" UNION ALL ").join(events),
            number=self.number,
            within=self.within_days,
        )

    def _till(self, table, zone):
        """SQL of the day on which a touchpoint alone is no sign any more."""
        at = SQL.identifier(table, "at")
        day = SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", at, zone)
        last = SQL("%s + %s", day, self.lasts_days)
        if not self.ends_answered:
            return last
        delay = SQL("%s * interval '1 hour'", SQL.identifier(table, "delay_hours"))
        answered = SQL("((%s + %s) AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", at, delay, zone)
        return SQL("least(%s, %s)", last, answered)  # of NULL, the other one

    def _spells_fact(self, company, scope, today):
        Model = self._as_author(self.fact_model or "cx.customer", company)
        fits = Model._search(domains.parsed(self.domain)).subselect()
        column = "id" if Model._name == "cx.customer" else "partner_id"
        return SQL(
            "SELECT c.id AS customer_id, %s AS began_on, NULL::date AS ended_on,"
            " '{}'::jsonb AS facts FROM cx_customer c"
            " WHERE c.company_id = %s AND c.active AND %s AND %s IN %s",
            today,
            company.id,
            scope(SQL("c.partner_id")),
            SQL.identifier("c", column),
            fits,
        )

    def _observed(self, observed):
        """Spells from days that show the sign or do not.

        :param SQL observed: SELECT of customer_id, day (one row each), holds (boolean), facts
        """
        return SQL(OBSERVED, observed=observed, lasts=self.lasts_days)

    def _open_intervals(self, intervals):
        """Spells from intervals that overlap: customer_id, began_on, ended_on (or NULL), facts.

        :param SQL intervals: of the same columns, and ``part`` (jsonb), which are collected
        """
        return SQL(
            """
            WITH interval AS (
                SELECT *, began_on > max(coalesce(ended_on, 'infinity')) OVER (
                              PARTITION BY customer_id ORDER BY began_on, ended_on
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) IS NOT FALSE
                          AS fresh
                  FROM (%s) AS part WHERE ended_on IS NULL OR ended_on > began_on),
            numbered AS (
                SELECT *, count(*) FILTER (WHERE fresh) OVER (
                              PARTITION BY customer_id ORDER BY began_on, ended_on
                              ROWS UNBOUNDED PRECEDING) AS spell
                  FROM interval)
            SELECT customer_id, min(began_on) AS began_on,
                   nullif(max(coalesce(ended_on, 'infinity')), 'infinity') AS ended_on,
                   jsonb_build_object('number', count(*), 'amount', round(sum(amount), 2),
                                      'open', round(sum(left_open), 2), 'first', min(promised),
                                      'days', max(days)) AS facts
              FROM numbered GROUP BY customer_id, spell
            """,
            intervals,
        )
