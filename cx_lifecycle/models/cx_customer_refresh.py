"""From purchases to stage, dates and ledger: one route for one customer and for a million."""

import logging
from datetime import datetime

import psycopg2
import pytz
from psycopg2.errors import LockNotAvailable

from odoo import api, fields, models
from odoo.tools import SQL

from .scopes import ids_scope

_logger = logging.getLogger(__name__)

MANY_ROWS = 5000
NOTED = "cx_lifecycle.customers"  # where a transaction keeps those it has to look at
PATIENCE = 2000  # milliseconds that an event waits for a customer whom a pass is writing
# Columns of the verdict that are stored on the customer under the same name.
STORED = (
    "stage_id", "stage_since", "reason", "first_purchase_on", "last_purchase_on",
    "purchase_count", "gap_log_sum", "gap_log_square_sum", "usual_interval",
    "next_purchase_on", "next_purchase_from", "next_purchase_to", "dormant_on", "lost_on",
    "average_purchase", "worth", "value_12m", "value_review_on", "review_on", "segment_id",
    "rule_id", "moved_by_rules",
    "hold_stage_id", "hold_until", "hold_reason", "hold_user_id",
    "declared_lost_on", "declared_lost_reason", "due", "error", "error_on",
)  # fmt: skip


def brief(error):
    """An error in one line, short enough to be kept beside what it stopped."""
    return f"{type(error).__name__}: {error}".splitlines()[0][:500]


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    @api.model
    def _today(self, company):
        """The calendar day where the company is."""
        zone = pytz.timezone(company.partner_id.tz or "UTC")
        return datetime.now(zone).date()

    @api.model
    def _refresh_partners(self, partners, companies, model, every=False):
        """An event happened to these contacts: bring their customers up to date, now.

        Never stops the event: what cannot be evaluated is left to the night, with its error.

        :param companies: of the documents
        :param model: of the documents; where invoices do not count, they change nothing
        :param every: in all companies that have a policy besides
        """
        if not partners or self.env.context.get("cx_no_refresh"):
            return
        if self.env.context.get("cx_refresh_at_commit"):
            self._refresh_at_commit(partners, companies, model, every)
            return
        # sudo: bookkeeping on behalf of anybody
        commercial = partners.sudo().commercial_partner_id
        if every:
            # sudo: every company with a policy, whatever the user's
            published = self.env["cx.policy"].sudo().search([("state", "=", "published")])
            companies |= published.company_id
        # what others left to be done fails here, as theirs, and not as an evaluation of ours
        self.env.cr.flush()
        for company in companies.sudo():  # sudo: the document's company, whatever the user's
            if model == "account.move":
                sources = self.env["cx.purchase.source"]._counting(company)
                if model not in sources.mapped("model"):
                    continue
            self._refresh_event(company, commercial)

    def _refresh_event(self, company, commercial):
        """Bring customers of one company up to date; of many, one that fails leaves the others."""
        alone = len(commercial) == 1
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(SQL("SET LOCAL lock_timeout = %s", PATIENCE))
                self._refresh(company, ids_scope(commercial.ids))
                self._settle_calls(company, self._today(company), commercial.ids)
                self.env.cr.execute("SET LOCAL lock_timeout TO DEFAULT")
        except LockNotAvailable:
            if alone:
                # a lot of thousands holds them: the night reads every document written since
                _logger.info("Lifecycle of partners %s is left to the night", commercial.ids)
        except psycopg2.OperationalError:
            raise  # the transaction is retried as a whole
        except Exception as error:
            if alone:
                _logger.exception("Lifecycle of partners %s not refreshed", commercial.ids)
                self._note_error(company, commercial.ids, error)
        else:
            return
        if not alone:
            for one in commercial:
                self._refresh_event(company, one)

    def _refresh_at_commit(self, partners, companies, model, every):
        """Note whose customers an event of a lot concerns: all are brought up to date at once.

        For Odoo's operations that write documents one by one; kept until the transaction is
        flushed, as Odoo keeps what it tracks for the chatter.
        """
        hooks = self.env.cr.precommit
        noted = hooks.data.setdefault(NOTED, {})
        if not noted:
            hooks.add(self.with_context(cx_refresh_at_commit=False)._refresh_noted)
        ids, seen_by, before = noted.get(model, (set(), self.env["res.company"], False))
        noted[model] = (ids | set(partners.ids), seen_by | companies, before or every)

    def _refresh_noted(self):
        for model, (ids, companies, every) in self.env.cr.precommit.data.pop(NOTED, {}).items():
            partners = self.env["res.partner"].browse(ids).exists()
            self._refresh_partners(partners, companies, model, every)

    @api.model
    def _note_error(self, company, partner_ids, error):
        """List customers whose evaluation failed, and look at them again tomorrow."""
        self.env.execute_query(
            SQL(
                "UPDATE cx_customer SET error = %s,"
                " error_on = clock_timestamp() AT TIME ZONE 'UTC',"
                " due = false, review_on = %s"
                " WHERE company_id = %s AND partner_id = ANY(%s) RETURNING id",
                brief(error),
                fields.Date.add(self._today(company), days=1),
                company.id,
                list(partner_ids),
            )
        )
        self.invalidate_model()

    @api.model
    def _refresh(self, company, scope, on=None, days=None, stored=False, rebuilt=False):
        """Evaluate the customers in a scope: figures, stage, dates, ledger.

        :param company: whose customers
        :param scope: function from the SQL of a commercial partner's id to a condition
        :param on: the day as of which; today when empty
        :param SQL days: SELECT of partner_id, day, amount, when it is at hand already
        :param stored: do not read purchases, the stored figures are right
        :param rebuilt: mark new episodes as made by a rebuild rather than by the customer
        :return: (number of customers looked at, number whose stage changed)
        """
        on = on or self._today(company)
        policy = self.env["cx.policy"]._of(company)
        self.env["res.partner"].flush_model()
        self.flush_model()
        if stored:
            statistics = self._stored_statistics(company, policy, scope)
            examined = self._write_verdict(company, policy, scope, on, statistics, counted=False)
        else:
            if days is None:
                days = self.env["cx.purchase.source"]._days(company, scope)
            statistics = self._statistics(policy, on, days)
            examined = self._write_verdict(company, policy, scope, on, statistics, counted=True)
            self._write_past(company, policy, scope, on, days, rebuilt)
        changed = self._write_ledger(company, policy, scope, on, rebuilt)
        self.invalidate_model()
        self.env["cx.episode"].invalidate_model()
        self.env["res.partner"].invalidate_model(
            [name for name in self.env["res.partner"]._fields if name.startswith("cx_")]
        )
        return examined, changed

    def _write_verdict(self, company, policy, scope, on, statistics, counted):
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
                       SET %(changes)s, write_uid = %(uid)s,
                           write_date = now() AT TIME ZONE 'UTC', counted_at = CASE
                               WHEN %(counted)s THEN now() AT TIME ZONE 'UTC'
                               ELSE c.counted_at END
                      FROM verdict v
                     WHERE c.id = v.customer_id AND (%(known)s) IS DISTINCT FROM (%(fresh)s)
                ),
                inserted AS (
                    INSERT INTO cx_customer (
                        partner_id, company_id, currency_id, active, %(columns)s,
                        create_date, write_date, counted_at, create_uid, write_uid)
                    SELECT partner_id, %(company)s, %(currency)s, partner_active, %(columns)s,
                           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC',
                           now() AT TIME ZONE 'UTC', %(uid)s, %(uid)s
                      FROM verdict WHERE customer_id IS NULL AND stage_id IS NOT NULL
               ON CONFLICT (partner_id, company_id) DO NOTHING -- a rival fails, and is retried
                 RETURNING id, partner_id
                ),
                pointed AS (%(pointing)s)
                SELECT (SELECT count(*) FROM verdict), (SELECT count(*) FROM inserted)
                """,
                verdict=self._verdict(company, policy, scope, on, statistics),
                changes=changes,
                counted=counted,
                known=known,
                fresh=fresh,
                pointing=self._pointing(
                    company,
                    SQL(
                        "SELECT id, partner_id, false FROM inserted UNION ALL SELECT"
                        " customer_id, partner_id, pointed FROM verdict"
                        " WHERE customer_id IS NOT NULL"
                    ),
                ),
                columns=columns,
                company=company.id,
                currency=company.currency_id.id,
                uid=self.env.uid,
            )
        )
        self._tell_planner("cx_customer", added)
        if added:  # somebody may have told a need, or a channel, before becoming a customer
            self._write_needs(company, scope, on)
            self._prefer_what_was_said(company, scope)
        return examined

    def _tell_planner(self, table, rows):
        """After many new rows, the planner would still take the table for an empty one.

        How many there are, and how far their ids go, is enough for it: a small sample.
        """
        if rows >= MANY_ROWS:
            self.env.cr.execute("SET LOCAL default_statistics_target = 10")
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
            self.env.cr.execute("SET LOCAL default_statistics_target TO DEFAULT")
