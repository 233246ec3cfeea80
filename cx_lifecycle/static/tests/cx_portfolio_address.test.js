import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { click, queryAllTexts, select } from "@odoo/hoot-dom";
import { animationFrame, mockDate, runAllTimers } from "@odoo/hoot-mock";
import {
    defineActions,
    defineModels,
    getService,
    mockService,
    mountWebClient,
    patchWithCleanup,
    toggleMenuItem,
    toggleSearchBarMenu,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { redirect } from "@web/core/utils/urls";
import { Customer, FirstRun, allBlocks, serveFigures } from "./portfolio_helpers";

const PATH = "/odoo/lifecycle-portfolio";

defineMailModels();
defineModels([Customer, FirstRun]);
defineActions([
    {
        id: 1,
        name: "Portfolio",
        path: "lifecycle-portfolio",
        res_model: "cx.customer",
        mobile_view_mode: "cx_portfolio",
        views: [[false, "cx_portfolio"]],
        search_view_id: [false, "search"],
    },
]);

beforeEach(() => mockDate("2026-03-11 12:00:00"));

async function open(address) {
    redirect(address);
    await mountWebClient();
    await runAllTimers();
    await allBlocks();
    await runAllTimers();
}

const query = () => Object.fromEntries(new URL(browser.location.href).searchParams);

test("an address without anything: the last twelve months of everybody", async () => {
    const calls = serveFigures();
    await open(PATH);
    expect(calls[0]).toMatchObject({ domain: [], since: null, until: null });
    expect(query()).toEqual({});
    expect("select[aria-label=Period]").toHaveValue("last_12_months");
});

test("an address with a period and a search restores both", async () => {
    const calls = serveFigures();
    const search = encodeURIComponent(`[("purchase_count", ">", 1), ("name", "ilike", "azure")]`);
    await open(`${PATH}?period=last_quarter&search=${search}`);
    expect(calls).toHaveLength(5);
    for (const call of calls) {
        expect(call).toMatchObject({ since: "2025-10-01", until: "2025-12-31" });
        expect(call.domain.slice(1)).toEqual([
            ["purchase_count", ">", 1],
            ["name", "ilike", "azure"],
        ]);
    }
    expect("select[aria-label=Period]").toHaveValue("last_quarter");
    expect(query().period).toBe("last_quarter");
    expect(query().search).toInclude("azure");
});

test("an address with days shows them", async () => {
    const calls = serveFigures();
    await open(`${PATH}?since=2026-01-05&until=2026-02-03`);
    expect(calls[0]).toMatchObject({ since: "2026-01-05", until: "2026-02-03" });
    expect(".o_cx_period_days input").toHaveCount(2);
});

test("a search that cannot be read is said, and not made", async () => {
    const calls = serveFigures();
    mockService("notification", { add: (text) => expect.step(String(text)) });
    await open(`${PATH}?search=${encodeURIComponent("[(oops")}`);
    expect(calls[0].domain).toEqual([]);
    expect.verifySteps(["The search in this address could not be read."]);
});

test("period and search go into the address", async () => {
    serveFigures();
    await open(PATH);
    await click("select[aria-label=Period]");
    await select("last_month");
    await allBlocks();
    await runAllTimers();
    expect(query()).toEqual({ period: "last_month" });
    await click("select[aria-label=Period]");
    await select("last_12_months");
    await allBlocks();
    await runAllTimers();
    expect(query()).toEqual({});
});

test.tags("desktop");
test("what is searched goes into the address, and leaves it again", async () => {
    serveFigures();
    await open(PATH);
    await toggleSearchBarMenu();
    await toggleMenuItem("Often");
    await allBlocks();
    await runAllTimers();
    expect(query()).toEqual({ search: `[("purchase_count", ">", 1)]` });
    await toggleMenuItem("Often");
    await allBlocks();
    await runAllTimers();
    expect(query()).toEqual({});
});

test.tags("desktop");
test("back from a list, the period and the search are as they were", async () => {
    const calls = serveFigures();
    const search = encodeURIComponent(`[("purchase_count", ">", 1)]`);
    await open(`${PATH}?period=last_month&search=${search}`);
    await click(".o_cx_tile_count:first");
    await animationFrame();
    await runAllTimers();
    expect(".o_list_view").toHaveCount(1);
    expect(query()).toEqual({});
    const count = calls.length;
    await click(".o_breadcrumb .o_back_button, .o_breadcrumb .breadcrumb-item a");
    await allBlocks();
    await runAllTimers();
    expect(calls.length).toBeGreaterThan(count);
    expect(calls.at(-1)).toMatchObject({
        domain: [["purchase_count", ">", 1]],
        since: "2026-02-01",
    });
    expect(query().period).toBe("last_month");
    expect(query().search).toInclude("purchase_count");
    expect(queryAllTexts(".o_facet_value")).toHaveLength(1);
});

test("a copied link shows the same days tomorrow, to anybody", async () => {
    serveFigures();
    patchWithCleanup(navigator.clipboard, {
        writeText: (text) => expect.step(Object.fromEntries(new URL(text).searchParams)),
    });
    const search = `[("purchase_count", ">", 1)]`;
    await open(`${PATH}?period=last_quarter&search=${encodeURIComponent(search)}`);
    await click(".o_cx_copy_link");
    await animationFrame();
    expect.verifySteps([{ since: "2025-10-01", until: "2025-12-31", search }]);
    expect(getService("action").currentController.action.path).toBe("lifecycle-portfolio");
});
