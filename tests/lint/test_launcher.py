"""The launcher's own small promises. Needs no database."""

import re
import sys

import pytest

from dev import commands, odoo, shell


@pytest.mark.parametrize(
    "name", ["cx_demo", "cx_test", "cx_core_ab12", "postgres", "a b", 'x";', ""]
)
def test_load_refuses_names_that_are_not_for_the_user(name, tmp_path):
    file = tmp_path / "orders.csv"
    file.touch()
    with pytest.raises(shell.Problem, match="database's name"):
        commands.cmd_load([str(file), "--database", name])


def test_load_tells_that_the_file_is_not_there(tmp_path):
    with pytest.raises(shell.Problem, match="there is no file"):
        commands.cmd_load([str(tmp_path / "none.csv"), "-d", "myshop"])


def test_a_folder_appears_once_it_is_complete(tmp_path):
    target = tmp_path / "kept"
    with pytest.raises(RuntimeError), shell.fresh(target) as work:
        (work / "half").touch()
        raise RuntimeError
    assert not list(tmp_path.iterdir())
    with shell.fresh(target) as work:
        (work / "whole").touch()
        assert not target.exists()
    assert [p.name for p in tmp_path.rglob("*")] == ["kept", "whole"]


def test_a_failing_command_is_shown():
    with pytest.raises(shell.Problem, match="so it goes"):
        shell.run(["sh", "-c", "echo so it goes; exit 3"])


def test_paths_are_the_users_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test_x.py").touch()
    assert commands.absolute("test_x.py::T::m") == f"{tmp_path}/test_x.py::T::m"
    assert commands.absolute("tests/unit") == str(shell.ROOT / "tests" / "unit")
    assert commands.absolute("rhythm") == "rhythm"  # of -k rhythm
    assert commands.absolute("-x") == "-x"


def test_odoo_commands_get_the_database_where_they_take_one():
    given = ["-c", odoo.CONF, "-d", "cx_demo"]
    assert odoo.command(["shell", "--no-http"])[4:] == ["shell", *given, "--no-http"]
    assert odoo.command(["i18n", "export", "m"])[4:] == ["i18n", "export", *given, "m"]
    assert odoo.command(["cloc"])[4:] == ["cloc"]
    assert odoo.command(["-u", "m"])[3:] == [*given, "-u", "m"]


def test_parallel_workers_share_files_and_not_tests():
    files = [f"tests/unit/test_{name}.py" for name in ("needs", "power", "holdout", "proportion")]
    done = shell.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-v",
            "-n2",
            "-p",
            "no:odoo",
            "-p",
            "no:cacheprovider",
            *files,
        ],
        cwd=shell.ROOT,
    )
    ran = set(re.findall(r"^\[(gw\d)\] .* (tests/unit/\w+\.py)::", done.stdout, re.MULTILINE))
    assert sorted(file for _worker, file in ran) == sorted(files)
