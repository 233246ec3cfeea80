import { describe, expect, test } from "@odoo/hoot";
import { queryAll, queryAllAttributes, queryAllTexts } from "@odoo/hoot-dom";
import { Deferred } from "@odoo/hoot-mock";
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

describe("the cards", () => {
    test("hang below each other and say when and what", async () => {
        await mountCampaign();
        expect.verifySteps([["board", [1]]]);
        expect(queryAllTexts(".o_cx_step_name")).toEqual([
            "1. Hello",
            "1.1. Reminder",
            "1.1.1. Call",
        ]);
        expect(".o_cx_step[data-step='1'] .o_cx_step[data-step='2'] " + step(3)).toHaveCount(1);
        expect(step(2) + " .o_cx_step_when").toHaveText("4 days after “Hello”, if not opened");
        expect(step(2) + " .o_cx_step_limited").toHaveText("with a condition");
        expect(step(1) + " .o_cx_step_limited").toHaveCount(0);
        expect(step(3) + " .o_cx_step_kind").toHaveText("Activity");
        expect(step(3) + " .fa-phone").toHaveCount(1);
        expect(step(1) + " .o_cx_step_content").toHaveText("English");
        expect(step(3) + " .o_cx_step_content").toHaveCount(0);
    });

    test("of a draft tell how many would come, where that is known", async () => {
        await mountCampaign();
        expect(".o_cx_steps_entering").toHaveText("1,204 people, by the last count of the audience");
        expect(step(1) + " .o_cx_step_forecast").toHaveText("Up to 1,204 people reach it.");
        expect(step(2) + " .o_cx_step_forecast").toHaveText(
            "How many reach it depends on what people do."
        );
        expect(".o_cx_step_figure").toHaveCount(0);
        expect.verifySteps([["board", [1]]]);
    });

    test("say nothing about people whom nobody counted", async () => {
        server.board = draft({ entering: false });
        await mountCampaign();
        expect(".o_cx_steps_entering").toHaveText(/^Count the audience/);
        expect(".o_cx_step_forecast").toHaveCount(0);
        expect.verifySteps([["board", [1]]]);
    });

    test("where there are none, the first is asked for", async () => {
        server.board = draft({ steps: [] });
        await mountCampaign();
        expect(".o_cx_steps_empty").toHaveCount(1);
        expect(".o_cx_step").toHaveCount(0);
        await clickOn(".o_cx_steps_add");
        expect.verifySteps([["board", [1]], ["action_add_step", [1]], ["board", [1]]]);
    });

    test("of another campaign are never shown", async () => {
        await mountCampaign({ resIds: [1, 2] });
        server.board = new Deferred();
        await clickOn(".o_pager_next");
        expect(".o_cx_step").toHaveCount(0);
        server.board.resolve(draft({ steps: draft().steps.slice(0, 1) }));
        await drawn();
        expect(".o_cx_step").toHaveCount(1);
        expect.verifySteps([["board", [1]], ["board", [2]]]);
    });

    test("that could not be read can be asked for again", async () => {
        server.fails = true;
        await mountCampaign();
        expect(".o_cx_steps_failed").toHaveText(/could not be read/);
        server.fails = false;
        await clickOn(".o_cx_steps_failed button");
        expect(".o_cx_steps_failed").toHaveCount(0);
        expect(".o_cx_step").toHaveCount(3);
        expect.verifySteps([["board", [1]]]);
    });
});

describe("the numbers", () => {
    test("are of the step, with their share and a bar", async () => {
        server.board = running();
        await mountCampaign();
        expect(queryAllTexts(step(1) + " .o_cx_step_figure").map((text) => text.split(/\s+/))).toEqual([
            ["Reached", "1,300"],
            ["Sent", "1,235", "95%"],
            ["Opened", "400", "32%"],
            ["Clicked", "43", "3.5%"],
        ]);
        expect(queryAllAttributes(step(1) + " .progress-bar", "style")).toEqual([
            "width: 95%",
            "width: 32.4%",
            "width: 3.5%",
        ]);
        expect(queryAllAttributes(step(1) + " .o_cx_step_figure", "aria-label")).toEqual([
            "Reached: 1,300. Show them",
            "Sent: 1,235, 95%. Show them",
            "Opened: 400, 32%. Show them",
            "Clicked: 43, 3.5%. Show them",
        ]);
        expect(step(2) + " .o_cx_step_not_done, " + step(2) + " .o_cx_step_notes").toHaveCount(0);
        expect(".o_cx_steps_entering").toHaveCount(0);
        expect.verifySteps([["board", [1]]]);
    });

    test("each opens its list", async () => {
        server.board = running();
        await mountCampaign();
        expect(step(1) + " .o_cx_step_why").toHaveText("19 not sent: why?");
        expect(queryAllTexts(".o_cx_step_reason")).toEqual(["It was too late: 12", "Opted out: 7"]);
        expect(queryAllTexts(".o_cx_step_note")).toEqual(["Waiting: 44", "Uncertain: 2"]);
        const numbers = queryAllAttributes(step(1) + " [data-number]", "data-number");
        expect(numbers).toEqual([
            "reached", "sent", "opened", "clicked", "waiting", "uncertain", "not_done",
            "not_done:expired", "not_done:opted_out",
        ]); // prettier-ignore
        for (const number of numbers) {
            await clickOn(step(1) + " [data-number='" + number + "']");
        }
        expect.verifySteps([
            ["board", [1]],
            ...numbers.map((number) => ["action_step_list", [1], 1, number]),
        ]);
    });

    test("of what is no mail are done or not", async () => {
        server.board = running();
        Object.assign(server.board.steps[2], { not_done: 1, reasons: [] });
        await mountCampaign();
        expect(step(3) + " .o_cx_step_why").toHaveText("1 not done: why?");
        expect.verifySteps([["board", [1]]]);
    });
});

describe("the room", () => {
    test.tags("mobile");
    test("on a phone everything fits", async () => {
        server.board = running();
        await mountCampaign();
        const edges = queryAll(".o_cx_steps button, .o_cx_step_when").map(
            (el) => el.getBoundingClientRect().right
        );
        expect(Math.max(...edges)).toBeLessThan(window.innerWidth + 1);
        expect.verifySteps([["board", [1]]]);
    });

    test.tags("desktop");
    test("on a desk numbers stand in a row", async () => {
        server.board = running();
        await mountCampaign();
        const tops = queryAll(step(1) + " .o_cx_step_figure").map(
            (el) => el.getBoundingClientRect().top
        );
        expect(new Set(tops).size).toBe(1);
        expect.verifySteps([["board", [1]]]);
    });
});
