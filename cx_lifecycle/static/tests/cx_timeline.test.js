import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { press, queryAll, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame, Deferred, mockDate, mockTimeZone } from "@odoo/hoot-mock";
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

const KINDS = [
    { code: "purchase", label: "Purchases", icon: "fa-shopping-cart" },
    { code: "message", label: "Messages", icon: "fa-envelope-o" },
];
const BOUGHT = {
    kind: "purchase",
    id: 20778,
    on: "2026-11-21",
    title: "Purchase of €120.00",
    text: "2 documents",
    open: { model: "cx.customer", method: "action_purchase_day", ids: [12], args: ["2026-11-21"] },
};
const WRITTEN = {
    kind: "message",
    id: 5,
    at: "2026-10-31 23:30:00",
    title: "Thanks",
    text: "The parcel came.",
    by: "Rita",
    contact: "Ann",
    open: { type: "ir.actions.act_window", res_model: "mail.message", res_id: 5, target: "new" },
};
const PLANNED = {
    kind: "activity",
    id: -3,
    on: "2026-11-20",
    planned: true,
    title: "Ask",
    icon: "fa-phone",
    marks: [{ code: "overdue", label: "Overdue" }],
    open: { type: "ir.actions.act_window", res_model: "mail.activity", res_id: 3, target: "new" },
};
const ALL = { items: [PLANNED, BOUGHT, WRITTEN], more: false, kinds: KINDS };
const NOTHING = { items: [], more: false, kinds: KINDS };

class Contact extends models.Model {
    _name = "contact";

    name = fields.Char();

    _records = [
        { id: 1, name: "Azure" },
        { id: 2, name: "Bolt" },
    ];
}

defineMailModels();
defineModels([Contact]);

beforeEach(() => {
    mockDate("2026-11-22 12:00:00");
    mockTimeZone(+1);
});

/** Answers each question with the next of these; the last one serves for all that follow. */
function answerWith(...answers) {
    onRpc("res.partner", "cx_timeline", ({ args: [ids], kwargs: { kinds, after, limit } }) => {
        expect.step([ids, kinds, after, limit]);
        return answers.length > 1 ? answers.shift() : answers[0];
    });
}

async function mountForm(params = {}) {
    await mountView({
        type: "form",
        resModel: "contact",
        resId: 1,
        resIds: [1, 2],
        arch: `<form>
            <field name="name"/>
            <notebook>
                <page name="first" string="First">First</page>
                <page name="second" string="Timeline"><widget name="cx_timeline"/></page>
            </notebook>
        </form>`,
        ...params,
    });
}

async function openTab() {
    await contains(".o_notebook .nav-link:contains(Timeline)").click();
    await animationFrame();
}

const titles = () => queryAllTexts(".o_cx_timeline_title");

describe("asking", () => {
    test("nothing is asked before the tab is opened, and nothing by a form in which it stays closed", async () => {
        answerWith(ALL);
        await mountForm();
        expect(".o_cx_timeline").toHaveCount(0);
        expect.verifySteps([]);
        await openTab();
        expect.verifySteps([[[1], [], false, 20]]);
        expect(".o_cx_timeline").toHaveAttribute("role", "region");
        expect(".o_cx_timeline_item").toHaveCount(3);
    });

    test("the tab is drawn before the answer comes", async () => {
        const answer = new Deferred();
        onRpc("res.partner", "cx_timeline", () => answer);
        await mountForm();
        await openTab();
        expect(".o_cx_timeline_busy").toHaveCount(1);
        expect(".o_cx_timeline_items").toHaveAttribute("aria-busy", "true");
        expect(".o_cx_timeline_empty").toHaveCount(0);
        answer.resolve(ALL);
        await animationFrame();
        expect(".o_cx_timeline_busy").toHaveCount(0);
        expect(".o_cx_timeline_items").toHaveAttribute("aria-busy", "false");
        expect(".o_cx_timeline_item").toHaveCount(3);
    });

    test.tags("desktop");
    test("another contact by the pager has its own", async () => {
        answerWith(ALL, { ...ALL, items: [BOUGHT] });
        await mountForm();
        await openTab();
        await contains(".o_cx_timeline_kind:contains(Messages)").click();
        await animationFrame();
        expect.verifySteps([
            [[1], [], false, 20],
            [[1], ["message"], false, 20],
        ]);
        await contains(".o_pager_next").click();
        await animationFrame();
        expect.verifySteps([[[2], [], false, 20]]);
        expect(titles()).toEqual(["Purchase of €120.00"]);
        expect(".o_cx_timeline_kind[aria-pressed=true]").toHaveCount(0);
    });

    test("editing asks nothing, what is saved is looked at again", async () => {
        answerWith(ALL);
        await mountForm();
        await openTab();
        expect.verifySteps([[[1], [], false, 20]]);
        await contains(".o_field_widget[name=name] input").edit("Azure Interior");
        await animationFrame();
        expect.verifySteps([]);
        await contains(".o_form_button_save").click();
        await animationFrame();
        expect.verifySteps([[[1], [], false, 20]]);
        expect(".o_cx_timeline_item").toHaveCount(3);
    });

    test("a late answer for a former filter is not shown", async () => {
        const slow = new Deferred();
        answerWith(ALL, slow, { ...ALL, items: [BOUGHT] });
        await mountForm();
        await openTab();
        await contains(".o_cx_timeline_kind:contains(Messages)").click();
        await contains(".o_cx_timeline_kind:contains(Purchases)").click();
        await animationFrame();
        slow.resolve({ ...ALL, items: [WRITTEN] });
        await animationFrame();
        expect(titles()).toEqual(["Purchase of €120.00"]);
        expect.verifySteps([
            [[1], [], false, 20],
            [[1], ["message"], false, 20],
            [[1], ["message", "purchase"], false, 20],
        ]);
    });

    test("a contact that is not saved has no history to ask for", async () => {
        answerWith(ALL);
        await mountForm({ resId: false });
        await openTab();
        expect(".o_cx_timeline_item, .o_cx_timeline_empty, .o_cx_timeline_busy").toHaveCount(0);
        expect.verifySteps([]);
    });
});

describe("showing", () => {
    test("what is planned, then month by month, in the reader's zone", async () => {
        answerWith(ALL);
        await mountForm();
        await openTab();
        expect(queryAllTexts(".o_cx_timeline_heading")).toEqual(["Planned", "November 2026"]);
        expect(titles()).toEqual(["Ask", "Purchase of €120.00", "Thanks"]);
        expect(queryAllTexts(".o_cx_timeline_details").slice(0, 2)).toEqual([
            "Nov 20, 2026",
            "Nov 21, 2026",
        ]);
        expect(queryAllTexts(".o_cx_timeline_details")[2]).toMatch(
            /^Nov 1, 2026, 12:30\sAM · Rita · with Ann$/
        );
        expect(".o_cx_timeline_item:first .badge").toHaveText("Overdue");
        expect.verifySteps([[[1], [], false, 20]]);
    });

    test("each kind has an icon and says its name", async () => {
        answerWith(ALL);
        await mountForm();
        await openTab();
        const [planned, bought] = queryAll(".o_cx_timeline_item i");
        expect(planned).toHaveClass("fa-phone");
        expect(bought).toHaveClass("fa-shopping-cart");
        expect(bought).toHaveAttribute("aria-label", "Purchases");
        expect(bought).toHaveAttribute("role", "img");
        expect.verifySteps([[[1], [], false, 20]]);
    });

    test("text is text", async () => {
        answerWith({ ...ALL, items: [{ ...WRITTEN, title: "<b>x</b>", text: "<i>y</i>" }] });
        await mountForm();
        await openTab();
        expect(titles()).toEqual(["<b>x</b>"]);
        expect(".o_cx_timeline_text").toHaveText("<i>y</i>");
        expect.verifySteps([[[1], [], false, 20]]);
    });

    test("what opens nothing is no button", async () => {
        answerWith({ ...ALL, items: [{ ...WRITTEN, open: false }] });
        await mountForm();
        await openTab();
        expect("div.o_cx_timeline_item").toHaveCount(1);
        expect("button.o_cx_timeline_item").toHaveCount(0);
        expect.verifySteps([[[1], [], false, 20]]);
    });

    test("nothing yet", async () => {
        answerWith(NOTHING);
        await mountForm();
        await openTab();
        expect(".o_cx_timeline_empty").toHaveText("Nothing has happened with this customer yet.");
        expect(".o_cx_timeline_more").toHaveCount(0);
        expect.verifySteps([[[1], [], false, 20]]);
    });
});

describe("More", () => {
    test("brings the next page under the first, once, and the keyboard goes on there", async () => {
        const second = { ...WRITTEN, id: 4, title: "Before" };
        answerWith(
            { ...ALL, items: [BOUGHT, WRITTEN], more: "abc" },
            { ...ALL, items: [WRITTEN, second] }
        );
        await mountForm();
        await openTab();
        await contains(".o_cx_timeline_more").click();
        await animationFrame();
        expect.verifySteps([
            [[1], [], false, 20],
            [[1], [], "abc", 20],
        ]);
        expect(titles()).toEqual(["Purchase of €120.00", "Thanks", "Before"]);
        expect(".o_cx_timeline_more").toHaveCount(0);
        expect(".o_cx_timeline_item:contains(Before)").toBeFocused();
    });

    test("is offered where a page shows nothing and there is more", async () => {
        answerWith({ ...NOTHING, more: "abc" }, ALL);
        await mountForm();
        await openTab();
        expect(".o_cx_timeline_empty").toHaveCount(0);
        await contains(".o_cx_timeline_more").click();
        await animationFrame();
        expect(".o_cx_timeline_item").toHaveCount(3);
        expect.verifySteps([
            [[1], [], false, 20],
            [[1], [], "abc", 20],
        ]);
    });

    test("that fails keeps what there is, and can be tried again", async () => {
        let isBroken = true;
        onRpc("res.partner", "cx_timeline", ({ kwargs: { after } }) => {
            expect.step(after);
            if (after && isBroken) {
                throw makeServerError({ type: "OperationalError" });
            }
            return after ? { ...ALL, items: [WRITTEN] } : { ...ALL, items: [BOUGHT], more: "abc" };
        });
        await mountForm();
        await openTab();
        await contains(".o_cx_timeline_more").click();
        await animationFrame();
        expect(titles()).toEqual(["Purchase of €120.00"]);
        expect(".o_cx_timeline_failed span").toHaveText("The timeline could not be loaded.");
        expect(".o_cx_timeline_more").toHaveCount(0);
        isBroken = false;
        await contains(".o_cx_timeline_failed button").click();
        await animationFrame();
        expect(titles()).toEqual(["Purchase of €120.00", "Thanks"]);
        expect.verifySteps([false, "abc", "abc"]);
    });
});

describe("filters", () => {
    test("are toggles; none pressed shows everything", async () => {
        answerWith(ALL, { ...ALL, items: [WRITTEN] }, ALL);
        await mountForm();
        await openTab();
        expect(queryAllTexts(".o_cx_timeline_kind")).toEqual(["Purchases", "Messages"]);
        expect(".o_cx_timeline_kind[aria-pressed=false]").toHaveCount(2);
        await contains(".o_cx_timeline_kind:contains(Messages)").click();
        await animationFrame();
        expect(".o_cx_timeline_kind:contains(Messages)").toHaveAttribute("aria-pressed", "true");
        expect(".o_cx_timeline_kind:contains(Messages) i").toHaveClass("fa-check");
        expect(titles()).toEqual(["Thanks"]);
        await contains(".o_cx_timeline_kind:contains(Messages)").click();
        await animationFrame();
        expect(".o_cx_timeline_kind[aria-pressed=true]").toHaveCount(0);
        expect(titles()).toHaveLength(3);
        expect.verifySteps([
            [[1], [], false, 20],
            [[1], ["message"], false, 20],
            [[1], [], false, 20],
        ]);
    });

    test("that find nothing offer everything", async () => {
        answerWith(ALL, NOTHING, ALL);
        await mountForm();
        await openTab();
        await contains(".o_cx_timeline_kind:contains(Messages)").click();
        await animationFrame();
        expect(".o_cx_timeline_empty span").toHaveText("Nothing of this kind has happened yet.");
        await contains(".o_cx_timeline_empty button").click();
        await animationFrame();
        expect(".o_cx_timeline_item").toHaveCount(3);
        expect.verifySteps([
            [[1], [], false, 20],
            [[1], ["message"], false, 20],
            [[1], [], false, 20],
        ]);
    });
});

describe("errors", () => {
    test("a failure is one line, and can be tried again", async () => {
        let isBroken = true;
        onRpc("res.partner", "cx_timeline", () => {
            if (isBroken) {
                throw makeServerError({ type: "OperationalError" });
            }
            return ALL;
        });
        await mountForm();
        await openTab();
        expect(".o_cx_timeline_failed").toHaveAttribute("role", "alert");
        expect(".o_cx_timeline_failed span").toHaveText("The timeline could not be loaded.");
        expect(".o_dialog, .o_notification").toHaveCount(0);
        expect(".o_cx_timeline_empty, .o_cx_timeline_busy").toHaveCount(0);
        isBroken = false;
        await contains(".o_cx_timeline_failed button:contains(Retry)").click();
        await animationFrame();
        expect(".o_cx_timeline_failed").toHaveCount(0);
        expect(".o_cx_timeline_item").toHaveCount(3);
    });

    test("who may not see it is told so, and offered no Retry", async () => {
        onRpc("res.partner", "cx_timeline", () => {
            throw makeServerError({ type: "AccessError", message: "Somebody else follows." });
        });
        await mountForm();
        await openTab();
        expect(".o_cx_timeline_failed span").toHaveText("Somebody else follows.");
        expect(".o_cx_timeline_failed button").toHaveCount(0);
        expect(".o_dialog, .o_notification").toHaveCount(0);
    });

    test("a list that cannot go on begins anew", async () => {
        onRpc("res.partner", "cx_timeline", ({ kwargs: { after } }) => {
            expect.step(after);
            if (after) {
                throw makeServerError({ type: "UserError", message: "Load it again." });
            }
            return { ...ALL, more: "abc" };
        });
        await mountForm();
        await openTab();
        await contains(".o_cx_timeline_more").click();
        await animationFrame();
        expect(".o_cx_timeline_failed span").toHaveText("Load it again.");
        await contains(".o_cx_timeline_failed button").click();
        await animationFrame();
        expect(".o_cx_timeline_item").toHaveCount(3);
        expect.verifySteps([false, "abc", false]);
    });
});

describe("opening", () => {
    beforeEach(() => {
        mockService("action", {
            doAction(action, options) {
                expect.step(action);
                options?.onClose?.();
            },
        });
    });

    test("a purchase asks the server what it opens", async () => {
        onRpc("res.partner", "cx_timeline", () => ALL);
        onRpc("cx.customer", "action_purchase_day", ({ args }) => {
            expect.step(args);
            return { type: "ir.actions.act_window", name: "Purchases" };
        });
        await mountForm();
        await openTab();
        await contains(".o_cx_timeline_item:contains(Purchase)").click();
        await animationFrame();
        expect.verifySteps([
            [[12], "2026-11-21"],
            { type: "ir.actions.act_window", name: "Purchases" },
        ]);
    });

    test("with the keyboard, a message opens as it is and the list stays", async () => {
        answerWith(ALL);
        await mountForm();
        await openTab();
        queryOne(".o_cx_timeline_item:contains(Thanks)").focus();
        await press("Enter");
        await animationFrame();
        expect.verifySteps([[[1], [], false, 20], WRITTEN.open]);
    });

    test("what was planned is looked at again once its dialog is closed", async () => {
        answerWith(ALL, { ...ALL, items: [BOUGHT] });
        await mountForm();
        await openTab();
        await contains(".o_cx_timeline_item:contains(Ask)").click();
        await animationFrame();
        expect.verifySteps([[[1], [], false, 20], PLANNED.open, [[1], [], false, 20]]);
        expect(titles()).toEqual(["Purchase of €120.00"]);
    });
});
