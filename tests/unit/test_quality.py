"""How good a rule was: numbers worked out by hand, and what must hold whatever they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.cx_lifecycle.engine import quality
from odoo.addons.cx_lifecycle.engine.quality import Counts

SEARCHING = settings(max_examples=100, deadline=None, derandomize=True)

customers = st.integers(0, 50)
counts = st.builds(Counts, customers, customers, customers, customers)
silences = st.lists(st.tuples(st.integers(0, 400), st.booleans(), st.integers(1, 9)), max_size=30)
shares = st.floats(0.0, 1.0)
tables = st.integers(1, 4).flatmap(
    lambda days: st.dictionaries(
        st.integers(30, 40) | st.sampled_from(["rhythm", "multiple_2"]),
        st.lists(shares, min_size=days, max_size=days),
        max_size=6,
    ).flatmap(
        lambda others: st.lists(shares, min_size=days, max_size=days).map(
            lambda values: {"present": values, **others}
        )
    )
)


def test_shares_by_hand():
    found = Counts(right=30, false_alarm=10, late=20, left_alone=40)
    assert found.precision == pytest.approx(30 / 40)
    assert found.recall == pytest.approx(30 / 50)
    assert found.balanced_accuracy == pytest.approx((30 / 50 + 40 / 50) / 2)


def test_what_is_undefined_is_none():
    assert Counts(0, 0, 5, 5).precision is None
    assert Counts(0, 5, 0, 5).recall is None
    assert Counts(0, 5, 0, 5).balanced_accuracy is None
    assert Counts(5, 0, 5, 0).balanced_accuracy is None
    assert Counts(0, 0, 5, 5).balanced_accuracy == 0.5, "calling nobody is guessing"
    assert Counts(5, 5, 0, 0).balanced_accuracy == 0.5, "and so is calling everybody"


def test_mean_leaves_out_what_is_undefined():
    assert quality.mean([0.2, None, 0.4]) == pytest.approx(0.3)
    assert quality.mean([None]) is None
    assert quality.mean([]) is None


def test_total():
    assert quality.total([Counts(1, 2, 3, 4), Counts(5, 0, 0, 1)]) == Counts(6, 2, 3, 5)


def test_tally_by_hand():
    rows = [(10, True, 4), (90, False, 3), (90, True, 1), (200, False, 2)]
    assert quality.tally(rows, [30, 90, 91]) == {
        30: Counts(right=5, false_alarm=1, late=0, left_alone=4),
        90: Counts(right=5, false_alarm=1, late=0, left_alone=4),
        91: Counts(right=2, false_alarm=0, late=3, left_alone=5),
    }


def test_best_is_the_first_of_equals():
    assert quality.best({"a": [0.6, 0.8], "b": [0.7, 0.7], "c": [0.1, None]}) == "a"
    assert quality.best({"a": [None]}) is None
    assert quality.best({}) is None


def test_the_latest_day_has_no_say_in_the_choice():
    table = {"present": [0.60, 0.60, 0.60], "rhythm": [0.70, 0.72, 0.61], 180: [0.6, 0.6, 0.99]}
    found = quality.propose(table, "present")
    assert found.setting == "rhythm"
    assert found.chosen == pytest.approx(0.71)
    assert found.judged == 0.61
    assert (found.present_chosen, found.present_judged) == (pytest.approx(0.60), 0.60)
    assert not found.hindsight
    assert found.better
    assert (found.fixed, found.fixed_chosen, found.fixed_judged) == (180, pytest.approx(0.6), 0.99)
    assert not found.fixed_does


def test_better_then_and_worse_now_is_not_better():
    table = {"present": [0.60, 0.62], "rhythm": [0.70, 0.61]}
    assert not quality.propose(table, "present").better
    table["rhythm"][1] = 0.63
    assert quality.propose(table, "present").better


def test_a_hundredth_is_no_difference():
    assert not quality.propose({"present": [0.70, 0.5], 90: [0.71, 0.9]}, "present").better
    assert quality.propose({"present": [0.70, 0.5], 90: [0.711, 0.9]}, "present").better


def test_one_day_is_hindsight():
    found = quality.propose({"present": [0.6], "rhythm": [0.7]}, "present")
    assert found.hindsight
    assert found.better
    assert found.chosen == found.judged == 0.7
    assert found.fixed is None
    assert not found.fixed_does


def test_days_without_both_outcomes_tell_nothing():
    table = {"present": [None, 0.6, 0.7], "rhythm": [None, 0.8, 0.9], "season": [None, None, 1.0]}
    found = quality.propose(table, "present")
    assert found.setting == "rhythm"
    assert (found.chosen, found.judged) == (0.8, 0.9)
    assert quality.propose({"present": [None], 90: [None]}, "present") is None


def test_a_fixed_number_within_a_hundredth_does_as_well():
    table = {"present": [0.6, 0.6], "rhythm": [0.75, 0.7], 170: [0.74, 0.6], 180: [0.7, 0.9]}
    found = quality.propose(table, "present")
    assert (found.setting, found.fixed) == ("rhythm", 170)
    assert found.fixed_does
    table[170][0] = 0.739
    assert not quality.propose(table, "present").fixed_does


def test_drift():
    assert quality.drifted(0.64, 0.70)
    assert not quality.drifted(0.65, 0.70)
    assert not quality.drifted(0.90, 0.70)
    assert not quality.drifted(None, 0.70)
    assert not quality.drifted(0.64, None)


@SEARCHING
@given(counts)
def test_shares_are_shares(found):
    for share in (found.precision, found.recall, found.balanced_accuracy):
        assert share is None or 0.0 <= share <= 1.0


@SEARCHING
@given(silences, st.lists(st.integers(1, 400), min_size=1, unique=True))
def test_a_longer_number_never_calls_more(rows, numbers):
    found = quality.tally(rows, sorted(numbers))
    total = sum(number for _days, _bought, number in rows)
    called = [c.right + c.false_alarm for c in found.values()]
    assert called == sorted(called, reverse=True)
    assert all(sum(c) == total for c in found.values())
    assert len({c.right + c.late for c in found.values()}) == 1


@SEARCHING
@given(tables)
def test_nothing_was_better_on_the_days_of_choice(table):
    found = quality.propose(table, "present")
    for values in table.values():
        assert found.chosen >= quality.mean(values[:-1] or values) - 1e-12
    assert found.judged == table[found.setting][-1]
    assert not (found.better and found.setting == "present")
    if isinstance(found.setting, int):
        assert found.fixed == found.setting
        assert found.fixed_does
