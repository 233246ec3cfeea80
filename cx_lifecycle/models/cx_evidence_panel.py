"""The panel of a past day: who lived, alike in what, who had what, and what came of it.

Only what was known on the day counts: purchases up to it, stays that covered it, touchpoints and
signs before it. What came later is the outcome.
"""

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import rhythm
from ..engine.association import GROUPS, Counts
from .cx_customer import formula_sql
from .cx_episode import LIVING, QUIET
from .cx_evidence import UNHAPPY, WINDOW

# Who is compared with whom. The usual interval, as a multiple of the company's median; who bought
# once only has none, and is a band alone.
USUAL_BANDS = [0.5, 0.7, 1.0, 1.4, 2.0]
# Silence as a multiple of the own usual interval: leaving follows from it by definition, so it is
# matched more finely than all else. 1 is a limit, for exposures reach back as far.
SILENCE_BANDS = [0.15, 0.3, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0]
VALUE_BANDS = 3  # of the twelve months before the day, as many customers in each


class CxEvidenceRun(models.Model):
    _inherit = "cx.evidence.run"

    def _stage_panel(self, day, purchases):
        """Make ``cx_panel``: a row for each customer who lived on a day.

        ``leave_stratum`` and ``buy_stratum`` number who is alike; ``left`` and ``bought`` tell
        what came, NULL where nobody can know.
        """
        policy = self.env["cx.policy"]._of(self.company_id)
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL jit = off")  # wide, not deep
        self.env.cr.execute("DROP TABLE IF EXISTS cx_panel")
        # one formula for the usual interval, see the engine
        usual = formula_sql(
            ({"usual": rhythm.CURVE[0]["usual"]},),
            self._past(day, purchases, policy),
            {"g0": policy.median_gap},
        )
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE cx_panel AS
                SELECT customer_id, usual, "left", alike AS leave_stratum,
                       alike * 2 * %(values)s + fresh * %(values)s + value_band AS buy_stratum,
                       CASE WHEN %(day)s::date + span <= %(on)s
                            THEN coalesce(next_on <= %(day)s::date + span, false) END AS bought,
                       %(day)s::date - least(span, %(window)s) AS since, %(begins)s AS begins
                  FROM (SELECT s.customer_id, past.next_on, past.usual,
                               ceil(past.usual)::int AS span,
                               CASE WHEN m.customer_id IS NULL THEN false ELSE m.gone END AS "left",
                               CASE WHEN x = 0 THEN 0 ELSE 1 + width_bucket(
                                         usual / %(median)s, %(usual_bands)s::float8[]) END * 100
                                   + width_bucket(silence / usual, %(silence_bands)s::float8[])
                                   AS alike,
                               (s.stage_id = %(new)s)::int AS fresh,
                               ntile(%(values)s) OVER (ORDER BY past.value, s.customer_id) - 1
                                   AS value_band
                          FROM (%(standing)s) AS s
                          JOIN (%(past)s) AS past USING (partner_id)
                     LEFT JOIN (%(moved)s) AS m ON m.customer_id = s.customer_id) AS living
                """,
                past=self._exact(usual), standing=self._standing(day), moved=self._moved(day),
                day=day, on=self.on, median=policy.median_gap, window=WINDOW, values=VALUE_BANDS,
                usual_bands=USUAL_BANDS, silence_bands=SILENCE_BANDS,
                new=self.env["cx.stage"]._ids_by_code()["new"],
                # the first day of the interval by the company's clock, as all days
                begins=self.env["cx.touchpoint"]._start_to_sql(
                    self.company_id,
                    SQL("%s::date - least(span, %s) + 1", day, WINDOW),
                ),
            )
        )  # fmt: skip
        self.env.cr.execute("ANALYZE cx_panel")

    @api.model
    def _exact(self, usual):
        """The usual interval in whole days at least one, for days are compared with it."""
        return SQL(
            "SELECT partner_id, x, silence, value, next_on, greatest(usual, 1)::float8 AS usual"
            " FROM (%s) AS rhythm",
            usual,
        )

    def _past(self, day, purchases, policy):
        """SELECT of each buyer's figures as of a day, and the next purchase after it."""
        bought = SQL("SELECT partner_id, day, amount FROM (%s) AS d WHERE amount > 0", purchases)
        return SQL(
            """
            SELECT partner_id, (count(*) FILTER (WHERE known) - 1)::float8 AS x,
                   (max(at) FILTER (WHERE known) - min(at) FILTER (WHERE known))::float8 AS tx,
                   %(now)s - max(at) FILTER (WHERE known) AS silence,
                   coalesce(sum(amount) FILTER (WHERE known AND day > %(year_ago)s), 0) AS value,
                   min(day) FILTER (WHERE NOT known) AS next_on
              FROM (SELECT *, day <= %(day)s AS known FROM (%(bought)s) AS d
                     WHERE day <= %(on)s) AS days
             GROUP BY partner_id HAVING bool_or(known)
            """,
            now=policy._position(SQL("%s::date", day)),
            bought=policy._clocked(bought),
            day=day,
            on=self.on,
            year_ago=fields.Date.subtract(day, years=1),
        )

    def _standing(self, day):
        """SELECT of the customers who lived when a day ended, by the ledger."""
        by_code = self.env["cx.stage"]._ids_by_code()
        return SQL(
            """
            SELECT customer_id, partner_id, stage_id
              FROM (SELECT DISTINCT ON (e.customer_id) e.customer_id, c.partner_id, e.stage_id
                      FROM cx_episode e JOIN cx_customer c ON c.id = e.customer_id
                     WHERE e.company_id = %(company)s AND e.entered_on <= %(day)s
                       AND (e.left_on IS NULL OR e.left_on > %(day)s)
                     ORDER BY e.customer_id, e.entered_on DESC, e.id DESC) AS covering
             WHERE stage_id = ANY(%(living)s)
            """,
            company=self.company_id.id,
            day=day,
            living=[by_code[code] for code in LIVING],
        )

    def _moved(self, day):
        """SELECT of who ceased to live within the horizon, and whether that was leaving.

        Because of new rules, of purchases that were cancelled, or of a merge: nobody knows, NULL.
        """
        by_code = self.env["cx.stage"]._ids_by_code()
        return SQL(
            """
            SELECT DISTINCT ON (customer_id) customer_id, gone
              FROM (SELECT customer_id, entered_on AS moved_on,
                           CASE WHEN stage_id = ANY(%(quiet)s) AND silent IS NOT TRUE
                                THEN true END AS gone
                      FROM cx_episode
                     WHERE company_id = %(company)s AND entered_on > %(day)s
                       AND entered_on <= %(end)s AND previous_stage_id = ANY(%(living)s)
                       AND NOT stage_id = ANY(%(living)s)
                     UNION ALL
                    SELECT customer_id, left_on, NULL FROM cx_episode
                     WHERE company_id = %(company)s AND ended AND left_on > %(day)s
                       AND left_on <= %(end)s) AS moves
             ORDER BY customer_id, moved_on
            """,
            company=self.company_id.id,
            day=day,
            end=fields.Date.add(day, days=self.horizon),
            living=[by_code[code] for code in LIVING],
            quiet=[by_code[code] for code in QUIET],
        )

    # -------------------------------------------------------------- exposures
    def _stage_exposures(self, day):
        """Make ``cx_exposed``: a row for each customer of the panel and what was had."""
        self.env.cr.execute("DROP TABLE IF EXISTS cx_exposed")
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE cx_exposed AS %s",
                SQL(" UNION ALL ").join(self._exposures(day)),
            )
        )
        self.env.cr.execute("ANALYZE cx_exposed")

    def _exposures(self, day):
        """SELECTs of customer_id, kind_id, channel_id, interaction_id, unhappy: once each."""
        start = self.env["cx.touchpoint"]._start
        had = SQL(
            """
            SELECT t.customer_id, t.channel_id, t.interaction_id,
                   bool_or(t.rated AND t.satisfaction < %(unhappy)s) AS unhappy
              FROM cx_touchpoint t JOIN cx_panel p ON p.customer_id = t.customer_id
             WHERE t.company_id = %(company)s AND t.at < %(end)s AND t.at >= %(oldest)s
               AND t.at >= p.begins
             GROUP BY 1, 2, 3
            """,
            company=self.company_id.id,
            end=start(self.company_id, fields.Date.add(day, days=1)),
            oldest=start(self.company_id, fields.Date.subtract(day, days=WINDOW - 1)),
            unhappy=UNHAPPY,
        )
        touchpoints = SQL(
            "SELECT customer_id, NULL::int AS kind_id, channel_id, interaction_id, u AS unhappy"
            " FROM (%s) AS had, unnest(ARRAY[false, true]) AS u WHERE had.unhappy OR NOT u",
            had,
        )
        signs = SQL(
            """
            SELECT DISTINCT w.customer_id, w.kind_id, NULL::int, NULL::int, false
              FROM cx_warning w JOIN cx_panel p ON p.customer_id = w.customer_id
                -- nobody looks any more whether the others are over
              JOIN cx_warning_kind k ON k.id = w.kind_id AND k.active
             WHERE w.company_id = %(company)s AND w.began_on <= %(day)s
               AND (w.ended_on IS NULL OR w.ended_on > %(day)s OR w.began_on > p.since)
            """,
            company=self.company_id.id,
            day=day,
        )
        return [touchpoints, signs]

    # --------------------------------------------------------------- counting
    def _count_strata(self, question):
        """Everybody and the exposed of a question, by stratum and group of customers.

        :return: ``{stratum: {group: Counts}}`` and ``{subject: {stratum: {group: Counts}}}``
        """
        stratum = SQL.identifier("p", f"{question}_stratum")
        hit = SQL.identifier("p", {"leave": "left", "buy": "bought"}[question])
        counts = SQL(
            "%s, p.customer_id %% %s, count(*)::int, count(*) FILTER (WHERE %s)::int",
            stratum, GROUPS, hit,
        )  # fmt: skip
        everybody, exposed = {}, {}
        for number, group, people, hits in self.env.execute_query(
            SQL("SELECT %s FROM cx_panel p WHERE %s IS NOT NULL GROUP BY 1, 2", counts, hit)
        ):
            everybody.setdefault(number, {})[group] = Counts(people, hits)
        for *subject, number, group, people, hits in self.env.execute_query(
            SQL(
                "SELECT e.kind_id, e.channel_id, e.interaction_id, e.unhappy, %s"
                " FROM cx_exposed e JOIN cx_panel p USING (customer_id) WHERE %s IS NOT NULL"
                " GROUP BY 1, 2, 3, 4, 5, 6",
                counts,
                hit,
            )
        ):
            strata = exposed.setdefault(tuple(subject), {})
            strata.setdefault(number, {})[group] = Counts(people, hits)
        return everybody, exposed
