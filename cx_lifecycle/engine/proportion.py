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
