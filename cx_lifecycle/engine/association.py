"""Does an outcome go with an exposure, among people who are otherwise alike?

People are compared within strata only: who was exposed with who was not, of the same day, rhythm
and silence. What the strata say is put together with the weights of Mantel and Haenszel, which are
right for many thin strata too. It is an association, never a proof of a cause.

Everything that is needed of a stratum are sums, so that a database counts, days are added up one
by one, and nothing here is long. Formulas and their sources: ``docs/evidence.md``.
"""

import math
from typing import NamedTuple

from .proportion import Z

# People are dealt into so many groups by their number: how much the groups differ tells how much
# chance there is when the same person counts on several days.
GROUPS = 24
ENOUGH = 30  # exposed: with fewer, nothing is said
# Of those who are alike, at least this share must be without it: where nearly everybody has it, who
# has not is a special case.
OVERLAP = 0.05
ALPHA = 0.05


class Counts(NamedTuple):
    """Some people: how many, and of how many the outcome came."""

    people: int = 0
    hits: int = 0


class Sums(NamedTuple):
    """What strata come to; two of these are added field by field, see :func:`total`.

    Of strata with exposed and others only, but ``seen``: there is nothing to compare elsewhere.
    """

    seen: int = 0  # exposed, in all strata
    exposed: int = 0
    hit_exposed: int = 0
    others: int = 0
    hit_others: int = 0
    with_it: float = 0.0  # Mantel-Haenszel: Σ a·n0/N
    without: float = 0.0  # Σ c·n1/N
    weight: float = 0.0  # Σ n1·n0/N
    spread: float = 0.0  # Greenland-Robins: Σ (m·n1·n0/N² - a·c/N)
    sato_p: float = 0.0  # Sato: Σ (n1²·c - n0²·a + n1·n0·(n0 - n1)/2)/N²
    sato_q: float = 0.0  # Σ (a·(n0 - c) + c·(n1 - a))/2N
    groups_with: tuple = (0.0,) * GROUPS  # what each group contributes to with_it, linearly
    groups_without: tuple = (0.0,) * GROUPS


class Association(NamedTuple):
    """What was found: a relative risk with its 95 % interval, and more."""

    ratio: float  # risk of the exposed ÷ risk of the others
    low: float
    high: float
    p_value: float  # of "the ratio is 1", two-sided
    rate_exposed: float  # the risk of each, weighed alike
    rate_others: float
    difference: float  # of the two risks, with its own interval
    difference_low: float
    difference_high: float


def add_up(strata):
    """The :class:`Sums` of some strata.

    :param strata: pairs (all people, the exposed among them), each {group: :class:`Counts`}
    """
    found = [0] * 5 + [0.0] * 6
    with_it, without = [0.0] * GROUPS, [0.0] * GROUPS
    for everybody, exposed in strata:
        n, m = _sum(everybody)
        n1, a = _sum(exposed)
        n0, c = n - n1, m - a
        found[0] += n1
        if not n1 or not n0:
            continue
        for place, value in enumerate(_stratum(n1, a, n0, c), 1):
            found[place] += value
        _share_out(everybody, exposed, (n1, a, n0, c), with_it, without)
    return Sums(*found, tuple(with_it), tuple(without))


def _stratum(n1, a, n0, c):
    n = n1 + n0
    return (
        n1, a, n0, c,
        a * n0 / n,
        c * n1 / n,
        n1 * n0 / n,
        (a + c) * n1 * n0 / n**2 - a * c / n,
        (n1**2 * c - n0**2 * a + n1 * n0 * (n0 - n1) / 2) / n**2,
        (a * (n0 - c) + c * (n1 - a)) / (2 * n),
    )  # fmt: skip


def _share_out(everybody, exposed, cells, with_it, without):
    """Add what each group contributes to a·n0/N and c·n1/N: their linearization at the counts."""
    n1, a, n0, c = cells
    n = n1 + n0
    none = Counts()
    for group, counts in everybody.items():
        there = exposed.get(group, none)
        others, hits = counts.people - there.people, counts.hits - there.hits
        with_it[group] += n0 * there.hits / n + a * others / n - n0 * a * counts.people / n**2
        without[group] += n1 * hits / n + c * there.people / n - n1 * c * counts.people / n**2


def _sum(groups):
    return (
        sum(counts.people for counts in groups.values()),
        sum(counts.hits for counts in groups.values()),
    )


def total(sums):
    """The same of several days, whose strata are each day's own."""
    fields = list(zip(*(Sums(), *sums), strict=True))
    added = [sum(field) for field in fields[:-2]]
    groups = [tuple(map(sum, zip(*field, strict=True))) for field in fields[-2:]]
    return Sums(*added, *groups)


def compare(sums):
    """The :class:`Association`; None where nobody can be compared, or the outcome never came."""
    if not sums.weight or not sums.hit_exposed + sums.hit_others:
        return None
    rate_exposed, rate_others = sums.with_it / sums.weight, sums.without / sums.weight
    if sums.hit_exposed and sums.hit_others:
        ratio, variance = sums.with_it / sums.without, _log_variance(sums)
    else:
        ratio, variance = _with_half_hits(sums)
    error = math.sqrt(variance)
    difference = rate_exposed - rate_others
    spread = (difference * sums.sato_p + sums.sato_q) / sums.weight**2
    half = Z * math.sqrt(max(spread, 0.0))
    return Association(
        ratio,
        ratio * math.exp(-Z * error),
        ratio * math.exp(Z * error),
        math.erfc(abs(math.log(ratio)) / error / math.sqrt(2)) if error else 1.0,
        rate_exposed,
        rate_others,
        difference,
        max(difference - half, -1.0),
        min(difference + half, 1.0),
    )


def _log_variance(sums):
    """Of ln ratio: Greenland and Robins, or what the groups show where that is more.

    The first takes everybody for another person. Who is there on several days is not, so the
    groups, which share no person, are asked too.
    """
    independent = sums.spread / (sums.with_it * sums.without)
    deviations = (
        one / sums.with_it - other / sums.without
        for one, other in zip(sums.groups_with, sums.groups_without, strict=True)
    )
    clustered = GROUPS / (GROUPS - 1) * sum(deviation**2 for deviation in deviations)
    return max(independent, clustered)


def _with_half_hits(sums):
    """Ratio and variance where the outcome came to one side only: half a hit is added to each."""
    average = sums.weight * 0.5
    ratio = (sums.with_it + average / sums.exposed) / (sums.without + average / sums.others)
    a, c = sums.hit_exposed + 0.5, sums.hit_others + 0.5
    return ratio, 1 / a - 1 / (sums.exposed + 0.5) + 1 / c - 1 / (sums.others + 0.5)


def attributable(hit_exposed, hits, ratio):
    """Share of all hits that would not have come at the others' risk, were it the cause.

    :return: between 0 and 1; 0 where the exposed are at no higher risk, or nothing was hit
    """
    if not hits or ratio <= 1.0:
        return 0.0
    return hit_exposed / hits * (1.0 - 1.0 / ratio)


def holm(p_values):
    """Adjusted p-values of several questions asked at once, in their order.

    Who believes those up to 5 % is wrong about any of them in 5 % of all cases at most.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(p_values[place] * (len(p_values) - rank), 1.0))
        adjusted[place] = highest
    return adjusted


def verdict(sums, found, adjusted):
    """What can be said: more, less, same (no difference shown), few or apart.

    :param found: of :func:`compare`
    :param adjusted: its p-value among those of the other questions, see :func:`holm`
    """
    if sums.seen < ENOUGH:
        return "few"
    # 30 against 30 weigh ENOUGH / 2
    if found is None or sums.exposed < ENOUGH or sums.weight < ENOUGH / 2:
        return "apart"
    if sums.weight < OVERLAP * sums.seen:
        return "apart"
    if adjusted > ALPHA:
        return "same"
    return "more" if found.ratio > 1.0 else "less"
