"""Measuring what precedes leaving: everything from the purchases to the evidence, committed by day.

Touchpoints and signs are made without chance, over three years: 40 kinds of touchpoints, a quarter
rated; one spell of a sign for each customer, of the kinds that are shipped.
"""

from bench.measure import Meter, apart, execute, memory, odoo
from bench.report import row, say, seconds, title

# what the constraints and foreign keys would check is right by construction
TOUCHPOINTS = """
    INSERT INTO cx_touchpoint (
           customer_id, company_id, at, channel_id, interaction_id, step_id, begun_by,
           satisfaction, rated, create_date, write_date, create_uid, write_uid)
    SELECT c.ids[1 + floor(n * 0.8191725134 %% 1 * cardinality(c.ids))::int], %(company)s,
           now() AT TIME ZONE 'UTC' - (n * 0.6710436067 %% 1)::float8 * interval '1095 days',
           h.ids[1 + floor((n * 0.7548776662 %% 1) ^ 2 * 5)::int], i.id, i.step_id, i.begun_by,
           CASE WHEN n %% 4 = 0 THEN floor(11 * (n * 0.5698402910 %% 1)) END, n %% 4 = 0,
           now(), now(), 1, 1
      FROM generate_series(1, %(number)s) AS n,
           (SELECT array_agg(id ORDER BY id) AS ids FROM cx_customer) AS c,
           (SELECT array_agg(id ORDER BY id) AS ids FROM cx_channel) AS h,
           (SELECT array_agg(id ORDER BY id) AS ids FROM cx_interaction) AS k,
           LATERAL (SELECT * FROM cx_interaction
                     WHERE id = k.ids[1 + floor((n * 0.7320508076 %% 1) ^ 2 * 8)::int]) AS i
"""
SIGNS = """
    INSERT INTO cx_warning (kind_id, customer_id, company_id, began_on, ended_on)
    SELECT k.ids[1 + c.id % cardinality(k.ids)], c.id, c.company_id, d.day, d.day + 60
      FROM cx_customer c, (SELECT array_agg(id ORDER BY id) AS ids FROM cx_warning_kind) AS k,
           LATERAL (SELECT current_date - 60
                           - floor(1000 * (c.id * 0.6180339887 % 1))::int AS day) AS d
"""


def fill(database, touchpoints):
    """Write so many touchpoints, and a sign of each customer; commits."""
    with odoo(database) as env:
        env["cx.touchpoint.source"].search([]).active = False
        env.cr.execute("DELETE FROM cx_touchpoint")
        env.cr.execute("DELETE FROM cx_warning")
        env.cr.execute("SET session_replication_role = replica")
        env.cr.execute(TOUCHPOINTS, {"company": env.company.id, "number": touchpoints})
        env.cr.execute(SIGNS)
        env.cr.execute("SET session_replication_role = DEFAULT")
        env.cr.commit()
    execute(database, "VACUUM ANALYZE cx_touchpoint, cx_warning")


def measure(database):
    """One measuring, and the two screens that show it."""
    with odoo(database) as env:
        runs = env["cx.evidence.run"]
        runs._request(env.company)
        env.cr.commit()
        run = runs.search([("state", "=", "waiting")])
        before, meter = memory(reset=True), Meter(env)
        with meter:
            run._go_on()
        result = {"whole": meter.cost, "memory": memory() - before, "days": len(run.days)}
        env.invalidate_all()
        evidence = env["cx.evidence"].search([("question", "=", "leave")])
        with meter:
            evidence.mapped("today")
        result["today"] = meter.cost
        with meter:
            env["cx.evidence"].figures()
        return result | {"figures": meter.cost, "subjects": len(evidence)}


def show(database, customers, touchpoints):
    """Fill, measure, and print what it took."""
    apart("evidence.fill", database, touchpoints)
    found = apart("evidence.measure", database)
    title(f"evidence: {customers} customers, {touchpoints} touchpoints", "s", "wall")
    for name, text in (
        ("whole", f"measuring {found['days']} days, {found['subjects']} subjects"),
        ("today", "who has each of them today"),
        ("figures", "the chart"),
    ):
        row(text, seconds(found[name]), f"{found[name].wall:.2f}")
    say(f"\nmemory of Odoo: {found['memory']:.1f} MB more")
