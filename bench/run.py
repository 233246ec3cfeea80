"""What the addon costs beside bare SQL that does the same, measured in one run.

    ./cx bench [--customers 100000] [--orders 1000000] [--mails 500] [--only rebuild,list,...]

Ratios are of processor seconds, Odoo's and PostgreSQL's together, where both run on this
machine; of wall-clock seconds otherwise. How to read the table: docs/benchmarks.md.
"""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
# parallel workers would spend processor seconds that nobody sees
os.environ["PGOPTIONS"] = (
    os.environ.get("PGOPTIONS", "")
    + " -c max_parallel_workers_per_gather=0 -c max_parallel_maintenance_workers=0"
)

from bench import campaigns, evidence, install, journey, journey_map
from bench.measure import apart, execute
from bench.report import plain, platform_line, row, say, seconds, title

PARTS = ("rebuild", "night", "publish", "list", "event", "read", "calls")
PORTFOLIO = ("portfolio",)
TOUCHPOINTS = ("touchpoints", "warnings")
JOURNEY = ("journey", "evidence")
INSTALL = ("install",)
CAMPAIGNS = ("sending", "workers", "entry", "claim")


def options_of(args):
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser("./cx bench", description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--touchpoints", type=int, default=1_000_000, help="on the journey map")
    parser.add_argument("--mails", type=int, default=500, help="sent by each way of sending")
    usual = (*PARTS, *PORTFOLIO, *TOUCHPOINTS, *JOURNEY, *CAMPAIGNS)
    everything = (*usual, *INSTALL)  # the last only when it is asked for
    parser.add_argument(
        "--only", default=",".join(usual), help=f"of {', '.join(everything)}; commas between"
    )
    options = parser.parse_args(args)
    if unknown := set(options.only.split(",")) - set(everything):
        parser.error(f"--only: there is no {', '.join(sorted(unknown))}")
    return options


def main():
    options = options_of(sys.argv[1:])
    large = os.environ["CX_BENCH_DB"]
    small = f"{large}_small"
    if "install" in options.only.split(","):
        install.fresh(os.environ["CX_CORE_DB"], small)
        try:
            install.measure(small, options.customers, options.orders)
        finally:
            execute("postgres", f"DROP DATABASE IF EXISTS {small} WITH (FORCE)")
        if options.only == "install":
            return
    execute("postgres", f"DROP DATABASE IF EXISTS {small}")
    execute("postgres", f"CREATE DATABASE {small} TEMPLATE {large}")
    try:
        measure(options, small, large)
    finally:
        execute("postgres", f"DROP DATABASE IF EXISTS {small}")


def measure(options, small, large):
    only = options.only.split(",")
    bases = {small: (options.customers // 10, options.orders // 10)}
    if set(only) <= {*PORTFOLIO, *JOURNEY, *CAMPAIGNS}:  # they are measured on the large base alone
        bases = {}
    bases[large] = (options.customers, options.orders)
    due = options.customers // 100
    rebuilt, nights, published, orders, lists, planned = {}, {}, {}, {}, {}, {}
    for database, (customers, wanted) in bases.items():
        apart("hire", database, customers)
        orders[database] = apart("fill", database, customers, wanted)
        say(f"{customers} customers, {orders[database]} orders written")
        rebuilt[database] = apart("rebuild", database)
        if "night" in only:
            nights[database] = apart("night", database, due)
        if "publish" in only:
            published[database] = apart("publish", database)
        if "list" in only:
            lists[customers] = apart("reps_list", database)
    say(f"\n{platform_line(large)}")
    for database, (customers, _wanted) in bases.items():
        print_rebuild(rebuilt[database], customers, orders[database])
    if small in rebuilt:
        print_memory(rebuilt[small], rebuilt[large], bases[small][0], bases[large][0])
    if nights:
        print_nights(nights, bases, due)
    for database, found in published.items():
        print_published(found, bases[database][0], orders[database])
    if lists:
        print_lists(lists)
    if "event" in only:
        print_events(apart("event", large))
    if "read" in only:
        print_reads(apart("read", large))
    if "portfolio" in only:
        print_portfolio(apart("portfolio.figures", large), options.customers)
    journey.measure(only, bases, due)
    measure_journey(only, large, options)
    if "calls" in only:
        # after the others, for it leaves nobody late but who is due
        for database, (customers, _wanted) in bases.items():
            planned[customers] = apart("calls", database, due)
        print_calls(planned)
    campaigns.measure(only, large, options.customers, options.mails)


def measure_journey(only, large, options):
    journey_map.measure(only, large, options.touchpoints)
    if "evidence" in only:
        evidence.show(large, options.customers, options.touchpoints)


def print_rebuild(found, customers, orders):
    title(f"rebuild, {customers} customers, {orders} orders", "s", "wall", "ratio", "ratio of wall")
    addon = found["addon"]
    row("the addon", seconds(addon), f"{addon.wall:.1f}", "", "")
    for name, text in (
        ("aggregation", "bare aggregation"),
        ("floor", "bare aggregation, scoring, writing"),
    ):
        bare = found[name]
        ratio, wall = addon.main / bare.main, addon.wall / bare.wall
        row(text, seconds(bare), f"{bare.wall:.1f}", f"{ratio:.2f}", f"{wall:.2f}")
    different, example = found["differences"]
    say(f"\n{found['episodes']} episodes; rows that differ from the bare ones: {different}")
    if different:
        say(f"for instance {example}")


def print_memory(few, many, customers, more):
    title("peak memory of Odoo during a rebuild", "MB more than before")
    row(f"{customers} customers", f"{few['memory']:.1f}")
    row(f"{more} customers", f"{many['memory']:.1f}")


def print_published(found, customers, orders):
    title(f"publishing, {customers} customers, {orders} orders", "s", "wall", "ratio")
    addon, bare = found["addon"], found["floor"]
    row("the addon", seconds(addon), f"{addon.wall:.1f}", "")
    ratio = f"{addon.main / bare.main:.2f}"
    row("bare aggregation, scoring, update, insert", seconds(bare), f"{bare.wall:.1f}", ratio)
    simulation = found["simulation"]
    say(
        f"\nsimulation while typing: {simulation['ms']:.0f} ms, {simulation['queries']} queries;"
        f" it told {found['told']} moves, {found['changed']} customers moved;"
        f" rows that differ from the bare ones: {found['differences'][0]};"
        f" memory of Odoo: {found['memory']:.1f} MB more"
    )
    if found["differences"][0]:
        say(f"for instance {found['differences'][1]}")


def print_nights(nights, bases, due):
    title(f"night, {due} customers due", "s", "wall", "stages changed", "ratio to bare writing")
    for database, found in nights.items():
        addon, bare = found["addon"], found["floor"]
        label = f"of {bases[database][0]}"
        ratio = f"{addon.main / bare.main:.1f}"
        row(label, seconds(addon), f"{addon.wall:.2f}", found["changed"], ratio)
        row(f"{label}: bare UPDATE + INSERT", seconds(bare), f"{bare.wall:.2f}", "", "")
    few, many = nights.values()
    row("**ten times the base**", f"× {many['addon'].main / few['addon'].main:.2f}", "", "", "")


def print_events(events):
    title("confirming an order", "queries", "without", "ms", "without", "processor ms", "without")
    for past, (with_hook, without) in events.items():
        cells = [
            text
            for key in ("queries", "ms", "cpu_ms")
            for text in (plain(with_hook[key]), plain(without[key]))
        ]
        row(f"{past} past orders", *cells)


def print_lists(lists):
    title("a rep's list of 80", "customers of the rep", "late", "queries", "ms", "processor ms")
    for customers, found in lists.items():
        of = (found["customers"], found["length"])
        label = f"of {customers}"
        for name in ("list", "stored columns only", "groups with sums", "bare"):
            figures = (plain(found[name][key]) for key in ("queries", "ms", "cpu_ms"))
            row(f"{label}: {name}", *of, *figures)
        ratio = found["list"]["cpu_ms"] / found["bare"]["cpu_ms"]
        row(f"{label}: ratio", "", "", "", "", f"{ratio:.1f}")
        if not found["same"]:
            say("the bare SQL found other rows")
    few, many = (found["list"]["cpu_ms"] for found in lists.values())
    row("**ten times the base**", "", "", "", "", f"× {many / few:.2f}")


def print_calls(planned):
    title("planning calls", "calls", "queries", "messages", "s", "wall")
    for customers, found in planned.items():
        plan, look = found["plan"], found["look"]
        row(f"of {customers}", found["planned"], plan.queries, found["messages"], seconds(plan),
            f"{plan.wall:.2f}")  # fmt: skip
        row(f"of {customers}: who is due", found["due"], look.queries, "", f"{look.main:.3f}",
            f"{look.wall:.3f}")  # fmt: skip
        first = found["first"]
        row(f"of {customers}: who is due the first time", found["waiting"], first.queries, "",
            f"{first.main:.2f}", f"{first.wall:.2f}")  # fmt: skip
    few, many = planned.values()
    for name, text in (("look", "who is due"), ("plan", "all")):
        ratio = many[name].main / few[name].main
        row(f"**ten times the base**, {text}", "", "", "", f"× {ratio:.2f}", "")


def print_portfolio(found, customers):
    title(f"portfolio of {customers} customers, twelve months", "queries", "ms", "processor ms")
    for who, blocks in found.items():
        for name, cost in blocks.items():
            label = f"**{who}: all**" if name == "all" else f"… {name}"
            row(label, *(plain(cost[key]) for key in ("queries", "ms", "cpu_ms")))


def print_reads(reads):
    title("reading", "queries", "ms", "processor ms")
    for name, found in reads.items():
        row(name, *(plain(found[key]) for key in ("queries", "ms", "cpu_ms")))


if __name__ == "__main__":
    main()
