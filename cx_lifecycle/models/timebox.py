"""Conditions written by people are looked at for so long and no longer."""

from contextlib import contextmanager

AT_WORK = 60  # seconds for a scheduled action
ON_SCREEN = 20  # seconds for somebody who looks on


@contextmanager
def time_box(cr, seconds):
    """Let the database end a statement inside that takes longer.

    :raise psycopg2.errors.QueryCanceled: it did; what was written inside is undone
    """
    with cr.savepoint():
        [(before,)] = _ask(cr, "SELECT current_setting('statement_timeout')")
        _ask(cr, "SELECT set_config('statement_timeout', %s, true)", f"{seconds}s")
        yield
        _ask(cr, "SELECT set_config('statement_timeout', %s, true)", before)


def _ask(cr, query, *params):
    cr.execute(query, params)
    return cr.fetchall()
