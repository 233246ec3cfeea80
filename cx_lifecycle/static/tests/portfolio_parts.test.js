import { expect, test } from "@odoo/hoot";
import { toCsv } from "@cx_lifecycle/lazy/cx_portfolio/csv";
import { daysOf, fromQuery, isBroken, toQuery } from "@cx_lifecycle/lazy/cx_portfolio/periods";
import { chartConfig } from "@cx_lifecycle/lazy/cx_portfolio/balance_chart";
import { layOutFlows } from "@cx_lifecycle/lazy/cx_matrix/sankey_layout";
import { figures } from "./portfolio_helpers";

const { DateTime } = luxon;
const days = (code, today) => Object.values(daysOf({ code }, DateTime.fromISO(today)));

test("periods of the calendar", () => {
    expect(days("this_month", "2026-03-11")).toEqual(["2026-03-01", "2026-03-31"]);
    expect(days("last_month", "2026-03-31")).toEqual(["2026-02-01", "2026-02-28"]);
    expect(days("this_quarter", "2026-05-11")).toEqual(["2026-04-01", "2026-06-30"]);
    expect(days("last_quarter", "2026-03-11")).toEqual(["2025-10-01", "2025-12-31"]);
    expect(days("this_year", "2026-03-11")).toEqual(["2026-01-01", "2026-12-31"]);
    expect(days("last_12_months", "2026-03-11")).toEqual([null, null]);
});

test("a period is written into an address and read back", () => {
    for (const period of [
        { code: "last_quarter", since: false, until: false },
        { code: "custom", since: "2026-01-05", until: "2026-02-03" },
    ]) {
        expect(fromQuery(toQuery(period))).toEqual(period);
    }
    expect(toQuery({ code: "last_12_months" })).toEqual({
        period: undefined,
        since: undefined,
        until: undefined,
    });
    expect(fromQuery({})).toBe(false);
});

test("an address with nonsense for a period has none", () => {
    expect(fromQuery({ period: "constructor" })).toBe(false);
    expect(fromQuery({ since: "2026-02-31", until: "2026-03-31" })).toBe(false);
    expect(fromQuery({ since: "2026-02-01" })).toBe(false);
    expect(fromQuery({ since: 2026, until: 2027 })).toBe(false);
});

test("a broken period", () => {
    const broken = (since, until) => isBroken({ code: "custom", since, until });
    expect(broken("2026-01-02", "2026-01-01")).toBe(true);
    expect(broken("2026-01-01", false)).toBe(true);
    expect(broken("2026-01-01", "2026-01-01")).toBe(false);
    expect(isBroken({ code: "this_month" })).toBe(false);
});

test("no text of a file becomes a formula, and numbers stay numbers", () => {
    const texts = ["=1+1", "+1", "-1", "@A1", "\tx", "\rx"];
    expect(toCsv([texts])).toBe("\ufeff'=1+1,'+1,'-1,'@A1,'\tx,\"'\rx\"\r\n");
    expect(toCsv([[-7, 0, 1.5, null, undefined, false, ""]])).toBe("\ufeff-7,0,1.5,,,,\r\n");
    expect(toCsv([['a "b"', "c,d", "e\nf"]])).toBe('\ufeff"a ""b""","c,d","e\nf"\r\n');
});

test("bands fill the names they leave and reach, without a gap", () => {
    const cell = (key, value) => ({ key, value, row: "", col: "" });
    const drawing = {
        rows: [
            { key: "a", label: "A", cells: [cell("a|a", 3), cell("a|b", 1), { isTotal: true }] },
            { key: "b", label: "B", cells: [{ isEmpty: true }, cell("b|b", 4), { isTotal: true }] },
            { key: "total", isFoot: true, cells: [] },
        ],
        cols: [
            { key: "a", label: "A" },
            { key: "b", label: "B" },
        ],
    };
    const { left, right, bands, height } = layOutFlows(drawing);
    expect(left.map((node) => node.value)).toEqual([4, 4]);
    expect(right.map((node) => node.value)).toEqual([3, 5]);
    expect(bands).toHaveLength(3);
    const sum = (nodes) => nodes.reduce((total, node) => total + node.height, 0);
    expect(sum(left)).toBeCloseTo(sum(right));
    expect(left[1].y).toBeGreaterThan(left[0].y + left[0].height);
    expect(height).toBeGreaterThan(right[1].y + right[1].height);
    expect(bands[0].path).toMatch(/^M2,11 C50,11 50,11 98,11 V/);
});

function chart(change = () => {}, isMoney = false) {
    const { balance } = figures();
    change(balance);
    const colors = { new: "var(--success)", dormant: "var(--warning)", net: "currentColor" };
    const { data, options } = chartConfig(balance, {
        isMoney,
        colors,
        netName: "Net",
        format: (number, isShort) => `${isShort ? "~" : ""}${number}`,
        onOpen: (list) => expect.step(list.name),
    });
    return { data, options, of: (move) => data.datasets.find((set) => set.move === move) };
}

test("the chart: who came above zero, who left below, the net as a line", () => {
    const { data, of } = chart();
    expect(data.labels).toEqual(["January", "February"]);
    expect(data.datasets.map((set) => set.move)).toEqual([undefined, "new", "won_back", "dormant"]);
    expect(of("new")).toMatchObject({ type: "bar", data: [9, 7], stack: "balance" });
    expect(of("dormant").data).toEqual([-12, -13]);
    expect(of("dormant").backgroundColor).toBe("var(--warning)");
    expect(of(undefined)).toMatchObject({ type: "line", data: [-2, -5] });
    expect(chart(() => {}, true).of("dormant").data).toEqual([-2500, -2500]);
});

test("what new rules moved stands beside the others in the chart", () => {
    const { of } = chart(({ months }) => {
        Object.assign(months[1].moves.rules, { customers: -3, listed: 3 });
    });
    expect(of("rules")).toMatchObject({ data: [0, -3], stack: "rules" });
});

test("a bar opens who it counts; the line opens nothing", () => {
    const { data, options } = chart();
    const click = (move, index) => {
        const datasetIndex = data.datasets.findIndex((set) => set.move === move);
        options.onClick({}, [{ datasetIndex, index }]);
    };
    click("dormant", 1);
    expect.verifySteps(["February dormant"]);
    click(undefined, 1);
    options.onClick({}, []);
    expect.verifySteps([]);
    expect(options.scales.y.ticks.callback(1000)).toBe("~1000");
    const { label } = options.plugins.tooltip.callbacks;
    expect(label({ dataset: { label: "Lost" }, raw: -4 })).toBe("Lost: 4");
});
