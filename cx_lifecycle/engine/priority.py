"""Which touchpoints to mend first: those that matter, and that customers are unhappy with."""

import math
from typing import NamedTuple

ENOUGH = 30  # ratings: with fewer, a mean says little
FIRST = 3  # so many are named
BEST = 10.0  # satisfaction


class Cell(NamedTuple):
    """A kind of touchpoint: its mean satisfaction, and the strongest thing known about it."""

    satisfaction: float | None
    rated: int
    # How many times as often customers with it leave, or buy, at the end of the interval that is
    # nearest to 1, see :func:`nearest`; None where no difference is shown.
    least: float | None

    @property
    def importance(self):
        """How far that is from 1, to either side: twice as often counts as half as often."""
        return abs(math.log(self.least)) if self.least else 0.0


def nearest(low, high):
    """The number of an interval that is nearest to 1."""
    return min(max(low, 1.0), high)


def mean(cells):
    """Mean satisfaction over all ratings; None without any."""
    rated = sum(cell.rated for cell in cells)
    return (
        sum(cell.satisfaction * cell.rated for cell in cells if cell.rated) / rated
        if rated
        else None
    )


def first(cells):
    """Places of the cells to mend first: shown to matter, below the mean, with enough ratings.

    Of these the ones where importance times what is lacking of the best satisfaction is greatest.
    """
    average = mean(cells)
    worth = [
        (cell.importance * (BEST - cell.satisfaction), -place)
        for place, cell in enumerate(cells)
        if cell.least and cell.rated >= ENOUGH and cell.satisfaction < average
    ]
    return [-place for _worth, place in sorted(worth, reverse=True)[:FIRST]]
