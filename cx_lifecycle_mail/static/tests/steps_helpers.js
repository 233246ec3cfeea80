import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Campaign extends models.Model {
    _name = "cx.campaign";

    name = fields.Char();
    step_ids = fields.One2many({ relation: "cx.campaign.step", relation_field: "campaign_id" });

    _records = [
        { id: 1, name: "Wake", step_ids: [1, 2, 3] },
        { id: 2, name: "Welcome", step_ids: [] },
    ];
}

class Step extends models.Model {
    _name = "cx.campaign.step";

    name = fields.Char();
    campaign_id = fields.Many2one({ relation: "cx.campaign" });

    _records = [
        { id: 1, name: "Hello" },
        { id: 2, name: "Reminder" },
        { id: 3, name: "Call" },
    ];
    _views = { form: `<form><field name="name"/></form>` };
}

const card = (id, parent_id, number, name, values) => ({
    id,
    parent_id,
    number,
    name,
    kind: "mail",
    kind_label: "E-mail",
    when: "on entry",
    content: "English",
    is_limited: false,
    forecast: false,
    ...values,
});

const line = (code, label, count, share = false) => ({ code, label, count, share });

/** A draft of three steps: the second follows the first, the third the second. */
export function draft(values = {}) {
    return {
        steps: [
            card(1, false, "1", "Hello", { forecast: 1204 }),
            card(2, 1, "1.1", "Reminder", {
                when: "4 days after “Hello”, if not opened",
                is_limited: true,
            }),
            card(3, 2, "1.1.1", "Call", { kind: "activity", kind_label: "Activity", content: "" }),
        ],
        entering: 1204,
        is_draft: true,
        can_edit: true,
        can_move: true,
        ...values,
    };
}

/** The same, launched: what came of the first step. */
export function running(values = {}) {
    const board = draft({ entering: false, is_draft: false, can_move: false, ...values });
    board.steps = board.steps.map((step) => ({
        ...step,
        forecast: false,
        figures: [],
        notes: [],
        reasons: [],
        not_done: 0,
    }));
    Object.assign(board.steps[0], {
        figures: [
            line("reached", "Reached", 1300),
            line("sent", "Sent", 1235, 95),
            line("opened", "Opened", 400, 32.4),
            line("clicked", "Clicked", 43, 3.5),
        ],
        notes: [line("waiting", "Waiting", 44), line("uncertain", "Uncertain", 2)],
        not_done: 19,
        reasons: [
            line("not_done:expired", "It was too late", 12),
            line("not_done:opted_out", "Opted out", 7),
        ],
    });
    return board;
}

/** A campaign on a server that tells what it is asked; ``board`` is what it answers. */
export function defineCampaign() {
    const server = { board: draft(), fails: false };
    defineMailModels();
    defineModels([Campaign, Step]);
    beforeEach(() => {
        server.board = draft();
        server.fails = false;
        onRpc("cx.campaign", "steps_board", ({ args }) => {
            if (server.fails) {
                throw new Error("no server");
            }
            expect.step(["board", ...args]);
            return server.board;
        });
        for (const [model, method] of [
            ["cx.campaign", "action_add_step"],
            ["cx.campaign", "action_step_list"],
            ["cx.campaign.step", "action_add_after"],
            ["cx.campaign.step", "action_remove"],
            ["cx.campaign.step", "action_move"],
        ]) {
            onRpc(model, method, ({ args }) => {
                expect.step([method, ...args]);
                return { type: "ir.actions.act_window_close" };
            });
        }
        onRpc("cx.campaign", "web_save", ({ args }) => expect.step(["save", args[1].name]));
    });
    return server;
}

export async function mountCampaign({ resId = 1, resIds, attributes = "" } = {}) {
    await mountView({
        type: "form",
        resModel: "cx.campaign",
        resId: resId || undefined,
        resIds,
        arch: `<form>
            <field name="name"/>
            <field name="step_ids" widget="cx_steps" ${attributes}/>
        </form>`,
    });
    await drawn();
}

export const step = (id) => ".o_cx_step_card[data-step='" + id + "']";

/** The board comes after the form. */
export async function drawn() {
    await animationFrame();
    await animationFrame();
}

export async function clickOn(selector) {
    await click(selector);
    await drawn();
}
