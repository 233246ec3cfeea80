"""The measures of what customers say, against worked cases and tables."""

import random

import pytest

from odoo.addons.cx_lifecycle_mail.engine import listening
from odoo.addons.cx_lifecycle_mail.engine.listening import score


def near(found, *expected, digits=1):
    assert tuple(round(number, digits) for number in found) == expected


def test_nobody_says_nothing():
    for measure in listening.VALUES:
        assert score(measure, {}) is None


def test_every_answer_has_one_band():
    bands = {m: "".join(listening.band(m, v)[:2] for v in vs) for m, vs in listening.VALUES.items()}
    assert bands == {
        "nps": "ba" * 7 + "be" * 2 + "go" * 2,
        "csat": "ba" * 2 + "be" + "go" * 2,
        "ces": "ba" * 3 + "be" + "go" * 3,
    }


def test_nps_by_hand():
    # 15 answers, 8 promoters, 3 detractors: 33.3; adjusted 5 / 18, give or take 1.96 * 0.185
    near(score("nps", {10: 5, 9: 3, 7: 4, 2: 3}), 33.3, -8.5, 64.1)
    near(score("nps", {0: 4}), -100.0, -100.0, -6.9)
    near(score("nps", {8: 3}), 0.0, -40.0, 40.0)


def test_csat_is_a_share():
    near(score("csat", {5: 6, 4: 2, 3: 1, 1: 1}), 80.0, 49.0, 94.3)
    near(score("csat", {1: 3}), 0.0, 0.0, 56.1)


def test_ces_is_a_mean():
    near(score("ces", {7: 2, 6: 1, 4: 1, 1: 1}), 5.0, 1.8, 7.0)
    assert score("ces", {3: 1}) == (3.0, None, None)
    near(score("ces", {6: 9}), 6.0, 6.0, 6.0)


@pytest.mark.parametrize(
    ("freedom", "expected"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (10, 2.228), (29, 2.045), (120, 1.980),
     (999, 1.962), (5000, 1.960)],
)  # fmt: skip
def test_student_as_in_the_tables(freedom, expected):
    assert round(listening.quantile(freedom), 3) == expected


@pytest.mark.parametrize("measure", ["nps", "csat", "ces"])
@pytest.mark.parametrize("number", [12, 40, 200])
def test_the_truth_lies_within_in_19_of_20_cases(measure, number):
    values = list(listening.VALUES[measure])
    weights = [1 + 2 * (value >= values[-1] - 2) for value in values]
    everybody = dict(zip(values, weights, strict=True))
    truth = score(measure, everybody).value
    draw = random.Random(f"{measure}{number}")
    inside, times = 0, 3000
    for _time in range(times):
        counts = {}
        for value in draw.choices(values, weights, k=number):
            counts[value] = counts.get(value, 0) + 1
        found = score(measure, counts)
        inside += found.low <= truth <= found.high
    assert 0.92 <= inside / times <= 0.985
