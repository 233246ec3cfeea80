import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    makeServerError,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const MOVING = {
    id: 12,
    state: "done",
    progress: 100,
    problems: [],
    notes: [],
    customers: 20,
    moving: 9,
    stages: [
        { id: 4, code: "active", name: "Active" },
        { id: 5, code: "dormant", name: "Dormant" },
    ],
    cells: [{ from: 4, to: 5, count: 9, value_text: "900 €" }],
    headlines: [{ from: null, to: 5, count: 9, text: "9 customers become dormant." }],
    examples: [],
};
const STILL = { ...MOVING, moving: 0, headlines: [], cells: [] };

class Policy extends models.Model {
    _name = "cx.policy";

    name = fields.Char({ required: true });
    state = fields.Selection({ selection: [["draft", "Draft"], ["published", "Published"]] });
    edition = fields.Integer({ default: 1, readonly: true });
    floor_days = fields.Integer();
    segment_ids = fields.One2many({ relation: "cx.segment", relation_field: "policy_id" });

    _records = [
        { id: 1, name: "Shops", state: "draft", edition: 7, floor_days: 7, segment_ids: [3] },
        { id: 2, name: "Mills", state: "published", floor_days: 7 },
        { id: 3, name: "Mines", state: "draft", floor_days: 9 },
    ];
}

class Segment extends models.Model {
    _name = "cx.segment";

    name = fields.Char({ required: true });
    policy_id = fields.Many2one({ relation: "cx.policy" });

    _records = [{ id: 3, name: "Retail", policy_id: 1 }];
}

defineMailModels();
defineModels([Policy, Segment]);

/** Answers each simulation with the next of these; the last one serves for all that follow. */
function answerWith(...answers) {
    onRpc("cx.policy", "simulate", ({ args: [ids, changes] }) => {
        expect.step([ids, changes]);
        return answers.length > 1 ? answers.shift() : answers[0];
    });
}

function mountForm(resId = 1, params = {}) {
    return mountView({
        type: "form",
        resModel: "cx.policy",
        resId,
        arch: `<form js_class="cx_policy_form">
            <field name="name"/>
            <field name="floor_days"/>
            <field name="segment_ids"><list editable="bottom"><field name="name"/></list></field>
            <widget name="cx_simulation"/>
        </form>`,
        ...params,
    });
}

/** The pause after a change, and what comes of it. */
async function pause(milliseconds = 300) {
    await animationFrame();
    await advanceTime(milliseconds);
    await animationFrame();
}

const typeDays = (days) => contains(".o_field_widget[name=floor_days] input").edit(days);

describe("asking", () => {
    test("what is loaded is simulated as it stands, after a pause", async () => {
        answerWith(MOVING);
        await mountForm();
        expect(".o_cx_simulation").toHaveAttribute("role", "region");
        expect(".o_cx_simulation").toHaveAttribute("aria-label", "Simulation");
        expect(".o_cx_simulation_busy").toHaveCount(1);
        expect.verifySteps([]);
        await pause();
        expect.verifySteps([[[1], {}]]);
        expect(".o_cx_simulation_busy").toHaveCount(0);
        expect(".o_cx_simulation_answer").toHaveAttribute("aria-busy", "false");
    });

    test("changes in a row ask once, with all of them", async () => {
        answerWith(MOVING);
        await mountForm();
        await pause();
        expect.verifySteps([[[1], {}]]);
        await typeDays("10");
        await pause(200);
        await typeDays("14");
        await pause(200);
        await contains(".o_field_widget[name=name] input").edit("Shops of the north");
        await pause(200);
        expect.verifySteps([]);
        await pause();
        expect.verifySteps([[[1], { floor_days: 14, name: "Shops of the north" }]]);
    });

    test("a line changed, added or removed is a change", async () => {
        const asked = [];
        onRpc("cx.policy", "simulate", ({ args }) => {
            asked.push(args[1]);
            return MOVING;
        });
        await mountForm();
        await pause();
        await contains(".o_data_row .o_data_cell").click();
        await contains(".o_data_row [name=name] input").edit("Wholesale", { confirm: "blur" });
        await pause();
        const changed = [1, 3, { name: "Wholesale" }];
        expect(asked).toEqual([{}, { segment_ids: [changed] }]);
        await contains(".o_field_x2many_list_row_add a").click();
        await pause();
        expect(asked.at(-1)).toEqual(
            { segment_ids: [changed] },
            { message: "a blank line would not be saved" }
        );
        expect(".o_field_invalid").toHaveCount(0);
        await contains(".o_selected_row [name=name] input").edit("Export", { confirm: "blur" });
        await pause();
        const [, added] = asked.at(-1).segment_ids;
        expect([added[0], added[2]]).toEqual([0, { name: "Export" }]);
        await contains(".o_data_row:first .o_list_record_remove button").click();
        await pause();
        expect(asked.at(-1).segment_ids).toEqual([added, [2, 3]]);
    });

    test("what is half typed stays as it is", async () => {
        answerWith(MOVING);
        await mountForm();
        await pause();
        await typeDays("10");
        await contains(".o_field_widget[name=floor_days] input").edit("abc", { confirm: false });
        await pause();
        expect.verifySteps([
            [[1], {}],
            [[1], { floor_days: 10 }],
        ]);
        expect(".o_field_widget[name=floor_days] input").toHaveValue("abc");
        expect(".o_field_invalid").toHaveCount(0);
    });

    test("the last answer wins", async () => {
        const [first, second] = [new Deferred(), new Deferred()];
        answerWith(MOVING, first, second);
        await mountForm();
        await pause();
        await typeDays("10");
        await pause();
        await typeDays("14");
        await pause();
        expect.verifySteps([
            [[1], {}],
            [[1], { floor_days: 10 }],
            [[1], { floor_days: 14 }],
        ]);
        expect(".o_cx_simulation_answer").toHaveClass("opacity-50");
        expect(".o_cx_simulation_answer").toHaveAttribute("aria-busy", "true");
        expect(".o_cx_simulation_headlines li").toHaveCount(1, { message: "the former answer" });
        second.resolve(STILL);
        await animationFrame();
        expect(".o_cx_simulation_headlines").toHaveText("Nobody would move.");
        first.resolve(MOVING);
        await animationFrame();
        expect(".o_cx_simulation_headlines").toHaveText("Nobody would move.");
        expect(".o_cx_simulation_answer").not.toHaveClass("opacity-50");
    });

    test("what was asked before a change is not shown after it", async () => {
        const first = new Deferred();
        answerWith(first, STILL);
        await mountForm();
        await pause();
        await typeDays("10");
        first.resolve(MOVING);
        await animationFrame();
        expect(".o_cx_simulation_headlines li").toHaveCount(0);
        await pause();
        expect(".o_cx_simulation_headlines").toHaveText("Nobody would move.");
        expect.verifySteps([
            [[1], {}],
            [[1], { floor_days: 10 }],
        ]);
    });

    test("what is discarded or saved is simulated without changes", async () => {
        answerWith(MOVING);
        await mountForm();
        await typeDays("10");
        await pause();
        expect.verifySteps([[[1], { floor_days: 10 }]]);
        await contains(".o_form_button_cancel").click();
        await pause();
        expect.verifySteps([[[1], {}]]);
        await typeDays("11");
        await contains(".o_form_button_save").click();
        await pause();
        expect.verifySteps([[[1], {}]]);
    });

    test("the next policy is simulated, the former answer is gone", async () => {
        answerWith(MOVING);
        await mountForm(1, { resIds: [1, 3] });
        await pause();
        expect(".o_cx_simulation_matrix").toHaveCount(1);
        await contains(".o_pager_next").click();
        expect(".o_cx_simulation_matrix").toHaveCount(0);
        await pause();
        expect.verifySteps([
            [[1], {}],
            [[3], {}],
        ]);
    });

    test("a published policy is simulated once, as it stands", async () => {
        answerWith(MOVING);
        await mountForm(2);
        await pause();
        expect.verifySteps([[[2], {}]]);
        await typeDays("10");
        await pause();
        expect.verifySteps([]);
        expect(".o_cx_simulation_matrix").toHaveCount(1);
    });

    test("a policy that was never saved asks nothing, until it is", async () => {
        answerWith(MOVING);
        await mountForm(false, {
            context: { default_state: "draft" },
        });
        await contains(".o_field_widget[name=name] input").edit("Quarries");
        await pause();
        expect(".o_cx_simulation_unsaved").toHaveText("Save to see who would move.");
        expect(".o_cx_simulation_answer").toHaveCount(0);
        expect.verifySteps([]);
        await contains(".o_form_button_save").click();
        await pause();
        expect(".o_cx_simulation_unsaved").toHaveCount(0);
        expect.verifySteps([[[4], {}]]);
    });
});

describe("going wrong", () => {
    test("problems are shown, and nothing else", async () => {
        answerWith(MOVING, { ...MOVING, problems: ["Never dormant before: must not be 0."] }, STILL);
        await mountForm();
        await pause();
        await typeDays("0");
        await pause();
        expect(queryAllTexts(".o_cx_simulation_problems li")).toEqual([
            "Never dormant before: must not be 0.",
        ]);
        expect(".o_cx_simulation_problems").toHaveAttribute("role", "alert");
        expect(".o_cx_simulation_headlines").toHaveText("");
        expect(
            ".o_cx_simulation_notes, .o_cx_simulation_matrix, .o_cx_simulation_examples"
        ).toHaveCount(0);
        await typeDays("7");
        await pause();
        expect(".o_cx_simulation_problems").toHaveCount(0);
        expect(".o_cx_simulation_matrix").toHaveCount(1);
        expect.verifySteps([
            [[1], {}],
            [[1], { floor_days: 0 }],
            [[1], { floor_days: 7 }],
        ]);
    });

    test("a refusal of the server is a problem too, not a dialog", async () => {
        onRpc("cx.policy", "simulate", () => {
            throw makeServerError({ type: "ValidationError", message: "Out of range." });
        });
        await mountForm();
        await pause();
        expect(".o_cx_simulation_problems").toHaveText("Out of range.");
        expect(".o_dialog, .o_notification, .o_cx_simulation_failed").toHaveCount(0);
    });

    test("a failure is one line, and can be tried again", async () => {
        let isBroken = true;
        onRpc("cx.policy", "simulate", ({ args }) => {
            expect.step(args);
            if (isBroken) {
                throw makeServerError({ type: "AccessError" });
            }
            return MOVING;
        });
        await mountForm();
        await typeDays("10");
        await pause();
        expect(".o_cx_simulation_failed span").toHaveText("The simulation could not be made.");
        expect(".o_cx_simulation_failed").toHaveAttribute("role", "alert");
        expect(".o_dialog, .o_notification").toHaveCount(0);
        expect(".o_cx_simulation_busy").toHaveCount(0);
        isBroken = false;
        await click(".o_cx_simulation_failed button:contains(Retry)");
        await animationFrame();
        expect(".o_cx_simulation_failed").toHaveCount(0);
        expect(".o_cx_simulation_matrix").toHaveCount(1);
        expect.verifySteps([
            [[1], { floor_days: 10 }],
            [[1], { floor_days: 10 }],
        ]);
    });
});

describe("a long simulation", () => {
    const running = (progress) => ({ ...MOVING, id: 15, state: "running", progress });

    /** Answers each look with the next of these. */
    function lookAt(...answers) {
        onRpc("cx.simulation", "answer", ({ args }) => {
            expect.step(args);
            return answers.shift();
        });
    }

    test("is looked at every two seconds until it is done", async () => {
        answerWith(running(10));
        lookAt(running(60), { ...MOVING, id: 15 });
        await mountForm();
        await pause();
        expect.verifySteps([[[1], {}]]);
        expect("[role=progressbar]").toHaveAttribute("aria-valuenow", "10");
        expect("[role=progressbar]").toHaveAttribute("aria-valuemin", "0");
        expect("[role=progressbar]").toHaveAttribute("aria-valuemax", "100");
        expect(".o_cx_simulation_matrix").toHaveCount(0);
        await advanceTime(1900);
        expect.verifySteps([]);
        await pause(200);
        expect.verifySteps([[[15]]]);
        expect("[role=progressbar]").toHaveAttribute("aria-valuenow", "60");
        await pause(2000);
        expect.verifySteps([[[15]]]);
        expect("[role=progressbar], .o_cx_simulation_busy").toHaveCount(0);
        expect(".o_cx_simulation_matrix").toHaveCount(1);
        await pause(10000);
        expect.verifySteps([]);
    });

    test("is left alone once the policy changes", async () => {
        answerWith(running(10), STILL);
        lookAt();
        await mountForm();
        await pause();
        await typeDays("10");
        await pause(10000);
        expect.verifySteps([
            [[1], {}],
            [[1], { floor_days: 10 }],
        ]);
        expect("[role=progressbar]").toHaveCount(0);
        expect(".o_cx_simulation_headlines").toHaveText("Nobody would move.");
    });

    test("is left alone once the form is closed", async () => {
        answerWith(running(10));
        lookAt();
        const form = await mountForm();
        await pause();
        expect.verifySteps([[[1], {}]]);
        form.__owl__.app.destroy();
        await advanceTime(10000);
        expect.verifySteps([]);
    });

    test("that breaks can be tried again", async () => {
        answerWith(running(10), MOVING);
        onRpc("cx.simulation", "answer", () => {
            throw makeServerError({ type: "MissingError" });
        });
        await mountForm();
        await pause();
        await pause(2000);
        expect("[role=progressbar]").toHaveCount(0);
        await click(".o_cx_simulation_failed button");
        await animationFrame();
        expect(".o_cx_simulation_matrix").toHaveCount(1);
        expect.verifySteps([
            [[1], {}],
            [[1], {}],
        ]);
    });
});
