"""What happens to an installation in processes of their own: Odoo commands, and scripts in it."""

import json
import os
import subprocess
import tarfile
from contextlib import contextmanager
from pathlib import Path

from faults.sink import Sink

from odoo.sql_db import close_db

from dev import databases
from dev.odoo import BATCH, CONF, environment
from dev.packages import PYTHON
from dev.shell import ADDONS, ROOT

RELEASE = ROOT / "tests" / "data" / "cx_lifecycle-19.0.1.0.0.tar.xz"
SCRIPT = """
import json, sys
sys.path[:0] = [{tests!r}, {root!r}]
from {module} import {function}
print("MADE" + json.dumps({function}(env, **{values!r}), default=str))
"""


@contextmanager
def shop(kind, folder):
    """A shop that has used both addons, with campaigns under way.

    :return: name of its database, the mail server, and what it was like at first
    """
    env, name = dict(os.environ), f"cx_{kind}_{os.getpid()}"
    databases.clone(env, os.environ["CX_FULL_DB"], name)
    try:
        with Sink(folder / "journal") as sink:
            yield name, sink, script(name, "fill", smtp_port=sink.port)
            close_db(name)
    finally:
        databases.drop(env, name)


def unpack(folder):
    """The release before this one, as an addons path; docs/upgrading.md says how it was made."""
    with tarfile.open(RELEASE) as archive:
        archive.extractall(folder, filter="data")
    return folder


def odoo(database, *words, addons_path=ROOT, input=None):
    """An Odoo command on a database: what it wrote, once it has ended well."""
    named = not str(words[0]).startswith("-")
    command = [PYTHON, "-m", "odoo", f"--addons-path={addons_path}", *words[:named]]
    command += ["-c", CONF, "-d", database, *words[named:]]
    done = subprocess.run(
        [str(word) for word in command], text=True, input=input, env=environment(dict(os.environ)),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    assert not done.returncode, done.stdout[-6000:]
    return done.stdout


def change(database, *options, addons_path=ROOT):
    """Install or update modules; whatever Odoo complains of is a failure."""
    log = odoo(database, *BATCH, *options, addons_path=addons_path)
    assert not complaints(log), "\n".join(complaints(log))
    return log


def install(database, **options):
    return change(database, "-i", ",".join(ADDONS), **options)


def update(database, **options):
    return change(database, "-u", ",".join(ADDONS), **options)


def complaints(log):
    words = (" WARNING ", " ERROR ", " CRITICAL ", "Traceback")
    return [line for line in log.splitlines() if any(word in line for word in words)]


def script(database, function, addons_path=ROOT, **values):
    """Call ``function`` of ``scenario.inside`` within that Odoo; what it returns, through JSON."""
    text = SCRIPT.format(
        tests=str(ROOT / "tests"), root=str(ROOT), module="scenario.inside",
        function=function, values=values,
    )  # fmt: skip
    options = ["--no-http", "--log-level=warn"]
    said = odoo(database, "shell", *options, addons_path=addons_path, input=text)
    assert "MADE" in said, said[-6000:]
    return json.loads(said.rpartition("MADE")[2].splitlines()[0])


def sizes(folder):
    """Number of files, for a release must not be empty."""
    return sum(1 for path in Path(folder).rglob("*") if path.is_file())
