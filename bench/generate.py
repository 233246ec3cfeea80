"""Customers and orders to measure with: the same ones in every run.

Nothing is drawn by chance: every figure is the fraction of the customer's number times
an irrational number, which spreads as evenly as chance would. One partner and one order
are made by Odoo, the others are copies of their rows. A customer depends on its number
alone, so the first thousand of a small base and of a large one are alike. They lie
scattered over their table, and orders lie in the order of their dates, as in real life.
"""

from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.demo.loader import _copy_rows

YEARS = 5
LOT = 50_000
EVENT_PURCHASES = (1, 100, 5000)  # of the customers whose orders are confirmed one by one
PER_REP = 5000  # customers of each rep, in small bases and in large ones

# About a third buy once; the mean is given, the largest buy thousands of times. Half of
# the customers have bought until lately, the others have stopped at some time.
CUSTOMERS = """
    CREATE TEMPORARY TABLE bench_customer AS
    WITH figure AS (
        SELECT n AS number, sqrt(-2 * ln(1 - (n * 0.6180339887 % 1)::float8))
                   * cos(2 * pi() * (n * 0.7548776662 % 1)::float8) AS z,
               1 + floor({years} * 365 * (n * 0.5698402910 % 1))::int AS first,
               (n * 0.8191725134 % 1) < 0.5 AS stays, (n * 0.6710436067 % 1) AS share
          FROM generate_series(1, {customers}) AS n)
    SELECT number, first,
           floor(first * CASE WHEN stays THEN share * 0.1 ELSE share END)::int AS last,
           least(2000, 1 + floor({repeats} * exp(1.8 * z - 1.62)))::int AS orders
      FROM figure
"""
ORDERS = """
    CREATE TEMPORARY TABLE bench_order AS
    SELECT row_number() OVER (ORDER BY ago DESC, partner_id) AS number, order_row.*
      FROM (SELECT p.id AS partner_id,
                   round(c.first - (c.first - c.last) * CASE WHEN k BETWEEN 1 AND c.orders - 2
                       THEN k + 0.7 * ((c.number * 0.4142135624 + k * 0.8191725134) % 1 - 0.5)
                       ELSE k END / greatest(c.orders - 1, 1))::int AS ago,
                   round(5 + 200 * ((c.number * 0.7320508076 + k * 0.2360679775) % 1), 2) AS amount
              FROM bench_customer c JOIN res_partner p ON p.ref = 'B' || c.number,
                   generate_series(0, c.orders - 1) AS k
             UNION ALL
            SELECT id, k, 50 FROM res_partner, generate_series(1, substr(ref, 2)::int) AS k
             WHERE ref ~ '^E[0-9]+$') AS order_row
"""


def fill(env, customers, orders):
    """Write customers of the reps and, about, so many orders; commits.

    :return: number of orders
    """
    env = env(context={**env.context, "tracking_disable": True, "cx_no_refresh": True})
    if "cx.first.run" in env:  # or contacts would not lead to customers
        env["cx.first.run"]._of(env.company)._accept()
    repeats = orders / customers - 1
    env.cr.execute(CUSTOMERS.format(years=YEARS, customers=customers, repeats=repeats))
    partner = env["res.partner"].create({"name": "Bench", "ref": "B0"})
    event = ", ".join(f"'E{n}'" for n in EVENT_PURCHASES)
    partners = (
        "SELECT nextval('res_partner_id_seq') AS new_id, ref FROM (SELECT 'B' || number AS ref"
        f" FROM bench_customer ORDER BY number * 0.2207440846 %% 1) c"
        f" UNION ALL SELECT nextval('res_partner_id_seq'), unnest(ARRAY[{event}])"
    )
    old = dict.fromkeys(("create_date", "write_date"), "p.create_date - interval '1 day'")
    whose = env["res.users"].search([("login", "=like", "rep%")], order="id")
    changes = {
        "ref": "v.ref", "commercial_partner_id": "v.new_id", **old,
        "user_id": f"CASE WHEN v.ref ~ '^B' THEN {one_of(whose, 'substr(v.ref, 2)::int')} END",
    }  # fmt: skip
    _copy_rows(env, partner, changes, SQL(partners))
    env.cr.execute("ANALYZE res_partner")
    env.cr.execute(ORDERS)
    total = env.cr.rowcount
    env.cr.execute("CREATE INDEX ON bench_order (number)")
    _orders(env, partner, total)
    env.cr.commit()
    return total


def reps(env, name, number):
    """So many sales reps."""
    group = env.ref("sales_team.group_sale_salesman")
    return env["res.users"].create(
        [
            {
                "name": f"{name} {n}", "login": f"{name}{n}", "email": f"{name}{n}@example.com",
                "group_ids": [Command.set(group.ids)],
            }
            for n in range(number)
        ]
    )  # fmt: skip


def one_of(records, number):
    """SQL of the id of one of some records, by a number that counts up."""
    return f"('{{{','.join(map(str, records.ids))}}}'::int[])[1 + mod({number}, {len(records)})]"


def _orders(env, partner, total):
    product = env["product.product"].create(
        {
            "name": "Bench",
            "default_code": "BENCH",
            "type": "service",
            "taxes_id": False,
            "invoice_policy": "order",
        }
    )
    line = Command.create({"product_id": product.id, "product_uom_qty": 1, "price_unit": 10})
    order = env["sale.order"].create({"partner_id": partner.id, "order_line": [line]})
    customers = env.get("cx.customer")
    today = fields.Date.today() if customers is None else customers._today(env.company)
    order.write({"state": "sale", "date_order": f"{today - timedelta(days=40)} 12:00:00"})
    day = f"'{today}'::timestamp - v.ago * interval '1 day' + interval '12 hours'"
    # whatever the time of this run, nothing was written in the future
    written = f"least({day}, now() AT TIME ZONE 'UTC' - interval '1 hour')"
    changes = {
        "date_order": day,
        **dict.fromkeys(("create_date", "write_date"), written),
        **dict.fromkeys(("amount_untaxed", "amount_total", "amount_to_invoice"), "v.amount"),
        **dict.fromkeys(
            ("partner_id", "partner_invoice_id", "partner_shipping_id"), "v.partner_id"
        ),
        "name": "'BENCH' || v.new_id",
    }
    for start in range(0, total, LOT):
        rows = SQL(
            "SELECT nextval('sale_order_id_seq') AS new_id, b.* FROM (SELECT * FROM bench_order"
            " WHERE number > %s AND number <= %s ORDER BY number) b",
            start, start + LOT,
        )  # fmt: skip
        _copy_rows(env, order, changes, rows)
    # nor is the order that the others are copies of one of the last minutes
    env.cr.execute("UPDATE sale_order SET write_date = create_date - interval '1 day'"
                   " WHERE id = %s", [order.id])  # fmt: skip
