"""Start Odoo: its configuration, its environment, its log."""

import os
import re
import subprocess
import sys
import time

from dev.packages import PYTHON
from dev.shell import HOME, ROOT, Problem, call, run, say, started

CONF = HOME / "odoo.conf"
FILES = HOME / "data"
FILESTORE = FILES / "filestore"
# install or update modules, then stop
BATCH = ("--stop-after-init", "--no-http", "--max-cron-threads=0", "--db_maxconn=16")
# Odoo's commands that take a database, hence -c and -d
WITH_DATABASE = {"server", "shell", "i18n", "module", "neutralize", "populate", "cx_load"}
# the scripts and styles of the pages that people, tours and JavaScript tests open
HOOT = ("assets_unit_tests_setup", "assets_unit_tests")
SCRIPTS = ("assets_web", "assets_frontend_minimal", "assets_frontend_lazy", "assets_tests", *HOOT)
STYLES = ("assets_web", "assets_web_print", "assets_frontend", *HOOT)
PREGENERATE = f"""
for name in {SCRIPTS}:
    env["ir.qweb"]._get_asset_bundle("web." + name, css=False, js=True).js()
for name in {STYLES}:
    env["ir.qweb"]._get_asset_bundle("web." + name, css=True, js=False).css()
env.cr.commit()
"""
TTY = sys.stderr.isatty()


def write_conf(env):
    options = {
        "addons_path": ROOT,
        "data_dir": FILES,
        "http_interface": "127.0.0.1",
        "db_host": env.get("PGHOST", ""),
        "db_port": env.get("PGPORT", "5432"),
        "db_user": env.get("PGUSER", ""),
        "db_name": "cx_test",
        "list_db": False,
        "screenshots": HOME / "screenshots",
    }
    text = "[options]\n" + "".join(f"{name} = {value}\n" for name, value in options.items())
    if not CONF.exists() or CONF.read_text(encoding="utf-8") != text:
        CONF.write_text(text, encoding="utf-8")


def environment(env):
    """What Odoo is started with."""
    env = {**env, "PYTHONSAFEPATH": "1"}  # nothing is imported from where the user stands
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # compiled once, Odoo starts in half the time
    env.pop("PYTHONPATH", None)
    return env


def command(args, database="cx_demo"):
    """`odoo ARGS` on a database; the addons' own commands are found too."""
    named = bool(args) and not str(args[0]).startswith("-")
    name, rest = list(args[:named]), list(args[named:])
    if not name or name[0] in WITH_DATABASE:
        # i18n and module have subcommands, which know the options and come first
        sub = 1 if name and name[0] in ("i18n", "module") and rest[:1] else 0
        rest[sub:sub] = ["-c", CONF, "-d", database]
    addons = [f"--addons-path={ROOT}"] if name else []
    return [PYTHON, "-m", "odoo", *addons, *name, *rest]


def odoo(env, *args, database="cx_demo"):
    """An Odoo command in full view; its exit code."""
    return call(command(args, database), env=environment(env))


def serve(env, database, port, args):
    """Become the Odoo server."""
    options = ["-d", database, "--db-filter", f"^{database}$", "--http-port", port]
    cmd = [PYTHON, "-m", "odoo", "-c", CONF, *options, *args]
    os.execve(PYTHON, [str(part) for part in cmd], environment(env))


def install(env, database, title, *options):
    """Install or update modules, showing how far it is; a failure is shown in full."""
    cmd = [PYTHON, "-m", "odoo", "-c", CONF, *BATCH, "-d", database, *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    log, progress = [], Progress(title)
    with started(cmd, env=environment(env), **pipes) as process:
        for line in process.stdout:
            log.append(line)
            progress.follow(line)
    progress.end()
    bad = [line for line in log if " ERROR " in line or " CRITICAL " in line]
    if process.returncode or bad:
        kept = HOME / "odoo.log"
        kept.write_text("".join(log), encoding="utf-8")
        tail = "".join((bad or log)[-1:] + log[-20:])
        raise Problem(f"{title} failed; the whole log is {kept}\n{tail}")


class Progress:
    """One line that moves on a terminal, a line now and then elsewhere."""

    def __init__(self, title):
        self.title, self.last, self.shown = title, time.monotonic(), False

    def follow(self, line):
        match = re.search(r"Loading module (\w+) \((\d+)/(\d+)\)", line)
        if not match or not (TTY or time.monotonic() - self.last > 10):
            return
        text = f"{self.title}: module {match[2]} of {match[3]}, {match[1]}"
        self.last, self.shown = time.monotonic(), True
        if TTY:
            print(f"\r\033[K         {text}", end="", file=sys.stderr, flush=True)
        else:
            say(f"  {text}")

    def end(self):
        if TTY and self.shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def build_assets(env, database):
    """Build the web pages' scripts and styles now rather than in each test."""
    cmd = [PYTHON, "-m", "odoo", "shell", "-c", CONF, "-d", database, "--no-http"]
    run([*cmd, "--log-level=warn"], input=PREGENERATE, env=environment(env))
