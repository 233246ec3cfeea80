"""How much evidence there is for a customer's needs, and how long it counts.

A piece of evidence weighs 1 (a hint) to 3 (said so plainly). It loses half of its weight every
:data:`HALF_LIFE` days, so needs learned long ago give way to what was heard last. Because all
evidence fades at the same pace, the order of a customer's needs never changes by time alone:
it is enough to add up each weight as it will have been worth on one common day, :data:`EPOCH`.
"""

from datetime import date

from .formula import ceil, exp, ln

HALF_LIFE = 365.0
EPOCH = date(2000, 1, 1)
# Evidence worth less than this today is forgotten: one hint counts for two years.
FORGOTTEN = 0.25
# From so much evidence, counted as of today, a need is known well, and very well.
STRENGTHS = (1.25, 2.5)
_LN_2 = 0.6931471805599453


def worth(weight, days):
    """What evidence of some day is worth in the common coin.

    :param weight: 1 to 3
    :param days: days from :data:`EPOCH` to the day of the evidence
    """
    return weight * exp(_LN_2 / HALF_LIFE * days)


def today(score, days):
    """A sum of :func:`worth` in today's weight, ``days`` after :data:`EPOCH`."""
    return score * exp(-_LN_2 / HALF_LIFE * days)


def known_days(score):
    """Days after :data:`EPOCH` from which a sum of :func:`worth` is forgotten."""
    return ceil(HALF_LIFE / _LN_2 * ln(score / FORGOTTEN))


def strength(weight):
    """1 (a hint), 2 or 3 (known very well), from the evidence in today's weight."""
    return 1 + sum(weight >= limit for limit in STRENGTHS)
