"""The commands of ./cx: one function each."""

import argparse
import concurrent.futures
import os
import re
import shutil
import signal
import socket
from pathlib import Path

from dev import databases, postgres, screenshots, source, suites
from dev.browser import QUIET, browser
from dev.odoo import CONF, FILES, environment, odoo, serve, write_conf
from dev.packages import PYTHON, VENV, find_uv, python_env, uv
from dev.shell import ADDONS, HOME, ROOT, Problem, call, end_now, lock, say

DEMO = "cx_demo"
DEMO_FILE = ROOT / "cx_lifecycle" / "demo" / "cdnow_sample.txt"
OURS = re.compile(r"cx_(core_.*|tests_.*|suites_.*|test|test-gw\d+|bench|building|demo|pictures)")
# pylint-odoo's rules that are not ours: a large model is spread over small files on purpose
NOT_OURS = "consider-merging-classes-inherited"
# tests that never touch a database
LINT = ROOT / "tests" / "lint"
PAGES = ROOT / "tests" / "docs" / "test_pages.py"
APP_PAGE = ROOT / "tests" / "packaging" / "test_app_page.py"
PURE = (
    ROOT / "tests" / "unit",
    LINT / "test_walls.py",
    LINT / "test_launcher.py",
    PAGES,
    APP_PAGE,
)


def setup(*more):
    """Fetch what is missing; answer PostgreSQL's environment and Odoo's folder."""
    with lock("setup"), concurrent.futures.ThreadPoolExecutor() as pool:
        # two downloads at once: the network is the slow part of both
        packages = pool.submit(python_env)
        folder = pool.submit(source.odoo_source, packages.result)
        others = [pool.submit(job) for job in more]
        try:
            for job in concurrent.futures.as_completed([packages, folder, *others]):
                job.result()
        except KeyboardInterrupt:
            end_now(130)  # not once the downloads are through
        source.link(folder.result())
        env = postgres.postgres()
        write_conf(env)
    return env, folder.result()


def cmd_run(args):
    args = list(args)
    name = args.pop(1) if args[:1] in (["-d"], ["--database"]) and args[1:] else DEMO
    args = args if name == DEMO else args[1:]
    env, folder = setup()
    if name == DEMO:
        demo_database(env, folder)
    elif not databases.usable(env, name):
        raise Problem(f"there is no database {name}: ./cx load FILE.csv --database {name}")
    port = os.environ.get("PORT", "8069")
    if "--stop-after-init" in args:
        say(f"{name} is ready")
    elif taken(port):
        raise Problem(f"port {port} is taken; another one: PORT={int(port) + 1} ./cx run")
    else:
        users = "admin, marketer or rep" if name == DEMO else "admin"
        say(f"http://127.0.0.1:{port}   user {users}, password as the name   Ctrl-C stops it")
    serve(env, name, port, args)


def taken(port):
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", int(port))) == 0


def demo_database(env, folder):
    with lock("database"):
        if databases.usable(env, DEMO):
            databases.update(env, DEMO)
        else:
            base = databases.template(env, folder)
            with databases.filling(env, DEMO, base):
                load(env, DEMO, ["--demo", DEMO_FILE])


def load_options():
    parser = argparse.ArgumentParser("./cx load", description="Purchases from a file.")
    parser.add_argument(
        "file", type=Path, help="a CSV file with the header customer_id,date,amount"
    )
    parser.add_argument("-d", "--database", required=True, metavar="NAME")
    parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="the day to judge from")
    parser.add_argument("--shift-to-today", action="store_true", help="move the dates")
    return parser


def cmd_load(args):
    given, rest = load_options().parse_known_args(args)
    name, file = given.database, given.file.resolve()
    if OURS.fullmatch(name) or not re.fullmatch(r"(?!postgres$|template\d$)[A-Za-z][\w-]*", name):
        raise Problem(f"{name!r} cannot be the database's name; take for instance myshop")
    if not file.is_file():
        raise Problem(f"there is no file {given.file}")
    words = [file, *rest]
    words += ["--as-of", given.as_of] if given.as_of else []
    words += ["--shift-to-today"] if given.shift_to_today else []
    env, folder = setup()
    with lock("database"):
        if databases.usable(env, name):
            if databases.comment(env, name).startswith("cx "):
                databases.update(env, name)
            load(env, name, words)
        else:
            base = databases.template(env, folder, pages=False)
            with databases.filling(env, name, base):
                load(env, name, words)
    say(f"done; to look at it: ./cx run -d {name}")


def load(env, name, words):
    if code := odoo(env, "cx_load", *words, database=name):
        raise Problem(f"the purchases could not be loaded into {name} ({code}); see above")


def cmd_test(args):
    args = [absolute(a) for a in args]
    options = ["-o", f"cache_dir={HOME / 'pytest'}", *args]
    pytest = [PYTHON, "-m", "pytest"]
    paths = [Path(a.split("::")[0]) for a in args if a.startswith("/")]
    if not paths and not any(a.startswith("-n") for a in args):
        options += ["-n", "2"]  # the whole suite: a third less time on two processors
    if paths and all(any(p.is_relative_to(pure) for pure in PURE) for p in paths):
        with lock("setup"):
            python_env()
        return call([*pytest, "-p", "no:odoo", *options], cwd=ROOT, env=environment(os.environ))
    tours = "--no-browser" not in args and (not paths or any(map(may_browse, paths)))
    with lock("test"):
        env, folder = setup(*([browser] if tours else []))
        with lock("database"):
            base = databases.tests_base(env, folder)
            full = databases.template(env, folder, tests=True, pages=tours)
            databases.clone(env, full, "cx_test")
        env = environment(env) | {
            "CHROMIUM_FLAGS": os.environ.get("CHROMIUM_FLAGS", QUIET),
            "COVERAGE_FILE": str(HOME / "coverage"),
            "CX_BASE_DB": base,  # for the test that installs the wheel
            "CX_FULL_DB": full,  # for the tests that commit
            "CX_UV": find_uv(),
        }
        return call([*pytest, f"--odoo-config={CONF}", "--odoo-http", *options], cwd=ROOT, env=env)


def may_browse(path):
    """Whether a browser test may be among the tests of this file or folder."""
    tours = ROOT / "tests" / "browser"
    return path.is_relative_to(tours) or tours.is_relative_to(path)


def absolute(arg):
    """pytest runs at the top of the repository, wherever the user stands."""
    path, _, rest = arg.partition("::")
    if arg.startswith("-") or not Path(path).exists():
        path = ROOT / path
        if arg.startswith("-") or "/" not in arg or not path.exists():
            return arg
    return f"{Path(path).resolve()}{'::' if rest else ''}{rest}"


def cmd_bench(args):
    env, folder = setup()
    with lock("bench"):
        with lock("database"):
            databases.clone(env, databases.template(env, folder, pages=False), "cx_bench")
            bare = databases.core(env, folder)
        env = environment(env) | {
            "CX_CONF": str(CONF),
            "CX_BENCH_DB": "cx_bench",
            "CX_CORE_DB": bare,  # for the part that installs the addons
        }
        return call([PYTHON, ROOT / "bench" / "run.py", *args], cwd=ROOT, env=env)


def cmd_screenshots(args):
    env, folder = setup(browser)
    with lock("screenshots"):
        demo_database(env, folder)
        with lock("database"):
            databases.clone(env, DEMO, screenshots.DATABASE)
        try:
            screenshots.take(env, args)
        finally:
            databases.drop(env, screenshots.DATABASE)


def cmd_odoo(args):
    env, folder = setup()
    if not {"-d", "--database"} & set(args):
        demo_database(env, folder)
    return odoo(env, *args, database=DEMO)


def cmd_odoo_tests(args):
    env, folder = setup(browser)
    with lock("suites"):
        demo_database(env, folder)
        if suites.run_suites(env, folder, args, DEMO):
            raise Problem("tests of Odoo's fail with our addons and not without them; see above")


def cmd_psql(args):
    env, _folder = setup()
    os.execvpe("psql", ["psql", *(args or [DEMO])], env)


def cmd_lint(args):
    with lock("setup"):
        python_env()
    tools = VENV / "bin"
    walls = ["-p", "no:odoo", "-q", "-o", f"cache_dir={HOME / 'pytest'}", PURE[1]]
    translations = [p.relative_to(ROOT) for a in ADDONS for p in (ROOT / a).glob("i18n/*.po*")]
    fix = ["--fix"] if "--fix" in args else []
    steps = (
        [tools / "ruff", "check", *fix, "."],
        [tools / "ruff", "format", *([] if fix else ["--check"]), "."],
        [tools / "pylint", "--rcfile=pyproject.toml", f"--disable={NOT_OURS}", *ADDONS],
        [tools / "oca-checks-odoo-module", *fix, *ADDONS],
        # its "pretty format" empties words that are the same in French: they would look forgotten
        [tools / "oca-checks-po", "--disable=po-pretty-format", *fix, *translations],
        [PYTHON, "-m", "pytest", *walls],
    )
    env = environment(os.environ) | {"RUFF_CACHE_DIR": str(HOME / "ruff")}
    bad = []
    for step in steps:
        name = "walls" if step[0] == PYTHON else step[0].name
        say(name)
        if call(step, cwd=ROOT, env=env):
            bad.append(name)
    if bad:
        raise Problem(f"lint: {', '.join(bad)}")
    say("lint: clean")


def cmd_build(_args):
    with lock("setup"):
        python_env()
    dist = ROOT / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    uv("build", "--quiet", "--python", PYTHON, "--out-dir", dist, ROOT, quiet=False)
    print(*sorted(p.name for p in dist.iterdir()), sep="\n")


def cmd_lock(args):
    options = ["--quiet", "--universal", "--python-version", "3.10", "--generate-hashes"]
    options += ["--no-emit-index-url", "--no-header", *args]
    uv("pip", "compile", *options, "requirements.in", "-o", "requirements.txt", cwd=ROOT)


def cmd_setup(_args):
    setup()
    say("ready")


def cmd_stop(_args):
    postgres.stop()


def cmd_reset(args):
    if os.environ.get("PGHOST") or os.environ.get("PGSERVICE"):
        env, _folder = setup()
        for name in databases.databases(env):
            if OURS.fullmatch(name):
                databases.drop(env, name)
    else:
        postgres.stop()
        shutil.rmtree(postgres.server_home() / "data", ignore_errors=True)
        shutil.rmtree(FILES, ignore_errors=True)
    if "--all" in args:
        shutil.rmtree(postgres.server_home(), ignore_errors=True)
        shutil.rmtree(HOME, ignore_errors=True)


def main(args, usage):
    commands = {
        name.removeprefix("cmd_").replace("_", "-"): function
        for name, function in globals().items()
        if name.startswith("cmd_")
    }
    name, *rest = args or ["help"]
    if name in ("help", "-h", "--help"):
        print(usage)
        return 0
    if name not in commands:
        raise Problem(f"there is no command {name}; ./cx alone lists them")
    if os.name != "posix":
        raise Problem("Windows: use WSL")
    signal.signal(signal.SIGTERM, lambda *_: end_now(143))
    try:
        return commands[name](rest)
    except KeyboardInterrupt:
        return 130
