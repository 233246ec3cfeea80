import { animationFrame, runAllTimers } from "@odoo/hoot-mock";
import { fields, models, onRpc } from "@web/../tests/web_test_helpers";

export class Customer extends models.Model {
    _name = "cx.customer";
    name = fields.Char();
    purchase_count = fields.Integer({ string: "Purchases" });
    _records = [{ id: 1, name: "Azure Interior", purchase_count: 3 }];
    _views = {
        cx_portfolio: `<cx_portfolio/>`,
        list: `<list><field name="name"/></list>`,
        search: `<search>
            <filter name="often" string="Often" domain="[('purchase_count', '>', 1)]"/>
            <filter name="azure" string="Azure" domain="[('name', 'ilike', 'azure')]"/>
        </search>`,
    };
}

export class FirstRun extends models.Model {
    _name = "cx.first.run";
}

let made = 0;
/** A list of its own for each number. */
export const list = (name) => ({
    model: "cx.customer",
    domain: [["id", ">", ++made]],
    name,
});

const move = (customers, worth, name, listed = customers) => ({
    customers,
    worth,
    listed,
    list: list(name),
});

export function figures() {
    return {
        since: "2026-01-01",
        until: "2026-03-11",
        today: "2026-03-11",
        currency_id: 1,
        company: "Acme",
        living: { since: 20, until: 13 },
        tiles: [
            {
                code: "new",
                stage_id: 3,
                name: "New",
                color: 4,
                customers: 1204,
                value: 5500,
                change: 18,
                target: 1500,
                target_text: "80 % of 1,500",
                list: list("New"),
            },
            {
                code: "active",
                stage_id: 4,
                name: "Active",
                color: 10,
                customers: 0,
                value: null,
                change: -25,
                target: null,
                target_text: "",
                list: list("Active"),
            },
            {
                code: "lost",
                stage_id: 6,
                name: "Lost",
                color: 1,
                customers: 3,
                value: 0,
                change: 0,
                target: null,
                target_text: "",
                list: list("Lost"),
            },
        ],
        balance: balance(),
        flows: flows(),
        retention: {
            row_title: "First purchase",
            col_title: "Months since",
            rows: [{ key: "2026-01", label: "Jan 2026", total: 4 }],
            cols: [
                { key: "0", label: "0" },
                { key: "1", label: "1" },
            ],
            cells: {
                "2026-01|0": {
                    value: 1,
                    text: "100 %",
                    share: 1,
                    few: true,
                    customers: 4,
                    money: null,
                    list: list("Jan, 0"),
                },
            },
        },
        forecast: {
            months: [31, 61, 92].map((days, index) => ({
                until: `2026-0${index + 4}-11`,
                label: `Month ${index + 1}`,
                buyers: days / 10,
                purchases: days / 5,
                amount: days * 100.4,
                leavers: 0.4,
                leavers_worth: 40,
            })),
            sample: null,
            past: {
                made_on: "2025-10-01",
                until: "2025-12-31",
                buyers: { expected: 10.2, actual: 12 },
                purchases: { expected: 20, actual: 19 },
                amount: { expected: 2000, actual: 1900 },
                leavers: { expected: 3, actual: 4 },
                sentence: "Last quarter 10 buyers were expected, 12 came.",
            },
            sentence: "About 9 customers buy in three months.",
        },
        at_risk: [
            { user_id: 7, name: "Mitchell", customers: 5, value: 900, list: list("Mitchell") },
            { user_id: false, name: false, customers: 1, value: 300, list: list("Nobody") },
        ],
    };
}

function balance() {
    const months = [
        ["2026-01-01", "January", 10, 12],
        ["2026-02-01", "February", 8, 13],
    ].map(([since, label, came, left]) => ({
        since,
        until: since,
        label,
        partial: label === "February",
        moves: {
            new: move(came - 1, 1000, `${label} new`),
            won_back: move(1, 500, `${label} won back`),
            dormant: move(left, 2500, `${label} dormant`),
            lost: move(0, 0, `${label} lost`),
            withdrawn: move(0, 0, `${label} withdrawn`),
            rules: move(0, 0, `${label} rules`),
        },
        net: { customers: came - left, worth: -1000 },
    }));
    return {
        months,
        total: {
            moves: {
                new: move(16, 2000, "All new"),
                won_back: move(2, 1000, "All won back"),
                dormant: move(25, 5000, "All dormant"),
                lost: move(0, 0, "All lost"),
                withdrawn: move(0, 0, "All withdrawn"),
                rules: move(0, 0, "All rules"),
            },
            net: { customers: -7, worth: -2000 },
        },
        sentence: "18 came, 25 left. New customers do not replace leavers (−7).",
    };
}

function flows() {
    const cell = (value, name) => ({
        value,
        text: `${value}`,
        share: value / 30,
        few: false,
        list: list(name),
        money: value * 100,
    });
    return {
        row_title: "On 31 December",
        col_title: "On 28 February",
        rows: [
            { key: "active", label: "Active", total: 32 },
            { key: "none", label: "No stage", total: 9 },
        ],
        cols: [
            { key: "active", label: "Active" },
            { key: "dormant", label: "Dormant" },
        ],
        cells: {
            "active|active": cell(30, "stayed"),
            "active|dormant": cell(2, "left"),
            "none|active": cell(9, "came"),
        },
    };
}

const ALL = ["cx_lifecycle.group_admin", "base.group_allow_export"];

/** The server of the portfolio; `calls` is what was asked of it. */
export function serveFigures(change = (answer) => answer, groups = ALL) {
    const calls = [];
    onRpc("cx.portfolio", "figures", async ({ args }) => {
        const [domain, since, until, blocks] = args;
        calls.push({ domain, since, until, blocks });
        const answer = await change(figures(), { domain, since, until, blocks });
        const { tiles, balance: _b, flows: _f, retention, forecast, at_risk, ...frame } = answer;
        return { ...frame, ...Object.fromEntries(blocks.map((name) => [name, answer[name]])) };
    });
    onRpc("res.users", "has_group", ({ args }) => groups.includes(args[1]));
    return calls;
}

/** Until every block has its answer: each call takes a moment, and they follow each other. */
export async function allBlocks() {
    for (let turn = 0; turn < 3; turn++) {
        await runAllTimers();
        await animationFrame();
    }
}
