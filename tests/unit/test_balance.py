"""The arithmetic of the portfolio, without a database."""

import csv
from datetime import date
from math import isclose, log
from pathlib import Path

import pytest

from odoo.addons.cx_lifecycle.engine import balance, rhythm
from odoo.addons.cx_lifecycle.engine.formula import compute, select

VECTORS = Path(__file__).parents[1] / "data" / "vectors.csv"
MONTHS = (30.0, 61.0, 91.0)


def customer(gaps, silence, g0=60.0):
    logs = [log(gap) for gap in gaps]
    parameters = dict(zip(rhythm.PARAMETERS, rhythm.DEFAULT_THETA, strict=True))
    row = compute(
        rhythm.CURVE, x=float(len(gaps)), tx=float(sum(gaps)), sl=sum(logs),
        sq=sum(one * one for one in logs), g0=g0, **parameters,
    )  # fmt: skip
    row.silence = float(silence)
    return row


def expected(row, ends=MONTHS):
    return compute(balance.levels(*balance.nodes(ends)), **vars(row))


# ---------------------------------------------------------------------- months
def test_months_are_clipped_to_the_period():
    assert balance.months(date(2025, 12, 15), date(2026, 2, 28)) == [
        (date(2025, 12, 15), date(2025, 12, 31), False),
        (date(2026, 1, 1), date(2026, 1, 31), True),
        (date(2026, 2, 1), date(2026, 2, 28), True),
    ]
    assert balance.months(date(2026, 3, 2), date(2026, 3, 2)) == [
        (date(2026, 3, 2), date(2026, 3, 2), False)
    ]
    assert balance.months(date(2026, 3, 2), date(2026, 3, 1)) == []


def test_ages_are_differences_of_months():
    assert balance.month_index(date(2026, 1, 31)) - balance.month_index(date(2025, 12, 1)) == 1
    assert balance.month_index(date(2026, 12, 1)) - balance.month_index(date(2025, 12, 31)) == 12


def test_survivors_come_and_go():
    assert balance.survivors({0: 10, 1: -3, 3: 1}, 5) == [10, 7, 7, 8, 8]
    assert balance.survivors({}, 2) == [0, 0]
    assert balance.survivors({0: 1}, 0) == []


# ---------------------------------------------------------------------- sample
def test_the_error_of_a_sample():
    assert balance.relative_error(1.0, 100, 5.0, 3.0) == 0.0
    assert balance.relative_error(0.5, 0, 0.0, 0.0) == 0.0
    assert balance.relative_error(0.19, 900, 10.0, 30.0) == pytest.approx(3 * 0.9 / 30)


# ---------------------------------------------------------------------- nodes
def test_nodes_grow_whatever_the_clock_says():
    for ends in (MONTHS, (0.0, 0.0, 0.0), (30.0, 30.0, 60.0), (0.0, 31.0, 31.0)):
        for nodes in balance.nodes(ends):
            assert all(a < b for a, b in zip([0.0, *nodes], nodes, strict=False))


def test_weights_of_a_month_are_those_of_its_middle():
    first, fresh = balance.nodes(MONTHS)
    # who buys first between 7.5 and 30 days has 11.25 days left of the first month, and m is a
    # line from 0 to 15; who does before has 26.25, beyond it
    found = balance.weights(first, fresh, 1)
    early = (26.25 - 15.0) / (45.5 - 15.0)
    assert found[1, 0] == pytest.approx(11.25 / 15.0)
    assert found[0, 0] == pytest.approx(1.0 - early - 11.25 / 15.0)
    assert found[0, 1] == pytest.approx(early)


# ---------------------------------------------------------------------- forecast
@pytest.mark.parametrize("gaps", [[], [30.0], [7.0] * 30, [5.0, 400.0, 2.0], [365.0] * 4])
@pytest.mark.parametrize("silence", [0, 3, 40, 500])
def test_buyers_are_the_chances_of_the_curve(gaps, silence):
    row = customer(gaps, silence)
    found = expected(row)
    for month, days in enumerate(MONTHS, 1):
        chance = rhythm.chance(row, max(float(silence), 1e-9), days)
        assert getattr(found, f"buyers_{month}") == pytest.approx(chance, abs=1e-9)
        # whoever buys does so at least once
        assert getattr(found, f"purchases_{month}") >= chance - 1e-12
    assert found.purchases_1 <= found.purchases_2 + 1e-12 <= found.purchases_3 + 2e-12


def test_buyers_of_the_golden_numbers():
    """Chances that another program worked out, at the silence and over the days it was asked."""
    with VECTORS.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    asked = 0
    for line in lines:
        names = ("x", "tx", "sl", "sq", "g0", *rhythm.PARAMETERS)
        row = compute(rhythm.CURVE, **{name: float(line[name]) for name in names})
        row.silence, horizon = float(line["t"]), float(line["H"])
        found = expected(row, (horizon / 3.0, horizon / 2.0, horizon))
        assert found.buyers_3 == pytest.approx(float(line["buy_H"]), abs=1e-6)
        asked += 1
    assert asked > 50


def renewals(row, end, steps=600):
    """Purchases expected by convolving the curve with itself in small steps."""
    step = end / steps
    back = [row.pi * (1.0 - rhythm.rarity(row, k * step)) for k in range(steps + 1)]
    mass = [back[k] - back[k - 1] for k in range(1, steps + 1)]
    after = [0.0]
    for k in range(1, steps + 1):
        after.append(sum(mass[j - 1] * (1.0 + after[k - j]) for j in range(1, k + 1)))
    chances = [rhythm.chance(row, row.silence, k * step) for k in range(steps + 1)]
    return sum(
        (chances[k] - chances[k - 1]) * (1.0 + after[steps - k]) for k in range(1, steps + 1)
    )


@pytest.mark.parametrize(
    ("gaps", "silence", "off"),
    [([], 20, 0.08), ([30.0] * 5, 10, 0.12), ([60.0] * 6, 20, 0.08), ([14.0] * 20, 5, 0.12),
     ([200.0] * 3, 100, 0.05), ([20.0, 90.0, 45.0], 30, 0.08)],
)  # fmt: skip
def test_purchases_are_close_to_the_renewals_of_the_curve(gaps, silence, off):
    row = customer(gaps, silence)
    assert isclose(expected(row).purchases_3, renewals(row, MONTHS[2]), rel_tol=off)


def test_a_closure_expects_nothing():
    found = expected(customer([30.0] * 5, 20), (0.0, 0.0, 30.0))
    assert found.purchases_1 == pytest.approx(0.0, abs=1e-3)
    assert found.purchases_3 > 0.3


def test_the_formula_renders_to_sql():
    levels = balance.levels(*balance.nodes(MONTHS))
    text = select(levels, "SELECT 1", None, {"purchases_3", "buyers_3"})
    assert "purchases_3" in text
    assert "%" not in text
