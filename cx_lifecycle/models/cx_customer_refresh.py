"""From purchases to stage, dates and ledger: one route for one customer and for a million."""

import logging
from datetime import datetime

import psycopg2
import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import rhythm
from .cx_customer import formula_sql

_logger = logging.getLogger(__name__)

# What each rule means for the stage; a hold keeps the stage a person chose.
STAGE_OF = {
    "interested": "suspect",
    "qualified": "prospect",
    "first_purchase": "new",
    "purchase": "active",
    "silence": "dormant",
    "long_silence": "lost",
    "declared": "lost",
}
MANY_ROWS = 5000
# Columns of the verdict that are stored on the customer under the same name.
STORED = (
    "stage_id", "stage_since", "reason", "first_purchase_on", "last_purchase_on",
    "purchase_count", "gap_log_sum", "gap_log_square_sum", "usual_interval",
    "next_purchase_on", "next_purchase_from", "next_purchase_to", "dormant_on", "lost_on",
    "value_12m", "review_on", "hold_stage_id", "hold_until", "hold_reason", "hold_user_id",
    "declared_lost_on", "declared_lost_reason", "due", "error", "error_on",
)  # fmt: skip


def ids_scope(ids):
    """A scope of some partners: see ``cx.purchase.source._documents``."""
    return lambda partner: SQL("%s = ANY(%s)", partner, list(ids))


def range_scope(low, high):
    """A scope of all partners with an id above ``low`` and up to ``high``."""
    return lambda partner: SQL("(%s > %s AND %s <= %s)", partner, low, partner, high)


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    @api.model
    def _today(self, company):
        """The calendar day where the company is."""
        zone = pytz.timezone(company.partner_id.tz or "UTC")
        return datetime.now(zone).date()

    @api.model
    def _refresh_partners(self, partners, companies, model):
        """An event happened to these contacts: bring their customers up to date, now.

        Never stops the event: what cannot be evaluated is left to the night, with its error.

        :param model: of the documents; where invoices do not count, they change nothing
        """
        # sudo: bookkeeping on behalf of anybody
        commercial = partners.sudo().commercial_partner_id
        if not commercial or self.env.context.get("cx_no_refresh"):
            return
        for company in companies.sudo():  # sudo: the document's company, whatever the user's
            sources = self.env["cx.purchase.source"]._counting(company)
            if model == "account.move" and model not in sources.mapped("model"):
                continue
            try:
                with self.env.cr.savepoint():
                    self._refresh(company, ids_scope(commercial.ids))
            except psycopg2.OperationalError:
                raise  # the transaction is retried as a whole
            except Exception as error:
                _logger.exception("Lifecycle of partners %s not refreshed", commercial.ids)
                self._note_error(company, commercial.ids, error)

    @api.model
    def _note_error(self, company, partner_ids, error):
        """List customers whose evaluation failed, and look at them again tomorrow."""
        message = f"{type(error).__name__}: {error}".splitlines()[0][:500]
        self.env.execute_query(
            SQL(
                "UPDATE cx_customer SET error = %s, error_on = now() AT TIME ZONE 'UTC', due = false,"
                " review_on = %s WHERE company_id = %s AND partner_id = ANY(%s) RETURNING id",
                message,
                fields.Date.add(self._today(company), days=1),
                company.id,
                list(partner_ids),
            )
        )
        self.invalidate_model()

    @api.model
    def _refresh(self, company, scope, on=None, days=None, rebuilt=False):
        """Evaluate the customers in a scope: figures, stage, dates, ledger.

        :param company: whose customers
        :param scope: function from the SQL of a commercial partner's id to a condition
        :param on: the day as of which; today when empty
        :param SQL days: SELECT of partner_id, day, amount, when it is at hand already
        :param rebuilt: mark new episodes as made by a rebuild rather than by the customer
        :return: (number of customers looked at, number whose stage changed)
        """
        on = on or self._today(company)
        policy = self.env["cx.policy"]._of(company)
        self.env["res.partner"].flush_model()
        self.flush_model()
        if days is None:
            days = self.env["cx.purchase.source"]._days(company, scope)
        examined = self._write_verdict(company, policy, scope, on, days)
        self._write_past(company, policy, scope, on, days, rebuilt)
        changed = self._write_ledger(company, scope, on, rebuilt)
        self.invalidate_model()
        self.env["cx.episode"].invalidate_model()
        self.env["res.partner"].invalidate_model(
            [name for name in self.env["res.partner"]._fields if name.startswith("cx_")]
        )
        return examined, changed

    # --------------------------------------------------------------- verdict
    def _write_verdict(self, company, policy, scope, on, days):
        """Decide and store: updates known customers, adds those that are missing."""
        columns = SQL(", ").join(map(SQL.identifier, STORED))
        changes = SQL(", ").join(
            SQL("%s = v.%s", SQL.identifier(name), SQL.identifier(name)) for name in STORED
        )
        known = SQL(", ").join(SQL.identifier("c", name) for name in STORED)
        fresh = SQL(", ").join(SQL.identifier("v", name) for name in STORED)
        [(examined, added)] = self.env.execute_query(
            SQL(
                """
                WITH verdict AS (%(verdict)s),
                updated AS (
                    UPDATE cx_customer c
                       SET %(changes)s, write_date = now() AT TIME ZONE 'UTC', write_uid = %(uid)s
                      FROM verdict v
                     WHERE c.id = v.customer_id AND (%(known)s) IS DISTINCT FROM (%(fresh)s)
                ),
                inserted AS (
                    INSERT INTO cx_customer (
                        partner_id, company_id, currency_id, active, %(columns)s,
                        create_date, write_date, create_uid, write_uid)
                    SELECT partner_id, %(company)s, %(currency)s, partner_active, %(columns)s,
                           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', %(uid)s, %(uid)s
                      FROM verdict WHERE customer_id IS NULL AND stage_id IS NOT NULL
                 RETURNING id, partner_id
                ),
                pointed AS (
                    UPDATE res_partner p
                       SET cx_customer_id = coalesce(p.cx_customer_id, '{}'::jsonb)
                                            || jsonb_build_object(%(company)s::text, i.id)
                      FROM inserted i WHERE p.id = i.partner_id
                )
                SELECT (SELECT count(*) FROM verdict), (SELECT count(*) FROM inserted)
                """,
                verdict=self._verdict(company, policy, scope, on, days),
                changes=changes,
                known=known,
                fresh=fresh,
                columns=columns,
                company=company.id,
                currency=company.currency_id.id,
                uid=self.env.uid,
            )
        )
        self._tell_planner("cx_customer", added)
        return examined

    def _verdict(self, company, policy, scope, on, days):
        """SELECT with the customer's new values, for everybody in the scope."""
        stages = self.env["cx.stage"]._ids_by_code()
        stage = SQL(" ").join(
            SQL("WHEN %s THEN %s", reason, stages[code]) for reason, code in STAGE_OF.items()
        )
        candidate = SQL(
            """
            SELECT p.id AS partner_id, p.active AS partner_active, c.id AS customer_id,
                   c.stage_id AS old_stage_id, c.stage_since AS old_since,
                   c.hold_stage_id, c.hold_until, c.hold_reason, c.hold_user_id,
                   c.declared_lost_on, c.declared_lost_reason,
                   s.last_on > coalesce(c.last_purchase_on, '-infinity') AS bought_again,
                   p.id IN (%(prospects)s) AS prospect, p.id IN (%(suspects)s) AS suspect,
                   s.purchases, s.first_on, s.last_on, s.sl, s.sq, s.usual,
                   coalesce(s.value_12m, 0) AS value_12m, s.value_drop_on, s.future_on,
                   s.last_on + s.expected_days::int AS next_purchase_on,
                   s.last_on + s.expected_from_days::int AS next_purchase_from,
                   s.last_on + s.overdue_days::int AS next_purchase_to,
                   CASE WHEN s.dormant_days < %(never)s THEN s.last_on + s.dormant_days::int END
                       AS dormant_on,
                   CASE WHEN s.lost_days < %(never)s THEN greatest(
                       s.last_on + s.lost_days::int,
                       least(%(history_from)s, s.first_on) + %(history)s) END AS lost_on
              FROM res_partner p
         LEFT JOIN cx_customer c ON c.partner_id = p.id AND c.company_id = %(company)s
         LEFT JOIN (%(scores)s) AS s ON s.partner_id = p.id
             WHERE %(scope)s AND (p.commercial_partner_id = p.id OR c.id IS NOT NULL)
            """,
            prospects=self._prospects(company, policy, scope),
            suspects=self._suspects(company, policy, scope),
            never=rhythm.NEVER,
            history_from=policy.history_from or None,
            history=policy.history_days,
            company=company.id,
            scores=self._scores(policy, on, days),
            scope=scope(SQL("p.id")),
        )
        decided = SQL(
            """
            SELECT *, hold_until >= %(on)s AND bought_again IS NOT TRUE AS held,
                   CASE WHEN declared_lost_on IS NOT NULL AND bought_again IS NOT TRUE
                            THEN 'declared'
                        WHEN lost_on <= %(on)s THEN 'long_silence'
                        WHEN dormant_on <= %(on)s THEN 'silence'
                        WHEN purchases = 1 THEN 'first_purchase'
                        WHEN purchases > 1 THEN 'purchase'
                        WHEN prospect THEN 'qualified'
                        WHEN suspect THEN 'interested' END AS rule
              FROM (%(candidate)s) AS candidate
            """,
            on=on,
            candidate=candidate,
        )
        staged = SQL(
            """
            SELECT *, CASE WHEN held THEN 'hold' ELSE rule END AS reason,
                   CASE WHEN held THEN hold_stage_id ELSE CASE rule %(stage)s END END AS stage_id
              FROM (%(decided)s) AS decided
             WHERE customer_id IS NOT NULL OR rule IS NOT NULL
            """,
            stage=stage,
            decided=decided,
        )
        return SQL(
            """
            SELECT partner_id, customer_id, partner_active, stage_id, reason,
                   CASE WHEN stage_id = old_stage_id THEN old_since
                        ELSE greatest(old_since, least(%(on)s, CASE reason
                            WHEN 'first_purchase' THEN first_on WHEN 'purchase' THEN last_on
                            WHEN 'silence' THEN dormant_on WHEN 'long_silence' THEN lost_on
                            WHEN 'declared' THEN declared_lost_on ELSE %(on)s END))
                   END AS stage_since,
                   first_on AS first_purchase_on, last_on AS last_purchase_on,
                   coalesce(purchases, 0) AS purchase_count,
                   coalesce(sl, 0) AS gap_log_sum, coalesce(sq, 0) AS gap_log_square_sum,
                   CASE WHEN purchases > 1 THEN usual END AS usual_interval,
                   next_purchase_on, next_purchase_from, next_purchase_to, dormant_on, lost_on,
                   value_12m,
                   least(CASE WHEN dormant_on > %(on)s THEN dormant_on END,
                         CASE WHEN lost_on > %(on)s THEN lost_on END,
                         CASE WHEN held THEN hold_until + 1 END,
                         value_drop_on, future_on) AS review_on,
                   CASE WHEN held THEN hold_stage_id END AS hold_stage_id,
                   CASE WHEN held THEN hold_until END AS hold_until,
                   CASE WHEN held THEN hold_reason END AS hold_reason,
                   CASE WHEN held THEN hold_user_id END AS hold_user_id,
                   CASE WHEN rule = 'declared' THEN declared_lost_on END AS declared_lost_on,
                   CASE WHEN rule = 'declared' THEN declared_lost_reason END
                       AS declared_lost_reason,
                   false AS due, NULL::varchar AS error, NULL::timestamp AS error_on
              FROM (%(staged)s) AS staged
            """,
            on=on,
            staged=staged,
        )

    def _scores(self, policy, on, days):
        """SELECT of statistics, curve and days of change, per partner who ever bought."""
        statistics = SQL(
            """
            SELECT partner_id,
                   (count(*) FILTER (WHERE bought))::int AS purchases,
                   greatest(count(*) FILTER (WHERE bought) - 1, 0)::float8 AS x,
                   coalesce(max(day) FILTER (WHERE bought) - min(day) FILTER (WHERE bought), 0
                       )::float8 AS tx,
                   coalesce(sum(ln_gap) FILTER (WHERE bought), 0) AS sl,
                   coalesce(sum(ln_gap * ln_gap) FILTER (WHERE bought), 0) AS sq,
                   min(day) FILTER (WHERE bought) AS first_on,
                   max(day) FILTER (WHERE bought) AS last_on,
                   sum(amount) FILTER (WHERE day > %(year_ago)s AND day <= %(on)s) AS value_12m,
                   greatest((min(day) FILTER (WHERE day > %(year_ago)s AND day <= %(on)s)
                       + interval '1 year')::date, %(on)s + 1) AS value_drop_on,
                   min(day) FILTER (WHERE day > %(on)s) AS future_on
              FROM (%(gaps)s) AS gaps GROUP BY partner_id
            """,
            on=on,
            year_ago=fields.Date.subtract(on, years=1),
            gaps=self._gaps(on, days),
        )
        source = SQL(
            "SELECT statistics.*, %s::float8 AS until, %s FROM (%s) AS statistics",
            rhythm.NEVER, policy._columns(), statistics,
        )  # fmt: skip
        return formula_sql(rhythm.CURVE + rhythm.EXPECTED + rhythm.CHANGES, source)

    def _gaps(self, on, days):
        """SELECT of days, whether the customer bought, and ln of the days since the time before."""
        return SQL(
            """
            SELECT partner_id, day, amount, bought, ln((day - lag(day) OVER (
                       PARTITION BY partner_id, bought ORDER BY day))::float8) AS ln_gap
              FROM (SELECT *, amount > 0 AND day <= %s AS bought FROM (%s) AS d) AS days
            """,
            on,
            days,
        )

    def _prospects(self, company, policy, scope):
        """SELECT of commercial partners that are qualified."""
        ours = Domain("company_id", "in", [False, company.id])
        found = [
            self._commercial_of("crm.lead", scope, ours & Domain(
                [("type", "=", "opportunity"), ("active", "=", True), ("won_status", "=", "pending")]
            )),
            self._commercial_of("sale.order", scope, ours & Domain("state", "in", ["draft", "sent"])),
        ]  # fmt: skip
        if policy.prospect_domain:
            found.append(
                self._commercial_of("res.partner", scope, policy._domain("prospect_domain"), None)
            )
        return SQL(" UNION ").join(found)

    def _suspects(self, company, policy, scope):
        """SELECT of commercial partners that may become customers."""
        own = self.env["res.company"].sudo().search([]).partner_id  # sudo: of all companies, none is a customer
        domain = (
            policy._domain("customer_domain")
            & Domain("id", "not in", own.ids)
            & Domain("active", "=", True)
            & Domain("company_id", "in", [False, company.id])
        )
        return self._commercial_of("res.partner", scope, domain, None)

    def _commercial_of(self, model, scope, domain, link="partner_id"):
        """SELECT of the commercial partners, in the scope, that some records lead to."""
        Model = self.env[model].sudo()  # sudo: the policy is the company's, not the user's
        query = Model._search(domain, active_test=False, bypass_access=True)
        alias, comodel = query.table, Model
        if link:
            comodel, alias = Model._fields[link].join(Model, alias, query)
        partner = comodel._field_to_sql(alias, "commercial_partner_id", query)
        query.add_where(scope(partner))
        return query.select(partner)

    def _tell_planner(self, table, rows):
        """After many new rows, the planner would still take the table for an empty one."""
        if rows >= MANY_ROWS:
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    # ---------------------------------------------------------------- ledger
    def _write_past(self, company, policy, scope, on, days, rebuilt):
        """Rebuild the episodes of customers who bought and have none yet, from their purchases."""
        [(missing,)] = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM cx_customer c WHERE c.company_id = %s AND %s"
                " AND c.purchase_count > 0 AND NOT EXISTS ("
                " SELECT FROM cx_episode e WHERE e.customer_id = c.id))",
                company.id, scope(SQL("c.partner_id")),
            )  # fmt: skip
        )
        if not missing:
            return
        purchases = SQL(
            """
            SELECT c.id AS customer_id, g.day, g.amount,
                   (row_number() OVER w - 1)::float8 AS x,
                   (g.day - first_value(g.day) OVER w)::float8 AS tx,
                   coalesce(sum(g.ln_gap) OVER w, 0) AS sl,
                   coalesce(sum(g.ln_gap * g.ln_gap) OVER w, 0) AS sq,
                   c.first_purchase_on AS first_on,
                   (coalesce(lead(g.day) OVER w - 1, %(on)s) - g.day)::float8 AS until,
                   %(columns)s
              FROM (%(gaps)s) AS g
              JOIN cx_customer c ON c.partner_id = g.partner_id AND c.company_id = %(company)s
             WHERE g.bought AND NOT EXISTS (SELECT FROM cx_episode e WHERE e.customer_id = c.id)
            WINDOW w AS (PARTITION BY g.partner_id ORDER BY g.day)
            """,
            on=on,
            gaps=self._gaps(on, days),
            company=company.id,
            columns=policy._columns(),
        )
        stages = self.env["cx.stage"]._ids_by_code()
        self.env.cr.execute(
            SQL(
                """
                WITH purchase AS (%(curve)s),
                silent AS (%(silent)s),
                event AS (
                    SELECT customer_id, day AS entered_on, 1 AS turn, x, usual, day AS last,
                           CASE WHEN x = 0 THEN 'first_purchase' ELSE 'purchase' END AS reason
                      FROM purchase
                     UNION ALL
                    SELECT customer_id, day + dormant_days::int, 2, x, usual, day, 'silence'
                      FROM silent WHERE dormant_days <= until
                     UNION ALL
                    SELECT customer_id, lost_on, 3, x, usual, day, 'long_silence'
                      FROM (SELECT *, greatest(day + lost_days::int,
                                  least(%(history_from)s, first_on) + %(history)s) AS lost_on
                              FROM silent WHERE lost_days <= until) AS lost
                     WHERE lost_on - day <= until
                ),
                staged AS (
                    SELECT *, CASE reason WHEN 'first_purchase' THEN %(new)s
                                          WHEN 'purchase' THEN %(active)s
                                          WHEN 'silence' THEN %(dormant)s
                                          ELSE %(lost)s END AS stage_id
                      FROM event
                ),
                linked AS (
                    SELECT *, lag(stage_id) OVER w AS previous_stage_id
                      FROM staged
                    WINDOW w AS (PARTITION BY customer_id ORDER BY entered_on, turn)
                )
                INSERT INTO cx_episode (customer_id, company_id, stage_id, previous_stage_id,
                                        entered_on, left_on, reason, figures, rebuilt, create_date)
                SELECT customer_id, %(company)s, stage_id, previous_stage_id, entered_on,
                       lead(entered_on) OVER (PARTITION BY customer_id ORDER BY entered_on, turn),
                       reason,
                       jsonb_strip_nulls(jsonb_build_object(
                           'purchases', x + 1, 'last', last, 'silence', entered_on - last,
                           'usual', CASE WHEN x > 0 THEN round(usual::numeric, 1) END)),
                       %(rebuilt)s OR entered_on < %(on)s, now() AT TIME ZONE 'UTC'
                  FROM linked
                 WHERE previous_stage_id IS DISTINCT FROM stage_id
                """,
                curve=formula_sql(rhythm.CURVE + rhythm.EXPECTED, purchases),
                silent=formula_sql(
                    rhythm.CHANGES, SQL("SELECT * FROM purchase WHERE until >= overdue_days")
                ),
                history_from=policy.history_from or None,
                history=policy.history_days,
                on=on,
                rebuilt=rebuilt,
                company=company.id,
                **{code: stages[code] for code in ("new", "active", "dormant", "lost")},
            )
        )
        self._tell_planner("cx_episode", self.env.cr.rowcount)
        # the current stay began when its episode did, not at the last purchase
        self.env.cr.execute(
            SQL(
                "UPDATE cx_customer c SET stage_since = e.entered_on FROM cx_episode e"
                " WHERE e.customer_id = c.id AND e.left_on IS NULL AND e.stage_id = c.stage_id"
                " AND c.company_id = %s AND %s AND c.stage_since IS DISTINCT FROM e.entered_on",
                company.id, scope(SQL("c.partner_id")),
            )  # fmt: skip
        )

    def _write_ledger(self, company, scope, on, rebuilt):
        """Close the episodes that are over and open the new ones; the number of the latter."""
        moved = SQL(
            "c.company_id = %s AND %s AND e.left_on IS NULL AND e.stage_id IS DISTINCT FROM c.stage_id",
            company.id, scope(SQL("c.partner_id")),
        )  # fmt: skip
        self.env.cr.execute(
            SQL(
                "UPDATE cx_episode e SET left_on = greatest(e.entered_on, coalesce(c.stage_since, %s))"
                " FROM cx_customer c WHERE e.customer_id = c.id AND %s",
                on, moved,
            )  # fmt: skip
        )
        opened = self.env.execute_query(
            SQL(
                """
                INSERT INTO cx_episode (customer_id, company_id, stage_id, previous_stage_id,
                                        entered_on, reason, figures, rebuilt, create_date)
                SELECT c.id, c.company_id, c.stage_id, last.stage_id,
                       greatest(c.stage_since, last.left_on), c.reason,
                       jsonb_strip_nulls(jsonb_build_object(
                           'purchases', c.purchase_count, 'last', c.last_purchase_on,
                           'usual', round(c.usual_interval::numeric, 1),
                           'silence', %(on)s - c.last_purchase_on, 'value', c.value_12m)),
                       %(rebuilt)s, now() AT TIME ZONE 'UTC'
                  FROM cx_customer c
             LEFT JOIN LATERAL (
                       SELECT e.stage_id, e.left_on FROM cx_episode e WHERE e.customer_id = c.id
                     ORDER BY e.entered_on DESC, e.id DESC LIMIT 1) AS last ON true
                 WHERE c.company_id = %(company)s AND %(scope)s AND c.stage_id IS NOT NULL
                   AND NOT EXISTS (SELECT FROM cx_episode e
                                    WHERE e.customer_id = c.id AND e.left_on IS NULL)
             RETURNING id
                """,
                on=on,
                rebuilt=rebuilt,
                company=company.id,
                scope=scope(SQL("c.partner_id")),
            )
        )
        return len(opened)
