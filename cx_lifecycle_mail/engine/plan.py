"""When a step may happen: the first instant that suits the clock where the customer is.

Instants are naive datetimes in UTC, local times exist inside this file only. Zones are asked in
one direction, from UTC to local time, which has one answer even where clocks change. So a local
time that is left out in spring or comes twice in autumn needs no convention of any library.
"""

import re
from bisect import bisect_left
from datetime import datetime, time, timedelta

from dateutil import tz

# Nothing is looked for any further ahead.
HORIZON = timedelta(days=400)
DAY = timedelta(days=1)
# Europe/Paris, Etc/GMT+5, EST5EDT; gettz() would also take paths and rules in POSIX's notation.
NAME = re.compile(r"[A-Za-z][\w+-]*(/[\w+-]+)*", re.ASCII)


def zone(name):
    """The tzinfo of that name; UTC when it is empty or unknown."""
    try:
        found = tz.gettz(name) if name and NAME.fullmatch(name) else None
    except OSError:  # too long for a file name
        found = None
    return found or tz.UTC


def local(moment, zone):
    """The naive local time at ``moment``."""
    return moment.replace(tzinfo=tz.UTC).astimezone(zone).replace(tzinfo=None)


def earliest(moment, zone, weekday=None, hour=None, quiet=None, is_open=None):
    """The first instant from ``moment`` on at which all of this holds where the customer is.

    A local hour that is left out, because clocks are put forward, comes at that change, if that is
    on the same day; of an hour that comes twice, the first that is not past.

    :param zone: tzinfo of the customer
    :param weekday: 0 for Monday to 6; None: any
    :param hour: it happens when this hour begins, 0 to 23; None: at any time
    :param quiet: hours (from, to) of the day between which nothing happens, such as
        ``(20.0, 8.5)``: not at 20:00, again at 8:30; from = to: no such hours
    :param is_open: whether a local date is allowed; None: every day is
    :return: None when there is none within 400 days
    """
    parts = _loud(quiet)
    point = None if hour is None else timedelta(hours=hour)
    if point is not None and not _within(point, parts):
        return None
    for start, end, offset, before in _spans(moment, zone, moment + HORIZON):
        midnight = datetime.combine((start + offset).date(), time.min)
        if weekday is not None and midnight.weekday() != weekday:
            continue
        if is_open is not None and not is_open(midnight.date()):
            continue
        # as the clock on the wall shows them, in hours of this day
        begins, ends = start + offset - midnight, end + offset - midnight
        if point is None:
            found = _first(begins, ends, parts)
        else:
            left_out_from = min(begins, start + before - midnight)
            found = _at(point, left_out_from, begins, ends, parts)
        if found is not None:
            return midnight + found - offset
    return None


def allowed(earliest, not_before, weekday, hour, now):
    """When an act that is due now may be done: now, later, or None for never.

    :param earliest: as :func:`earliest`, of a moment, weekday and hour, where the customer is
    """
    at = earliest(not_before, weekday, hour)
    # late: its weekday and hour have been, but nobody is woken for that
    return at if at is None or at > now else earliest(now, None, None)


def begins(day, zone):
    """When a day begins where the customer is."""
    midnight = datetime.combine(day, time.min)
    return earliest(midnight - timedelta(hours=15), zone, is_open=lambda local: local >= day)


def _loud(quiet):
    """The parts of a day outside the quiet hours: [(from, to)], to excluded."""
    # whole seconds, as Odoo stores them
    since, until = (timedelta(seconds=round(hours * 3600)) for hours in quiet or (0, 0))
    if since > until:
        return [(until, since)]
    return [(timedelta(0), since), (until, DAY)]


def _within(point, parts):
    return any(since <= point < until for since, until in parts)


def _first(begins, ends, parts):
    """The first point of a span that lies in one of the parts."""
    for since, until in parts:
        if (found := max(begins, since)) < min(ends, until):
            return found
    return None


def _at(point, left_out_from, begins, ends, parts):
    """Where a point comes in a span, which also stands for what was left out before it."""
    found = max(point, begins)
    return found if left_out_from <= point < ends and _within(found, parts) else None


def _spans(moment, zone, until):
    """The time from ``moment`` on, cut at local midnights, at changes of the clock and ``until``.

    Yields (start, end, offset from UTC within, offset just before).
    """
    before = local(moment - datetime.resolution, zone) - (moment - datetime.resolution)
    offset = local(moment, zone) - moment
    while moment < until:
        end = datetime.combine((moment + offset).date(), time.min) + DAY - offset
        after = local(end, zone) - end
        if after != offset:
            end = _change(moment, end, zone, offset)
            after = local(end, zone) - end
        yield moment, min(end, until), offset, before
        moment, before, offset = end, offset, after


def _change(start, end, zone, offset):
    """When the clock changes, from ``start`` with this offset to ``end`` with another."""
    start = start.replace(microsecond=0)

    def changed(second):
        then = start + timedelta(seconds=second)
        return local(then, zone) - then != offset

    seconds = range(int((end - start).total_seconds()))
    return start + timedelta(seconds=bisect_left(seconds, True, key=changed))
