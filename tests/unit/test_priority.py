"""Which touchpoints are named first."""

import pytest

from odoo.addons.cx_lifecycle.engine import priority, proportion
from odoo.addons.cx_lifecycle.engine.priority import Cell


def test_mean_weighs_ratings():
    assert priority.mean([Cell(8.0, 30, None, False), Cell(4.0, 10, None, False)]) == 7.0
    assert priority.mean([Cell(None, 0, 2.0, True)]) is None
    assert priority.mean([]) is None


def test_twice_counts_as_half():
    assert Cell(5, 30, 2.0, True).importance == pytest.approx(Cell(5, 30, 0.5, True).importance)
    assert Cell(5, 30, None, False).importance == 0.0


def test_strongest_is_shown_before_it_is_large():
    assert priority.strongest([(3.0, False), (0.8, True), (1.1, True)]) == (0.8, True)
    assert priority.strongest([(1.1, False), (3.0, False)]) == (3.0, False)
    assert priority.strongest([]) is None


def test_first_matter_are_disliked_and_are_known():
    cells = [
        Cell(9.0, 900, 3.0, True),  # liked
        Cell(4.0, 100, 1.5, True),
        Cell(2.0, 29, 3.0, True),  # too few ratings
        Cell(2.0, 100, 3.0, False),  # not shown to matter
        Cell(4.0, 100, 0.5, True),
        Cell(None, 0, 3.0, True),  # nobody knows
        Cell(5.0, 100, 1.2, True),
        Cell(5.0, 100, 1.1, True),  # the fourth
    ]
    assert priority.first(cells) == [4, 1, 6]
    assert priority.first([]) == []


def test_difference_of_shares():
    # R. G. Newcombe, Statistics in Medicine 17, 1998, table II, example (a), method 10
    value, low, high = proportion.difference(56, 70, 48, 80)
    assert value == pytest.approx(0.2)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)
    assert proportion.difference(0, 0, 1, 2) is None
