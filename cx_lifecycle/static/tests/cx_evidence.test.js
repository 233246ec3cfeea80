import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { click, press, queryAll, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { layOut } from "@cx_lifecycle/views/cx_evidence/evidence_scale";

const POINTS = [
    { id: 1, name: "Phone: Asks", satisfaction: 9, rated: 40, importance: 0.2, ratio: 1.2, shown: false, text: "No difference shown.", rank: 0 },
    { id: 2, name: "Phone: Complains", satisfaction: 3, rated: 50, importance: 0.8, ratio: 2.2, shown: true, text: "Precedes leaving.", rank: 1 },
    { id: 3, name: "Email: Reads", satisfaction: 7, rated: 31, importance: 0.4, ratio: 0.7, shown: true, text: "Goes with staying.", rank: 0 },
];
const FIGURES = {
    points: POINTS,
    mean: 6,
    middle: 0.4,
    unrated: 2,
    mend: [{ id: 2, rank: 1, sentence: "Phone: Complains: satisfaction 3.0 of 10" }],
    sentence: "One touchpoint to mend first:",
    measured_on: "2026-11-01",
    problem: false,
    waiting: false,
};

class Evidence extends models.Model {
    _name = "cx.evidence";

    name = fields.Char();

    _records = [{ id: 1, name: "Phone: Asks" }];
    _views = { list: `<list js_class="cx_evidence_chart"><field name="name"/></list>` };
}

defineMailModels();
defineModels([Evidence]);

let figures;
beforeEach(() => {
    figures = FIGURES;
    onRpc("cx.evidence", "figures", () => figures);
    mockService("action", {
        doAction(action) {
            expect.step(action);
        },
    });
});

const mount = (jsClass = "cx_evidence_chart") =>
    mountView({
        type: "list",
        resModel: "cx.evidence",
        arch: `<list js_class="${jsClass}"><field name="name"/></list>`,
    });

test("importance goes right, satisfaction up; the most important comes first", () => {
    const { points, meanY, middleX } = layOut(FIGURES);
    expect(points.map((point) => point.id)).toEqual([2, 3, 1]);
    const [complains, reads, asks] = points;
    expect(complains.x).toBe(94);
    expect(reads.x).toBe(middleX);
    expect(asks.x).toBeLessThan(reads.x);
    expect(asks.y).toBeLessThan(meanY);
    expect(complains.y).toBeGreaterThan(meanY);
    expect(layOut({ points: [], mean: null, middle: 0 }).points).toEqual([]);
});

test("points stand above the list that holds the same figures", async () => {
    await mount();
    expect(".o_cx_evidence_point").toHaveCount(3);
    expect(".o_data_row").toHaveCount(1);
    expect(queryAllTexts(".o_cx_evidence_point")).toEqual(["1", "", ""]);
    expect(".o_cx_evidence_point.o_cx_evidence_shown").toHaveCount(2);
    expect(".o_cx_evidence_note").toHaveText(/association.*Nov 1, 2026/);
    expect(".o_cx_evidence ol li").toHaveText(/Phone: Complains: satisfaction 3.0/);
    expect(".o_cx_evidence").toHaveText(/2 touchpoints have no ratings/);
    const label = queryOne(".o_cx_evidence_point").getAttribute("aria-label");
    expect(label).toBe(
        "To mend first, number 1: Phone: Complains. Satisfaction 3.0 (50 ratings). Precedes leaving."
    );
});

test("one stop for the tab key, arrows walk, enter opens the customers", async () => {
    onRpc("cx.evidence", "action_customers", ({ args }) => ({ customers: args[0] }));
    await mount();
    const points = queryAll(".o_cx_evidence_point");
    expect(points.map((point) => point.tabIndex)).toEqual([0, -1, -1]);
    points[0].focus();
    await animationFrame();
    expect(".o_cx_evidence_focus").toHaveText(/Phone: Complains/);
    await press("ArrowRight");
    await animationFrame();
    expect(document.activeElement).toBe(points[1]);
    expect(points.map((point) => point.tabIndex)).toEqual([-1, 0, -1]);
    await press("End");
    await animationFrame();
    expect(document.activeElement).toBe(points[2]);
    await press("ArrowRight");
    expect(document.activeElement).toBe(points[2]);
    await press("Home");
    await animationFrame();
    await press("Enter");
    await animationFrame();
    expect.verifySteps([{ customers: [2] }]);
});

test("mending begins from the sentence", async () => {
    onRpc("cx.evidence", "action_mend", ({ args }) => ({ mend: args[0] }));
    await mount();
    await click(".o_cx_evidence ol button");
    await animationFrame();
    expect.verifySteps([{ mend: [2] }]);
});

test("before anything is measured, and while it is", async () => {
    figures = { ...FIGURES, points: [], mend: [], unrated: 0, mean: null, measured_on: false, waiting: true };
    await mount();
    expect(".o_cx_evidence_point").toHaveCount(0);
    expect(".o_cx_evidence .alert-info").toHaveText(/being measured/);
});

test("signs have no chart, but say what went wrong", async () => {
    figures = { ...FIGURES, problem: "The past is too short" };
    await mount("cx_evidence_list");
    expect(".o_cx_evidence_point").toHaveCount(0);
    expect(".o_cx_evidence .alert-warning").toHaveText("The past is too short");
    expect(".o_cx_evidence_note").toHaveCount(1);
});
