import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    makeServerError,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const LINES = [
    { code: "audience", label: "Audience", count: 1610 },
    { code: "blacklisted", label: "On the block list", count: 386 },
    { code: "enter", label: "Will enter", count: 1224 },
    { code: "held_out", label: "of them held out", count: 20 },
    { code: "treated", label: "of them treated", count: 1204 },
];

class Campaign extends models.Model {
    _name = "cx.campaign";

    name = fields.Char();
    domain = fields.Char({ default: "[]" });
    step_ids = fields.One2many({ relation: "cx.campaign.step", relation_field: "campaign_id" });

    _records = [{ id: 1, name: "Wake", domain: "[]" }];
}

class Step extends models.Model {
    _name = "cx.campaign.step";

    name = fields.Char();
    campaign_id = fields.Many2one({ relation: "cx.campaign" });
}

class Launch extends models.Model {
    _name = "cx.campaign.launch";

    campaign_id = fields.Many2one({ relation: "cx.campaign" });

    _records = [{ id: 5, campaign_id: 1 }];
}

defineMailModels();
defineModels([Campaign, Step, Launch]);
describe.current.tags("headless");

function answerWith(...answers) {
    onRpc("cx.campaign", "audience_now", ({ args: [ids, changes] }) => {
        expect.step([ids, changes]);
        return answers.length > 1 ? answers.shift() : answers[0];
    });
}

function mountForm(params = {}) {
    return mountView({
        type: "form",
        resModel: "cx.campaign",
        resId: 1,
        arch: `<form><field name="name"/><field name="domain"/><widget name="cx_audience"/></form>`,
        ...params,
    });
}

async function pause() {
    await animationFrame();
    await advanceTime(400);
    await animationFrame();
}

test("who receives it, and who does not and why", async () => {
    answerWith({ lines: LINES });
    await mountForm();
    expect(".o_cx_audience").toHaveText("Counting…");
    await pause();
    expect.verifySteps([[[1], {}]]);
    expect(".o_cx_audience_headline").toHaveText("1,204 will receive it of 1,610");
    expect(queryAllTexts(".o_cx_audience_line span:last-child")).toEqual([
        "1,610", "−386", "1,224", "20", "1,204",
    ]);
    expect(".o_cx_audience_line[data-code=blacklisted]").toHaveAttribute(
        "aria-label",
        "On the block list: −386. Show them."
    );
});

test("counted anew before it is saved", async () => {
    answerWith({ lines: LINES }, { lines: [{ ...LINES[0], count: 3 }, { ...LINES[2], count: 3 }] });
    await mountForm();
    await pause();
    await contains("[name=domain] input").edit("[['id', '=', 3]]");
    await pause();
    expect.verifySteps([[[1], {}], [[1], { domain: "[['id', '=', 3]]" }]]);
    expect(".o_cx_audience_headline").toHaveText("3 will receive it of 3");
});

test("what cannot be counted says why", async () => {
    answerWith({ problem: "Condition: it cannot be read." });
    await mountForm();
    await pause();
    expect(".o_cx_audience [role=alert]").toHaveText("Condition: it cannot be read.");
    expect.verifySteps([[[1], {}]]);
});

test("what broke can be tried again", async () => {
    let broken = true;
    onRpc("cx.campaign", "audience_now", () => {
        if (broken) {
            throw makeServerError({ message: "broken" });
        }
        return { lines: LINES };
    });
    await mountForm();
    await pause();
    expect(".o_cx_audience [role=alert] span").toHaveText("The audience could not be counted.");
    broken = false;
    await click(".o_cx_audience [role=alert] button");
    await animationFrame();
    await animationFrame();
    expect(".o_cx_audience_headline").toHaveCount(1);
});

test("each number opens its list, of what is saved", async () => {
    answerWith({ lines: LINES });
    onRpc("cx.campaign", "web_save", () => expect.step("saved"));
    onRpc("cx.campaign", "action_audience_line", ({ args }) => ({ type: "list", args }));
    mockService("action", { doAction: (action) => expect.step(action.args) });
    await mountForm();
    await pause();
    await contains("[name=domain] input").edit("[['id', '=', 3]]");
    await click(".o_cx_audience_line[data-code=blacklisted]");
    await pause();
    expect.verifySteps([[[1], {}], "saved", [[1], "blacklisted"], [[1], {}]]);
});

test("a new campaign is saved first", async () => {
    answerWith({ lines: LINES });
    await mountForm({ resId: undefined });
    await pause();
    expect(".o_cx_audience").toHaveText("Save to see who would receive it.");
    expect.verifySteps([]);
});

test("in another form, the audience of its campaign", async () => {
    answerWith({ lines: LINES });
    await mountForm({
        resModel: "cx.campaign.launch",
        resId: 5,
        arch: `<form><field name="campaign_id"/><widget name="cx_audience"/></form>`,
    });
    await pause();
    expect.verifySteps([[[1], {}]]);
});
