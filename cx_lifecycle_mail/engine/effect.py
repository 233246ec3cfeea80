"""What a campaign brought: those it treated against those it held out.

Intention to treat: everybody counts in the arm they entered in, whatever was done to them. All that
is needed of an arm are sums, so the database adds up and nothing here is long.

Baskets are skewed: a few customers buy for most of the money. Amounts come in here capped, at a cap
that was fixed before the campaign began; without it, no interval for a few dozen buyers is right
(docs/results.md tells how often each candidate was).
"""

import math
from typing import NamedTuple

from odoo.addons.cx_lifecycle.engine.means import student
from odoo.addons.cx_lifecycle.engine.proportion import Z, difference

ALPHA = 0.05
LEAST = 20  # buyers in each arm: with fewer, intervals of money are not to be believed
FARTHEST = 1000  # times as many participants as now: beyond, nobody waits for an answer


class Arm(NamedTuple):
    """One arm: how many there are, how many of them bought, and sums over all of them.

    :param total: of their amounts; squares, cubes: of the powers of these
    """

    number: int = 0
    buyers: int = 0
    total: float = 0.0
    squares: float = 0.0
    cubes: float = 0.0

    @property
    def mean(self):
        """Amount per participant, buyers or not."""
        return self.total / self.number

    @property
    def variance(self):
        """Of one amount, unbiased."""
        spread = self.squares - self.number * self.mean**2
        return max(spread, 0.0) / (self.number - 1)

    @property
    def third(self):
        """The third central moment of one amount."""
        mean, number = self.mean, self.number
        return self.cubes / number - 3 * mean * self.squares / number + 2 * mean**3


class Difference(NamedTuple):
    """Treated less held out, for each participant, and its 95 % interval."""

    value: float
    low: float
    high: float


def shares(treated, held, z=Z):
    """How many more buyers there are for each participant; None when an arm is empty.

    :param float z: half its width in standard errors, where it is another than of one look
    """
    found = difference(treated.buyers, treated.number, held.buyers, held.number, z)
    return found and Difference(*found)


def shares_always(treated, held, planned):
    """The interval of :func:`shares` that holds however often somebody looks; None likewise.

    As wide, in standard errors, as that of :func:`always`.
    """
    return shares(treated, held, _widening(max(treated.number + held.number, 1), planned))


def amounts(treated, held):
    """How much more each participant bought for; None where there are too few buyers to say.

    The studentized difference of the means is transformed until it is symmetric (P. Hall, Journal
    of the Royal Statistical Society B 54, 1992), with Welch's degrees of freedom: the usual
    interval lies too far to the left where amounts are skewed.
    """
    if not enough(treated, held):
        return None
    value, error = treated.mean - held.mean, _error(treated, held)
    if not error:
        return Difference(value, value, value)
    quantile = student(_freedom(treated, held))
    skewness = (treated.third / treated.number**2 - held.third / held.number**2) / error**3
    return Difference(
        value,
        value - error * _backwards(quantile, skewness),
        value - error * _backwards(-quantile, skewness),
    )


def always(treated, held, planned):
    """The interval of :func:`amounts` that holds however often somebody looks; None likewise.

    An asymptotic confidence sequence (I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy,
    A. Ramdas, Annals of Statistics 52, 2024, theorem 2.2): with 95 % it covers the truth at all
    looks together, so that stopping at a good moment proves nothing false. It is wider than the
    interval of one look, and narrowest about the planned number.

    :param int planned: participants for whom it is to be narrowest, fixed at the launch
    """
    if not enough(treated, held):
        return None
    value = treated.mean - held.mean
    half = _error(treated, held) * _widening(treated.number + held.number, planned)
    return Difference(value, value - half, value + half)


def verdict(treated, held, planned):
    """Whether the campaign gained, by the interval that holds at every look.

    :return: ``(word, participants)``: gained, lost or unknown; and of unknown how many participants
        more it takes at the size of today's difference, None when nobody can say
    """
    found = always(treated, held, planned)
    if found is None:
        return "unknown", _until_enough(treated, held)
    if found.low > 0:
        return "gained", 0
    if found.high < 0:
        return "lost", 0
    return "unknown", _until_told(treated, held, planned)


def enough(treated, held):
    """Whether there are buyers enough to speak of money."""
    return min(treated.buyers, held.buyers) >= LEAST


def _until_enough(treated, held):
    """Participants more until each arm has buyers enough, at today's shares."""
    if not treated.buyers or not held.buyers:
        return None
    factor = max(LEAST / treated.buyers, LEAST / held.buyers)
    return math.ceil((factor - 1) * (treated.number + held.number))


def _until_told(treated, held, planned):
    value, error = abs(treated.mean - held.mean), _error(treated, held)
    number = treated.number + held.number
    if not value or not error:
        return None
    wanted = number
    while error * math.sqrt(number / wanted) * _widening(wanted, planned) >= value:
        wanted *= 1.05
        if wanted > FARTHEST * number:
            return None
    return math.ceil(wanted - number)


def _error(treated, held):
    return math.sqrt(treated.variance / treated.number + held.variance / held.number)


def _freedom(treated, held):
    """Degrees of freedom (B. L. Welch, Biometrika 34, 1947)."""
    one, other = treated.variance / treated.number, held.variance / held.number
    return (one + other) ** 2 / (
        one**2 / (treated.number - 1) + other**2 / (held.number - 1)
    )  # fmt: skip


def _backwards(quantile, skewness):
    """What the studentized difference is where its transform is this quantile."""
    if abs(skewness) < 1e-6:
        return quantile
    root = 1 + skewness * (quantile - skewness / 6)
    return (3 / skewness) * (math.copysign(abs(root) ** (1 / 3), root) - 1)


def _widening(number, planned):
    """Half the width of the sequence, in standard errors."""
    tuning = (-2 * math.log(ALPHA) + math.log(1 - 2 * math.log(ALPHA))) / max(planned, 1)
    scaled = number * tuning
    return math.sqrt(2 * (scaled + 1) / scaled * math.log(math.sqrt(scaled + 1) / ALPHA))
