import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { click, queryAllTexts, queryFirst, select } from "@odoo/hoot-dom";
import { Deferred, animationFrame, mockDate } from "@odoo/hoot-mock";
import {
    defineModels,
    makeServerError,
    mockService,
    mountView,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { downloadFile } from "@web/core/network/download";
import { Customer, FirstRun, allBlocks, serveFigures } from "./portfolio_helpers";

defineMailModels();
defineModels([Customer, FirstRun]);

beforeEach(() => mockDate("2026-03-11 12:00:00"));

const block = (name) => `.o_cx_block[data-block=${name}]`;

async function mountPortfolio(options = {}) {
    const opened = [];
    mockService("action", { doAction: (action) => opened.push(action) });
    await mountView({ type: "cx_portfolio", resModel: "cx.customer", ...options });
    await allBlocks();
    return opened;
}

test("tiles and balance are asked first, the others after, each by itself", async () => {
    const answered = new Deferred();
    const calls = serveFigures(async (answer, { blocks }) => {
        if (blocks.includes("tiles")) {
            await answered;
        }
        return answer;
    });
    await mountPortfolio();
    expect(calls).toEqual([
        { domain: [], since: null, until: null, blocks: ["tiles", "balance"] },
    ]);
    expect(".o_cx_block").toHaveCount(6);
    expect(".o_cx_block_loading").toHaveCount(6);
    answered.resolve();
    await allBlocks();
    expect(calls.map((call) => call.blocks)).toEqual([
        ["tiles", "balance"],
        ["flows"],
        ["retention"],
        ["forecast"],
        ["at_risk"],
    ]);
    expect(".o_cx_block_loading").toHaveCount(0);
    expect(".o_cx_portfolio_sentence").toHaveText(
        "18 came, 25 left. New customers do not replace leavers (−7)."
    );
});

test("tiles: how many, worth what, the change in a sign and in words, the target", async () => {
    serveFigures();
    const opened = await mountPortfolio();
    expect(queryAllTexts(".o_cx_tile_count")).toEqual(["1,204", "0", "3"]);
    expect(".o_cx_tile_count:first").toHaveAttribute("aria-label", "New: 1,204 customers");
    expect(queryAllTexts(".o_cx_tile_value")).toEqual(["$ 5,500", "", "$ 0"]);
    expect(queryAllTexts(".o_cx_tile_change span[aria-hidden]")).toEqual(["+18", "−25", "±0"]);
    expect(queryAllTexts(".o_cx_tile_change .visually-hidden")).toEqual([
        "18 more in the period",
        "25 fewer in the period",
        "unchanged in the period",
    ]);
    expect(".o_cx_tile_target").toHaveCount(1);
    expect(".o_cx_tile_target").toHaveAttribute("aria-valuenow", "80");
    expect(".o_cx_tile_target").toHaveAttribute("aria-label", "80 % of 1,500");
    await click(".o_cx_tile_count:first");
    expect(opened[0]).toMatchObject({
        name: "New",
        res_model: "cx.customer",
        views: [[false, "list"]],
    });
    expect(opened[0].domain[0][0]).toBe("id");
});

test("the balance is drawn, and told as a table of links", async () => {
    serveFigures();
    const opened = await mountPortfolio();
    expect(`${block("balance")} canvas[role=img]`).toHaveAttribute(
        "aria-label",
        /18 came, 25 left/
    );
    await click(`${block("balance")} button[data-mode=table]`);
    await animationFrame();
    expect(`${block("balance")} canvas`).toHaveCount(0);
    const texts = (row) => queryAllTexts(`${block("balance")} tbody tr:eq(${row}) > *`);
    expect(queryAllTexts(`${block("balance")} .o_cx_matrix_bands th`)).toEqual(["Came", "Left"]);
    expect(texts(0)).toEqual(["January", "9", "1", "12", "", "-2"]);
    expect(texts(1)[0]).toBe("February (so far)");
    expect(`${block("balance")} thead th:last`).toHaveText("Net");
    expect(texts(2)).toEqual(["Total", "16", "2", "25", "0", "-7"]);
    await click(`${block("balance")} td[aria-label='January, Gone dormant: 12']`);
    await click(`${block("balance")} td[aria-label='Total, Won back: 2']`);
    expect(opened.map((action) => action.name)).toEqual(["January dormant", "All won back"]);
});

test("what new rules moved stands apart, with how many they moved", async () => {
    serveFigures((answer) => {
        const { months, total } = answer.balance;
        for (const moves of [months[0].moves, total.moves]) {
            Object.assign(moves.rules, { customers: -2, worth: -100, listed: 4 });
        }
        return answer;
    });
    const opened = await mountPortfolio();
    await click(`${block("balance")} button[data-mode=table]`);
    await animationFrame();
    expect(`${block("balance")} .o_cx_matrix_bands th:last`).toHaveText("Rules");
    expect(`${block("balance")} tbody tr:first td:eq(4)`).toHaveText("-2 of 4 moved");
    await click(`${block("balance")} tbody tr:first td:eq(4)`);
    expect(opened[0].name).toBe("January rules");
});

test("retention says how many customers a share is made of", async () => {
    serveFigures();
    await mountPortfolio();
    expect(`${block("retention")} td:first`).toHaveAttribute(
        "aria-label",
        "Jan 2026, 0: 100 %, 4 customers (few: to be read with care)"
    );
});

test("nobody bought for the first time", async () => {
    serveFigures((answer) => {
        answer.retention.rows[0].total = 0;
        return answer;
    });
    await mountPortfolio();
    expect(".o_cx_retention_none").toHaveCount(1);
});

test("heads or money, everywhere", async () => {
    serveFigures();
    await mountPortfolio();
    await click(`${block("balance")} button[data-mode=table]`);
    await click(".o_cx_portfolio_controls button[data-mode=money]");
    await animationFrame();
    expect(`${block("balance")} tbody td:first`).toHaveText("$ 1,000");
    expect(`${block("flows")} tbody td:first`).toHaveText("$ 3,000");
    expect(`${block("retention")} tbody td:first`).toHaveText("100 %");
});

test("flows as a matrix and as bands", async () => {
    serveFigures();
    const opened = await mountPortfolio();
    const total = `${block("flows")} tbody tr:last td`;
    expect(queryAllTexts(total)).toEqual(["39", "2", "41"]);
    await click(`${block("flows")} button[data-mode=flow]`);
    await animationFrame();
    expect(`${block("flows")} .o_cx_sankey_band`).toHaveCount(3);
    await click(`${block("flows")} .o_cx_sankey_band:eq(1)`);
    expect(opened.at(-1).name).toBe("left");
});

test("flows need a second month", async () => {
    serveFigures((answer) => {
        delete answer.flows.cells["active|active"];
        delete answer.flows.cells["active|dormant"];
        return answer;
    });
    await mountPortfolio();
    expect(".o_cx_flows_later").toHaveText(/^Flows need a second month/);
    expect(`${block("flows")} table`).toHaveCount(0);
});

test("the forecast, and what came of the last one", async () => {
    serveFigures();
    await mountPortfolio();
    expect(".o_cx_forecast_sentence").toHaveText("About 9 customers buy in three months.");
    expect(queryAllTexts(".o_cx_forecast tbody tr:first td")).toEqual(["3", "6", "9"]);
    expect(queryAllTexts(".o_cx_forecast tbody tr:eq(2) td")[0]).toBe("$ 3,112");
    expect(queryAllTexts(".o_cx_forecast_past tbody tr:first > *")).toEqual(["Buyers", "10", "12"]);
    expect(".o_cx_forecast_past_sentence").toHaveText(/10 buyers were expected, 12 came/);
});

test("no forecast to judge yet", async () => {
    serveFigures((answer) => {
        answer.forecast.past = null;
        return answer;
    });
    await mountPortfolio();
    expect(".o_cx_forecast_past").toHaveCount(0);
    expect(".o_cx_forecast_no_past").toHaveCount(1);
});

test("value at risk by salesperson", async () => {
    serveFigures();
    const opened = await mountPortfolio();
    expect(queryAllTexts(".o_cx_at_risk tbody th")).toEqual(["Mitchell", "Nobody"]);
    await click(".o_cx_at_risk tbody button:last");
    expect(opened[0].name).toBe("Nobody");
});

test("a block lists all it counts", async () => {
    serveFigures();
    const opened = await mountPortfolio();
    await click(`${block("at_risk")} .o_cx_block_list`);
    expect(opened[0].name).toBe("Customers at risk");
    expect(opened[0].domain).toHaveLength(3);
    expect(opened[0].domain[0]).toBe("|");
    expect(`${block("forecast")} .o_cx_block_list`).toHaveCount(0);
});

test("a block is exported, guarded against formulas", async () => {
    serveFigures((answer) => {
        answer.at_risk[0].name = "=HYPERLINK(1)";
        return answer;
    });
    patchWithCleanup(downloadFile, {
        _download: (data, name, type) => expect.step([data, name, type]),
    });
    await mountPortfolio();
    await click(`${block("at_risk")} .o_cx_block_export`);
    expect.verifySteps([
        [
            "\ufeffSalesperson,Customers,Value at risk\r\n'=HYPERLINK(1),5,900\r\nNobody,1,300\r\n",
            "at_risk.csv",
            "text/csv",
        ],
    ]);
    await click(`${block("balance")} .o_cx_block_export`);
    await click(`${block("flows")} .o_cx_block_export`);
    await click(`${block("tiles")} .o_cx_block_export`);
    expect.verifySteps([
        [
            "\ufeffMonth,New,Won back,Gone dormant,Lost,Net\r\nJanuary,9,1,12,,-2\r\n" +
                "February (so far),7,1,13,,-5\r\n",
            "balance.csv",
            "text/csv",
        ],
        [
            "\ufeffOn 31 December,Active,Dormant\r\nActive,30,2\r\nNo stage,9,\r\n",
            "flows.csv",
            "text/csv",
        ],
        [
            "\ufeffStage,Customers,Value,Change,Target\r\nNew,1204,5500,18,1500\r\n" +
                "Active,0,,-25,\r\nLost,3,0,0,\r\n",
            "tiles.csv",
            "text/csv",
        ],
    ]);
});

test("what broke is said in its block only, and can be asked again", async () => {
    let broken = true;
    const calls = serveFigures((answer, { blocks }) => {
        if (broken && blocks[0] === "flows") {
            throw makeServerError({ type: "UserError", message: "No month is closed yet." });
        }
        if (broken && blocks[0] === "retention") {
            throw makeServerError({ type: "MissingError", message: "Traceback" });
        }
        return answer;
    });
    await mountPortfolio();
    expect(`${block("flows")} [role=alert]`).toHaveText(/^No month is closed yet\./);
    expect(`${block("retention")} [role=alert]`).toHaveText(/^These figures could not be read\./);
    expect(".o_cx_block_failed").toHaveCount(2);
    broken = false;
    await click(`${block("flows")} [role=alert] button`);
    await allBlocks();
    expect(".o_cx_block_failed").toHaveCount(1);
    expect(calls.at(-1).blocks).toEqual(["flows"]);
});

test("another period asks anew; late answers to the former are dropped", async () => {
    const late = new Deferred();
    const calls = serveFigures(async (answer, { since, blocks }) => {
        if (since === "2026-02-01" && blocks.includes("tiles")) {
            await late;
            answer.tiles[0].customers = 999;
        }
        return answer;
    });
    await mountPortfolio();
    await click("select[aria-label=Period]");
    await select("last_month");
    await animationFrame();
    expect(calls.at(-1)).toMatchObject({ since: "2026-02-01", until: "2026-02-28" });
    expect(`${block("tiles")} .o_cx_block_loading`).toHaveCount(1);
    expect(".o_cx_tile_count:first").toHaveText("1,204", { message: "the former stay meanwhile" });
    await click("select[aria-label=Period]");
    await select("this_year");
    await allBlocks();
    late.resolve();
    await allBlocks();
    expect(calls.at(-1)).toMatchObject({ since: "2026-01-01", until: "2026-12-31" });
    expect(".o_cx_tile_count:first").toHaveText("1,204");
});

test("any two days, in their order", async () => {
    const calls = serveFigures();
    await mountPortfolio();
    await click("select[aria-label=Period]");
    await select("custom");
    await allBlocks();
    expect(calls.at(-1)).toMatchObject({ since: "2026-01-01", until: "2026-03-11" });
    expect(".o_cx_period_days input").toHaveCount(2);
    const count = calls.length;
    await click("#o_cx_period_until");
    queryFirst("#o_cx_period_until").value = "12/31/2025";
    queryFirst("#o_cx_period_until").dispatchEvent(new Event("change"));
    await allBlocks();
    expect(".o_cx_period [role=alert]").toHaveCount(1);
    expect(calls).toHaveLength(count, { message: "nothing is asked" });
});

test("the search bar feeds every block", async () => {
    const calls = serveFigures();
    await mountPortfolio({ searchViewId: false, context: { search_default_often: 1 } });
    expect(calls).toHaveLength(5);
    for (const call of calls) {
        expect(call.domain).toEqual([["purchase_count", ">", 1]]);
    }
});

test("nobody yet: help, and the first steps for administrators", async () => {
    serveFigures((answer) => {
        answer.tiles.forEach((tile) => (tile.customers = 0));
        return answer;
    });
    const opened = await mountPortfolio({ noContentHelp: "No customers yet" });
    expect(".o_nocontent_help").toHaveText("No customers yet");
    expect(".o_cx_block").toHaveCount(0);
    await click("button:contains(First Steps)");
    expect(opened).toEqual(["cx_lifecycle.action_first_steps"]);
});

test("the first steps are for administrators only, and files for those who may export", async () => {
    serveFigures((answer) => answer, []);
    await mountPortfolio();
    expect(".o_cx_block_list").toHaveCount(5);
    expect(".o_cx_block_export").toHaveCount(0);
    serveFigures((answer) => {
        answer.tiles.forEach((tile) => (tile.customers = 0));
        return answer;
    }, []);
    await click("select[aria-label=Period]");
    await select("this_year");
    await allBlocks();
    expect(".o_nocontent_help").toHaveCount(1);
    expect("button:contains(First Steps)").toHaveCount(0);
});

test("nobody long ago is no first day", async () => {
    serveFigures((answer) => {
        answer.tiles.forEach((tile) => (tile.customers = 0));
        answer.until = "2019-12-31";
        return answer;
    });
    await mountPortfolio();
    expect(".o_nocontent_help").toHaveCount(0);
    expect(".o_cx_portfolio_nobody").toHaveCount(1);
});

test("what the reader may not see has no block", async () => {
    serveFigures((answer) => ({ ...answer, at_risk: null }));
    await mountPortfolio();
    expect(".o_cx_block").toHaveCount(5);
    expect(block("at_risk")).toHaveCount(0);
});

test("a favourite keeps its period", async () => {
    const calls = serveFigures();
    await mountPortfolio({
        context: { cx_portfolio_period: { code: "last_month", since: false, until: false } },
    });
    expect(calls[0]).toMatchObject({ since: "2026-02-01", until: "2026-02-28" });
    expect("select[aria-label=Period]").toHaveValue("last_month");
});

test("nobody found by a search is told so", async () => {
    serveFigures((answer) => {
        answer.tiles.forEach((tile) => (tile.customers = 0));
        return answer;
    });
    await mountPortfolio({ searchViewId: false, context: { search_default_often: 1 } });
    expect(".o_cx_portfolio_nobody").toHaveCount(1);
    expect(".o_nocontent_help").toHaveCount(0);
});

test.tags("mobile");
test("on a phone, blocks stand below each other and nothing is cut off", async () => {
    serveFigures();
    await mountPortfolio();
    const content = queryFirst(".o_content");
    expect(content.scrollWidth).not.toBeGreaterThan(content.clientWidth);
    const lefts = queryAllTexts(".o_cx_block h3").length;
    expect(lefts).toBe(6);
    const [first, second] = ["flows", "at_risk"].map((name) =>
        queryFirst(block(name)).getBoundingClientRect()
    );
    expect(second.top).toBeGreaterThan(first.bottom - 1);
});
