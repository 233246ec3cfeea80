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
    ratio: float | None  # of leaving or buying with it, to comparable customers without it
    shown: bool  # whether that differs from 1 beyond chance

    @property
    def importance(self):
        """How far the ratio is from 1, to either side: twice as often counts as half as often."""
        return abs(math.log(self.ratio)) if self.ratio else 0.0


def mean(cells):
    """Mean satisfaction over all ratings; None without any."""
    rated = sum(cell.rated for cell in cells)
    return (
        sum(cell.satisfaction * cell.rated for cell in cells if cell.rated) / rated
        if rated
        else None
    )


def strongest(associations):
    """The (ratio, shown) farthest from 1 of those shown, or of all; None without any."""
    return max(
        associations,
        key=lambda found: (found[1], abs(math.log(found[0])) if found[0] else 0.0),
        default=None,
    )


def first(cells):
    """Places of the cells to mend first: shown to matter, below the mean, with enough ratings.

    Of these the ones where importance times what is lacking of the best satisfaction is greatest.
    """
    average = mean(cells)
    worth = [
        (cell.importance * (BEST - cell.satisfaction), -place)
        for place, cell in enumerate(cells)
        if cell.shown and cell.rated >= ENOUGH and cell.satisfaction < average
    ]
    return [-place for _worth, place in sorted(worth, reverse=True)[:FIRST]]
