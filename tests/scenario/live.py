"""A database of our own where is committed, what is sold in it, and two who press at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from model.common import TODAY

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import new_test_user


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


def two_marketers(env, name):
    """The ids of two people."""
    return [new_test_user(env, f"{name}_{n}", "cx_lifecycle.group_marketer").id for n in range(2)]


def at_once(registry, *jobs):
    """What people press at the same moment; what each of them was told, None for a success.

    :param jobs: (user id, what begins with an environment and returns the button)
    """
    barrier = Barrier(len(jobs))

    def one(user_id, begin):
        with registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            press = begin(env)
            barrier.wait(20)
            try:
                # as the web client does: tried again when another transaction was in the way
                retrying(press, env)
            except UserError as error:
                cr.rollback()
                return str(error)
            return None

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [job.result(60) for job in [pool.submit(one, *job) for job in jobs]]
