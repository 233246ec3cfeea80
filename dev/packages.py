"""The Python packages: those of requirements.txt, in an environment of their own."""

import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path

from dev.apt import Apt
from dev.shell import HOME, ROOT, Problem, files_digest, fresh, run, step

UV = "0.13.9"
UV_LOCK = threading.Lock()
VENV = HOME / "venv"
PYTHON = VENV / "bin" / "python"


def python_env():
    """Install what requirements.txt says, unless it is what there is."""
    wanted = ROOT / "requirements.txt"
    stamp = f"{files_digest([wanted])} {sys.version_info[:2]}"
    done = VENV / "stamp"
    if done.exists() and done.read_text() == stamp:
        return
    with step("Python packages"):
        if not PYTHON.exists():
            # Odoo 19 is for Python 3.10 to 3.13; uv finds or fetches one where this is not
            fits = (3, 10) <= sys.version_info[:2] <= (3, 13)
            wish = sys.executable if fits else ">=3.10,<3.14"
            uv("venv", "--quiet", "--clear", "--python", wish, VENV)
        uv("pip", "sync", "--quiet", "--python", PYTHON, "--require-hashes", wanted)
        done.write_text(stamp)


def site_packages():
    return next((VENV / "lib").glob("python3*/site-packages"))


def uv(*args, **kwargs):
    env = dict(os.environ)
    if "PIP_INDEX_URL" in env:
        env.setdefault("UV_DEFAULT_INDEX", env["PIP_INDEX_URL"])
    env.pop("PYTHONPATH", None)
    return run([find_uv(), *args], env=env, **kwargs)


def find_uv():
    """The installer: the machine's, or one fetched by pip."""
    if found := shutil.which("uv"):
        return found
    target = HOME / "uv"
    with UV_LOCK:
        if not (target / "bin" / "uv").exists():
            with fresh(target) as work:
                install_uv(work)
    return str(target / "bin" / "uv")


def install_uv(target):
    options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--target", target]
    problem = ""
    for pip in pips():
        done = run([*pip, "install", *options, f"uv=={UV}"], check=False)
        if not done.returncode:
            return
        problem = done.stdout.strip().splitlines()[-1:] or [""]
        problem = f"\n  The last try said: {problem[0]}"
    raise Problem(
        "no pip was found, or it could not fetch the installer of the Python packages.\n"
        "  Debian or Ubuntu: apt-get install python3-pip    elsewhere: python3 -m ensurepip"
        f"{problem}"
    )


def pips():
    """Every way to get a pip, the cheapest first."""
    yield [sys.executable, "-m", "pip"]
    with tempfile.TemporaryDirectory(dir=HOME) as tmp:
        if not run([sys.executable, "-m", "venv", f"{tmp}/v"], check=False).returncode:
            yield [f"{tmp}/v/bin/python", "-m", "pip"]
        elif shutil.which("apt-get"):
            # a bare Debian has neither pip nor ensurepip, and fetching its wheel needs no root
            yield from debian_pip(Path(tmp))


def debian_pip(folder):
    with step("pip"):
        apt = Apt("pip")
        try:
            for deb in apt.download("python3-pip-whl"):
                run(["dpkg-deb", "-x", deb, folder])
        except RuntimeError as error:
            raise Problem(f"pip could not be fetched: {error}") from error
        apt.done()
    for wheel in folder.glob("usr/share/python-wheels/pip-*.whl"):
        yield [sys.executable, wheel / "pip"]
