"""Stratified relative risks: published examples, scipy, what must always hold, and coverage."""

import math
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import contingency

from odoo.addons.cx_lifecycle.engine import association, means
from odoo.addons.cx_lifecycle.engine.association import GROUPS, Counts

# a busy machine is no failure
SEARCHING = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# deaths / patients with tolbutamide and with placebo, of those below 55 years and the others
# (University Group Diabetes Program 1970; K. J. Rothman, S. Greenland, T. L. Lash,
# Modern Epidemiology, 3rd edition, table 15-1: relative risk 1.33, difference 0.034)
TOLBUTAMIDE = [(8, 106, 5, 120), (22, 98, 16, 85)]


def dealt(people, hits):
    """So many people, dealt evenly into the groups, those with the outcome first."""
    groups = {}
    for number in range(people):
        group = number % GROUPS
        count = groups.get(group, Counts())
        groups[group] = Counts(count.people + 1, count.hits + (number < hits))
    return groups


def stratum(a, n1, c, n0):
    exposed, others = dealt(n1, a), dealt(n0, c)
    none = Counts()
    everybody = {
        group: Counts(
            *map(sum, zip(exposed.get(group, none), others.get(group, none), strict=True))
        )
        for group in {*exposed, *others}
    }  # fmt: skip
    return everybody, exposed


def found(*tables):
    return association.compare(association.add_up(stratum(*table) for table in tables))


def test_published_example():
    result = found(*TOLBUTAMIDE)
    assert result.ratio == pytest.approx(1.33, abs=0.005)
    assert result.difference == pytest.approx(0.035, abs=0.001)
    # S. Greenland, J. M. Robins, Biometrics 41, 1985, worked out by hand for this table
    with_it, without = 8 * 120 / 226 + 22 * 85 / 183, 5 * 106 / 226 + 16 * 98 / 183
    spread = (13 * 106 * 120 / 226**2 - 40 / 226) + (38 * 98 * 85 / 183**2 - 352 / 183)
    error = math.sqrt(spread / (with_it * without))
    assert result.low == pytest.approx(result.ratio * math.exp(-1.959964 * error))
    assert result.high == pytest.approx(result.ratio * math.exp(1.959964 * error))
    assert (round(result.low, 2), round(result.high, 2)) == (0.8, 2.2)
    assert result.p_value == pytest.approx(
        2 * stats.norm.sf(math.log(result.ratio) / error), rel=1e-6
    )


@pytest.mark.parametrize("table", [(30, 100, 20, 150), (3, 40, 9, 60), (45, 50, 10, 200)])
def test_one_stratum_against_scipy(table):
    a, n1, c, n0 = table
    result, theirs = found(table), contingency.relative_risk(a, n1, c, n0)
    low, high = theirs.confidence_interval(0.95)
    assert result.ratio == pytest.approx(theirs.relative_risk)
    assert result.low == pytest.approx(low, rel=1e-6)
    assert result.high == pytest.approx(high, rel=1e-6)
    assert result.rate_exposed == pytest.approx(a / n1)
    assert result.rate_others == pytest.approx(c / n0)


def test_difference_of_one_stratum():
    """Sato's variance is the usual one of two shares, nearly, where there is one stratum."""
    result = found((300, 1000, 200, 1500))
    error = math.sqrt(0.3 * 0.7 / 1000 + (2 / 15) * (13 / 15) / 1500)
    assert result.difference == pytest.approx(0.3 - 2 / 15)
    assert result.difference_high - result.difference == pytest.approx(1.96 * error, rel=0.02)
    assert result.difference - result.difference_low == pytest.approx(1.96 * error, rel=0.02)


def test_matching_undoes_what_both_depend_on():
    """Those at risk are exposed more often: together it looks like 3, alike it is 1."""
    tables = [(4, 40, 40, 400), (200, 400, 20, 40)]
    crude = contingency.relative_risk(204, 440, 60, 440).relative_risk
    assert crude > 3
    assert found(*tables).ratio == pytest.approx(1.0)


def test_strata_with_nobody_to_compare_say_nothing():
    sums = association.add_up(
        [stratum(*TOLBUTAMIDE[0]), stratum(5, 50, 0, 0), stratum(0, 0, 9, 90)]
    )
    assert (sums.seen, sums.exposed, sums.others) == (156, 106, 120)
    assert association.compare(sums).ratio == pytest.approx(found(TOLBUTAMIDE[0]).ratio)
    assert association.compare(association.add_up([stratum(5, 50, 0, 0)])) is None
    assert association.compare(association.add_up([])) is None
    assert association.compare(association.add_up([stratum(0, 50, 0, 50)])) is None


def test_no_hit_on_one_side():
    never, always_only = found((0, 200, 40, 400)), found((40, 200, 0, 400))
    assert 0 < never.ratio < 0.1
    assert never.low < never.ratio < never.high < 1
    assert always_only.ratio > 20
    assert 1 < always_only.low < always_only.ratio < always_only.high < math.inf
    few = found((0, 3, 2, 30))
    assert few.low < 1 < few.high
    assert few.p_value > 0.05


def test_days_add_up():
    one, other = (association.add_up([stratum(*table)]) for table in TOLBUTAMIDE)
    whole = association.add_up(stratum(*table) for table in TOLBUTAMIDE)
    for added, expected in zip(association.total([one, other]), whole, strict=True):
        assert added == pytest.approx(expected)


def test_attributable_share():
    # O. S. Miettinen, American Journal of Epidemiology 99, 1974: exposed share × (RR - 1)/RR
    assert association.attributable(60, 100, 3.0) == pytest.approx(0.4)
    assert association.attributable(60, 100, 0.5) == 0.0
    assert association.attributable(0, 0, 3.0) == 0.0


def test_holm():
    # S. Holm, Scandinavian Journal of Statistics 6, 1979; as R's p.adjust gives them
    assert association.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert association.holm([0.9, 0.8]) == [1.0, 1.0]
    assert association.holm([]) == []


def test_verdicts():
    def said(*tables, adjusted=None):
        sums = association.add_up(stratum(*table) for table in tables)
        result = association.compare(sums)
        untold = association.untold(sums, result)
        return untold or association.verdict(result, adjusted or result.p_value)

    assert said((60, 100, 30, 100)) == "more"
    assert said((30, 100, 60, 100)) == "less"
    assert said((31, 100, 30, 100)) == "same"
    assert said((60, 100, 30, 100), adjusted=0.06) == "same"
    assert said((20, 29, 5, 100)) == "few"
    assert said((20, 40, 0, 0)) == "apart"
    assert said((20, 40, 0, 0), (9, 10, 3, 10)) == "apart"
    assert said((20, 40, 2, 5)) == "apart"
    assert said((300, 1000, 10, 40)) == "apart"


TABLES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)).map(
        lambda t: (t[0], t[0] + t[1], t[2], t[2] + t[3])
    ),
    max_size=5,
)


@SEARCHING
@given(TABLES)
def test_what_always_holds(tables):
    sums = association.add_up(stratum(*table) for table in tables)
    assert sum(sums.groups_with) == pytest.approx(sums.with_it, abs=1e-6)
    assert sum(sums.groups_without) == pytest.approx(sums.without, abs=1e-6)
    result = association.compare(sums)
    if result is None:
        return
    assert 0 < result.low <= result.ratio <= result.high
    assert 0 <= result.p_value <= 1
    assert -1 <= result.difference_low <= result.difference_high <= 1
    assert result.difference == pytest.approx(result.rate_exposed - result.rate_others)
    swapped = found(*[(c, n0, a, n1) for a, n1, c, n0 in tables])
    assert swapped.ratio == pytest.approx(1 / result.ratio)
    assert swapped.p_value == pytest.approx(result.p_value, abs=1e-6)


def simulated(draw, ratio, days, people, heterogeneity=0.0):
    """Sums of some days on which people, each the same every day, are exposed and hit or not."""
    own = [draw.gauss(0, 1) for _ in range(people)]
    sums = []
    for _day in range(days):
        cells = {}
        for number, nature in enumerate(own):
            layer = number % 5
            exposed = draw.random() < (0.05 + 0.07 * layer) * math.exp(heterogeneity * nature)
            risk = (0.06 + 0.04 * layer) * math.exp(heterogeneity * nature) / math.exp(
                heterogeneity**2 / 2
            )  # fmt: skip
            hit = draw.random() < min(risk * (ratio if exposed else 1.0), 1.0)
            everybody, those = cells.setdefault(layer, ({}, {}))
            for groups in (everybody, those) if exposed else (everybody,):
                count = groups.get(number % GROUPS, Counts())
                groups[number % GROUPS] = Counts(count.people + 1, count.hits + hit)
        sums.append(association.add_up(cells.values()))
    return association.total(sums)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_coverage(ratio):
    """The true ratio lies within 19 of 20 intervals."""
    draw = random.Random(20260314)
    covered = 0
    for _ in range(300):
        result = association.compare(simulated(draw, ratio, days=1, people=800))
        covered += result.low <= ratio <= result.high
    assert covered >= 300 * 0.92


def test_same_people_on_several_days_widen_the_interval():
    """Who is exposed and hit again and again is no new case each time."""
    draw = random.Random(7)
    dependent = []
    for _ in range(20):
        sums = simulated(draw, 1.0, days=8, people=400, heterogeneity=0.5)
        independent = math.sqrt(sums.spread / (sums.with_it * sums.without))
        result = association.compare(sums)
        dependent.append(math.log(result.high / result.low) / 2 / 1.959964 / independent)
    assert sum(dependent) / len(dependent) > 1.05


@SEARCHING
@given(
    st.lists(st.floats(0, 10), min_size=2, max_size=30),
    st.lists(st.floats(0, 10), min_size=2, max_size=30),
)
def test_welch_against_scipy(one, other):
    def sample(values):
        return means.Sample(len(values), sum(values), sum(value**2 for value in values))

    result = means.difference(sample(one), sample(other))
    assert result.value == pytest.approx(sum(one) / len(one) - sum(other) / len(other))
    assert result.low <= result.value <= result.high


def test_welch_known_answer():
    one, other = [8, 7, 9, 6, 8, 10, 7, 8, 9, 7, 8, 6], [6, 5, 7, 8, 4, 6, 5, 7, 6, 5]

    def sample(values):
        return means.Sample(len(values), sum(values), sum(value**2 for value in values))

    result = means.difference(sample(one), sample(other))
    theirs = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    assert result.low == pytest.approx(theirs.low, abs=1e-3)
    assert result.high == pytest.approx(theirs.high, abs=1e-3)
    assert means.difference(sample([1.0]), sample(other)) is None
    assert means.difference(sample([2.0, 2.0]), sample([1.0, 1.0])) == (1.0, 1.0, 1.0)
