/**
 * Opens each screen of `window.cxPlan`, lets axe-core look at it, and tells what it found.
 * A screen: { name, action, options, clicks: [selector], ready: [selector] }; without an action
 * it is the page that is open already.
 */
const PATIENCE = 20000; // milliseconds until a screen that does not come is a failure
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

async function appear(selector) {
    const end = performance.now() + PATIENCE;
    for (;;) {
        const shown = [...document.querySelectorAll(selector)].find(
            (element) => element.getClientRects().length
        );
        if (shown) {
            return shown;
        }
        if (performance.now() > end) {
            throw new Error(`${selector} does not appear`);
        }
        await frame();
    }
}

async function open({ action, options, clicks, ready }) {
    if (action) {
        const { services } = odoo.__WOWL_DEBUG__.root.env;
        services.dialog.closeAll();
        await services.action.doAction(action, options);
    }
    for (const selector of clicks) {
        (await appear(selector)).click();
    }
    for (const selector of ready) {
        await appear(selector);
    }
    await frame();
    await frame();
}

async function findings(exclude) {
    const found = await axe.run(
        { exclude: exclude.map((selector) => [selector]) },
        { runOnly: { type: "tag", values: RULES }, resultTypes: ["violations"] }
    );
    return found.violations.flatMap(({ id, impact, nodes }) =>
        ["serious", "critical"].includes(impact)
            ? nodes.map((node) => ({
                  key: `${id} ${node.html}`,
                  text: `${id}: ${node.target.join(" ")}\n    ${node.html.slice(0, 300)}\n    ${
                      (node.any[0] || node.all[0] || node.none[0])?.message
                  }`,
              }))
            : []
    );
}

window.cxLook = async () => {
    const problems = new Map(); // what was found, on the first screen where it was
    for (const screen of window.cxPlan.screens) {
        try {
            await open(screen);
            for (const { key, text } of await findings(window.cxPlan.exclude)) {
                if (!problems.has(key)) {
                    problems.set(key, `${screen.name}: ${text}`);
                }
            }
        } catch (error) {
            problems.set(screen.name, `${screen.name} could not be looked at: ${error.message}`);
        }
    }
    if (problems.size) {
        throw new Error(`${problems.size} findings\n${[...problems.values()].join("\n")}`);
    }
    console.log("tour succeeded");
};
