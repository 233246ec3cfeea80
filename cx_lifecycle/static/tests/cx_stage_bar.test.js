import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { click, press, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

const DAY = 24 * 60 * 60;
const HELD = { until: "2027-01-31", by: "Mitchell", reason: "Buys every winter" };

class Stage extends models.Model {
    _name = "stage";

    name = fields.Char();
    fold = fields.Boolean();

    _records = [
        { id: 1, name: "Prospect" },
        { id: 2, name: "Active" },
        { id: 3, name: "Dormant" },
        { id: 4, name: "Lost", fold: true },
    ];
}

class Customer extends models.Model {
    _name = "customer";

    stage_id = fields.Many2one({ relation: "stage" });
    cx_stage_durations = fields.Json();
    cx_why = fields.Json();

    _records = [
        {
            id: 1,
            stage_id: 3,
            cx_stage_durations: { 1: 3 * DAY, 2: 40 * DAY, 3: 5 * DAY },
            cx_why: { alert: "quiet", held: HELD },
        },
        { id: 2, stage_id: 3, cx_stage_durations: false, cx_why: false },
        { id: 3, stage_id: 3, cx_stage_durations: { 3: 0 }, cx_why: { alert: "ok", held: false } },
        { id: 4, stage_id: false },
    ];
}

defineMailModels();
defineModels([Stage, Customer]);

function mountBar(resId, options = "{}") {
    return mountView({
        type: "form",
        resModel: "customer",
        resId,
        arch: `<form><header><field name="stage_id" widget="cx_stage_bar" options="${options}"/></header></form>`,
    });
}

describe("on a wide screen", () => {
    describe.current.tags("desktop");

    test("shows the time spent in each stage", async () => {
        await mountBar(1);
        // drawn from right to left
        expect(queryAllTexts(".o_arrow_button:not(.d-none)")).toEqual([
            "Lost",
            "Dormant5dheld until Jan 31, 2027",
            "Active1M",
            "Prospect3d",
        ]);
        expect(".o_arrow_button[data-value='1'] span[title='3 days']").toHaveCount(1);
    });

    test("never moves a stage", async () => {
        onRpc("customer", "web_save", () => expect.step("saved"));
        await mountBar(1, "{'clickable': True}");
        expect(".o_arrow_button_current").toHaveAttribute("data-value", "3");
        expect(".o_arrow_button[role=radio]:not(:disabled)").toHaveCount(0);
        await press(["alt", "shift", "x"]);
        await animationFrame();
        expect(".o_command_palette").toHaveCount(0);
        await click(".o_arrow_button[data-value='1']");
        await animationFrame();
        expect(".o_arrow_button_current").toHaveAttribute("data-value", "3");
        expect.verifySteps([]);
    });

    test("folded stages can be read, not chosen", async () => {
        onRpc("customer", "web_save", () => expect.step("saved"));
        await mountBar(1, "{'fold_field': 'fold'}");
        expect(".o_arrow_button[role=radio]:contains(Lost)").toHaveCount(0);
        await click(".o_arrow_button.dropdown-toggle:visible:first");
        await animationFrame();
        expect(".o-dropdown-item").toHaveText("Lost");
        await click(".o-dropdown-item");
        await animationFrame();
        expect(".o_arrow_button_current").toHaveAttribute("data-value", "3");
        expect.verifySteps([]);
    });

    test("a held stage says until when, by whom and why", async () => {
        await mountBar(1);
        expect(".o_cx_held:visible").toHaveCount(1);
        expect(".o_arrow_button_current .o_cx_held").toHaveText("held until Jan 31, 2027");
        expect(".o_arrow_button_current .o_cx_held .fa-lock").toHaveCount(1);
        expect(".o_arrow_button_current .o_cx_held").toHaveAttribute(
            "title",
            "Held by Mitchell · Buys every winter"
        );
    });

    test("no badge and no time without facts", async () => {
        await mountBar(2);
        expect(queryAllTexts("[role=radio]")).toEqual(["Lost", "Dormant", "Active", "Prospect"]);
        expect(".o_cx_held").toHaveCount(0);
    });

    test("no badge when not held, no time when it is zero", async () => {
        await mountBar(3);
        expect(".o_cx_held").toHaveCount(0);
        expect(".o_arrow_button_current").toHaveText("Dormant");
    });

    test("works without a stage", async () => {
        await mountBar(4);
        expect(".o_arrow_button_current").toHaveCount(0);
        expect("[role=radio]").toHaveCount(4);
    });
});

describe("on a phone", () => {
    describe.current.tags("mobile");

    test("folds to the current stage, with its time and its badge", async () => {
        await mountBar(1);
        expect("[role=radio]:visible").toHaveCount(0);
        expect(".o_statusbar_status button:visible").toHaveCount(1);
        expect(".o_statusbar_status button:visible").toHaveText("Dormant5dheld until Jan 31, 2027");
    });

    test("the fold opens to read every stage", async () => {
        await mountBar(1);
        await click(".o_statusbar_status button:visible");
        await animationFrame();
        expect(queryAllTexts(".o-dropdown-item")).toEqual([
            "Prospect3d",
            "Active1M",
            "Dormant5d",
            "Lost",
        ]);
        expect(".o-dropdown-item:not(.disabled)").toHaveCount(0);
    });
});
