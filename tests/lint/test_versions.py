"""Versions and migrations keep their discipline (docs/upgrading.md). Needs no database."""

import ast
import re
import tarfile
from pathlib import Path

import pytest

from lint.walls import ADDONS

ROOT = Path(__file__).parents[2]
# who has this one may go straight to the present: scripts since then stay
FIRST = "19.0.1.0.0"
SCRIPT = re.compile(r"(pre|post|end)-[a-z0-9_]+\.py")


def number(version):
    """'19.0.1.10.0' as what can be compared."""
    return tuple(map(int, version.split(".")))


def declared(text):
    return ast.literal_eval(text)["version"]


def bad_migrations(folder, first, present):
    """What is wrong with the migration scripts of an addon: sentences."""
    found = []
    for version in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not re.fullmatch(r"19\.0(\.\d+){3}", version.name):
            found.append(f"{version.name} is no version 19.0.x.y.z")
        elif not number(first) < number(version.name) <= number(present):
            found.append(f"{version.name} never runs from {first} to {present}")
        scripts = [path.name for path in version.iterdir() if path.suffix == ".py"]
        found += [f"{name}: call it pre-, post- or end-" for name in scripts
                  if not SCRIPT.fullmatch(name)]  # fmt: skip
        if not scripts:
            found.append(f"{version.name} holds no script")
    return found


@pytest.fixture(scope="module")
def release():
    """The release before this one, with which the upgrade test begins: version and archive."""
    [archive] = (ROOT / "tests" / "data").glob("cx_lifecycle-*.tar.xz")
    return archive.name.removeprefix("cx_lifecycle-").removesuffix(".tar.xz"), archive


def test_both_addons_have_one_version():
    versions = {declared((ROOT / a / "__manifest__.py").read_text("utf-8")) for a in ADDONS}
    assert len(versions) == 1
    assert re.fullmatch(r"19\.0(\.\d+){3}", versions.pop())


def test_the_archive_is_the_release_before(release):
    version, archive = release
    with tarfile.open(archive) as files:
        for addon in ADDONS:
            text = files.extractfile(f"{addon}/__manifest__.py").read().decode()
            assert declared(text) == version
    assert archive.stat().st_size < 1_000_000
    assert number(version) < number(declared((ROOT / ADDONS[0] / "__manifest__.py").read_text()))


@pytest.mark.parametrize("addon", ADDONS)
def test_migrations_run_when_they_should(addon):
    present = declared((ROOT / addon / "__manifest__.py").read_text("utf-8"))
    assert not bad_migrations(ROOT / addon / "migrations", FIRST, present)


def test_wrong_migrations_are_noticed(tmp_path):
    for version, script in (
        ("19.0.1.0.0", "post-old.py"), ("19.0.2.0.0", "post-far.py"), ("1.5", "post-x.py"),
        ("19.0.1.1.0", "after.py"), ("19.0.1.0.1", "pre-good.py"), ("19.0.1.0.2", "notes.txt"),
    ):  # fmt: skip
        (tmp_path / version).mkdir()
        (tmp_path / version / script).touch()
    said = bad_migrations(tmp_path, FIRST, "19.0.1.1.0")
    assert [sentence.split()[0].rstrip(":") for sentence in said] == [
        "1.5", "19.0.1.0.0", "19.0.1.0.2", "after.py", "19.0.2.0.0",
    ]  # fmt: skip
