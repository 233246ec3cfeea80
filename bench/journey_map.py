"""The journey map's figures, as the screen asks for them, on a cursor that cannot write.

Touchpoints are made without chance, all of them within the last twelve months: a quarter is rated,
one in ten has a delay, and a customer's lie scattered over the year.
"""

import statistics

from bench.measure import Meter, apart, execute, milliseconds, odoo
from bench.report import plain, row, title

ROUNDS = 3  # of which the median counts, after a first one
LOT = 500_000
# what the constraints and foreign keys would check is right by construction
FILL = """
    INSERT INTO cx_touchpoint (
           customer_id, company_id, at, channel_id, interaction_id, step_id, begun_by,
           satisfaction, rated, delay_hours, source_id, res_id, person_id,
           create_date, write_date, create_uid, write_uid)
    SELECT c.ids[1 + floor(n * 0.8191725134 %% 1 * cardinality(c.ids))::int], %(company)s,
           now() AT TIME ZONE 'UTC' - (n * 0.6710436067 %% 1)::float8 * interval '360 days',
           h.ids[1 + floor((n * 0.7548776662 %% 1) ^ 2 * cardinality(h.ids))::int],
           i.id, i.step_id, i.begun_by,
           CASE WHEN n %% 4 = 0 THEN floor(11 * (n * 0.5698402910 %% 1)) END, n %% 4 = 0,
           CASE WHEN n %% 10 = 0 THEN 48 * (n * 0.4142135624 %% 1) END,
           %(source)s, n, 1, now(), now(), 1, 1
      FROM generate_series(%(first)s, %(last)s) AS n,
           (SELECT array_agg(id ORDER BY id) AS ids FROM cx_customer) AS c,
           (SELECT array_agg(id ORDER BY id) AS ids FROM cx_channel) AS h,
           (SELECT array_agg(id ORDER BY id) AS ids FROM cx_interaction) AS k,
           LATERAL (SELECT * FROM cx_interaction WHERE id =
               k.ids[1 + floor((n * 0.7320508076 %% 1) ^ 2 * cardinality(k.ids))::int]) AS i
"""


def measure(only, database, touchpoints):
    if "journey" in only:
        apart("journey_map.fill", database, touchpoints)
        execute(database, "VACUUM ANALYZE cx_touchpoint")
        show(apart("journey_map.figures", database), touchpoints)


def fill(database, touchpoints):
    """Write so many touchpoints of the customers there are; commits."""
    with odoo(database) as env:
        source = env.ref("cx_lifecycle.touchpoint_source_order")
        env["cx.touchpoint.source"].search([]).active = False
        env.cr.execute("DELETE FROM cx_touchpoint")
        env.cr.execute("SET session_replication_role = replica")
        for first in range(1, touchpoints + 1, LOT):
            last = min(first + LOT - 1, touchpoints)
            env.cr.execute(
                FILL,
                {"company": env.company.id, "source": source.id, "first": first, "last": last},
            )
            env.cr.commit()
        env.cr.execute("SET session_replication_role = DEFAULT")
        env["cx.touchpoint.kind"].search([]).unlink()
        channel, interaction = env["cx.channel"].search([]), env["cx.interaction"].search([])
        env["cx.touchpoint.kind"].create(
            [
                {"channel_id": one.id, "interaction_id": other.id, "target_hours": 24}
                for one in channel[:5]
                for other in interaction[:4]
            ]
        )
        env.cr.commit()


def figures(database):
    """Milliseconds and queries for a marketer, with conditions, and for a rep.

    :return: ``{who: {block: {ms, parallel_ms, cpu_ms, queries}}}``; parallel: with
        PostgreSQL's workers
    """
    with odoo(database) as env:
        rep = env["res.users"].search([("login", "=", "rep0")])
        marketer = env.ref("base.user_admin")
        marketer.group_ids += env.ref("cx_lifecycle.group_marketer")
        env.cr.commit()
        stage = env.ref("cx_lifecycle.stage_active")
        asked = {
            "a marketer, everybody": (marketer, []),
            "a marketer, active customers": (marketer, [("customer_id.stage_id", "=", stage.id)]),
            "a marketer, digital channels": (marketer, [("channel_id.nature", "=", "digital")]),
            "a rep, 5,000 customers": (rep, []),
        }
        return {who: _measured(env, *question) for who, question in asked.items()}


def _measured(env, user, domain):
    from bench.portfolio import readonly  # knows the addons, whose folder is known by now

    def costs(blocks, workers):
        for number in range(ROUNDS + 1):
            with readonly(env) as reading:
                reading.cr.execute("SET LOCAL max_parallel_workers_per_gather = %s", (workers,))
                journey = reading(user=user, su=False)["cx.journey.map"]
                meter = Meter(env)
                with meter:
                    journey.figures(domain, blocks=blocks)
                if number:
                    yield meter.cost

    found = {}
    for name, blocks in {"all": None, "contacts": ["contacts"], "left": ["left"]}.items():
        alone = list(costs(blocks, 0))
        found[name] = {
            "queries": [cost.queries for cost in alone],
            "cpu_ms": 1000 * statistics.median(cost.main for cost in alone),
            "ms": milliseconds(alone),
            "parallel_ms": milliseconds(list(costs(blocks, 2))),
        }
    return found


def show(found, touchpoints):
    title(f"journey map, {touchpoints} touchpoints of twelve months", "queries", "processor ms",
          "ms", "ms with parallel workers")  # fmt: skip
    for who, blocks in found.items():
        for name, cost in blocks.items():
            label = f"**{who}: all**" if name == "all" else f"… {name}"
            row(label, *(plain(cost[key]) for key in ("queries", "cpu_ms", "ms", "parallel_ms")))
