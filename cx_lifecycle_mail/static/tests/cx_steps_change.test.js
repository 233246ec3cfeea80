import { describe, expect, test } from "@odoo/hoot";
import { edit, press, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, makeServerError, onRpc } from "@web/../tests/web_test_helpers";
import {
    clickOn,
    defineCampaign,
    draft,
    drawn,
    mountCampaign,
    running,
    step,
} from "./steps_helpers";

const server = defineCampaign();
const BOARD = ["board", [1]];

async function rename(name) {
    await clickOn("[name=name] input");
    await edit(name);
}

async function expectReadonly() {
    expect(".o_cx_step_add, .o_cx_step_grip, .o_cx_steps_add").toHaveCount(0);
    expect(step(1) + " .o_cx_step_name").toHaveAttribute("aria-label", "Open Hello");
    await clickOn(step(1) + " .o_cx_step_name");
    expect(".modal .o_form_readonly").toHaveCount(1);
    await press("Escape");
    await drawn();
    expect.verifySteps([BOARD, BOARD]);
}

describe("changing", () => {
    test("adds after a step and removes it by the server's dialogs, then draws anew", async () => {
        await mountCampaign();
        server.board = draft({ steps: draft().steps.slice(0, 2) });
        await clickOn(step(2) + " .o_cx_step_add");
        expect(".o_cx_step").toHaveCount(2);
        await clickOn(step(2) + " .o_cx_step_remove");
        expect.verifySteps([
            BOARD,
            ["action_add_after", [2]],
            BOARD,
            ["action_remove", [2]],
            BOARD,
        ]);
    });

    test("saves the campaign before", async () => {
        await mountCampaign();
        await rename("Wake up");
        await clickOn(step(1) + " .o_cx_step_add");
        expect.verifySteps([BOARD, ["save", "Wake up"], ["action_add_after", [1]], BOARD]);
    });

    test("saves a new campaign before its first step", async () => {
        server.board = draft({ steps: [] });
        await mountCampaign({ resId: false });
        expect(".o_cx_steps_empty").toHaveCount(1);
        await rename("New");
        await clickOn(".o_cx_steps_add");
        expect.verifySteps([
            ["save", "New"],
            ["action_add_step", [3]],
            ["board", [3]],
        ]);
    });

    test("edits in a dialog", async () => {
        await mountCampaign();
        expect(step(1) + " .o_cx_step_name").toHaveAttribute("aria-label", "Edit Hello");
        await clickOn(step(1) + " .o_cx_step_name");
        expect(".modal .modal-title").toHaveText("Hello");
        await clickOn(".modal [name=name] input");
        await edit("Hi");
        onRpc("cx.campaign.step", "web_save", ({ args }) => {
            expect.step(["save step", ...args]);
        });
        await clickOn(".modal .o_form_button_save");
        expect(".modal").toHaveCount(0);
        expect.verifySteps([BOARD, ["save step", [1], { name: "Hi" }], BOARD]);
    });

    test("is for those who may, the others look", async () => {
        server.board = draft({ can_edit: false, can_move: false });
        await mountCampaign();
        expect(".o_cx_step_buttons").toHaveCount(0);
        await expectReadonly();
    });

    test("is over where the field is readonly, but for the brake", async () => {
        await mountCampaign({ attributes: 'readonly="1"' });
        expect(step(1) + " .o_cx_step_remove").toHaveCount(1);
        await expectReadonly();
    });
});

describe("moving", () => {
    test("goes where the menu says", async () => {
        await mountCampaign();
        await clickOn(step(2) + " .o_cx_step_move");
        expect(queryAllTexts(".dropdown-item")).toEqual(["Entry"]);
        await clickOn(".dropdown-item");
        await clickOn(step(3) + " .o_cx_step_move");
        expect(queryAllTexts(".dropdown-item")).toEqual(["Entry", "1. Hello"]);
        await clickOn(".dropdown-item:last");
        expect(document.activeElement).toBe(queryOne(step(3) + " .o_cx_step_move"));
        expect.verifySteps([
            BOARD,
            ["action_move", [2], false, null],
            BOARD,
            ["action_move", [3], 1, null],
            BOARD,
        ]);
    });

    test("changes the order of those that follow the same step", async () => {
        server.board.steps[2].parent_id = 1;
        await mountCampaign();
        await clickOn(step(2) + " .o_cx_step_move");
        expect(queryAllTexts(".dropdown-item")).toEqual(["Move down", "Entry", "1.1.1. Call"]);
        await clickOn(".dropdown-item:first");
        await clickOn(step(3) + " .o_cx_step_move");
        await clickOn(".dropdown-item:contains(Move up)");
        expect.verifySteps([
            BOARD,
            ["action_move", [2], 1, 2],
            BOARD,
            ["action_move", [3], 1, 1],
            BOARD,
        ]);
    });

    test("what the server refuses is said, and what is there is shown", async () => {
        expect.errors(1);
        onRpc("cx.campaign.step", "action_move", () => {
            throw makeServerError({ message: "Wake was launched" });
        });
        await mountCampaign();
        server.board = running();
        await clickOn(step(3) + " .o_cx_step_move");
        await clickOn(".dropdown-item:last");
        await animationFrame();
        expect(".modal").toHaveText(/Wake was launched/);
        expect(".o_cx_step_move").toHaveCount(0);
        expect.verifyErrors(["Wake was launched"]);
        expect.verifySteps([BOARD, BOARD]);
    });

    test.tags("desktop");
    test("follows the card it is dropped on", async () => {
        await mountCampaign();
        await contains(step(3) + " .o_cx_step_grip").dragAndDrop(step(1));
        await drawn();
        await contains(step(2) + " .o_cx_step_grip").dragAndDrop(".o_cx_steps_entry");
        await drawn();
        expect.verifySteps([
            BOARD,
            ["action_move", [3], 1, null],
            BOARD,
            ["action_move", [2], false, null],
            BOARD,
        ]);
    });

    test.tags("desktop");
    test("is never dropped on what follows it, and says where it would go", async () => {
        await mountCampaign();
        const dragging = await contains(step(1) + " .o_cx_step_grip").drag();
        await dragging.moveTo(step(3));
        await animationFrame();
        expect(".o_cx_step_target").toHaveCount(0);
        await dragging.moveTo(".o_cx_steps_entry");
        await animationFrame();
        expect(".o_cx_steps_entry").toHaveClass("o_cx_step_target");
        await dragging.moveTo(step(2));
        await dragging.drop();
        await drawn();
        expect(".o_cx_step_target").toHaveCount(0);
        expect.verifySteps([BOARD]);
    });

    test.tags("mobile");
    test("on a phone goes by the menu only", async () => {
        await mountCampaign();
        expect(".o_cx_step_grip").toHaveCount(0);
        expect(".o_cx_step_move").toHaveCount(3);
        expect.verifySteps([BOARD]);
    });

    test("of a launched campaign is not offered", async () => {
        server.board = running();
        await mountCampaign();
        expect(".o_cx_step_grip, .o_cx_step_move").toHaveCount(0);
        expect(".o_cx_step_add").toHaveCount(3);
        expect.verifySteps([BOARD]);
    });
});
