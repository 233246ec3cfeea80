import { layOutCurve } from "@cx_lifecycle_mail/widgets/cx_result/curve";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const interval = (value, low, high) => ({ value, low, high });
const GAINED = {
    currency_id: 1,
    days: 90,
    cap: 500,
    measured: "2026-11-22 04:10:00",
    problem: false,
    verdict: "gained",
    sentence: "Gained: each customer treated bought for $ 12.50 more.",
    arms: [
        { arm: "treated", name: "Treated", number: 900, buyers: 300, share: 1 / 3, purchases: 27000, margin: false, mean: 30 },
        { arm: "held_out", name: "Held out", number: 100, buyers: 25, share: 0.25, purchases: 1750, margin: false, mean: 17.5 },
    ],
    open: { number: 40, first: "2026-12-01" },
    curve: { treated: [1, 5, 30], held_out: [0, 2, 17.5] },
    groups: [
        {
            group: "stage_id",
            value: 5,
            name: "Dormant",
            arms: [
                { number: 800, buyers: 280 },
                { number: 90, buyers: 22 },
            ],
            shares: interval(0.1, 0.01, 0.19),
            amounts: null,
        },
    ],
    shares: interval(0.0833, 0.001, 0.16),
    amounts: interval(12.5, 3, 22),
    gain: interval(11250, 2700, 19800),
    costs: { messages: 900, calls: 30, fixed: 100, message: 90, call: 310, total: 500 },
    discounts: 75,
    margin_share: 0.4,
    margin_source: "settings",
    returned: interval(8, 1.16, 14.84),
    attribution: [
        { code: "window", number: 300, amount: 27000 },
        { code: "last", number: 120, amount: 9000 },
        { code: "link", number: 0, amount: 0 },
    ],
};
const NOBODY = {
    ...GAINED,
    cap: 0,
    verdict: "nobody",
    sentence: "Nobody is held out.",
    measured: false,
    open: { number: 0, first: false },
    curve: {},
    groups: [],
    shares: null,
    amounts: null,
    gain: null,
    returned: null,
    discounts: null,
    margin_share: null,
    margin_source: false,
    costs: { messages: 0, calls: 0, fixed: 0, message: 0, call: 0, total: 0 },
};

class Campaign extends models.Model {
    _name = "cx.campaign";

    _records = [{ id: 1 }];
}

defineMailModels();
defineModels([Campaign]);
describe.current.tags("headless");

function open(answer) {
    onRpc("cx.campaign", "result", () => {
        if (!answer) {
            throw new Error("too slow");
        }
        return answer;
    });
    onRpc("cx.campaign", "action_result", ({ args }) => {
        expect.step(args);
        return { type: "list" };
    });
    mockService("action", { doAction: (action) => expect.step(action.type) });
    return mountView({
        type: "form",
        resModel: "cx.campaign",
        resId: 1,
        arch: `<form><widget name="cx_result"/></form>`,
    });
}

test("the verdict comes first, in words", async () => {
    await open(GAINED);
    await animationFrame();
    expect(".o_cx_result_verdict.alert-success[data-verdict='gained']").toHaveText(
        /Gained: each customer treated bought for \$ 12.50 more/
    );
    expect(".o_cx_result_verdict").toHaveText(/90 days after it, up to .*500.00.* each/);
});

test("each difference stands with its interval", async () => {
    await open(GAINED);
    await animationFrame();
    expect(".o_cx_result_difference").toHaveText(/\+8.3 %\s+\+0.1 % to \+16.0 %/);
    expect(".o_cx_result_difference").toHaveText(/12.50\s.*3.00.* to .*22.00/);
    expect(".o_cx_result_return").toHaveText(/\+800.0 %\s+\+116.0 % to \+1,484.0 %/);
});

test("every number opens the list it counts, and 0 opens none", async () => {
    await open(GAINED);
    await animationFrame();
    for (const [code, words] of [
        ["participants treated", ["participants", "treated", null]],
        ["buyers held_out", ["buyers", "held_out", null]],
        ["open", ["open", null, null]], // in a sentence
        ["stage_id held_out 5", ["stage_id", "held_out", 5]],
        ["last", ["last", null, null]],
    ]) {
        await contains(`[data-code='${code}']`).click();
        expect.verifySteps([[[1], ...words], "list"]);
    }
    expect("[data-code='link']").toHaveCount(0);
    expect("[data-code='open']").toHaveText("40 more are not counted yet: their window is not over.");
    expect("[data-code='window']").toHaveAttribute("aria-label", "By the window: 300. Show them.");
});

test("where nothing is known it says so, and how to know", async () => {
    await open(NOBODY);
    await animationFrame();
    expect(".o_cx_result_verdict.alert-warning").toHaveText(/Nobody is held out/);
    expect(".o_cx_result_difference").toHaveCount(0);
    expect(".o_cx_result_curve").toHaveCount(0);
    expect(".o_cx_result_return").toHaveCount(0);
    expect(".o_cx_result").toHaveText(/No margin is known/);
    expect(".o_cx_result").toHaveText(/No cost is known/);
    expect(".o_cx_result").toHaveText(/Not added up yet/);
});

test("what fails can be tried again", async () => {
    await open(false);
    await animationFrame();
    expect(".alert-danger").toHaveText(/could not be worked out/);
    onRpc("cx.campaign", "result", () => GAINED);
    await contains(".alert-danger button").click();
    await animationFrame();
    expect(".o_cx_result_verdict").toHaveCount(1);
    expect(".alert-danger").toHaveCount(0);
});

test("adding up asks for the result once more", async () => {
    onRpc("cx.campaign", "action_measure", ({ args }) => {
        expect.step(args);
        return true;
    });
    await open(NOBODY);
    await animationFrame();
    onRpc("cx.campaign", "result", () => GAINED);
    await contains("button:contains(Add Up Now)").click();
    await animationFrame();
    expect.verifySteps([[[1]]]);
    expect(".o_cx_result_verdict.alert-success").toHaveCount(1);
});

test("the curve is drawn to one scale, from nothing on the day of entry", () => {
    const { days, most, zero, lines } = layOutCurve({ treated: [10, 20], held_out: [0, -20] });
    expect({ days, most, zero }).toEqual({ days: 2, most: 20, zero: 60 });
    expect(lines.map(({ points }) => points)).toEqual(["0,60 180,30 360,0", "0,60 180,60 360,120"]);
    expect(layOutCurve({})).toEqual({ days: 1, most: 0, least: 0, zero: 120, lines: [] });
});
