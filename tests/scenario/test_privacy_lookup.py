"""Odoo's own look-up of a person finds our records before the person is erased, and none after."""

import os

import pytest

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tools import config

from dev import databases

NAME, ADDRESS = "Ada Lovelace", "ada.lovelace@example.com"


@pytest.fixture
def registry():
    """A copy of the database of tests with Odoo's look-up besides."""
    env, name = dict(os.environ), f"cx_lookup_{os.getpid()}"
    databases.clone(env, os.environ["CX_FULL_DB"], name)
    testing = config["test_enable"]
    config["test_enable"] = False
    yield Registry.new(name, install_modules=["privacy_lookup"])
    config["test_enable"] = testing
    Registry.delete(name)
    close_db(name)
    databases.drop(env, name)


def make_known(env):
    """A customer with a record in each of our tables that may point to a person."""
    person = env["res.partner"].create({"name": NAME, "email": ADDRESS})
    need, role = env["cx.need"].search([], limit=1), env["cx.buyer.role"].search([], limit=1)
    env["cx.need.evidence"].create({"partner_id": person.id, "need_id": need.id, "note": NAME})
    env["cx.customer"]._refresh_partners(person, env.company, "res.partner")
    env["cx.seat"].create({"partner_id": person.id, "account_id": person.id, "role_id": role.id})
    env["cx.touchpoint"].log(person.id, "phone", "complains", note=NAME)
    env["cx.channel.preference"].say(person.id, "phone")
    said = {"email": ADDRESS, "purpose": "profiling", "answer": "yes", "wording": NAME}
    env["cx.consent"]._note([{"partner_id": person.id, **said}])
    env.flush_all()
    return person


def looked_up(env):
    """{our models} of what Odoo's look-up finds."""
    wizard = env["privacy.lookup.wizard"].create({"name": NAME, "email": ADDRESS})
    wizard.action_lookup()
    models = wizard.line_ids.mapped("res_model_id.model")
    assert "res.partner" in models, "the contact itself is found, so the look-up works"
    return {name for name in models if name.startswith("cx.")}


def test_found_before_and_not_after(registry):
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        person = make_known(env)
        pointing = {
            model._name
            for model in env.values()
            if model._name.startswith("cx.") and model._auto and not model._transient
            for field in model._fields.values()
            if field.store and field.type == "many2one" and field.comodel_name == "res.partner"
            if model.with_context(active_test=False).search_count([(field.name, "=", person.id)])
        }
        assert {
            "cx.customer", "cx.touchpoint", "cx.need.evidence", "cx.seat", "cx.consent",
            "cx.channel.preference",
        } <= pointing  # fmt: skip
        assert looked_up(env) == pointing
        dialog = env["cx.erase"].create({"partner_id": person.id, "contact": "keep", "sure": True})
        dialog.action_erase()
        assert looked_up(env) == set()
