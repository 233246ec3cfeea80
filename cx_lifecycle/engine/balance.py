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
from itertools import accumulate, pairwise

from . import rhythm

# Parts of each month ahead at which the curve is asked: finer where everything happens.
PARTS = ((0.125, 0.25, 0.5, 1.0), (0.5, 1.0), (0.5, 1.0))
HORIZONS = (3, 5, 7)  # which nodes end a month
SHORTEST = 1e-3  # days: a month of closures has no length


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


def survivors(moves, ages):
    """How many live at the end of each month of age.

    :param moves: {age in months: those who came to life at it, less those who left}
    :param ages: how many months to tell of
    """
    return list(accumulate(moves.get(age, 0) for age in range(ages)))


# ---------------------------------------------------------------------- sums
def net(moves, gains, losses):
    """What came less what left, of figures by kind of movement, and what is signed already."""
    signed = {kind: -value if kind in losses else value for kind, value in moves.items()}
    return sum(value for kind, value in signed.items() if kind in (*gains, *losses, "rules"))


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
    """The days ahead at which the curve is asked, given those on which three months end.

    Days that count on a season's clock may be few or none: nodes grow all the same.
    """
    ahead, start = [], 0.0
    for end, parts in zip(ends, PARTS, strict=True):
        for part in parts:
            previous = ahead[-1] if ahead else 0.0
            ahead.append(max(start + part * (end - start), previous + SHORTEST))
        start = end
    return ahead


def weights(ahead, end):
    """How much each first purchase and each ``m`` at a node count for the purchases by a node.

    First purchases between two nodes are taken to be in the middle; ``m`` is a straight line
    between nodes.

    :return: ``{(interval, node): weight}``, node -1 being 0 days
    """
    points = [0.0, *ahead]
    result = {}
    for interval in range(end + 1):
        rest = points[end + 1] - (points[interval] + points[interval + 1]) / 2.0
        place = next(i for i, (_a, b) in enumerate(pairwise(points)) if rest <= b)
        low, high = points[place], points[place + 1]
        part = (rest - low) / (high - low)
        result[interval, place - 1] = 1.0 - part
        result[interval, place] = part
    return result


def levels(ahead):
    """Levels of a formula over a curve with its ``silence``: ``buyers_i`` and ``purchases_i``.

    For each of three months, cumulated from today: the chance of a purchase by its end, and the
    number of purchases expected by then.
    """
    count = len(ahead)

    def survives(row, node):
        """Share that has not bought again so many days after a purchase."""
        return 1.0 - row.pi * (1.0 - getattr(row, f"fresh_{node}"))

    def rarities(row):
        return rhythm.rarity(row, row.silence)

    first = {"now": rarities}
    for node, days in enumerate(ahead):
        first[f"fresh_{node}"] = lambda row, days=days: rhythm.rarity(row, days)
        first[f"later_{node}"] = lambda row, days=days: rhythm.rarity(row, row.silence + days)

    def area(row, node):
        """Days without a purchase, up to a node: trapezoids under the survivors."""
        start = ahead[node - 1] if node else 0.0
        before = survives(row, node - 1) if node else 1.0
        return (ahead[node] - start) / 2.0 * (before + survives(row, node))

    second = {"still": lambda row: row.pi / (row.pi * row.now + 1.0 - row.pi)}
    for node in range(count):
        second[f"area_{node}"] = lambda row, node=node: area(row, node)

    def following(row, node):
        total = row.area_0
        for earlier in range(1, node + 1):
            total = total + getattr(row, f"area_{earlier}")
        return ahead[node] * (1.0 - survives(row, node)) / total

    third = {}
    for node in range(count):
        third[f"again_{node}"] = lambda row, node=node: following(row, node)
        third[f"chance_{node}"] = lambda row, node=node: (
            row.still * (row.now - getattr(row, f"later_{node}"))
        )

    def purchases(row, end):
        total = getattr(row, f"chance_{end}")
        for (interval, node), weight in weights(ahead, end).items():
            if node < 0 or not weight:
                continue
            fresh = getattr(row, f"chance_{interval}")
            if interval:
                fresh = fresh - getattr(row, f"chance_{interval - 1}")
            total = total + weight * fresh * getattr(row, f"again_{node}")
        return total

    fourth = {}
    for month, end in enumerate(HORIZONS, 1):
        fourth[f"buyers_{month}"] = lambda row, end=end: getattr(row, f"chance_{end}")
        fourth[f"purchases_{month}"] = lambda row, end=end: purchases(row, end)
    return first, second, third, fourth
