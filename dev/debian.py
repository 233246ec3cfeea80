"""Odoo 19 as Debian packages it, unpacked in a folder of ours."""

import ast
import os
import re
import shutil
import subprocess
from pathlib import Path

from dev.apt import Apt
from dev.packages import site_packages
from dev.shell import HOME, fresh, run, started, step

PACKAGE = "odoo-19"
MODULES = "usr/lib/python3/dist-packages"
# What a developer never reads. 1.2 GB become 0.35.
LEFT_OUT = (
    "./etc",
    "./usr/share/doc",
    "./usr/share/man",
    "./usr/share/lintian",
    f"./{MODULES}/addons",  # a second copy of every .py
    "*/i18n/*.pot",
    "*/i18n/[a-eg-z]*.po",
    "*/i18n/f[a-qs-z]*.po",
)


def fetch_debian(target, packages_ready):
    """Debian's package"""
    for tool in ("apt-get", "dpkg-deb", "tar"):
        if not shutil.which(tool):
            raise RuntimeError(f"no {tool} here")
    problem = RuntimeError("apt has no package source")
    for mirror in mirrors():
        try:
            apt = Apt("odoo", f"deb [target=Packages signed-by={keyring()}] {mirror} sid main")
            install(apt, target, packages_ready)
            apt.done()
            return
        except RuntimeError as error:
            problem = error
    raise problem


def keyring():
    for end in (".gpg", ".pgp"):
        path = Path(f"/usr/share/keyrings/debian-archive-keyring{end}")
        if path.exists():
            return path
    raise RuntimeError("the package debian-archive-keyring is not installed")


def mirrors():
    """Those that this machine already uses, asked from apt itself."""
    if given := os.environ.get("CX_DEBIAN_MIRROR"):
        return [given]
    cmd = ["apt-get", "update", "--print-uris", "-o", f"Dir::State::lists={HOME / 'apt-lists'}"]
    listed = run(cmd, check=False).stdout
    found = re.findall(r"^'(\S+?)/dists/\S+/InRelease'", listed, re.M)
    return [mirror for mirror in dict.fromkeys(found) if "security" not in mirror]


def install(apt, target, packages_ready):
    package = apt.show(PACKAGE)
    # its web pages' fonts and scripts are links into these packages
    parts = [
        dependency.split()[0]
        for dependency in package["Depends"].split(", ")
        if re.match(r"(libjs|fonts)-", dependency) and "|" not in dependency
    ]
    size = int(package["Size"]) // 1_000_000
    with step(f"Odoo {package['Version']} from Debian ({size} MB)", apt.downloaded):
        debs = apt.download(PACKAGE, *parts)
    with step("Odoo: unpacking"), fresh(target.with_name("odoo-root")) as root:
        for deb in debs:
            unpack(deb, root)
        packages_ready()  # the icon font is among the Python packages
        give_icons(root / MODULES / "odoo/addons")
        give_scripts(root / MODULES / "odoo/addons")
    target.unlink(missing_ok=True)
    target.symlink_to(f"odoo-root/{MODULES}")


def unpack(deb, into):
    excludes = [f"--exclude={pattern}" for pattern in LEFT_OUT]
    options = ["--no-same-owner", "--wildcards", "--wildcards-match-slash", *excludes]
    with started(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as data:
        done = run(["tar", "-x", "-C", into, *options], stdin=data.stdout, check=False)
    if data.returncode or done.returncode:
        deb.unlink()
        raise RuntimeError(f"{deb.name} is damaged; it will be fetched again")


def give_icons(addons):
    """Debian moved on to Font Awesome 7, Odoo's icons are those of 4.7."""
    for link in (p for p in addons.rglob("*") if p.is_symlink() and not p.exists()):
        where = f"xstatic/pkg/font_awesome/data/fonts/{link.name}"
        if font := next(site_packages().glob(where), None):
            link.unlink()
            shutil.copyfile(font, link)


def give_scripts(addons):
    """A script that is listed but not there breaks every page test: put an empty one."""
    for manifest in addons.glob("*/__manifest__.py"):
        bundles = ast.literal_eval(manifest.read_text(encoding="utf-8")).get("assets", {})
        names = [n.lstrip("/") for b in bundles.values() for n in b if isinstance(n, str)]
        for name in names:
            script = addons / name
            listed = name.endswith(".js") and "*" not in name
            if listed and not script.exists() and (addons / name.split("/")[0]).is_dir():
                script.parent.mkdir(parents=True, exist_ok=True)
                script.write_text("// not part of the Debian package\n", encoding="utf-8")
