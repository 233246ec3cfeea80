"""The walls hold, and each would be noticed if it did not. Needs no database."""

from pathlib import Path

import pytest

from lint.walls import ADDONS, WALLS, complaints

ROOT = Path(__file__).parents[2]
ROOMS = (*ADDONS, "dev", "tests", "bench")
FILES = [
    *(p for room in ROOMS for p in sorted((ROOT / room).rglob("*")) if p.is_file()),
    ROOT / "cx",
    ROOT / "setup.py",
]
SAMPLES = [
    (name, kind, path, text)
    for name, wall in WALLS.items()
    for kind in ("bad", "good")
    for path, text in getattr(wall, kind)
]


@pytest.mark.parametrize("name", WALLS)
def test_wall_holds(name):
    wall = WALLS[name]
    found = []
    for file in FILES:
        path = file.relative_to(ROOT)
        if wall.about(path):
            found += complaints(wall, path, file.read_text(encoding="utf-8"))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("name", "kind", "path", "text"), SAMPLES)
def test_wall_notices(name, kind, path, text):
    wall, path = WALLS[name], Path(path)
    assert wall.about(path)
    assert bool(complaints(wall, path, text)) == (kind == "bad")


@pytest.mark.parametrize("addon", ADDONS)
def test_addon_has_a_readme(addon):
    assert (ROOT / addon / "README.rst").is_file()
