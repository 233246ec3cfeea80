"""Processor seconds, queries and memory, and the process in which each part is measured."""

import contextlib
import importlib
import multiprocessing
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path


def apart(part, *args):
    """Run a part in a process of its own: its memory and its caches are nobody else's.

    :param str part: function of ``parts``, or of another module as ``module.function``
    """
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(_run, (part, args))


def together(number, part, *args):
    """Run a part in so many processes, which begin at the same moment; their results.

    :param str part: as for :func:`apart`; a context manager that gives what is to be called then
    """
    fork = multiprocessing.get_context("fork")
    with fork.Pool(number, _meet, (fork.Barrier(number),)) as pool:
        return pool.starmap(_run_at_once, [(part, args)] * number, chunksize=1)


def _meet(barrier):
    _run_at_once.barrier = barrier


def _run_at_once(part, args):
    with _run(part, args) as begin:
        _run_at_once.barrier.wait(600)
        return begin()


def _run(part, args):
    import odoo.init  # before anything of Odoo's, as it asks
    from odoo.tools import config

    # the addons' modules can be imported once their folder is known
    config.parse_config(["-c", os.environ["CX_CONF"], "--log-level=warn"], setup_logging=True)
    odoo.modules.module.initialize_sys_path()

    module, _dot, name = part.rpartition(".")
    return getattr(importlib.import_module(f"bench.{module or 'parts'}"), name)(*args)


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
        self.process = Path(f"/proc/{env.cr._cnx.info.backend_pid}")
        self.visible = False
        with contextlib.suppress(OSError):
            self.visible = env.cr.dbname in (self.process / "cmdline").read_text()

    def _now(self):
        return time.monotonic(), time.process_time(), self._server(), self._queries()

    def _server(self):
        return _seconds(self.process) if self.visible else None

    def _queries(self):
        return self.cr.sql_log_count

    def __enter__(self):
        self.before = self._now()
        return self

    def __exit__(self, *_error):
        differences = (
            None if old is None else new - old
            for old, new in zip(self.before, self._now(), strict=True)
        )
        self.cost = Cost(*differences)


class WideMeter(Meter):
    """The same for all connections of this process; those of before must not be closed."""

    def __init__(self, env):
        super().__init__(env)
        self.processes = set()

    def _server(self):
        from odoo.sql_db import _Pool

        # those that are opened within the block begin with no seconds
        self.processes |= {Path(f"/proc/{cnx.info.backend_pid}") for cnx in _Pool._connections}
        return sum(map(_seconds, self.processes)) if self.visible else None

    def _queries(self):
        from odoo import sql_db

        return sql_db.sql_counter


def _seconds(process):
    """Processor seconds of a process, by its folder in /proc."""
    schedstat = process / "schedstat"
    if schedstat.exists():
        return int(schedstat.read_text().split()[0]) / 1e9
    words = (process / "stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


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
