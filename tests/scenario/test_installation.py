"""The life of an installation: into a database with years of orders, and out of it again."""

import os
from datetime import date, timedelta

import pytest

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db, db_connect
from odoo.tests import new_test_user
from odoo.tools import config

from dev import databases

TODAY = date.today()


@pytest.fixture
def database():
    """Odoo's own modules, with orders of three years, before our addons."""
    env, name = dict(os.environ), f"cx_life_{os.getpid()}"
    databases.clone(env, os.environ["CX_BASE_DB"], name)
    testing = config["test_enable"]
    config["test_enable"] = False
    yield name
    config["test_enable"] = testing
    Registry.delete(name)
    close_db(name)
    databases.drop(env, name)


def environment(cr):
    return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})


def left_behind(name):
    """Tables, columns, indexes and jobs of ours that the database holds."""
    with db_connect(name).cursor() as cr:
        cr.execute(
            r"""SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'cx\_%'
                UNION SELECT table_name || '.' || column_name FROM information_schema.columns
                 WHERE column_name LIKE 'cx\_%'
                UNION SELECT indexname FROM pg_indexes WHERE indexname LIKE '%cx\_%'
                UNION SELECT name FROM ir_model_data WHERE module LIKE 'cx\_%'
                UNION SELECT cron_name FROM ir_cron WHERE cron_name LIKE 'Customer lifecycle%'"""
        )
        return {row[0] for row in cr.fetchall()}


def accept(env):
    """What an administrator presses, from the first step to the last."""
    admin = env.ref("base.user_admin")
    action = env["cx.first.run"].with_user(admin).action_open()
    first = env["cx.first.run"].with_user(admin).browse(action["res_id"])
    first.action_check_sources()
    assert first.history_done, "it waits only for the background"
    first.action_examples()
    first.action_accept()
    assert first.accepted_user_id == admin


def test_into_a_database_with_a_past_and_out_again(database, caplog):
    with Registry(database).cursor() as cr:
        env = environment(cr)
        ada, bea = env["res.partner"].create([{"name": "Ada"}, {"name": "Bea"}])
        product = env["product.product"].create({"name": "Thing", "type": "service"})
        for partner, days in ((ada, (1000, 970, 940, 20, 5)), (bea, (900,))):
            for number in days:
                line = {"product_id": product.id, "price_unit": 10, "tax_ids": False}
                env["sale.order"].create(
                    {"partner_id": partner.id, "order_line": [(0, 0, line)]}
                ).write(
                    {"state": "sale", "date_order": f"{TODAY - timedelta(days=number)} 12:00:00"}
                )
        partner_ids = [ada.id, bea.id]
        rep_id = new_test_user(env, "life_rep", "sales_team.group_sale_salesman").id
        plan = ada.activity_schedule("mail.mail_activity_data_call", user_id=rep_id)
        activity_id = plan.id
        before = env["res.partner"].search_count([])
    registry = Registry.new(database, install_modules=["cx_lifecycle", "cx_lifecycle_mail"])
    with registry.cursor() as cr:
        env = environment(cr)
        run = env["cx.run"].search([("kind", "=", "rebuild")])
        assert run.state == "waiting", "the installation itself does not wait for the past"
        cron = env.ref("cx_lifecycle.cron_pass")
        assert env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        env["cx.run"]._cron_pass()
        assert run.state == "done"
        assert run.progress == run.total
        ada, bea = env["res.partner"].browse(partner_ids)
        seen = env["cx.customer"].with_user(rep_id)
        assert not (ada | bea).cx_stage_id, "nobody has accepted anything yet"
        assert not seen.search([])
        accept(env)
        assert seen.search([("partner_id", "in", partner_ids)]) == (ada | bea).cx_customer_id
        assert (ada.cx_stage_id.code, bea.cx_stage_id.code) == ("active", "lost")
        episodes = ada.cx_customer_id.episode_ids
        assert {"new", "active", "dormant"} <= set(episodes.stage_id.mapped("code"))
        assert all(episodes.mapped("rebuilt"))
        env["ir.module.module"].search(
            [("name", "in", ["cx_lifecycle", "cx_lifecycle_mail"])]
        ).button_immediate_uninstall()
    assert not left_behind(database)
    assert not [r for r in caplog.records if r.levelname == "ERROR"]
    with Registry(database).cursor() as cr:
        env = environment(cr)
        assert env["res.partner"].search_count([]) == before
        assert env["mail.activity"].browse(activity_id).exists(), "people's plans are theirs"
        assert env["sale.order"].search_count([("partner_id", "in", partner_ids)]) == 6
