"""Our own view types: what their arch may say, and who finds the portfolio where."""

from lxml import etree
from model.common import LifecycleCase

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

MATRIX = {"row_field": "previous_stage_id", "col_field": "entered_on:month"}


class ViewCase(LifecycleCase):
    def view(self, model, arch):
        return self.env["ir.ui.view"].create({"name": "test", "model": model, "arch": arch})

    def matrix(self, inside="", **attributes):
        words = "".join(f' {name}="{value}"' for name, value in (MATRIX | attributes).items())
        return self.view("cx.episode", f"<cx_matrix{words}>{inside}</cx_matrix>")

    @mute_logger("odoo.addons.base.models.ir_ui_view")
    def assertRefused(self, said, make):
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            make()
        self.assertIn(said, str(caught.exception))


class TestMatrixArch(ViewCase):
    def test_everything_it_may_say(self):
        view = self.matrix(
            '<field name="rebuilt"/>', measure="__count", good="7", bad="5.5", sample="1",
            string="Moves",
        )  # fmt: skip
        self.assertEqual(view.type, "cx_matrix")

    def test_the_client_gets_the_fields(self):
        view = self.matrix()
        told = self.env["cx.episode"].get_views([(view.id, "cx_matrix")])
        names = set(told["models"]["cx.episode"]["fields"])
        self.assertLessEqual({"previous_stage_id", "entered_on"}, names)

    def test_axes_are_fields_to_group_by(self):
        for name in ("nowhere", "as_of", ""):
            self.assertRefused("row_field", lambda name=name: self.matrix(row_field=name))
        self.assertRefused("col_field", lambda: self.matrix(col_field="nowhere"))

    def test_the_measure_is_a_number(self):
        for name in ("nowhere", "stage_id", "entered_on"):
            self.assertRefused("measure", lambda name=name: self.matrix(measure=name))

    def test_thresholds_are_numbers(self):
        self.assertRefused("good", lambda: self.matrix(good="much"))
        self.assertRefused("bad", lambda: self.matrix(bad=""))

    def test_nothing_else(self):
        self.assertRefused("colour", lambda: self.matrix(colour="red"))
        self.assertRefused("button", lambda: self.matrix("<button/>"))

    def test_stage_changes_have_a_matrix(self):
        modes = [mode for _view, mode in self.env.ref("cx_lifecycle.action_episodes").views]
        self.assertIn("cx_matrix", modes)
        arch = etree.fromstring(self.env["cx.episode"].get_view(view_type="cx_matrix")["arch"])
        self.assertEqual(arch.get("row_field"), "previous_stage_id")


class TestJourneyView(ViewCase):
    def test_only_of_touchpoints_and_nothing_more(self):
        self.assertRefused("touchpoints", lambda: self.view("cx.episode", "<cx_journey/>"))
        refused = ('<cx_journey measure="1"/>', "<cx_journey><field name='id'/></cx_journey>")
        for said, arch in zip(("measure", "field"), refused, strict=True):
            self.assertRefused(said, lambda arch=arch: self.view("cx.touchpoint", arch))

    def test_a_rep_may_search_by_everything(self):
        rep = new_test_user(self.env, "map_searching", "cx_lifecycle.group_rep")
        touchpoints = self.env["cx.touchpoint"].with_user(rep)
        view = self.env.ref("cx_lifecycle.view_journey_map_search")
        arch = etree.fromstring(touchpoints.get_view(view.id, "search")["arch"])
        for node in arch.iter("filter", "field"):
            with self.subTest(node.get("string") or node.get("name")):
                domain = node.get("domain") or node.get("filter_domain")
                if domain:
                    touchpoints.search(safe_eval(domain, {"self": "x", "uid": rep.id}), limit=1)


class TestPortfolioView(ViewCase):
    def test_only_of_customers(self):
        self.assertRefused("customers", lambda: self.view("cx.episode", "<cx_portfolio/>"))

    def test_it_says_nothing_more(self):
        refused = ('<cx_portfolio measure="1"/>', "<cx_portfolio><field name='id'/></cx_portfolio>")
        for said, arch in zip(("measure", "field"), refused, strict=True):
            self.assertRefused(said, lambda arch=arch: self.view("cx.customer", arch))

    def test_the_client_knows_both(self):
        info = self.env["ir.ui.view"].get_view_info()
        self.assertTrue(info["cx_matrix"]["multi_record"])
        self.assertTrue(info["cx_portfolio"]["icon"])
        self.assertTrue(info["cx_journey"]["icon"])

    def test_a_rep_may_search_by_everything(self):
        rep = new_test_user(self.env, "searching", "cx_lifecycle.group_rep")
        customers = self.env["cx.customer"].with_user(rep)
        view = self.env.ref("cx_lifecycle.view_portfolio_search")
        arch = etree.fromstring(customers.get_view(view.id, "search")["arch"])
        values = {"self": "Europe", "uid": rep.id}
        asked = [
            *(node.get("filter_domain") for node in arch.iter("field")),
            *(node.get("domain") for node in arch.iter("filter")),
        ]
        domains = [safe_eval(domain, values) for domain in asked if domain]
        self.assertGreaterEqual(len(domains), 6)
        for domain in domains:
            self.assertEqual(customers.search_count(domain), 0)

    def menus(self, group):
        user = new_test_user(self.env, f"menu_{group}", f"cx_lifecycle.group_{group}")
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(debug=False)
        root = menus[self.env.ref("cx_lifecycle.menu_root").id]
        return [menus[child]["name"] for child in root["children"]]

    def test_marketers_begin_with_it(self):
        names = self.menus("marketer")
        self.assertEqual(names[0], "Portfolio")
        self.assertEqual(names.count("Portfolio"), 1)

    def test_reps_begin_with_who_goes_quiet(self):
        self.assertEqual(self.menus("rep")[:2], ["My Customers Going Quiet", "Portfolio"])


class TestPivots(LifecycleCase):
    def test_what_is_no_column_is_grouped_by_in_pivots_too(self):
        self.buy(self.partner(), 90, 60, 30)
        for name, field, value in (
            ("cx.episode", "movement", "new"),
            ("cx.customer", "alert", "ok"),
        ):
            found = self.env[name].formatted_read_grouping_sets(
                [("partner_id.name", "=", "Ada")], [[field], []], ["__count"]
            )
            self.assertIn((value, 1), [(row[field], row["__count"]) for row in found[0]], name)
