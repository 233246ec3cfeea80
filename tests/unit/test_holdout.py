"""Who is held out: stable, as many as asked for, and another draw for each salt."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.cx_lifecycle_mail.engine.holdout import held_out, position

SEARCHING = settings(max_examples=100, deadline=None, derandomize=True)
MANY = 20_000
numbers = st.integers(-(2**63), 2**63 - 1)
shares = st.floats(0, 1)


def drawn(salt, share, count=MANY):
    return {number for number in range(1, count + 1) if held_out(salt, number, share)}


def assert_binomial(count, share, cases=MANY):
    """Within five standard deviations of what that share of the cases gives."""
    assert abs(count - share * cases) <= 5 * math.sqrt(share * (1 - share) * cases)


@pytest.mark.parametrize(
    ("salt", "number", "expected"),
    # written down: nobody changes arms because another version of this program draws otherwise
    [
        ("7", 1, 0.4290586686693132),
        ("7", 2, 0.37850680691190064),
        ("été", 123456789, 0.8531064682174474),
    ],
)
def test_known_positions(salt, number, expected):
    assert position(salt, number) == expected


@SEARCHING
@given(st.text(), numbers)
def test_between_zero_and_one(salt, number):
    at = position(salt, number)
    assert 0 <= at < 1
    assert not held_out(salt, number, 0.0)
    assert held_out(salt, number, 1.0)


@SEARCHING
@given(st.text(), numbers, shares, shares)
def test_a_larger_share_only_adds(salt, number, one, other):
    smaller, larger = sorted((one, other))
    assert held_out(salt, number, smaller) <= held_out(salt, number, larger)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("salt", ["1", "2", "campaign"])
def test_as_many_as_asked_for(salt, share):
    assert_binomial(len(drawn(salt, share)), share)


def test_every_stretch_of_numbers_has_its_share():
    # whoever came early and whoever came late are held out alike
    for start in range(0, MANY, 2000):
        among = sum(held_out("1", number, 0.1) for number in range(start, start + 2000))
        assert_binomial(among, 0.1, 2000)


def test_the_order_does_not_matter():
    customers = list(range(1, 1001))
    arms = {number: held_out("1", number, 0.3) for number in customers}
    random.Random(1).shuffle(customers)
    assert {number: held_out("1", number, 0.3) for number in customers} == arms


def test_each_salt_draws_for_itself():
    # nobody is held out of everything by bad luck: the draws of two campaigns are independent
    both = drawn("1", 0.2) & drawn("2", 0.2)
    assert_binomial(len(both), 0.04)
