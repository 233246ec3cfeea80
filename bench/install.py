"""Installing into a database of many customers while people go on working in it.

Two people read and sell without a pause, in processes of their own, as workers of a server that
was started before: they notice by Odoo's signal that there are new modules. What each thing they
do takes is told by what went on meanwhile. A thread looks every 20 ms who waits for which lock.
"""

import contextlib
import multiprocessing
import os
import queue
import random
import statistics
import subprocess
import sys
import threading
import time

from bench.measure import _run, apart, execute
from bench.report import row, say, title

PEOPLE = 2
PAUSE = 0.05  # seconds between two things a person does
QUIET = 20  # seconds before, and after
LOOK = 0.02
TRIES = 5
READ = ["name", "email", "phone", "street", "city", "user_id", "category_id", "sale_order_count"]
LISTED = ["name", "email", "phone", "city", "user_id"]
WAITING = """
    SELECT coalesce(l.relation::regclass::text, l.locktype), l.mode,
           extract(epoch FROM clock_timestamp() - a.query_start)::float8
      FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE NOT l.granted AND a.datname = current_database()
"""


def measure(database, customers, orders):
    """Fill a database without our addons, install them, print what people felt."""
    apart("hire", database, customers)
    written = apart("fill", database, customers, orders)
    say(f"{customers} customers, {written} orders written")
    fork = multiprocessing.get_context("fork")
    stop, felt, ready = fork.Event(), fork.Queue(), fork.Barrier(PEOPLE + 1)
    people = [
        fork.Process(target=_run, args=("install.person", (database, n, stop, felt, ready)))
        for n in range(PEOPLE)
    ]
    found, done = [], threading.Event()
    for process in people:
        process.start()
    ready.wait(300)
    collector = threading.Thread(target=collect, args=(felt, found, done))
    locks = {}
    watcher = threading.Thread(target=watch, args=(database, locks, done))
    collector.start()
    watcher.start()
    phases = []
    try:
        for name, work in (
            ("before", lambda: time.sleep(QUIET)),
            ("installing", lambda: install(database)),
            ("rebuilding", lambda: apart("install.rebuild", database)),
            ("after", lambda: time.sleep(QUIET)),
        ):
            began = time.time()
            work()
            phases.append((name, began, time.time()))
    finally:
        stop.set()
        for process in people:
            process.join(60)
        done.set()
        collector.join()
        watcher.join()
    show(phases, found, locks)


def install(database):
    """As an administrator does from the command line."""
    from dev.odoo import BATCH

    command = [sys.executable, "-m", "odoo", "-c", os.environ["CX_CONF"], "-d", database, *BATCH,
               "-i", "cx_lifecycle,cx_lifecycle_mail", "--log-level=warn"]  # fmt: skip
    for attempt in range(1, TRIES + 1):
        # a deadlock with somebody at work ends one of the two: Odoo repeats requests, not this
        done = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
        if not done.returncode:
            return say(f"installed at attempt {attempt}")
        say(next((x for x in reversed(done.stderr.splitlines()) if "psycopg2" in x), "failed"))
    raise SystemExit("it could not be installed")


def rebuild(database):
    """What the scheduled action does, until nothing is left to do."""
    from bench.measure import odoo

    with odoo(database) as env:
        while env["cx.run"].search_count([("state", "!=", "done"), ("kind", "!=", "night")]):
            env["cx.run"]._cron_pass()
            env.cr.commit()


def person(database, number, stop, felt, ready):
    """Read contacts, write quotations and confirm them, until told to stop."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.service.model import retrying

    dice = random.Random(number)
    registry = Registry(database)
    with registry.cursor() as cr:
        cr.execute("SELECT id FROM res_partner WHERE ref ~ '^B[1-9]'")
        ids = [row[0] for row in cr.fetchall()]
        cr.execute("SELECT id FROM product_product WHERE default_code = 'BENCH' LIMIT 1")
        [product] = cr.fetchone()
    order = None

    def read(env):
        return env["res.partner"].browse(dice.choice(ids)).read(READ)

    def look(env):
        domain = [("name", "ilike", "Bench"), ("id", ">", dice.choice(ids))]
        return env["res.partner"].web_search_read(domain, {n: {} for n in LISTED}, limit=80)

    def quote(env):
        line = {"product_id": product, "product_uom_qty": 1, "price_unit": 10}
        values = {"partner_id": dice.choice(ids), "order_line": [(0, 0, line)]}
        return env["sale.order"].create(values).id

    def confirm(env):
        return env["sale.order"].browse(order).action_confirm()

    ready.wait(300)
    while not stop.is_set():
        for name, deed in (("open a contact", read), ("list contacts", look),
                           ("write a quotation", quote), ("confirm it", confirm)):  # fmt: skip
            began = time.time()
            known, registry = registry, Registry(database).check_signaling()
            if registry is not known:
                felt.put(("load the new modules", began, time.time() - began))
                began = time.time()
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                result = retrying(lambda deed=deed, env=env: deed(env), env)
            order = result if name == "write a quotation" else order
            felt.put((name, began, time.time() - began))
            time.sleep(PAUSE)


def collect(felt, found, done):
    while not (done.is_set() and felt.empty()):
        try:
            found.append(felt.get(timeout=0.2))
        except queue.Empty:
            continue


def watch(database, locks, done):
    """The longest that anybody waited for each lock."""
    import psycopg2

    with contextlib.closing(psycopg2.connect(dbname=database)) as connection:
        connection.autocommit = True
        with connection.cursor() as cr:
            while not done.wait(LOOK):
                cr.execute(WAITING)
                for table, mode, seconds in cr.fetchall():
                    locks[table, mode] = max(seconds, locks.get((table, mode), 0.0))


def show(phases, found, locks):
    title("what people felt, ms", "seconds", "times", "median", "95 %", "longest")
    for phase, began, ended in phases:
        deeds = {}
        for name, at, took in found:
            # by when it ended: what waited for the installation is of the installation
            if began <= at < ended:
                deeds.setdefault(name, []).append(1000 * took)
        for name, took in sorted(deeds.items()):
            tail = statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
            figures = (f"{x:.0f}" for x in (statistics.median(took), tail, max(took)))
            row(f"{phase}: {name}", f"{ended - began:.0f}", len(took), *figures)
    title("waited for a lock", "kind", "longest, s")
    for (table, mode), seconds in sorted(locks.items(), key=lambda item: -item[1]):
        row(table, mode, f"{seconds:.2f}")


def fresh(core, database):
    """A copy of Odoo's own modules to install into."""
    execute("postgres", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
    execute("postgres", f"CREATE DATABASE {database} TEMPLATE {core}")
