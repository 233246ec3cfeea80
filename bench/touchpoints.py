"""Reading the past of a source, beside one bare INSERT … SELECT of the same rows."""

from odoo import fields

from bench import floor
from bench.measure import Meter, execute, median, memory, milliseconds, odoo

NIGHTS = 3  # of which the median counts
READS = 10
NAMES = ("cx_touchpoint",)
# One company, documents that all have one, whose contacts are all customers: no path, no domain
# but one, no scale; it neither looks at what is there already nor removes anything.
BARE = """
    INSERT INTO floor_cx_touchpoint (
           customer_id, person_id, company_id, at, channel_id, interaction_id, step_id, begun_by,
           rated, source_id, res_id, create_date, write_date, create_uid, write_uid)
    SELECT c.id, o.partner_id, c.company_id, o.date_order, %(channel)s, %(interaction)s, %(step)s,
           %(begun_by)s, false, %(source)s, o.id, now(), now(), 1, 1
      FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
      JOIN cx_customer c ON c.partner_id = p.commercial_partner_id AND c.company_id = o.company_id
     WHERE o.state = 'sale'
"""
COLUMNS = (
    "customer_id, person_id, company_id, at, channel_id, interaction_id, step_id, begun_by,"
    " satisfaction, delay_hours, rated, source_id, res_id"
)
DIFFERENT = f"""
    SELECT count(*) FROM (
        (SELECT {COLUMNS} FROM cx_touchpoint EXCEPT SELECT {COLUMNS} FROM floor_cx_touchpoint)
         UNION ALL
        (SELECT {COLUMNS} FROM floor_cx_touchpoint EXCEPT SELECT {COLUMNS} FROM cx_touchpoint)
    ) AS different
"""
MAP = """
    SELECT step_id, channel_id, count(*), avg(satisfaction) FROM cx_touchpoint
     WHERE company_id = %s AND at >= now() - interval '1 year' GROUP BY step_id, channel_id
"""


def feed(database, changed):
    """Reading all orders, reading them again, and nights with so many orders changed."""
    with odoo(database) as env:
        env["cx.run"].search([("state", "!=", "done")]).state = "done"
        source = env.ref("cx_lifecycle.touchpoint_source_order")
        floor.tables(env, names=NAMES)
        env.cr.commit()
        before, meter = memory(reset=True), Meter(env)
        with meter:
            source._feed()
        result = {"past": meter.cost, "memory": memory() - before, "count": source.count}
        with meter:
            env.cr.execute(BARE, _constants(source))
            env.cr.commit()
        result["bare"] = meter.cost
        env.cr.execute(DIFFERENT)
        [result["different"]] = env.cr.fetchone()
        source._read_again()
        with meter:
            source._feed()
        result["again"] = meter.cost
    execute(database, "VACUUM ANALYZE")
    with odoo(database) as env:
        source = env.ref("cx_lifecycle.touchpoint_source_order")
        source.fed_at = fields.Datetime.subtract(fields.Datetime.now(), hours=24)
        _old_news(env)
        nights, maps = [], []
        for _number in range(NIGHTS):
            _change(env, changed)
            meter = Meter(env)
            with meter:
                source._feed()
            nights.append(meter.cost)
        for _number in range(READS):
            meter = Meter(env)
            with meter:
                env.cr.execute(MAP, (env.company.id,))
                env.cr.fetchall()
            maps.append(meter.cost)
        return result | {"night": median(nights), "map": milliseconds(maps)}


def _constants(source):
    interaction = source.interaction_id
    return {
        "channel": source.channel_id.id,
        "interaction": interaction.id,
        "step": interaction.step_id.id,
        "begun_by": interaction.begun_by,
        "source": source.id,
    }


def _old_news(env):
    """Nobody became a customer lately; the orders were written long ago, as their dates say."""
    env.cr.execute("UPDATE cx_customer SET create_date = create_date - interval '2 days'")
    env.cr.commit()


def _change(env, changed):
    """Write some orders, as confirming them does: now, and at another time of the day."""
    env.cr.execute(
        "UPDATE sale_order SET write_date = now() AT TIME ZONE 'UTC',"
        " date_order = date_order + interval '1 minute'"
        " WHERE id IN (SELECT id FROM sale_order WHERE state = 'sale' ORDER BY id DESC LIMIT %s)",
        (changed,),
    )
    env.cr.commit()
    env.invalidate_all()
