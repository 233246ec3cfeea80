"""The dashboard among Odoo's: drawn without an error, with the figures that the rep may see."""

import json

from browser.common import TourCase

from odoo import fields
from odoo.tests import tagged

# every cell of every sheet, as it was worked out
CELLS = """
    const loader = odoo.__WOWL_DEBUG__?.root.env.services.spreadsheet_dashboard_loader;
    const dashboard = loader?.getActiveDashboard();
    const getters = dashboard?.model?.getters;
    const cells = (getters?.getSheetIds() || []).flatMap((sheetId) =>
        Object.keys(getters.getCells(sheetId)).map((id) => {
            const position = getters.getCellPosition(id);
            return { ...position, ...getters.getEvaluatedCell(position) };
        })
    );
"""
# what is being read is an error until it is there
READY = """(() => {%s
    return (
        cells.length > 0 &&
        cells.every((cell) => cell.type !== "error") &&
        document.querySelectorAll(".o-figure canvas").length >= %s
    );
})()"""
CHECK = """(() => {%s
    if (Boolean(dashboard.isSample) !== %s) {
        throw new Error(`sample: ${dashboard.isSample}`);
    }
    for (const [row, value] of %s.entries()) {
        const cell = cells.find((c) => c.sheetId === "cx-data" && c.col === 1 && c.row === row);
        if (cell.value !== value) {
            throw new Error(`row ${row}: ${cell.value} instead of ${value}`);
        }
    }
    console.log("test successful");
})()"""
CARDS = 5


@tagged("post_install", "-at_install")
class TestDashboard(TourCase):
    browser_size = "1400x1000"

    def look(self, numbers, sample=False):
        dashboard = self.env.ref("cx_lifecycle.spreadsheet_dashboard_lifecycle")
        self.browser_js(
            f"/odoo/dashboards?dashboard_id={dashboard.id}",
            CHECK % (CELLS, json.dumps(sample), json.dumps(numbers)),
            READY % (CELLS, CARDS + 1),
            login="tour_rep",
        )

    def test_the_reps_figures(self):
        customers = self.env["cx.customer"].with_user(self.rep)
        living = customers.search([("stage_id.code", "in", ["new", "active"])])
        self.assertIn(self.alpha, living)
        self.assertNotIn(self.gamma, living)
        stays = self.env["cx.episode"].with_user(self.rep)
        # of the last twelve whole months, as Odoo's filter means them
        tomorrow = fields.Date.add(fields.Date.today(), days=1)
        first, last = (
            fields.Date.start_of(fields.Date.subtract(tomorrow, months=months), "month")
            for months in (12, 0)
        )
        period = [("entered_on", ">=", first), ("entered_on", "<", last)]
        counts = [
            stays.search_count([("movement", "in", names), *period])
            for names in (["new"], ["won_back"], ["dormant", "lost"])
        ]
        self.assertTrue(any(counts))
        self.look([len(living), sum(living.mapped("worth")), *counts])

    def test_before_there_are_customers(self):
        self.env["cx.customer"].search([]).unlink()
        self.look([184, 412000, 31, 12, 38], sample=True)
