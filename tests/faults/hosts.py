"""Odoo as a shop runs it: processes of their own, that can be killed."""

import contextlib
import os
import signal
import socket
import subprocess
import urllib.request

from dev.odoo import environment
from dev.packages import PYTHON

START = 120  # seconds within which Odoo has to be up


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Host:
    """One Odoo with its scheduled actions: threads, or processes of their own when ``prefork``."""

    def __init__(self, name, conf, env, database, senders, prefork=False):
        self.name, self.senders, self.prefork = name, senders, prefork
        # by a file, for so Odoo starts the process for long polling, too
        start = conf.parent / "start.py"
        start.write_text("from odoo.cli.command import main\n\nmain()\n", encoding="utf-8")
        self.log = conf.parent / f"{name}.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.command = [
            PYTHON, start, "-c", conf, "-d", database, "--db-filter", f"^{database}$",
            "--http-port", self.port, "--gevent-port", free_port(), "--db_maxconn", 32,
            "--workers", 1 if prefork else 0, "--max-cron-threads", senders,
        ]  # fmt: skip
        self.env = environment(env)
        self.process, self.up = None, False

    def start(self):
        self.up = False
        self.seen = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in self.command], env=self.env, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def serves(self):
        """Whether it is up: it has read the database, and answers."""
        if self.up or not self.running():
            return self.up and self.running()
        with self.log.open(encoding="utf-8", errors="replace") as log:
            log.seek(self.seen)
            if "Registry loaded" in log.read():
                with contextlib.suppress(OSError):
                    answer = urllib.request.urlopen(f"{self.url}/web/health", timeout=5)
                    self.up = answer.status == 200
        return self.up

    def kill(self):
        """All its processes at once, without a word: a power cut."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self):
        """As a service is stopped: it is told to end, and may finish what it does."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(40)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)  # children that stay behind

    def running(self):
        return self.process is not None and self.process.poll() is None
