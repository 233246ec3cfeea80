import { animationFrame, runAllTimers } from "@odoo/hoot-mock";
import { fields, models, onRpc } from "@web/../tests/web_test_helpers";

export class Touchpoint extends models.Model {
    _name = "cx.touchpoint";
    name = fields.Char();
    note = fields.Char();
    _records = [{ id: 1, name: "Complains", note: "Too late" }];
    _views = {
        cx_journey: `<cx_journey/>`,
        list: `<list><field name="name"/></list>`,
        search: `<search>
            <filter name="late" string="Late" domain="[('note', 'ilike', 'late')]"/>
        </search>`,
    };
}

const NAMES = ["volume", "rated", "answered", "targeted", "in_time", "followed", "open", "left"];
const EMPTY = {
    volume: 0,
    volume_trend: null,
    rated: 0,
    satisfaction: null,
    few: true,
    tone: null,
    trend: null,
    answered: 0,
    delay: null,
    targeted: 0,
    target: null,
    in_time: 0,
    in_time_share: null,
};

/** A cell whose lists can be told from others by their names. */
export function cell(name, values) {
    const list = (which) => ({
        model: "cx.touchpoint",
        domain: [["name", "=", `${name} ${which}`]],
        name: `${name} ${which}`,
    });
    const lists = Object.fromEntries(NAMES.map((which) => [which, list(which)]));
    return { ...EMPTY, ...values, lists };
}

const moment = (code) => ({ code, label: code.toUpperCase(), help: `${code} is this.\nDo that.` });

export function figures() {
    const phone = {
        volume: 1204,
        volume_trend: "up",
        rated: 312,
        satisfaction: 3.94,
        few: false,
        tone: "bad",
        trend: "down",
        answered: 10,
        delay: 20.25,
        targeted: 8,
        target: 24,
        in_time: 7,
        in_time_share: 0.875,
    };
    const shop = { volume: 40, rated: 3, satisfaction: 7.2, few: true, tone: "good" };
    const web = { volume: 9 };
    const cols = [
        ["1", "Search", "Before", moment("zmot")],
        ["2", "Purchase", "During", null],
        ["3", "After-Sales", "After", null],
    ].map(([key, label, band, mark]) => ({ key, label, band, moment: mark }));
    const col_totals = {
        1: cell("Search", web),
        2: cell("Purchase", shop),
        3: cell("After-Sales", phone),
    };
    return {
        since: "2025-04-01",
        until: "2026-03-11",
        today: "2026-03-11",
        company: "Acme",
        limits: { good: 7, fair: 5 },
        cols,
        rows: [
            { key: "7", label: "Phone" },
            { key: "8", label: "Shop" },
            { key: "9", label: "Website" },
        ],
        row_title: "Channel",
        col_title: "Step",
        cells: {
            "7|3": cell("Phone, After-Sales", phone),
            "8|2": cell("Shop, Purchase", shop),
            "9|1": cell("Website, Search", web),
        },
        row_totals: {
            7: cell("Phone", phone),
            8: cell("Shop", shop),
            9: cell("Website", web),
        },
        col_totals,
        total: cell("Touchpoints", { ...phone, volume: 1253 }),
        curve: cols.map(({ key }) => {
            const { satisfaction, rated, few, tone, lists } = col_totals[key];
            return { key, satisfaction, rated, few, tone, list: lists.rated };
        }),
    };
}

/** What is told of those who left, after the other figures; a cell may be missing. */
function afterwards() {
    const phone = { open: 1004, left: 30 };
    const web = { open: 5, left: 0 };
    return {
        cells: { "7|3": phone, "9|1": web },
        row_totals: { 7: phone, 9: web },
        col_totals: { 1: web, 3: phone },
        total: { open: 1009, left: 30 },
    };
}

export function nothing() {
    const answer = figures();
    const none = Object.fromEntries(Object.keys(answer.col_totals).map((key) => [key, cell(key)]));
    return {
        ...answer,
        rows: [],
        cells: {},
        row_totals: {},
        col_totals: none,
        total: cell("Touchpoints"),
    };
}

/** The server of the map; `calls` is what was asked of it. */
export function serveJourney(change = (answer) => answer, groups = ["cx_lifecycle.group_admin"]) {
    const calls = [];
    onRpc("cx.journey.map", "figures", ({ args }) => {
        const [domain, since, until, , blocks] = args;
        calls.push({ domain, since, until, blocks });
        return change(blocks.includes("left") ? afterwards() : figures(), blocks);
    });
    onRpc("cx.journey.map", "comments", ({ args }) => {
        const [, , , channel, step] = args;
        calls.push({ channel, step });
        return [
            {
                id: 1,
                at: "2026-02-01 10:00:00",
                customer: "Azure Interior",
                interaction: "Complains",
                satisfaction: 1,
                note: "Nobody called back",
            },
        ];
    });
    onRpc("cx.journey.map", "improvements", () => [
        { id: 1, name: "Call back", owner: "Mitchell", since: "2026-03-01", state: "Running" },
    ]);
    onRpc("res.users", "has_group", ({ args }) => groups.includes(args[1]));
    return calls;
}

export async function settled() {
    for (let turn = 0; turn < 3; turn++) {
        await runAllTimers();
        await animationFrame();
    }
}
