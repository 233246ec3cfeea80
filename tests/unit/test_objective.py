"""Where an objective stands: plan, pace, and what is called behind."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.cx_lifecycle.engine.objective import (
    BEHIND,
    MISSED,
    ON_TRACK,
    REACHED,
    WAITING,
    Goal,
    cheapest,
    following,
    standing,
    whole,
)

FIRST, LAST = date(2027, 1, 1), date(2027, 4, 10)  # a hundred days
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def goal(target=50, **options):
    return Goal(target, FIRST, LAST, **options)


def after(days):
    """The day on which so many days of the period are over."""
    return FIRST + timedelta(days=days - 1)


def test_nothing_is_known_before_the_period():
    assert standing(goal(), after(0), 12) == (None, None, None, WAITING)


def test_without_a_figure_nothing_is_said():
    assert standing(goal(), after(10), None) == (None, None, None, None)


def test_half_time():
    assert standing(goal(), after(50), 30) == (0.6, 25, 60, ON_TRACK)
    assert standing(goal(), after(50), 20) == (0.4, 25, 40, BEHIND)


def test_less_than_one_customer_is_no_difference():
    assert standing(goal(10), after(19), 1).state == ON_TRACK  # 1.9 expected
    assert standing(goal(10), after(20), 1).state == BEHIND
    assert standing(goal(10, heads=False), after(19), 1).state == BEHIND


def test_what_is_counted_up_is_reached_at_once():
    assert standing(goal(), after(50), 50).state == REACHED
    assert standing(goal(counted=False), after(50), 50).state == ON_TRACK
    assert standing(goal(counted=False), after(101), 50).state == REACHED


@pytest.mark.parametrize(
    ("days", "actual", "state"),
    [(50, 25, ON_TRACK), (50, 26, BEHIND), (50, 50, BEHIND), (50, 51, MISSED), (101, 50, REACHED),
     (101, 51, MISSED)],
)  # fmt: skip
def test_at_most(days, actual, state):
    assert standing(goal(most=True), after(days), actual).state == state


def test_a_level_starts_where_it_stood():
    found = standing(goal(200, counted=False), after(25), 110, start=100)
    assert found == (0.55, 125, 140, BEHIND)
    falling = standing(goal(80, counted=False, most=True), after(50), 90, start=100)
    assert falling == (1.125, 90, 80, ON_TRACK)


def test_a_level_without_a_start_is_compared_with_the_target():
    level = goal(50, counted=False)
    assert standing(level, after(50), 40, start=None) == (0.8, None, None, BEHIND)
    assert standing(level, after(50), 60, start=None).state == ON_TRACK
    assert standing(level, after(101), 40, start=None).state == MISSED


@given(
    st.integers(1, 500), st.integers(0, 500), st.integers(1, 100), st.booleans(), st.booleans()
)  # fmt: skip
def test_on_track_is_a_forecast_that_suffices(target, actual, days, most, counted):
    found = standing(goal(target, most=most, counted=counted, heads=False), after(days), actual)
    good = found.forecast <= target if most else found.forecast >= target
    if found.state in (ON_TRACK, BEHIND) and abs(found.forecast - target) > 1e-6:
        assert (found.state == ON_TRACK) == good
    assert found.state != WAITING


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 500), st.booleans())
def test_at_the_end_the_forecast_is_what_there_is(target, actual, start, most):
    level = goal(target, most=most, counted=False)
    for days in (100, 101, 400):
        found = standing(level, after(days), actual, start)
        assert found.forecast == actual
        assert found.expected == pytest.approx(target)
    assert found.state == (REACHED if (actual <= target if most else actual >= target) else MISSED)


@given(DAYS, st.integers(0, 800))
def test_the_next_period_begins_the_day_after(since, length):
    until = since + timedelta(days=length)
    first, last = following(since, until)
    assert first == until + timedelta(days=1)
    if since.day == first.day == 1:  # whole months
        assert (last + timedelta(days=1)).day == 1
    else:
        assert last - first == until - since


@pytest.mark.parametrize(
    ("period", "after", "name"),
    [
        (("2027-01-01", "2027-01-31"), ("2027-02-01", "2027-02-28"), "month"),
        (("2027-10-01", "2027-12-31"), ("2028-01-01", "2028-03-31"), "quarter"),
        (("2027-01-01", "2027-12-31"), ("2028-01-01", "2028-12-31"), "year"),
        (("2027-02-01", "2027-04-30"), ("2027-05-01", "2027-07-31"), None),
        (("2027-01-01", "2027-05-31"), ("2027-06-01", "2027-10-31"), None),
        (("2027-01-11", "2027-01-20"), ("2027-01-21", "2027-01-30"), None),
    ],
)
def test_periods_of_the_calendar(period, after, name):
    since, until = map(date.fromisoformat, period)
    assert following(since, until) == tuple(map(date.fromisoformat, after))
    assert whole(since, until) == name


def test_the_cheapest_customers():
    assert cheapest([(500, 10), (300, 10), (100, 9), (0, 50)]) == 1
    assert cheapest([(500, 9), (0, 20)]) is None
    assert cheapest([]) is None
