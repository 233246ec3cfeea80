"""The walls between the rooms of this repository, as rules over its source.

Each wall looks at one file and yields (line, complaint). It says which files it
is about and carries a sample that it must catch and one that it must let pass.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Callable
from dataclasses import dataclass

ADDONS = ("cx_lifecycle", "cx_lifecycle_mail")
CORE, MAIL = ADDONS
THIN = ("res_partner.py", "sale_order.py", "account_move.py", "crm_lead.py")
STDLIB = set(sys.stdlib_module_names)
UNSURE = {"random", "secrets", "time", "os", "socket", "sqlite3", "subprocess", "threading"}
CLOCK = {"now", "today", "utcnow"}
FOREIGN = re.compile(r"campaign|mailing|trace(?!back)", re.I)
SQL_TEXT = re.compile(
    r"\b(select\b.+\bfrom|insert\s+into|update\b.+\bset|delete\s+from)\b", re.I | re.S
)
SENDING = re.compile(r"send|message_post|message_notify|activity_schedule|_notify")
LONGEST = {"tests": 600, "": 450}
LONGEST_FUNCTION = 60


@dataclass(frozen=True)
class Wall:
    about: Callable  # of a path relative to the repository: is it concerned?
    check: Callable  # of (path, text): yields (line, complaint)
    bad: tuple[tuple[str, str], ...]  # (path, text) that must be caught
    good: tuple[tuple[str, str], ...]  # (path, text) that must pass


def complaints(wall, path, text):
    return [f"{path}:{line}: {said}" for line, said in wall.check(path, text)]


# ---------------------------------------------------------------- which files
def python(path):
    return path.suffix == ".py" or str(path) == "cx"


def addon_python(path):
    return path.parts[0] in ADDONS and python(path)


def engine(path):
    return addon_python(path) and path.parts[1] == "engine"


def launcher(path):
    return python(path) and path.parts[0] in ("cx", "dev")


def core_addon(path):
    return path.parts[0] == CORE and path.suffix in (".py", ".xml")


def thin(path):
    return addon_python(path) and path.name in THIN


def written_by_hand(path):
    kinds = (".py", ".js", ".xml", ".scss")
    return (path.suffix in kinds or str(path) == "cx") and "lib" not in path.parts


# ------------------------------------------------------------------ the rules
def imported(text):
    """(line, level, module) of every import."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, 0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield node.lineno, node.level, module
            joined = (f"{module}.{alias.name}".strip(".") for alias in node.names)
            yield from ((node.lineno, node.level, name) for name in joined)


def calls(text):
    """(line, name, node) of every call, by its last name: self.a.b() is b."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            func = node.func
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            yield func.end_lineno, name, node


def engine_is_arithmetic(path, text):
    depth = len(path.parts) - 2  # how many dots still lead into engine/
    for line, level, module in imported(text):
        top = module.split(".")[0]
        if level > depth:
            yield line, "an engine imports only from its own folder"
        elif module.startswith(f"odoo.addons.{CORE}.engine.") and path.parts[0] != CORE:
            continue  # arithmetic too
        elif not level and (top not in STDLIB | {"dateutil"} or top in UNSURE):
            yield line, f"an engine does not import {top}"
    for line, name, _node in calls(text):
        if name in CLOCK:
            yield line, f"an engine is told the time, it does not ask {name}()"


def launcher_needs_nothing(path, text):
    for line, level, module in imported(text):
        if not level and module.split(".")[0] not in STDLIB | {"dev"}:
            yield line, f"the launcher runs before {module} is installed"


def named(path, text):
    """(line, text) of every name and string of a file, but not its comments."""
    if path.suffix == ".xml":
        text = re.sub(r"<!--.*?-->", lambda m: "\n" * m[0].count("\n"), text, flags=re.S)
        yield from enumerate(text.splitlines(), 1)
        return
    tree = ast.parse(text)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if id(node) in prose or not hasattr(node, "lineno"):
            continue
        for field in ("id", "attr", "name", "arg", "module", "asname", "value"):
            if isinstance(word := getattr(node, field, None), str):
                yield node.lineno, word
        for alias in getattr(node, "names", ()):
            yield node.lineno, getattr(alias, "name", str(alias))


def core_knows_no_campaigns(path, text):
    for line, word in [(1, path.name), *named(path, text)]:
        if found := FOREIGN.search(word):
            yield line, f"{found[0]!r} belongs in {MAIL}"


def hooks_are_thin(path, text):
    for line, name, _node in calls(text):
        if name in ("execute", "executemany", "SQL", "query_list"):
            yield line, f"{name}(): no SQL in this file"
        elif SENDING.search(name):
            yield line, f"{name}(): nothing is sent from this file"
    for line, word in named(path, text):
        if SQL_TEXT.search(word):
            yield line, "no SQL in this file"


def only_crons_commit(path, text):
    for line, name, _node in calls(text):
        if name == "commit":
            yield line, "commit only through ir.cron._commit_progress()"


def sql_is_not_glued(path, text):
    for line, name, node in calls(text):
        if name in ("execute", "executemany", "mogrify", "SQL") and node.args:
            query = node.args[0]
            formatted = isinstance(query, ast.Call) and getattr(query.func, "attr", "") == "format"
            if formatted or isinstance(query, (ast.JoinedStr, ast.BinOp)):
                yield line, "a query is built with odoo.tools.SQL and its parameters"


def orm_is_private(path, text):
    for line, level, module in imported(text):
        if not level and (module == "odoo.orm" or module.startswith("odoo.orm.")):
            yield line, "odoo.orm is private: use odoo.models, odoo.fields, odoo.api"


def nothing_is_evaluated(path, text):
    for line, name, node in calls(text):
        plain = isinstance(node.func, ast.Name)
        if name == "safe_eval" or (plain and name in ("eval", "exec")):
            yield line, f"{name}(): nobody types Python here"


def files_are_short(path, text):
    limit = LONGEST.get(path.parts[0], LONGEST[""])
    if (length := text.count("\n")) > limit:
        yield limit, f"{length} lines; more than {limit} is too long, split it"


def functions_are_short(path, text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            # a long explanation is no fault: the docstring does not count
            told = node.body[0] if ast.get_docstring(node) else None
            explained = told.end_lineno - told.lineno + 1 if told else 0
            length = node.end_lineno - node.lineno + 1 - explained
            if length > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name}() has {length} lines, {LONGEST_FUNCTION} at most"


def partner_write_is_left_alone(path, text):
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.ClassDef):
            continue
        models = {
            word.value
            for item in node.body
            if isinstance(item, ast.Assign)
            and getattr(item.targets[0], "id", "") in ("_name", "_inherit")
            for word in ast.walk(item.value)
            if isinstance(word, ast.Constant)
        }
        for item in node.body:
            write = isinstance(item, ast.FunctionDef) and item.name == "write"
            if write and "res.partner" in models:
                yield item.lineno, "res.partner.write() is everybody's: do not override it"


def sudo_has_a_reason(path, text):
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    commented = {t.start[0] for t in tokens if t.type == tokenize.COMMENT}
    for line, name, _node in calls(text):
        if name == "sudo" and not {line, line - 1} & commented:
            yield line, "sudo(): say why in a comment on this or the previous line"


ENGINE = f"{CORE}/engine/x.py"
MAIL_ENGINE = f"{CORE}_mail/engine/x.py"
MODEL = f"{CORE}/models/x.py"
PARTNER = f"{CORE}/models/res_partner.py"
WALLS = {
    "engine": Wall(
        engine,
        engine_is_arithmetic,
        bad=(
            (ENGINE, "from odoo import models\n"),
            (ENGINE, "import numpy\n"),
            (ENGINE, "import random\n"),
            (ENGINE, "from ..models import x\n"),
            (ENGINE, "from .. import models\n"),
            (ENGINE, f"from odoo.addons.{CORE}_mail.engine.y import z\n"),
            (MAIL_ENGINE, f"from odoo.addons.{CORE}.models.y import z\n"),
            (ENGINE, "from datetime import date\nd = date.today()\n"),
        ),
        good=(
            (ENGINE, "import math\nfrom dateutil import relativedelta\nfrom . import y\n"),
            (MAIL_ENGINE, f"from odoo.addons.{CORE}.engine.y import z\n"),
        ),
    ),
    "launcher": Wall(
        launcher,
        launcher_needs_nothing,
        bad=(("dev/x.py", "import requests\n"), ("cx", "from odoo import api\n")),
        good=(("dev/x.py", "import os\nfrom dev.shell import run\n"),),
    ),
    "campaigns": Wall(
        core_addon,
        core_knows_no_campaigns,
        bad=(
            (MODEL, "cx_campaign_id = 1\n"),
            (MODEL, 'def f(self):\n    return self.env["mailing.mailing"]\n'),
            (MODEL, "from .trace import x\n"),
            (MODEL, "def f(mailing_id): pass\n"),
            (f"{CORE}/models/cx_campaign.py", ""),
            (f"{CORE}/views/x.xml", '<odoo><field name="trace_ids"/></odoo>\n'),
        ),
        good=(
            (
                MODEL,
                '"""Campaigns live elsewhere."""\nx = 1  # no campaign here\nimport traceback\n',
            ),
            (f"{CORE}/views/x.xml", "<odoo><!-- no campaign\nhere --></odoo>\n"),
        ),
    ),
    "thin hooks": Wall(
        thin,
        hooks_are_thin,
        bad=(
            (PARTNER, 'def f(self):\n    self.env.cr.execute("x")\n'),
            (PARTNER, 'q = "SELECT id FROM res_partner"\n'),
            (PARTNER, "def f(self):\n    self.message_post(body=1)\n"),
            (PARTNER, "def f(self, template):\n    template.send_mail(1)\n"),
        ),
        good=((PARTNER, 'def f(self):\n    """Select one from many."""\n    super().f()\n'),),
    ),
    "commit": Wall(
        addon_python,
        only_crons_commit,
        bad=((MODEL, "def f(self):\n    self.env.cr.commit()\n"),),
        good=((MODEL, 'def f(self):\n    self.env["ir.cron"]._commit_progress(1)\n'),),
    ),
    "glued SQL": Wall(
        addon_python,
        sql_is_not_glued,
        bad=(
            (MODEL, 'cr.execute(f"SELECT {x}")\n'),
            (MODEL, 'cr.execute("SELECT %s" % x)\n'),
            (MODEL, 'cr.execute("SELECT " + x)\n'),
            (MODEL, 'cr.execute("SELECT {}".format(x))\n'),
            (MODEL, 'q = SQL(f"SELECT {x}")\n'),
        ),
        good=((MODEL, 'cr.execute(SQL("SELECT %s", x))\n'),),
    ),
    "odoo.orm": Wall(
        addon_python,
        orm_is_private,
        bad=(
            (MODEL, "import odoo.orm.fields\n"),
            (MODEL, "from odoo.orm import fields\n"),
            (MODEL, "from odoo import orm\n"),
        ),
        good=((MODEL, "from odoo import fields\n"),),
    ),
    "evaluation": Wall(
        addon_python,
        nothing_is_evaluated,
        bad=((MODEL, "safe_eval(self.code)\n"), (MODEL, "eval(x)\n")),
        good=((MODEL, "ast.literal_eval(x)\n"),),
    ),
    "file length": Wall(
        written_by_hand,
        files_are_short,
        bad=((MODEL, "\n" * 451), ("dev/x.py", "\n" * 451), ("tests/x.py", "\n" * 601)),
        good=((MODEL, "\n" * 450), ("tests/x.py", "\n" * 600)),
    ),
    "function length": Wall(
        python,
        functions_are_short,
        bad=((MODEL, "def f():\n" + "    x = 1\n" * 60),),
        good=((MODEL, "def f():\n" + "    x = 1\n" * 59),),
    ),
    "partner write": Wall(
        addon_python,
        partner_write_is_left_alone,
        bad=(
            (MODEL, 'class P:\n    _inherit = "res.partner"\n    def write(self, vals): pass\n'),
            (MODEL, 'class P:\n    _inherit = ["res.partner"]\n    def write(self, vals): pass\n'),
        ),
        good=((MODEL, 'class P:\n    _inherit = "sale.order"\n    def write(self, vals): pass\n'),),
    ),
    "sudo": Wall(
        addon_python,
        sudo_has_a_reason,
        bad=((MODEL, "x = self.sudo().y\n"),),
        good=(
            (MODEL, "x = self.sudo().y  # the portal user sees nothing else\n"),
            (MODEL, "# sums only, no names\nx = self.sudo().y\n"),
            (MODEL, "x = (\n    self\n    # sums only\n    .sudo()\n    .y\n)\n"),
        ),
    ),
}
