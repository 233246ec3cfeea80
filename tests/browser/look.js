/**
 * Opens each screen of `window.cxPlan`, lets axe-core look at it, and tells what it found.
 * A screen: { name, action, options, clicks: [selector], ready: [selector], within: [selector] },
 * or, instead of an action, page: { path, sent }.
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

/** What fades in has other contrasts than what is there. */
async function still() {
    await frame();
    await frame();
    for (const animation of document.getAnimations()) {
        if (animation.effect.getComputedTiming().endTime !== Infinity) {
            animation.finish();
        }
    }
    await frame();
}

/** Put a page in the place of this one. */
async function turnTo({ path, sent }) {
    const how = sent ? { method: "POST", body: new URLSearchParams(sent) } : {};
    const text = await (await fetch(path, how)).text();
    document.open();
    document.write(text);
    document.close();
    while (document.readyState !== "complete") {
        await frame();
    }
}

async function open({ action, options, page, clicks, ready }) {
    if (page) {
        await turnTo(page);
    } else {
        const { services } = odoo.__WOWL_DEBUG__.root.env;
        services.dialog.closeAll();
        await services.action.doAction(action, options || {});
    }
    for (const selector of clicks) {
        (await appear(selector)).click();
    }
    for (const selector of ready) {
        await appear(selector);
    }
    await still();
}

const isOdoos = (rule, element) =>
    (window.cxPlan.odoos[rule] || []).some((selector) => element.matches(selector));

async function findings(screen) {
    // behind a dialog is the screen that was looked at before
    const within = document.querySelector(".modal") ? [".o-overlay-container"] : screen.within;
    const exclude = window.cxPlan.places.map((selector) => [selector]);
    const include = within.filter((selector) => document.querySelector(selector));
    const { violations } = await axe.run(
        { include: include.map((selector) => [selector]), exclude },
        {
            runOnly: { type: "tag", values: RULES },
            resultTypes: ["violations"],
            elementRef: true,
        }
    );
    return violations
        .filter(({ impact }) => ["serious", "critical"].includes(impact))
        .flatMap(({ id, nodes }) =>
            nodes
                .filter(({ element }) => !isOdoos(id, element))
                .map(({ html, target, any, all, none }) => ({
                    key: `${id} ${html}`,
                    text:
                        `${id}: ${target.join(" ")}\n    ${html.slice(0, 300)}\n    ` +
                        [...any, ...all, ...none][0].message,
                }))
        );
}

window.cxLook = async () => {
    const problems = new Map(); // what was found, on the first screen where it was
    for (const screen of window.cxPlan.screens) {
        try {
            await open(screen);
            for (const { key, text } of await findings(screen)) {
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
