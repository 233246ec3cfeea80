"""A share of a few cases, and how far the true share may be from it."""

import math

# 95 % of a normal distribution lie within so many standard deviations.
Z = 1.959963984540054


def interval(successes, cases, z=Z):
    """The 95 % interval of a share: (low, high) between 0 and 1; (0, 1) without cases.

    Wilson's score interval (E. B. Wilson, JASA 22, 1927): unlike the usual one it is right for
    few cases and for shares near 0 or 1.

    :param float z: half its width in standard deviations, where it is another than of 95 %
    """
    if not cases:
        return 0.0, 1.0
    share, spread = successes / cases, z * z / cases
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / cases + spread / (4 * cases))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def difference(one_hits, one, other_hits, other, z=Z):
    """One share less another with its 95 % interval, (value, low, high); None without cases.

    Newcombe's hybrid score interval (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10):
    right for few cases and for shares near 0.
    """
    if not one or not other:
        return None
    share, rest = one_hits / one, other_hits / other
    low, high = interval(one_hits, one, z)
    rest_low, rest_high = interval(other_hits, other, z)
    value = share - rest
    return (
        value,
        value - math.hypot(share - low, rest_high - rest),
        value + math.hypot(high - share, rest - rest_low),
    )
