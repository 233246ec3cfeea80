"""Where an objective stands: how far it is, how far it should be, and where it will end.

An objective is a number to be reached (*at least*) or not to be passed (*at most*) in a period.
It is counted up from nothing, as customers won back are, or it is a level that moves from where
it stood before the period, as the customers in a stage do. Days are whole, today is one of
them, and the plan is a straight line.
"""

from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

WAITING, REACHED, ON_TRACK, BEHIND, MISSED = "waiting", "reached", "on_track", "behind", "missed"


class Standing(NamedTuple):
    """What is not known is None."""

    progress: float | None  # share of the target, 1 is all of it
    expected: float | None  # what a straight line would have today
    forecast: float | None  # at the end of the period, at the pace so far
    state: str | None


class Goal(NamedTuple):
    target: float
    since: date
    until: date
    most: bool = False  # the target is not to be passed
    counted: bool = True  # counted up: what is reached, or passed, stays so
    heads: bool = True  # of customers: less than one of them is no difference


def standing(goal, today, actual, start=0.0):
    """Compare what there is with what was aimed at.

    :param actual: what there is at the end of ``today`` or of the period; None when not known
    :param start: what there was before the period; None when not known
    """
    if today < goal.since:
        return Standing(None, None, None, WAITING)
    if actual is None:
        return Standing(None, None, None, None)
    days = (goal.until - goal.since).days + 1
    gone = min((today - goal.since).days + 1, days)
    expected = forecast = None
    if start is not None:
        expected = start + (goal.target - start) * gone / days
        forecast = actual + (actual - start) / gone * (days - gone)
    over = today > goal.until
    return Standing(actual / goal.target, expected, forecast, _state(goal, actual, expected, over))


def _state(goal, actual, expected, over):
    kept = actual <= goal.target if goal.most else actual >= goal.target
    if over:
        return REACHED if kept else MISSED
    if goal.counted and kept is not goal.most:
        return REACHED if kept else MISSED  # it only grows: this is final
    if expected is None:
        return ON_TRACK if kept else BEHIND
    missing = actual - expected if goal.most else expected - actual
    return ON_TRACK if missing <= 0 or (goal.heads and missing < 1) else BEHIND


def following(since, until):
    """First and last day of the next period of the same length; of months when it is of months."""
    after = until + timedelta(days=1)
    if since.day == after.day == 1:
        months = (after.year - since.year) * 12 + after.month - since.month
        return after, after + relativedelta(months=months, days=-1)
    return after, after + (until - since)


def whole(since, until):
    """Which period of the calendar this is: year, quarter, month, or None."""
    after = until + timedelta(days=1)
    if not since.day == after.day == 1:
        return None
    months = (after.year - since.year) * 12 + after.month - since.month
    name = {1: "month", 3: "quarter", 12: "year"}.get(months)
    return name if (since.month - 1) % months == 0 else None


# Of fewer customers, what one of them cost is an accident.
ENOUGH = 10


def cheapest(rows):
    """Place of the row of ``(spent, customers)`` where one customer cost least, or None.

    Rows without spending, and those with too few customers to say, are passed over.
    """
    known = [
        (spent / customers, place)
        for place, (spent, customers) in enumerate(rows)
        if spent > 0 and customers >= ENOUGH
    ]
    return min(known)[1] if known else None
