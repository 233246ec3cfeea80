"""Looking for warning signs: every night at what changed, at all of the past when a kind is new.

A pass over a kind is *whole* (all customers, in lots by contact, resumable) or of the changed.
Signs that know nothing of their past are looked at in whole each time.
"""

import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from .cx_customer_refresh import brief
from .cx_run import UNFINISHED
from .cx_run_night import OVERLAP
from .scopes import ids_scope, range_scope
from .timebox import AT_WORK, time_box

_logger = logging.getLogger(__name__)

LOT = 20_000  # customers between two commits, a second or two
MANY = 50_000  # customers changed: reading all is as quick
HOURLY = 5_000  # customers changed within an hour; more are left to the night


class CxWarningKind(models.Model):
    _inherit = "cx.warning.kind"

    @api.model
    def _cron_look(self):
        """Look for all signs: first the pass that was interrupted, the past of new kinds last."""
        self._due_guarded()
        rebuild = [("kind", "=", "rebuild"), *UNFINISHED]
        customers_to_come = bool(self.env["cx.run"].search_count(rebuild, limit=1))
        # there are a dozen of them
        for kind in self.search([], order="began_at, looked_at, id"):  # pylint: disable=no-search-all
            if not kind.exists():  # deleted while others were looked at
                continue
            # most contacts are no customers yet: its end calls again
            if customers_to_come and not kind.looked_at:
                continue
            if not kind._guarded():
                return
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _read_again(self):
        """Have all of the past read, soon, by the rules of now."""
        if self:
            # sudo: where the reading stands is the machine's
            self.sudo().write({"looked_at": False, "began_at": False, "read_to": 0, "error": False})
            self._start_soon()

    @api.model
    def _start_soon(self):
        # while the data files of an installation are read, the job may not be there yet
        if cron := self.env.ref("cx_lifecycle.cron_warnings", raise_if_not_found=False):
            cron.sudo()._trigger()  # sudo: starting the job is not reading jobs

    @api.model
    def _due_guarded(self):
        """End what is due; should that fail, signs are looked for all the same."""
        try:
            self.env["cx.run"]._retried(self._close_due)
        except Exception:
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
            _logger.exception("Warning signs whose last day has come not ended")

    # ------------------------------------------------------------------ a pass
    def _guarded(self):
        """Look at one kind; what breaks there is told on it, and the others go on."""
        try:
            return self.env["cx.run"]._retried(self._look)
        except Exception as error:
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
            _logger.exception("Warning sign %s not looked for", self.code)
            self.error = brief(error)
            self.env["ir.cron"]._commit_progress(remaining=0)
            return True

    def _look(self):
        """Look at the kind to the end; False when time is up and customers are left."""
        self.ensure_one()
        if not self.began_at:
            self._begin()
        run, progress = self.env["cx.run"], self.env["ir.cron"]._commit_progress
        for scope, high, left in self._all() if self.whole else self._those_changed():
            run._retried(lambda scope=scope, high=high: self._lot(scope, high))
            if not progress(remaining=left) and left:
                return False
            if not self.began_at:  # asked for anew meanwhile, perhaps by other rules
                return self._look()
        self._end()
        progress(remaining=0)
        return True

    def _begin(self):
        now = fields.Datetime.now()
        stale = not self.whole_at or self.whole_at < fields.Datetime.subtract(now, months=1)
        self.write(
            {
                "began_at": now,
                "whole": stale or not self.looked_at or not self._knows_past(),
                "read_to": 0,
                "opened_count": 0,
                "error": False,
            }
        )
        self.env["ir.cron"]._commit_progress()

    def _end(self):
        values = {"began_at": False}
        # where it failed, the next night looks again at what was written meanwhile, or at all
        if self.whole or not self.error:
            values["looked_at"] = self.began_at
        if self.whole:
            values["whole_at"] = not self.error and self.began_at
        self.write(values)

    def _lot(self, scope, high):
        """Look at some customers in each company; what breaks in one is told, others go on."""
        if not self.began_at:
            return
        opened = 0
        for company in self._companies():
            opened += self._of_company(company, scope, anew=self.whole)
        self.write({"opened_count": self.opened_count + opened, "read_to": high})

    def _of_company(self, company, scope, anew=False):
        try:
            with time_box(self.env.cr, AT_WORK):
                opened = self._keep(company, scope, anew)
        except psycopg2.errors.QueryCanceled:
            self.error = self.env._(
                "%(company)s: to look for it took longer than %(seconds)s seconds. Make the "
                "condition simpler.",
                company=company.name,
                seconds=AT_WORK,
            )
            return 0
        except psycopg2.OperationalError:
            raise  # another worker was here: this lot is done again
        except Exception as error:
            _logger.exception("Warning sign %s not looked for in %s", self.code, company.id)
            self.error = brief(error)
            return 0
        if self.activity:
            self._have_asked(company)
        return opened

    def _have_asked(self, company):
        """Plan activities; signs stay where that fails, and the next look tries again."""
        try:
            with self.env.cr.savepoint():
                self.env["cx.warning"]._ask(self, company)
                self.env["cx.warning"]._settle()
        except psycopg2.OperationalError:
            raise  # as above
        except Exception as error:
            _logger.exception("Nobody asked about warning sign %s in %s", self.code, company.id)
            self.error = brief(error)

    def _companies(self):
        """The companies in which this kind is looked for: those that have a lifecycle."""
        published = [("state", "=", "published"), ("company_id.active", "=", True)]
        # sudo: the machine looks for all companies
        known = self.env["cx.policy"].sudo().search(published).company_id
        return known & self.company_id if self.company_id else known

    # ---------------------------------------------------------- what to look at
    def _all(self):
        """Lots of all customers, from where the pass stands: (scope, last contact, left)."""
        [(last,)] = self.env.execute_query(SQL("SELECT max(partner_id) FROM cx_customer"))
        while high := self._next():
            left = max(last - high, 0)  # somebody may have become a customer meanwhile
            yield range_scope(self.read_to, high), high, left
            if not left:
                return

    def _next(self):
        """The contact that ends the next lot, or None."""
        [(high,)] = self.env.execute_query(
            SQL(
                "SELECT max(partner_id) FROM (SELECT partner_id FROM cx_customer"
                " WHERE partner_id > %s ORDER BY partner_id LIMIT %s) AS lot",
                self.read_to,
                LOT,
            )
        )
        return high

    def _those_changed(self):
        """The same for the changed; of everybody, where too many did."""
        # a touchpoint that is gone was written by nobody; other records tell of their changes
        ids = self._changed_ids(self.read_to, MANY, standing=self.basis == "touchpoint")
        if len(ids) > MANY:
            self.write({"whole": True, "read_to": 0})
            yield from self._all()
            return
        for start in range(0, len(ids), LOT):
            part = ids[start : start + LOT]
            yield ids_scope(part), part[-1], len(ids) - start - len(part)

    def _changed_ids(self, after, limit, standing):
        """Contacts whose spells may be others than at the last look, a few more than a limit.

        :param standing: also those with a sign that stands: what showed it may be gone
        """
        self.env.flush_all()
        since = fields.Datetime.subtract(self.looked_at, minutes=OVERLAP)
        companies = self._companies()
        parts = [
            self._changed(company, since, self.env["cx.customer"]._today(company))
            for company in companies
        ]
        parts.append(
            SQL(
                "SELECT partner_id FROM cx_customer WHERE create_date >= %s"
                " AND company_id = ANY(%s)",
                since,
                companies.ids,
            )
        )
        if standing:
            parts.append(
                SQL(
                    "SELECT c.partner_id FROM cx_warning w JOIN cx_customer c"
                    " ON c.id = w.customer_id WHERE w.kind_id = %s AND w.ended_on IS NULL",
                    self.id,
                )
            )
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT partner_id FROM (%s) AS changed (partner_id) WHERE partner_id > %s"
                " ORDER BY partner_id LIMIT %s",
                SQL(" UNION ALL ").join(parts),
                after,
                limit + 1,
            )
        )
        return [row[0] for row in rows]

    def _look_quickly(self):
        """Look at what was written since the last look; many changes are left to the night.

        :return: how many signs were opened
        """
        self.ensure_one()
        if self.began_at or not self.looked_at:
            return 0
        now = fields.Datetime.now()
        ids = self._changed_ids(0, HOURLY, standing=False)
        if len(ids) > HOURLY:
            return 0
        opened = sum(self._of_company(company, ids_scope(ids)) for company in self._companies())
        if not self.error:
            self.looked_at = now
        return opened

    @api.model
    def _close_due(self):
        """End the signs whose last day has come."""
        self.env["cx.warning"].flush_model()
        for company in self._companies():
            self.env.cr.execute(
                SQL(
                    "UPDATE cx_warning SET ended_on = until_on, until_on = NULL,"
                    " write_date = now() AT TIME ZONE 'UTC'"
                    " WHERE company_id = %s AND ended_on IS NULL AND until_on <= %s",
                    company.id,
                    self.env["cx.customer"]._today(company),
                )
            )
        self.env["cx.warning"].invalidate_model()
        self.env["cx.warning"]._settle()
        self.env["ir.cron"]._commit_progress()


class CxTouchpoint(models.Model):
    _inherit = "cx.touchpoint"

    # every look asks for those written since the one before
    _write_date_index = models.Index("USING brin (write_date)")
