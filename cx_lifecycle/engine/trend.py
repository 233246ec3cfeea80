"""Whether a mean or a number changed, or only seems to: two stretches of time, one after another.

A difference within its error of 95 % is no change. Nothing here knows what is counted.
"""

from math import sqrt

Z = 1.959963984540054  # of a normal distribution 95 % lie within so many standard deviations
ENOUGH = 5  # fewer say nothing


def of_means(before, after):
    """How a mean moved, by Welch's test: ``up``, ``down``, ``same``; None when nothing is known.

    :param before, after: (how many, their sum, the sum of their squares)
    """
    if min(before[0], after[0]) < ENOUGH:
        return None
    (first, noise, freedom), (second, more, others) = _spread(*before), _spread(*after)
    error = noise + more
    if not error:
        return _direction(second - first, 0.0)
    freedom = error**2 / (noise**2 / freedom + more**2 / others)
    return _direction(second - first, quantile(freedom) * sqrt(error))


def of_numbers(before, after, share):
    """How a number moved between two stretches, as if things happened one by one by chance.

    :param share: of the whole time, what the second stretch lasts
    """
    whole = before + after
    if whole < 2 * ENOUGH or not 0 < share < 1:
        return None
    return _direction(after - whole * share, Z * sqrt(whole * share * (1 - share)))


def quantile(freedom):
    """How far Student's distribution of so many degrees of freedom (4 or more) spreads, for 95 %.

    Two terms of the expansion around the normal distribution: within 2 % of the truth.
    """
    return Z + (Z**3 + Z) / (4 * freedom) + (5 * Z**5 + 16 * Z**3 + 3 * Z) / (96 * freedom**2)


def _spread(number, total, squares):
    """The mean, the square of its error, and the degrees of freedom."""
    mean = total / number
    variance = max(squares / number - mean * mean, 0.0) * number / (number - 1)
    # what is left of numbers that are all alike is rounding
    return mean, variance / number if variance > 1e-9 else 0.0, number - 1


def _direction(difference, error):
    if abs(difference) <= max(error, 1e-9):
        return "same"
    return "up" if difference > 0 else "down"
