"""One wheel holds both addons, and Odoo installs them from it alone."""

import ast
import email
import json
import os
import re
import shutil
import subprocess
import sysconfig
import tarfile
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


def build(uv, kind, source):
    """A wheel or an sdist of a folder; its path."""
    options = ["--quiet", "--offline", f"--{kind}", "--no-build-isolation"]
    python = Path(sysconfig.get_path("scripts")) / "python"
    run(uv, "build", *options, "--python", python, "--out-dir", source / "dist", source)
    (built,) = (source / "dist").glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of the repository, so that building leaves nothing in it."""
    folder = tmp_path_factory.mktemp("source") / "source"
    left_out = shutil.ignore_patterns(
        "*.pyc", ".cx", ".git", "dist", "data", "images", ".hypothesis"
    )
    for name in ("tests", "dev", "bench", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for name in ADDONS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc"))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(uv, source):
    return build(uv, "wheel", source)


@pytest.fixture(scope="module")
def sdist(uv, source):
    return build(uv, "sdist", source)


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
    about = {name for name in held - wanted if ".dist-info/" in name}
    assert held == wanted | about
    assert {f"odoo/addons/{name}/static/description/icon.png" for name in ADDONS} <= held
    # the manifests name the tests of the web client; nothing else that only developers need
    assert not [name for name in held if "/tests/" in name.replace("/static/tests/", "/")]


def test_metadata(wheel):
    with zipfile.ZipFile(wheel) as files:
        [folder] = {name.split("/")[0] for name in files.namelist() if ".dist-info/" in name}
        said = email.message_from_bytes(files.read(f"{folder}/METADATA"))
        top = files.read(f"{folder}/licenses/LICENSE").decode()
        below = files.read(f"{folder}/licenses/LICENSE.GPL").decode()
    manifest = ast.literal_eval((ROOT / ADDONS[0] / "__manifest__.py").read_text("utf-8"))
    assert said["Name"] == "odoo-addon-cx_lifecycle"
    assert said["Version"] == manifest["version"]
    assert said["Summary"] == manifest["summary"]
    assert said["License"] == "LGPL-3.0-or-later"
    assert said.get_all("License-File") == ["LICENSE", "LICENSE.GPL"]
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in top
    assert "GNU GENERAL PUBLIC LICENSE" in below
    assert said["Requires-Python"] == ">=3.10"
    assert said.get_all("Requires-Dist") == ["python-dateutil"]
    assert said["Description-Content-Type"] == "text/markdown"
    text = said.get_payload()
    assert text.startswith("# Customer lifecycle for Odoo 19")
    assert len(text) > 3000
    leading = re.findall(r"\]\(((?!https?:|mailto:)[^)]*)\)", text)
    assert not leading, "these lead nowhere outside of the repository"


def test_sdist_makes_the_same_wheel(uv, sdist, wheel, tmp_path):
    with tarfile.open(sdist) as files:
        files.extractall(tmp_path, filter="data")
    [folder] = tmp_path.iterdir()
    rooms = {path.name for path in folder.iterdir()}
    assert {"LICENSE", "LICENSE.GPL", "README.md", "setup.py", *ADDONS} <= rooms
    assert not {"tests", "dev", "bench", "docs", ".cx", "cx"} & rooms, "the sdist holds ours alone"
    again = build(uv, "wheel", folder)
    one, two = ({i.filename: i.CRC for i in zipfile.ZipFile(w).infolist()} for w in (wheel, again))
    assert one == two


def test_the_unpacked_wheel_is_an_addons_path(wheel, tmp_path):
    """Both are found and read there; test_upgrade installs from an addons path of its own."""
    zipfile.ZipFile(wheel).extractall(tmp_path)
    path = tmp_path / "odoo" / "addons"
    ask = (
        "import odoo.init\nfrom odoo.tools import config\n"
        f"config.parse_config(['--addons-path={path}'])\n"
        "from odoo.modules import Manifest\nimport odoo.modules.module as m\n"
        "m.initialize_sys_path()\n"
        f"for name in {ADDONS!r}:\n"
        "    print(Manifest.for_addon(name).path, Manifest.for_addon(name).icon)\n"
    )
    python = Path(sysconfig.get_path("scripts")) / "python"
    found = run(python, "-P", "-c", ask, cwd=tmp_path).splitlines()[-2:]
    assert found == [f"{path / n} /{n}/static/description/icon.png" for n in ADDONS]


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
