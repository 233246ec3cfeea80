"""What reading touchpoints and looking for warning signs took, in tables."""

from bench.measure import apart
from bench.report import row, say, seconds, title


def measure(only, bases, changed):
    """Read the orders of each base, and print what it took.

    :param bases: {database: (customers, orders)}, the small one first
    """
    if "warnings" in only:
        for database, (customers, orders) in bases.items():
            show_signs(apart("signs.look", database, changed), customers, orders, changed)
    if "touchpoints" not in only:
        return
    nights = []
    for database, (customers, _orders) in bases.items():
        found = apart("touchpoints.feed", database, changed)
        show(found, customers, changed)
        nights.append(found["night"].main)
    say(f"a night of ten times the base: × {nights[-1] / nights[0]:.2f}")


def show(found, customers, changed):
    count = found["count"]
    title(f"touchpoints of {count} orders, {customers} customers", "s", "wall", "ratio")
    bare = found["bare"]
    for name, text in (("past", "reading the past"), ("again", "reading it again, unchanged")):
        cost = found[name]
        row(text, seconds(cost), f"{cost.wall:.1f}", f"{cost.main / bare.main:.2f}")
    row("bare INSERT … SELECT", seconds(bare), f"{bare.wall:.1f}", "")
    night = found["night"]
    row(f"a night, {changed} orders changed", seconds(night), f"{night.wall:.2f}", "")
    say(
        f"\nrows that differ from the bare ones: {found['different']}; memory of Odoo:"
        f" {found['memory']:.1f} MB more; adding up a year's map: {found['map']:.0f} ms"
    )


def show_signs(found, customers, orders, changed):
    title(f"warning signs, {customers} customers, {orders} orders", "s", "wall", "signs", "night")
    for code, cost in found.items():
        past, night = cost["past"], cost["night"]
        row(code, seconds(past), f"{past.wall:.1f}", cost["found"], f"{night.wall:.2f}")
        if cost["error"]:
            say(f"{code}: {cost['error']}")
    walls = [sum(cost[what].wall for cost in found.values()) for what in ("past", "night")]
    say(f"\nthe past of all: {walls[0]:.1f} s; a night, {changed} changed: {walls[1]:.2f} s")
