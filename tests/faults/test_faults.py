"""Real processes, real commits, real faults: nobody is mailed twice, and nothing is lost.

A round is one fault among mails on their way, and the comparison of what the mail server took with
what the database says once everything has ended. ``./cx test tests/faults`` plays each kind a few
times. For a night:

    CX_FAULT_TIMES=100 CX_FAULT_SEED=7 ./cx test tests/faults/test_faults.py

plays each a hundred times as often; the same seed throws the same dice. The table is printed at
the end, and kept in .cx/faults.txt.
"""

import os
from collections import defaultdict

import pytest
from faults import happenings as h
from faults.check import COLUMNS, OVER, judge, table
from faults.world import World

from dev.shell import HOME

TIMES = int(os.environ.get("CX_FAULT_TIMES", "1"))
SEED = int(os.environ.get("CX_FAULT_SEED", "1"))
PLAN = {  # what happens, and how often
    "nothing": (h.nothing, 1),
    "sender killed, any moment": (h.killed, 3),
    "sender killed at RCPT": (h.killed_in("rcpt"), 1),
    "sender killed before the 354": (h.killed_in("data"), 1),
    "sender killed while the body is read": (h.killed_in("body"), 1),
    "sender killed, taken, not yet answered": (h.killed_in("dot", take=True), 2),
    "both hosts killed while customers enter": (h.enrolled, 1),
    "host stopped (SIGTERM) before the 354": (h.stopped("data"), 1),
    "host stopped (SIGTERM) before the answer": (h.stopped("dot"), 2),
    "database sessions cut": (h.cut(), 2),
    "database sessions cut before the 354": (h.cut_in("data"), 1),
    "database sessions cut before the answer": (h.cut_in("dot"), 1),
    "job locks cut": (h.cut("state = 'idle in transaction'"), 1),
    "database crashed before the 354": (h.crashed("data"), 1),
    "database crashed before the answer": (h.crashed("dot"), 1),
    "421 at MAIL": (h.answered("mail", "421 4.7.0 Too fast", times=2), 1),
    "421 after the dot": (h.answered("dot", "421 4.3.2 Closing", times=2), 1),
    "451 at RCPT": (h.answered("rcpt", "451 4.7.1 Try later", times=6), 1),
    "451 after the dot": (h.answered("dot", "451 4.3.0 Try later", times=6), 1),
    "greylisted": (h.answered("rcpt", "451 4.7.1 Greylisted", share=1, grey=1.5), 1),
    "550 at RCPT": (h.answered("rcpt", "550 5.1.1 Unknown", state="refused"), 1),
    "550 after the dot": (h.answered("dot", "550 5.7.1 Spam", state="refused"), 1),
    "connection cut before the 354": (h.silent("data", False, drop=True), 1),
    "connection cut after the dot, not taken": (h.silent("dot", True, drop=True), 1),
    "connection cut after the dot, taken": (h.silent("dot", True, drop=True, take=True), 1),
    "nobody listens": (h.unreachable, 1),
    "answer slower than the lease": (h.slow, 1),
    "bought while sending": (h.changed("purchase"), 1),
    "deal opened while sending": (h.changed("deal"), 1),
    "opted out while sending": (h.changed("opt-out"), 1),
    "blacklisted while sending": (h.changed("blacklist"), 1),
    "archived while sending": (h.changed("archive"), 1),
    "paused while sending": (h.paused, 1),
    "two campaigns, one message allowed": (h.crowded, 1),
    "opened before the answer": (h.opened, 1),
    "clocks jump ahead": (h.clock(2), 1),
    "clocks jump back": (h.clock(-2), 1),
    "quiet hours": (h.hushed, 1),
}
ROUNDS = sum(times for _happen, times in PLAN.values()) * TIMES
PEOPLE, A_ROUND = 300, 14


@pytest.fixture(scope="module")
def world():
    with World(SEED, PEOPLE, campaigns=ROUNDS * A_ROUND // PEOPLE + 3, by_stage=TIMES) as world:
        yield world


@pytest.fixture(scope="module")
def rows():
    return defaultdict(lambda: dict.fromkeys(COLUMNS, 0))


def play(world, happen):
    """One round; what it did and the verdict on it."""
    try:
        outcome = happen(world)
    finally:
        world.sink.rules.clear()
        world.sink.reader = None
        world.sink.accept()
        world.mend()
        world.settle()
    acts, since = world.acts(), outcome.begun.act
    verdict = judge(
        world.sink.taken(outcome.begun.line),
        [act for act in acts if act.id > since],
        world.bans,
        outcome.expected,
        outcome.uncertain,
        {*outcome.excused, *world.twins},
        [act for act in acts if act.id <= since],
    )
    verdict.wrong += outcome.problems
    return outcome, verdict


@pytest.mark.parametrize("name", PLAN)
def test_round(world, rows, name):
    happen, times = PLAN[name]
    wrong, row = [], rows[name]
    for _round in range(times * TIMES):
        outcome, verdict = play(world, happen)
        row["rounds"] += 1
        row["struck"] += outcome.struck
        for column in COLUMNS[2:]:
            row[column] += getattr(verdict, column)
        wrong += verdict.wrong
    assert not wrong, "\n".join(wrong)
    assert row["struck"] or name == "nothing", "the fault met no mail on its way"


def test_the_whole_journal(world, rows, capsys):
    """All rounds together: what one of them sent does not come back in a later one."""
    everything = world.sink.taken()
    verdict = judge(everything, world.acts(), world.bans, OVER, uncertain=len(everything))
    rows["in a later round"].update(
        {
            column: getattr(verdict, column) - sum(row[column] for row in rows.values())
            for column in ("messages", "duplicates", "lost", "banned")
        }
    )
    (HOME / "faults.txt").write_text(f"seed {SEED}\n{table(rows)}\n")
    with capsys.disabled():
        print(f"\n{table(rows)}")
    assert not verdict.wrong, "\n".join(verdict.wrong)
