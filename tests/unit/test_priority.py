"""Which touchpoints are named first."""

import pytest

from odoo.addons.cx_lifecycle.engine import priority, proportion
from odoo.addons.cx_lifecycle.engine.priority import Cell


def test_mean_weighs_ratings():
    assert priority.mean([Cell(8.0, 30, None), Cell(4.0, 10, None)]) == 7.0
    assert priority.mean([Cell(None, 0, 2.0)]) is None
    assert priority.mean([]) is None


def test_twice_counts_as_half():
    assert Cell(5, 30, 2.0).importance == pytest.approx(Cell(5, 30, 0.5).importance)
    assert Cell(5, 30, None).importance == 0.0


def test_the_cautious_end_of_an_interval():
    assert priority.nearest(1.2, 3.0) == 1.2
    assert priority.nearest(0.2, 0.9) == 0.9
    assert priority.nearest(0.9, 1.2) == 1.0


def test_first_matter_are_disliked_and_are_known():
    cells = [
        Cell(9.0, 900, 3.0),  # liked
        Cell(4.0, 100, 1.5),
        Cell(2.0, 29, 3.0),  # too few ratings
        Cell(2.0, 100, None),  # not shown to matter
        Cell(4.0, 100, 0.5),
        Cell(None, 0, 3.0),  # nobody knows
        Cell(5.0, 100, 1.2),
        Cell(5.0, 100, 1.1),  # the fourth
    ]
    assert priority.first(cells) == [4, 1, 6]
    assert priority.first([]) == []


def test_difference_of_shares():
    # R. G. Newcombe, Statistics in Medicine 17, 1998, table II, example (a), method 10
    value, low, high = proportion.difference(56, 70, 48, 80)
    assert value == pytest.approx(0.2)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)
    assert proportion.difference(0, 0, 1, 2) is None
