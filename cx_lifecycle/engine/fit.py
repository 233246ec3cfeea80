"""Fitting the return curve to a company's own past.

What is observed are *silences*: each purchase opens one, and the next purchase ends
it, or it is still open on the last day observed. The nine parameters are those that
make the observed silences most likely, held near what is assumed beforehand by a
normal prior; so a company with little history keeps the assumption, and a segment
fitted around its company's parameters keeps the company's.

No randomness and no clock; the order of the silences does not matter either.
"""

import itertools
import math
import statistics
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from . import rhythm
from .formula import compute
from .season import SHORTEST

# How far each parameter may stray from the prior's centre: its standard deviation.
# The centre itself is the ``start`` of :func:`fit`.
SPREAD = (0.5, 0.15, 0.15, 0.25, 0.15, 0.15, 0.5, 0.25, 0.5)
# Fewer gaps say nothing about the company's usual one.
ENOUGH_GAPS = 5
# The fit ends when the loss is expected to fall by less than this (in nats). The
# parameters are then within 1e-4 of their own uncertainty.
TOLERANCE = 1e-8
# It also ends after so many steps in a row that gained less than this: where the
# curve's bounds bind, as they do if all customers are perfectly regular, the loss has
# an edge, along which steps only creep.
CREEPING = 1e-3
CREEPING_STEPS = 3
# Reached by thousands of customers who are all exactly alike, and by nobody else seen.
MAX_ITERATIONS = 60
# No step is longer than this many standard deviations of the prior: far from the
# data the loss has flat regions from which a long jump would not come back.
LONGEST_STEP = 4.0
# So many distinct silences tell the curvature to start from well enough.
CURVATURE_SAMPLE = 1000


class Silence(NamedTuple):
    """What followed one purchase, and the customer's statistics as they then stood."""

    x: int  # repeat purchases so far
    tx: float  # days from the first purchase to this one
    sl: float  # sum of ln(gap), over the gaps in days between the purchases so far
    sq: float  # sum of ln(gap)²
    days: float  # length of the silence
    closed: bool  # whether a purchase ended it


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters of the return curve and how they were found."""

    theta: tuple  # the nine parameters, th0 … th8
    loss: float  # -ln(likelihood) - ln(prior) there, without the prior's constant
    iterations: int
    silences: int  # how many carried information


def silences(days, until, clock=None):
    """The silences of one customer who purchased on ``days``, observed up to ``until``.

    The last one is open; its statistics are those of the customer on ``until``.
    Purchases after ``until`` are not seen. Example: purchases on the 1st and the 11th,
    observed up to the 15th, give a closed silence of 10 days and an open one of 4.

    :param clock: units by day, such as ``dict(season.clock(...))``, for the days and
        ``until``. All lengths are then in units; a gap has at least ``season.SHORTEST``
    """
    days = sorted({day for day in days if day <= until})
    found, x, tx, sl, sq = [], 0, 0, 0.0, 0.0
    for day, following in itertools.pairwise(days):
        gap = (following - day).days if clock is None else _gap(clock, day, following)
        found.append(Silence(x, tx, sl, sq, gap, True))
        tx += gap if clock is None else clock[following] - clock[day]
        x, sl, sq = x + 1, sl + math.log(gap), sq + math.log(gap) ** 2
    if days:
        last = days[-1]
        silent = (until - last).days if clock is None else clock[until] - clock[last]
        found.append(Silence(x, tx, sl, sq, silent, False))
    return found


def _gap(clock, day, following):
    return max(clock[following] - clock[day], SHORTEST)


def median_gap(gaps):
    """The company's usual gap, in days or units: the median, or the built-in one if few."""
    gaps = list(gaps)
    return float(statistics.median(gaps)) if len(gaps) >= ENOUGH_GAPS else rhythm.DEFAULT_GAP


def fit(silences, g0, start=rhythm.DEFAULT_THETA):
    """The parameters that explain ``silences`` best without straying from ``start``.

    ``silences`` are rows like :class:`Silence`; ``g0`` is the company's median gap.
    Minimises Σ -ln L + Σ (θ - start)²/(2 SPREAD²). Without data that is ``start``.
    """
    groups, used = _prepare(silences, g0)

    def objective(point):
        """Loss and slope, in standard deviations of the prior from its centre."""
        value, slope = loss(groups, _theta(start, point))
        value += _dot(point, point) / 2.0
        return value, [s * sd + z for s, sd, z in zip(slope, SPREAD, point, strict=True)]

    point, value, iterations = _minimise(objective, _inverse(_curvature(groups, start)))
    return Fit(_theta(start, point), value, iterations, used)


def _theta(start, point):
    return tuple(mu + sd * z for mu, sd, z in zip(start, SPREAD, point, strict=True))


def _prepare(silences, g0):
    """Everything about the silences that the parameters do not change, worked out once.

    Equal silences become one with a count, and are grouped by what the inner loop of
    :func:`loss` then need not look at: [(u, closed, [(count, ratio, spread, ln days)])],
    where ratio is ln(usual gap/g0), spread ln(sigma/0.8), and days are in units of g0.
    A silence of no days carries no information.
    """
    counts = Counter(tuple(silence) for silence in silences if silence[4] > 0)
    theta = dict(zip(rhythm.PARAMETERS, rhythm.DEFAULT_THETA, strict=True))
    groups, ln_g0 = {}, math.log(g0)
    before = None
    for x, tx, sl, sq, days, closed in sorted(counts):
        if (x, tx, sl, sq) != before:
            before = x, tx, sl, sq
            row = compute(rhythm.CURVE, x=x, tx=tx, sl=sl, sq=sq, g0=g0, **theta)
            ratio, spread = row.ln_usual - ln_g0, math.log(row.sigma / 0.8)
        count = counts[x, tx, sl, sq, days, closed]
        rows = groups.setdefault((row.u, closed), [])
        rows.append((count, ratio, spread, math.log(days) - ln_g0))
    return [(u, closed, rows) for (u, closed), rows in groups.items()], counts.total()


def loss(groups, theta):
    """-ln L of all silences, and its slope in each parameter.

    The curve is restated here from :mod:`rhythm`, because its derivatives are wanted and
    because this is the one hot loop of the fit; a test holds the two together. Writing
    y = beta (ln s - ln tau), odds = e^y/nu and w = odds/(1 + odds):

    ================  ====================================  ===========================
    derivative of     closed: ln(pi beta e^y p/(1 + odds))  open: ln(1 - pi + pi p)
    ================  ====================================  ===========================
    by y              1 - (nu+1) w                          -alive nu w
    by ln nu          (nu+1) w - nu ln(1+odds)              alive nu (w - ln(1+odds))
    by logit of pi    1 - pi                                alive - pi
    ================  ====================================  ===========================

    where p = (1 + odds)^-nu is the rarity and alive = pi p/(1 - pi + pi p). A clipped
    quantity has no slope.
    """
    th0, th1, th2, th3, th4, th5, th6, th7, th8 = theta
    exp, log, log1p = math.exp, math.log, math.log1p
    nu = exp(min(max(th8, -1.5), 5.0))
    value = 0.0
    slope = [0.0] * 9
    for u, closed, rows in groups:
        logit = th6 + th7 * u
        pi = 1.0 / (1.0 + exp(-min(max(logit, -12.0), 12.0)))
        ln_pi = log(pi)
        ln_tau_u, ln_beta_u = th0 + th2 * u, th3 + th5 * u
        by_tau = by_tau_ratio = by_beta = by_beta_spread = by_logit = by_nu = 0.0
        for count, ratio, spread, ln_days in rows:
            unclipped = ln_beta_u + th4 * spread
            ln_beta = min(max(unclipped, -1.5), 3.0)
            beta = exp(ln_beta)
            y = min(beta * (ln_days - ln_tau_u - th1 * ratio), 700.0)
            odds = exp(y) / nu
            ln_odds1 = log1p(odds)
            w = odds / (1.0 + odds)
            if closed:
                value -= count * (ln_pi + ln_beta + y - (nu + 1.0) * ln_odds1)
                by_y = count * (1.0 - (nu + 1.0) * w)
                by_ln_beta = count + y * by_y
                by_nu += count * ((nu + 1.0) * w - nu * ln_odds1)
                by_logit += count * (1.0 - pi)
            else:
                returning = pi * exp(-nu * ln_odds1)
                silent = returning + 1.0 - pi
                alive = returning / silent
                value -= count * log(silent)
                by_y = -count * alive * nu * w
                by_ln_beta = y * by_y
                by_nu += count * alive * nu * (w - ln_odds1)
                by_logit += count * (alive - pi)
            by_tau -= beta * by_y
            by_tau_ratio -= beta * by_y * ratio
            if ln_beta == unclipped:
                by_beta += by_ln_beta
                by_beta_spread += by_ln_beta * spread
        if not -12.0 < logit < 12.0:
            by_logit = 0.0
        parts = (
            *(by_tau, by_tau_ratio, u * by_tau),
            *(by_beta, by_beta_spread, u * by_beta),
            *(by_logit, u * by_logit, by_nu if -1.5 < th8 < 5.0 else 0.0),
        )
        slope = [total - part for total, part in zip(slope, parts, strict=True)]
    return value, slope


def _curvature(groups, theta):
    """About how the loss curves at the prior's centre, per standard deviation of the prior.

    The prior's own curvature, 1, plus the sum of the outer products of each silence's
    slope (after Berndt, Hall, Hall and Hausman, 1974), from a sample of the silences.
    """
    rows = [(u, closed, row) for u, closed, rows in groups for row in rows]
    every = max(1, len(rows) // CURVATURE_SAMPLE)
    curvature = [[float(i == j) for j in range(len(SPREAD))] for i in range(len(SPREAD))]
    for u, closed, (count, *row) in rows[::every]:
        _value, slope = loss([(u, closed, [(1, *row)])], theta)
        slope = [s * sd for s, sd in zip(slope, SPREAD, strict=True)]
        for line, s in zip(curvature, slope, strict=True):
            weight = s * count * every
            line[:] = [entry + weight * other for entry, other in zip(line, slope, strict=True)]
    return curvature


def _inverse(matrix):
    """Inverse of a symmetric positive definite matrix (Gauss-Jordan, no pivoting needed)."""
    size = len(matrix)
    lines = [[*line, *(float(i == j) for j in range(size))] for i, line in enumerate(matrix)]
    for i in range(size):
        lines[i] = [entry / lines[i][i] for entry in lines[i]]
        for j in range(size):
            if j != i:
                factor = lines[j][i]
                lines[j] = [a - factor * b for a, b in zip(lines[j], lines[i], strict=True)]
    return [line[size:] for line in lines]


def _minimise(objective, metric):
    """BFGS from the origin, ``metric`` being the inverse curvature there.

    Returns (point, value, iterations). Each step lowers the value.
    """
    point = [0.0] * len(metric)
    value, slope = objective(point)
    creeping = iteration = 0
    while iteration < MAX_ITERATIONS and creeping < CREEPING_STEPS:
        direction = [-_dot(line, slope) for line in metric]
        fall = -_dot(direction, slope)
        if fall < TOLERANCE:
            break
        found = _step(objective, point, value, direction, fall)
        if found is None:  # nothing lower along the way that floats could tell apart
            break
        iteration += 1
        new_point, new_value, new_slope = found
        creeping = creeping + 1 if value - new_value < CREEPING else 0
        step = [a - b for a, b in zip(new_point, point, strict=True)]
        turn = [a - b for a, b in zip(new_slope, slope, strict=True)]
        metric = _updated(metric, step, turn)
        point, value, slope = found
    return point, value, iteration


def _step(objective, point, value, direction, fall):
    """A clearly lower point along ``direction``: (point, value, slope), or None.

    Bisection for the weak Wolfe conditions, with their usual constants: lower by a fair
    part of the promised ``fall``, and far enough for the slope to have turned. Unlike
    interpolation it copes with edges (Lewis and Overton, 2013).
    """
    low, high, found = 0.0, None, None
    length = min(1.0, LONGEST_STEP / math.sqrt(_dot(direction, direction)))
    for _trial in range(40):
        new_point = [z + length * d for z, d in zip(point, direction, strict=True)]
        new_value, slope = objective(new_point)
        if not new_value <= value - 1e-4 * length * fall:
            high = length
        else:
            found = new_point, new_value, slope
            if -_dot(slope, direction) <= 0.9 * fall:
                break
            low = length
        length = 2.0 * low if high is None else (low + high) / 2.0
    return found


def _updated(metric, step, turn):
    """The inverse curvature, learned from how the slope turned along ``step`` (BFGS)."""
    bend = _dot(step, turn)
    if bend <= 1e-12 * _dot(turn, turn):
        return metric  # not convex here: nothing to learn that would keep it positive
    image = [_dot(line, turn) for line in metric]
    factor = (1.0 + _dot(turn, image) / bend) / bend
    return [
        [
            entry + factor * step[i] * step[j] - (image[i] * step[j] + step[i] * image[j]) / bend
            for j, entry in enumerate(line)
        ]
        for i, line in enumerate(metric)
    ]


def _dot(left, right):
    return sum(a * b for a, b in zip(left, right, strict=True))
