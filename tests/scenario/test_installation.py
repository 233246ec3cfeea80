"""The life of an installation: into a database with years of orders, out of it, and in again."""

import os
from datetime import date, timedelta

import pytest
from scenario import living, schema

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tests import new_test_user
from odoo.tools import config

from dev import databases

TODAY = date.today()
# two fields of Odoo's want it differently: whichever is asked last has it
ODOOS_OWN = "rule_group_rel.rule_group_rel_group_id_fkey"


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


def test_into_a_database_with_a_past(database, caplog):
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
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


@pytest.fixture
def used(tmp_path):
    """A shop that has used both addons, with campaigns under way; what it was like at first."""
    with living.shop("leave", tmp_path) as (name, _sink, made):
        yield name, made


def others(name):
    """What is not ours: contacts and orders row by row, people's and our plans, sent mailings."""
    rows = {
        table: schema.ask(
            name,
            # in the test's own database, of names that stand here
            f"SELECT (to_jsonb(t) - ARRAY(SELECT k FROM jsonb_object_keys(to_jsonb(t)) k"
            f" WHERE k LIKE 'cx%'))::text FROM {table} t WHERE {which} ORDER BY id",
        )
        for table, which in {
            # Odoo notes on users' own contacts that a group is gone
            "res_partner": "id NOT IN (SELECT partner_id FROM res_users)",
            **dict.fromkeys(("sale_order", "sale_order_line", "mail_activity", "mailing_trace",
                             "utm_campaign", "mail_blacklist"), "true"),
        }.items()
    }  # fmt: skip
    rows["mailings"] = schema.ask(
        name, "SELECT id, subject, body_html FROM mailing_mailing m WHERE EXISTS (SELECT FROM"
              " mailing_trace t WHERE t.mass_mailing_id = m.id)",
    )  # fmt: skip
    return rows


def lost(before, after):
    """Rows that are gone or other than before."""
    return {table: gone for table in before if (gone := set(before[table]) - set(after[table]))}


def leave(name, module):
    """Uninstall a module as the button does; nothing is complained of."""
    said = living.odoo(
        name, "shell", "--no-http",
        input=f"env['ir.module.module']._get({module!r}).button_immediate_uninstall()\n",
    )  # fmt: skip
    assert not living.complaints(said), living.complaints(said)


def test_out_again_and_in_again(used):
    name, made = used
    before = others(name)
    assert len(before["mail_activity"]) > 3
    assert len(before["mailings"]) == 1
    leave(name, "cx_lifecycle_mail")
    alone = living.script(name, "alone")
    assert alone["stages"] == made["now"], "the lifecycle goes on without campaigns"
    assert not lost(before, others(name))
    leave(name, "cx_lifecycle")
    assert not lost(before, others(name))
    # those of sent mails were made by Odoo, and say where visits came from
    kept = {("utm_source", f"{text}", "") for (text,) in schema.ask(
        name, "SELECT name FROM utm_source WHERE name LIKE 'First: we miss you%'")}  # fmt: skip
    assert len(kept) == 1
    clean, mentioned = schema.of_template(
        lambda copy: (schema.whole(copy), schema.mentions(copy)), os.environ["CX_BASE_DB"]
    )
    left = schema.whole(name)
    assert not {row for row in left - clean - kept if row[1] != ODOOS_OWN}
    assert not {row for row in clean - left if row[1] != ODOOS_OWN}
    assert schema.mentions(name) == mentioned
    drafts = "SELECT id FROM mailing_mailing WHERE state != 'done'"
    assert not schema.ask(name, drafts), "a click would send them to everybody"
    living.install(name)
    fresh = schema.of_template(schema.schema, os.environ["CX_FULL_DB"])
    assert not schema.differences(schema.schema(name), fresh)
    assert living.script(name, "alone", rebuild=True)["stages"] == made["first"]
    assert not lost(before, others(name))


def test_other_addons_can_write_before_ours_are_loaded(registry):
    """As when Odoo is updated: our columns are there already, and our code is not yet."""
    with registry.cursor() as cr:
        cr.execute(
            r"""
            SELECT table_name, column_name FROM information_schema.columns
             WHERE column_name LIKE 'cx\_%' AND table_name NOT LIKE 'cx\_%'
               AND is_nullable = 'NO' AND column_default IS NULL
            """
        )
        assert not cr.fetchall()
