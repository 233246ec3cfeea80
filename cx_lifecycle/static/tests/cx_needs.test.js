import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { click, edit, press, queryAllAttributes, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import {
    defineModels,
    fields,
    makeServerError,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const NEEDS = {
    partner_id: 12,
    needs: [
        {
            id: 1,
            letter: "S",
            name: "Security",
            color: 4,
            strength: 3,
            title: "Security: 3 pieces of evidence",
        },
        {
            id: 6,
            letter: "S",
            name: "Sympathy",
            color: 2,
            strength: 1,
            title: "Sympathy: 1 piece of evidence",
        },
    ],
};
const SECURITY = {
    needs: [
        {
            id: 1,
            name: "Security",
            letter: "S",
            color: 4,
            description: "Fears to be wrong.",
            arguments: ["Ten years of guarantee", "Same-day repair"],
            questions: ["What went wrong last time?"],
            evidence: [
                {
                    text: "Asked twice for the guarantee",
                    on: "2026-03-12",
                    source: "Sales rep",
                    author: "Rita",
                },
                { text: "Answered the survey", on: false, source: "Survey", author: false },
            ],
        },
    ],
    can_record: true,
    can_edit: false,
};

class Customer extends models.Model {
    _name = "customer";

    name = fields.Char();
    needs = fields.Json();

    _records = [
        { id: 1, name: "Azure", needs: NEEDS },
        { id: 2, name: "Bolt", needs: { partner_id: 13, needs: [] } },
        { id: 3, name: "Cask", needs: false },
    ];

    _views = { form: `<form><field name="name"/></form>` };
}

defineMailModels();
defineModels([Customer]);

beforeEach(() => {
    mockService("action", {
        doAction(action, options) {
            expect.step(action);
            options?.onClose?.();
        },
    });
});

/** What the server says for a need; each question to it is a step. */
function mockGuide(guide) {
    onRpc("cx.need", "guide", ({ args }) => {
        expect.step(["guide", ...args]);
        return guide;
    });
}

function mountForm(resId) {
    return mountView({
        type: "form",
        resModel: "customer",
        resId,
        arch: `<form><field name="name"/><field name="needs" widget="cx_needs"/></form>`,
    });
}

async function openChip(name) {
    await click(".o_cx_need:contains(" + name + ")");
    await animationFrame();
}

describe("the chips", () => {
    test("name the needs, with a colour, a letter and a strength, and ask nothing", async () => {
        mockGuide(SECURITY);
        await mountForm(1);
        expect(queryAllTexts(".o_cx_need_letter")).toEqual(["S", "S"]);
        expect(queryAllTexts(".o_cx_need_name")).toEqual(["Security", "Sympathy"]);
        expect(queryAllTexts(".o_cx_need_dots")).toEqual(["●●●", "●○○"]);
        expect(queryAllTexts(".o_cx_need .visually-hidden")).toEqual([
            "strength 3 of 3",
            "strength 1 of 3",
        ]);
        expect(".o_cx_need:first").toHaveClass("o_tag_color_4");
        expect(".o_cx_need:first").toHaveAttribute("data-tooltip", NEEDS.needs[0].title);
        expect(".o_cx_needs").toHaveAttribute("aria-label", "Customer needs");
        expect.verifySteps([]);
    });

    test("are really coloured", async () => {
        await mountForm(1);
        const [first, last] = [".o_cx_need:first", ".o_cx_need:last"].map(
            (selector) => getComputedStyle(queryOne(selector)).backgroundColor
        );
        expect(first).not.toBe(last);
    });

    test("no value, nothing", async () => {
        await mountForm(3);
        expect(".o_field_cx_needs").toHaveCount(1);
        expect(".o_cx_need, .o_cx_needs").toHaveCount(0);
    });
});

describe("the popover", () => {
    test("asks once and tells arguments, questions and why", async () => {
        mockGuide(SECURITY);
        await mountForm(1);
        expect(".o_cx_need:first").toHaveAttribute("aria-expanded", "false");
        await openChip("Security");
        expect.verifySteps([["guide", 12, 1]]);
        expect(".o_cx_need:first").toHaveAttribute("aria-expanded", "true");
        expect(".o_cx_need:last").toHaveAttribute("aria-expanded", "false");
        expect(".o_cx_needs_popover").toHaveAttribute("role", "dialog");
        expect(".o_cx_needs_popover h3 .o_cx_need_letter").toHaveText("S");
        expect(".o_cx_needs_title").toHaveText("Security");
        expect(".o_cx_needs_description").toHaveText("Fears to be wrong.");
        expect(queryAllTexts(".o_cx_needs_arguments li")).toEqual([
            "Ten years of guarantee",
            "Same-day repair",
        ]);
        expect(queryAllTexts(".o_cx_needs_questions li")).toEqual(["What went wrong last time?"]);
        expect(queryAllTexts(".o_cx_needs_evidence li")).toEqual([
            "Asked twice for the guarantee\nMar 12, 2026 · Sales rep · Rita",
            "Answered the survey\nSurvey",
        ]);
        expect(".o_cx_needs_edit").toHaveCount(0);
    });

    test("says that it is loading", async () => {
        const answer = new Deferred();
        onRpc("cx.need", "guide", () => answer);
        await mountForm(1);
        await openChip("Security");
        expect(".o_cx_needs_loading").toHaveCount(1);
        expect(".o_cx_needs_popover .popover-body").toHaveAttribute("aria-busy", "true");
        answer.resolve(SECURITY);
        await animationFrame();
        expect(".o_cx_needs_loading").toHaveCount(0);
        expect(".o_cx_needs_arguments").toHaveCount(1);
        expect(".o_cx_needs_popover .popover-body").toHaveAttribute("aria-busy", "false");
    });

    test("a server that fails breaks nothing", async () => {
        onRpc("cx.need", "guide", () => {
            throw makeServerError();
        });
        await mountForm(1);
        await openChip("Security");
        expect(".o_cx_needs_failed").toHaveText("This could not be read. Close it and try again.");
        expect(".o_error_dialog").toHaveCount(0);
        await press("Escape");
        await animationFrame();
        expect(".o_cx_needs_popover").toHaveCount(0);
        expect(".o_cx_need").toHaveCount(2);
    });

    test("opens with Enter, closes with Escape and gives the focus back", async () => {
        mockGuide(SECURITY);
        await mountForm(1);
        queryOne(".o_cx_need:first").focus();
        await press("Enter");
        await animationFrame();
        expect(".o_cx_needs_popover").toHaveCount(1);
        await press("Escape");
        await animationFrame();
        expect(".o_cx_needs_popover").toHaveCount(0);
        expect(".o_cx_need:first").toHaveAttribute("aria-expanded", "false");
        expect(".o_cx_need:first").toBeFocused();
        expect.verifySteps([["guide", 12, 1]]);
    });

    test("a second press closes, another chip takes over", async () => {
        mockGuide(SECURITY);
        await mountForm(1);
        await openChip("Security");
        await openChip("Security");
        expect(".o_cx_needs_popover").toHaveCount(0);
        await openChip("Security");
        await openChip("Sympathy");
        expect(".o_cx_needs_popover").toHaveCount(1);
        expect(".o_cx_need:last").toHaveAttribute("aria-expanded", "true");
        expect.verifySteps([
            ["guide", 12, 1],
            ["guide", 12, 1],
            ["guide", 12, 6],
        ]);
    });
});

describe("from the popover", () => {
    test("what was learned is recorded, then the needs are read again", async () => {
        mockGuide(SECURITY);
        onRpc("res.partner", "action_cx_outcome", ({ args }) => {
            expect.step(["outcome", ...args]);
            return { type: "ir.actions.act_window", name: "Call done" };
        });
        onRpc("customer", "web_read", () => expect.step("read"));
        await mountForm(1);
        expect.verifySteps(["read"]);
        await openChip("Security");
        await click(".o_cx_needs_record");
        await animationFrame();
        expect.verifySteps([
            ["guide", 12, 1],
            ["outcome", [12]],
            { type: "ir.actions.act_window", name: "Call done" },
            "read",
        ]);
        expect(".o_cx_needs_popover").toHaveCount(0);
    });

    test("what was typed in the form is saved first", async () => {
        mockGuide(SECURITY);
        onRpc("res.partner", "action_cx_outcome", () => {
            expect.step("outcome");
            return false;
        });
        onRpc("customer", "web_save", ({ args }) => expect.step(args[1]));
        await mountForm(1);
        await click("[name=name] input");
        await edit("Azure Interior");
        await openChip("Security");
        await click(".o_cx_needs_record");
        await animationFrame();
        expect.verifySteps([["guide", 12, 1], { name: "Azure Interior" }, "outcome"]);
    });

    test("who may, edits the arguments; who may not record, does not", async () => {
        mockGuide({ ...SECURITY, can_record: false, can_edit: true });
        onRpc("cx.need", "action_arguments", ({ args }) => {
            expect.step(["arguments", ...args]);
            return { type: "ir.actions.act_window", name: "Arguments" };
        });
        await mountForm(1);
        await openChip("Security");
        expect(".o_cx_needs_record").toHaveCount(0);
        await click(".o_cx_needs_edit");
        await animationFrame();
        expect.verifySteps([
            ["guide", 12, 1],
            ["arguments", [1]],
            { type: "ir.actions.act_window", name: "Arguments" },
        ]);
    });
});

test("no need known: one grey chip, with the first question for each need", async () => {
    const need = (id, name, questions) => ({
        id,
        name,
        letter: name[0],
        color: id,
        description: "",
        arguments: [],
        questions,
        evidence: [],
    });
    mockGuide({
        needs: [
            need(1, "Security", ["What worries you?", "Who repairs it?"]),
            need(3, "Novelty", ["What is new here?"]),
            need(4, "Comfort", []),
            need(5, "Money", ["What does it cost you now?"]),
        ],
        can_record: true,
        can_edit: true,
    });
    await mountForm(2);
    expect(".o_cx_need").toHaveCount(1);
    expect(".o_cx_need").toHaveClass("o_tag_color_0");
    expect.verifySteps([]);
    await openChip("Find out");
    expect.verifySteps([["guide", 13, false]]);
    expect(".o_cx_need").toHaveAttribute("aria-expanded", "true");
    expect(queryAllTexts(".o_cx_needs_first li")).toEqual([
        "What worries you?\nSecurity",
        "What is new here?\nNovelty",
        "What does it cost you now?\nMoney",
    ]);
    expect(".o_cx_needs_record").toHaveCount(1);
    expect(".o_cx_needs_edit").toHaveCount(0, { message: "there is no need to edit" });
});

describe("compact", () => {
    test("shows letters in a list, does not open the row, and asks nothing", async () => {
        mockGuide(SECURITY);
        await mountView({
            type: "list",
            resModel: "customer",
            arch: `<list><field name="name"/><field name="needs" widget="cx_needs" options="{'compact': True}"/></list>`,
            selectRecord: () => expect.step("row opened"),
        });
        expect(queryAllTexts(".o_cx_need")).toEqual(["S", "S"], {
            message: "none for the two others",
        });
        expect(queryAllAttributes(".o_cx_need", "aria-label")).toEqual(
            NEEDS.needs.map((need) => need.title)
        );
        expect(".o_cx_need:first").toHaveAttribute("data-tooltip", NEEDS.needs[0].title);
        const weights = [".o_cx_need:first", ".o_cx_need:last"].map((selector) =>
            parseInt(getComputedStyle(queryOne(selector)).fontWeight)
        );
        expect(weights[0]).toBeGreaterThan(weights[1], { message: "the stronger is bolder" });
        expect.verifySteps([]);
        await click(".o_cx_need:first");
        await animationFrame();
        expect(".o_cx_needs_arguments").toHaveCount(1);
        await press("Escape");
        await animationFrame();
        queryOne(".o_cx_need:last").focus();
        await press("Enter");
        await animationFrame();
        expect.verifySteps([
            ["guide", 12, 1],
            ["guide", 12, 6],
        ]);
    });

    test("shows letters on a card and does not open it", async () => {
        mockGuide(SECURITY);
        await mountView({
            type: "kanban",
            resModel: "customer",
            arch: `<kanban><templates><t t-name="card">
                <field name="name"/><field name="needs" widget="cx_needs" options="{'compact': True}"/>
            </t></templates></kanban>`,
            selectRecord: () => expect.step("card opened"),
        });
        expect(".o_cx_need").toHaveCount(2);
        await click(".o_cx_need:first");
        await animationFrame();
        expect(".o_cx_needs_popover").toHaveCount(1);
        expect.verifySteps([["guide", 12, 1]]);
    });
});
