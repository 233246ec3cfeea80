"""Wilson's interval of a share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.cx_lifecycle.engine.proportion import Z, interval


@pytest.mark.parametrize(
    ("won", "deals", "low", "high"),
    [(12, 20, 0.387, 0.781), (0, 10, 0, 0.278), (10, 10, 0.722, 1), (500, 1000, 0.469, 0.531)],
)
def test_known_intervals(won, deals, low, high):
    assert interval(won, deals) == pytest.approx((low, high), abs=6e-4)


@pytest.mark.parametrize(("won", "deals"), [(12, 20), (3, 7), (1, 400), (250, 251)])
def test_the_limits_are_where_the_share_is_just_believable(won, deals):
    # a true share p is believable when the share seen is within Z of its standard deviation
    for limit in interval(won, deals):
        assert (won / deals - limit) ** 2 == pytest.approx(Z**2 * limit * (1 - limit) / deals)


def test_without_cases_anything_is_possible():
    assert interval(0, 0) == (0.0, 1.0)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_inside_and_more_cases_tell_more(case):
    won, deals = case
    low, high = interval(won, deals)
    assert 0 <= low <= won / deals + 1e-12
    assert won / deals - 1e-12 <= high <= 1
    wider = high - low
    low, high = interval(won * 4, deals * 4)
    assert high - low < wider
