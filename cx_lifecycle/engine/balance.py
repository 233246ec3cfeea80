"""Arithmetic of the portfolio: months of a period, survivors of a cohort, and a forecast.

A forecast looks at a customer who has bought, from the return curve of :mod:`rhythm`, over some
*nodes*: days ahead, growing, at which the curve is asked. A purchase ahead is a first one, by
the chance of the curve, and then those that follow it:

``m(t) = t F(t) / ∫ S``     purchases within t days after a purchase, where F(t) = π (1 - p(t)) is
                            the share that has bought again by then, S = 1 - F, from 0 to t

which is the renewal function of the curve, exact for a constant rate and close to it otherwise
(Barlow, Proschan 1964: its upper bound for gaps that wear out); of customers who come back with
π < 1 it ends at π/(1 - π), as it must.
"""

from datetime import date, timedelta
from itertools import accumulate

from . import rhythm

# Which of the nodes of first purchases end a month.
ENDS = (1, 2, 3)
SHORTEST = 1e-3  # days: a month of closures has no length
# Survivors fall steeply and flatten out: so much the start of a stretch weighs in its mean.
BEND = 1.0 / 3.0


# ---------------------------------------------------------------------- months
def months(since, until):
    """The calendar months that days lie in, clipped to them: [(first day, last day, whole)]."""
    found, first = [], since
    while first <= until:
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        end = following - timedelta(days=1)
        last = min(end, until)
        found.append((first, last, first.day == 1 and last == end))
        first = following
    return found


def month_index(day):
    """Months since the year 0: differences of it are ages."""
    return 12 * day.year + day.month - 1


def ages(rows):
    """Cohorts by month, from rows of (month of the cohort, day entered, day left, number).

    :return: ``({month: size}, {month: {age: who came to life, less who left}})``; rows without
        either day tell the size. Months are those of :func:`month_index`.
    """
    sizes, moves = {}, {}
    for month, entered_on, left_on, number in rows:
        index, day = month_index(month), entered_on or left_on
        if not day:
            sizes[index] = number
            continue
        age = max(month_index(day) - index, 0)
        here = moves.setdefault(index, {})
        here[age] = here.get(age, 0) + (number if entered_on else -number)
    return sizes, moves


def survivors(moves, ages):
    """How many live at the end of each month of age.

    :param moves: {age in months: those who came to life at it, less those who left}
    :param ages: how many months to tell of
    """
    return list(accumulate(moves.get(age, 0) for age in range(ages)))


# ---------------------------------------------------------------------- sums
def relative_error(share, number, mean, deviation):
    """Standard error of a sum estimated from a sample of a share, as part of that sum.

    :param number: how many are in the sample
    :param mean: of the sample
    :param deviation: standard deviation of the sample
    """
    if not (number and mean) or share >= 1.0:
        return 0.0
    return abs(deviation / mean) * ((1.0 - share) / number) ** 0.5


# ---------------------------------------------------------------------- forecast
def nodes(ends):
    """The days at which the curve is asked, given those ahead on which three months end.

    Days that count on a season's clock may be few or none: nodes grow all the same.

    :return: nodes of first purchases (four, for those who buy often do so at once), and of the
        purchases that follow one
    """
    one, _two, three = ends
    return _growing((one / 4.0, *ends)), _growing((one / 2.0, three / 2.0, three))


def _growing(days):
    grown = accumulate(days, lambda before, day: max(day, before + SHORTEST), initial=0.0)
    return list(grown)[1:]


def weights(first, fresh, end):
    """How much each chance and each ``m`` together count for the purchases up to a node.

    First purchases between two nodes are taken to be in the middle; ``m`` is a straight line
    between nodes, 0 on the day of the purchase.

    :return: ``{(node of first, node of fresh): weight}``
    """
    starts, points = [0.0, *first], [0.0, *fresh]
    result = {}
    for node in range(end + 1):
        rest = first[end] - (starts[node] + first[node]) / 2.0
        place = next(i for i, point in enumerate(points) if rest <= point or point == points[-1])
        part = (rest - points[place - 1]) / (points[place] - points[place - 1])
        for again, weight in ((place - 2, 1.0 - part), (place - 1, part)):
            # those up to a node are the first ones of its stretch, and of those before
            for chance, sign in ((node, 1.0), (node - 1, -1.0)):
                if again >= 0 and chance >= 0:
                    key = chance, again
                    result[key] = result.get(key, 0.0) + sign * weight
    return result


def levels(first, fresh):
    """Levels of a formula over a curve with its ``silence``: ``buyers_i`` and ``purchases_i``.

    For each of three months, cumulated from today: the chance of a purchase by its end, and the
    number of purchases expected by then. Nodes are those of :func:`nodes`.
    """
    rarities = {"now": lambda row: rhythm.rarity(row, row.silence)}
    for node, days in enumerate(first):
        rarities[f"then_{node}"] = lambda row, days=days: rhythm.rarity(row, row.silence + days)
    for node, days in enumerate(fresh):
        rarities[f"silent_{node}"] = lambda row, days=days: (
            1.0 - row.pi * (1.0 - rhythm.rarity(row, days))
        )
    chances = {"still": lambda row: row.pi / (row.pi * row.now + 1.0 - row.pi)}
    chances["area_0"] = lambda row: fresh[0] * (0.5 + 0.5 * row.silent_0)
    for node in range(1, len(fresh)):
        chances[f"area_{node}"] = lambda row, node=node: (
            (fresh[node] - fresh[node - 1])
            * (
                BEND * getattr(row, f"silent_{node - 1}")
                + (1.0 - BEND) * getattr(row, f"silent_{node}")
            )
        )
    following = {}
    for node in range(len(first)):
        following[f"chance_{node}"] = lambda row, node=node: (
            row.still * (row.now - getattr(row, f"then_{node}"))
        )
    for node in range(len(fresh)):
        following[f"again_{node}"] = lambda row, node=node: (
            fresh[node] * (1.0 - getattr(row, f"silent_{node}")) / _area(row, node)
        )
    expected = {}
    for month, end in enumerate(ENDS, 1):
        expected[f"buyers_{month}"] = lambda row, end=end: getattr(row, f"chance_{end}")
        expected[f"purchases_{month}"] = lambda row, end=end: _purchases(row, first, fresh, end)
    return rarities, chances, following, expected


def _area(row, node):
    """Days without a purchase, up to a node."""
    area = row.area_0
    for later in range(1, node + 1):
        area = area + getattr(row, f"area_{later}")
    return area


def _purchases(row, first, fresh, end):
    found = weights(first, fresh, end)
    total = getattr(row, f"chance_{end}")
    for again in sorted({again for _chance, again in found}):
        those = 0.0
        for (chance, following), weight in found.items():
            if following == again and weight:
                those = those + weight * getattr(row, f"chance_{chance}")
        total = total + getattr(row, f"again_{again}") * those
    return total
