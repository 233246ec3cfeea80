"""Reading sources: the past in lots, then every night what was written since the night before.

One pass over a source is *whole* (all documents, by their number, resumable) or of what changed:
documents written since the last pass began, and the past of those who became customers since.
"""

import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .cx_customer_refresh import brief
from .cx_run import UNFINISHED
from .cx_run_night import OVERLAP
from .scopes import ids_scope, range_scope

_logger = logging.getLogger(__name__)

LOT = 20_000  # documents between two commits, a second or two
MANY = 200_000  # documents changed, or a tenth of it new customers: reading all is quicker
LAST = 2**31 - 1
# ids are drawn before they are committed: look a little behind the last one seen
CUSTOMER_MARGIN = 1000
# Documents without a moment of their last change are read again as long as this after they came.
STILL_CHANGING = 3  # days


class CxTouchpointSource(models.Model):
    _inherit = "cx.touchpoint.source"

    began_at = fields.Datetime(
        readonly=True, copy=False, help="When the pass that is under way began; empty: none is."
    )
    whole = fields.Boolean(
        readonly=True, copy=False, help="Whether that pass reads all documents, or the changed."
    )
    whole_at = fields.Datetime(
        "Read in Whole", readonly=True, copy=False, help="When all documents were last read."
    )
    marks = fields.Json(
        readonly=True,
        copy=False,
        help="Up to which customer the past is known (customer, and next for the pass under way), "
        "and the newest document of each of the last days (newest).",
    )

    @api.model
    def _cron_feed(self):
        """Read all sources: first the pass that was interrupted, the past of new ones last."""
        rebuild = [("kind", "=", "rebuild"), *UNFINISHED]
        customers_to_come = bool(self.env["cx.run"].search_count(rebuild, limit=1))
        # there are a few dozen of them
        sources = self.search([], order="began_at, fed_at, id")  # pylint: disable=no-search-all
        for source in sources.filtered("installed"):
            # most contacts are no customers yet: its end calls again
            if customers_to_come and not source.fed_at:
                continue
            if not source._guarded():
                return
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _read_again(self):
        """Have all documents read, soon, by the rules of now."""
        if self:
            # sudo: where the reading stands is the machine's
            self.sudo().write({"fed_at": False, "began_at": False, "fed_to": 0, "error": False})
            self._feed_soon()

    @api.model
    def _feed_soon(self):
        # while the data files of an installation are read, the job may not be there yet
        if cron := self.env.ref("cx_lifecycle.cron_touchpoints", raise_if_not_found=False):
            cron.sudo()._trigger()  # sudo: starting the job is not reading jobs

    # ------------------------------------------------------------------ a pass
    def _guarded(self):
        """Read one source; what breaks there is told on it, and the others go on."""
        try:
            return self.env["cx.run"]._retried(self._feed)
        except Exception as error:
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
            _logger.exception("Touchpoint source %s not read", self.id)
            self.error = brief(error)
            self.env["ir.cron"]._commit_progress(remaining=0)
            return True

    def _feed(self):
        """Read the source to the end; False when time is up and documents are left."""
        self.ensure_one()
        if problem := self._problem():
            self.error = problem
            return True
        if not self.began_at:
            self._begin()
        run, progress = self.env["cx.run"], self.env["ir.cron"]._commit_progress
        for which, high, left in self._past() if self.whole else self._changes():
            run._retried(lambda which=which, high=high: self._lot(which, high))
            if not progress(remaining=left) and left:
                return False
            if not self.began_at:  # asked for anew meanwhile, perhaps by other rules
                return self._feed()
        self._end()
        progress(remaining=0)
        return True

    def _problem(self):
        """Why the source cannot be read, after an app was changed for instance; or None."""
        try:
            self._check_definition()
        except ValidationError as error:
            return brief(error)
        return None

    def _begin(self):
        now, marks = fields.Datetime.now(), dict(self.marks or {})
        if not self.fed_at:
            self._index_changes()
        known = self.whole_at and self.fed_at
        self.env.flush_all()
        marks["next"] = self._highest("cx_customer")
        marks["newest"] = [*marks.get("newest", []), self._mark(now)]
        self.write(
            {
                "began_at": now,
                "whole": not known or self.whole_at < fields.Datetime.subtract(now, months=1),
                "fed_to": 0,
                "marks": marks,
            }
        )
        self.env["ir.cron"]._commit_progress()

    def _end(self):
        marks = dict(self.marks)
        marks["customer"] = marks.pop("next")
        # one mark from before the days in which documents still change is enough
        limit = fields.Datetime.subtract(self.began_at, days=STILL_CHANGING)
        old = [mark for mark in marks["newest"] if mark[0] <= fields.Datetime.to_string(limit)]
        marks["newest"] = [*old[-1:], *marks["newest"][len(old) :]]
        values = {"fed_at": self.began_at, "began_at": False, "error": False, "marks": marks}
        if self.whole:
            values["whole_at"] = self.began_at
            values["count"] = self._count()
        self.write(values)

    def _lot(self, which, high):
        """One statement's worth of documents, or of new customers where no document is named."""
        if not self.began_at:
            return
        if which:
            added, removed = self._write_touchpoints(which)
        else:
            added, removed = self._write_touchpoints(people=ids_scope(self._newcomers()))
        self.write({"count": self.count + added - removed, "fed_to": high})

    # ---------------------------------------------------------- what to look at
    def _past(self):
        """The lots of all documents, from where the pass stands: (which, last id, what is left)."""
        table = self.env[self.model]._table
        newest = self._highest(table)
        while high := self._next(table):
            yield range_scope(self.fed_to, high), high, max(newest - high, 1)
        # also what was read of documents with higher numbers that are gone
        yield range_scope(self.fed_to, LAST), self.fed_to, 0

    def _changes(self):
        """The same for what changed; of everything, where too much did."""
        ids = self._changed()
        newcomers = self._newcomers()
        if len(ids) > MANY or len(newcomers) > MANY // 10:
            self.write({"whole": True, "fed_to": 0})
            yield from self._past()
            return
        ids.sort()
        for start in range(0, len(ids), LOT):
            part = ids[start : start + LOT]
            yield ids_scope(part), part[-1], len(ids) - start - len(part) + bool(newcomers)
        if newcomers:
            yield None, self.fed_to, 0

    def _changed(self, most=MANY + 1):
        """Ids of documents written since the last pass began, a few more than that.

        Those that the pass under way has read already are not among them.
        """
        Model = self.env[self.model]
        if Model._log_access:
            since = fields.Datetime.subtract(self.fed_at, minutes=OVERLAP)
            changed = SQL("write_date >= %s", since)
        else:
            changed = SQL("id > %s", self.marks["newest"][0][1])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id > %s AND %s LIMIT %s",
                SQL.identifier(Model._table),
                self.fed_to if self.began_at else 0,
                changed,
                most,
            )
        )
        return [row[0] for row in rows]

    def _newcomers(self):
        """Contacts who became customers since the last pass: their past is known to nobody."""
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM cx_customer WHERE id > %s AND create_date >= %s"
                " AND partner_id IS NOT NULL LIMIT %s",
                self.marks.get("customer", 0) - CUSTOMER_MARGIN,
                fields.Datetime.subtract(self.fed_at, minutes=OVERLAP),
                MANY,
            )
        )
        return [row[0] for row in rows]

    def _next(self, table):
        """The id that ends the next lot of documents, or None."""
        [(high,)] = self.env.execute_query(
            SQL(
                "SELECT max(id) FROM (SELECT id FROM %s WHERE id > %s ORDER BY id LIMIT %s) AS lot",
                SQL.identifier(table),
                self.fed_to,
                LOT,
            )
        )
        return high

    def _highest(self, table):
        query = SQL("SELECT coalesce(max(id), 0) FROM %s", SQL.identifier(table))
        [(highest,)] = self.env.execute_query(query)
        return highest

    def _mark(self, now):
        return [fields.Datetime.to_string(now), self._highest(self.env[self.model]._table)]

    def _count(self):
        query = SQL("SELECT count(*) FROM cx_touchpoint WHERE source_id = %s", self.id)
        [(count,)] = self.env.execute_query(query)
        return count

    def _index_changes(self):
        """Let the nights find what was written lately without going through all documents.

        A few kB, and no update gets slower; where the table is too busy for it, another time.
        """
        Model = self.env[self.model]
        if not Model._log_access:
            return
        table, cr = Model._table, self.env.cr
        [(there,)] = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a"
                " ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
                " WHERE i.indrelid = %s::regclass AND a.attname = 'write_date')",
                table,
            )
        )
        if there:
            return
        try:
            with cr.savepoint(flush=False):
                cr.execute("SET LOCAL lock_timeout = '3s'")
                cr.execute(
                    SQL(
                        "CREATE INDEX %s ON %s USING brin (write_date)",
                        SQL.identifier(f"cx_written_{table}"[:63]),
                        SQL.identifier(table),
                    )
                )
                cr.execute("SET LOCAL lock_timeout = DEFAULT")
        except psycopg2.errors.LockNotAvailable:
            _logger.info("%s is busy: its changes are found without index", table)
