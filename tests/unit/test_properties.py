"""What must hold for every customer, company and policy, looked for by hypothesis."""

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.cx_lifecycle.engine import fit, rhythm
from odoo.addons.cx_lifecycle.engine.formula import compute

LEVELS = rhythm.CURVE + rhythm.EXPECTED + rhythm.CHANGES
SEARCHING = settings(max_examples=100, deadline=None, derandomize=True)

gaps = st.lists(st.integers(1, 1500), max_size=40) | st.builds(
    lambda gap, times: [gap] * times, st.integers(1, 400), st.integers(1, 60)
)
company_gaps = st.floats(0.5, 500.0)
# Three standard deviations of the prior to either side of its centre.
thetas = st.tuples(
    *(
        st.floats(mu - 3 * sd, mu + 3 * sd)
        for mu, sd in zip(rhythm.DEFAULT_THETA, fit.SPREAD, strict=True)
    )
)


def percent(low, high):
    return st.integers(low, high).map(lambda hundredths: hundredths / 100.0)


def numbers(**changes):
    """What the policy adds to a row: its defaults, but for the changes."""
    return {**rhythm.DEFAULT_LIMITS, **changes}


MODES = (rhythm.RHYTHM, rhythm.FIXED, rhythm.MULTIPLE)
# What is earlier the smaller it is, and which values it may have.
SMALLER_IS_EARLIER = {
    "dormant_after": st.integers(1, 900).map(float),
    "lost_after": st.integers(1, 900).map(float),
    "dormant_multiple": st.floats(0.5, 20),
    "lost_multiple": st.floats(0.5, 20),
    "floor_days": st.integers(0, 90).map(float),
    "ceiling_days": st.integers(90, 900).map(float) | st.just(rhythm.NEVER),
}
policies = st.builds(
    numbers,
    mode=st.sampled_from(MODES),
    rarity_limit=percent(1, 90),
    chance_limit=percent(1, 90),
    lost_limit=percent(1, 50),
    **SMALLER_IS_EARLIER,
)


@st.composite
def customers(draw):
    """The row of a customer and the company, without the policy."""
    found = draw(gaps)
    logs = [math.log(gap) for gap in found]
    statistics = {
        "x": float(len(found)),
        "tx": float(sum(found)),
        "sl": math.fsum(logs),
        "sq": math.fsum(log * log for log in logs),
    }
    theta = dict(zip(rhythm.PARAMETERS, draw(thetas), strict=True))
    return {**statistics, "g0": draw(company_gaps), **theta}


def judged(customer, policy, until=rhythm.NEVER):
    return compute(LEVELS, **customer, **policy, until=until)


def stage(row, silence):
    """As the verdict reads it: the last change whose day has come. NEVER has no day."""
    days = (row.dormant_days, row.lost_days)
    return sum(day < rhythm.NEVER and day <= silence for day in days)


@SEARCHING
@given(customers(), policies)
def test_overdue_then_dormant_then_lost(customer, policy):
    row = judged(customer, policy)
    assert policy["floor_days"] <= row.dormant_days <= policy["ceiling_days"]
    assert row.dormant_days <= row.lost_days <= rhythm.NEVER
    by_rhythm = judged(customer, {**policy, "mode": rhythm.RHYTHM, "ceiling_days": rhythm.NEVER})
    assert policy["floor_days"] <= by_rhythm.overdue_days <= by_rhythm.dormant_days


@SEARCHING
@given(customers(), policies, percent(1, 90))
def test_a_higher_rarity_limit_is_never_later(customer, policy, other):
    lower, higher = sorted((policy["rarity_limit"], other))
    late = judged(customer, {**policy, "rarity_limit": lower})
    early = judged(customer, {**policy, "rarity_limit": higher})
    assert early.overdue_days <= late.overdue_days
    assert early.dormant_days <= late.dormant_days
    assert early.lost_days <= late.lost_days


@SEARCHING
@given(customers(), policies, percent(1, 90))
def test_a_higher_chance_limit_is_never_later(customer, policy, other):
    lower, higher = sorted((policy["chance_limit"], other))
    late = judged(customer, {**policy, "chance_limit": lower})
    early = judged(customer, {**policy, "chance_limit": higher})
    assert early.dormant_days <= late.dormant_days
    assert early.lost_days <= late.lost_days


@pytest.mark.parametrize("name", SMALLER_IS_EARLIER)
@SEARCHING
@given(customer=customers(), policy=policies, data=st.data())
def test_a_smaller_number_is_never_later(name, customer, policy, data):
    other = data.draw(SMALLER_IS_EARLIER[name])
    lower, higher = sorted((policy[name], other))
    late = judged(customer, {**policy, name: higher})
    early = judged(customer, {**policy, name: lower})
    assert early.dormant_days <= late.dormant_days
    assert early.lost_days <= late.lost_days


@SEARCHING
@given(customers(), policies, percent(1, 90))
def test_a_higher_lost_limit_is_never_later(customer, policy, other):
    lower, higher = sorted((policy["lost_limit"], other))
    late = judged(customer, {**policy, "lost_limit": lower})
    early = judged(customer, {**policy, "lost_limit": higher})
    assert early.dormant_days == late.dormant_days
    assert early.lost_days <= late.lost_days


@SEARCHING
@given(customers(), policies, st.lists(st.integers(0, 6000), min_size=2, max_size=10))
def test_a_silence_that_goes_on_never_wakes_anybody(customer, policy, silences):
    row = judged(customer, policy)
    assert all(
        stage(row, sooner) <= stage(row, later) for sooner, later in pairwise(sorted(silences))
    )


@SEARCHING
@given(customers(), policies, st.integers(0, 6000).map(float))
def test_the_stage_is_that_of_a_row_judged_up_to_that_day(customer, policy, silence):
    row, near = judged(customer, policy), judged(customer, policy, until=silence)
    assert stage(near, silence) == stage(row, silence)


@SEARCHING
@given(customers(), policies)
def test_computing_is_repeatable_and_finite(customer, policy):
    row, again = vars(judged(customer, policy)), vars(judged(customer, policy))
    assert row == again
    assert all(math.isfinite(value) for value in row.values())
