"""Processor seconds, queries and memory, and the process in which each part is measured."""

import contextlib
import multiprocessing
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path


def apart(part, *args):
    """Run a part in a process of its own: its memory and its caches are nobody else's."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(_run, (part, args))


def _run(part, args):
    import odoo.init  # before anything of Odoo's, as it asks
    from odoo.tools import config

    # the addons' modules can be imported once their folder is known
    config.parse_config(["-c", os.environ["CX_CONF"], "--log-level=warn"], setup_logging=True)
    odoo.modules.module.initialize_sys_path()

    from bench import parts

    return getattr(parts, part)(*args)


@contextlib.contextmanager
def odoo(database, **context):
    """An environment of Odoo's superuser on a database."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {"lang": "en_US", **context})


def execute(database, statement):
    """A statement outside of any transaction."""
    import psycopg2

    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cr:
        cr.execute(statement)
        return cr.fetchall() if cr.description else None


@dataclass
class Cost:
    """What something took: seconds, and the number of queries."""

    wall: float
    odoo: float
    postgres: float | None  # None: the server's processes cannot be seen from here
    queries: int

    @property
    def cpu(self):
        return None if self.postgres is None else self.odoo + self.postgres

    @property
    def main(self):
        """The figure to compare by: processor seconds, which others cannot disturb much."""
        return self.wall if self.cpu is None else self.cpu


class Meter:
    """Takes the cost of what runs in a ``with`` block on one database connection.

    The server must not use parallel workers: their seconds would be seen nowhere.
    """

    def __init__(self, env):
        self.cr = env.cr
        process = Path(f"/proc/{env.cr._cnx.info.backend_pid}")
        self.schedstat, self.stat = process / "schedstat", process / "stat"
        with contextlib.suppress(OSError):
            if env.cr.dbname in (process / "cmdline").read_text():
                return
        self.stat = None

    def _now(self):
        return time.monotonic(), time.process_time(), self._server(), self.cr.sql_log_count

    def _server(self):
        if not self.stat:
            return None
        if self.schedstat.exists():
            return int(self.schedstat.read_text().split()[0]) / 1e9
        words = self.stat.read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self):
        self.before = self._now()
        return self

    def __exit__(self, *_error):
        differences = (
            None if old is None else new - old
            for old, new in zip(self.before, self._now(), strict=True)
        )
        self.cost = Cost(*differences)


def median(costs):
    """The cost in the middle, by the main figure."""
    return sorted(costs, key=lambda cost: cost.main)[len(costs) // 2]


def milliseconds(costs):
    return 1000 * statistics.median(cost.wall for cost in costs)


def memory(reset=False):
    """Peak resident memory of this process in MB, since the last reset where Linux allows it."""
    if reset:
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024
