"""Runs: what was asked for, what was done, and what all of them need."""

import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from .cx_customer_refresh import brief
from .scopes import ids_scope

_logger = logging.getLogger(__name__)

TRIES = 5  # as often as Odoo repeats a request
# passes over everybody that were asked for
UNFINISHED = [("state", "!=", "done"), ("kind", "!=", "night")]
# A pass does what a weaker one would have done too.
STRENGTH = ["evaluate", "refit", "rebuild"]
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
            ("refit", "Refit: everybody"),
            ("rebuild", "Rebuild from past purchases"),
        ],
        required=True,
    )
    recount = fields.Boolean(
        help="Purchases are added up again, because they changed or the clock did."
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("running", "Running"), ("done", "Done")],
        default="waiting",
        required=True,
        index=True,
    )
    started_at = fields.Datetime("Started")
    ended_at = fields.Datetime("Ended")
    calls_planned = fields.Integer(help="Calls planned for reps, of customers going quiet.")
    calls_waiting = fields.Integer(
        help="Calls not planned: the rep has no room for more today, or there is no salesperson."
    )
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
    def _request(self, kind, companies=None, recount=False):
        """Ask for a pass over everybody of some companies (all, when empty), soon.

        A pass that is asked for or under way already starts anew: one is enough, and it does
        what all of them were asked for.

        :param recount: the stored figures are of another clock
        :return: the runs
        """
        # sudo: a source may count for all companies, and runs belong to the machine
        policies = self.env["cx.policy"].sudo().search([("state", "=", "published")])
        runs = self.sudo()  # sudo: as above
        asked = runs.browse()
        for company in companies or policies.company_id:
            going_on = [("company_id", "=", company.id), *UNFINISHED]
            run = runs.search(going_on, limit=1) or runs.create(
                {"company_id": company.id, "kind": kind}
            )
            run.write(
                {
                    "kind": max(kind, run.kind, key=STRENGTH.index),
                    "recount": recount or run.recount,
                    **FROM_THE_START,
                }
            )
            asked |= run
        self.env.ref("cx_lifecycle.cron_pass")._trigger()
        return asked

    # ----------------------------------------------------------------- parts
    def _guarded(self, work):
        """Work for one company; what breaks there is told on its run, and the others go on."""
        try:
            return self._retried(work)
        except Exception as error:
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
            _logger.exception("Lifecycle run %s of company %s", self.id, self.company_id.id)
            self.problem = brief(error)
            self._commit(remaining=0)
            return True

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
