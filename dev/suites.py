"""Odoo's own tests with our addons installed, beside the same without, where something fails."""

import re

from dev import databases
from dev.odoo import CONF, environment
from dev.packages import PYTHON
from dev.shell import ADDONS, HOME, Problem, run, say, step

WITH, WITHOUT = "cx_suites_with", "cx_suites_without"
NEIGHBOURS = "sale,crm,mass_mailing,survey,sale_crm"
LIGHT = "/web:TestMenusAdminLight,/web:TestMenusDemoLight"
# name: (what is installed, tags)
SUITES = {
    "base": ((), "/base"),
    "views": ((), "render_all_views"),
    "clicks-apps": ((), LIGHT),
    "clicks-ours": ((), "click_all/web:TestMenusAdmin"),
    **{name: ((), f"/{name}") for name in NEIGHBOURS.split(",")},
    # its pylint and eslint need tools of their own; pylint's part runs in ./cx lint
    "test_lint": (("-i", "test_lint"), "/test_lint,-/test_lint:TestPyLint,-/test_lint:TestESLint"),
}
# Odoo runs these while it installs a module, when ours is not there yet; here they run with ours
WHILE_INSTALLING = {"base", *NEIGHBOURS.split(",")}
EARLY = """
import odoo.http
from odoo.service import server
from odoo.tests.loader import make_suite, run_suite
from odoo.tools import config

env.cr.rollback()
config["test_enable"], config["test_tags"] = True, "/{name}"
server.server = server.ThreadedServer(odoo.http.root)
server.server.http_spawn()
result = run_suite(make_suite(["{name}"], "at_install"))
print(f"{{result.failures_count}} failed, {{result.errors_count}} error(s) of "
      f"{{result.testsRun}} tests")
"""
TOTAL = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
BAD = re.compile(r" (?:FAIL|ERROR): (?:Subtest )?(?:setUpClass \()?([\w.]+)")
PREPARE = """
# Debian's package lacks this file; a page that misses it fails every browser test
env["ir.asset"].create({{
    "name": "left out", "bundle": "web.assets_backend", "directive": "remove",
    "path": "mail/static/lib/selfie_segmentation/selfie_segmentation.js",
}})
if {ours}:
    mine = env["ir.model.data"].search([("module", "in", {addons!r}), ("model", "=", "ir.ui.menu")])
    roots = env["ir.ui.menu"].browse(mine.mapped("res_id")).filtered(lambda m: not m.parent_id)
    (env["ir.ui.menu"].search([("parent_id", "=", False)]) - roots).active = False
env.cr.commit()
"""


def run_suites(env, folder, names, demo):
    """Run the named suites (all, when none is); print a table.

    :param demo: name of a database with content, for the clicks on our menus
    :return: number of tests that fail with our addons only
    """
    if unknown := set(names) - set(SUITES):
        raise Problem(f"no such suite: {', '.join(unknown)}; there are {', '.join(SUITES)}")
    rows, ours = [], []
    for name in names or SUITES:
        base = demo if name == "clicks-ours" else databases.template(env, folder, pages=False)
        found = one(env, name, WITH, base)
        beside = None
        if found["bad"] and name != "clicks-ours":
            beside = one(env, name, WITHOUT, databases.core(env, folder))
        new = sorted(found["bad"] - (beside["bad"] if beside else set()))
        ours += new
        rows.append((name, found, beside, new))
    show(rows)
    return len(ours)


def one(env, name, database, base):
    """Run a suite on a copy of a database: the number of tests, and those that fail."""
    options, tags = SUITES[name]
    title = f"{name} {'with' if database == WITH else 'without'} our addons"
    log = HOME / f"{database}-{name}.log"
    try:
        with step(title):
            databases.clone(env, base, database)
            prepare(env, database, ours=name == "clicks-ours")
            cmd = [PYTHON, "-m", "odoo", "-c", CONF, "-d", database, "--stop-after-init",
                   "--max-cron-threads=0", "--test-enable", f"--test-tags={tags}",
                   "--http-port=18169", "--limit-time-real=0", *options]  # fmt: skip
            texts = [run(cmd, env=environment(env), check=False).stdout]
            if name in WHILE_INSTALLING:
                shell = [PYTHON, "-m", "odoo", "shell", "-c", CONF, "-d", database,
                         "--http-port=18169"]  # fmt: skip
                early = EARLY.format(name=name)
                texts.append(run(shell, input=early, env=environment(env), check=False).stdout)
            log.write_text("\n".join(texts), encoding="utf-8")
    finally:
        databases.drop(env, database)
    parts = [read(text, log) for text in texts]
    return {
        "tests": sum(part["tests"] for part in parts),
        "bad": set().union(*(part["bad"] for part in parts)),
    }


def read(text, log):
    """What Odoo's log says of its tests."""
    total = TOTAL.findall(text)
    if not total or not int(total[-1][2]):
        return {"tests": 0, "bad": {f"no test ran, see {log}"}}
    bad = {match.rsplit(".", 2)[-2] + "." + match.rsplit(".", 1)[-1] if "." in match else match
           for match in BAD.findall(text)}  # fmt: skip
    failed, errors, tests = map(int, total[-1])
    if failed + errors and not bad:
        bad = {f"{failed + errors} of unknown name"}
    return {"tests": tests, "bad": bad}


def prepare(env, database, ours):
    cmd = [PYTHON, "-m", "odoo", "shell", "-c", CONF, "-d", database, "--no-http"]
    script = PREPARE.format(ours=ours, addons=ADDONS)
    run([*cmd, "--log-level=warn"], input=script, env=environment(env))


def show(rows):
    print(
        "\n| suite | tests | failing with us | failing without us | ours |\n|---|---|---|---|---|"
    )
    for name, found, beside, new in rows:
        without = "" if beside is None else len(beside["bad"])
        print(f"| {name} | {found['tests']} | {len(found['bad'])} | {without} | {len(new)} |")
    for name, found, _beside, new in rows:
        for test in sorted(found["bad"]):
            why = "only with our addons" if test in new else "without us too"
            say(f"{name}: {test}: {why}")
