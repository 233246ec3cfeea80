"""Debian packages as files, by apt but without touching the system."""

import os
import re
import shutil

from dev.shell import HOME, run


class Apt:
    """apt with lists and sources of its own, so that any user may use it.

    It checks every signature as it always does. `source` is a line of a
    sources.list; without it, the machine's own are used. The folder is kept
    until `done`, so that what was downloaded is not downloaded again after an
    interruption.
    """

    def __init__(self, name, source=None):
        self.folder = folder = HOME / f"apt-{name}"
        self.debs = folder / "debs"
        shutil.rmtree(folder / "lists", ignore_errors=True)
        for part in ("", "debs", "lists/partial", "cache/archives/partial"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        for part in (folder, *folder.rglob("*")):
            if part.is_dir():
                part.chmod(0o755)  # apt downloads as a user of its own
        (folder / "status").touch()
        (folder / "apt.conf").write_text(self._conf(source), encoding="utf-8")
        self.env = {**os.environ, "APT_CONFIG": str(folder / "apt.conf"), "LC_ALL": "C"}
        self.updated = run(["apt-get", "update", "-q"], env=self.env, check=False).stdout

    def _conf(self, source):
        folder = self.folder
        lines = [
            f'Dir::State::lists "{folder}/lists"; Dir::State::status "{folder}/status";',
            f'Dir::Cache "{folder}/cache";',
            'Dir::Etc::preferences "-"; Dir::Etc::preferencesparts "-";',
            'Acquire::Languages "none"; Acquire::Retries "3";',
            "#clear APT::Update::Post-Invoke; #clear APT::Update::Post-Invoke-Success;",
        ]
        if source:
            (folder / "sources.list").write_text(source + "\n", encoding="utf-8")
            lines.append(f'Dir::Etc::sourcelist "{folder}/sources.list";')
            lines.append('Dir::Etc::sourceparts "-";')
        return "\n".join(lines) + "\n"

    def _explain(self, text, prefixes, otherwise):
        lines = [line for line in text.splitlines() if line.startswith(prefixes)]
        return RuntimeError((lines or [otherwise])[0])

    def show(self, name):
        """The package's own description, as a dictionary."""
        cmd = ["apt-cache", "show", "--no-all-versions", name]
        text = run(cmd, env=self.env, check=False).stdout
        found = dict(re.findall(r"^([\w-]+): (.*)$", text, re.M))
        if "Version" not in found:
            bad = ("E:", "Err:", "W: GPG", "W: Failed")
            raise self._explain(self.updated, bad, f"Debian has no package {name} any more")
        return found

    def download(self, *names):
        """The packages' files; those that are there already stay as they are."""
        cmd = ["apt-get", "download", "-q", *names]
        done = run(cmd, env=self.env, cwd=self.debs, check=False)
        if done.returncode:
            text = self.updated + done.stdout
            raise self._explain(text, ("E:", "Err:"), "apt-get download failed")
        return [next(self.debs.glob(f"{name}_*.deb")) for name in names]

    def downloaded(self):
        size = sum(p.stat().st_size for p in self.debs.rglob("*") if p.is_file())
        return f"{size // 1_000_000} MB"

    def done(self):
        shutil.rmtree(self.folder, ignore_errors=True)
