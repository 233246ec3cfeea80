import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { click, press, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const QUIET = {
    code: "dormant",
    alert: "quiet",
    sentence: "Buys every ~30 days (14 purchases, fairly regular). Silent for 92 days.",
    short: "23 d late, usual 45",
    lines: [
        { label: "Silence", value: "92 days", limit: "90 days", met: true },
        { label: "Purchases", value: 14, limit: 3, met: false },
        { label: "Season", value: false, limit: false, met: null },
    ],
    policy: "Default policy, version 1",
    decided_on: "2026-11-20",
    evidence: [
        { source_id: 3, label: "Confirmed orders", counted: 14, ignored: 2 },
        { source_id: 4, label: "Invoices", counted: 0, ignored: 0 },
    ],
    held: false,
    customer_id: 12,
};
const HELD = { until: "2027-01-31", by: "Mitchell", reason: "Buys every winter" };

class Customer extends models.Model {
    _name = "customer";

    name = fields.Char();
    why = fields.Json();

    _records = [
        { id: 1, name: "Azure", why: QUIET },
        { id: 2, name: "Bolt", why: { ...QUIET, alert: "ok", short: "on time" } },
        { id: 3, name: "Cask", why: { ...QUIET, alert: "ok", held: HELD } },
        { id: 4, name: "Dune", why: false },
        { id: 5, name: "Elm", why: { ...QUIET, alert: "late" } },
        { id: 7, name: "Gorse", why: { ...QUIET, params: { count: 12 } } },
        {
            id: 8,
            name: "Hazel",
            why: {
                ...QUIET,
                evidence: [
                    { source_id: 3, label: "Confirmed orders", counted: 14, ignored: 0, readable: false },
                ],
            },
        },
        { id: 6, name: "Fern", why: { alert: "none", sentence: "No purchase yet.", held: false } },
    ];

    _views = { form: `<form><field name="name"/></form>` };
}

defineMailModels();
defineModels([Customer]);

beforeEach(() => {
    mockService("action", {
        doAction(action) {
            expect.step(action);
        },
    });
});

function mountForm(resId, options = "{}") {
    return mountView({
        type: "form",
        resModel: "customer",
        resId,
        arch: `<form><field name="why" widget="cx_why" options="${options}"/></form>`,
    });
}

async function openPopover() {
    await click(".o_cx_why_button");
    await animationFrame();
}

describe("the line", () => {
    test("says the sentence, with a colour and a word for the alert", async () => {
        await mountForm(1);
        expect(".o_cx_why_line").toHaveClass("alert-danger");
        expect(".o_cx_why_sentence").toHaveText(QUIET.sentence);
        expect(".o_cx_why_line i[role=img]").toHaveAttribute("aria-label", "Quiet");
    });

    test("late is a warning", async () => {
        await mountForm(5);
        expect(".o_cx_why_line").toHaveClass("alert-warning");
        expect(".o_cx_why_line i[role=img]").toHaveAttribute("aria-label", "Late");
    });

    test("no alert is light, on time is discreet", async () => {
        await mountForm(6);
        expect(".o_cx_why_line").toHaveClass("alert-light");
        expect(".o_cx_why_sentence").toHaveText("No purchase yet.");
    });

    test("on time is shown as muted text", async () => {
        await mountForm(2);
        expect(".o_cx_why_line").toHaveClass("text-700");
        expect(".o_cx_why_line").not.toHaveClass("alert");
    });

    test("on time can be hidden", async () => {
        await mountForm(2, "{'hide_ok': True}");
        expect(".o_field_cx_why").toHaveCount(1);
        expect(".o_cx_why_line").toHaveCount(0);
    });

    test("what is held is shown even on time", async () => {
        await mountForm(3, "{'hide_ok': True}");
        expect(".o_cx_why_line").toHaveCount(1);
    });

    test("late is shown whatever the options", async () => {
        await mountForm(5, "{'hide_ok': True}");
        expect(".o_cx_why_line").toHaveCount(1);
    });

    test("no value, no line", async () => {
        await mountForm(4);
        expect(".o_cx_why_line").toHaveCount(0);
        expect(".o_cx_why_button").toHaveCount(0);
    });
});

describe("the popover", () => {
    test("shows each test against its limit", async () => {
        await mountForm(1);
        expect(".o_cx_why_button").toHaveAttribute("aria-expanded", "false");
        await openPopover();
        expect(".o_cx_why_button").toHaveAttribute("aria-expanded", "true");
        expect(".o_cx_why_popover h3").toHaveText("Why this stage?");
        expect(".o_cx_why_popover").toHaveAttribute("role", "dialog");
        expect(
            [1, 2, 3].map((row) => queryAllTexts(`.o_cx_why_tests tbody tr:nth-child(${row}) > *`))
        ).toEqual([
            ["Silence", "92 days", "90 days", "✓Met"],
            ["Purchases", "14", "3", "✗Not met"],
            ["Season", "", "", "–Not applicable"],
        ]);
        expect(".o_cx_why_policy").toHaveText("Default policy, version 1 · Decided on Nov 20, 2026");
        expect(".o_cx_why_held").toHaveCount(0);
        expect(".o_cx_why_words").toHaveCount(0, { message: "they stand above the button" });
    });

    test("tells who holds the stage", async () => {
        await mountForm(3);
        await openPopover();
        expect(".o_cx_why_held").toHaveText("Held until Jan 31, 2027 by Mitchell\nBuys every winter");
    });

    test("closes with Escape and gives the focus back", async () => {
        await mountForm(1);
        queryOne(".o_cx_why_button").focus();
        await press("Enter");
        await animationFrame();
        expect(".o_cx_why_popover").toHaveCount(1);
        await press("Escape");
        await animationFrame();
        expect(".o_cx_why_popover").toHaveCount(0);
        expect(".o_cx_why_button").toHaveAttribute("aria-expanded", "false");
        expect(".o_cx_why_button").toBeFocused();
    });

    test("closes with a second press", async () => {
        await mountForm(1);
        await openPopover();
        await openPopover();
        expect(".o_cx_why_popover").toHaveCount(0);
    });

    test.tags("desktop");
    test("opens with its key", async () => {
        await mountForm(1);
        await press(["alt", "y"]);
        await animationFrame();
        expect(".o_cx_why_popover").toHaveCount(1);
    });

    test("works with nothing but a sentence", async () => {
        await mountForm(6);
        await openPopover();
        expect(".o_cx_why_popover").toHaveCount(1);
        expect(".o_cx_why_tests").toHaveCount(0);
        expect(".o_cx_why_evidence").toHaveCount(0);
    });

    test("counts open the purchases they count, empty ones nothing", async () => {
        onRpc("cx.customer", "action_purchases", ({ args, kwargs }) => {
            expect.step([args, kwargs.source_id, kwargs.counted]);
            return { type: "ir.actions.act_window", name: "Purchases" };
        });
        await mountForm(1);
        await openPopover();
        expect(queryAllTexts(".o_cx_why_evidence li")).toEqual([
            "Confirmed orders · 14 counted · 2 ignored",
            "Invoices · 0 counted",
        ]);
        expect(".o_cx_why_evidence button").toHaveCount(2);
        await click(".o_cx_why_evidence button:contains(14 counted)");
        await animationFrame();
        expect.verifySteps([
            [[[12]], 3, true],
            { type: "ir.actions.act_window", name: "Purchases" },
        ]);
        expect(".o_cx_why_popover").toHaveCount(0);
        await openPopover();
        await click(".o_cx_why_evidence button:contains(2 ignored)");
        await animationFrame();
        expect.verifySteps([
            [[[12]], 3, false],
            { type: "ir.actions.act_window", name: "Purchases" },
        ]);
    });
});

test("who may not read the documents is offered no link", async () => {
    await mountForm(8);
    await openPopover();
    expect(".o_cx_why_evidence li").toHaveText("Confirmed orders · 14 counted");
    expect(".o_cx_why_evidence button").toHaveCount(0);
});

test("several documents on one day are explained", async () => {
    await mountForm(7);
    await openPopover();
    expect(".o_cx_why_days").toHaveText("What is bought on one day is one purchase.");
});

describe("compact", () => {
    test("shows a few words in a list and does not open the row", async () => {
        await mountView({
            type: "list",
            resModel: "customer",
            arch: `<list><field name="name"/><field name="why" widget="cx_why" options="{'compact': True}"/></list>`,
            selectRecord: () => expect.step("row opened"),
        });
        expect(".o_cx_why_line").toHaveCount(0);
        expect(".o_cx_why_button").toHaveCount(7, { message: "none for the empty one" });
        expect(".o_data_row:first .o_cx_why_button").toHaveText("23 d late, usual 45");
        expect(".o_data_row:first .o_cx_why_button i").toHaveAttribute("aria-label", "Quiet");
        expect(".o_data_row:eq(5) .o_cx_why_button").toHaveText("No purchase yet.");
        expect("[data-hotkey=y]").toHaveCount(0);
        await click(".o_data_row:first .o_cx_why_button");
        await animationFrame();
        expect(".o_cx_why_popover .o_cx_why_tests").toHaveCount(1);
        expect(".o_cx_why_popover .o_cx_why_words").toHaveText(QUIET.sentence);
        expect.verifySteps([]);
        await press("Escape");
        await animationFrame();
        queryOne(".o_data_row:first .o_cx_why_button").focus();
        await press("Enter");
        await animationFrame();
        expect(".o_cx_why_popover").toHaveCount(1);
        expect.verifySteps([]);
        await press("Escape");
        await animationFrame();
        await click(".o_data_row:first td[name=name]");
        await animationFrame();
        expect.verifySteps(["row opened"]);
    });

    test("shows a few words on a card and does not open it", async () => {
        await mountView({
            type: "kanban",
            resModel: "customer",
            domain: [["id", "in", [1, 3]]],
            arch: `<kanban><templates><t t-name="card">
                <field name="name"/><field name="why" widget="cx_why" options="{'compact': True}"/>
            </t></templates></kanban>`,
            selectRecord: () => expect.step("card opened"),
        });
        expect(".o_kanban_record:first .fa-lock").toHaveCount(0);
        expect(".o_kanban_record:contains(Cask) .fa-lock").toHaveAttribute(
            "aria-label",
            "held until Jan 31, 2027"
        );
        await click(".o_kanban_record:first .o_cx_why_button");
        await animationFrame();
        expect(".o_cx_why_popover").toHaveCount(1);
        expect.verifySteps([]);
    });
});
