"""Would the return curve have known who comes back? A back-test on a file of purchases.

    python bench/backtest.py cx_lifecycle/demo/cdnow_sample.txt --cut 1997-12-31 --horizon 180

Fits the curve to what was known on the day of the cut, then compares what it says of
each customer with who really bought in the days after. Beside it stand the rules that a
shop would use otherwise: a fixed number of days, and a multiple of the own usual gap.
The file has the columns customer_id, date (YYYY-MM-DD) and amount. Needs only Python.

With --season the same is done a second time on the season clock, whose weights are those
of the purchases up to the cut; it needs two whole years of them. --closure adds days of
every year on which the company is closed (MM-DD:MM-DD, both included; may be repeated),
with or without --season.
"""

import argparse
import csv
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

# The engine alone: its parent, the addon, would import Odoo.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cx_lifecycle"))
from engine import fit, rhythm, season
from engine.formula import compute

POLICY = rhythm.DEFAULT_LIMITS
SAMPLE = 10_000


def purchases(path):
    """{customer: days with a positive net amount}."""
    amounts = defaultdict(float)
    with open(path, encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            amounts[line["customer_id"], date.fromisoformat(line["date"])] += float(line["amount"])
    customers = defaultdict(set)
    for (customer, day), amount in amounts.items():
        if amount > 0:
            customers[customer].add(day)
    return customers


def auc(pairs):
    """Area under the ROC curve of (score, came back): how often a returner ranks higher."""
    pairs = sorted(pairs)
    back = sum(came for _score, came in pairs)
    ranks = position = 0
    while position < len(pairs):
        end = position
        while end < len(pairs) and pairs[end][0] == pairs[position][0]:
            end += 1
        # equal scores share their middle rank
        ranks += (position + 1 + end) / 2 * sum(came for _score, came in pairs[position:end])
        position = end
    return (ranks - back * (back + 1) / 2) / (back * (len(pairs) - back))


def balanced(pairs):
    """Balanced accuracy of (called active, came back): 1/2 is guessing."""
    hits = [called for called, came in pairs if came]
    misses = [not called for called, came in pairs if not came]
    return (sum(hits) / len(hits) + sum(misses) / len(misses)) / 2


@dataclass
class Report:
    """What was fitted, and what each rule said on the day of the cut beside what happened."""

    fitted: fit.Fit
    g0: float  # median gap
    observed: int  # silences
    cpu: float  # seconds that the fit took
    scores: dict  # rule: [(score, came back)]
    calls: dict  # rule: [(called active, came back)]

    CURVE = "return curve: chance of a purchase"
    STAGE = "return curve: not dormant"

    @property
    def expected(self):
        """Number of customers expected back."""
        return sum(chance for chance, _came in self.scores[self.CURVE])

    @property
    def bias(self):
        """Mean chance minus the share that came back."""
        back = sum(came for _chance, came in self.scores[self.CURVE])
        return (self.expected - back) / len(self.scores[self.CURVE])


def season_clock(customers, options):
    """Weights, or None, and {day: units} from the first purchase to the end of the horizon.

    Nothing but the purchases up to the cut is looked at.
    """
    bought = [day for days in customers.values() for day in days if day <= options.cut]
    first, end = min(bought), options.cut + timedelta(options.horizon)
    closures = [
        dates
        for closure in options.closure
        for dates in season.yearly(*closure, first.year, end.year)
    ]
    weights = None
    if options.season:
        counts = Counter((day.year, day.month) for day in bought)
        weights = season.weights(counts, first, options.cut, closures)
        if weights is None:
            raise SystemExit("--season needs two whole years of purchases before the cut")
    return weights, dict(season.clock(first, end, weights, closures))


def report(customers, options, clock=None):
    """Fit on what was known on the day of the cut, and judge."""
    past = {
        customer: fit.silences(days, options.cut, clock) for customer, days in customers.items()
    }
    observed = [silence for found in past.values() for silence in found]
    g0 = fit.median_gap(silence.days for silence in observed if silence.closed)
    # an even sample, and the same every time
    sample = observed[:: max(1, -(-len(observed) // SAMPLE))]
    start = time.process_time()
    fitted = fit.fit(sample, g0)
    cpu = time.process_time() - start
    theta = dict(zip(rhythm.PARAMETERS, fitted.theta, strict=True))
    scores, calls = judge(past, customers, options, {"g0": g0, **theta}, clock)
    return Report(fitted, g0, len(observed), cpu, scores, calls)


def judge(past, customers, options, parameters, clock=None):
    """What each rule said on the day of the cut, beside what happened then.

    :return: scores and calls as {rule: [(said, came back)]}
    """
    end = options.cut + timedelta(options.horizon)
    horizon = clock[end] - clock[options.cut] if clock else options.horizon
    scores, calls = defaultdict(list), defaultdict(list)
    for customer, found in past.items():
        if not found:
            continue
        x, tx, sl, sq, silence, _closed = found[-1]
        days = (options.cut - max(d for d in customers[customer] if d <= options.cut)).days
        came = any(options.cut < day <= end for day in customers[customer])
        row = compute(
            (*rhythm.CURVE, *rhythm.EXPECTED, *rhythm.CHANGES),
            x=x,
            tx=tx,
            sl=sl,
            sq=sq,
            until=float(silence),
            **parameters,
            **POLICY,
        )
        scores[Report.CURVE].append((rhythm.chance(row, silence, horizon), came))
        scores["recency (any fixed number of days)"].append((-days, came))
        scores["silence / own usual gap"].append((-silence / row.usual, came))
        calls[Report.STAGE].append((silence < row.dormant_days, came))
        for limit in (90, 180, 365):
            calls[f"silent less than {limit} days"].append((days < limit, came))
    return scores, calls


def print_report(found, options):
    outcome = [came for _score, came in found.scores[Report.CURVE]]
    print(f"{len(outcome)} customers, {sum(outcome)} of them back within {options.horizon} days")
    print(f"expected back: {found.expected:.0f} (mean chance - share: {found.bias:+.3f})")
    print(
        f"fit: {found.fitted.silences} of {found.observed} silences, median gap {found.g0:g} days, "
        f"{found.fitted.iterations} iterations, {found.cpu:.2f} s CPU"
    )
    print("theta:", " ".join(f"{th:.3f}" for th in found.fitted.theta))
    print("\nROC-AUC")
    for name, pairs in found.scores.items():
        print(f"  {name:36} {auc(pairs):.3f}")
    print("\nbalanced accuracy")
    for name, pairs in found.calls.items():
        print(f"  {name:36} {balanced(pairs):.3f}")


def print_season(plain, counted, weights):
    """The return curve by days and by the season clock, side by side."""
    print("\nreturn curve                           by days  season clock")
    for name, figure in (
        ("ROC-AUC", lambda found: f"{auc(found.scores[Report.CURVE]):.3f}"),
        (
            "balanced accuracy of the stage",
            lambda found: f"{balanced(found.calls[Report.STAGE]):.3f}",
        ),
        ("mean chance - share that came back", lambda found: f"{found.bias:+.3f}"),
    ):
        print(f"  {name:36} {figure(plain):>7} {figure(counted):>13}")
    if weights:
        print("weights, January first:", " ".join(f"{weight:.2f}" for weight in weights))


def closure(text):
    """MM-DD:MM-DD as two (month, day)."""
    start, end = (tuple(map(int, part.split("-"))) for part in text.split(":"))
    season.yearly(start, end, 2000, 2000)  # a day that never comes is refused
    return start, end


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file")
    parser.add_argument("--cut", type=date.fromisoformat, required=True)
    parser.add_argument("--horizon", type=int, default=180, metavar="DAYS")
    parser.add_argument("--season", action="store_true", help="also on the season clock")
    parser.add_argument(
        "--closure", type=closure, action="append", default=[], metavar="MM-DD:MM-DD"
    )
    options = parser.parse_args()
    customers = purchases(options.file)
    if options.cut >= max(map(max, customers.values())):
        parser.error("nothing is known after the cut")

    plain = report(customers, options)
    if len({came for _score, came in plain.scores[Report.CURVE]}) < 2:
        parser.error("nobody, or everybody, came back: nothing to compare")
    print_report(plain, options)
    if options.season or options.closure:
        weights, clock = season_clock(customers, options)
        print_season(plain, report(customers, options, clock), weights)


if __name__ == "__main__":
    main()
