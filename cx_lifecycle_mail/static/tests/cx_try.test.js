import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

const STEP = { id: 1, name: "First", kind: "E-mail", assumption: "on entry" };
const MAIL = { to: "Ada <ada@example.com>", lang: "en_US", subject: "Hello", html: "<p>Hi Ada</p>" };
const CUSTOMER = { id: 3, name: "Ada", lang: "en_US", zone: "Europe/Paris", enters: true };

class Try extends models.Model {
    _name = "cx.campaign.try";

    answer = fields.Json();

    _records = [
        {
            id: 1,
            answer: {
                customers: [
                    {
                        ...CUSTOMER,
                        steps: [
                            {
                                ...STEP,
                                state: "done",
                                label: "Sent",
                                when: "Mon 23 Nov 2026 10:00",
                                mail: MAIL,
                            },
                            { ...STEP, id: 2, state: "never", label: "Does not come to it" },
                        ],
                    },
                    { ...CUSTOMER, id: 4, enters: false, why: "On the block list", steps: [] },
                    { ...CUSTOMER, id: 5, held_out: true, steps: [] },
                    { ...CUSTOMER, id: 6, enters: false, inside: true, steps: [] },
                ],
            },
        },
        { id: 2, answer: { problem: "Customers: choose 10 at most." } },
        { id: 3, answer: { customers: [] } },
    ];
}

defineMailModels();
defineModels([Try]);
describe.current.tags("headless");

function open(resId) {
    return mountView({
        type: "form",
        resModel: "cx.campaign.try",
        resId,
        arch: `<form><field name="answer" invisible="1"/><widget name="cx_try"/></form>`,
    });
}

test("whether they enter, in words", async () => {
    await open(1);
    expect(queryAllTexts(".o_cx_try_customer h3 + p")).toEqual([
        "Would enter now",
        "Would not enter. On the block list. If it did:",
        "Would enter and be held out: nothing is done. If it were treated:",
        "Takes part already: what is still to come",
    ]);
});

test("a letter is shown on demand, where no script of it can run", async () => {
    expect.errors(1); // HOOT looks into each frame, and this one lets nobody in
    await open(1);
    expect("iframe").toHaveCount(0);
    expect(".o_cx_try_step[data-state=done]").toHaveText(/Mon 23 Nov 2026 10:00/);
    expect(".o_cx_try_step[data-state=done]").toHaveText(/Ada <ada@example.com>/);
    expect(".o_cx_try_show").toHaveAttribute("aria-expanded", "false");
    await contains(".o_cx_try_show").click();
    expect("iframe").toHaveAttribute("sandbox", "");
    expect("iframe").toHaveAttribute("title", "Hello");
    expect(queryOne("iframe").getAttribute("srcdoc")).toBe("<p>Hi Ada</p>");
    expect.verifyErrors([/Blocked a frame/]);
    expect(".o_cx_try_show").toHaveAttribute("aria-expanded", "true");
    await contains(".o_cx_try_show").click();
    expect("iframe").toHaveCount(0);
});

test("a problem, and nobody", async () => {
    await open(2);
    expect("[role=alert]").toHaveText("Customers: choose 10 at most.");
    expect(".o_cx_try_customer").toHaveCount(0);
});

test("nobody chosen", async () => {
    await open(3);
    expect(".o_cx_try").toHaveText(/Choose customers/);
});
