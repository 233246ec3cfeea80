import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
    toggleMenuItem,
    toggleSearchBarMenu,
} from "@web/../tests/web_test_helpers";
import { toneOf } from "@cx_lifecycle/lazy/cx_matrix_view/groups_matrix";

class Stage extends models.Model {
    _name = "cx.stage";
    name = fields.Char();
    _records = [
        { id: 1, name: "New" },
        { id: 2, name: "Active" },
        { id: 3, name: "Lost" },
    ];
}

class Episode extends models.Model {
    _name = "cx.episode";
    previous_stage_id = fields.Many2one({ relation: "cx.stage", string: "From" });
    stage_id = fields.Many2one({ relation: "cx.stage", string: "Stage" });
    reason = fields.Selection({
        selection: [
            ["silence", "Silence"],
            ["bought", "Bought"],
        ],
    });
    rebuilt = fields.Boolean();
    days = fields.Integer({ aggregator: "sum" });
    _records = [
        { id: 1, previous_stage_id: 1, stage_id: 2, days: 5, reason: "bought" },
        { id: 2, previous_stage_id: 1, stage_id: 2, days: 6, reason: "bought", rebuilt: true },
        { id: 3, previous_stage_id: 2, stage_id: 3, days: 40, reason: "silence" },
        { id: 4, previous_stage_id: false, stage_id: 1, days: 1, reason: "bought" },
    ];
}

defineMailModels();
defineModels([Stage, Episode]);

const ARCH = `<cx_matrix row_field="previous_stage_id" col_field="stage_id" string="Moves"/>`;

async function mountMatrix(arch = ARCH, options = {}) {
    const opened = [];
    mockService("action", { doAction: (action) => opened.push(action) });
    await mountView({ type: "cx_matrix", resModel: "cx.episode", arch, ...options });
    return opened;
}

const cell = (row, col) => `.o_cx_matrix tbody tr:eq(${row}) td:eq(${col})`;

test("records in rows and columns, with totals", async () => {
    await mountMatrix();
    expect(".o_cx_matrix table").toHaveAttribute("aria-label", "Moves");
    expect(queryAllTexts(".o_cx_matrix tbody th").toSorted()).toEqual([
        "Active",
        "New",
        "None",
        "Total",
    ]);
    expect(queryAllTexts(".o_cx_matrix tbody tr:last td").at(-1)).toBe("4");
});

test("a number opens the records it counts", async () => {
    const opened = await mountMatrix(ARCH, { context: { search_default_x: 1, kept: 2 } });
    await click(".o_cx_matrix td[aria-label='New, Active: 2']");
    expect(opened[0]).toMatchObject({
        name: "New, Active",
        res_model: "cx.episode",
        views: [[false, "list"]],
    });
    expect(opened[0].domain.slice(1).toSorted()).toEqual([
        ["previous_stage_id", "=", 1],
        ["stage_id", "=", 2],
    ]);
    expect(opened[0].context.kept).toBe(2);
    expect(opened[0].context).not.toInclude("search_default_x");
    await click(".o_cx_matrix td[aria-label='Total, Lost: 1']");
    expect(opened[1].domain).toEqual([["stage_id", "=", 3]]);
    await click(".o_cx_matrix td[aria-label='Total, Total: 4']");
    expect(opened[2].domain).toEqual([]);
});

test("another measure", async () => {
    await mountMatrix();
    await click("button:contains(Measures)");
    await animationFrame();
    await click(".o_menu_item:contains(Days)");
    await animationFrame();
    expect(".o_cx_matrix td[aria-label='New, Active: 11']").toHaveCount(1);
    expect(".o_cx_matrix td[aria-label='Total, Total: 52']").toHaveCount(1);
});

test("the measure of the arch, and its thresholds told by a face too", async () => {
    await mountMatrix(ARCH.replace("/>", ` measure="days" good="30" bad="5"/>`));
    const is = (label, tone) =>
        expect(`.o_cx_matrix td[aria-label='${label}'].o_cx_matrix_${tone} i.fa`).toHaveCount(1);
    is("Active, Lost: 40 (good)", "good");
    is("New, Active: 11 (fair)", "fair");
    is("None, New: 1 (bad)", "bad");
});

test("less may be better", () => {
    const limits = { good: 5, bad: 20 };
    expect([3, 5, 12, 20, 21].map((value) => toneOf(value, limits))).toEqual([
        "good",
        "good",
        "fair",
        "fair",
        "bad",
    ]);
    expect(toneOf(3, { good: null, bad: null })).toBe(null);
    expect(toneOf(3, { good: null, bad: 5 })).toBe("bad");
    expect(toneOf(7, { good: 6, bad: null })).toBe("good");
});

test("filters and groups of the search bar", async () => {
    await mountMatrix(ARCH, {
        searchViewArch: `<search>
            <filter name="lived" string="Lived" domain="[('rebuilt', '=', False)]"/>
            <filter name="reason" string="Reason" context="{'group_by': 'reason'}"/>
        </search>`,
    });
    await toggleSearchBarMenu();
    await toggleMenuItem("Lived");
    await animationFrame();
    expect(".o_cx_matrix td[aria-label='Total, Total: 3']").toHaveCount(1);
    await toggleMenuItem("Reason");
    await animationFrame();
    expect(".o_cx_matrix td[aria-label='Silence, Lost: 1']").toHaveCount(1);
});

test("as flows", async () => {
    await mountMatrix();
    await click(".o_cx_modes button[data-mode=flow]");
    await animationFrame();
    expect(".o_cx_sankey_band").toHaveCount(3);
    expect(".o_cx_modes button[data-mode=flow]").toHaveAttribute("aria-pressed", "true");
});

test("nothing yet: a sample that opens nothing, and help", async () => {
    onRpc("formatted_read_grouping_sets", ({ kwargs }) => kwargs.grouping_sets.map(() => []));
    const opened = await mountMatrix(ARCH.replace("/>", ` sample="1"/>`), {
        noContentHelp: "No stage has changed yet",
    });
    expect(".o_view_sample_data .o_cx_matrix td").not.toHaveCount(0);
    expect(".o_nocontent_help").toHaveText("No stage has changed yet");
    await click(cell(0, 0));
    expect(opened).toEqual([]);
});
