"""Looking for warning signs: all of the past of each kind, and a night."""

from odoo import fields

from bench.measure import Meter, execute, odoo
from bench.touchpoints import _change, _old_news

KINDS = ("basket_shrinking", "fewer_categories", "bad_score", "late_payment", "key_contact_gone")


def look(database, changed):
    """{kind: (cost of reading the past, signs found, cost of a night)}, and of the night in all.

    Every order is a touchpoint, one in twenty of them is rated; so many orders change.
    """
    with odoo(database) as env:
        env["cx.run"].search([("state", "!=", "done")]).state = "done"
        env.ref("cx_lifecycle.touchpoint_source_order")._feed()
        env.cr.execute(
            "UPDATE cx_touchpoint SET rated = true, satisfaction = mod(id, 11)"
            " WHERE mod(id, 20) = 0"
        )
        env.cr.commit()
    execute(database, "VACUUM ANALYZE")
    result = {}
    with odoo(database) as env:
        kinds = {code: env.ref(f"cx_lifecycle.warning_{code}") for code in KINDS}
        for code, kind in kinds.items():
            kind._read_again()
            meter = Meter(env)
            with meter:
                kind._look()
            result[code] = {"past": meter.cost, "found": kind.opened_count, "error": kind.error}
    execute(database, "VACUUM ANALYZE")
    with odoo(database) as env:
        _old_news(env)
        _change(env, changed)
        # the night before counts the purchases of those who bought
        env.cr.execute("UPDATE cx_customer SET counted_at = now() - interval '2 days'")
        env.cr.execute("UPDATE cx_touchpoint SET write_date = write_date - interval '2 days'")
        env.cr.execute(
            "UPDATE cx_customer SET counted_at = now() AT TIME ZONE 'UTC' WHERE id IN ("
            "SELECT id FROM cx_customer ORDER BY id LIMIT %s)", (changed,),
        )  # fmt: skip
        env.cr.commit()
        for code in KINDS:
            kind = env.ref(f"cx_lifecycle.warning_{code}")
            kind.looked_at = fields.Datetime.subtract(fields.Datetime.now(), hours=24)
            meter = Meter(env)
            with meter:
                kind._look()
            result[code]["night"] = meter.cost
    return result
