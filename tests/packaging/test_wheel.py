"""One wheel holds both addons, and Odoo installs them from it alone."""

import json
import os
import shutil
import subprocess
import sysconfig
import zipfile
from pathlib import Path

import pytest

import odoo.release
from odoo.tools import config

from dev import databases
from dev.odoo import BATCH

ROOT = Path(__file__).parents[2]
ADDONS = ("cx_lifecycle", "cx_lifecycle_mail")
ASK = """
import json, odoo.modules
found = {"addons_path": list(odoo.addons.__path__)}
for name in ADDONS:
    data = env["ir.model.data"].search([("module", "=", name)])
    views = env["ir.ui.view"].browse(
        data.filtered(lambda d: d.model == "ir.ui.view").mapped("res_id"))
    french = views.with_context(lang="fr_FR")
    found[name] = {
        "path": odoo.modules.get_module_path(name),
        "state": env["ir.module.module"].search([("name", "=", name)]).state,
        "views": len(views),
        "french": sum(a.arch_db != b.arch_db for a, b in zip(views, french)),
    }
print("FOUND" + json.dumps(found))
"""


def run(*cmd, **kwargs):
    done = subprocess.run(
        [str(part) for part in cmd],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **kwargs,
    )
    assert not done.returncode, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def uv():
    assert "CX_UV" in os.environ, "run it by ./cx test, which tells where uv is"
    return os.environ["CX_UV"]


@pytest.fixture(scope="module")
def wheel(uv, tmp_path_factory):
    source = tmp_path_factory.mktemp("source")
    for name in ("setup.py", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    for name in ADDONS:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("*.pyc"))
    options = ["--quiet", "--offline", "--wheel", "--no-build-isolation"]
    python = Path(sysconfig.get_path("scripts")) / "python"
    run(uv, "build", *options, "--python", python, "--out-dir", source / "dist", source)
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def clean(uv, wheel, tmp_path_factory):
    """An environment with the wheel; Odoo and what it needs are only visible."""
    folder = tmp_path_factory.mktemp("clean")
    python = Path(sysconfig.get_path("scripts")) / "python"
    run(uv, "venv", "--quiet", "--offline", "--python", python, folder / "venv")
    inner = folder / "venv" / "bin" / "python"
    run(uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", inner, wheel)
    site = next((folder / "venv" / "lib").glob("python3*/site-packages"))
    source = Path(odoo.release.__file__).parents[1]
    (site / "visible.pth").write_text(f"{sysconfig.get_path('purelib')}\n{source}\n")
    (folder / "odoo.conf").write_text(
        "[options]\n"
        + "".join(
            f"{name} = {config[name] or ''}\n"
            for name in ("data_dir", "db_host", "db_port", "db_user", "db_password")
        )
    )
    return folder


@pytest.fixture
def database():
    """Odoo's own modules, as they are before our addons."""
    env = dict(os.environ)
    name = f"cx_wheel_{os.getpid()}"
    databases.clone(env, os.environ["CX_BASE_DB"], name)
    yield name
    databases.drop(env, name)


def test_wheel_holds_every_file(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"odoo/addons/{path.relative_to(ROOT)}"
        for name in ADDONS
        for path in (ROOT / name).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert not wanted - held
    assert not [name for name in held if name.startswith("odoo/") and name not in wanted]


def test_odoo_installs_from_the_wheel(clean, database):
    cmd = [clean / "venv" / "bin" / "python", "-m", "odoo"]
    common = ["-c", clean / "odoo.conf", "-d", database]
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "ODOO_RC")}
    log = run(*cmd, *common, *BATCH, "-i", ",".join(ADDONS), cwd=clean, env=env)
    assert not [line for line in log.splitlines() if " ERROR " in line or " WARNING " in line]
    ask = f"ADDONS = {ADDONS!r}\n{ASK}"
    said = run(*cmd, "shell", *common, "--no-http", input=ask, cwd=clean, env=env)
    found = json.loads(said.rpartition("FOUND")[2].splitlines()[0])
    assert str(ROOT) not in found["addons_path"]
    for name in ADDONS:
        assert found[name]["state"] == "installed"
        assert Path(found[name]["path"]).is_relative_to(clean)
        assert found[name]["views"]
        assert found[name]["french"]
