"""The verdict on a round notices what must not happen."""

from dataclasses import replace

import pytest
from faults.check import COLUMNS, Act, Ban, judge, table

ADA = "ada@example.com"
GOOD = Act(1, "<1@x>", ADA, 10, "round 1", "done", None, "treated", ("sent",))
TAKEN = {"message_id": "<1@x>", "recipient": ADA, "at": 100.0}


def test_all_is_well():
    verdict = judge([TAKEN], [GOOD])
    assert not verdict.wrong
    assert (verdict.messages, verdict.uncertain) == (1, 0)


WRONG = {
    "the same message twice": ("duplicates", [TAKEN, TAKEN], [GOOD]),
    "the same step twice, as two messages": (
        "duplicates",
        [TAKEN, {**TAKEN, "message_id": "<2@x>"}],
        [GOOD, replace(GOOD, id=2, message_id="<2@x>")],
    ),
    "nobody knows of it": ("lost", [TAKEN], []),
    "said to be sent, never taken": ("lost", [], [GOOD]),
    "taken, said to be refused": ("lost", [TAKEN], [replace(GOOD, state="refused")]),
    "still in somebody's hands": ("lost", [], [replace(GOOD, state="claimed")]),
    "dropped without a cause": ("lost", [], [replace(GOOD, state="skipped")]),
    "no attempt tells of it": ("lost", [TAKEN], [replace(GOOD, told=())]),
    "uncertain, and not listed": ("lost", [TAKEN], [replace(GOOD, state="uncertain", told=())]),
    "held out": ("banned", [TAKEN], [replace(GOOD, arm="held_out")]),
    "another address": ("banned", [{**TAKEN, "recipient": "bob@example.com"}], [GOOD]),
}


@pytest.mark.parametrize(("column", "taken", "acts"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_noticed(column, taken, acts):
    verdict = judge(taken, acts, uncertain=1)
    assert getattr(verdict, column) >= 1
    assert verdict.wrong


@pytest.mark.parametrize(
    ("ban", "mailed_too_late"),
    [
        (Ban(ADA), True),
        (Ban(ADA, 98.5), True),
        (Ban(ADA, 99.5), False),  # on its way already
        (Ban(ADA, 98.5, "round 2"), False),
        (Ban("bob@example.com"), False),
    ],
)
def test_changes_count_from_their_commit(ban, mailed_too_late):
    assert bool(judge([TAKEN], [GOOD], [ban]).banned) == mailed_too_late


def test_doubt_is_counted_and_limited():
    doubtful = replace(GOOD, state="uncertain", told=("uncertain",))
    assert not judge([], [doubtful], uncertain=1).wrong
    assert judge([], [doubtful], uncertain=0).wrong


def test_who_was_refused_or_spared_as_expected():
    refused = replace(GOOD, state="refused", told=("refused",))
    assert not judge([], [refused], expected=("done", "refused")).wrong
    spared = replace(GOOD, state="skipped", told=())
    assert not judge([], [spared], excused=[ADA]).wrong


def test_the_table_adds_up():
    row = dict.fromkeys(COLUMNS, 2)
    lines = table({"one": row, "two": row}).splitlines()
    assert lines[-1].split() == ["all", *["4"] * len(COLUMNS)]
