"""The parts about campaigns: entry, sending, workers, the claim."""

from bench.mailserver import MailServer
from bench.measure import apart, together
from bench.report import row, say, seconds, title

ANSWER = 0.005  # seconds in which the server of the workers gives each answer
WORKERS = (1, 2, 4)
LINKS = 5  # in letter.html


def measure(only, database, customers, mails):
    """What was chosen of these parts, on a base of so many customers; it is changed for good."""
    if "sending" in only:
        print_sending(*sending(database, mails), mails)
    if "workers" in only:
        print_workers(workers(database, mails // 2))
    if "entry" in only:
        print_entry(apart("entry.enter", database), customers)
    if "claim" in only:
        print_claims(apart("entry.claim", database, customers))


# ------------------------------------------------------------------- sending
def sending(database, mails):
    """The same mail through Odoo's mass mailing and through campaigns."""
    found = {}
    with MailServer() as server:
        for number in (mails // 5, mails):
            apart("sending.prepare", database, number)
            campaign(found, str(number), database, server, number)
        campaign(found, "salespeople", database, server, mails, sender="salesperson")
        odoo = apart("sending.through_odoo", database, server.port)
        odoo["bytes"] = taken(server, mails)
    return found, odoo


def campaign(found, name, database, server, mails, **values):
    _campaign, entered = apart("sending.due", database, server.port, values)
    found[name] = apart("sending.through_campaign", database) | {"entry": entered}
    found[name]["bytes"] = taken(server, mails)


def taken(server, mails):
    """The size of a message, when everybody got one of them."""
    messages = server.taken()
    recipients = {recipient for recipient, _size, _links in messages}
    if not len(messages) == len(recipients) == mails:
        raise AssertionError(f"{len(messages)} messages for {len(recipients)} of {mails} people")
    if wrong := [links for _recipient, _size, links in messages if links < LINKS]:
        raise AssertionError(f"{len(wrong)} messages have not all of their links")
    return sum(size for _recipient, size, _links in messages) // mails


def print_sending(found, odoo, mails):
    title(
        f"sending {mails} mails", "ms of Odoo", "ms of PostgreSQL", "queries", "mails per s",
        "wall, mails per s", "kB",
    )  # fmt: skip
    both = {"campaign": found[str(mails)], "in the name of salespeople": found["salespeople"]}
    for name, of in both.items():
        mail_row(f"{name}: entry", of["entry"], mails)
        mail_row(f"{name}: delivery", of["send"], mails, of["bytes"])
    mail_row("Odoo: into the queue", odoo["queue"], mails)
    mail_row("Odoo: delivery", odoo["send"], mails, odoo["bytes"])
    theirs = odoo["queue"].main + odoo["send"].main
    for name, of in both.items():
        ours = of["entry"].main + of["send"].main
        row(f"**{name}, entry and delivery**", "", "", "", f"× {theirs / ours:.1f}", "", "")
    title("peak memory of Odoo while sending", "MB more than before")
    for number in (mails // 5, mails):
        row(f"campaign, {number} mails", f"{found[str(number)]['memory']:.1f}")
    row(f"Odoo, {mails} mails", f"{odoo['memory']:.1f}")


def mail_row(name, cost, mails, size=0):
    postgres = "not visible" if cost.postgres is None else f"{1000 * cost.postgres / mails:.2f}"
    row(
        name, f"{1000 * cost.odoo / mails:.2f}", postgres, f"{cost.queries / mails:.1f}",
        f"{mails / cost.main:.0f}", f"{mails / cost.wall:.0f}",
        f"{size / 1000:.1f}" if size else "",
    )  # fmt: skip


# ------------------------------------------------------------------- workers
def workers(database, mails):
    """Mails per second, by the clock, of several workers and a server that takes its time."""
    speeds = {}
    apart("sending.prepare", database, mails)
    with MailServer(ANSWER) as server:
        for number in WORKERS:
            apart("sending.due", database, server.port, {})
            spans = together(number, "sending.worker", database)
            taken(server, mails)
            began, ended = zip(*spans, strict=True)
            speeds[number] = mails / (max(ended) - min(began))
    return speeds


def print_workers(speeds):
    title("workers, 5 ms for each answer", "wall, mails per s", "of one worker")
    for number, speed in speeds.items():
        row(number, f"{speed:.1f}", f"× {speed / speeds[1]:.2f}")


# --------------------------------------------------------------------- entry
def print_entry(found, customers):
    report = found["report"]
    title(f"entry, {customers} dormant customers", "s", "wall", "ratio")
    addon, bare = found["addon"], found["floor"]
    row("the addon", seconds(addon), f"{addon.wall:.2f}", "")
    row(
        f"bare INSERT of {report['enter']} runs and {found['acts']} acts", seconds(bare),
        f"{bare.wall:.2f}", f"**{addon.main / bare.main:.2f}**",
    )  # fmt: skip
    look = found["look"]
    row("numbers before the launch", seconds(look), f"{look.wall:.2f}", "")
    reasons = ", ".join(f"{reason} {count}" for reason, count in report["excluded"].items())
    say(
        f"\n{report['audience']} in the audience, {report['enter']} enter,"
        f" {report['held_out']} of them held out; excluded: {reasons}\n"
        f"rows that differ from those found by hand: {found['differences']};"
        f" numbers that do: {found['counted_otherwise'] or 0};"
        f" the same numbers before: {'yes' if found['same_numbers'] else '**no**'}"
    )


def print_claims(found):
    title(f"claim of {found['lot']} among {found['due']} due", "median ms", "p95 ms", "longest ms")
    beside = "beside as many of a paused campaign"
    for name, of in (("claim", found["claim"]), (beside, found["beside"])):
        row(name, f"{of['p50']:.1f}", f"{of['p95']:.1f}", f"{of['most']:.1f}")
    say("\n" + "; ".join(found["claim"]["scans"]))
