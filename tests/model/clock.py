"""One clock for Python and PostgreSQL; it moves only when it is told to.

freezegun alone moves Python's clock: ``now()`` in SQL, and with it the dates of creation, would
stay where the transaction began. Here ``now()`` reads a setting of the transaction instead: a
function of that name comes before PostgreSQL's own on the search path. ``CURRENT_DATE`` and
``CURRENT_TIMESTAMP`` are words of the grammar and cannot be replaced; the addons use neither.

    with Clock(env, datetime(2028, 9, 1)) as clock:
        clock.to(datetime(2028, 9, 2, 8))
        clock.now

All is undone with the transaction. No other transaction notices.
"""

import os
from datetime import timedelta

from freezegun.api import freeze_time

# PostgreSQL looks here in this order; what is not said comes first
PATH = "SET LOCAL search_path = public, {schema}, pg_catalog"
NOW = """
    CREATE FUNCTION {schema}.now() RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT pg_catalog.current_setting('cx.now')::timestamptz $$
"""


class Clock:
    def __init__(self, env, moment):
        self.env, self.now = env, moment
        # a mail server on the loopback lives in a thread of its own, by the real clock
        self.freezing = freeze_time(moment, real_asyncio=True)
        self.schema = f"cx_clock_{os.getpid()}"

    def __enter__(self):
        self.frozen = self.freezing.start()
        self.env.cr.execute(f"CREATE SCHEMA {self.schema}")
        self.env.cr.execute(NOW.format(schema=self.schema))
        self.env.cr.execute(PATH.format(schema=self.schema))
        self.to(self.now)
        return self

    def __exit__(self, *_error):
        self.freezing.stop()
        self.env.cr.execute("RESET search_path")
        self.env.cr._now = None

    def to(self, moment):
        """Move on to a moment (naive UTC)."""
        assert moment >= self.now, "time does not run backwards"
        self.now = moment
        self.frozen.move_to(moment)
        self.env.flush_all()
        self.env.cr.execute("SELECT set_config('cx.now', %s, true)", [f"{moment}+00"])
        self.env.cr._now = None  # Odoo keeps it until the transaction ends

    def on(self, **ahead):
        """So much later: days, hours, minutes."""
        self.to(self.now + timedelta(**ahead))
