"""The season clock: weights worked by hand, and days that add up."""

import math
import random
from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.cx_lifecycle.engine import fit, season

PATIENTLY = settings(max_examples=150, deadline=None, derandomize=True)
COMMON = [monthrange(2023, month)[1] for month in range(1, 13)]
DAY = timedelta(1)
AUGUST = ((8, 1), (8, 31))
YEAR_END = ((12, 24), (1, 6))

days = st.dates(date(2015, 1, 1), date(2030, 12, 31))
month_days = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: (day.month, day.day))
seasons = st.none() | st.lists(st.floats(0.2, 5.0), min_size=12, max_size=12)


@st.composite
def histories(draw, most=200):
    """Counts of every month of two to seven years, and a few days more at both ends."""
    first, extra = draw(days), draw(st.integers(760, 2500))
    last = first + timedelta(extra)
    months = {(day.year, day.month) for day in daily(first, last)}
    purchases = st.lists(st.integers(0, most), min_size=len(months), max_size=len(months))
    return dict(zip(sorted(months), draw(purchases), strict=True)), first, last


@st.composite
def spans(draw, longest=1500):
    """First and last day, and some closures around them."""
    first = draw(days)
    last = first + timedelta(draw(st.integers(0, longest)))
    starts = draw(st.lists(st.integers(-60, longest), max_size=4))
    ends = [start + draw(st.integers(0, 60)) for start in starts]
    closures = [
        (first + timedelta(start), first + timedelta(end))
        for start, end in zip(starts, ends, strict=True)
    ]
    return first, last, closures


def daily(first, last):
    return [first + timedelta(number) for number in range((last - first).days + 1)]


def steady(first_year, years, per_day=1000.0, growth=0.0, season=(1.0,) * 12):
    """Counts of whole years with growth (in nats a year) and a season, unrounded."""
    counts = {}
    for year in range(first_year, first_year + years):
        for month, weight in enumerate(season, 1):
            passed = (year - first_year) + (month - 0.5) / 12.0
            level = per_day * weight * math.exp(growth * passed)
            counts[year, month] = level * monthrange(year, month)[1]
    return counts


def whole(first_year, years):
    return date(first_year, 1, 1), date(first_year + years - 1, 12, 31)


def mean(weights, lengths=COMMON):
    return sum(w * d for w, d in zip(weights, lengths, strict=True)) / sum(lengths)


HALF_AUGUST = tuple(0.5 if month == 8 else 1.0 for month in range(1, 13))
# 334 days that weigh 1 and 31 that weigh 1/2: 349.5 instead of 365
TRUE_HALF, TRUE_OTHER = 0.5 * 365 / 349.5, 365 / 349.5


class TestWeights:
    def test_many_purchases_tell_the_season_itself(self):
        counts = steady(2022, 2, per_day=1e9, season=HALF_AUGUST)
        found = season.weights(counts, *whole(2022, 2))
        for month, weight in enumerate(found, 1):
            expected = TRUE_HALF if month == 8 else TRUE_OTHER
            assert weight == pytest.approx(expected, rel=1e-6)

    def test_as_many_purchases_as_the_prior_are_believed_by_half(self):
        """Two years of 120: together 240, so halfway between the shares and 1."""
        counts = steady(2022, 2, per_day=120 / 349.5, season=HALF_AUGUST)
        found = season.weights(counts, *whole(2022, 2))
        assert found[7] == pytest.approx((1 + TRUE_HALF) / 2, rel=1e-9)  # 0.761
        assert found[0] == pytest.approx((1 + TRUE_OTHER) / 2, rel=1e-9)  # 1.022

    def test_years_of_unequal_size(self):
        """By hand: years of 240 and 720 purchases, the second with all of them in June.

        Shares 240/480 = 1/2 and 720/960 = 3/4. Their weighted sum varies by (1/4)/240 +
        (9/16)/720 = 0.0018229, so carried = 1.25²/0.0018229 = 857.14 and trust = 857.14/
        1097.14 = 0.78125. Growth: ln 3 to either year, taken out month by month.
        """
        counts = {(2021, month): 240 * length / 365 for month, length in enumerate(COMMON, 1)}
        counts[2022, 6] = 720
        first = [math.exp(-math.log(3) * place / 12) for place in range(12)]
        level = sum(r * d for r, d in zip(first, COMMON, strict=True)) / 365
        shapes = [
            (0.5 * first[place] / level + 0.75 * (365 / 30 if place == 5 else 0.0)) / 1.25
            for place in range(12)
        ]
        drawn = [max(0.2, min(1 + 0.78125 * (shape - 1), 5.0)) for shape in shapes]
        found = season.weights(counts, date(2021, 1, 1), date(2022, 12, 31))
        assert found == pytest.approx([weight / mean(drawn) for weight in drawn], rel=1e-9)

    def test_a_season_is_told_apart_from_growth(self):
        counts = steady(2020, 4, per_day=1e6, growth=0.5, season=HALF_AUGUST)
        found = season.weights(counts, *whole(2020, 4))
        expected = [TRUE_HALF if month == 8 else TRUE_OTHER for month in range(1, 13)]
        assert found == pytest.approx(expected, rel=0.01)

    @pytest.mark.parametrize("growth", [-1.0, -0.3, 0.0, 0.3, 1.0])
    @pytest.mark.parametrize("years", [2, 3, 5, 8])
    def test_growth_alone_is_no_season(self, growth, years):
        counts = steady(2016, years, growth=growth)
        found = season.weights(counts, *whole(2016, years))
        assert found == pytest.approx([1.0] * 12, abs=0.03)

    @pytest.mark.parametrize("place", [1, 2, 3, 4])
    def test_a_jump_between_two_steady_years_is_no_season(self, place):
        counts = steady(2018, 5)
        counts = {(y, m): n * (100 if y >= 2018 + place else 1) for (y, m), n in counts.items()}
        found = season.weights(counts, *whole(2018, 5))
        # at an end, where the year after is not known, a jump is taken for growth
        assert found == pytest.approx([1.0] * 12, abs=0.15 if place in (1, 4) else 0.01)

    def test_one_great_year_is_no_season(self):
        counts = {(y, m): n * (100 if y == 2020 else 1) for (y, m), n in steady(2018, 5).items()}
        found = season.weights(counts, *whole(2018, 5))
        assert found == pytest.approx([1.0] * 12, abs=0.01)

    def test_what_was_before_five_years_does_not_matter(self):
        counts = steady(2012, 4, season=HALF_AUGUST) | steady(2016, 5)
        found = season.weights(counts, *whole(2012, 9))
        assert found == season.weights(counts, *whole(2016, 5))

    def test_chance_alone_is_hardly_a_season(self):
        draw = random.Random(7)
        counts = dict.fromkeys(steady(2020, 3), 0)
        for _purchase in range(600):
            counts[draw.choice(list(counts))] += 1
        found = season.weights(counts, *whole(2020, 3))
        assert found == pytest.approx([1.0] * 12, abs=0.3)

    @PATIENTLY
    @given(histories())
    def test_mean_is_one_and_no_day_counts_for_more_than_25(self, history):
        found = season.weights(*history)
        if found is not None:
            assert len(found) == 12
            assert mean(found) == pytest.approx(1.0, rel=1e-12)
            assert 0.0 < max(found) <= 25.0 * min(found) * (1 + 1e-12)

    @PATIENTLY
    @given(histories(), st.randoms(use_true_random=False))
    def test_order_of_counts_does_not_matter(self, history, chance):
        counts, first, last = history
        mixed = chance.sample(list(counts.items()), len(counts))
        assert season.weights(dict(mixed), first, last) == season.weights(counts, first, last)

    @PATIENTLY
    @given(histories(), st.integers(2, 50))
    def test_more_of_the_same_is_believed_more(self, history, times):
        counts, first, last = history
        counts = {month: number + 20 for month, number in counts.items()}
        few = season.weights(counts, first, last)
        many = season.weights({m: number * times for m, number in counts.items()}, first, last)
        assert max(few) / min(few) <= max(many) / min(many) * (1 + 1e-9)

    @PATIENTLY
    @given(histories())
    def test_partial_months_and_months_outside_history_do_not_matter(self, history):
        counts, first, last = history
        full = {
            (year, month): number
            for (year, month), number in counts.items()
            if first <= date(year, month, 1)
            and date(year, month, monthrange(year, month)[1]) <= last
        }
        beyond = {(first.year - 1, 5): 1000, (last.year + 1, 5): 1000}
        expected = season.weights(full, first, last)
        assert season.weights({**counts, **beyond}, first, last) == expected

    def test_a_year_may_start_in_any_month(self):
        counts = steady(2020, 4, per_day=1e9, season=HALF_AUGUST)
        first, last = date(2020, 4, 15), date(2023, 9, 29)  # May 2020 to August 2023 are full
        found = season.weights(counts, first, last)
        assert found == pytest.approx(season.weights(counts, *whole(2020, 4)), rel=0.005)

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            pytest.param(date(2022, 1, 1), date(2023, 12, 30), id="one day is missing at the end"),
            pytest.param(date(2022, 1, 2), date(2023, 12, 31), id="one day at the beginning"),
            pytest.param(date(2022, 1, 1), date(2022, 1, 1), id="one day in all"),
            pytest.param(date(2023, 1, 1), date(2022, 1, 1), id="none"),
        ],
    )
    def test_less_than_two_whole_years_tell_nothing(self, first, last):
        counts = steady(2021, 4)
        assert season.weights(counts, *whole(2022, 2)) is not None
        assert season.weights(counts, first, last) is None

    def test_no_purchases_tell_nothing(self):
        assert season.weights({}, *whole(2019, 5)) is None
        assert season.weights({(2021, 3): 50}, *whole(2019, 5)) is None  # in one year only

    def test_a_closure_of_the_clock_is_not_counted_twice(self):
        """Equal purchases a day, but none in the second half of August."""
        counts = steady(2021, 3, per_day=1e9)
        closures = season.yearly((8, 16), (8, 31), 2021, 2023)
        closed = {m: n * (15 / 31 if m[1] == 8 else 1.0) for m, n in counts.items()}
        twice = season.weights(closed, *whole(2021, 3))
        once = season.weights(closed, *whole(2021, 3), closures)
        assert twice[7] < 0.55
        assert once == pytest.approx([1.0] * 12, rel=1e-6)

    def test_a_month_that_is_always_closed_weighs_like_others(self):
        counts = {m: 0 if m[1] == 8 else n for m, n in steady(2021, 3, per_day=1e9).items()}
        closures = season.yearly(*AUGUST, 2021, 2023)
        found = season.weights(counts, *whole(2021, 3), closures)
        assert found == pytest.approx([1.0] * 12, rel=1e-6)


class TestClock:
    def test_by_hand(self):
        """Three days of January that weigh 2, of which one is closed, and one of February."""
        weights = (2.0, 0.5, *[2.0] * 10)
        year = 2.0 * (365 - 28) + 0.5 * 28  # 688: all is scaled by 365/688
        found = season.clock(
            date(2023, 1, 29), date(2023, 2, 1), weights, [(date(2023, 1, 30), date(2023, 1, 30))]
        )
        assert [day for day, _units in found] == daily(date(2023, 1, 29), date(2023, 2, 1))
        units = [units * year / 365 for _day, units in found]
        assert units == pytest.approx([2.0, 2.0, 4.0, 4.5], rel=1e-12)

    @PATIENTLY
    @given(spans())
    def test_without_weights_and_closures_it_is_the_calendar(self, span):
        first, last, _closures = span
        assert season.clock(first, last) == [
            (day, (day - first).days + 1) for day in daily(first, last)
        ]

    @PATIENTLY
    @given(spans(), seasons)
    def test_it_rises_while_open_and_stands_still_while_closed(self, span, weights):
        first, last, closures = span
        found = season.clock(first, last, weights, closures)
        assert [day for day, _units in found] == daily(first, last)
        for (_before, units), (day, later) in pairwise(found):
            closed = any(start <= day <= end for start, end in closures)
            assert later == units if closed else later > units

    @PATIENTLY
    @given(st.integers(1990, 2110), seasons)
    def test_a_whole_year_has_as_many_units_as_days(self, year, weights):
        found = season.clock(date(year, 1, 1), date(year, 12, 31), weights)
        assert found[-1][1] == pytest.approx(len(found), rel=1e-12)

    @PATIENTLY
    @given(spans(), seasons, st.integers(0, 400))
    def test_differences_do_not_depend_on_where_it_starts(self, span, weights, earlier):
        first, last, closures = span
        short = dict(season.clock(first, last, weights, closures))
        long = dict(season.clock(first - timedelta(earlier), last, weights, closures))
        assert long[last] - long[first] == pytest.approx(short[last] - short[first], abs=1e-8)

    def test_of_no_days_is_empty(self):
        assert season.clock(date(2023, 1, 2), date(2023, 1, 1)) == []

    def test_closed_all_the_time_it_never_starts(self):
        first, last = date(2023, 1, 1), date(2023, 3, 1)
        found = season.clock(first, last, closures=[(first, last), (first - DAY, last + DAY)])
        assert {units for _day, units in found} == {0.0}


class TestYearly:
    def test_within_a_year(self):
        assert season.yearly(*AUGUST, 2022, 2023) == [
            (date(2022, 8, 1), date(2022, 8, 31)),
            (date(2023, 8, 1), date(2023, 8, 31)),
        ]

    def test_over_new_year(self):
        assert season.yearly(*YEAR_END, 2022, 2023) == [
            (date(2021, 12, 24), date(2022, 1, 6)),
            (date(2022, 12, 24), date(2023, 1, 6)),
            (date(2023, 12, 24), date(2024, 1, 6)),
        ]

    def test_of_one_day(self):
        assert season.yearly((5, 1), (5, 1), 2023, 2023) == [(date(2023, 5, 1),) * 2]

    @pytest.mark.parametrize(
        ("start", "end", "in_2023", "in_2024"),
        [
            ((2, 29), (3, 5), [(3, 1), (3, 5)], [(2, 29), (3, 5)]),
            ((2, 20), (2, 29), [(2, 20), (2, 28)], [(2, 20), (2, 29)]),
            ((2, 29), (2, 29), None, [(2, 29), (2, 29)]),
        ],
    )
    def test_29_february(self, start, end, in_2023, in_2024):
        expected = [
            tuple(date(year, *month_day) for month_day in pair)
            for year, pair in ((2023, in_2023), (2024, in_2024))
            if pair
        ]
        assert season.yearly(start, end, 2023, 2024) == expected

    def test_over_new_year_to_29_february(self):
        assert season.yearly((12, 1), (2, 29), 2023, 2023) == [
            (date(2022, 12, 1), date(2023, 2, 28)),
            (date(2023, 12, 1), date(2024, 2, 29)),
        ]

    @pytest.mark.parametrize("wrong", [(2, 30), (4, 31), (13, 1), (0, 1), (1, 0)])
    def test_a_day_that_never_comes_is_refused(self, wrong):
        with pytest.raises(ValueError):
            season.yearly(wrong, (12, 31), 2023, 2024)
        with pytest.raises(ValueError):
            season.yearly((1, 1), wrong, 2023, 2024)

    @PATIENTLY
    @given(month_days, month_days, st.integers(1995, 2105), st.integers(0, 3))
    def test_each_day_of_the_years_is_closed_that_should_be(self, start, end, year, more):
        found = season.yearly(start, end, year, year + more)
        first, last = date(year, 1, 1), date(year + more, 12, 31)
        closed = {day for pair in found for day in daily(*pair)}
        for day in daily(first, last):
            at = day.month, day.day
            inside = start <= at <= end if start <= end else at >= start or at <= end
            assert (day in closed) == inside


class TestSilences:
    """Silences on the clock, as the fit takes them."""

    FIRST, UNTIL = date(2023, 7, 1), date(2023, 9, 30)
    CLOCK = dict(season.clock(FIRST, UNTIL, closures=season.yearly(*AUGUST, 2023, 2023)))

    def test_days_of_a_closure_are_left_out(self):
        bought = [date(2023, 7, 11), date(2023, 7, 21), date(2023, 9, 5)]
        first, second, third = fit.silences(bought, self.UNTIL, self.CLOCK)
        ln10, ln15 = math.log(10), math.log(15)
        assert first == (0, 0, 0.0, 0.0, 10, True)
        assert second == (1, 10, ln10, ln10**2, 15, True)
        assert third == (2, 25, ln10 + ln15, ln10**2 + ln15**2, 25, False)

    def test_a_gap_within_a_closure_is_short_but_not_nothing(self):
        bought = [date(2023, 8, 3), date(2023, 8, 20)]
        first, second = fit.silences(bought, date(2023, 8, 31), self.CLOCK)
        assert first == (0, 0, 0.0, 0.0, season.SHORTEST, True)
        assert second == (1, 0.0, math.log(0.5), math.log(0.5) ** 2, 0.0, False)

    @PATIENTLY
    @given(spans(), st.lists(st.integers(0, 1500), max_size=20))
    def test_on_a_plain_clock_they_are_those_in_days(self, span, numbers):
        first, last, _closures = span
        bought = [first + timedelta(number) for number in numbers]
        plain = dict(season.clock(first, last))
        assert fit.silences(bought, last, plain) == fit.silences(bought, last)

    @PATIENTLY
    @given(spans(), seasons, st.lists(st.integers(0, 1500), max_size=20))
    def test_what_the_fit_needs_always_holds(self, span, weights, numbers):
        first, last, closures = span
        clock = dict(season.clock(first, last, weights, closures))
        bought = [first + timedelta(number) for number in numbers]
        for x, tx, sl, sq, length, closed in fit.silences(bought, last, clock):
            assert tx >= 0.0
            assert sq * x >= sl * sl - 1e-9 * max(1.0, sl * sl)
            assert length >= (season.SHORTEST if closed else 0.0)

    def test_the_median_gap_may_be_a_fraction(self):
        assert fit.median_gap([0.5, 2.25, 2.75, 9.0, 30.5]) == 2.75
        assert fit.median_gap([0.5, 2.25, 2.75, 9.0, 30.5, 1.25]) == 2.5

    def test_a_fit_in_units_converges(self):
        last = date(2024, 12, 31)
        first = date(2021, 1, 1)
        clock = dict(season.clock(first, last, HALF_AUGUST, season.yearly(*YEAR_END, 2021, 2024)))
        found = []
        for number in range(40):
            gap = 20 + number
            bought = [first + timedelta(number + gap * k) for k in range(10 + number % 15)]
            found += fit.silences(bought, last, clock)
        g0 = fit.median_gap(silence.days for silence in found if silence.closed)
        best = fit.fit(found, g0)
        assert best.iterations < fit.MAX_ITERATIONS
        assert all(map(math.isfinite, best.theta))
