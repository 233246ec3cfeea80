"""The portfolio's figures, as the screen asks for them, on a cursor that cannot write."""

import contextlib
import statistics

from odoo import api

from odoo.addons.cx_lifecycle.models.cx_portfolio import BLOCKS

from bench.measure import Meter, odoo

ROUNDS = 5  # of which the median counts, after a first one


def figures(database):
    """Milliseconds and queries of all blocks, and of each, for a marketer and for a rep.

    :return: ``{who: {block: {ms, cpu_ms, queries}}}``
    """
    with odoo(database) as env:
        rep = env["res.users"].search([("login", "=", "rep0")])
        marketer = env.ref("base.user_admin")
        marketer.group_ids += env.ref("cx_lifecycle.group_marketer")
        env.cr.commit()
        asked = {
            "a marketer, everybody": (marketer, []),
            "a marketer, who bought lately": (marketer, [("last_purchase_on", ">", "today -2y")]),
            "a rep, 5,000 customers": (rep, []),
        }
        return {
            who: {
                name: _measured(env, user, domain, blocks)
                for name, blocks in {"all": BLOCKS, **{name: [name] for name in BLOCKS}}.items()
            }
            for who, (user, domain) in asked.items()
        }


def _measured(env, user, domain, blocks):
    costs = []
    for _number in range(ROUNDS + 1):
        with readonly(env) as reading:
            portfolio = reading(user=user, su=False)["cx.portfolio"]
            meter = Meter(env)
            with meter:
                portfolio.figures(domain, blocks=list(blocks))
            costs.append(meter.cost)
    costs = costs[1:]
    return {
        "ms": 1000 * statistics.median(cost.wall for cost in costs),
        "cpu_ms": 1000 * statistics.median(cost.main for cost in costs),
        "queries": [cost.queries for cost in costs],
    }


@contextlib.contextmanager
def readonly(env):
    """A new transaction that cannot write, without anything cached of records."""
    env.cr.rollback()
    env.invalidate_all()
    env.transaction.clear()
    env.cr.execute("SET TRANSACTION READ ONLY")
    try:
        yield api.Environment(env.cr, env.uid, {"lang": "en_US", "tz": "UTC"})
    finally:
        env.cr.rollback()
