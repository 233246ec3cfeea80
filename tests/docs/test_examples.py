"""Code in the pages that runs inside Odoo: an addon beside ours, the shell, SQL, a test."""

import io
import unittest
from contextlib import redirect_stdout

import pytest
from docs.pages import blocks
from docs.test_api_page import API, ApiPage
from scenario.conftest import registry  # noqa: F401  a database of our own
from scenario.live import environment

from odoo import fields
from odoo.modules.registry import Registry

import odoo.addons

ADDON = "shop_visits"
XML = '<?xml version="1.0" encoding="UTF-8" ?>\n<odoo>\n{}\n</odoo>\n'


def files():
    """{path: text} of the example addon, of all pages; parts of one file follow each other."""
    found = {}
    for block in blocks("python", "xml", "csv"):
        if block.file:
            found[block.file] = found.get(block.file, "") + block.text
    return {
        path: XML.format(text) if path.endswith(".xml") else text for path, text in found.items()
    }


class TestShell(ApiPage):
    """Python for the shell, and SQL: as on the page, with the numbers of the API page."""

    def server_blocks(self):
        return [
            b for b in blocks("python")
            if not b.file and "odoo.env[" not in b.text and "LifecycleCase" not in b.text
            and b.page != API
        ]  # fmt: skip

    def test_python(self):
        found = self.server_blocks()
        self.assertGreater(len(found), 3)
        for block in found:
            out = io.StringIO()
            with self.subTest(block=str(block)), redirect_stdout(out):
                exec(compile(self.here(block.text), str(block), "exec"), {"env": self.env})
            if "print(" in block.text:
                self.assertTrue(out.getvalue().strip(), f"{block} prints nothing")

    def test_sql(self):
        found = blocks("sql")
        self.assertGreater(len(found), 2)
        self.env.flush_all()
        for block in found:
            with self.subTest(block=str(block)):
                self.env.cr.execute(block.text)
                self.assertTrue(self.env.cr.description)


def test_the_example_of_a_test_passes():
    """The test in the guide is one, and passes."""
    [block] = [b for b in blocks("python") if "LifecycleCase" in b.text]
    names = {"__name__": "model.test_example"}
    exec(compile(block.text, str(block), "exec"), names)
    [case] = [
        c for c in names.values() if isinstance(c, type) and c.__module__ == "model.test_example"
    ]
    case.test_tags = {"standard", "post_install"}
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    assert result.testsRun == 1
    assert result.wasSuccessful(), result.errors + result.failures


@pytest.fixture(scope="module")
def installed(registry, tmp_path_factory):  # noqa: F811
    """The example addon, installed in a database of its own."""
    folder = tmp_path_factory.mktemp("addons")
    for path, text in files().items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    before = odoo.addons.__path__
    odoo.addons.__path__ = [*before, str(folder)]
    try:
        yield Registry.new(registry.db_name, update_module=True, install_modules=[ADDON])
    finally:
        odoo.addons.__path__ = before


@pytest.fixture
def env(installed):
    with installed.cursor() as cr:
        yield environment(cr)
        cr.rollback()


@pytest.fixture
def visitor(env):
    """Three visits without a purchase, unhappy; two purchases before."""
    today = fields.Datetime.now()
    partner = env["res.partner"].create({"name": "Ada", "email": "ada@example.com"})
    for days, paid, smiley in ((90, 20, 4), (60, 30, 4), (9, 0, 2), (6, 0, 2), (3, 0, 1)):
        at = fields.Datetime.subtract(today, days=days)
        env["shop.visit"].create(
            {"partner_id": partner.id, "place": "High Street", "visited_at": at,
             "paid": paid, "smiley": smiley}
        )  # fmt: skip
    env["cx.customer"]._refresh_partners(partner, env.company, "shop.visit")
    env.flush_all()
    return env["cx.customer"].search([("partner_id", "=", partner.id)])


@pytest.fixture(autouse=True)
def one_transaction(request, monkeypatch):
    """What the jobs commit is undone with the test."""
    if "env" in request.fixturenames:
        cron = type(request.getfixturevalue("env")["ir.cron"])
        monkeypatch.setattr(cron, "_commit_progress", lambda *_, **__: 100.0)


def test_the_addon_is_whole(installed):
    assert installed.ready
    assert len(files()) == 9


def test_visits_are_purchases(env, visitor):
    source = env.ref(f"{ADDON}.purchases_in_the_shop")
    source.action_check()
    assert visitor.purchase_count == 2
    assert visitor.average_purchase == 25


def test_visits_are_touchpoints_and_signs(env, visitor):
    source = env.ref(f"{ADDON}.visits")
    assert source._feed()
    assert not source.error
    points = env["cx.touchpoint"].search([("customer_id", "=", visitor.id)])
    assert sorted(points.mapped("satisfaction")) == [0.0, 2.5, 2.5, 7.5, 7.5]
    env.flush_all()
    for code, words in (("unhappy_visit", "3 times"), ("visits_without_purchase", "3 visits")):
        kind = env.ref(f"{ADDON}.warning_{code}")
        assert kind._look()
        assert not kind.error
        sign = visitor.warning_ids.filtered(lambda sign, kind=kind: sign.kind_id == kind)
        assert len(sign) == 1
        assert words in sign.words


def test_visits_are_in_the_timeline(env, visitor):
    env["cx.first.run"]._of(env.company)._accept()
    page = visitor.partner_id.cx_timeline(["visit"])
    assert [item["title"] for item in page["items"]] == ["Visited High Street"] * 5
    assert {kind["code"] for kind in page["kinds"]} >= {"visit", "purchase"}


def test_a_campaign_prints_letters(env, visitor, monkeypatch):
    campaign = env["cx.campaign"].create(
        {"name": "Letters", "entry": "manual", "holdout_share": 0, "cooldown_days": 0}
    )
    env["cx.campaign.step"].create(
        {"campaign_id": campaign.id, "name": "Come and see us", "kind": "letter"}
    )

    def here(acts, query, plans=()):
        acts.env.flush_all()
        acts.env.cr.execute(query)
        rows = acts.env.cr.fetchall() if acts.env.cr.description else []
        acts.env.invalidate_all(flush=False)
        return rows

    monkeypatch.setattr(type(env["cx.campaign.act"]), "_journaled", here)
    campaign._launch()
    campaign.enter(visitor.partner_id.ids)
    env.flush_all()
    env["cx.campaign.act"]._do_due()
    letter = env["shop.letter"].search([("partner_id", "=", visitor.partner_id.id)])
    assert letter.text == "Come and see us"
    act = env["cx.campaign.act"].search([("campaign_id", "=", campaign.id)])
    assert (act.kind, act.state) == ("letter", "done")
