"""A database of our own where is committed, and what is sold in it."""

from datetime import timedelta

from model.common import TODAY

from odoo import SUPERUSER_ID, api


def environment(cr):
    return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})


def buy(env, partner, *days):
    product = env["product.product"].create({"name": "Thing", "type": "service"})
    for number in days:
        env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [(0, 0, {"product_id": product.id, "tax_ids": False})],
            }
        ).write({"state": "sale", "date_order": f"{TODAY - timedelta(days=number)} 12:00:00"})
