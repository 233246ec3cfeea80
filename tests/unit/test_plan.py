"""The first instant that suits the clock where the customer is."""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.cx_lifecycle_mail.engine import plan

SEARCHING = settings(max_examples=150, deadline=None, derandomize=True)
NIGHT = (20.0, 8.0)
GRID = timedelta(minutes=15)
DAY = timedelta(days=1)
UTC = ZoneInfo("UTC")

# half-hour and quarter-hour offsets, the date line from both sides, half an hour of summer time,
# changes at midnight (Havana, Cairo, Santiago) and over midnight (Nuuk), and none at all
NAMES = (
    "UTC Europe/Paris America/New_York America/Sao_Paulo Asia/Kathmandu Pacific/Apia Africa/Cairo "
    "Pacific/Chatham Pacific/Honolulu Australia/Lord_Howe America/Havana America/Nuuk "
    "America/Santiago Africa/Casablanca"
).split()


def utc(text):
    return datetime.fromisoformat(text)


def earliest(moment, name, **when):
    return plan.earliest(utc(moment), plan.zone(name), **when)


# ---------------------------------------------------------------------- zones
@pytest.mark.parametrize(
    "name", [None, False, "", "Mars/Olympus", "/etc/passwd", "../../etc/passwd", "\0", "a" * 300]
)
def test_an_unknown_zone_is_utc(name):
    assert plan.local(utc("2027-07-01 12:00"), plan.zone(name)) == utc("2027-07-01 12:00")


@pytest.mark.parametrize("name", [*NAMES, "US/Eastern", "Etc/GMT+5", "EST5EDT"])
@pytest.mark.parametrize("moment", ["2027-01-15 09:30", "2027-07-15 23:45", "2045-07-01 12:00"])
def test_local_time_is_that_of_the_zone(name, moment):
    assert plan.local(utc(moment), plan.zone(name)) == wall(utc(moment), name)


# ------------------------------------------------------------------ plain days
@pytest.mark.parametrize(
    ("moment", "when", "expected"),
    [
        # Wednesday 14 July 2027; Paris is two hours ahead
        ("2027-07-14 13:00", {}, "2027-07-14 13:00"),
        ("2027-07-14 13:00", {"hour": 10}, "2027-07-15 08:00"),
        ("2027-07-14 08:00", {"hour": 10}, "2027-07-14 08:00"),
        ("2027-07-14 08:00:01", {"hour": 10}, "2027-07-15 08:00"),
        ("2027-07-14 13:00", {"hour": 0}, "2027-07-14 22:00"),
        ("2027-07-14 13:00", {"weekday": 2}, "2027-07-14 13:00"),
        ("2027-07-14 13:00", {"weekday": 0}, "2027-07-18 22:00"),
        ("2027-07-14 13:00", {"weekday": 0, "quiet": NIGHT}, "2027-07-19 06:00"),
        ("2027-07-14 13:00", {"weekday": 2, "hour": 10}, "2027-07-21 08:00"),
        ("2027-07-14 17:59:59", {"quiet": NIGHT}, "2027-07-14 17:59:59"),
        ("2027-07-14 18:00", {"quiet": NIGHT}, "2027-07-15 06:00"),
        ("2027-07-15 05:59:59", {"quiet": NIGHT}, "2027-07-15 06:00"),
        ("2027-07-14 10:00", {"quiet": (12.0, 14.5)}, "2027-07-14 12:30"),
        ("2027-07-14 10:00", {"quiet": (12.0, 12.0)}, "2027-07-14 10:00"),
        ("2027-07-14 22:30", {"quiet": (0.0, 7.0)}, "2027-07-15 05:00"),
        ("2027-07-14 20:30", {"quiet": (22.0, 0.0)}, "2027-07-14 22:00"),
        # 8:20, as Odoo keeps it
        ("2027-07-15 01:00", {"quiet": (20.0, 8.333333333333334)}, "2027-07-15 06:20"),
    ],
)
def test_in_paris(moment, when, expected):
    assert earliest(moment, "Europe/Paris", **when) == utc(expected)


def test_a_closed_day_is_one_of_the_customer():
    closed = {date(2027, 7, 14), date(2027, 7, 15)}
    found = earliest(
        "2027-07-13 21:00", "Asia/Kathmandu", quiet=NIGHT, is_open=lambda day: day not in closed
    )
    # there it is 14 July already; 16 July, 8:00 is 2:15 in UTC
    assert found == utc("2027-07-16 02:15")


def test_to_the_microsecond():
    moment = utc("2027-07-14 13:00:00.000001")
    zone = plan.zone("Europe/Paris")
    assert plan.earliest(moment, zone, quiet=NIGHT) == moment
    assert plan.earliest(moment, zone, hour=15) == utc("2027-07-15 13:00")


@pytest.mark.parametrize(
    "when",
    [
        {"hour": 20, "quiet": NIGHT},
        {"hour": 7, "quiet": NIGHT},
        {"hour": 13, "quiet": (12.5, 13.5)},
        # not even on the one night on which this hour is left out and would come at 3:00
        {"hour": 2, "quiet": (1.0, 3.0)},
        {"weekday": 6, "is_open": lambda day: day.weekday() < 5},
        {"is_open": lambda day: False},
        {"is_open": lambda day: day >= date(2028, 9, 1)},
    ],
)
def test_never(when):
    assert earliest("2027-07-14 13:00", "Europe/Paris", **when) is None


def test_up_to_400_days_ahead():
    last = date(2028, 8, 17)

    def found(hour):
        return earliest("2027-07-14 13:00", "UTC", hour=hour, is_open=lambda day: day == last)

    assert found(12) == utc("2028-08-17 12:00")
    assert found(13) is None


# ------------------------------------------------------------------ clock changes
@pytest.mark.parametrize(
    ("name", "moment", "when", "expected"),
    [
        # 28 March 2027: 2:00 to 3:00 is left out in Paris, at 1:00 in UTC
        ("Europe/Paris", "2027-03-28 00:10", {"hour": 2}, "2027-03-28 01:00"),
        ("Europe/Paris", "2027-03-28 01:00", {"hour": 2}, "2027-03-28 01:00"),
        ("Europe/Paris", "2027-03-28 01:00:00.1", {"hour": 2}, "2027-03-29 00:00"),
        ("Europe/Paris", "2027-03-28 00:10", {"quiet": (20.0, 2.5)}, "2027-03-28 01:00"),
        ("Europe/Paris", "2027-03-28 00:10", {"quiet": (1.0, 3.5)}, "2027-03-28 01:30"),
        ("Europe/Paris", "2027-03-28 00:10", {"hour": 3}, "2027-03-28 01:00"),
        ("Europe/Paris", "2027-03-28 00:10:00.5", {"hour": 3}, "2027-03-28 01:00"),
        ("Europe/Paris", "2027-03-27 12:00", {"hour": 10}, "2027-03-28 08:00"),
        ("Europe/Paris", "2027-03-28 12:00", {"weekday": 6, "hour": 2}, "2027-04-04 00:00"),
        # what is left out ends within the quiet hours
        ("Europe/Paris", "2027-03-28 00:10", {"hour": 2, "quiet": (3, 4)}, "2027-03-29 00:00"),
        # 31 October 2027: 2:00 to 3:00 comes twice, at 0:00 and 1:00 in UTC
        ("Europe/Paris", "2027-10-30 12:00", {"hour": 2}, "2027-10-31 00:00"),
        ("Europe/Paris", "2027-10-31 00:10", {"hour": 2}, "2027-10-31 01:00"),
        ("Europe/Paris", "2027-10-31 01:10", {"hour": 2}, "2027-11-01 01:00"),
        ("Europe/Paris", "2027-10-30 20:00", {"quiet": (20.0, 2.5)}, "2027-10-31 00:30"),
        ("Europe/Paris", "2027-10-31 01:10", {"quiet": (20.0, 2.5)}, "2027-10-31 01:30"),
        # clocks go back from a quiet 2:45 to a loud 2:00
        ("Europe/Paris", "2027-10-31 00:45", {"quiet": (2.5, 4.0)}, "2027-10-31 01:00"),
        ("Europe/Paris", "2027-10-31 12:00", {"hour": 10}, "2027-11-01 09:00"),
        # no summer time any more
        ("America/Sao_Paulo", "2027-10-17 02:30", {"hour": 0}, "2027-10-17 03:00"),
        ("America/Sao_Paulo", "2027-01-10 00:00", {"quiet": NIGHT}, "2027-01-10 11:00"),
        ("America/Sao_Paulo", "2027-07-10 00:00", {"quiet": NIGHT}, "2027-07-10 11:00"),
        # but in 2018 the day began at 1:00
        ("America/Sao_Paulo", "2018-11-03 12:00", {"hour": 0}, "2018-11-04 03:00"),
        ("America/Sao_Paulo", "2018-11-03 12:00", {"weekday": 6}, "2018-11-04 03:00"),
        ("Asia/Kathmandu", "2027-03-01 00:00", {"hour": 10}, "2027-03-01 04:15"),
        ("Asia/Kathmandu", "2027-03-01 04:16", {"hour": 10}, "2027-03-02 04:15"),
        # 13 hours ahead: Monday there begins on Sunday noon
        ("Pacific/Apia", "2027-03-06 12:00", {"weekday": 0}, "2027-03-07 11:00"),
        ("Pacific/Apia", "2027-03-06 12:00", {"weekday": 0, "hour": 9}, "2027-03-07 20:00"),
        # 30 December 2011, a Friday, was left out there
        ("Pacific/Apia", "2011-12-29 12:00", {"weekday": 4, "hour": 9}, "2012-01-05 19:00"),
        ("Pacific/Apia", "2011-12-30 09:00", {"hour": 9}, "2011-12-30 19:00"),
        # the last hour of Saturday is left out: it does not come on Sunday instead
        ("America/Nuuk", "2027-03-27 12:00", {"weekday": 5, "hour": 23}, "2027-04-04 00:00"),
        # half an hour: 2:00 to 2:30 is left out
        ("Australia/Lord_Howe", "2027-10-02 15:00", {"hour": 2}, "2027-10-02 15:30"),
    ],
)
def test_where_clocks_change(name, moment, when, expected):
    assert earliest(moment, name, **when) == utc(expected)


# ------------------------------------------------------------------ properties
@cache
def zoneinfo(name):
    return ZoneInfo(name)


def wall(moment, name):
    """Local time by another library."""
    return moment.replace(tzinfo=UTC).astimezone(zoneinfo(name)).replace(tzinfo=None)


def silent(at, quiet):
    """Whether a local time lies within the quiet hours."""
    since, until = quiet or (0, 0)
    now = at.hour + at.minute / 60 + at.second / 3600
    return since <= now < until if since <= until else now >= since or now < until


def fits(moment, name, weekday=None, hour=None, quiet=None, is_open=None):
    """Whether a step may happen at an instant of the grid, by the words of the promise."""
    at, before = wall(moment, name), wall(moment - GRID, name) + GRID
    if hour is not None:
        due = at.replace(hour=hour, minute=0)
        if not (at == due or before <= due < at) or silent(due, quiet):
            return False
    allowed = is_open is None or is_open(at.date())
    return allowed and not silent(at, quiet) and weekday in (None, at.weekday())


quarters = st.integers(0, 95).map(lambda number: number / 4)
whens = st.fixed_dictionaries(
    {},
    optional={
        "weekday": st.integers(0, 6),
        "hour": st.integers(0, 23),
        "quiet": st.tuples(quarters, quarters) | st.just(NIGHT),
        # working days, but for one in so many
        "is_open": st.integers(2, 9).map(
            lambda number: lambda day: day.weekday() < 5 and day.toordinal() % number
        ),
    },
)
names = st.sampled_from(NAMES)
anywhen = st.integers(0, 365 * 96).map(lambda number: utc("2027-01-01 00:00") + number * GRID)


@cache
def changes(name):
    """The days of a year on which the zone's clock changes."""
    days = (utc("2027-01-01 00:00") + number * DAY for number in range(365))
    return [day for day in days if wall(day + DAY, name) != wall(day, name) + DAY]


@st.composite
def near_changes(draw):
    """(zone, instant): somewhere within the three days around a change of the zone's clock."""
    name = draw(names.filter(changes))
    return name, draw(st.sampled_from(changes(name))) + draw(st.integers(-96, 192)) * GRID


cases = st.tuples(names, anywhen) | near_changes()


@SEARCHING
@given(cases, whens)
def test_it_fits_and_nothing_before_does(case, when):
    name, moment = case
    found = plan.earliest(moment, plan.zone(name), **when)
    # the first that fits on a grid of quarters of an hour, on which all clocks change
    until = found or moment + 30 * DAY
    grid = (moment + number * GRID for number in range((until - moment) // GRID + 1))
    assert found == next((at for at in grid if fits(at, name, **when)), None)


@SEARCHING
@given(cases, whens)
def test_asked_again_it_says_the_same(case, when):
    name, moment = case
    found = plan.earliest(moment, plan.zone(name), **when)
    if found is not None:
        assert found >= moment
        assert plan.earliest(found, plan.zone(name), **when) == found


@SEARCHING
@given(cases, st.integers(0, 60 * 24 * 9), whens)
def test_a_later_moment_is_never_earlier(case, minutes, when):
    name, moment = case
    zone = plan.zone(name)
    sooner = plan.earliest(moment, zone, **when)
    later = plan.earliest(moment + timedelta(minutes=minutes), zone, **when)
    # for ever, each day comes again within the horizon, whenever it is asked
    assert (sooner is None) == (later is None)
    if sooner is not None:
        assert sooner <= later
