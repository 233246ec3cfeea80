"""The connection on which a worker writes down what it does, each step for good at once."""

import contextlib
from typing import NamedTuple

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo.tools import SQL


class Plan(NamedTuple):
    """A statement that each connection parses and plans once; ``$1`` and so on are its values."""

    name: str
    query: SQL

    def __call__(self, *values):
        """SQL that executes it."""
        return SQL("EXECUTE %s(%s)", SQL.identifier(self.name), SQL(", ").join(values))


def prepare(cr, plans, known):
    """Make plans known to the connection of a cursor.

    :param set known: names of those that it knows; it is added to
    """
    for plan in plans:
        if plan.name not in known:
            cr.execute(SQL("PREPARE %s AS %s", SQL.identifier(plan.name), plan.query))
            known.add(plan.name)


class Journal:
    """A connection of its own, opened when it is needed, and again after it was lost.

    READ COMMITTED: it sees what others have committed until then, and waits for rows they hold
    instead of failing.
    """

    def __init__(self, registry):
        self.registry = registry
        self.cr = None
        self.known = set()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def run(self, query, plans=()):
        """Run a statement, or several in one text, as one transaction; the rows of the last.

        :param plans: those that it executes
        """
        try:
            if self.cr is None:
                self._open()
            prepare(self.cr, plans, self.known)
            self.cr.execute(query)
            return self.cr.fetchall() if self.cr.description else []
        except BaseException:
            self.close()
            raise

    def _open(self):
        self.cr, self.known = self.registry.cursor(), set()
        # the server begins and commits by itself: one round trip for each transaction
        self.cr.connection.set_session(
            isolation_level=ISOLATION_LEVEL_READ_COMMITTED, autocommit=True
        )
        # where commits are reported before they are written, a database that crashes forgets some
        self.cr.execute(
            "SELECT set_config('synchronous_commit', 'on', false)"
            " WHERE current_setting('synchronous_commit') = 'off'"
        )

    def close(self):
        cr, self.cr = self.cr, None
        if cr:
            with contextlib.suppress(psycopg2.Error):  # it is lost already
                cr.connection.autocommit = False
                cr.close()
