"""Where Odoo 19 comes from."""

import contextlib
import os
import re
import sys
from pathlib import Path

from dev.debian import fetch_debian
from dev.packages import site_packages
from dev.shell import HOME, Problem, fresh, run, step

SERIES = "19.0"
GIT = "https://github.com/odoo/odoo"


def odoo_source(packages_ready):
    """The folder to put on sys.path so that `import odoo` is Odoo 19."""
    if given := os.environ.get("ODOO_SOURCE"):
        if (found := series(given)) != SERIES:
            raise Problem(
                f"ODOO_SOURCE={given} is not an Odoo {SERIES} source tree: its odoo/release.py "
                + (f"says {found}" if found else "is not there")
            )
        return Path(given).resolve()
    for entry in filter(None, sys.path):
        if series(entry) == SERIES and Path(entry, "odoo", "addons", "base").is_dir():
            return Path(entry).resolve()
    kept = HOME / "odoo"
    if series(kept) != SERIES:
        fetch(kept, packages_ready)
    return kept


def fetch(target, packages_ready):
    reasons = []
    for way in (fetch_debian, fetch_git):
        try:
            return way(target, packages_ready)
        except (RuntimeError, OSError) as error:  # the next way may do
            reasons.append(f"  - {way.__doc__}: {error}")
    raise Problem(
        f"Odoo {SERIES} could not be fetched.\n" + "\n".join(reasons) + "\n"
        f"  Fetch it yourself and name it:\n"
        f"      git clone --depth 1 --branch {SERIES} {GIT} ~/odoo\n"
        f"      ODOO_SOURCE=~/odoo ./cx {' '.join(sys.argv[1:])}"
    )


def fetch_git(target, _packages_ready):
    """git clone of odoo/odoo"""
    url = os.environ.get("CX_ODOO_GIT", GIT)
    options = ["--quiet", "--depth=1", "--filter=blob:none", "--no-checkout", "--branch", SERIES]
    env = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    # only the files that are needed travel: no history, no other languages
    wanted = ["/*", "!**/i18n/*.po", "!**/i18n/*.pot", "**/i18n/fr.po"]
    with step(f"Odoo {SERIES} from git"), fresh(target) as work:
        done = run(["git", "clone", *options, url, work], check=False, env=env)
        if done.returncode:
            lines = done.stdout.strip().splitlines()
            said = next((line for line in lines if line.startswith("fatal:")), "git failed")
            raise RuntimeError(said)
        run(["git", "-C", work, "sparse-checkout", "set", "--no-cone", *wanted])
        run(["git", "-C", work, "checkout", "--quiet", SERIES])


def series(folder):
    """The series of the Odoo found in this sys.path entry, or None."""
    with contextlib.suppress(OSError):
        text = (Path(folder) / "odoo" / "release.py").read_text(encoding="utf-8")
        match = re.search(r"version_info\s*=\s*\(\s*'?([^,']+)'?\s*,\s*(\d+)", text)
        return match and f"{match[1]}.{match[2]}"


def version(source):
    """What to compare to know that another Odoo is in use."""
    if (source / ".git" / "HEAD").exists():
        return run(["git", "-C", source, "rev-parse", "HEAD"]).stdout.strip()
    return f"{source} {(source / 'odoo' / 'release.py').stat().st_mtime_ns}"


def link(source):
    """Make `import odoo` work in the environment, whoever starts it."""
    pth = site_packages() / "odoo-source.pth"
    if not pth.exists() or pth.read_text(encoding="utf-8") != f"{source}\n":
        pth.write_text(f"{source}\n", encoding="utf-8")
