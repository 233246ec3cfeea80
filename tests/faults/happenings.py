"""The faults: what happens while mails are being sent, and what may come of it."""

import contextlib
import email
import os
import re
import signal
import time
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime
from email.policy import default
from zoneinfo import ZoneInfo

from faults.check import GRACE, Ban
from faults.sink import FOREVER, Rule
from faults.waiting import wait_for

RELAY = 0.04  # seconds until a mail server answers, so that there is a while to strike in
HELD = 20.0  # seconds for which it holds its answer where somebody is struck meanwhile
ZONES = ("Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "America/St_Johns")


@dataclass
class Outcome:
    """What was done, and what the round may end with."""

    begun: object
    struck: int = 1  # whether the fault met mails on their way
    expected: tuple = ("done",)
    uncertain: int = 0
    excused: tuple = ()
    problems: list = field(default_factory=list)  # besides


def _enter(world, *rules, number=12, relay=RELAY, parts=3):
    """People enter while the mail server follows these rules."""
    world.sink.rules[:] = [*rules, Rule("dot", wait=relay)]
    return world.enter(number, parts)


def _next(world):
    """One of the next messages that the server sees."""
    return (world.sink.number + world.dice.randint(1, 7),)


def nothing(world):
    return Outcome(_enter(world, number=24), struck=0)


# -------------------------------------------------------------------- processes
def killed_in(phase, **how):
    """Kill whoever waits for the server's answer in a phase."""

    def happen(world):
        rule = Rule(phase, wait=HELD, times=1, numbers=_next(world), **how)
        begun = _enter(world, rule)
        if not world.hit(begun, rule):
            return Outcome(begun, struck=0)
        in_hand = _kill(*world.sender(rule.hits[0][-1]))
        # of the one who waited before the body, it is sure that nothing was handed over
        return Outcome(begun, uncertain=in_hand - (phase in ("mail", "rcpt", "data")))

    return happen


def _kill(pid, host):
    """Kill a process that sends; how many messages it may have had in hand."""
    if pid == host.process.pid:
        host.kill()
        return host.senders
    os.kill(pid, signal.SIGKILL)
    return 1


def killed(world):
    """Kill some sender at any moment."""
    begun = _enter(world, relay=4 * RELAY)
    if not world.flowing(begun, world.dice.randint(1, 8)):
        return Outcome(begun, struck=0)
    time.sleep(world.dice.random() * 4 * RELAY)  # the moment itself is the dice's
    with contextlib.suppress(TimeoutError):
        wait_for(lambda: world.senders() or world.over(begun), 5, "a sender")
    if not (senders := world.senders()):
        return Outcome(begun, struck=0)
    pid = world.dice.choice(list(senders))
    return Outcome(begun, uncertain=_kill(pid, senders[pid][0]))


def stopped(phase, **how):
    """Stop a host as a service is stopped, and start it again: nothing may stay in doubt."""

    def happen(world):
        rule = Rule(phase, wait=1.0, times=1, numbers=_next(world), **how)
        begun = _enter(world, rule)
        if not world.hit(begun, rule):
            return Outcome(begun, struck=0)
        _pid, host = world.sender(rule.hits[0][-1])
        host.stop()
        return Outcome(begun)

    return happen


# --------------------------------------------------------------------- database
def cut(which="true"):
    """End database sessions while mails are on their way; none of them may stay in doubt."""

    def happen(world):
        begun = _enter(world)
        flowing = world.flowing(begun, world.dice.randint(1, 8))
        time.sleep(world.dice.random() * RELAY)
        ended = world.cut(which)
        return Outcome(begun, struck=int(flowing and ended > 0), problems=_left_alone(world))

    return happen


def cut_in(phase):
    """The same, exactly while the server holds its answer."""

    def happen(world):
        rule = Rule(phase, wait=1.0, times=1, numbers=_next(world))
        begun = _enter(world, rule)
        if not world.hit(begun, rule):
            return Outcome(begun, struck=0)
        world.cut()
        return Outcome(begun, problems=_left_alone(world))

    return happen


def _left_alone(world):
    """The mail server did nothing wrong: it is not to be left alone for it."""
    world.settle()
    return ["the mail server was left alone"] * world.left_alone(ever=True)


def crashed(phase):
    """The database server goes down without a word and comes back."""

    def happen(world):
        rule = Rule(phase, wait=2.0, times=1, numbers=_next(world))
        begun = _enter(world, rule)
        if not world.hit(begun, rule):
            return Outcome(begun, struck=0)
        world.cluster.crash()
        world.flowing(begun, 3)
        # Odoo's own master process may end with the database, and takes its workers along
        return Outcome(begun, uncertain=sum(h.senders for h in world.hosts if not h.running()))

    return happen


# ------------------------------------------------------------------ mail server
def answered(phase, reply, state="done", share=0.3, **how):
    """The server refuses some: for now, and all arrive; for good, and none is tried again."""

    def happen(world):
        rule = Rule(phase, reply, share=share, **how)
        begun = _enter(world, rule)
        world.settle(begun)
        expected = {"done", state}
        return Outcome(begun, len(rule.hits), tuple(expected))

    return happen


def silent(phase, uncertain, **how):
    """The server cuts the connection; what it may have taken is in doubt, nothing else is."""

    def happen(world):
        rule = Rule(phase, share=0.3, times=3, **how)
        begun = _enter(world, rule)
        world.settle(begun)
        return Outcome(begun, len(rule.hits), uncertain=len(rule.hits) if uncertain else 0)

    return happen


def unreachable(world):
    """The server says goodbye, and nobody listens for a while."""
    closing = Rule("mail", "421 4.3.2 Shutting down", numbers=_next(world))
    begun = _enter(world, closing)
    if not world.hit(begun, closing):
        return Outcome(begun, struck=0)
    world.sink.refuse()
    for _again in range(3):  # it is tried, in vain, and left alone again
        world.pass_time()
        wait_for(lambda: world.poke() or world.left_alone(), 30, "it is tried", pause=0.3)
    world.sink.accept()
    return Outcome(begun)


def slow(world):
    """The server takes longer than a claim is believed in: its answer counts all the same."""
    rule = Rule("dot", wait=world.lease + 1.5, times=2)
    begun = _enter(world, rule, number=6)
    world.settle(begun)
    doubtful = lambda: [a for a in world.acts(begun.act) if a.state == "uncertain"]  # noqa: E731
    with contextlib.suppress(TimeoutError):
        wait_for(lambda: not doubtful(), 15, "late answers", pause=0.2)
    return Outcome(begun, len(rule.hits))


# ---------------------------------------------------------------------- people
def changed(kind):
    """Somebody buys, opts out or leaves while the mails are on their way."""

    def happen(world):
        begun = _enter(world, relay=0.4, parts=1)  # one sender, who takes them in turn
        world.flowing(begun, 1)
        partners = {email: partner for partner, email in begun.people if email not in world.twins}
        waiting = [a.email for a in world.acts(begun.act) if a.state in ("waiting", "claimed")]
        last = [address for address in waiting if address in partners][-4:]
        for address in last:
            change(world, kind, partners[address], address)
            key = begun.key if kind == "purchase" else ""
            world.bans.append(Ban(address, time.time(), key))
        world.settle(begun)
        taken = {line["recipient"] for line in world.sink.taken(begun.line)}
        return Outcome(begun, len({*last} - taken), excused=tuple(last))

    return happen


def change(world, kind, partner, address):
    """Commit one change, as a person or the person's mail program does."""
    if kind == "blacklist":
        world.rpc("mail.blacklist", "create", vals_list=[{"email": address}])
    elif kind == "opt-out":
        [(company,)] = world.sql("SELECT min(id) FROM res_company")
        values = {"email": address, "topic_id": world.topic, "company_id": company}
        world.rpc("cx.topic.optout", "create", vals_list=[values])
    elif kind == "archive":
        world.rpc("res.partner", "write", [partner], vals={"active": False})
    elif kind == "deal":
        values = {"name": "Deal", "type": "opportunity", "partner_id": partner}
        world.rpc("crm.lead", "create", vals_list=[values])
    elif kind == "purchase":
        line = {"name": "Thing", "product_id": world.product, "price_unit": 9}
        values = {"partner_id": partner, "order_line": [[0, 0, line]]}
        orders = world.rpc("sale.order", "create", vals_list=[values])
        world.rpc("sale.order", "action_confirm", orders)


def paused(world):
    """The campaign is paused and resumed: in between, nothing leaves."""
    begun = _enter(world, relay=0.4)
    world.flowing(begun, 1)
    world.rpc("cx.campaign", "action_pause", [world.campaign])
    since = time.time()
    wait_for(lambda: not world.held(begun), 30, "nobody holds a mail", pause=0.1)
    late = [line for line in world.sink.taken(begun.line) if line["at"] > since + GRACE]
    waited = len(world.waiting(begun))
    world.rpc("cx.campaign", "action_resume", [world.campaign])
    return Outcome(begun, waited, problems=["mailed after the pause"] * len(late))


def crowded(world):
    """Two campaigns want the same people, who get one message a week."""
    world.sql("UPDATE cx_campaign_act SET done_at = done_at - interval '40 days'")
    world.sql("UPDATE res_company SET cx_mail_cap = 1, cx_mail_cap_days = 7")
    begun = _enter(world)
    world.enter_also(begun)

    def turns_taken():
        world.take_turns(begun)
        world.poke()
        return not world.held(begun) and min(world.waiting(begun), default=FOREVER) >= 3600

    with contextlib.suppress(TimeoutError):
        wait_for(turns_taken, 30, "everybody had one", pause=0.3)
    reached = [line["recipient"] for line in world.sink.taken(begun.line)]
    world.sql("UPDATE res_company SET cx_mail_cap = 0")
    twice = len(reached) - len(set(reached))
    problems = ["more messages than the cap allows"] * twice
    return Outcome(begun, len(reached), problems=problems)


def opened(world):
    """A security gateway opens pictures and links before the server answers."""
    opened = []

    def read(line):
        for url in links(line):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(url, timeout=10).read()
                opened.append(url)

    world.sink.reader = read
    begun = _enter(world)
    world.settle(begun)
    world.sink.reader = None
    return Outcome(begun, len(opened))


def links(line):
    """The links and pictures of a message that lead to our hosts."""
    head = "".join(f"{name}: {value}\r\n" for name, value in line["headers"].items())
    message = email.message_from_bytes(
        (head + "\r\n" + line["body"]).encode("latin-1", "replace"), policy=default
    )
    html = message.get_body(("html",)).get_content()
    return [url for url in re.findall(r'(?:href|src)="(http://127[^"]+)"', html)
            if "unsubscribe" not in url]  # fmt: skip


# ------------------------------------------------------------------------ clock
def clock(hours):
    """The hosts' clocks jump: what was claimed seems long ago, or yet to come."""

    def happen(world):
        begun = _enter(world)
        flowing = world.flowing(begun, world.dice.randint(1, 6))
        world.sql(
            "UPDATE cx_campaign_act SET due_at = due_at - by.hours, claimed_at = claimed_at"
            " - by.hours, expires_at = expires_at - by.hours, not_before = not_before - by.hours"
            " FROM (SELECT %s * interval '1 hour' AS hours) AS by WHERE id > %s",
            hours,
            begun.act,
        )
        return Outcome(begun, struck=int(flowing))

    return happen


def hushed(world):
    """It is a quiet hour where the customers are: nothing leaves until it ends."""
    zone = world.dice.choice(ZONES)
    hour = datetime.now(ZoneInfo(zone)).hour
    world.sql("UPDATE res_company SET cx_quiet_from = %s, cx_quiet_to = %s",
              (hour - 1) % 24, (hour + 2) % 24)  # fmt: skip
    world.sql("UPDATE res_partner SET tz = %s WHERE ref LIKE 'f%%'", zone)
    begun = _enter(world)
    world.poke()
    waits = lambda: all(seconds > 600 for seconds in world.waiting(begun))  # noqa: E731
    wait_for(waits, 30, "everybody waits for the end of the quiet hours")
    early = len(world.sink.taken(begun.line))
    world.sql("UPDATE res_company SET cx_quiet_from = 0, cx_quiet_to = 0")
    return Outcome(begun, problems=["mailed in a quiet hour"] * early)


def enrolled(world):
    """Kill both hosts while customers enter by their stage and the first mails leave."""
    world.sink.rules[:] = [Rule("dot", wait=RELAY)]
    campaign, begun = world.by_stage.pop(), world.mark()
    world.rpc("cx.campaign", "action_resume", [campaign])
    time.sleep(world.dice.random())  # the moment itself is the dice's
    senders = sum(host.senders for host in world.hosts)
    for host in world.hosts:
        host.kill()
    world.mend()
    entered = "SELECT 1 FROM cx_campaign_run WHERE campaign_id = %s"
    wait_for(lambda: world.poke() or world.sql(entered, campaign), 60, "somebody enters")
    world.settle(begun)
    return Outcome(begun, uncertain=senders, problems=world.entered_wrongly(campaign))
