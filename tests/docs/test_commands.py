"""Every command in our pages is one that its program knows. Needs no database."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from docs.pages import ROOT, blocks, pages

from bench import run as benchmarks
from dev import commands, screenshots, shell, suites

# of commands in the prose, behind which words of the sentence may stand
PROGRAMS = ("./cx", "python bench/", "make ", "odoo ")


def written():
    """(place, command) of all commands: in sh blocks, indented, and in backquotes."""
    found = []
    for block in blocks("sh"):
        text = block.text.replace("\\\n", " ")
        found += [(str(block), line) for line in lines_of(text)]
    for path, page in pages().items():
        loose = [(line, text) for line, text in page.prose if re.match(r"^    \./cx", text)]
        quoted = [(line, text) for line, text in page.code() if text.startswith(PROGRAMS)]
        found += [(f"{path}:{line}", text.strip()) for line, text in loose + quoted]
    return [(place, text) for place, text in found if "…" not in text and "..." not in text]


def lines_of(text):
    """Commands of a block, of which one in quotes may go over several lines."""
    open_one = ""
    for line in text.splitlines():
        open_one = f"{open_one}\n{line}" if open_one else line
        try:
            words = shlex.split(open_one, comments=True)
        except ValueError:  # the quote goes on
            continue
        if words:
            yield open_one.strip()
        open_one = ""
    assert not open_one, f"a quote without end: {open_one}"


def words_of(command):
    """The words of a command, without what is set before it and what is said behind it."""
    words = shlex.split(command, comments=True)
    while words and re.match(r"^[A-Z_]+=", words[0]):
        words.pop(0)
    return words


def check_cx(rest):
    """A command of the launcher, with options that it takes."""
    name, *args = rest or ["help"]
    known = {n.removeprefix("cmd_") for n in vars(commands) if n.startswith("cmd_")}
    name = name.replace("-", "_")
    assert name in known | {"help"}, f"there is no ./cx {name}"
    check = globals().get(f"check_{name}")
    if check:
        check(args)
    else:
        assert not args, f"./cx {name} takes no arguments"


def check_load(args):
    given, rest = commands.load_options().parse_known_args(args)
    assert not rest, f"./cx load does not know {rest}"
    assert given.database


def check_bench(args):
    benchmarks.options_of(args)


def check_lint(args):
    assert set(args) <= {"--fix"}


def check_odoo_tests(args):
    assert set(args) <= set(suites.SUITES)


def check_reset(args):
    assert set(args) <= {"--all"}


def check_screenshots(args):
    assert set(args) <= set(screenshots.PICTURES)


def check_test(args):
    """Paths that are there, and options that pytest and ours know."""
    known = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:odoo", "--help", *map(str, [ROOT / "tests"])],
        capture_output=True, text=True, check=True, cwd=ROOT,
    ).stdout  # fmt: skip
    values = iter(args)
    for arg in values:
        if arg in ("-k", "-m"):
            assert next(values), f"{arg} needs something"
        elif arg.startswith("-n"):
            assert re.fullmatch(r"-n\d+", arg)
        elif arg.startswith("--"):
            assert re.search(rf"{re.escape(arg.partition('=')[0])}\b", known), arg
        elif arg.startswith("-"):
            assert re.search(rf"(?<!\S){re.escape(arg)}[ ,]", known), f"pytest has no {arg}"
        else:
            file, _, name = arg.partition("::")
            assert (ROOT / file).exists(), f"there is no {file}"
            assert not name or f"def {name.split('::')[-1]}" in (ROOT / file).read_text() or (
                f"class {name}" in (ROOT / file).read_text()
            ), f"{file} has no {name}"  # fmt: skip


def check_run(args):
    words = list(args)
    if words[:1] in (["-d"], ["--database"]):
        assert re.fullmatch(r"[a-z]\w*", words[1])
        words = words[2:]
    check_options(words)


def check_odoo(args):
    """Options of Odoo's server, or one of its commands."""
    from odoo.cli.command import find_command, load_internal_commands  # its list is its own

    if args and not args[0].startswith("-"):
        load_internal_commands()
        assert find_command(args[0]), f"Odoo has no command {args[0]}"
        return
    check_options(args)


def check_options(args):
    from odoo.tools import config

    options, rest = config.parser.parse_args(list(args))
    assert not rest, f"Odoo's server takes no {rest}"
    assert options


def check_psql(args):
    assert not args or args[0] == "-c", "only ./cx psql, and ./cx psql -c"


def check_make(args):
    targets = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert set(args) <= set(targets.split())


def check_git(args):
    assert args[0] in {"archive", "clone", "config", "switch", "commit", "log", "tag"}


def check_pip(args):
    assert args[0] == "install"
    assert re.fullmatch(r"dist/cx_lifecycle-\S+\.whl", args[1]), args


def check_python(args):
    """A file of ours, with options that it takes; run below."""
    assert (ROOT / args[0]).is_file(), f"there is no {args[0]}"


def check_curl(args):
    """Posted by tests/docs/test_api_page.py."""
    assert any("/json/2/" in arg for arg in args)


def check_cd(args):
    assert len(args) == 1


def check_export(args):
    assert all(re.match(r"^[A-Z_]+=", arg) for arg in args)


WRITTEN = written()


@pytest.mark.parametrize(("place", "command"), WRITTEN, ids=[place for place, _ in WRITTEN])
def test_command_is_known(place, command):
    for part in re.split(r"\s&&\s", command):
        program, *rest = words_of(part) or [""]
        if not program:
            continue
        if program == "./cx":
            check_cx(rest)
        else:
            check = globals().get(f"check_{Path(program).name}")
            assert check, f"{place}: {program} is a program that no test knows"
            check(rest)


def test_commands_are_found():
    """The search for commands finds what is there."""
    found = [command for _place, command in WRITTEN]
    assert "./cx run" in found
    assert "./cx test" in found
    assert any(command.startswith("curl ") for command in found)
    assert len(found) > 30


@pytest.mark.parametrize("wrong", [
    "./cx fly", "./cx run --wings", "./cx load orders.csv", "./cx bench --only flying",
    "./cx test tests/nowhere", "./cx test --wings", "./cx odoo fly", "./cx build now",
    "python bench/wings.py", "odoo --wings", "wings",
])  # fmt: skip
def test_a_wrong_command_is_noticed(wrong):
    with pytest.raises((AssertionError, SystemExit)):
        test_command_is_known("here", wrong)


@pytest.mark.parametrize(("args", "said"), [
    ([], "./cx run"), (["help"], "./cx load"), (["--help"], "CX_HOME"),
    (["load", "--help"], "--shift-to-today"), (["load", "--help"], "customer_id,date,amount"),
])  # fmt: skip
def test_the_launcher_tells_how_it_is_used(args, said):
    done = subprocess.run(
        [sys.executable, ROOT / "cx", *args],
        capture_output=True, text=True, check=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"},
    )  # fmt: skip
    assert said in done.stdout


def test_the_launcher_tells_of_every_command():
    usage = (ROOT / "cx").read_text(encoding="utf-8")
    for name in vars(commands):
        if name.startswith("cmd_"):
            assert f"./cx {name.removeprefix('cmd_').replace('_', '-')}" in usage


def test_the_launcher_tells_what_it_does_not_know():
    with pytest.raises(shell.Problem, match="no command fly"):
        commands.main(["fly"], "")


BACKTEST = [command for _place, command in WRITTEN if "bench/backtest.py cx_lifecycle" in command]


@pytest.mark.parametrize("command", sorted(set(BACKTEST)))
def test_the_back_test_finds_the_figures_of_the_page(command):
    """`docs/rhythm.md` tells what this command prints, to three digits."""
    done = subprocess.run(
        [sys.executable, *words_of(command)[1:]],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    page = (ROOT / "docs" / "rhythm.md").read_text(encoding="utf-8")
    [row] = re.findall(r"^\| CDNOW sample, 31 Dec 1997 \|(.*)\|$", page, re.MULTILINE)[-1:]
    figures = re.findall(r"(?<!\d)\.\d{3}", row)
    assert len(figures) == 7
    found = re.findall(r"0?(\.\d{3})\b", done.stdout)
    assert set(figures) <= set(found), (figures, done.stdout)
