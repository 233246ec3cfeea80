"""Databases: built in layers, each a clone of the one below.

    cx_core_*    Odoo's own modules that the addons depend on, French installed,
                 no demo data of Odoo's: minutes, but seldom changes
    cx_tests_*   on top of it, the modules that only the tests use
    ..._CODE     on top of either, our two addons: seconds, changes with the code

From the last, every database that is used is cloned in about a second. What a
database was made with is kept in its comment, so that an older or half-made one
is recognised.
"""

import ast
import contextlib
import os
import shutil

from dev import source
from dev.odoo import FILESTORE, build_assets, install
from dev.shell import ADDONS, ROOT, Problem, digest, files_digest, run, say, step

LANGUAGES = "en_US,fr_FR"  # the first is the users' own
BUILDING = "cx_building"
HALF_MADE = "half made"
PAGES_BUILT = "with pages"


def extra_modules():
    """Modules that the tests exercise beyond what the addons depend on."""
    return ("point_of_sale", "sale_loyalty")


def template(env, odoo, *, tests=False, pages=True):
    """The name of the database with both addons that others are copies of.

    With `pages`, the scripts and styles of its web pages are built already.
    """
    base = tests_base(env, odoo) if tests else core(env, odoo)
    name = f"{base}_{files_digest([*code(), *web()])}"
    known = databases(env)
    if name not in known:
        for older in known:
            if older.startswith(f"{base}_"):
                drop(env, older)
        build(env, name, "our addons", base, "-i", ",".join(ADDONS))
    if pages and comment(env, name) != PAGES_BUILT:
        with step("scripts and styles of the web pages"):
            build_assets(env, name)
        set_comment(env, name, PAGES_BUILT)
    return name


def core(env, odoo):
    needed = sorted({d for m in manifests().values() for d in m["depends"]} - set(ADDONS))
    server = sql(env, "show server_version_num")[:2]
    name = "cx_core_" + digest(source.version(odoo), *needed, LANGUAGES, server)
    if name not in databases(env):
        say(f"a first database with {', '.join(needed)}: a few minutes, only once")
        build(env, name, "Odoo's modules", None, "-i", ",".join(needed))
    return name


def tests_base(env, odoo):
    base = core(env, odoo)
    name = "cx_tests_" + digest(base, *extra_modules())
    if name not in databases(env):
        build(env, name, "modules for the tests", base, "-i", ",".join(extra_modules()))
    return name


def build(env, name, title, base, *options):
    """A database that appears under its name only once it is complete."""
    with step(f"database: {title}"):
        if base:
            clone(env, base, BUILDING)
        else:
            drop(env, BUILDING)
            options = ("--load-language", LANGUAGES, *options)
        install(env, BUILDING, title, *options)
        drop(env, name)
        sql(env, f'alter database "{BUILDING}" rename to "{name}"')
        with contextlib.suppress(FileNotFoundError):
            (FILESTORE / BUILDING).rename(FILESTORE / name)


def update(env, name):
    """Bring a database of ours up to the present code."""
    if comment(env, name) != stamp():
        title = f"updating {name} to the present code"
        with step(title):
            install(env, name, title, "-u", ",".join(ADDONS), "--i18n-overwrite")
        set_comment(env, name, stamp())


@contextlib.contextmanager
def filling(env, name, base):
    """A new database to be filled: it is dropped again when that fails."""
    clone(env, base, name)
    set_comment(env, name, HALF_MADE)
    try:
        yield
    except BaseException:
        drop(env, name)
        raise
    set_comment(env, name, stamp())


def usable(env, name):
    """Whether the database is there and complete."""
    return name in databases(env) and comment(env, name) != HALF_MADE


def clone(env, base, name):
    """A copy of a database and of its files, in about a second."""
    drop(env, name)
    recent = int(sql(env, "show server_version_num")) >= 150000
    strategy = " strategy file_copy" if recent else ""
    sql(env, f'create database "{name}" template "{base}"{strategy}')
    if (FILESTORE / base).is_dir():
        shutil.copytree(FILESTORE / base, FILESTORE / name, copy_function=os.link)


def drop(env, name):
    sql(env, f'drop database if exists "{name}" with (force)')
    shutil.rmtree(FILESTORE / name, ignore_errors=True)


def databases(env):
    return set(sql(env, "select datname from pg_database").split())


def comment(env, name):
    said = "shobj_description(oid, 'pg_database')"
    return sql(env, f"select {said} from pg_database where datname = '{name}'")


def set_comment(env, name, text):
    sql(env, f"comment on database \"{name}\" is '{text}'")


def sql(env, query):
    psql = shutil.which("psql", path=env["PATH"])
    if not psql:
        raise Problem("PostgreSQL's client program psql is not installed")
    options = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", "postgres"]
    return run([psql, *options, "-c", query], env=env).stdout.strip()


def manifests():
    return {a: ast.literal_eval((ROOT / a / "__manifest__.py").read_text()) for a in ADDONS}


def code():
    """The files that an installed database depends on."""
    kinds = {".py", ".xml", ".csv", ".po", ".sql", ".html", ".json"}
    return [p for p in addon_files() if p.suffix in kinds and "static" not in p.parts]


def web():
    """The files that its prepared web pages depend on."""
    kinds = {".js", ".xml", ".scss", ".css"}
    return [p for p in addon_files() if p.suffix in kinds and "static" in p.parts]


def addon_files():
    return [p for a in ADDONS for p in (ROOT / a).rglob("*") if p.is_file()]


def stamp():
    return f"cx {files_digest(code())}"
