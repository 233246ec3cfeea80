import { layOutBars } from "@cx_lifecycle_mail/widgets/cx_forecast/bars";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const FIGURES = {
    totals: [
        { code: "enter", label: "Enter now", count: 1204, level: 0 },
        { code: "excluded", label: "Do not enter", count: 7, level: 0 },
        { code: "excluded blacklisted", label: "On the block list", count: 7, level: 1 },
        { code: "call", label: "Activities", count: 0, level: 0 },
    ],
    days: [
        { day: "2026-11-22", label: "Sun 22 Nov", mail: 0, call: 0 },
        { day: "2026-11-23", label: "Mon 23 Nov", mail: 30, call: 10 },
    ],
    steps: [{ id: 4, name: "First", when: "on entry", done: 30, skipped: 2, waiting: 0 }],
    reps: [
        {
            id: 9,
            name: "Rita",
            count: 10,
            most: 6,
            day: "2026-11-23",
            label: "Mon 23 Nov",
            capacity: 5,
            over: 1,
        },
    ],
    not_done: [{ code: "act capped", label: "Too many messages", count: 2 }],
    notes: ["Nobody reacts."],
};
const PAST = {
    within: 30,
    met: 312,
    bought: 41,
    months: [{ code: "2026-03-01", label: "March 2026", met: 312, bought: 41 }],
    notes: ["As of today."],
};

class Forecast extends models.Model {
    _name = "cx.campaign.forecast";

    figures = fields.Json();

    _records = [{ id: 1, figures: FIGURES }];
}

class Replay extends models.Model {
    _name = "cx.campaign.replay";

    figures = fields.Json();

    _records = [{ id: 2, figures: PAST }];
}

defineMailModels();
defineModels([Forecast, Replay]);
describe.current.tags("headless");

function open(resModel, resId, widget) {
    onRpc(resModel, "action_lines", ({ args }) => {
        expect.step(args);
        return { type: "list" };
    });
    mockService("action", { doAction: (action) => expect.step(action.type) });
    return mountView({
        type: "form",
        resModel,
        resId,
        arch: `<form><field name="figures" invisible="1"/><widget name="${widget}"/></form>`,
    });
}

test("every number opens the list it counts, and 0 opens none", async () => {
    await open("cx.campaign.forecast", 1, "cx_forecast");
    for (const code of ["enter", "excluded blacklisted", "mail 2026-11-23", "rep 9 2026-11-23"]) {
        await contains(`[data-code='${code}']`).click();
        expect.verifySteps([[[1], code], "list"]);
    }
    expect("[data-code='enter']").toHaveText("1,204");
    expect("[data-code='enter']").toHaveAttribute("aria-label", "Enter now: 1,204. Show them.");
    expect("[data-code='call']").toHaveCount(0);
    expect("[data-code='step 4 waiting']").toHaveCount(0);
});

test("what was assumed stands above, and who has too much is told in words", async () => {
    await open("cx.campaign.forecast", 1, "cx_forecast");
    expect("[role=note] li").toHaveText("Nobody reacts.");
    expect(".o_cx_forecast td:contains(Above 5 a day on 1 days)").toHaveCount(1);
});

test("the drawing tells in words what it shows", async () => {
    await open("cx.campaign.forecast", 1, "cx_forecast");
    expect("svg[role=img]").toHaveAttribute(
        "aria-label",
        "Messages and activities per day, 40 at most. The same as a table below."
    );
    expect("rect").toHaveCount(2);
    expect("rect:first title").toHaveText("Mon 23 Nov: 30 messages, 10 activities");
});

test("bars stand on each other, the highest as high as the drawing", () => {
    const { most, bars, width } = layOutBars(FIGURES.days);
    expect(most).toBe(40);
    expect(width).toBe(28);
    expect(bars.map(({ kind, y, height }) => [kind, y, height])).toEqual([
        ["mail", 30, 90],
        ["call", 0, 30],
    ]);
    expect(layOutBars([]).bars).toEqual([]);
});

test("the past: months and their lists", async () => {
    await open("cx.campaign.replay", 2, "cx_replay");
    expect(".o_cx_replay_headline").toHaveText(
        "Would have met: 312. Bought within 30 days anyway: 41."
    );
    expect("tbody tr:first th[scope=row]").toHaveText("March 2026");
    expect(queryAllTexts("tbody tr:first td")).toEqual(["312", "41", "13 %"]);
    await contains("[data-code='bought 2026-03-01']").click();
    expect.verifySteps([[[2], "bought", "2026-03-01"], "list"]);
    await contains("[data-code='met']").click();
    expect.verifySteps([[[2], "met"], "list"]);
});
