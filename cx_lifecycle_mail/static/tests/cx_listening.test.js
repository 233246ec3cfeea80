import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { click, queryAllTexts, select } from "@odoo/hoot-dom";
import { animationFrame, mockDate, runAllTimers } from "@odoo/hoot-mock";
import {
    defineModels,
    fields,
    makeServerError,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Customer extends models.Model {
    _name = "cx.customer";
    name = fields.Char();
    _records = [{ id: 1, name: "Azure Interior" }];
    _views = { cx_listening: `<cx_listening/>`, search: `<search/>` };
}

defineMailModels();
defineModels([Customer]);

const list = (name) => ({ model: "cx.answer", domain: [["measure", "=", name]], name });

/** Seven answers of one measure, or none. */
function measure(name, change = {}) {
    return {
        measure: name,
        name: `Measure ${name}`,
        about: "What it is.",
        answers: 7,
        score: 42,
        text: "+42",
        range_text: "+10 to +70",
        change: -8,
        change_text: "−8",
        before: { answers: 4, score: 50, text: "+50" },
        distribution: [
            { value: 1, count: 1, share: 1 / 7, band: "bad", list: list(`${name} 1`) },
            { value: 2, count: 0, share: 0, band: "between", list: list(`${name} 2`) },
            { value: 3, count: 6, share: 6 / 7, band: "good", list: list(`${name} 3`) },
        ],
        bands: [
            { band: "bad", label: "Detractors", count: 1, share: 1 / 7, list: list(`${name} bad`) },
            { band: "between", label: "Passives", count: 0, share: 0, list: list(`${name} so`) },
            { band: "good", label: "Promoters", count: 6, share: 6 / 7, list: list(`${name} good`) },
        ],
        months: [
            { month: "2026-02-01", label: "Feb 2026", answers: 6, text: "+60", range_text: "x", list: list("Feb") },
            { month: "2026-03-01", label: "Mar 2026", answers: 1, text: "−100", range_text: false, list: list("Mar") },
        ],
        list: list(name),
        sent: 20,
        answered: 7,
        share: 0.35,
        sent_list: list("sent"),
        answered_list: list("answered"),
        ...change,
    };
}

const silent = (name) =>
    measure(name, { answers: 0, text: false, change_text: false, months: [], sent: 0, share: null });

async function shown(measures, marketer = true) {
    const opened = [];
    const asked = [];
    mockService("action", { doAction: (action) => opened.push(action) });
    onRpc("res.users", "has_group", () => marketer);
    onRpc("cx.listening", "figures", ({ args }) => {
        asked.push(args);
        if (measures instanceof Error) {
            throw measures;
        }
        return { since: "2026-01-01", until: "2026-03-11", today: "2026-03-11", company: "Acme", measures };
    });
    await mountView({ type: "cx_listening", resModel: "cx.customer" });
    await settled();
    return { opened, asked };
}

async function settled() {
    await runAllTimers();
    await animationFrame();
}

beforeEach(() => mockDate("2026-03-11 12:00:00"));

test("score, interval, change and invitations are said in words", async () => {
    await shown([measure("nps")]);
    expect(".o_cx_measure_score").toHaveText("+42");
    expect(".o_cx_measure_range").toHaveText("+10 to +70 (95 %)");
    expect(".o_cx_measure_change").toHaveText("−8 against +50 before");
    expect(".o_cx_measure_change .oi-arrow-down").toHaveCount(1);
    expect(".o_cx_measure_sent").toHaveText(/20 invitations, *7 answered *\(35%\)/);
    const bands = queryAllTexts(".o_cx_measure_bands li").map((text) => text.replace(/\s+/g, " "));
    expect(bands).toEqual([
        "Detractors 1 (14%)",
        "Passives 0 (0%)",
        "Promoters 6 (86%)",
    ]);
    expect(queryAllTexts(".o_cx_measure_months tbody tr th")).toEqual(["Feb 2026", "Mar 2026"]);
});

test("every number opens its list; a bar of nobody does not", async () => {
    const { opened } = await shown([measure("nps")]);
    await click(".o_cx_measure_score");
    await click(".o_cx_measure_sent button:last-of-type");
    await click(".o_cx_measure_bars li:last-child button");
    await click(".o_cx_measure_bands li:last-child button");
    await click(".o_cx_measure_months tbody tr:first-child button");
    expect(opened.map((action) => action.name)).toEqual(["nps", "answered", "nps 3", "nps good", "Feb"]);
    expect(opened[0].res_model).toBe("cx.answer");
    expect(".o_cx_measure_bars li:nth-child(2) button").not.toBeEnabled();
    expect(".o_cx_measure_bars li:first-child button").toHaveAttribute(
        "aria-label",
        "1 (Detractors): 1 answers"
    );
});

test("nobody was asked: the marketer is led to the templates, others are told", async () => {
    const { opened } = await shown([silent("nps"), silent("csat")]);
    expect(".o_cx_measure_none").toHaveCount(2);
    await click(".o_cx_listening_silent button");
    expect(opened).toEqual(["cx_lifecycle_mail.action_campaign_presets"]);
});

test("a rep is not led to what reps may not do", async () => {
    await shown([silent("nps")], false);
    expect(".o_cx_listening_silent").toHaveCount(1);
    expect(".o_cx_listening_silent button").toHaveCount(0);
});

test("another period is asked for", async () => {
    const { asked } = await shown([measure("nps")]);
    expect(asked).toEqual([[[], null, null]]);
    await select("this_month", { target: "select[aria-label=Period]" });
    await settled();
    expect(asked[1]).toEqual([[], "2026-03-01", "2026-03-31"]);
});

test("a refusal is told, and can be tried again", async () => {
    const { asked } = await shown(
        makeServerError({ type: "UserError", message: "Period: too long" })
    );
    expect("[role=alert]").toHaveText(/Period: too long/);
    await click("[role=alert] button");
    await settled();
    expect(asked).toHaveLength(2);
});
