import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { click, press, queryAllAttributes, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { CxMatrix } from "@cx_lifecycle/lazy/cx_matrix/cx_matrix";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";

defineMailModels();

const cellOf = (value, share, name, money, few = false) => ({
    value,
    text: `${value}`,
    share,
    few,
    list: name && list(name),
    money,
});
const list = (name) => ({ model: "cx.customer", domain: [["id", "=", name.length]], name });
const MATRIX = {
    row_title: "Then",
    col_title: "Now",
    rows: [
        { key: "new", label: "New" },
        { key: "active", label: "Active" },
        { key: "none", label: "No stage" },
    ],
    cols: [
        { key: "active", label: "Active", band: "Living" },
        { key: "dormant", label: "Dormant", band: "Quiet" },
        { key: "lost", label: "Lost", band: "Quiet" },
    ],
    cells: {
        "new|active": cellOf(30, 0.5, "a", 900),
        "active|active": cellOf(60, 1, "bb", 100),
        "active|dormant": cellOf(4, 0.1, "ccc", 50, true),
        "none|lost": cellOf(1, null, null, 0),
    },
};

async function mountMatrix(props = {}) {
    await mountWithCleanup(CxMatrix, {
        props: {
            matrix: MATRIX,
            title: "Flows between stages",
            onOpen: (opened) => expect.step(opened.name),
            ...props,
        },
    });
}

const cell = (row, col) => `tbody tr:eq(${row}) td:eq(${col})`;
const texts = (row) => queryAllTexts(`tbody tr:eq(${row}) td`);

test("rows, columns, bands and cells", async () => {
    await mountMatrix();
    expect("table").toHaveAttribute("role", "grid");
    expect("table").toHaveAttribute("aria-label", "Flows between stages");
    expect(queryAllTexts(".o_cx_matrix_bands th")).toEqual(["Living", "Quiet"]);
    expect(".o_cx_matrix_bands th:last").toHaveAttribute("colspan", "2");
    expect(queryAllTexts("thead tr:last th")).toEqual(["ThenNow", "Active", "Dormant", "Lost"]);
    expect(queryAllTexts("tbody th")).toEqual(["New", "Active", "No stage"]);
    expect(texts(0)).toEqual(["30", "", ""]);
    expect(texts(1)).toEqual(["60", "4", ""]);
    expect(".o_cx_matrix_total").toHaveCount(0);
});

test("each cell says its row, its column and its value", async () => {
    await mountMatrix();
    expect(cell(0, 0)).toHaveAttribute("aria-label", "New, Active: 30");
    expect(cell(0, 0)).toHaveAttribute("title", "New, Active: 30");
    expect(cell(0, 1)).toHaveAttribute("aria-label", "New, Dormant: nothing");
    expect(cell(1, 1)).toHaveAttribute(
        "aria-label",
        "Active, Dormant: 4 (few: to be read with care)"
    );
});

test("warm where there is much, hatched where there is little to go by", async () => {
    await mountMatrix();
    const color = (selector) => getComputedStyle(queryOne(selector)).backgroundColor;
    expect(color(cell(1, 0))).not.toBe(color(cell(0, 0)));
    expect(cell(2, 2)).not.toHaveAttribute("style");
    expect(".o_cx_matrix_few").toHaveCount(1);
    expect(getComputedStyle(queryOne(".o_cx_matrix_few")).backgroundImage).toInclude(
        "repeating-linear-gradient"
    );
});

test("totals are given, or the sums of their cells; they open what their cells open", async () => {
    const opened = [];
    await mountMatrix({ addUp: true, onOpen: (one) => opened.push(one) });
    expect(texts(0)).toEqual(["30", "", "", "30"]);
    expect(texts(3)).toEqual(["90", "4", "1", "95"]);
    expect("tbody tr:last th").toHaveText("Total");
    await click(cell(1, 3));
    expect(opened[0].domain).toEqual(["|", ["id", "=", 2], ["id", "=", 3]]);
    await click(cell(2, 3));
    expect(opened).toHaveLength(1, { message: "nothing to open behind a cell without a list" });
});

test("totals given by the server are taken as they are", async () => {
    const rows = MATRIX.rows.map((row, index) => ({ ...row, total: 10 * index, list: list("r") }));
    await mountMatrix({ matrix: { ...MATRIX, rows } });
    expect(texts(1)).toEqual(["60", "4", "", "10"]);
    expect("tbody tr").toHaveCount(3, { message: "no totals of columns" });
    await click(cell(1, 3));
    expect.verifySteps(["r"]);
});

test("money instead of heads, warmest where it is most", async () => {
    await mountMatrix({ money: true, addUp: true, currencyId: 1 });
    expect(texts(0)[0]).toBe("$ 900");
    expect(texts(3).at(-1)).toBe("$ 1,050");
    const share = (selector) => queryOne(selector).style.getPropertyValue("--cx-share");
    expect(share(cell(0, 0))).toBe("1.000");
    expect(share(cell(1, 0))).toBe("0.111");
});

test("rows and columns without any cell may be left out", async () => {
    const empty = (key) => ({ key, label: key });
    const matrix = {
        ...MATRIX,
        rows: [...MATRIX.rows, empty("suspect")],
        cols: [empty("prospect"), ...MATRIX.cols],
    };
    await mountMatrix({ matrix, hideEmpty: true, addUp: true });
    expect(queryAllTexts("tbody th")).toEqual(["New", "Active", "No stage", "Total"]);
    expect(queryAllTexts("thead tr:last th").slice(1)).toEqual([
        "Active",
        "Dormant",
        "Lost",
        "Total",
    ]);
});

test("a click opens what a cell counts; empty ones open nothing", async () => {
    await mountMatrix();
    await click(cell(0, 0));
    await click(cell(0, 1));
    await click(cell(2, 2));
    expect.verifySteps(["a"]);
});

test("one stop of the tab key, arrows walk, enter opens", async () => {
    await mountMatrix({ addUp: true });
    expect("td[tabindex='0']").toHaveCount(1);
    expect(cell(0, 0)).toHaveAttribute("tabindex", "0");
    queryOne(cell(0, 0)).focus();
    const walk = async (key, row, col) => {
        await press(key);
        await animationFrame();
        expect(cell(row, col)).toBeFocused({ message: key });
        expect(cell(row, col)).toHaveAttribute("tabindex", "0");
    };
    await walk("ArrowDown", 1, 0);
    await walk("ArrowRight", 1, 1);
    await press("Enter");
    expect.verifySteps(["ccc"]);
    await walk("End", 1, 3);
    await walk("ArrowRight", 1, 3);
    await walk("Home", 1, 0);
    await walk("ArrowUp", 0, 0);
    await walk("ArrowUp", 0, 0);
    await walk(["Control", "End"], 3, 3);
    await walk(["Control", "Home"], 0, 0);
    await press("Space");
    expect.verifySteps(["a"]);
    expect("td[tabindex='0']").toHaveCount(1);
});

test("drawn as flows: one band for each cell, as thick as its value", async () => {
    await mountMatrix({ mode: "flow" });
    expect("table").toHaveCount(0);
    expect(".o_cx_sankey g[role=img]").toHaveAttribute("aria-label", "Flows between stages");
    expect(".o_cx_sankey_band").toHaveCount(4);
    expect(queryAllAttributes(".o_cx_sankey_band", "aria-label")).toEqual([
        "From New to Active: 30",
        "From Active to Active: 60",
        "From Active to Dormant: 4",
        "From No stage to Lost: 1",
    ]);
    const tall = (index) => queryOne(`.o_cx_sankey_band:eq(${index})`).getBBox().height;
    expect(tall(1)).toBeGreaterThan(tall(2));
    expect(".o_cx_sankey_stays").toHaveCount(1);
    expect(queryAllTexts(".o_cx_sankey_label")).toEqual([
        "30New",
        "64Active",
        "1No stage",
        "90Active",
        "4Dormant",
        "1Lost",
    ]);
});

test("bands open what they count, with the keyboard too", async () => {
    await mountMatrix({ mode: "flow" });
    await click(".o_cx_sankey_band:eq(2)");
    expect.verifySteps(["ccc"]);
    queryOne(".o_cx_sankey_band:eq(0)").focus();
    await press("Enter");
    expect.verifySteps(["a"]);
    expect(".o_cx_sankey_band[role=button]").toHaveCount(3);
    expect(".o_cx_sankey_band:last").not.toHaveAttribute("tabindex");
});

test("nothing flows", async () => {
    await mountMatrix({ mode: "flow", matrix: { ...MATRIX, cells: {} } });
    expect(".o_cx_sankey").toHaveText("Nothing flows here.");
});

test.tags("mobile");
test("it scrolls sideways under the names of its rows", async () => {
    const months = Array.from({ length: 24 }, (_, index) => `${index}`);
    const cols = months.map((key) => ({ key, label: `Month ${key}` }));
    await mountMatrix({ matrix: { ...MATRIX, cols } });
    const scroll = queryOne(".o_cx_matrix_scroll");
    expect(scroll.scrollWidth).toBeGreaterThan(scroll.clientWidth);
    const name = queryOne("tbody th:first");
    const before = name.getBoundingClientRect().left;
    scroll.scrollLeft = 120;
    expect(name.getBoundingClientRect().left).toBeCloseTo(before, { margin: 1 });
    expect(getComputedStyle(name).backgroundColor).not.toBe("rgba(0, 0, 0, 0)");
});
