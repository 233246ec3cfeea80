import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { click, hover, press, queryAll, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame, runAllTimers } from "@odoo/hoot-mock";
import {
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

// 100 days; with the margin the axis has 102
const LATE = {
    customer_id: 12,
    today: "2026-04-11",
    first_day: "2026-01-01",
    older: 3,
    currency_id: 2,
    purchases: [
        { on: "2026-01-31", amount: 25 },
        { on: "2026-02-20", amount: 100 },
    ],
    usual: 20,
    expected: { on: "2026-03-22", from: "2026-03-12", to: "2026-04-01" },
    dormant_on: "2026-04-06",
    lost_on: false,
    label: "Two purchases, the last 50 days ago, late by 10 days",
};

function manyPurchases() {
    const start = Date.UTC(2024, 11, 1);
    return Array.from({ length: 500 }, (_, index) => ({
        on: new Date(start + index * 86400000).toISOString().slice(0, 10),
        amount: index,
    }));
}

class Customer extends models.Model {
    _name = "customer";

    rhythm = fields.Json();

    _records = [
        { id: 1, rhythm: LATE },
        { id: 2, rhythm: false },
        { id: 3, rhythm: { ...LATE, purchases: [], older: 0, expected: false, dormant_on: false } },
        {
            id: 4,
            rhythm: {
                ...LATE,
                purchases: [{ on: "2026-04-11", amount: 0 }],
                older: 0,
                expected: false,
                dormant_on: false,
                usual: false,
            },
        },
        {
            id: 5,
            rhythm: { ...LATE, today: "2026-11-21", first_day: "2024-11-21", purchases: manyPurchases() },
        },
        { id: 6, rhythm: { ...LATE, purchases: [] } },
    ];
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
        arch: `<form><field name="rhythm" widget="cx_rhythm" options="${options}"/></form>`,
    });
}

const percent = (days) => Math.round((days / 102) * 10000) / 100;
const numberOf = (selector, name) => parseFloat(queryOne(selector).getAttribute(name));

test("draws purchases in their places, with areas like their amounts", async () => {
    await mountForm(1);
    const dots = queryAll(".o_cx_rhythm_dot");
    expect(dots.map((dot) => parseFloat(dot.getAttribute("cx")))).toEqual([percent(30), percent(50)]);
    const [small, large] = dots.map((dot) => parseFloat(dot.getAttribute("r")));
    expect(large / small).toBe(2);
});

test("is as wide as its column and drawn where the scale says", async () => {
    await mountForm(1);
    const svg = queryOne(".o_cx_rhythm svg").getBoundingClientRect();
    expect(svg.width).toBeGreaterThan(queryOne(".o_field_cx_rhythm").clientWidth * 0.8);
    const dot = queryOne(".o_cx_rhythm_dot:first").getBoundingClientRect();
    const middle = (dot.left + dot.right) / 2 - svg.left;
    expect(middle).toBeCloseTo((svg.width * percent(30)) / 100, { margin: 1 });
});

test("shades the silence, hatches what is late, marks what is expected and the limit", async () => {
    await mountForm(1);
    expect(numberOf(".o_cx_rhythm_silence", "x")).toBe(percent(50));
    expect(numberOf(".o_cx_rhythm_expected", "x")).toBe(percent(70));
    expect(numberOf(".o_cx_rhythm_expected_day", "x1")).toBe(percent(80));
    expect(numberOf(".o_cx_rhythm_late", "x")).toBe(percent(90));
    expect(numberOf(".o_cx_rhythm_limit", "x1")).toBe(percent(95));
    expect(numberOf(".o_cx_rhythm_today", "x1")).toBe(percent(100));
    const pattern = queryOne(".o_cx_rhythm pattern").id;
    expect(".o_cx_rhythm_late").toHaveAttribute("fill", "url(#" + pattern + ")");
    expect(".o_cx_rhythm_lost").toHaveCount(0);
});

test("the silence is really painted", async () => {
    await mountForm(1);
    const { fill } = getComputedStyle(queryOne(".o_cx_rhythm_silence"));
    expect(fill).not.toBe("none");
    const { display, width } = getComputedStyle(queryOne(".o_field_cx_rhythm"));
    expect(display).toBe("block");
    expect(parseFloat(width)).toBeGreaterThan(200, { message: "whatever the view says" });
});

test("says in words what it draws", async () => {
    await mountForm(1);
    expect(".o_cx_rhythm [role=img]").toHaveAttribute("aria-label", LATE.label);
    expect(queryAllTexts(".o_cx_rhythm_legend li")).toEqual([
        "Usually every 20 days",
        "Purchase",
        "Silence",
        "Expected next purchase: Mar 12, 2026 to Apr 1, 2026",
        "Late",
        "Dormant on Apr 6, 2026",
        "Today",
    ]);
    expect("text.o_cx_rhythm_older_text").toHaveText("+3 earlier");
    expect(".o_cx_rhythm_older").toHaveCount(1);
    expect(queryAllTexts(".o_cx_rhythm_tick:not(.o_cx_rhythm_older_text)")).toEqual([
        "2026",
        "Feb",
        "Mar",
        "Apr",
    ]);
});

test.tags("desktop");
test("hovering a dot tells its date and amount", async () => {
    await mountForm(1);
    await hover(".o_cx_rhythm_dot:first");
    await runAllTimers();
    await animationFrame();
    expect(".o-tooltip").toHaveText("Jan 31, 2026 · 25.00 €");
});

test("a dot opens the purchases of its day", async () => {
    onRpc("cx.customer", "action_purchase_day", ({ args }) => {
        expect.step(args);
        return { type: "ir.actions.act_window", name: "Purchases" };
    });
    await mountForm(1);
    await click(".o_cx_rhythm_dot:last");
    await animationFrame();
    expect.verifySteps([
        [[12], "2026-02-20"],
        { type: "ir.actions.act_window", name: "Purchases" },
    ]);
});

test("the keyboard walks over the dots and opens one", async () => {
    onRpc("cx.customer", "action_purchase_day", ({ args }) => {
        expect.step(args[1]);
        return false;
    });
    await mountForm(1);
    expect(".o_cx_rhythm_dot[tabindex='0']").toHaveCount(1);
    queryOne(".o_cx_rhythm_dot[tabindex='0']").focus();
    await animationFrame();
    expect(".o_cx_rhythm_dot:last").toBeFocused();
    expect(".o_cx_rhythm_dot:last").toHaveAttribute("aria-label", "Feb 20, 2026 · 100.00\u00a0€");
    expect(".o_cx_rhythm_bubble").toHaveText("Feb 20, 2026 · 100.00 €");
    await press("ArrowLeft");
    await animationFrame();
    expect(".o_cx_rhythm_dot:first").toBeFocused();
    expect(".o_cx_rhythm_dot:first").toHaveAttribute("tabindex", "0");
    expect(".o_cx_rhythm_bubble").toHaveText("Jan 31, 2026 · 25.00 €");
    await press("ArrowLeft");
    expect(".o_cx_rhythm_dot:first").toBeFocused();
    await press("Enter");
    await animationFrame();
    expect.verifySteps(["2026-01-31"]);
    await press("End");
    await press(" ");
    await animationFrame();
    expect.verifySteps(["2026-02-20"]);
});

test("draws nothing without a purchase", async () => {
    await mountForm(3);
    expect(".o_field_cx_rhythm").toHaveCount(1);
    expect(".o_cx_rhythm").toHaveCount(0);
});

test("draws nothing without a value", async () => {
    await mountForm(2);
    expect(".o_cx_rhythm").toHaveCount(0);
});

test("one free purchase today: a dot, no silence, nothing expected", async () => {
    await mountForm(4);
    expect(".o_cx_rhythm_dot").toHaveCount(1);
    expect(".o_cx_rhythm_dot").toHaveAttribute("r", "3");
    expect(".o_cx_rhythm_dot").toHaveAttribute("aria-label", "Apr 11, 2026 · 0.00\u00a0€");
    expect(".o_cx_rhythm_silence").toHaveCount(0);
    expect(".o_cx_rhythm_expected_day").toHaveCount(0);
    expect(".o_cx_rhythm_older").toHaveCount(0);
    expect(queryAllTexts(".o_cx_rhythm_legend li")).toEqual(["Purchase", "Today"]);
});

test("only purchases before the first day: all silence", async () => {
    await mountForm(6);
    expect(".o_cx_rhythm_dot").toHaveCount(0);
    expect(".o_cx_rhythm_older").toHaveCount(1);
    expect(numberOf(".o_cx_rhythm_silence", "x")).toBe(0);
});

test("500 purchases: all drawn, one stop for the tab key", async () => {
    await mountForm(5);
    expect(".o_cx_rhythm_dot").toHaveCount(500);
    expect(".o_cx_rhythm_dot:first").toHaveAttribute("r", "1.5", { message: "a point in a crowd" });
    expect(".o_cx_rhythm_dot[tabindex='0']").toHaveCount(1);
    const places = queryAll(".o_cx_rhythm_dot").map((dot) => parseFloat(dot.getAttribute("cx")));
    expect(Math.min(...places)).toBeWithin(0, 100);
    expect(Math.max(...places)).toBeWithin(0, 100);
});

test("compact: a crowd is thinned out, so that a long list stays quick", async () => {
    await mountForm(5, "{'compact': True}");
    expect(queryAll(".o_cx_rhythm_dot").length).toBeWithin(50, 200);
});

test("compact: low, silent, and the card below takes the click", async () => {
    await mountView({
        type: "kanban",
        resModel: "customer",
        domain: [["id", "in", [1, 2]]],
        arch: `<kanban><templates><t t-name="card">
            <field name="rhythm" widget="cx_rhythm" options="{'compact': True}"/>
        </t></templates></kanban>`,
        selectRecord: () => expect.step("card opened"),
    });
    expect(".o_cx_rhythm").toHaveCount(1, { message: "none for the empty one" });
    expect(".o_cx_rhythm svg").toHaveAttribute("height", "24");
    expect(".o_cx_rhythm_dot").toHaveCount(2);
    expect(".o_cx_rhythm [tabindex], .o_cx_rhythm text, .o_cx_rhythm_legend").toHaveCount(0);
    expect(".o_cx_rhythm_late").toHaveCount(1);
    expect(".o_cx_rhythm [role=img]").toHaveAttribute("aria-label", LATE.label);
    expect(".o_cx_rhythm").toHaveAttribute("data-tooltip", LATE.label);
    await click(".o_cx_rhythm_dot:first");
    await animationFrame();
    expect.verifySteps(["card opened"]);
});
