"""Needs: evidence fades at one pace, so that sums on a common day keep their order."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.cx_lifecycle.engine import needs

DAY = (date(2026, 11, 22) - needs.EPOCH).days


def on(days_ago):
    return float(DAY - days_ago)


@pytest.mark.parametrize(("age", "left"), [(0, 1), (365, 0.5), (730, 0.25), (1095, 0.125)])
def test_half_is_lost_every_year(age, left):
    assert needs.today(needs.worth(1.0, on(age)), DAY) == pytest.approx(left)


@pytest.mark.parametrize(("weight", "years"), [(1.0, 2), (2.0, 3), (3.0, 3.585)])
def test_how_long_evidence_is_known(weight, years):
    known = needs.known_days(needs.worth(weight, on(0)))
    assert (known - DAY) / 365 == pytest.approx(years, abs=0.01)


@pytest.mark.parametrize(
    ("weight", "strength"), [(0.3, 1), (1.0, 1), (1.25, 2), (2.0, 2), (2.5, 3), (9.0, 3)]
)
def test_strength(weight, strength):
    assert needs.strength(weight) == strength


pieces = st.lists(
    st.tuples(st.sampled_from([1.0, 2.0, 3.0]), st.integers(0, 4000)), min_size=1, max_size=20
)


@given(pieces, pieces, st.integers(0, 4000))
def test_the_order_of_two_needs_never_changes_by_time(first, second, later):
    sums = [sum(needs.worth(w, on(age)) for w, age in evidence) for evidence in (first, second)]
    direct = [
        sum(w * 0.5 ** ((age + later) / needs.HALF_LIFE) for w, age in evidence)
        for evidence in (first, second)
    ]
    for stored, fading in zip(sums, direct, strict=True):
        assert needs.today(stored, DAY + later) == pytest.approx(fading)


@given(pieces)
def test_forgotten_on_its_day_and_not_before(evidence):
    score = sum(needs.worth(w, on(age)) for w, age in evidence)
    last = needs.known_days(score)
    assert needs.today(score, last) <= needs.FORGOTTEN * (1 + 1e-9)
    assert needs.today(score, last - 1) > needs.FORGOTTEN * (1 - 1e-9)
