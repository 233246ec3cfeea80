"""The dashboard among Odoo's: whatever it asks for is there, and reps may read it."""

import json
import re

from model.common import LifecycleCase

from odoo.tests import new_test_user
from odoo.tools import file_open

FILES = "cx_lifecycle/data/files"


def loaded(name):
    with file_open(f"{FILES}/{name}.json") as file:
        return json.load(file)


def figures(document):
    return [figure["data"] for sheet in document["sheets"] for figure in sheet["figures"]]


def cells(document):
    return [text for sheet in document["sheets"] for text in sheet["cells"].values()]


class TestDashboard(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(cls.env, "board_rep", "sales_team.group_sale_salesman")
        cls.buy(cls.partner("Mine", user_id=cls.rep.id), 400, 370, 340, 310, 3)
        cls.buy(cls.partner("New", user_id=cls.rep.id), 20)
        cls.dashboard = cls.env.ref("cx_lifecycle.spreadsheet_dashboard_lifecycle")
        cls.document = loaded("lifecycle_dashboard")

    def questions(self):
        """(model, domain, group bys, measures, how filters match) of each chart and pivot."""
        for data in figures(self.document):
            if data["type"].startswith("odoo_"):
                meta, search = data["metaData"], data["searchParams"]
                self.assertEqual(meta["groupBy"], search["groupBy"])
                yield (meta["resModel"], search["domain"], meta["groupBy"], [meta["measure"]],
                       data["fieldMatching"])  # fmt: skip
        for pivot in self.document["pivots"].values():
            groups = [
                ":".join(filter(None, (group["fieldName"], group.get("granularity"))))
                for group in pivot["rows"] + pivot["columns"]
            ]
            measures = [measure["fieldName"] for measure in pivot["measures"]]
            yield pivot["model"], pivot["domain"], groups, measures, pivot["fieldMatching"]

    def test_everything_is_there_and_read_by_reps(self):
        filters = {known["id"]: known for known in self.document["globalFilters"]}
        asked = list(self.questions())
        self.assertEqual(len(asked), 8)
        for name, domain, groups, measures, matching in asked:
            model = self.env[name].with_user(self.rep)
            aggregates = [
                measure
                if measure == "__count"
                else f"{measure}:{model._fields[measure].aggregator}"
                for measure in measures
            ]
            # a chart asks for the one, a pivot for the other
            found = model.formatted_read_group(domain, groups, aggregates)
            self.assertTrue(found, (name, groups))
            sets = [groups[:number] for number in range(len(groups) + 1)]
            whole, *_parts = model.formatted_read_grouping_sets(domain, sets, aggregates)
            self.assertEqual(
                whole[0]["__count" if "__count" in aggregates else aggregates[0]],
                sum(row["__count" if "__count" in aggregates else aggregates[0]] for row in found),
            )
            for measure in measures[1:]:
                self.assertEqual(model._fields[measure].aggregator, "sum")
            for known, match in matching.items():
                field = model
                for step in match["chain"].split(".")[:-1]:
                    field = field[step]
                field = field._fields[match["chain"].split(".")[-1]]
                self.assertEqual(field.type, match["type"])
                if filters[known]["type"] == "relation":
                    self.assertEqual(field.comodel_name, filters[known]["modelName"])
                else:
                    self.assertIn(field.type, ("date", "datetime"))
                model.search([(match["chain"], "!=", False)])
            if name == "cx.episode":  # of one period and of one salesperson
                self.assertEqual(set(matching), set(filters))

    def test_cells_name_pivots_movements_and_measures(self):
        pivots = self.document["pivots"]
        movements = dict(self.env["cx.episode"]._fields["movement"].selection)
        named = re.compile(r'PIVOT(?:\.VALUE)?\((\d+)(?:,"(\w+)")?(?:,"movement","(\w+)")?')
        found = [named.search(part) for text in cells(self.document)
                 for part in re.findall(r"PIVOT[^)]*\)", text)]  # fmt: skip
        self.assertEqual({match[1] for match in found}, set(pivots), "none is made for nothing")
        for _whole, pivot, measure, movement in ((m[0], m[1], m[2], m[3]) for m in found):
            if measure:
                self.assertIn(measure, [one["fieldName"] for one in pivots[pivot]["measures"]])
            if movement:
                self.assertIn(movement, movements)
                self.assertEqual(pivots[pivot]["rows"], [{"fieldName": "movement"}])

    def test_menus_and_actions(self):
        menus = set(self.document["chartOdooMenusReferences"].values())
        menus |= set(re.findall(r"ir_menu_xml_id/([\w.]+)", " ".join(cells(self.document))))
        actions = {data.get("actionXmlId") for data in figures(self.document)} - {None}
        self.assertTrue(menus and actions)
        for xml_id in menus | actions:
            record = self.env.ref(xml_id)
            self.assertIn(record._name, ("ir.ui.menu", "ir.actions.act_window"))
        known = {data["chartId"] for data in figures(self.document)}
        self.assertEqual(set(self.document["chartOdooMenusReferences"]), known)

    def test_the_sample_asks_nothing(self):
        sample = loaded("lifecycle_sample_dashboard")
        self.assertFalse(sample["pivots"])
        self.assertNotIn("PIVOT", " ".join(cells(sample)))
        self.assertFalse([d for d in figures(sample) if d["type"].startswith("odoo_")])
        self.assertEqual(len(figures(sample)), len(figures(self.document)))
        self.assertEqual(self.dashboard._get_sample_dashboard(), sample)

    def test_who_sees_it(self):
        clerk = new_test_user(self.env, "board_clerk", "base.group_user")
        dashboards = self.env["spreadsheet.dashboard"]
        here = [("id", "=", self.dashboard.id)]
        self.assertTrue(dashboards.with_user(self.rep).search(here))
        self.assertFalse(dashboards.with_user(clerk).search(here))
        served = json.loads(self.dashboard.with_user(self.rep)._get_serialized_readonly_dashboard())
        self.assertEqual(served["translation_namespace"], "cx_lifecycle")
        self.assertEqual(served["snapshot"]["sheets"], self.document["sheets"])
        self.assertFalse(self.dashboard.with_user(self.rep)._dashboard_is_empty())
