"""Would the return curve have known who comes back? A back-test on a file of purchases.

    python bench/backtest.py cx_lifecycle/demo/cdnow_sample.txt --cut 1997-12-31 --horizon 180

Fits the curve to what was known on the day of the cut, then compares what it says of
each customer with who really bought in the days after. Beside it stand the rules that a
shop would use otherwise: a fixed number of days, and a multiple of the own usual gap.
The file has the columns customer_id, date (YYYY-MM-DD) and amount. Needs only Python.
"""

import argparse
import csv
import sys
import time
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

# The engine alone: its parent, the addon, would import Odoo.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cx_lifecycle"))
from engine import fit, rhythm
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


def judge(past, customers, options, parameters):
    """What each rule said on the day of the cut, beside what happened then.

    :return: scores and calls as {rule: [(said, came back)]}, and the number expected back
    """
    end = options.cut + timedelta(options.horizon)
    scores, calls = defaultdict(list), defaultdict(list)
    expected = 0.0
    for customer, found in past.items():
        if not found:
            continue
        x, tx, sl, sq, days, _closed = found[-1]
        came = any(options.cut < day <= end for day in customers[customer])
        row = compute(
            (*rhythm.CURVE, *rhythm.EXPECTED, *rhythm.CHANGES),
            x=x,
            tx=tx,
            sl=sl,
            sq=sq,
            until=float(days),
            **parameters,
            **POLICY,
        )
        chance = rhythm.chance(row, days, options.horizon)
        expected += chance
        scores["return curve: chance of a purchase"].append((chance, came))
        scores["recency (any fixed number of days)"].append((-days, came))
        scores["silence / own usual gap"].append((-days / row.usual, came))
        calls["return curve: not dormant"].append((days < row.dormant_days, came))
        for limit in (90, 180, 365):
            calls[f"silent less than {limit} days"].append((days < limit, came))
    return scores, calls, expected


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file")
    parser.add_argument("--cut", type=date.fromisoformat, required=True)
    parser.add_argument("--horizon", type=int, default=180, metavar="DAYS")
    options = parser.parse_args()
    customers = purchases(options.file)
    if options.cut >= max(map(max, customers.values())):
        parser.error("nothing is known after the cut")

    past = {customer: fit.silences(days, options.cut) for customer, days in customers.items()}
    observed = [silence for found in past.values() for silence in found]
    g0 = fit.median_gap(silence.days for silence in observed if silence.closed)
    # an even sample, and the same every time
    sample = observed[:: max(1, -(-len(observed) // SAMPLE))]
    clock = time.process_time()
    fitted = fit.fit(sample, g0)
    cpu = time.process_time() - clock

    theta = dict(zip(rhythm.PARAMETERS, fitted.theta, strict=True))
    scores, calls, expected = judge(past, customers, options, {"g0": g0, **theta})
    outcome = [came for _score, came in next(iter(scores.values()))]
    if len(set(outcome)) < 2:
        parser.error("nobody, or everybody, came back: nothing to compare")
    print(f"{len(outcome)} customers, {sum(outcome)} of them back within {options.horizon} days")
    print(f"expected back: {expected:.0f}")
    print(
        f"fit: {fitted.silences} of {len(observed)} silences, median gap {g0:g} days, "
        f"{fitted.iterations} iterations, {cpu:.2f} s CPU"
    )
    print("theta:", " ".join(f"{th:.3f}" for th in fitted.theta))
    print("\nROC-AUC")
    for name, pairs in scores.items():
        print(f"  {name:36} {auc(pairs):.3f}")
    print("\nbalanced accuracy")
    for name, pairs in calls.items():
        print(f"  {name:36} {balanced(pairs):.3f}")


if __name__ == "__main__":
    main()
