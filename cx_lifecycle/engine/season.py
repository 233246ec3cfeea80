"""The season clock: days that count by how much is usually bought then.

A silence through a dead August says less than one through a busy December. So each day
is weighed: by its month's weight, which tells how many times the average day's purchases
a day of that month sees, or by nothing while the company is closed. The sum is counted in
*units*: on average a unit is a day. The return curve is fitted and read in units instead
of days; its formulas stay the same.

This is the operational time of point processes (Cox and Isham, *Point Processes*, 1980),
with a clock drawn from classical seasonal indices: a month's purchases, as a ratio to
what the level and the growth of its year would give. How well that works is told in
``docs/rhythm.md``.
"""

import itertools
import math
from calendar import monthrange
from datetime import date, timedelta

# Whole years of history that weights are taken from: fewer than two cannot tell a season
# from chance, and what was before five years may be another company's habit.
FEWEST_YEARS, MOST_YEARS = 2, 5
# The prior, in purchases: as if so many more had been seen, evenly spread over the year.
# With as many of its own, a company's season is believed by half. Months are taken to vary
# by some .3 around 1; a month's share among N purchases is known to some sqrt(1.8 · 12/N),
# as purchases come in customers' clusters; both are equal at 240. Nothing was fitted here.
EVEN_PURCHASES = 240.0
# Growth within a year is followed up to a tripling (or a third); beyond, it was a jump.
STEEPEST = math.log(3.0)
# Bounds of a weight, before weights are brought to a mean of 1 for the last time.
LIGHTEST, HEAVIEST = 0.2, 5.0
# The least length of a gap between purchases, in units. Two purchases within a closure are
# none apart, and the curve needs the logarithm of their gap: it is greatest(gap, SHORTEST).
SHORTEST = 0.5


def weights(counts, first, last, closures=()):
    """How many times the average day's purchases a day of each month sees, if that is known.

    Only whole years count: the last 24, 36, 48 or 60 full months. Each year is taken as
    shares of its own total, and freed from growth within it; years are then averaged (one
    with few purchases counts less), drawn towards 1 as :data:`EVEN_PURCHASES` says, and
    clipped. Example: where August sees half of the other months' purchases a day, it weighs
    .52 and they weigh 1.04, given many purchases; with 120 a year, .76 and 1.02.

    :param counts: number of purchases by (year, month); a month left out had none
    :param first: first day of history. The first and the last month may be partial
    :param last: last day of history
    :param closures: those that the clock leaves out as well, as for :func:`clock`; purchases
        are then compared with the days that were open
    :return: twelve weights, January first, with mean 1 over the days of a common year; or
        None with fewer than two whole years that saw purchases
    """
    years = _whole_years(first, last)
    closed = _closed_days(closures, first, last)
    bought = [[counts.get(month, 0) for month in year] for year in years]
    totals = [sum(year) for year in bought]
    if sum(total > 0 for total in totals) < FEWEST_YEARS:
        return None
    shapes = [
        _shape(year, [_open_days(month, closed) for month in months], growth)
        for year, months, growth in zip(bought, years, _growths(totals), strict=True)
    ]
    average = _average(shapes, totals)
    start = years[0][0][1]  # the month that each of our years begins with
    return _normalised(average[(month - start) % 12] for month in range(1, 13))


def clock(first, last, weights=None, closures=()):
    """Each calendar day from ``first`` to ``last``, with the units counted up to its end.

    The difference of two days' units replaces the number of days between them, in every
    place: gaps (never less than :data:`SHORTEST`), silences, horizons. It is the weight of
    the days after the one, up to and including the other. Without weights and closures
    that is exactly the number of days.

    A day weighs what its month weighs (1 without ``weights``), scaled in a leap year for
    its sum to be 366; a day in a closure weighs nothing. The units of one day mean nothing:
    they depend on ``first``. So compare days of one clock only.

    :param weights: twelve, January first, as found by :func:`weights`
    :param closures: pairs of dates, from and to (included); they may overlap
    :return: list of (day, units), in order of days; empty if ``last`` is before ``first``
    """
    closed = _closed_days(closures, first, last)
    daily = {year: _daily(year, weights) for year in range(first.year, last.year + 1)}
    days = list(_days(first, last))
    weighed = (0.0 if day in closed else daily[day.year][day.month - 1] for day in days)
    return list(zip(days, itertools.accumulate(weighed), strict=True))


def yearly(start, end, first_year, last_year):
    """Closures of every year from ``start`` to ``end``, both included, as pairs of dates.

    ``start`` and ``end`` are (month, day). One that ends before it starts runs over New
    Year; then the one that began the year before ``first_year`` is there too, so that no day
    of ``first_year`` is missed. In common years 29 February is left out: a closure starts
    on 1 March instead, or ends on 28 February, or is not there if it was that day only.
    """
    over_new_year = date(2000, *end) < date(2000, *start)  # 2000 had a 29 February
    found = []
    for year in range(first_year - over_new_year, last_year + 1):
        day = _first_from(year, *start)
        until = _first_from(year + over_new_year, *end)
        if (until.month, until.day) != tuple(end):
            until -= timedelta(1)
        if day <= until:
            found.append((day, until))
    return found


def _first_from(year, month, day):
    """The date, or 1 March where there is no 29 February."""
    return date(year, month, 1) + timedelta(day - 1)


def _days(first, last):
    """Calendar days from the first to the last, both included."""
    return (first + timedelta(number) for number in range((last - first).days + 1))


def _closed_days(closures, first, last):
    """Set of the days from ``first`` to ``last`` on which the company is closed."""
    return {day for start, end in closures for day in _days(max(start, first), min(end, last))}


def _open_days(month, closed):
    """Number of days of a (year, month) that are not closed."""
    year, number = month
    length = monthrange(year, number)[1]
    return sum(date(year, number, day) not in closed for day in range(1, length + 1))


def _whole_years(first, last):
    """The last years of history, oldest first: each a list of 12 full months (year, month)."""
    after = last + timedelta(1)  # a month is full if history goes on to its last day
    start = first.year * 12 + first.month - 1 + (first.day > 1)
    end = after.year * 12 + after.month - 1
    number = min(max(end - start, 0) // 12, MOST_YEARS)
    months = [divmod(month, 12) for month in range(end - 12 * number, end)]
    months = [(year, month + 1) for year, month in months]
    return [months[12 * i : 12 * i + 12] for i in range(number)]


def _growths(totals):
    """Growth of ln(purchases) in the course of each year, in nats.

    Between two years it is the ratio of their totals; a year's own is the gentler of that
    before it and that after it, and 0 where one rises and one falls: so a jump between two
    steady years does not bend them.
    """
    levels = [math.log(max(total, 0.5)) for total in totals]
    steps = [later - sooner for sooner, later in itertools.pairwise(levels)]
    growths = []
    for before, after in zip([steps[0], *steps], [*steps, steps[-1]], strict=True):
        gentler = min(before, after, key=abs) if before * after > 0 else 0.0
        growths.append(max(-STEEPEST, min(gentler, STEEPEST)))
    return growths


def _shape(counts, open_days, growth):
    """Purchases a day in each of a year's 12 months, as a ratio to the year's own.

    Counts are first brought to the level of the year's first month. A month without an open day,
    and each month of a year without purchases, reads 1.
    """
    level = [
        count * math.exp(-growth * place / 12.0) if days else 0.0
        for place, (count, days) in enumerate(zip(counts, open_days, strict=True))
    ]
    usual = sum(level) / max(sum(open_days), 1)
    return [
        count / days / usual if days and usual else 1.0
        for count, days in zip(level, open_days, strict=True)
    ]


def _average(shapes, totals):
    """The years' shapes averaged and drawn towards 1, by how many purchases carry them.

    A year counts by T/(T + prior): years with many purchases count the same, those with few
    as much as they know. The average then varies like one year with ``carried`` purchases.
    """
    shares = [total / (total + EVEN_PURCHASES) for total in totals]
    variance = sum(s * s / total for s, total in zip(shares, totals, strict=True) if total)
    carried = sum(shares) ** 2 / variance
    trust = carried / (carried + EVEN_PURCHASES)
    averages = [
        sum(s * ratio for s, ratio in zip(shares, ratios, strict=True)) / sum(shares)
        for ratios in zip(*shapes, strict=True)
    ]
    return [1.0 + trust * (average - 1.0) for average in averages]


def _normalised(values):
    """Weights within their bounds, then with mean 1 over the days of a common year."""
    bounded = [max(LIGHTEST, min(value, HEAVIEST)) for value in values]
    mean = _year_sum(1999, bounded) / 365.0
    return tuple(value / mean for value in bounded)


def _year_sum(year, weights):
    """Units of all days of a year."""
    return sum(weight * monthrange(year, month)[1] for month, weight in enumerate(weights, 1))


def _daily(year, weights):
    """What a day weighs in each month of a year; a whole year weighs as many units as days."""
    if weights is None:
        return (1.0,) * 12
    length = 366.0 if monthrange(year, 2)[1] == 29 else 365.0
    scale = length / _year_sum(year, weights)
    return tuple(weight * scale for weight in weights)
