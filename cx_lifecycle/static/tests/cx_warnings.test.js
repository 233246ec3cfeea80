import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    MockServer,
    mockService,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";

const sign = (id, name, words) => ({ id, code: `c${id}`, name, words, strength: 0 });

class Customer extends models.Model {
    _name = "customer";

    name = fields.Char();
    signs = fields.Json({ string: "Warning Signs" });

    _records = [
        {
            id: 1,
            name: "Ada",
            signs: [
                sign(7, "Basket Shrinking", "120 € a purchase lately, 310 € before"),
                sign(8, "Bad Score", "3 of 10"),
                sign(9, "No Phone", ""),
            ],
        },
        { id: 2, name: "Bob", signs: false },
    ];
}

defineMailModels();
defineModels([Customer]);

const form = (options = "") => ({
    type: "form",
    resModel: "customer",
    resId: 1,
    arch: `<form><field name="signs" widget="cx_warnings" ${options}/></form>`,
});

test("two signs and how many more; what shows them is told", async () => {
    await mountView(form());
    expect(queryAllTexts(".o_cx_warning")).toEqual(["Basket Shrinking", "Bad Score"]);
    expect(".o_cx_warning:first").toHaveAttribute(
        "title",
        "Basket Shrinking: 120 € a purchase lately, 310 € before"
    );
    expect(".o_cx_warnings_more").toHaveText("+1");
    expect(".o_cx_warnings_more").toHaveAttribute("aria-label", "1 more warning signs");
});

test("long: all of them in words", async () => {
    await mountView(form(`options="{'long': true}"`));
    expect(queryAllTexts(".o_cx_warning")).toEqual([
        "Basket Shrinking: 120 € a purchase lately, 310 € before",
        "Bad Score: 3 of 10",
        "No Phone",
    ]);
    expect(".o_cx_warnings_more").toHaveCount(0);
});

test("a press opens the sign and not the row, and what is shown is read again", async () => {
    mockService("action", {
        doAction(action, options) {
            expect.step(`${action.res_model} ${action.res_id} ${action.target}`);
            const signs = [sign(8, "Bad Score", "3 of 10")];
            MockServer.env["customer"].write([1], { signs });
            return options.onClose();
        },
    });
    await mountView({
        type: "list",
        resModel: "customer",
        arch: `<list><field name="name"/><field name="signs" widget="cx_warnings"/></list>`,
        selectRecord: () => expect.step("row"),
    });
    expect(".o_data_row:eq(1) .o_cx_warning").toHaveCount(0);
    await contains(".o_cx_warning:first").focus();
    await press("Enter");
    await animationFrame();
    expect.verifySteps(["cx.warning 7 new"]);
    await animationFrame();
    expect(queryAllTexts(".o_cx_warning")).toEqual(["Bad Score"]);
});
