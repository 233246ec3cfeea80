"""A pass over everybody: resumable, in lots, each lot committed."""

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from . import cx_policy_domain as domains
from .cx_run import UNFINISHED
from .cx_run_night import OVERLAP
from .scopes import everybody, range_scope, willing

PASS_LOT = 20_000  # contacts between two commits, a few seconds


class CxRun(models.Model):
    _inherit = "cx.run"

    @api.model
    def _cron_pass(self):
        """Go on with the passes over everybody that were asked for."""
        for run in self.search(UNFINISHED, order="id"):
            if not run._guarded(run._pass):
                return

    def _pass(self):
        """Go through all contacts from where the run stands; False when time is up."""
        self.ensure_one()
        company, policy = self.company_id, self.env["cx.policy"]._of(self.company_id)
        customers = self.env["cx.customer"]
        on = self.as_of or customers._today(company)
        self._begin()
        domains.as_author(policy, "res.partner")  # told once, not for every customer
        self.total = self._count(everybody)
        self._prepare_pass(company, policy, on)
        self._commit()
        while high := self._next_partner(PASS_LOT):
            examined = self._retried(lambda high=high: self._pass_lot(company, on, high))
            if not self._commit(examined, max(self.total - self.progress, 0)):
                return False
            if self.state == "waiting":  # asked for anew meanwhile, perhaps with other sources
                return self._pass()
        known = policy.scanned_at
        if self._counts_again():
            policy.write({"scanned_at": self.started_at, "last_partner_id": self.last_partner_id})
            known = self.started_at
        self.env.cr.execute("DROP TABLE IF EXISTS cx_day")
        self.env.cr.execute("ANALYZE cx_customer, cx_episode")  # the lots took small samples
        if not self.as_of:
            # what was sold or changed while the pass went on, it may have overlooked; and, where
            # it read no documents, what was since they were last looked at
            since = fields.Datetime.subtract(known or self.started_at, minutes=OVERLAP)
            self._mark_changed(policy, since, stale=True)
            self._due(company, on)
        policy.pending_moves = False
        if self.kind == "rebuild":  # whoever is a customer is one now
            self.env["cx.touchpoint.source"]._feed_soon()
            self.env["cx.warning.kind"]._start_soon()
        self._end()
        return True

    def _prepare_pass(self, company, policy, on):
        """Add up the purchases if they are needed, and learn from them at the start."""
        first = not self.last_partner_id
        unknown = first and not policy.history_from
        if unknown:
            self.recount = True
        if not (self._counts_again() or (first and self.kind == "refit")):
            return
        days = self._stage_days(company)
        if first and self.kind == "refit":
            adopted, recount = policy._refit(days, on)
            self.recount = self.recount or recount
            if adopted and not policy.pending_moves:
                policy.pending_moves = "silent"
        elif unknown or (first and self.kind == "rebuild"):
            policy._learn(days, on)

    def _pass_lot(self, company, on, high):
        """Evaluate the contacts up to an id; how many there were."""
        if self.state == "waiting":  # asked for anew while this lot was given up: begin again
            return 0
        # the statements are wide, not deep: compiling them only costs
        self.env.cr.execute("SET LOCAL jit = off")
        scope = range_scope(self.last_partner_id, high)
        if self.kind == "rebuild":
            self._forget_rebuilt(company, willing(scope))
            self._keep_verdicts(company, scope, on)
        source = {"stored": True}
        if self._counts_again():
            those = scope(SQL("partner_id"))
            source = {"days": SQL("SELECT partner_id, day, amount FROM cx_day WHERE %s", those)}
        rebuilt = self.kind == "rebuild"
        count = self._count(scope)
        customers = self.env["cx.customer"]
        try:
            with self.env.cr.savepoint():
                examined, changed = customers._refresh(
                    company, scope, on, rebuilt=rebuilt, **source
                )
            self.write({"examined": self.examined + examined, "changed": self.changed + changed})
        except psycopg2.OperationalError:
            raise
        except Exception:  # noqa: BLE001  find the culprit, evaluate the others
            partners = SQL("SELECT id FROM res_partner WHERE %s", scope(SQL("id")))
            ids = [row[0] for row in self.env.execute_query(partners)]
            self._lot(company, ids, on, rebuilt)
        self.write({"last_partner_id": high, "progress": self.progress + count})
        return count

    def _counts_again(self):
        """Whether the purchases are read, or the stored figures are right."""
        return self.recount or self.kind == "rebuild"

    def _stage_days(self, company):
        """Add up the purchases of everybody once, for all lots of this connection."""
        self.env.cr.execute("DROP TABLE IF EXISTS cx_day")
        days = self.env["cx.purchase.source"]._days(company)
        self.env.flush_all()
        # in the order of the lots: an index into scattered rows would read each page many times
        self.env.cr.execute(
            SQL("CREATE TEMPORARY TABLE cx_day AS %s ORDER BY partner_id, day", days)
        )
        self.env.cr.execute("CREATE INDEX ON cx_day (partner_id)")
        self.env.cr.execute("ANALYZE cx_day")
        return SQL("SELECT partner_id, day, amount FROM cx_day")

    def _next_partner(self, lot):
        """The id that ends the next lot of contacts, or None."""
        [(high,)] = self.env.execute_query(
            SQL(
                "SELECT max(id) FROM (SELECT id FROM res_partner WHERE id > %s"
                " ORDER BY id LIMIT %s) AS lot",
                self.last_partner_id,
                lot,
            )
        )
        return high

    def _count(self, scope):
        [(count,)] = self.env.execute_query(
            SQL("SELECT count(*) FROM res_partner WHERE %s", scope(SQL("id")))
        )
        return count

    def _forget_rebuilt(self, company, scope):
        """Drop reconstructed history, so that it is rebuilt; what was lived through stays."""
        self.env["cx.episode"].flush_model()
        self.env.cr.execute(
            SQL(
                "DELETE FROM cx_episode e USING cx_customer c"
                " WHERE e.customer_id = c.id AND c.company_id = %s AND %s AND NOT EXISTS ("
                " SELECT FROM cx_episode l WHERE l.customer_id = c.id AND NOT l.rebuilt)",
                company.id,
                scope(SQL("c.partner_id")),
            )
        )

    def _keep_verdicts(self, company, scope, on):
        """Other sources may date the same purchases later: that ends no hold and no loss.

        Only what was bought after a loss was declared is a new purchase.
        """
        self.env["cx.customer"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE cx_customer c SET last_purchase_on = (SELECT max(day) FROM cx_day d"
                " WHERE d.partner_id = c.partner_id AND d.amount > 0"
                " AND d.day <= coalesce(c.declared_lost_on, %s))"
                " WHERE c.company_id = %s AND %s"
                " AND (c.hold_until IS NOT NULL OR c.declared_lost_on IS NOT NULL)",
                on,
                company.id,
                scope(SQL("c.partner_id")),
            )
        )
