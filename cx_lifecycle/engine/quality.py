"""How good a rule was: what it had called on a past day, beside what happened afterwards.

Two things are known of each customer judged: whether the rule had called the customer
dormant by that day, and whether the customer bought within the horizon that followed:

==========  ===========  ====================
            did not buy  bought
==========  ===========  ====================
called      right        false alarm
not called  late         left alone (rightly)
==========  ===========  ====================

Rules are compared by *balanced accuracy*: the mean of the share of those who stayed silent
that was called and the share of those who came back that was left alone. It is 1/2 for
guessing, and for calling everybody or nobody, however many come back.
"""

from dataclasses import dataclass
from typing import NamedTuple

# Differences of balanced accuracy up to this are not established, see ``docs/rhythm.md``.
SAME = 0.01
# A policy whose balanced accuracy falls by more than this is looked at by a person.
DRIFT = 0.05
ROUNDING = 1e-9


class Counts(NamedTuple):
    """Customers judged on one day, by what was called and what happened."""

    right: int
    false_alarm: int
    late: int
    left_alone: int

    @property
    def precision(self):
        """Share of those called who did not buy within the horizon; None if nobody was."""
        return _share(self.right, self.false_alarm)

    @property
    def recall(self):
        """Share of those who did not buy that had been called; None if everybody bought."""
        return _share(self.right, self.late)

    @property
    def balanced_accuracy(self):
        """Mean of the two shares told rightly; None if everybody bought, or nobody."""
        if self.recall is None or not self.left_alone + self.false_alarm:
            return None
        return (self.recall + _share(self.left_alone, self.false_alarm)) / 2.0


def _share(part, rest):
    return part / (part + rest) if part + rest else None


def total(counts):
    """The counts of several days added up."""
    return Counts(*map(sum, zip(*counts, strict=True)))


def mean(values):
    """Mean of the values that are defined; None when none is."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def tally(silences, numbers):
    """What each fixed number of days would have called.

    :param silences: rows (days of silence, whether they bought, number of customers)
    :param numbers: days; a customer is called whose silence is at least so long
    :return: {number: :class:`Counts`}
    """
    silences = list(silences)
    found = {}
    for number in numbers:
        cells = [0, 0, 0, 0]
        for days, bought, customers in silences:
            cells[bool(bought) + 2 * (days < number)] += customers
        found[number] = Counts(*cells)
    return found


def best(table):
    """The setting with the highest mean balanced accuracy, the first of equals; None if none.

    :param table: {setting: balanced accuracy on each day, None where undefined}
    """
    means = {setting: mean(values) for setting, values in table.items()}
    known = [setting for setting, value in means.items() if value is not None]
    return max(known, key=means.get, default=None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The setting that did best, and how it was found; shares are balanced accuracies.

    A setting that is a number stands for the fixed rule with so many days.
    """

    setting: object
    chosen: float  # mean over the days that it was chosen on
    judged: float  # on the latest day, which had no say
    present_chosen: float  # of the present policy, the same two
    present_judged: float
    fixed: object  # the best fixed number of days, chosen on the same days; None if none
    fixed_chosen: float
    fixed_judged: float
    hindsight: bool  # there is but one day, so it was chosen on the day it is judged on

    @property
    def ahead(self):
        """Whether it was clearly better than the present policy on the days of choice."""
        return self.chosen - self.present_chosen > SAME + ROUNDING

    @property
    def better(self):
        """Whether it was, and still is better when judged."""
        return self.ahead and (self.hindsight or self.judged > self.present_judged)

    @property
    def fixed_does(self):
        """Whether a fixed number of days does as well as the best."""
        return self.fixed is not None and self.chosen - self.fixed_chosen <= SAME + ROUNDING


def propose(table, present):
    """Choose a setting on all days but the latest, and judge it on the latest.

    Days on which nobody bought, or everybody did, tell nothing and are left out; so is a
    setting that lacks one of the others. Of equals the first in the table is chosen.

    :param table: {setting: balanced accuracy on each day, oldest first, None: undefined}
    :param present: the setting in force
    :return: a :class:`Proposal`, or None when no day tells anything
    """
    told = [place for place, value in enumerate(table[present]) if value is not None]
    complete = {}
    for setting, values in table.items():
        if all(place < len(values) and values[place] is not None for place in told):
            complete[setting] = [values[place] for place in told]
    if not told:
        return None
    choosing = {setting: values[:-1] or values for setting, values in complete.items()}
    chosen = best(choosing)
    fixed = best({s: values for s, values in choosing.items() if isinstance(s, int)})
    return Proposal(
        setting=chosen,
        chosen=mean(choosing[chosen]),
        judged=complete[chosen][-1],
        present_chosen=mean(choosing[present]),
        present_judged=complete[present][-1],
        fixed=fixed,
        fixed_chosen=None if fixed is None else mean(choosing[fixed]),
        fixed_judged=None if fixed is None else complete[fixed][-1],
        hindsight=len(told) == 1,
    )


def drifted(now, before):
    """Whether a balanced accuracy is worse than before by more than chance explains away."""
    return None not in (now, before) and before - now > DRIFT + ROUNDING
