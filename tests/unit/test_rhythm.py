"""The return curve: golden numbers, and what must hold for every customer and company."""

import csv
import itertools
import math
from pathlib import Path
from types import SimpleNamespace

import pytest

from odoo.addons.cx_lifecycle.engine import rhythm
from odoo.addons.cx_lifecycle.engine.formula import compute, select

VECTORS = Path(__file__).parents[1] / "data" / "vectors.csv"
POLICY = rhythm.DEFAULT_LIMITS
STATISTICS = ("x", "tx", "sl", "sq", "g0")


def golden():
    with VECTORS.open(encoding="utf-8") as file:
        return [
            {name: text if name == "stage" else float(text) for name, text in line.items()}
            for line in csv.DictReader(file)
        ]


def curve(theta=rhythm.DEFAULT_THETA, **statistics):
    parameters = dict(zip(rhythm.PARAMETERS, theta, strict=True))
    return compute(rhythm.CURVE + rhythm.EXPECTED, **parameters, **POLICY, **statistics)


def changes(row, until=rhythm.NEVER):
    """The row with its days of expectation and of change; those after ``until`` may be NEVER."""
    return compute(rhythm.CHANGES, **{**vars(row), "until": until})


def customer(gaps, g0, theta=rhythm.DEFAULT_THETA):
    logs = [math.log(gap) for gap in gaps]
    squares = sum(log * log for log in logs)
    return curve(theta, x=len(gaps), tx=sum(gaps), sl=sum(logs), sq=squares, g0=g0)


# Customers who bought once, regularly, irregularly, daily, for long; ordinary companies,
# those at every bound of the curve, and those whose customers come back nearly always.
GAPS = (
    [],
    [1],
    [1] * 60,
    [30] * 40,
    [2, 90, 7, 400],
    [700],
    [1, 2000],
    [5, 6, 7, 5, 6, 7] * 50,
)
THETAS = (
    rhythm.DEFAULT_THETA,
    (0.37, 0.83, -0.47, 0.14, -0.26, 0.19, 1.73, 1.49, -0.08),
    (0.46, 0.89, -0.21, 0.10, -0.41, 0.10, 2.38, 0.73, 2.50),
    (0.2, 0.9, 0.0, 0.4, -0.5, 0.1, 4.0, 1.0, 1.0),
    (0.2, 0.9, 0.0, -9.0, 0.0, 0.0, 20.0, 0.0, 1.0),
    (0.2, 0.9, 0.0, 9.0, 0.0, 0.0, 20.0, 0.0, 9.0),
    (-1.0, 0.5, 0.3, 0.4, -0.5, 0.1, -20.0, 0.0, -9.0),
    (1.5, 1.2, 0.3, -0.6, -0.9, 0.3, 1.0, 3.0, -9.0),
    (-0.5, 1.0, 0.0, 0.8, -1.0, -0.2, 9.0, -1.0, 4.0),
)
USUAL_GAPS = (1.0, 30.0, 400.0)
CUSTOMERS = [
    [customer(gaps, g0, theta) for g0, gaps in itertools.product(USUAL_GAPS, GAPS)]
    for theta in THETAS
]
SILENCES = (0.0, 0.5, *(float(1.4**power) for power in range(26)))


class TestGoldenNumbers:
    @pytest.fixture(scope="class")
    def vectors(self):
        """Pairs of what is expected and what we compute."""
        pairs = []
        for line in golden():
            inputs = {name: line[name] for name in (*STATISTICS, *rhythm.PARAMETERS)}
            row = compute(rhythm.CURVE + rhythm.EXPECTED, **inputs, **POLICY)
            pairs.append((line, changes(row)))
        return pairs

    def test_there_are_all_of_them(self, vectors):
        assert len(vectors) == 200

    @pytest.mark.parametrize(
        ("name", "figure"),
        [
            ("H", lambda row, _silence: row.horizon),
            ("p", rhythm.rarity),
            ("alive", rhythm.alive),
            ("buy_H", lambda row, silence: rhythm.chance(row, silence, row.horizon)),
            ("buy_365", lambda row, silence: rhythm.chance(row, silence, 365.0)),
            ("median_days", lambda row, _silence: rhythm.silence_at(row, 0.5)),
            ("overdue_days", lambda row, _silence: rhythm.silence_at(row, 1 / 3)),
        ],
    )
    def test_figures(self, vectors, name, figure):
        for expected, row in vectors:
            assert figure(row, expected["t"]) == pytest.approx(expected[name], rel=0, abs=1e-9)

    def test_days_are_the_golden_moments_rounded_up_and_never_before_the_floor(self, vectors):
        for expected, row in vectors:
            assert row.overdue_days == max(math.ceil(expected["overdue_days"]), 7.0)
            assert row.dormant_days == max(math.ceil(expected["dormant_days"]), 7.0)

    def test_stage(self, vectors):
        for expected, row in vectors:
            reached = [
                stage
                for stage, day in (("dormant", row.dormant_days), ("lost", row.lost_days))
                if expected["t"] >= day
            ]
            assert ["active", *reached][-1] == expected["stage"]


@pytest.mark.parametrize("customers", CUSTOMERS, ids=[f"theta{i}" for i in range(len(THETAS))])
class TestEveryCustomer:
    def test_rarity_falls_from_one_as_silence_grows(self, customers):
        for row in customers:
            rarities = [rhythm.rarity(row, silence) for silence in SILENCES]
            assert rarities[0] == 1.0
            assert all(0.0 <= later <= sooner for sooner, later in itertools.pairwise(rarities))
            assert rarities[-1] < 1.0

    def test_silence_at_undoes_rarity(self, customers):
        for row in customers:
            for share in (0.9, 2 / 3, 0.5, 1 / 3, 0.05):
                silence = rhythm.silence_at(row, share)
                assert rhythm.rarity(row, silence) == pytest.approx(share, rel=1e-9)

    def test_chance_and_alive_are_probabilities(self, customers):
        for row in customers:
            for silence in SILENCES:
                alive = rhythm.alive(row, silence)
                assert 0.0 <= alive <= 1.0
                chances = [rhythm.chance(row, silence, days) for days in (1.0, 30.0, 365.0, 5000.0)]
                assert all(sooner <= later for sooner, later in itertools.pairwise(chances))
                assert chances[0] >= 0.0
                # nobody buys who does not come back
                assert chances[-1] <= alive + 1e-12

    def test_exceeds_is_chance_above_the_limit(self, customers):
        for row in customers:
            for silence, limit in itertools.product(SILENCES, (0.1, 1 / 3, 0.5)):
                chance = rhythm.chance(row, silence, row.horizon)
                if abs(chance - limit) > 1e-9:
                    assert rhythm.exceeds(row, silence, row.horizon, limit) == (chance > limit)

    def test_days_come_in_their_order_and_are_whole(self, customers):
        for row in map(changes, customers):
            days = [
                row.expected_from_days,
                row.expected_days,
                row.overdue_days,
                row.dormant_days,
                row.lost_days,
            ]
            assert days == sorted(days)
            assert all(day == int(day) for day in days)
            assert days[0] >= 1.0
            assert days[-1] <= rhythm.NEVER

    def test_stage_changes_on_the_first_day_the_chance_is_small_enough(self, customers):
        for row in map(changes, customers):
            for start, day, horizon, limit in (
                (row.overdue_days, row.dormant_days, row.horizon, row.chance_limit),
                (row.dormant_days, row.lost_days, 365.0, row.lost_limit),
            ):
                if day < rhythm.NEVER:
                    assert not rhythm.exceeds(row, day, horizon, limit)
                last = int(min(day, start + 400.0))  # far enough to catch a wrong turn
                assert all(
                    rhythm.exceeds(row, float(before), horizon, limit)
                    for before in range(int(start), last)
                )

    def test_days_after_until_do_not_matter(self, customers):
        for row in customers:
            full = changes(row)
            moments = {full.overdue_days, full.dormant_days, full.lost_days}
            for until in sorted({0.0, 400.0, *moments, *(day - 1.0 for day in moments)}):
                near = changes(row, until)
                for name in ("dormant_days", "lost_days"):
                    day, true_day = getattr(near, name), getattr(full, name)
                    if true_day <= until:
                        assert day == true_day
                    else:
                        assert day > until


def test_one_day_without_silence_is_no_news():
    row = customer([30] * 5, 30.0)
    assert rhythm.rarity(row, 0.0) == 1.0
    assert rhythm.alive(row, 0.0) == pytest.approx(row.pi)


def test_who_buys_regularly_is_missed_sooner():
    regular, irregular = customer([30] * 8, 30.0), customer([4, 90, 2, 60, 10, 50, 4, 20], 30.0)
    assert regular.sigma < irregular.sigma
    assert changes(regular).overdue_days < changes(irregular).overdue_days


def test_a_weekly_household_is_missed_before_a_yearly_donor():
    household, donor = customer([7] * 10, 30.0), customer([365] * 10, 30.0)
    assert changes(household).dormant_days < 60 < 300 < changes(donor).dormant_days


def test_usual_gap_of_one_time_buyers_is_the_companys():
    assert customer([], 42.0).usual == 42.0


def test_floor_keeps_daily_buyers_from_dormancy_in_a_week():
    row = customer([1] * 50, 1.0)
    assert rhythm.silence_at(row, 1 / 3) < 7.0
    assert changes(row).overdue_days == 7.0


@pytest.mark.parametrize(("g0", "days"), [(1.0, 30.0), (29.0, 87.0), (400.0, 365.0)])
def test_horizon_is_three_usual_gaps_within_a_month_and_a_year(g0, days):
    assert customer([], g0).horizon == days


def test_cautious_limit_waits_longer():
    row = customer([30] * 8, 30.0)
    row.chance_limit = 1 / 3
    assert changes(row).dormant_days >= changes(customer([30] * 8, 30.0)).dormant_days


@pytest.mark.parametrize("levels", [rhythm.CURVE, rhythm.EXPECTED, rhythm.CHANGES])
def test_every_formula_also_writes_sql(levels):
    query = select(levels, "SELECT 1")
    assert query.count("OFFSET 0") == len(levels)
    assert query.count("(") == query.count(")")
    assert all(f" AS {name}" in query for level in levels for name in level)


class TestModes:
    """What decides when it is not the curve: a number of days, or of the customer's own gaps."""

    @staticmethod
    def days(gaps, **limits):
        row = customer(gaps, 60.0)
        return changes(SimpleNamespace(**{**vars(row), **limits}))

    def test_fixed_days(self):
        row = self.days([30] * 10, mode=rhythm.FIXED, dormant_after=90.0, lost_after=200.0)
        assert (row.dormant_days, row.lost_days) == (90.0, 200.0)

    def test_multiple_of_the_own_interval(self):
        row = self.days([30] * 10, mode=rhythm.MULTIPLE, dormant_multiple=2.5, lost_multiple=6.0)
        usual = (60.0 + 300.0) / 11.0
        assert row.dormant_days == math.ceil(2.5 * usual)
        assert row.lost_days == math.ceil(6.0 * usual)

    def test_one_time_buyers_are_measured_by_the_company(self):
        assert self.days([], mode=rhythm.MULTIPLE, dormant_multiple=2.0).dormant_days == 120.0

    @pytest.mark.parametrize("mode", [rhythm.RHYTHM, rhythm.FIXED, rhythm.MULTIPLE])
    def test_floor_and_ceiling_bind_every_mode(self, mode):
        early = self.days([30] * 10, mode=mode, ceiling_days=9.0)
        assert early.dormant_days == 9.0
        late = self.days([30] * 10, mode=mode, floor_days=900.0)
        assert late.dormant_days == 900.0
        assert late.lost_days >= late.dormant_days

    def test_a_curve_without_end_still_meets_the_ceiling(self):
        row = self.days([30] * 10, chance_limit=-1.0, ceiling_days=400.0)
        assert row.dormant_days == 400.0

    def test_the_horizon_is_the_policys(self):
        row = compute(rhythm.EXPECTED, **{**vars(customer([], 50.0)), "intervals": 2.0})
        assert row.horizon == 100.0


@pytest.mark.parametrize("gaps", [[], [30], [30] * 10, [5, 400, 2], [365] * 4])
def test_missing_purchases_grow_from_nothing_to_a_years(gaps):
    row = customer([float(gap) for gap in gaps], 60.0)
    missing = [rhythm.missing(row, silence) for silence in (1e-9, 1, 10, 100, 1000, 10000)]
    assert missing[0] == pytest.approx(0, abs=1e-6)
    assert missing == sorted(missing)
    assert missing[-1] <= rhythm.YEAR / row.usual * row.pi


def test_missing_purchases_of_a_regular_customer():
    # every 30 days: of some 9 purchases to come (pi .98, 365/37.5), nearly all are unlikely
    # after half a year without any
    row = customer([30.0] * 10, 105.0)
    assert rhythm.missing(row, 180) == pytest.approx(
        365 / row.usual * (row.pi - rhythm.alive(row, 180))
    )
    assert rhythm.missing(row, 20) < 0.2 * rhythm.missing(row, 180)
