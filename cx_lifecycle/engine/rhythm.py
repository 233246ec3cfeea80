"""The return curve: what a customer's silence means, given the own purchase rhythm.

Inputs of a row, per customer (a *purchase* is a day with a positive net amount):

``x``       repeat purchases, that is purchases minus one
``tx``      days from the first purchase to the last
``sl, sq``  sum of ln(gap) and of ln(gap)², gaps in days between purchases

per company (or segment): ``g0``, the median of all gaps, and ``th0`` … ``th8``, the
nine fitted parameters; and from the policy (or segment):

``mode``            which rule decides: RHYTHM, FIXED or MULTIPLE
``floor_days``      never dormant before so many days of silence
``ceiling_days``    dormant after so many days, whatever the rule says; NEVER: no such day

of the mode RHYTHM:

``rarity_limit``    a silence is rare when at most this share stays away longer
``chance_limit``    … and means dormancy when the chance of a purchase within
                    the horizon is at most this
``intervals``       the horizon, in usual gaps of the company
``lost_limit``      lost when the chance within a year is at most this

of the mode FIXED, ``dormant_after`` and ``lost_after``, in days of silence; of the mode
MULTIPLE, ``dormant_multiple`` and ``lost_multiple``, in usual gaps of the customer.

A day is a calendar day, or, where the policy has a clock, a day that counts: see
:mod:`season`.

The curve is a Burr XII (log-logistic with an adaptive tail) around the customer's
usual gap, mixed with a share 1 - π that never comes back. How it was chosen, and
against what, is told in ``docs/rhythm.md``.
"""

from .formula import ceil, clip, exp, greatest, least, ln, sqrt, where

YEAR = 365.0
PARAMETERS = tuple(f"th{i}" for i in range(9))
# What is assumed of a company without any history, and the centre of the fit.
DEFAULT_THETA = (0.2, 0.9, 0.0, 0.4, -0.5, 0.1, 1.0, 0.6, 1.0)
DEFAULT_GAP = 90.0
# A day is searched for up to 2**14 days (45 years) ahead; later means never.
SEARCH_STEPS = 14
RHYTHM, FIXED, MULTIPLE = 0.0, 1.0, 2.0
NEVER = 2.0**SEARCH_STEPS
# What a policy says before anybody changes it.
DEFAULT_LIMITS = {
    "mode": RHYTHM,
    "rarity_limit": 1.0 / 3.0,
    "chance_limit": 0.5,
    "intervals": 3.0,
    "lost_limit": 0.1,
    "dormant_after": 180.0,
    "lost_after": 365.0,
    "dormant_multiple": 2.0,
    "lost_multiple": 6.0,
    "floor_days": 7.0,
    "ceiling_days": NEVER,
}


def rarity(row, silence):
    """Share of the returning customers with this rhythm still silent after ``silence`` days."""
    odds = exp(row.beta * (ln(greatest(silence, 1e-300)) - row.ln_tau))
    return exp(-row.nu * ln(1.0 + odds / row.nu))


def silence_at(row, share):
    """Days after which exactly ``share`` of the returning customers is still silent."""
    return exp(row.ln_tau + ln(row.nu * (exp(-ln(share) / row.nu) - 1.0)) / row.beta)


def alive(row, silence):
    """Probability that a customer this long silent will come back at all."""
    returning = row.pi * rarity(row, silence)
    return returning / (returning + 1.0 - row.pi)


def chance(row, silence, horizon):
    """Probability of a purchase in the next ``horizon`` days, after ``silence`` days."""
    now, then = rarity(row, silence), rarity(row, silence + horizon)
    return row.pi * (now - then) / (row.pi * now + 1.0 - row.pi)


def missing(row, silence):
    """Purchases of the coming year that so long a silence has made unlikely.

    Right after a purchase, ``row.yearly`` of them are expected; now only the share that is left
    of the chance of coming back (:func:`alive`). The difference is what the silence has cost in
    expectation: 0 right after a purchase, never more than a year's.
    """
    return row.yearly * (1.0 - alive(row, silence) / row.pi)


def exceeds(row, silence, horizon, limit):
    """Whether :func:`chance` is above ``limit``; rearranged to work each rarity out once."""
    now, then = rarity(row, silence), rarity(row, silence + horizon)
    return row.pi * ((1.0 - limit) * now - then) > limit * (1.0 - row.pi)


def _first_day(name, start, horizon, limit):
    """Levels for ``name``: the first day of silence, from ``start`` on, with chance ≤ limit.

    From a rare silence on, the chance falls, or rises once and then falls; so where it
    is above the limit at the start, powers of two lead to the last day it still is.
    Only days up to ``row.until`` matter: later ones, or none at all, read NEVER.
    """

    def too_likely(row, day):
        return exceeds(row, day, horizon(row), limit(row))

    def search_needed(row):
        in_reach = (row.mode == RHYTHM) & (row.until >= start(row)) & too_likely(row, start(row))
        return where(in_reach, where(too_likely(row, row.until), 2.0, 1.0), 0.0)

    # 0: no search, 1: search, 2: out of reach
    yield {f"{name}_search": search_needed, f"{name}_{SEARCH_STEPS}": start}
    for step in reversed(range(SEARCH_STEPS)):

        def advance(row, jump=2.0**step, before=f"{name}_{step + 1}"):
            day = getattr(row, before)
            further = where(too_likely(row, day + jump), day + jump, day)
            return where(getattr(row, f"{name}_search") == 1.0, further, day)

        yield {f"{name}_{step}": advance}

    def found(row):
        search = getattr(row, f"{name}_search")
        return where(search > 1.0, NEVER, getattr(row, f"{name}_0") + search)

    yield {name: found}


# The curve of one customer, from the statistics and the company's parameters.
CURVE = (
    {
        "usual": lambda row: (row.g0 + row.tx) / (1.0 + row.x),
        "u": lambda row: ln(1.0 + row.x) - 1.0,
        "nu": lambda row: exp(clip(row.th8, -1.5, 5.0)),
    },
    {"ln_usual": lambda row: ln(row.usual)},
    {
        # 1.92 = 3 · 0.64: three imagined gaps of the typical irregularity, 0.8
        "sigma": lambda row: sqrt(
            (1.92 + row.sq - 2.0 * row.ln_usual * row.sl + row.x * row.ln_usual * row.ln_usual)
            / (3.0 + row.x)
        ),
        "ln_tau": lambda row: (
            ln(row.g0) + row.th0 + row.th1 * (row.ln_usual - ln(row.g0)) + row.th2 * row.u
        ),
        "pi": lambda row: 1.0 / (1.0 + exp(-clip(row.th6 + row.th7 * row.u, -12.0, 12.0))),
    },
    {
        "beta": lambda row: exp(
            clip(row.th3 + row.th4 * ln(row.sigma / 0.8) + row.th5 * row.u, -1.5, 3.0)
        ),
        # purchases of a year expected right after the last one: so many, if any come at all
        "yearly": lambda row: YEAR / row.usual * row.pi,
    },
)


def _day(row, share):
    """:func:`silence_at` in whole days; a curve without an end in sight reads NEVER."""
    return least(ceil(silence_at(row, share)), NEVER)


def _by_mode(row, by_rhythm, fixed="dormant_after", multiple="dormant_multiple"):
    """The day that the customer's mode decides for; multiples are rounded up to whole days."""
    multiplied = least(ceil(getattr(row, multiple) * row.usual), NEVER)
    others = where(row.mode == FIXED, getattr(row, fixed), multiplied)
    return where(row.mode == RHYTHM, by_rhythm, others)


def _limited(row, day):
    """A day of dormancy kept between floor and ceiling."""
    return least(greatest(day, row.floor_days), row.ceiling_days)


# The days of silence at which something is expected, rounded up to whole days, and the
# days ahead that a chance of a purchase is asked for.
EXPECTED = (
    {
        "expected_from_days": lambda row: _day(row, 2.0 / 3.0),
        "expected_days": lambda row: _day(row, 0.5),
        "overdue_days": lambda row: greatest(_day(row, row.rarity_limit), row.floor_days),
        "horizon": lambda row: clip(row.intervals * row.g0, 30.0, YEAR),
    },
    # no stage changes before
    {"earliest_days": lambda row: _limited(row, _by_mode(row, row.overdue_days))},
)


# The days of silence at which the stage changes.
CHANGES = (
    *_first_day(
        "quiet_days",
        start=lambda row: row.overdue_days,
        horizon=lambda row: row.horizon,
        limit=lambda row: row.chance_limit,
    ),
    {"dormant_days": lambda row: _limited(row, _by_mode(row, row.quiet_days))},
    *_first_day(
        "gone_days",
        start=lambda row: row.dormant_days,
        horizon=lambda _row: YEAR,
        limit=lambda row: row.lost_limit,
    ),
    {
        "lost_days": lambda row: greatest(
            _by_mode(row, row.gone_days, "lost_after", "lost_multiple"), row.dormant_days
        )
    },
)
