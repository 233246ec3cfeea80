"""What the faults happen to: two Odoo hosts, their database, a mail server, and the people."""

import contextlib
import json
import os
import random
import shutil
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg2
from faults.check import Act, Ban
from faults.cluster import Cluster
from faults.hosts import START, Host
from faults.sink import Sink
from faults.waiting import wait_for

from dev.odoo import FILESTORE, environment
from dev.packages import PYTHON
from dev.shell import HOME, ROOT

DATABASE = "cx_faults"
LEASE = 5  # seconds for which a claim is believed in
SETTLED = 60  # seconds after a fault within which everything has to have ended
NOW = "(now() AT TIME ZONE 'UTC')"
FILL = """
import sys
sys.path[:0] = [{tests!r}, {root!r}]
from faults import shop
shop.main(env, **{values!r})
"""


@dataclass
class Round:
    """Those who entered for one round, and where the records stood before."""

    key: str
    people: list  # (partner id, address)
    line: int  # of the journal
    act: int  # the highest id


class World:
    """Everything, from the first process to the last; used as a context."""

    database = DATABASE

    lease = LEASE

    def __init__(self, seed, customers, campaigns, by_stage):
        """
        :param seed: of all dice
        :param customers: how many
        :param campaigns: how many that are entered by hand; by_stage: by one's stage
        """
        self.dice = random.Random(seed)
        self.made = {"customers": customers, "campaigns": campaigns, "by_stage": by_stage}
        self.stack = contextlib.ExitStack()
        self.bans, self.rounds = [], 0
        self.pool = []

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.cluster = stack.enter_context(Cluster())
            self.folder = Path(self.cluster.folder)
            source = os.environ["CX_FULL_DB"]
            self.cluster.copy(dict(os.environ), source, DATABASE)
            data = self.folder / "odoo"
            if (FILESTORE / source).is_dir():
                shutil.copytree(
                    FILESTORE / source, data / "filestore" / DATABASE, copy_function=os.link
                )
            self.conf = self._conf(data)
            self.sink = stack.enter_context(Sink(self.folder / "journal", seed=self.dice.random()))
            env = self.cluster.env
            self.threads = Host("threads", self.conf, env, DATABASE, senders=4)
            self.workers = Host("workers", self.conf, env, DATABASE, senders=2, prefork=True)
            self.hosts = (self.threads, self.workers)
            self._fill()
            for host in self.hosts:
                stack.callback(self._end, host)
                host.start()
            for host in self.hosts:
                wait_for(host.serves, START, f"{host.name} serves", pause=0.1)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        for log in self.folder.glob("*.log"):
            shutil.copy(log, HOME / f"faults-{log.name}")
        return self.stack.__exit__(*error)

    @staticmethod
    def _end(host):
        if host.running():
            host.kill()

    def _conf(self, data):
        conf = self.folder / "odoo.conf"
        options = {
            "addons_path": ROOT, "data_dir": data, "http_interface": "127.0.0.1",
            "db_host": self.cluster.data, "db_port": 5432, "db_user": "odoo", "list_db": False,
            "log_level": "info", "limit_time_real": 120,
        }  # fmt: skip
        lines = (f"{name} = {value}\n" for name, value in options.items())
        conf.write_text("[options]\n" + "".join(lines), encoding="utf-8")
        return conf

    def _fill(self):
        values = {
            **self.made, "lease": LEASE, "smtp_port": self.sink.port,
            "http_port": self.threads.port,
        }  # fmt: skip
        cmd = [PYTHON, "-m", "odoo", "shell", "-c", self.conf, "-d", DATABASE, "--no-http"]
        done = subprocess.run(
            [str(word) for word in cmd], text=True, capture_output=True, check=False,
            input=FILL.format(tests=str(ROOT / "tests"), root=str(ROOT), values=values),
            env=environment(self.cluster.env),
        )  # fmt: skip
        if "MADE" not in done.stdout:
            raise RuntimeError(f"the shop could not be filled:\n{done.stdout}{done.stderr[-4000:]}")
        made = json.loads(done.stdout.rpartition("MADE")[2].splitlines()[0])
        self.people = [tuple(person) for person in made["people"]]
        addresses = [email for _partner, email in self.people]
        self.twins = {email for email in addresses if addresses.count(email) > 1}
        self.bans = [Ban(email) for email in made["bans"]]
        self.by_hand, self.by_stage = made["by_hand"], made["by_stage"]
        self.other = self.by_hand.pop()
        self.topic, self.product, self.crons = made["topic"], made["product"], made["crons"]
        self.key = made["key"]

    # ------------------------------------------------------------------ asking
    def sql(self, query, *values):
        return self.cluster.sql(query, *values, database=DATABASE)

    def rpc(self, model, method, ids=(), **values):
        """A call of a public method, to whichever host answers."""
        body = json.dumps({"ids": list(ids), **values}).encode()
        head = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        problems = []

        def answer():
            for host in self.hosts:
                request = urllib.request.Request(f"{host.url}/json/2/{model}/{method}", body, head)
                try:
                    if host.serves():
                        with urllib.request.urlopen(request, timeout=60) as reply:
                            return [json.load(reply)]
                except urllib.error.HTTPError as error:
                    problems.append(error.read()[:2000])
                    if error.code < 500:  # else: it met a database session that is gone
                        raise RuntimeError(f"{model}.{method}: {problems[-1]}") from error
                except OSError as error:
                    problems.append(error)
            return None

        [result] = wait_for(answer, START, f"{model}.{method}: {problems[-1:]}", pause=0.1)
        return result

    def acts(self, since=0):
        """The mails that are to be sent or were, from an id on."""
        rows = self.sql(
            """
            SELECT a.id, a.message_id, coalesce(a.email, p.email_normalized), a.step_id,
                   r.campaign_id || ' ' || r.entry_key,
                   a.state, a.reason, r.arm, coalesce((SELECT array_agg(t.outcome)
                       FROM cx_campaign_attempt t WHERE t.act_id = a.id), '{}')
              FROM cx_campaign_act a JOIN cx_campaign_run r ON r.id = a.run_id
              JOIN cx_customer c ON c.id = a.customer_id
              JOIN res_partner p ON p.id = c.partner_id
             WHERE a.id > %s AND a.kind = 'mail' ORDER BY a.id
            """,
            since,
        )
        return [Act(*row[:-1], tuple(row[-1])) for row in rows]

    def waiting(self, begun):
        """Seconds from now until each act of a round is due."""
        return [
            row[0]
            for row in self.sql(
                f"SELECT extract(epoch FROM due_at - {NOW}) FROM cx_campaign_act"
                " WHERE id > %s AND state = 'waiting'",
                begun.act,
            )
        ]

    def held(self, begun):
        """How many mails of a round are in a worker's hands."""
        return self.sql(
            "SELECT count(*) FROM cx_campaign_act"
            " WHERE id > %s AND state IN ('claimed', 'sending')",
            begun.act,
        )[0][0]

    def left_alone(self, ever=False):
        """Whether the mail server is left alone now (was, lately)."""
        return bool(
            self.sql(
                "SELECT 1 FROM ir_mail_server WHERE cx_paused_until"
                f" > {NOW} - CASE WHEN %s THEN interval '1 minute' ELSE '0' END",
                ever,
            )
        )

    def entered_wrongly(self, campaign):
        """What is wrong with those who entered a campaign by their stage."""
        twice = self.sql(
            "SELECT customer_id FROM cx_campaign_run WHERE campaign_id = %s"
            " GROUP BY customer_id HAVING count(*) > 1",
            campaign,
        )
        wrong = self.sql(
            "SELECT r.customer_id FROM cx_campaign_run r WHERE r.campaign_id = %s"
            " AND (r.arm = 'treated') <> EXISTS (SELECT FROM cx_campaign_act WHERE run_id = r.id)",
            campaign,
        )
        return [f"entered twice: {row}" for row in twice] + [
            f"treated without an act, or held out with one: {row}" for row in wrong
        ]

    def senders(self):
        """Who is connected to the mail server now: {pid: (host, local ports)}."""
        found = {}
        for host in self.hosts:
            if not host.running():
                continue
            main = psutil.Process(host.process.pid)
            for process in (main, *main.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    ports = [
                        c.laddr.port
                        for c in process.net_connections("tcp")
                        if c.raddr and c.raddr.port == self.sink.port and c.status == "ESTABLISHED"
                    ]
                    if ports:
                        found[process.pid] = host, ports
        return found

    def sender(self, port):
        """(pid, host) of the process that speaks to the mail server from a port."""
        return next((pid, host) for pid, (host, ports) in self.senders().items() if port in ports)

    # ------------------------------------------------------------------- doing
    def enter(self, number, parts):
        """Let the next customers of the list enter a campaign by hand.

        :param parts: in so many requests, so that as many senders take some
        """
        if len(self.pool) < number:
            if not self.by_hand:
                raise RuntimeError("more rounds than campaigns: fill the shop with more")
            self.campaign = self.by_hand.pop(0)
            self.pool = list(self.people)
        people, self.pool = self.pool[:number], self.pool[number:]
        self.rounds += 1
        begun = self.mark(people)
        for part in range(parts):
            ids = [partner for partner, _email in people[part::parts]]
            self.rpc("cx.campaign", "enter", [self.campaign], partner_ids=ids, key=begun.key)
            self.poke()
        return begun

    def enter_also(self, begun):
        """Let the people of a round enter another campaign as well."""
        people = [partner for partner, _email in begun.people]
        self.rpc("cx.campaign", "enter", [self.other], partner_ids=people, key=begun.key)

    def take_turns(self, begun):
        """Who let another campaign go first is looked at again."""
        self.sql(
            f"UPDATE cx_campaign_act SET due_at = {NOW} WHERE id > %s AND state = 'waiting'"
            f" AND due_at BETWEEN {NOW} AND {NOW} + interval '5 minutes'",
            begun.act,
        )

    def mark(self, people=()):
        """Where the records stand now."""
        [(act,)] = self.sql("SELECT coalesce(max(id), 0) FROM cx_campaign_act")
        return Round(f"round {self.rounds}", list(people), len(self.sink.taken()), act)

    def cut(self, which="true"):
        """End Odoo's database sessions, but those of the master process; how many.

        That process ends with its session, and takes its workers along: a fault of its own.
        """
        [(count,)] = self.cluster.sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
            f" AND application_name LIKE 'odoo-%%' AND application_name <> %s AND {which}",
            DATABASE,
            f"odoo-{self.workers.process.pid}",
            database="postgres",
        )
        return count

    def poke(self):
        """Start the scheduled actions, as their triggers do."""
        self.sql(
            f"INSERT INTO ir_cron_trigger (cron_id, call_at) SELECT id, {NOW} FROM ir_cron"
            " WHERE id = ANY(%s) AND NOT EXISTS (SELECT FROM ir_cron_trigger t"
            f" WHERE t.cron_id = ir_cron.id AND t.call_at <= {NOW})",
            self.crons,
        )
        self.cluster.sql(f"NOTIFY cron_trigger, '{DATABASE}'", database="postgres")

    def pass_time(self):
        """What is to be looked at later is looked at now, and servers that wait are tried."""
        self.sql(
            f"UPDATE cx_campaign_act SET due_at = {NOW}, not_before = least(not_before, {NOW})"
            f" WHERE state = 'waiting' AND due_at > {NOW}"
        )
        self.sql(
            f"UPDATE ir_mail_server SET cx_paused_until = {NOW} - interval '1 second'"
            f" WHERE cx_paused_until > {NOW}"
        )

    def settle(self, begun=None):
        """Pass the time until everything of a round (of all of them) has ended."""

        def ended():
            try:
                self.pass_time()
                self.poke()
                return self.over(begun)
            except psycopg2.Error:
                return False  # it is being started again

        with contextlib.suppress(TimeoutError):  # what has not ended is told by the verdict
            wait_for(ended, SETTLED, "the end of the round", pause=0.3)

    def over(self, begun=None):
        """Whether all mails of a round (of all of them) have ended."""
        return not self.sql(
            "SELECT 1 FROM cx_campaign_act WHERE id > %s AND kind = 'mail'"
            " AND state IN ('waiting', 'claimed', 'sending') LIMIT 1",
            begun.act if begun else 0,
        )

    def flowing(self, begun, number):
        """Wait until so many messages of the round were taken; False when it ends before."""
        return self._until(begun, lambda: len(self.sink.taken()) - begun.line >= number)

    def hit(self, begun, rule):
        """Wait until a rule of the mail server strikes; False when the round ends before."""
        return self._until(begun, lambda: rule.hits)

    def _until(self, begun, condition):
        self.poke()
        wait_for(lambda: condition() or self.over(begun), SETTLED, "messages")
        return bool(condition())

    def mend(self):
        """Start what does not run, as whoever looks after the machine would."""
        for host in self.hosts:
            # a thread that does scheduled actions ends for good when the database is away
            if host.serves() and len(self.listening(host)) < host.senders:
                with contextlib.suppress(TimeoutError):
                    wait_for(lambda of=host: len(self.listening(of)) >= of.senders, 3, "crons")
                    continue
                host.stop()
        for host in self.hosts:
            if not host.running():
                host.start()

    def listening(self, host):
        """The sessions with which a host waits for its scheduled actions' triggers."""
        main = psutil.Process(host.process.pid)
        names = [f"odoo-{p.pid}" for p in (main, *main.children(recursive=True))]
        return self.cluster.sql(
            "SELECT 1 FROM pg_stat_activity WHERE datname = 'postgres'"
            " AND application_name = ANY(%s)",
            names,
            database="postgres",
        )
