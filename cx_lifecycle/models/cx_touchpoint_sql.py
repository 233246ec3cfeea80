"""Documents become touchpoints: one statement for as many as are looked at."""

from odoo import api, models
from odoo.tools import SQL

from .scopes import OBJECTED, ids_scope

# One statement for a lot: its documents are read once. Those that fit no more lose their row,
# unless the person was deleted, or objected to profiling, since: then the row is all that is
# left, and stays.
FEED = """
    WITH document AS MATERIALIZED (
        SELECT d.id, c.id AS customer_id,
               -- who objected to profiling is not named; alone, that customer is not written of
               CASE WHEN p.cx_no_profiling_since IS NULL THEN p.id END AS person_id,
               c.company_id, d.at, d.satisfaction,
               CASE WHEN d.ended >= d.at
                    THEN extract(epoch FROM d.ended - d.at)::float8 / 3600 END AS delay_hours
          FROM (%(documents)s) AS d
          JOIN res_partner p ON p.id = d.person_id
          JOIN cx_customer c ON c.partner_id = p.commercial_partner_id
           AND c.company_id = coalesce(d.company_id, (
               SELECT min(o.company_id) FROM cx_customer o
                WHERE o.partner_id = p.commercial_partner_id))
         WHERE d.at IS NOT NULL AND %(people)s
           AND p.commercial_partner_id NOT IN %(objected)s),
    -- of whom it told before, in case it tells of somebody else now
    told AS (
        SELECT t.res_id, t.customer_id, t.satisfaction
          FROM cx_touchpoint t JOIN document d ON d.id = t.res_id
         WHERE t.source_id = %(source)s),
    gone AS (
        DELETE FROM cx_touchpoint t
         WHERE t.source_id = %(source)s AND t.person_id IS NOT NULL AND %(looked_at)s
           AND NOT EXISTS (SELECT FROM document d WHERE d.id = t.res_id)
        RETURNING t.customer_id, t.satisfaction),
    written AS (
        INSERT INTO cx_touchpoint (
               customer_id, person_id, company_id, at, channel_id, interaction_id, step_id,
               begun_by, satisfaction, rated, delay_hours, source_id, res_id,
               create_date, write_date, create_uid, write_uid)
        SELECT customer_id, person_id, company_id, at, %(channel)s, %(interaction)s, %(step)s,
               %(begun_by)s, satisfaction, satisfaction IS NOT NULL, delay_hours, %(source)s, id,
               now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', %(uid)s, %(uid)s
          FROM document
            ON CONFLICT (source_id, res_id) WHERE source_id IS NOT NULL DO UPDATE
           SET customer_id = EXCLUDED.customer_id, person_id = EXCLUDED.person_id,
               company_id = EXCLUDED.company_id, at = EXCLUDED.at,
               channel_id = EXCLUDED.channel_id, interaction_id = EXCLUDED.interaction_id,
               step_id = EXCLUDED.step_id, begun_by = EXCLUDED.begun_by,
               satisfaction = EXCLUDED.satisfaction, rated = EXCLUDED.rated,
               delay_hours = EXCLUDED.delay_hours, write_date = EXCLUDED.write_date,
               write_uid = EXCLUDED.write_uid
         WHERE (cx_touchpoint.customer_id, cx_touchpoint.person_id, cx_touchpoint.at,
                cx_touchpoint.channel_id, cx_touchpoint.interaction_id, cx_touchpoint.step_id,
                cx_touchpoint.begun_by, cx_touchpoint.satisfaction, cx_touchpoint.delay_hours)
               IS DISTINCT FROM
               (EXCLUDED.customer_id, EXCLUDED.person_id, EXCLUDED.at,
                EXCLUDED.channel_id, EXCLUDED.interaction_id, EXCLUDED.step_id,
                EXCLUDED.begun_by, EXCLUDED.satisfaction, EXCLUDED.delay_hours)
        RETURNING xmax = 0 AS fresh, res_id, customer_id, satisfaction)
    SELECT (SELECT count(*) FROM written WHERE fresh), (SELECT count(*) FROM gone),
           (SELECT array_agg(customer_id) FROM (
                SELECT customer_id FROM written UNION SELECT customer_id FROM gone
                 UNION SELECT customer_id FROM told
                        WHERE res_id IN (SELECT res_id FROM written)) AS met),
           (SELECT array_agg(customer_id) FROM (
                SELECT customer_id FROM written WHERE satisfaction IS NOT NULL
                 UNION SELECT customer_id FROM gone WHERE satisfaction IS NOT NULL
                 UNION SELECT customer_id FROM told
                        WHERE satisfaction IS NOT NULL
                          AND res_id IN (SELECT res_id FROM written)) AS rated)
"""


class CxTouchpointSource(models.Model):
    _inherit = "cx.touchpoint.source"

    def _write_touchpoints(self, which=None, people=None):
        """Make the touchpoints of some documents, or of the documents of some customers.

        :param which: function from the SQL of a document's id to a condition, see ``scopes``;
            touchpoints of these documents that fit no more are removed
        :param people: function from the SQL of a commercial partner's id to a condition
        :return: how many were added, how many removed
        """
        self.ensure_one()
        self.env.flush_all()
        # the statement is wide, not deep: compiling it only costs
        self.env.cr.execute("SET LOCAL jit = off")
        [(added, removed, met, rated)] = self.env.execute_query(
            SQL(
                FEED,
                documents=self._documents(which),
                people=people(SQL("p.commercial_partner_id")) if people else SQL("true"),
                looked_at=which(SQL("t.res_id")) if which else SQL("false"),
                source=self.id,
                objected=OBJECTED,
                channel=self.channel_id.id,
                interaction=self.interaction_id.id,
                step=self.interaction_id.step_id.id,
                begun_by=self.interaction_id.begun_by,
                uid=self.env.uid,
            )
        )
        self.env["cx.touchpoint"].invalidate_model()
        self.env["cx.customer"]._met_again(met)
        self.env["cx.customer"]._rate(rated)
        return added, removed

    @api.model
    def _read_people(self, partners):
        """Read the documents of some customers again, of all sources that were read before."""
        for source in self.search([("fed_at", "!=", False)]).filtered("installed"):
            if not source._problem():
                added, removed = source._write_touchpoints(people=ids_scope(partners.ids))
                source.count += added - removed

    def _documents(self, which=None):
        """SELECT of the documents that fit: id, person_id, company_id, at, satisfaction, ended."""
        _model, query = self._query(self.env["res.company"], self._parsed_domain())
        number = SQL.identifier(query.table, "id")
        if which:
            query.add_where(which(number))
        return query.select(
            SQL("%s AS id", number),
            SQL("%s AS person_id", self._path_to_sql(query, self.partner_path)),
            SQL("%s AS company_id", self._company_to_sql(query)),
            SQL("%s AS at", self._moment_to_sql(query, self.date_path)),
            SQL("%s AS satisfaction", self._satisfaction_to_sql(query)),
            SQL("%s AS ended", self._moment_to_sql(query, self.end_path)),
        )

    def _company_to_sql(self, query):
        """The company of a document; that of the source where it has none."""
        path = self._company_steps()
        own = self._path_to_sql(query, path) if path else SQL("NULL::int")
        if not self.company_id:
            return own
        if path:
            query.add_where(
                SQL("coalesce(%s, %s) = %s", own, self.company_id.id, self.company_id.id)
            )
        return SQL("%s", self.company_id.id)

    def _moment_to_sql(self, query, path):
        """A moment in UTC; a day counts from noon, which is the same day nearly everywhere."""
        if not path:
            return SQL("NULL::timestamp")
        value = self._path_to_sql(query, path)
        *_steps, (_model, field, _referred) = self._walk(path)
        return SQL("%s + time '12:00'", value) if field.type == "date" else value

    def _satisfaction_to_sql(self, query):
        """The number on a scale from 0 to 10, NULL where there is none."""
        if not self.satisfaction_path:
            return SQL("NULL::float8")
        value = self._path_to_sql(query, self.satisfaction_path)
        low, high = self.satisfaction_low, self.satisfaction_high
        return SQL(
            "CASE WHEN %(value)s IS NOT NULL THEN greatest(0, least(10,"
            " (%(value)s::float8 - %(low)s) * 10 / %(span)s)) END",
            value=value,
            low=low,
            span=high - low,
        )
