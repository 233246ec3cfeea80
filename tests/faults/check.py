"""What a round did: the mail server's journal against the database. Knows neither of them."""

from collections import Counter
from dataclasses import dataclass, field

GRACE = 1.0  # seconds after its commit from which a change must be respected
LEFT = ("done", "uncertain")  # what an act is whose message the server took
OVER = (*LEFT, "refused", "skipped", "failed")


@dataclass(frozen=True)
class Act:
    """A mail of a campaign as the database has it."""

    id: int
    message_id: str
    email: str
    step: int
    key: str  # the cause of the participation
    state: str
    reason: str
    arm: str
    told: tuple  # outcomes of its attempts


@dataclass(frozen=True)
class Ban:
    """From a moment on, an address is not to be written to: at all, or for one cause."""

    email: str
    since: float = 0.0
    key: str = ""


@dataclass
class Verdict:
    """Numbers for the table, and in words what is wrong."""

    messages: int = 0
    duplicates: int = 0
    lost: int = 0
    banned: int = 0
    uncertain: int = 0
    wrong: list = field(default_factory=list)

    def add(self, column, what):
        setattr(self, column, getattr(self, column) + 1)
        self.wrong.append(f"{column}: {what}")


def judge(taken, acts, bans=(), expected=("done",), uncertain=0, excused=(), others=()):
    """Compare what a mail server took with what the database says.

    :param taken: lines of the journal: dicts of message_id, recipient, at
    :param acts: every :class:`Act` there is a word about
    :param others: acts of other rounds; a server that was slow to read may have taken theirs now
    :param expected: the states in which acts may end, uncertain apart
    :param uncertain: how many may be uncertain
    :param excused: addresses that may end in any state
    """
    others = {act.message_id for act in others}
    taken = [line for line in taken if line["message_id"] not in others]
    verdict = Verdict(len(taken))
    by_message = {act.message_id: act for act in acts if act.message_id}
    held = Counter(line["message_id"] for line in taken)
    reached = Counter()
    for line in taken:
        act = by_message.get(line["message_id"])
        if act is None:
            verdict.add("lost", f"{line['recipient']}: taken, but no act knows of it")
            continue
        reached[line["recipient"], act.step, act.key] += 1
        if line["recipient"] != act.email or act.arm != "treated":
            verdict.add("banned", f"act {act.id} ({act.arm}): mailed to {line['recipient']}")
        for ban in bans:
            if ban.email == line["recipient"] and ban.key in ("", act.key):
                late = line["at"] - ban.since
                if late > GRACE:
                    verdict.add("banned", f"{ban.email}: mailed {late:.1f} s after the change")
    for whom, times in reached.items():
        for _again in range(times - 1):
            verdict.add("duplicates", f"{whom}: {times} times")
    for act in acts:
        for said in _amiss(act, held[act.message_id], (*expected, "uncertain"), excused):
            verdict.add("lost", f"act {act.id} to {act.email}: {said}")
    verdict.uncertain = sum(act.state == "uncertain" for act in acts)
    if verdict.uncertain > uncertain:
        verdict.wrong.append(f"uncertain: {verdict.uncertain}, {uncertain} at most")
    return verdict


def _amiss(act, held, expected, excused):
    """What is wrong with one act of which the server holds so many messages."""
    if act.state not in OVER:
        yield f"still {act.state}"
    elif act.state not in expected and act.email not in excused:
        yield f"{act.state} ({act.reason})"
    if held and act.state not in LEFT:
        yield f"taken, but {act.state}"
    if not held and act.state == "done":
        yield "done, but never taken"
    # what is told of it: who was uncertain and was heard of later keeps both
    if act.state == "uncertain" and "uncertain" not in act.told:
        yield "uncertain, but nowhere listed"
    if act.told.count("sent") > held:
        yield "told to be sent more often than it was taken"
    if act.state == "done" and not set(act.told) & {"sent", "uncertain"}:
        yield "done, but no attempt tells of it"


COLUMNS = ("rounds", "struck", "messages", "duplicates", "lost", "banned", "uncertain")
HEADS = ("rounds", "struck", "messages", "D", "L", "O", "U")


def table(rows):
    """``{fault: {column: number}}`` as text, with the sum."""
    total = {column: sum(row[column] for row in rows.values()) for column in COLUMNS}
    lines = [f"{'fault':<44}" + "".join(f"{head:>9}" for head in HEADS)]
    for name, row in {**rows, "all": total}.items():
        lines.append(f"{name:<44}" + "".join(f"{row[column]:>9}" for column in COLUMNS))
    return "\n".join(lines)
