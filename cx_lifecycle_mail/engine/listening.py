"""The three measures of what customers say, each with its 95 % interval, from counted answers.

- NPS: promoters (9, 10) less detractors (0 to 6), in points from -100 to 100. Interval: the
  adjusted Wald interval that B. Rocks found the best of six (Interval Estimation for the "Net
  Promoter Score", The American Statistician 70, 2016): three answers more, three quarters of one a
  promoter, three quarters a detractor.
- CSAT: share of those who say 4 or 5 of 5, in percent. Interval: Wilson's, as for every share here.
- CES: mean from 1 to 7, the best being the easiest. Interval: Student's (W. S. Gosset, Biometrika
  6, 1908), for there may be few answers; none for a single one.
"""

import math
from functools import lru_cache
from typing import NamedTuple

from odoo.addons.cx_lifecycle.engine.proportion import Z, interval

# answers that count as good, and as bad; those between are neither
BANDS = {
    "nps": (range(9, 11), range(7)),
    "csat": (range(4, 6), range(1, 3)),
    "ces": (range(5, 8), range(1, 4)),
}
VALUES = {"nps": range(11), "csat": range(1, 6), "ces": range(1, 8)}
LARGE = 1000  # degrees of freedom from which a normal distribution is near enough
MORE = 0.75  # of an answer added to promoters and to detractors, and twice that to the others


class Score(NamedTuple):
    """A measure and the ends of its interval; None where there is none."""

    value: float
    low: float | None
    high: float | None


def band(measure, value):
    """Whether an answer is "good", "bad" or "between"."""
    good, bad = BANDS[measure]
    return "good" if value in good else "bad" if value in bad else "between"


def score(measure, counts):
    """The score of answers, None without any.

    :param dict counts: how many gave each answer
    """
    number = sum(counts.values())
    if not number:
        return None
    return {"nps": _nps, "csat": _csat, "ces": _ces}[measure](counts, number)


def _of(measure, counts, which):
    return sum(count for value, count in counts.items() if band(measure, value) == which)


def _nps(counts, number):
    good, bad = _of("nps", counts, "good"), _of("nps", counts, "bad")
    more = number + 4 * MORE
    up, down = (good + MORE) / more, (bad + MORE) / more
    half = Z * math.sqrt((up + down - (up - down) ** 2) / more)
    low, high = max(up - down - half, -1.0), min(up - down + half, 1.0)
    return Score(100 * (good - bad) / number, 100 * low, 100 * high)


def _csat(counts, number):
    good = _of("csat", counts, "good")
    low, high = interval(good, number)
    return Score(100 * good / number, 100 * low, 100 * high)


def _ces(counts, number):
    mean = sum(value * count for value, count in counts.items()) / number
    if number < 2:
        return Score(mean, None, None)
    spread = sum(count * (value - mean) ** 2 for value, count in counts.items()) / (number - 1)
    half = quantile(number - 1) * math.sqrt(spread / number)
    ends = VALUES["ces"]
    return Score(mean, max(mean - half, float(ends[0])), min(mean + half, float(ends[-1])))


@lru_cache(maxsize=1024)
def quantile(freedom):
    """Within so many standard errors lie 95 % of Student's distribution.

    :param int freedom: degrees of freedom, from 1
    """
    if freedom > LARGE:
        return Z
    low, high = 1.0, 20.0  # 12.7 is the largest
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < 0.95 else (low, middle)
    return high


def _within(t, freedom):
    """How much of Student's distribution lies between -t and t.

    The finite series of Abramowitz and Stegun, 26.7.3 and 26.7.4.
    """
    angle = math.atan(t / math.sqrt(freedom))
    sine, square = math.sin(angle), math.cos(angle) ** 2
    odd = freedom % 2
    term = math.cos(angle) if odd else 1.0
    total = term if freedom > 1 else 0.0
    for k in range(2 + odd, freedom - 1, 2):
        term *= square * (k - 1) / k
        total += term
    if odd:
        return 2 / math.pi * (angle + sine * total)
    return sine * total
