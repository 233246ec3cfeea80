import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { click, hover, press, queryAllTexts, queryFirst, select } from "@odoo/hoot-dom";
import { markup } from "@odoo/owl";
import { Deferred, advanceTime, animationFrame, mockDate, runAllTimers } from "@odoo/hoot-mock";
import {
    defineActions,
    defineModels,
    makeServerError,
    mockService,
    mountView,
    mountWebClient,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { redirect } from "@web/core/utils/urls";
import { Touchpoint, nothing, serveJourney, settled } from "./journey_helpers";

defineMailModels();
defineModels([Touchpoint]);
defineActions([
    {
        id: 1,
        name: "Journey Map",
        path: "journey-map",
        res_model: "cx.touchpoint",
        mobile_view_mode: "cx_journey",
        views: [[false, "cx_journey"]],
        search_view_id: [false, "search"],
    },
]);

beforeEach(() => mockDate("2026-03-11 12:00:00"));

const cells = ".o_cx_matrix_cell";
const texts = () => queryAllTexts(cells).map((text) => text.replace(/\s+/g, " "));

async function mountMap(options = {}) {
    const opened = [];
    mockService("action", { doAction: (action) => opened.push(action) });
    await mountView({ type: "cx_journey", resModel: "cx.touchpoint", ...options });
    await settled();
    return opened;
}

async function measure(name) {
    await click(`button[data-mode=${name}]`);
    await animationFrame();
}

test("bands, steps with their moments, channels, and a dash where nobody met", async () => {
    const calls = serveJourney();
    await mountMap();
    const asked = { domain: [], since: null, until: null };
    expect(calls).toEqual([
        { ...asked, blocks: ["contacts"] },
        { ...asked, blocks: ["left"] },
    ]);
    expect(queryAllTexts(".o_cx_matrix_bands th")).toEqual(["Before", "During", "After"]);
    expect(".o_cx_matrix_mark").toHaveCount(1);
    expect(".o_cx_matrix_mark").toHaveText("ZMOT");
    expect(".o_cx_matrix_mark").toHaveAttribute("title", "zmot is this.\nDo that.");
    expect(queryAllTexts("tbody th")).toEqual(["Phone", "Shop", "Website", "All"]);
    expect(texts()).toEqual([
        "–", "–", "3.9 1,204 contacts", "3.9 1,204 contacts",
        "–", "7.2 40 contacts", "–", "7.2 40 contacts",
        "? 9 contacts", "–", "–", "? 9 contacts",
        "? 9 contacts", "7.2 40 contacts", "3.9 1,204 contacts", "3.9 1,253 contacts",
    ]); // prettier-ignore
});

test("never colour alone: face, arrow, hatching, and all of it in words", async () => {
    serveJourney();
    await mountMap();
    expect(`${cells}:eq(2) .fa-frown-o`).toHaveCount(1);
    expect(`${cells}:eq(2) .fa-arrow-down`).toHaveCount(1);
    expect(`${cells}:eq(2)`).toHaveAttribute(
        "aria-label",
        "Phone, After-Sales: 3.9 of 10, 312 answers, falling, 1,204 contacts (bad)"
    );
    expect(`${cells}:eq(5)`).toHaveClass("o_cx_matrix_few");
    expect(`${cells}:eq(5)`).toHaveAttribute(
        "aria-label",
        "Shop, Purchase: 7.2 of 10, 3 answers, 40 contacts (few: to be read with care)"
    );
    expect(`${cells}:eq(8)`).toHaveAttribute(
        "aria-label",
        "Website, Search: satisfaction unknown, 9 contacts"
    );
    expect(`${cells}:eq(0)`).toHaveAttribute("aria-label", "Phone, Search: nothing");
});

test("how many, how late, and who left afterwards", async () => {
    serveJourney();
    const opened = await mountMap();
    await measure("volume");
    expect(texts().slice(0, 4)).toEqual(["–", "–", "1,204", "1,204"]);
    expect(`${cells}:eq(2) .fa-arrow-up`).toHaveCount(1);
    expect(`${cells}:eq(2)`).toHaveAttribute("style", "--cx-share: 1.000");
    await measure("delay");
    expect(texts().slice(2, 6)).toEqual([
        "20.3 h target 24 h: 88%", "20.3 h target 24 h: 88%", "–", "–",
    ]); // prettier-ignore
    expect(`${cells}:eq(2) .fa-smile-o`).toHaveCount(1);
    await click(`${cells}:eq(2)`);
    await measure("left");
    expect(texts()[2]).toBe("15% 30 of 200");
    expect(texts()[8]).toBe("0% 0 of 4");
    expect(`${cells}:eq(8)`).toHaveClass("o_cx_matrix_few");
    await click(`${cells}:eq(2)`);
    await click(`${cells}:eq(8)`);
    expect(opened.map(({ name }) => name)).toEqual([
        "Phone, After-Sales answered",
        "Phone, After-Sales left",
        "Website, Search followed",
    ]);
});

test("a number opens what it counts, by mouse and by key", async () => {
    serveJourney();
    const opened = await mountMap();
    await click(`${cells}:eq(2)`);
    queryFirst(`${cells}:eq(5)`).focus();
    await press("Enter");
    await click(`${cells}:eq(8)`);
    await click(`${cells}:eq(15)`);
    expect(opened.map(({ name }) => name)).toEqual([
        "Phone, After-Sales rated",
        "Shop, Purchase rated",
        "Website, Search volume",
        "Touchpoints rated",
    ]);
    expect(opened[0]).toMatchObject({ res_model: "cx.touchpoint", views: [[false, "list"]] });
});

test("the curve: a number for each step, and a line only between those that are known", async () => {
    serveJourney();
    const opened = await mountMap();
    expect(".o_cx_curve_step").toHaveCount(3);
    expect(queryAllTexts(".o_cx_curve_step").map((text) => text.replace(/\s+/g, " "))).toEqual([
        "–",
        "7.2(3 answers)",
        "3.9(312 answers)",
    ]);
    expect(".o_cx_curve_line").toHaveCount(2);
    expect(".o_cx_curve_point").toHaveCount(2);
    expect(".o_cx_curve_step:eq(1) polyline").toHaveAttribute("points", "50,19.4 100,27.3");
    expect(".o_cx_curve_step:eq(2) polyline").toHaveAttribute("points", "0,27.3 50,35.1");
    expect(".o_cx_curve_step:eq(0) svg").toHaveAttribute(
        "aria-label",
        "Search: satisfaction unknown"
    );
    expect(".o_cx_curve_step:eq(2) svg").toHaveAttribute(
        "aria-label",
        "After-Sales: 3.9 of 10, 312 answers"
    );
    await click(".o_cx_curve_step:eq(2) button");
    expect(opened[0].name).toBe("After-Sales rated");
});

test("a focused cell says all, and what the unhappiest said; it asks once", async () => {
    const calls = serveJourney();
    await mountMap();
    for (let turn = 0; turn < 2; turn++) {
        queryFirst(`${cells}:eq(2)`).focus();
        await advanceTime(400);
        await animationFrame();
        expect(".o_cx_journey_cell").toHaveCount(1);
        queryFirst(`${cells}:eq(2)`).blur();
        await settled();
        expect(".o_cx_journey_cell").toHaveCount(0);
    }
    expect(calls.slice(2)).toEqual([{ channel: 7, step: 3 }]);
    queryFirst(`${cells}:eq(2)`).focus();
    await advanceTime(400);
    await animationFrame();
    expect(queryAllTexts(".o_cx_journey_cell td")).toEqual([
        "1,204, rising",
        "3.9 of 10 (312 answers), falling",
        "20.3 h",
        "24 h; 88% within it",
        "15% (30 of 200)",
    ]);
    expect(".o_cx_journey_improvement").toHaveText("Call back (Running, Mitchell, 03/01/2026)");
    expect(".o_cx_journey_comment div").toHaveText("Nobody called back");
    expect(".o_cx_journey_comment footer").toHaveText("1.0 of 10, Azure Interior, 02/01/2026");
    expect(document.activeElement).toBe(queryFirst(`${cells}:eq(2)`));
});

test.tags("desktop");
test("pointing at a cell says it too; nobody is asked where nobody answered", async () => {
    const calls = serveJourney();
    await mountMap();
    await hover(`${cells}:eq(8)`);
    await advanceTime(400);
    await animationFrame();
    expect(queryAllTexts(".o_cx_journey_cell th")).toEqual(["Contacts", "Left afterwards"]);
    await hover(`${cells}:eq(0)`);
    await settled();
    expect(".o_cx_journey_cell").toHaveCount(0);
    expect(calls).toHaveLength(2);
});

test("the moments of truth are told", async () => {
    serveJourney();
    await mountMap();
    expect(".o_cx_journey_moments dt").toHaveCount(1);
    expect(queryFirst(".o_cx_journey_help").textContent).toBe("zmot is this.\nDo that.");
});

test("nothing at all: where touchpoints come from", async () => {
    serveJourney((answer, blocks) => (blocks.includes("left") ? answer : nothing()));
    const noContentHelp = markup`<p>Choose sources</p>`;
    const opened = await mountMap({ noContentHelp });
    expect(".o_cx_matrix").toHaveCount(0);
    expect(".o_view_nocontent").toHaveText("Choose sources");
    await click(".o_cx_journey_sources");
    expect(opened).toEqual(["cx_lifecycle.action_touchpoint_sources"]);
});

test("nothing found by a search says so; who may not choose sources has no button", async () => {
    serveJourney((answer, blocks) => (blocks.includes("left") ? answer : nothing()), []);
    await mountMap({ context: { search_default_late: 1 }, searchViewArch: Touchpoint._views.search });
    expect(".o_cx_journey_nobody").toHaveCount(1);
    expect(".o_view_nocontent").toHaveCount(0);
    expect(".o_cx_journey_sources").toHaveCount(0);
});

test("who left afterwards follows; when it breaks, the map stays", async () => {
    const answered = new Deferred();
    serveJourney(async (answer, blocks) => {
        if (blocks.includes("left")) {
            await answered;
            throw makeServerError({ message: "Too late." });
        }
        return answer;
    });
    await mountMap();
    expect(texts()[2]).toBe("3.9 1,204 contacts");
    expect(".o_cx_journey_loading").toHaveCount(1);
    await measure("left");
    expect(texts()[2]).toBe("–");
    answered.resolve();
    await settled();
    expect(".o_cx_journey_failed span").toHaveText("Too late.");
    expect(".o_cx_journey_loading").toHaveCount(0);
    expect(cells).toHaveCount(16);
});

test("what broke is said, and can be asked again", async () => {
    let isBroken = true;
    serveJourney((answer) => {
        if (isBroken) {
            throw makeServerError({ message: "Period: exchange its ends." });
        }
        return answer;
    });
    await mountMap();
    expect(".o_cx_journey_failed span").toHaveText("Period: exchange its ends.");
    isBroken = false;
    await click(".o_cx_journey_failed button");
    await settled();
    expect(".o_cx_journey_failed").toHaveCount(0);
    expect(cells).toHaveCount(16);
});

test("an answer to a question that was replaced is dropped", async () => {
    const slow = new Deferred();
    let turn = 0;
    serveJourney((answer) => (turn++ ? answer : slow.then(nothing)));
    await mountMap();
    expect(cells).toHaveCount(0);
    await click("select[aria-label=Period]");
    await select("this_year");
    await settled();
    expect(cells).toHaveCount(16);
    slow.resolve();
    await settled();
    expect(cells).toHaveCount(16);
});

const query = () => Object.fromEntries(new URL(browser.location.href).searchParams);

test("the address keeps period, measure and search, and restores them", async () => {
    const calls = serveJourney();
    const search = encodeURIComponent(`[("note", "ilike", "late")]`);
    redirect(`/odoo/journey-map?period=last_quarter&measure=left&search=${search}`);
    await mountWebClient();
    await settled();
    expect(calls[0]).toMatchObject({
        domain: [["note", "ilike", "late"]],
        since: "2025-10-01",
        until: "2025-12-31",
    });
    expect(`button[data-mode=left]`).toHaveClass("active");
    await measure("volume");
    await runAllTimers();
    expect(query()).toMatchObject({ period: "last_quarter", measure: "volume" });
    await measure("satisfaction");
    await runAllTimers();
    expect(query().measure).toBe(undefined);
    expect(query().search).toInclude("late");
});

test("an unknown measure in the address is none", async () => {
    serveJourney();
    redirect("/odoo/journey-map?measure=constructor");
    await mountWebClient();
    await settled();
    expect(`button[data-mode=satisfaction]`).toHaveClass("active");
});
