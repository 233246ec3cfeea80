import { defineMailModels, mailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect } from "@odoo/hoot";
import { click, press, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

export const ROLES = ["Prescriber", "User", "Buyer", "Payer", "Decider"].map((name, index) => ({
    id: index + 1,
    code: name.toLowerCase(),
    name,
    help: "What a " + name + " does",
    required: name === "Decider",
}));
export const COMMITTEE = { roles: ROLES, rule: "warn", stage: "Proposition", partner_id: 50 };
export class Lead extends models.Model {
    _name = "lead";

    name = fields.Char();
    cx_seat_ids = fields.One2many({ relation: "cx.seat", relation_field: "lead_id" });
    cx_committee = fields.Json({ default: { ...COMMITTEE, partner_id: false } });

    _records = [
        { id: 1, name: "Big deal", cx_seat_ids: [1, 2, 3], cx_committee: COMMITTEE },
        { id: 2, name: "Complete", cx_seat_ids: [4, 5, 6, 7, 8], cx_committee: COMMITTEE },
        { id: 3, name: "Unknown", cx_committee: false },
    ];
}

class Seat extends models.Model {
    _name = "cx.seat";

    lead_id = fields.Many2one({ relation: "lead" });
    role_id = fields.Many2one({ relation: "cx.buyer.role" });
    partner_id = fields.Many2one({ relation: "res.partner" });
    name = fields.Char();
    stance = fields.Selection({
        selection: [
            ["-1", "Against"],
            ["0", "Neutral"],
            ["1", "In favour"],
        ],
        default: "0",
    });
    since = fields.Date({ default: "2026-05-01" });
    note = fields.Char();

    _records = [
        {
            id: 1,
            role_id: 2,
            partner_id: 51,
            stance: "1",
            since: "2026-03-12",
            note: "Loves the demo",
        },
        { id: 2, role_id: 2, partner_id: 52, stance: "-1", since: false },
        { id: 3, role_id: 3, name: "Mr Smith", stance: "0", since: false },
        ...ROLES.map((role) => ({ id: 3 + role.id, role_id: role.id, partner_id: 51, stance: "1" })),
    ];
}

class Role extends models.Model {
    _name = "cx.buyer.role";

    name = fields.Char();

    _records = ROLES.map(({ id, name }) => ({ id, name }));
}

/** Deals with seats, and the people who may sit there; nothing is known of won deals. */
export function defineCommittee() {
    defineMailModels();
    defineModels([Lead, Seat, Role]);
    beforeEach(() => {
        mockRates(false);
        mailModels.ResPartner._records.push(
            { id: 50, name: "Azure" },
            { id: 51, name: "Anna" },
            { id: 52, name: "Bert" },
            { id: 53, name: "Carla" }
        );
    });
}

export function mockRates(rates) {
    onRpc("cx.seat", "win_rates", () => rates);
}

export function mockSuggestions(answer) {
    onRpc("cx.seat", "suggest", ({ args }) => {
        expect.step(["suggest", ...args]);
        return answer;
    });
}

/** What a save sends for the lines of the committee, without the ids of what is new. */
export function stepSaves() {
    onRpc("lead", "web_save", ({ args }) => {
        expect(args[1]).not.toInclude("cx_committee");
        const commands = args[1].cx_seat_ids || [];
        expect.step(commands.map(([code, id, values]) => [code, code ? id : "new", values]));
    });
}

export function mountForm(resId, attributes = "") {
    return mountView({
        type: "form",
        resModel: "lead",
        resId: resId || undefined,
        arch: `<form>
            <field name="name"/>
            <field name="cx_seat_ids" widget="cx_committee" ${attributes}/>
        </form>`,
    });
}

export const seat = (name) => ".o_cx_seat[aria-label='" + name + "']";
export const people = (name) => queryAllTexts(seat(name) + " .o_cx_person_name");

/** Adding and removing draw twice: the line, then what follows from it. */
export async function drawn() {
    await animationFrame();
    await animationFrame();
}

export async function clickOn(selector) {
    await click(selector);
    await drawn();
}

export async function keys(...names) {
    for (const name of names) {
        await press(name);
    }
    await drawn();
}

export async function save() {
    await clickOn(".o_form_button_save");
}
