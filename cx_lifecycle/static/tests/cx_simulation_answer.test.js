import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { click, press, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import {
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const STAGES = ["Suspect", "Prospect", "New", "Active", "Dormant", "Lost"].map((name, index) => ({
    id: index + 1,
    code: name.toLowerCase(),
    name,
}));
const RHYTHM = {
    customer_id: 12,
    today: "2026-04-11",
    first_day: "2026-01-01",
    older: 0,
    currency_id: 2,
    purchases: [{ on: "2026-02-20", amount: 100 }],
    usual: 20,
    expected: false,
    dormant_on: "2026-04-06",
    lost_on: false,
    label: "One purchase, 50 days ago",
};
const EXAMPLE = {
    customer_id: 12,
    name: "Azure Interior",
    from: "Active",
    to: "Dormant",
    value_text: "4,000 €",
    why: "silent 92 d, usual 30",
    before: RHYTHM,
    after: { ...RHYTHM, dormant_on: "2026-04-20" },
};
const ANSWER = {
    id: 12,
    state: "done",
    progress: 100,
    problems: [],
    notes: ["The rhythm of segment Retail is learned when you save."],
    customers: 2357,
    moving: 1321,
    stages: STAGES,
    cells: [
        { from: 4, to: 4, count: 700, value_text: "1 M€" },
        { from: 4, to: 5, count: 1312, value_text: "214,000 €" },
        { from: 5, to: 4, count: 1, value_text: "900 €" },
        { from: 5, to: 6, count: 0, value_text: "0 €" },
    ],
    headlines: [
        { from: null, to: 5, count: 1312, text: "1,312 customers become dormant (214,000 € a year)." },
        { from: 5, to: false, count: 9, text: "9 customers are no customers any more." },
    ],
    examples: [EXAMPLE],
};

const OPENED = { type: "ir.actions.act_window", name: "Simulated moves" };

class Policy extends models.Model {
    _name = "cx.policy";

    state = fields.Selection({ selection: [["draft", "Draft"]] });

    _records = [{ id: 1, state: "draft" }];
}

defineMailModels();
defineModels([Policy]);

beforeEach(() => {
    mockService("action", {
        doAction(action) {
            expect.step(action);
        },
    });
    onRpc("cx.simulation", "action_lines", ({ args }) => {
        expect.step(args);
        return OPENED;
    });
});

/** A form whose simulation has been answered. */
async function mountAnswer(answer = ANSWER) {
    onRpc("cx.policy", "simulate", () => answer);
    await mountView({
        type: "form",
        resModel: "cx.policy",
        resId: 1,
        arch: `<form><widget name="cx_simulation"/></form>`,
    });
    await advanceTime(300);
    await animationFrame();
}

test("headlines open those they count", async () => {
    await mountAnswer();
    expect(".o_cx_simulation_headlines").toHaveAttribute("aria-live", "polite");
    expect(queryAllTexts(".o_cx_simulation_headlines li span")).toEqual([
        "1,312 customers become dormant (214,000 € a year).",
        "9 customers are no customers any more.",
    ]);
    expect(".o_cx_simulation_headlines button:first").toHaveText("Show them");
    expect(".o_cx_simulation_headlines button:first").toHaveAttribute(
        "aria-label",
        "Show them: 1,312 customers become dormant (214,000 € a year)."
    );
    await click(".o_cx_simulation_headlines button:first");
    await animationFrame();
    expect.verifySteps([[[12], null, 5], OPENED]);
    await click(".o_cx_simulation_headlines button:last");
    await animationFrame();
    expect.verifySteps([[[12], 5, false], OPENED]);
    expect(queryAllTexts(".o_cx_simulation_notes li")).toEqual(ANSWER.notes);
});

test("the matrix tells stages now by stages then", async () => {
    await mountAnswer();
    expect(".o_cx_simulation_matrix caption").toHaveText(
        "1,321 of 2,357 customers would move: stages now in rows, then in columns."
    );
    const names = STAGES.map((stage) => stage.name);
    expect(queryAllTexts(".o_cx_simulation_matrix th[scope=col]")).toEqual(names);
    expect(queryAllTexts(".o_cx_simulation_matrix th[scope=row]")).toEqual(names);
    const row = (number) => queryAllTexts(`.o_cx_simulation_matrix tbody tr:eq(${number}) td`);
    expect(row(3)).toEqual(["–", "–", "–", "700", "1,312", "–"]);
    expect(row(4)).toEqual(["–", "–", "–", "1", "–", "–"]);
    expect(".o_cx_simulation_stays").toHaveCount(1);
    expect(".o_cx_simulation_stays").toHaveClass("text-700");
    expect(".o_cx_simulation_matrix button").toHaveCount(2);
    expect(".o_cx_simulation_matrix button:last").toHaveAttribute(
        "aria-label",
        "1 customer from Dormant to Active"
    );
});

test("a cell opens those it counts, with the keyboard too", async () => {
    await mountAnswer();
    expect(".o_cx_simulation_matrix button:first").toHaveAttribute(
        "aria-label",
        "1,312 customers from Active to Dormant"
    );
    await click(".o_cx_simulation_matrix button:first");
    await animationFrame();
    expect.verifySteps([[[12], 4, 5], OPENED]);
    queryOne(".o_cx_simulation_matrix button:last").focus();
    await press("Enter");
    await animationFrame();
    expect.verifySteps([[[12], 5, 4], OPENED]);
});

test("examples show the rhythm now and then", async () => {
    await mountAnswer();
    expect(".o_cx_simulation_examples > li").toHaveCount(1);
    expect(".o_cx_simulation_examples strong").toHaveText("Azure Interior");
    expect(".o_cx_simulation_move").toHaveText("From Active to Dormant");
    expect(".o_cx_simulation_why").toHaveText("silent 92 d, usual 30");
    expect(".o_cx_simulation_examples li").toHaveText(/4,000 €/);
    expect(queryAllTexts(".o_cx_simulation_strips dt")).toEqual(["Now", "Then"]);
    expect(".o_cx_simulation_strips .o_cx_rhythm_compact").toHaveCount(2);
    expect(".o_cx_simulation_strips dd:first .o_cx_rhythm_limit").toHaveCount(1);
    expect(queryOne(".o_cx_simulation_strips svg:first").clientWidth).toBeGreaterThan(100);
});

test("customers without a stage have a row of their own, and are opened by it", async () => {
    await mountAnswer({ ...ANSWER, cells: [{ from: false, to: 1, count: 3, value_text: "" }] });
    expect(".o_cx_simulation_matrix th[scope=row]:last").toHaveText("No stage");
    expect(".o_cx_simulation_matrix th[scope=col]").toHaveCount(6);
    await click(".o_cx_simulation_matrix button");
    await animationFrame();
    expect.verifySteps([[[12], false, 1], OPENED]);
});

test("ten examples at most", async () => {
    const examples = Array.from({ length: 12 }, (_, index) => ({ ...EXAMPLE, customer_id: index }));
    await mountAnswer({ ...ANSWER, examples });
    expect(".o_cx_simulation_examples > li").toHaveCount(10);
});

test("nobody moves", async () => {
    await mountAnswer({
        ...ANSWER,
        moving: 0,
        cells: [ANSWER.cells[0]],
        headlines: [],
        examples: [],
    });
    expect(".o_cx_simulation_headlines").toHaveText("Nobody would move.");
    expect(".o_cx_simulation_matrix button, .o_cx_simulation_examples").toHaveCount(0);
});

test.tags("mobile");
test("the matrix scrolls under the names of its rows", async () => {
    await mountAnswer();
    const page = queryOne(".o_cx_simulation");
    const scroll = queryOne(".o_cx_simulation_scroll");
    expect(scroll.clientWidth).not.toBeGreaterThan(page.clientWidth);
    expect(scroll.scrollWidth).toBeGreaterThan(scroll.clientWidth);
    expect(".o_cx_simulation_caption").toHaveRect({ width: page.clientWidth });
    const name = queryOne(".o_cx_simulation_matrix th[scope=row]:first");
    const before = name.getBoundingClientRect().left;
    scroll.scrollLeft = 80;
    expect(scroll.scrollLeft).toBeGreaterThan(0);
    expect(name.getBoundingClientRect().left).toBeCloseTo(before, { margin: 1 });
    expect(getComputedStyle(name).backgroundColor).not.toBe("rgba(0, 0, 0, 0)");
});
