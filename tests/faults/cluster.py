"""A PostgreSQL of the harness's own, so that it may be struck down without harm to others."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg2

from dev import postgres

# what a shop may well have set, at its worst: who crashes forgets the commits of ten seconds
SETTINGS = {
    "shared_buffers": "'128MB'",
    "synchronous_commit": "off",
    "wal_writer_delay": "'10s'",
    "timezone": "'Asia/Tokyo'",
}


class Cluster:
    """A server with one database, a copy of another server's; on a socket of its own."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="cx-faults-"))
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.programs = postgres.server_programs()
        self.who = postgres.server_user()
        self.env = {**os.environ, "PGHOST": str(self.data), "PGPORT": "5432", "PGUSER": "odoo"}
        for name in ("PGDATABASE", "PGPASSWORD", "PGSERVICE"):
            self.env.pop(name, None)
        self.connections = {}
        self.here = {"cwd": "/", "env": {**self.env, "LC_ALL": "C"}, **self.who}

    def __enter__(self):
        self.data.mkdir()
        if self.who:
            os.chown(self.data, self.who["user"], self.who["group"])
        postgres.create_cluster(self.programs, self.data, self.data, self.here)
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
        postgres.start(self.programs, self.data, self.here)
        return self

    def __exit__(self, *_error):
        self._forget()
        self._ctl("stop", "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ctl(self, *words):
        cmd = [self.programs / "pg_ctl", "-D", self.data, "-w", "-t", "60", *words]
        # its output goes to the log: a pipe would stay open with the server
        silent = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        subprocess.run(cmd, check=True, start_new_session=True, **silent, **self.here)

    def crash(self):
        """The server ends without a word to anybody, as if killed, and starts again."""
        self._forget()
        self._ctl("restart", "-m", "immediate", "-l", self.data / "server.log")

    def _forget(self):
        for connection in self.connections.values():
            connection.close()
        self.connections.clear()

    def copy(self, source_env, source, name):
        """A database of another server, copied into this one."""
        self.sql(f'CREATE DATABASE "{name}"', database="postgres")
        dump = self.folder / "dump"
        self._tool("pg_dump", "-Fc", "-Z0", "-f", dump, "-d", source, env=source_env)
        self._tool("pg_restore", "-j2", "-d", name, dump, env=self.env)
        dump.unlink()

    def _tool(self, program, *words, env):
        subprocess.run([self.programs / program, *words], check=True, env=env)

    def _connection(self, database):
        connection = self.connections.get(database)
        if connection is None or connection.closed:
            connection = self.connections[database] = psycopg2.connect(
                host=str(self.data), port=5432, user="odoo", dbname=database,
                application_name="harness",
            )  # fmt: skip
            connection.autocommit = True
        return connection

    def sql(self, query, *values, database):
        """Run one statement and commit; its rows."""
        with self._connection(database).cursor() as cr:
            cr.execute(query, values or None)
            return cr.fetchall() if cr.description else []
