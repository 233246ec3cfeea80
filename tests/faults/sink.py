"""A mail server on the loopback that fails as it is told, and writes down what it took.

    with Sink(journal) as sink:
        sink.rules.append(Rule("rcpt", "451 4.7.1 Try later", to="ada@example.com"))
        ...
        sink.taken()

Whatever it takes is in the journal before its answer leaves, as with a real server: whoever
counts duplicates and losses counts there.
"""

import asyncio
import contextlib
import email
import json
import logging
import os
import random
import threading
import time
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP

HOST = "127.0.0.1"
logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # it tells of every connection cut
FOREVER = 3600.0


@dataclass
class Rule:
    """What goes wrong, where, and for whom. The first rule that fits is followed.

    ``phase``   connect, mail, rcpt, data (instead of 354), body (after 354, before the body is
                read) or dot (the message is read)
    ``reply``   is the answer; with 421 the connection is closed. Without it all goes well
    ``wait``    seconds before that
    ``drop``    cut the connection instead of answering
    ``take``    at the dot: the message is taken nevertheless, before anything else
    ``to``      only for this recipient (from ``rcpt`` on)
    ``numbers`` only for these messages, counted from 1
    ``share``   only for this part of the messages, by the sink's own dice
    ``times``   only so often
    ``grey``    only until so many seconds after this recipient was first named
    """

    phase: str
    reply: str = ""
    wait: float = 0.0
    drop: bool = False
    take: bool = False
    to: str = ""
    numbers: tuple = ()
    share: float = 1.0
    times: float = float("inf")
    grey: float = 0.0

    def __post_init__(self):
        self.hits = []  # (number, recipient, the client's port) of each time it was followed
        self.named = {}  # when each recipient was first named


class Sink:
    """The server, in a thread of its own. ``rules`` may be changed at any time."""

    def __init__(self, journal, rules=(), seed=0, **options):
        self.path, self.rules = journal, list(rules)
        self.options = {"enable_SMTPUTF8": True, **options}  # of aiosmtpd's SMTP
        self.dice = random.Random(seed)
        self.number = self.connections = 0
        self.reader = None  # called with the line of what was taken, before it is answered
        self.loop = asyncio.new_event_loop()
        self.port = 0
        self.server = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.journal = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        with open(self.path, encoding="utf-8") as lines:
            self.lines = [json.loads(line) for line in lines]
        self.thread.start()
        self.accept()
        return self

    def __exit__(self, *_error):
        self.refuse()
        self._call(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()
        os.close(self.journal)

    def refuse(self):
        """From now on, no new connection: nobody listens."""
        self._call(self._close())

    def accept(self):
        """Listen, on the same port as before."""
        self._call(self._open())

    def taken(self, since=0):
        """The journal from that line on."""
        return self.lines[since:]

    # ------------------------------------------------------- within the thread
    def _run(self):
        asyncio.set_event_loop(self.loop)
        # a connection that is cut on purpose is no error to tell about
        self.loop.set_exception_handler(lambda _loop, _context: None)
        self.loop.run_forever()

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    async def _open(self):
        if self.server:
            return
        self.server = await self.loop.create_server(
            lambda: Session(self), HOST, self.port, reuse_address=True
        )
        self.port = self.server.sockets[0].getsockname()[1]

    async def _close(self):
        if self.server:
            self.server.close()
            self.server = None

    async def _end(self):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def rule(self, phase, number, recipient, port):
        """The rule to follow now, if any."""
        now = time.time()
        for rule in self.rules:
            fits = (
                rule.phase == phase
                and rule.times > len(rule.hits)
                and rule.to in ("", recipient)
                and (not rule.numbers or number in rule.numbers)
                and (not rule.grey or now < rule.named.setdefault(recipient, now) + rule.grey)
                and (rule.share >= 1 or self.dice.random() < rule.share)
            )
            if fits:
                rule.hits.append((number, recipient, port))
                return rule
        return None

    async def handle_DATA(self, session, _state, _envelope):
        return await session.message_read()

    def take(self, number, envelope):
        """Responsibility for the message: from here on it counts as received."""
        head, _, body = envelope.content.partition(b"\r\n\r\n")
        headers = email.message_from_bytes(head)
        line = {
            "number": number,
            "at": time.time(),
            "sender": envelope.mail_from,
            "recipient": envelope.rcpt_tos[0],
            "message_id": headers["Message-ID"],
            "headers": {name: str(value) for name, value in headers.items()},
            "body": body.decode("latin-1"),
        }
        os.write(self.journal, json.dumps(line).encode() + b"\n")
        self.lines.append(line)
        return line


class Session(SMTP):
    """One connection. aiosmtpd speaks; here is decided when it does not."""

    def __init__(self, sink):
        self.sink, self.number, self.recipient = sink, 0, ""
        super().__init__(
            sink, hostname="sink.test", loop=sink.loop, timeout=FOREVER, **sink.options
        )

    async def _fault(self, phase):
        """Follow a rule: the answer it gives, None when all goes on as if nothing had been."""
        port = self.transport.get_extra_info("peername")[1]
        rule = self.sink.rule(phase, self.number, self.recipient, port)
        if phase == "dot" and (not rule or rule.take or not (rule.reply or rule.drop)):
            line = self.sink.take(self.number, self.envelope)
            if self.sink.reader:
                await self.sink.loop.run_in_executor(None, self.sink.reader, line)
        if not rule:
            return None
        await asyncio.sleep(rule.wait)
        if rule.drop:
            if phase == "body":
                await self._reader.read(1)  # the client is sending now
            self.transport.abort()
            raise ConnectionResetError
        return rule.reply or None

    async def push(self, status):
        await super().push(status)
        if status.startswith("421"):
            self.transport.close()
        elif status.startswith("354") and (answer := await self._fault("body")):
            await self.push(answer)

    async def _handle_client(self):
        self.sink.connections += 1
        with contextlib.suppress(ConnectionError):
            if answer := await self._fault("connect"):
                await self.push(answer)
            else:
                await super()._handle_client()

    async def smtp_MAIL(self, arg):
        self.sink.number += 1
        self.number, self.recipient = self.sink.number, ""
        if answer := await self._fault("mail"):
            await self.push(answer)
        else:
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg):
        self.recipient = self._getaddr(self._strip_command_keyword("TO:", arg))[0]
        if answer := await self._fault("rcpt"):
            await self.push(answer)
        else:
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg):
        if answer := await self._fault("data"):
            await self.push(answer)
        else:
            await super().smtp_DATA(arg)

    async def message_read(self):
        return await self._fault("dot") or "250 2.0.0 Taken"
