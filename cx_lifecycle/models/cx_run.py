"""The night, and the passes over everybody: resumable, in lots, each lot committed."""

import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .cx_customer_refresh import ids_scope, range_scope

_logger = logging.getLogger(__name__)

LOT = 1000  # customers evaluated between two commits, about a second
TRIES = 5  # as often as Odoo repeats a request
PASS_LOT = 20_000  # contacts per lot of a pass over everybody, a few seconds
# ids are drawn before they are committed: look a little behind the last one seen
PARTNER_MARGIN = 1000
OVERLAP = 10  # minutes: documents are written before they are committed
# passes over everybody that were asked for
UNFINISHED = [("state", "!=", "done"), ("kind", "!=", "night")]
FROM_THE_START = {
    "state": "waiting",
    "started_at": False,
    "as_of": False,
    "last_partner_id": 0,
    "progress": 0,
    "examined": 0,
    "changed": 0,
    "errors": 0,
}


class CxRun(models.Model):
    """One night, or one pass over all customers, of a company: what it did and where it stands."""

    _name = "cx.run"
    _description = "Lifecycle Run"
    _order = "id desc"
    _rec_name = "kind"

    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("night", "Night: customers due"),
            ("evaluate", "New policy: everybody"),
            ("rebuild", "Rebuild from past purchases"),
        ],
        required=True,
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("running", "Running"), ("done", "Done")],
        default="waiting",
        required=True,
        index=True,
    )
    started_at = fields.Datetime("Started")
    ended_at = fields.Datetime("Ended")
    duration = fields.Float("Minutes", compute="_compute_duration")
    as_of = fields.Date(help="The day the stages were decided for; empty: the day of the run.")
    examined = fields.Integer(help="Customers looked at.")
    changed = fields.Integer(help="Customers whose stage changed.")
    errors = fields.Integer(help="Customers that could not be evaluated; they are listed.")
    total = fields.Integer(help="Contacts to go through, in a pass over everybody.")
    progress = fields.Integer(help="Contacts gone through.")
    problem = fields.Char(help="Why the run could not be finished; it is tried again.")
    last_partner_id = fields.Integer(help="Where a pass that was interrupted goes on.")

    @api.depends("started_at", "ended_at")
    def _compute_duration(self):
        for run in self:
            ended = run.ended_at or (run.started_at and fields.Datetime.now())
            run.duration = (ended - run.started_at).total_seconds() / 60 if ended else 0.0

    @api.model
    def _request(self, kind, companies=None):
        """Ask for a pass over everybody of some companies (all, when empty), soon.

        A pass that is asked for or under way already starts anew: one is enough.

        :return: the runs
        """
        # sudo: a source may count for all companies, and runs belong to the machine
        policies = self.env["cx.policy"].sudo().search([("company_id", "!=", False)])
        runs = self.sudo()  # sudo: as above
        asked = runs.browse()
        for company in companies or policies.company_id:
            going_on = [("company_id", "=", company.id), *UNFINISHED]
            run = runs.search(going_on, limit=1) or runs.create(
                {"company_id": company.id, "kind": kind}
            )
            stronger = "rebuild" if "rebuild" in (kind, run.kind) else kind
            run.write({"kind": stronger, **FROM_THE_START})
            asked |= run
        self.env.ref("cx_lifecycle.cron_pass")._trigger()
        return asked

    # ------------------------------------------------------------- everybody
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
        self.total = self._count(lambda _partner: SQL("true"))
        days = self._stage_days(company)
        if not self.last_partner_id and (self.kind == "rebuild" or not policy.history_from):
            policy._learn(days, on)
        self._commit()
        while high := self._next_partner(PASS_LOT):
            examined = self._retried(lambda high=high: self._pass_lot(company, on, high))
            if not self._commit(examined, max(self.total - self.progress, 0)):
                return False
            if self.state == "waiting":  # asked for anew meanwhile, perhaps with other sources
                return self._pass()
        policy.write({"scanned_at": self.started_at, "last_partner_id": self.last_partner_id})
        self.env.cr.execute("DROP TABLE IF EXISTS cx_day")
        self.env.cr.execute("ANALYZE cx_customer, cx_episode")  # the lots took small samples
        if not self.as_of:
            # what was sold or changed while the pass went on, it may have overlooked
            self._mark_changed(policy, self.started_at, stale=True)
            self._due(company, on, policy)
        self._end()
        return True

    def _pass_lot(self, company, on, high):
        """Evaluate the contacts up to an id; how many there were."""
        # the statements are wide, not deep: compiling them only costs
        self.env.cr.execute("SET LOCAL jit = off")
        scope = range_scope(self.last_partner_id, high)
        if self.kind == "rebuild":
            self._forget_rebuilt(company, scope)
            self._keep_verdicts(company, scope, on)
        days = SQL("SELECT partner_id, day, amount FROM cx_day WHERE %s", scope(SQL("partner_id")))
        count = self._count(scope)
        customers = self.env["cx.customer"]
        try:
            with self.env.cr.savepoint():
                examined, changed = customers._refresh(company, scope, on, days, rebuilt=True)
            self.write({"examined": self.examined + examined, "changed": self.changed + changed})
        except psycopg2.OperationalError:
            raise
        except Exception:  # noqa: BLE001  find the culprit, evaluate the others
            partners = SQL("SELECT id FROM res_partner WHERE %s", scope(SQL("id")))
            self._lot(company, [row[0] for row in self.env.execute_query(partners)], on, True)
        self.write({"last_partner_id": high, "progress": self.progress + count})
        return count

    def _retried(self, work):
        """Do a lot again when somebody changed one of its rows meanwhile.

        What was done before is committed, so only this lot is given up.
        """
        for attempt in range(TRIES):
            try:
                return work()
            except psycopg2.errors.SerializationFailure:
                if attempt == TRIES - 1:
                    raise
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
        raise AssertionError

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

    # ----------------------------------------------------------------- night
    @api.model
    def _cron_night(self):
        """Look at the customers that are due, company by company."""
        policies = self.env["cx.policy"]
        young = policies.search([("history_from", "=", False)]).company_id
        selling = self.env["cx.customer"]._read_group(
            [("company_id", "in", young.ids), ("purchase_count", ">", 0)], ["company_id"]
        )
        for [company] in selling:  # the first purchases of a company: learn from them
            self._request("evaluate", company)
        working = [("company_id.active", "=", True)]
        for policy in policies.search(working, order="scanned_at, id"):
            run = self.search(
                [("company_id", "=", policy.company_id.id), ("kind", "=", "night"),
                 ("state", "!=", "done")], limit=1,
            ) or self.create({"company_id": policy.company_id.id, "kind": "night"})  # fmt: skip
            if not run._guarded(lambda run=run, policy=policy: run._night(policy)):
                return

    def _guarded(self, work):
        """Work for one company; what breaks there is told on its run, and the others go on."""
        try:
            return self._retried(work)
        except Exception as error:
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
            _logger.exception("Lifecycle run %s of company %s", self.id, self.company_id.id)
            self.problem = f"{type(error).__name__}: {error}".splitlines()[0][:500]
            self._commit(remaining=0)
            return True

    def _night(self, policy):
        """One company's night; False when time is up and customers are left."""
        self.ensure_one()
        company = policy.company_id
        self._begin()
        on = self.as_of or self.env["cx.customer"]._today(company)
        now = fields.Datetime.now()
        known = policy.scanned_at or now
        highest = self._mark_changed(policy, fields.Datetime.subtract(known, minutes=OVERLAP))
        policy.write({"scanned_at": now, "last_partner_id": highest})
        self._commit(remaining=self._count_due(company, on))
        if not self._due(company, on, policy):
            return False
        self._end()
        return True

    def _mark_changed(self, policy, since, stale=False):
        """Mark customers whose documents were written later than their figures as due.

        Contacts and buyers that are no customers yet are evaluated here.

        :param since: documents written before are known already
        :param stale: whatever the figures' age, they do not know these documents
        :return: the highest contact id seen
        """
        company = policy.company_id
        self.env.flush_all()
        written = [
            source._written(company, since)
            for source in self.env["cx.purchase.source"]._counting(company)
        ]
        newcomers = SQL(
            "SELECT id AS partner_id, NULL::timestamp AS at FROM res_partner"
            " WHERE commercial_partner_id = id AND (id > %s OR write_date >= %s)",
            policy.last_partner_id - PARTNER_MARGIN,
            since,
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, max(at) FROM (%s) AS written WHERE partner_id IS NOT NULL"
                " GROUP BY partner_id",
                SQL(" UNION ALL ").join([newcomers, *written]),
            )
        )
        partner_ids = [row[0] for row in rows]
        self.env.cr.execute(
            SQL(
                "UPDATE cx_customer c SET due = true"
                " FROM unnest(%s::int[], %s::timestamp[]) AS w(partner_id, at)"
                " WHERE c.partner_id = w.partner_id AND c.company_id = %s AND NOT c.due"
                " AND (w.at > c.write_date - %s * interval '1 minute' OR %s AND w.at IS NOT NULL)",
                partner_ids,
                [row[1] for row in rows],
                company.id,
                OVERLAP,
                stale,
            )
        )
        unknown = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM unnest(%s::int[]) AS w(partner_id) WHERE NOT EXISTS ("
                "SELECT FROM cx_customer c WHERE c.partner_id = w.partner_id"
                " AND c.company_id = %s)",
                partner_ids,
                company.id,
            )
        )
        self.env["cx.customer"].invalidate_model()
        for start in range(0, len(unknown), LOT):
            self._lot(company, [row[0] for row in unknown[start : start + LOT]])
        return self._highest_partner()

    def _highest_partner(self):
        [(highest,)] = self.env.execute_query(SQL("SELECT max(id) FROM res_partner"))
        return highest

    def _due_condition(self, company, on):
        return SQL(
            "company_id = %s AND (due OR review_on <= %s) AND partner_id IS NOT NULL",
            company.id, on,
        )  # fmt: skip

    def _count_due(self, company, on):
        self.env["cx.customer"].flush_model()
        [(count,)] = self.env.execute_query(
            SQL("SELECT count(*) FROM cx_customer WHERE %s", self._due_condition(company, on))
        )
        return count

    def _due(self, company, on, policy):
        """Evaluate the customers due, in lots; rows another worker holds are left to it."""
        last_id = 0
        while last := self._retried(lambda after=last_id: self._due_lot(company, on, after)):
            last_id, count = last
            if not self._commit(count, self._count_due(company, on)):
                return False
        return True

    def _due_lot(self, company, on, after):
        """Evaluate the next customers due: (last id, number) or None when nobody is left."""
        self.env["cx.customer"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, partner_id FROM cx_customer WHERE id > %s AND %s"
                " ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
                after,
                self._due_condition(company, on),
                LOT,
            )
        )
        if not rows:
            return None
        self._lot(company, [partner_id for _id, partner_id in rows], on)
        return rows[-1][0], len(rows)

    def _lot(self, company, partner_ids, on=None, rebuilt=False):
        """Evaluate some customers; when one of them fails, the others one by one."""
        customers = self.env["cx.customer"]
        try:
            with self.env.cr.savepoint():
                scope = ids_scope(partner_ids)
                examined, changed = customers._refresh(company, scope, on, rebuilt=rebuilt)
        except psycopg2.OperationalError:
            raise  # another worker was here: this lot is done again later
        except Exception as error:  # noqa: BLE001  whatever it is, the others go on
            if len(partner_ids) == 1:
                _logger.warning("Lifecycle of partner %s not evaluated: %s", partner_ids[0], error)
                customers._note_error(company, partner_ids, error)
                return
            middle = len(partner_ids) // 2
            self._lot(company, partner_ids[:middle], on, rebuilt)
            self._lot(company, partner_ids[middle:], on, rebuilt)
            return
        self.write({"examined": self.examined + examined, "changed": self.changed + changed})

    # ----------------------------------------------------------------- parts
    def _begin(self):
        started = self.started_at or fields.Datetime.now()
        self.write({"state": "running", "started_at": started, "problem": False})

    def _end(self):
        failed = self.env["cx.customer"].with_context(active_test=False)
        errors = failed.search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("error", "!=", False),
                ("error_on", ">=", self.started_at),
            ]
        )
        self.write({"state": "done", "ended_at": fields.Datetime.now(), "errors": errors})
        self._commit(remaining=0)

    def _commit(self, processed=0, remaining=None):
        """Commit a lot; the seconds left for this job, 0 when it must make room for others."""
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining)

    @api.autovacuum
    def _gc_runs(self):
        """Keep the runs of the last quarter."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), months=3)
        old = self.search([("state", "=", "done"), ("ended_at", "<", limit)], limit=1000)
        old.unlink()
        return len(old), len(old) == 1000

    def _check_administrator(self):
        """Reading jobs is not needed to call a method: the right to start them is asked for."""
        if not self.env.user.has_group("cx_lifecycle.group_admin"):
            raise UserError(self.env._("Only lifecycle administrators may start the night."))

    def action_run_now(self):
        """Start the night now rather than tonight."""
        self._check_administrator()
        # sudo: starting a job is the administrators' right, reading jobs is not
        self.env.ref("cx_lifecycle.cron_night").sudo()._trigger()
