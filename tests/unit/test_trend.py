"""A change is said only where it is more than chance."""

import random

import pytest

from odoo.addons.cx_lifecycle.engine import trend


def sums(values):
    return len(values), sum(values), sum(value * value for value in values)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([5] * 4, [9] * 50, None),
        ([5] * 50, [9] * 4, None),
        ([], [], None),
        ([5] * 5, [5] * 5, "same"),
        ([5.1] * 7, [5.1] * 9, "same"),
        ([5] * 5, [6] * 5, "up"),
        ([6] * 5, [5] * 5, "down"),
        ([2, 3, 2, 3, 2], [8, 9, 8, 9, 8], "up"),
        ([1, 9, 2, 8, 5], [2, 9, 3, 8, 6], "same"),
        ([4, 6] * 200, [5, 7] * 200, "up"),
    ],
)
def test_means(before, after, said):
    assert trend.of_means(sums(before), sums(after)) == said


@pytest.mark.parametrize(
    ("before", "after", "share", "said"),
    [
        (4, 5, 0.5, None),
        (0, 10, 0.5, "up"),
        (10, 0, 0.5, "down"),
        (50, 60, 0.5, "same"),
        (500, 600, 0.5, "up"),
        (500, 600, 600 / 1100, "same"),
        (50, 60, 0.0, None),
    ],
)
def test_numbers(before, after, share, said):
    assert trend.of_numbers(before, after, share) == said


# from tables of Student's distribution
@pytest.mark.parametrize(("freedom", "true"), [(4, 2.776), (8, 2.306), (30, 2.042), (1e9, 1.960)])
def test_quantile(freedom, true):
    assert trend.quantile(freedom) == pytest.approx(true, rel=0.02)


def test_chance_alone_is_seldom_called_a_trend():
    draw = random.Random(7)
    wrong = 0
    for _number in range(2000):
        halves = [[draw.randint(0, 10) for _answer in range(6)] for _half in range(2)]
        wrong += trend.of_means(*map(sums, halves)) != "same"
    assert wrong / 2000 < 0.07
