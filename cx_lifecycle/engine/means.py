"""The difference of two means, and how far the true one may be from it."""

import math
from typing import NamedTuple

from .proportion import Z


class Sample(NamedTuple):
    """Some values: how many, and sums of them and of their squares."""

    number: int = 0
    total: float = 0.0
    squares: float = 0.0

    @property
    def mean(self):
        """None without values."""
        return self.total / self.number if self.number else None

    @property
    def error(self):
        """Variance of the mean; asked for of two values and more."""
        spread = max(self.squares - self.total**2 / self.number, 0.0)
        return spread / (self.number - 1) / self.number


class Difference(NamedTuple):
    value: float
    low: float
    high: float


def difference(one, other):
    """One mean less the other with Welch's 95 % interval; None with fewer than two values each."""
    if min(one.number, other.number) < 2:
        return None
    value, error = one.mean - other.mean, one.error + other.error
    if not error:
        return Difference(value, value, value)
    half = student(freedom(one, other)) * math.sqrt(error)
    return Difference(value, value - half, value + half)


def freedom(one, other):
    """Degrees of freedom (B. L. Welch, Biometrika 34, 1947)."""
    error = one.error + other.error
    return error**2 / (one.error**2 / (one.number - 1) + other.error**2 / (other.number - 1))


def student(freedom):
    """The 97.5 % quantile of Student's distribution (Abramowitz and Stegun, 26.7.5)."""
    z, f = Z, freedom
    return (
        z
        + (z**3 + z) / (4 * f)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * f**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * f**3)
    )
