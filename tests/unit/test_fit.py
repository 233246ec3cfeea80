"""Fitting the return curve: the right loss, the right minimum, and never a failure."""

import csv
import math
import random
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from odoo.addons.cx_lifecycle.engine import fit, rhythm
from odoo.addons.cx_lifecycle.engine.formula import compute

CDNOW = Path(fit.__file__).parents[1] / "demo" / "cdnow_sample.txt"
START, END = date(2022, 1, 1), date(2023, 12, 31)
# A regular shop, where beta and the tail matter; and an irregular one.
SHOPS = (
    (0.46, 0.89, -0.21, 0.10, -0.41, 0.10, 2.38, 0.73, 1.50),
    (0.37, 0.83, -0.47, 0.14, -0.26, 0.19, 1.73, 1.49, 0.30),
)


def curve(silence, g0, theta):
    """The return curve of the customer whose silence this is."""
    x, tx, sl, sq, _days, _closed = silence
    parameters = dict(zip(rhythm.PARAMETERS, theta, strict=True))
    return compute(rhythm.CURVE, x=x, tx=tx, sl=sl, sq=sq, g0=g0, **parameters)


def simulated(theta, g0, customers):
    """Silences of customers who behave as the model says, watched for 4,000 days each."""
    draw = random.Random(19).random
    for _customer in range(customers):
        x, tx, sl, sq = 0, 0, 0.0, 0.0
        while True:
            row = curve((x, tx, sl, sq, 0, False), g0, theta)
            days = max(1, round(rhythm.silence_at(row, 1.0 - draw())))
            if draw() > row.pi or tx + days > 4000 or x == 30:
                break
            yield fit.Silence(x, tx, sl, sq, days, True)
            x, tx = x + 1, tx + days
            sl, sq = sl + math.log(days), sq + math.log(days) ** 2
        if x < 30:
            yield fit.Silence(x, tx, sl, sq, 4000 - tx, False)


def observed(customers, until=END):
    found = [silence for days in customers for silence in fit.silences(days, until)]
    return found, fit.median_gap(silence.days for silence in found if silence.closed)


def every(days, times, first=START):
    return [first + timedelta(days * number) for number in range(times)]


def penalty(theta, centre=rhythm.DEFAULT_THETA):
    terms = zip(theta, centre, fit.SPREAD, strict=True)
    return sum((th - mu) ** 2 / (2.0 * sd**2) for th, mu, sd in terms)


@pytest.fixture(scope="module")
def cdnow():
    """Days of purchase by customer of the CDNOW sample."""
    amounts = defaultdict(float)
    with CDNOW.open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            key = line["customer_id"], date.fromisoformat(line["date"])
            amounts[key] += float(line["amount"])
    customers = defaultdict(list)
    for (customer, day), amount in amounts.items():
        if amount > 0:
            customers[customer].append(day)
    return list(customers.values())


class TestSilences:
    def test_each_purchase_opens_one(self):
        days = [date(2024, 1, 1), date(2024, 1, 11), date(2024, 1, 31)]
        ln10, ln20 = math.log(10), math.log(20)
        first, second, third = fit.silences(days, date(2024, 2, 5))
        assert first == (0, 0, 0.0, 0.0, 10, True)
        assert second == (1, 10, ln10, ln10**2, 20, True)
        assert third == (2, 30, ln10 + ln20, ln10**2 + ln20**2, 5, False)

    def test_what_comes_after_the_last_day_observed_is_not_seen(self):
        days = every(10, 5)
        until = days[2] + timedelta(3)
        assert fit.silences(days, until) == fit.silences(days[:3], until)

    def test_order_and_repetition_of_the_days_do_not_matter(self):
        days = every(10, 5)
        assert fit.silences([*reversed(days), days[0]], END) == fit.silences(days, END)

    def test_nobody_has_no_silence(self):
        assert fit.silences([], END) == []
        assert fit.silences([END + timedelta(1)], END) == []

    def test_on_the_day_of_purchase_it_has_no_length(self):
        assert fit.silences([END], END) == [(0, 0, 0.0, 0.0, 0, False)]


class TestMedianGap:
    @pytest.mark.parametrize("gaps", [[], [3], [1, 2, 3, 4]])
    def test_a_few_gaps_say_nothing(self, gaps):
        assert fit.median_gap(gaps) == 90.0

    def test_median(self):
        assert fit.median_gap([9, 1, 5, 7, 3]) == 5.0
        assert fit.median_gap(iter([9, 1, 5, 7, 3, 6])) == 5.5


class TestLoss:
    SILENCES = (
        (0, 0, 0.0, 0.0, 12, True),
        (0, 0, 0.0, 0.0, 400, False),
        (1, 12, math.log(12), math.log(12) ** 2, 1, True),
        (5, 150, 17.0, 57.9, 31, True),
        (5, 150, 17.0, 57.9, 31, True),
        (5, 150, 17.0, 57.9, 90, False),
        (30, 900, 102.0, 347.1, 3, False),
        (30, 900, 90.0, 320.0, 2000, True),
        (2, 1500, 13.2, 87.2, 700, False),
    )
    THETAS = (
        rhythm.DEFAULT_THETA,
        *SHOPS,
        (0.0, 1.1, 0.3, 0.2, -0.5, 0.1, 15.0, 0.2, 6.0),  # beyond the upper bounds
        (0.0, 1.1, 0.3, 3.5, -0.5, 0.4, 3.0, 0.2, 0.5),  # beyond beta's
        (0.9, 0.7, -0.3, -2.5, 0.3, -0.4, -14.0, 0.5, -2.0),  # beyond the lower ones
    )

    @pytest.mark.parametrize("theta", THETAS)
    @pytest.mark.parametrize("g0", [1.0, 30.0, 365.0])
    def test_is_the_likelihood_of_the_return_curve(self, theta, g0):
        groups, used = fit._prepare(self.SILENCES, g0)
        expected = 0.0
        for silence in self.SILENCES:
            row, days, closed = curve(silence, g0, theta), *silence[4:]
            rarity = rhythm.rarity(row, days)
            if closed:
                odds = math.exp(row.beta * (math.log(days) - row.ln_tau))
                # the density of ln(days): beta · odds · rarity^(1 + 1/nu), odds as in rarity
                likelihood = row.pi * row.beta * odds * rarity / (1.0 + odds / row.nu)
            else:
                likelihood = 1.0 - row.pi + row.pi * rarity
            expected -= math.log(likelihood)
        assert used == len(self.SILENCES)
        assert fit.loss(groups, theta)[0] == pytest.approx(expected, rel=1e-12)

    @pytest.mark.parametrize("theta", THETAS[:3])
    def test_density_is_the_slope_of_rarity(self, theta):
        """Ties the closed silence to the open one: as days go by, rarity turns into returns."""
        for silence in self.SILENCES:
            row, days = curve(silence, 30.0, theta), float(silence[4])
            sooner, later = days * math.exp(-1e-5), days * math.exp(1e-5)
            slope = (rhythm.rarity(row, sooner) - rhythm.rarity(row, later)) / 2e-5
            groups, _used = fit._prepare([(*silence[:4], days, True)], 30.0)
            density = math.exp(-fit.loss(groups, theta)[0])
            assert density == pytest.approx(row.pi * slope, rel=1e-5)

    @pytest.mark.parametrize("theta", THETAS)
    def test_slope_is_its_derivative(self, theta):
        groups, _used = fit._prepare(self.SILENCES, 30.0)
        _value, slope = fit.loss(groups, theta)
        for i, derivative in enumerate(slope):
            ahead, behind = list(theta), list(theta)
            ahead[i] += 1e-5
            behind[i] -= 1e-5
            rise = fit.loss(groups, ahead)[0] - fit.loss(groups, behind)[0]
            assert derivative == pytest.approx(rise / 2e-5, rel=1e-6, abs=1e-6)

    def test_an_open_silence_of_no_days_says_nothing(self):
        nothing = [(0, 0, 0.0, 0.0, 0, False)] * 3
        assert fit.fit(nothing, 30.0) == fit.Fit(rhythm.DEFAULT_THETA, 0.0, 0, 0)
        assert fit.fit([*self.SILENCES, *nothing], 30.0) == fit.fit(self.SILENCES, 30.0)

    def test_equal_silences_count_each(self):
        groups, used = fit._prepare(self.SILENCES * 3, 30.0)
        once, _used = fit._prepare(self.SILENCES, 30.0)
        theta = SHOPS[0]
        assert used == 3 * len(self.SILENCES)
        assert fit.loss(groups, theta)[0] == pytest.approx(3 * fit.loss(once, theta)[0], rel=1e-12)


class TestFit:
    def test_without_data_it_is_what_was_assumed(self):
        assert fit.fit([], 90.0).theta == rhythm.DEFAULT_THETA
        assert fit.fit([], 90.0, SHOPS[0]) == fit.Fit(SHOPS[0], 0.0, 0, 0)

    def test_a_segment_with_little_data_stays_near_its_company(self):
        few = list(simulated(SHOPS[1], 30.0, 2))
        found = fit.fit(few, 30.0, SHOPS[0]).theta
        assert penalty(found, SHOPS[0]) < 2.0 < penalty(found, SHOPS[1])

    @pytest.mark.parametrize("theta", SHOPS)
    def test_it_finds_the_parameters_of_simulated_customers(self, theta):
        found = fit.fit(simulated(theta, 30.0, 1000), 30.0)
        assert found.iterations < 40
        # curves, not parameters, are what must agree: some parameters trade off
        for silence in [(0, 0, 0.0, 0.0, 0, False), *TestLoss.SILENCES[2:7]]:
            truth, ours = curve(silence, 30.0, theta), curve(silence, 30.0, found.theta)
            assert ours.pi == pytest.approx(truth.pi, abs=0.03)
            for share in (0.75, 0.5, 0.25):
                expected = math.log(rhythm.silence_at(truth, share))
                assert math.log(rhythm.silence_at(ours, share)) == pytest.approx(expected, abs=0.1)

    def test_it_ends_at_the_bottom(self):
        found, g0 = list(simulated(SHOPS[0], 30.0, 100)), 30.0
        best = fit.fit(found, g0)
        groups, _used = fit._prepare(found, g0)
        value, slope = fit.loss(groups, best.theta)
        assert best.loss == pytest.approx(value + penalty(best.theta), rel=1e-12)
        pulls = zip(slope, best.theta, rhythm.DEFAULT_THETA, fit.SPREAD, strict=True)
        assert all(abs(s * sd + (th - mu) / sd) < 1e-2 for s, th, mu, sd in pulls)

    def test_the_order_of_the_silences_does_not_matter(self):
        found = list(simulated(SHOPS[0], 30.0, 50))
        mixed = random.Random(1).sample(found, len(found))
        assert fit.fit(mixed, 30.0) == fit.fit(found, 30.0)

    @pytest.mark.parametrize("number", [1, 10, 100])
    @pytest.mark.parametrize(
        "customers",
        [
            pytest.param([[START]], id="bought once, long ago"),
            pytest.param([[END]], id="bought once, on the last day"),
            pytest.param([[START], [START + timedelta(300)], [END]], id="one-time buyers"),
            pytest.param([every(30, 10)], id="regular, then gone"),
            pytest.param([every(30, 25)], id="regular, still there"),
            pytest.param([every(1, 40)], id="daily, then gone"),
            pytest.param([every(1, 100, END - timedelta(99))], id="daily, still there"),
            pytest.param([every(3, 2), every(9, 2), every(20, 2)], id="all gone after two"),
            pytest.param([every(7, 50), every(350, 2)], id="two kinds"),
            pytest.param([every(36500, 2, date(1900, 1, 1))], id="a century apart"),
        ],
    )
    def test_it_converges_whatever_the_customers(self, customers, number):
        found, g0 = observed(customers * number)
        best = fit.fit(found, g0)
        groups, _used = fit._prepare(found, g0)
        assert best.iterations < fit.MAX_ITERATIONS
        assert all(math.isfinite(th) for th in best.theta)
        assert best.loss <= fit.loss(groups, rhythm.DEFAULT_THETA)[0]

    def test_each_step_is_lower(self, monkeypatch):
        values = []
        step = fit._step

        def watched(*arguments):
            found = step(*arguments)
            values.append(found[1])
            return found

        monkeypatch.setattr(fit, "_step", watched)
        fit.fit(simulated(SHOPS[1], 30.0, 50), 30.0)
        assert len(values) > 3
        assert all(later < sooner for sooner, later in pairwise(values))


class TestOnRealCustomers:
    """The CDNOW sample: fitted on 1997, judged by the first half of 1998."""

    CUT = date(1997, 12, 31)
    HORIZON = 180

    @pytest.fixture(scope="class")
    def fitted(self, cdnow):
        found, g0 = observed(cdnow, self.CUT)
        return fit.fit(found, g0), g0

    def test_fit(self, fitted):
        best, g0 = fitted
        assert g0 == 29.0
        assert best.silences == 5532
        assert best.iterations < 40
        assert best.theta == pytest.approx(
            (0.3726, 0.8256, -0.4654, 0.1420, -0.2566, 0.1937, 1.7333, 1.4873, -0.0818), abs=2e-3
        )

    def test_it_ranks_who_comes_back(self, cdnow, fitted):
        best, g0 = fitted
        end = self.CUT + timedelta(self.HORIZON)
        back, gone = [], []
        for days in cdnow:
            *_closed, silence = fit.silences(days, self.CUT)
            row = curve(silence, g0, best.theta)
            chance = rhythm.chance(row, silence.days, self.HORIZON)
            (back if any(self.CUT < day <= end for day in days) else gone).append(chance)
        assert len(back) > 500
        # the share of pairs ranked rightly: the area under the ROC curve
        wins = sum((a > b) + (a == b) / 2.0 for a in back for b in gone)
        assert wins / (len(back) * len(gone)) > 0.76
