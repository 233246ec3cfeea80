"""How many participants a measurement takes, against known answers and a simulation."""

import random

import pytest

from odoo.addons.cx_lifecycle_mail.engine.power import ALARM, participants


@pytest.mark.parametrize(
    ("share", "base", "gain", "known"),
    [
        # two halves of (1.96 + 0.84)² · (p(1 - p) + q(1 - q)) / (p - q)², worked out by hand
        (0.5, 0.10, 0.05, 1366),
        (0.5, 0.25, 0.05, 2496),
        (0.5, 0.50, 0.10, 770),
    ],
)
def test_known_answers(share, base, gain, known):
    assert participants(share, base, gain) == pytest.approx(known, abs=3)


def test_small_groups_take_longer():
    numbers = [participants(share, 0.1, 0.05) for share in (0.5, 0.2, 0.1, 0.05, 0.01)]
    assert numbers == sorted(numbers)
    assert numbers[-1] > 10 * numbers[0]


def test_so_many_see_the_effect_in_four_of_five_repetitions():
    dice = random.Random(7)
    share, base, gain = 0.2, 0.1, 0.06
    number = participants(share, base, gain)
    held, seen = round(number * share), 0
    for _repetition in range(400):
        low = sum(dice.random() < base for _ in range(held)) / held
        high = sum(dice.random() < base + gain for _ in range(number - held)) / (number - held)
        error = (low * (1 - low) / held + high * (1 - high) / (number - held)) ** 0.5
        seen += high - low > ALARM * error
    assert 0.74 < seen / 400 < 0.87
