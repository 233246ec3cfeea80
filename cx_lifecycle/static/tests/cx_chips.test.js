import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Need extends models.Model {
    _name = "need";

    name = fields.Char();

    _records = ["Security", "Pride", "Novelty", "Comfort", "Money", "Sympathy"].map(
        (name, index) => ({ id: index + 1, name })
    );
}

class Outcome extends models.Model {
    _name = "outcome";

    need_id = fields.Many2one({ relation: "need", string: "Need Heard" });
    stance = fields.Selection({
        selection: [
            ["-1", "Against"],
            ["1", "In favour"],
        ],
        required: true,
        default: "1",
    });
}

defineMailModels();
defineModels([Need, Outcome]);

const chip = (name) => `.o_cx_chip:contains(${name})`;
const chosen = () => queryAllTexts(".o_cx_chip[aria-pressed=true]");

async function mountForm(attributes = "") {
    await mountView({
        type: "form",
        resModel: "outcome",
        arch: `<form><group>
            <field name="need_id" widget="cx_chips" ${attributes}/>
            <field name="stance" widget="cx_chips" ${attributes}/>
        </group></form>`,
    });
}

test("nothing is chosen that was not, and a choice can be taken back", async () => {
    await mountForm();
    expect(".o_field_widget[name=need_id] .o_cx_chip").toHaveCount(6);
    expect(".o_field_widget[name=need_id] .o_cx_chips").toHaveAttribute("role", "group");
    expect(".o_field_widget[name=need_id] .o_cx_chips").toHaveAttribute("aria-label", "Need Heard");
    expect(chosen()).toEqual(["In favour"]);
    await contains(chip("Money")).click();
    expect(chosen()).toEqual(["Money", "In favour"]);
    expect(`${chip("Money")} .fa-check`).toHaveCount(1);
    await contains(chip("Pride")).click();
    expect(chosen()).toEqual(["Pride", "In favour"]);
    await contains(chip("Pride")).click();
    await contains(chip("In favour")).click();
    expect(chosen()).toEqual(["In favour"], { message: "what is required stays" });
});

test("one stop of Tab for each group, arrows within, Enter and space choose", async () => {
    await mountForm();
    expect(".o_field_widget[name=need_id] .o_cx_chip[tabindex='0']").toHaveCount(1);
    queryOne(chip("Security")).focus();
    await press("ArrowRight");
    expect(chip("Pride")).toBeFocused();
    await press("Enter");
    await animationFrame();
    expect(chosen()).toEqual(["Pride", "In favour"]);
    expect(chip("Pride")).toHaveAttribute("tabindex", "0");
    expect(chip("Security")).toHaveAttribute("tabindex", "-1");
    await press("End");
    expect(chip("Sympathy")).toBeFocused();
    await press("ArrowDown");
    expect(chip("Security")).toBeFocused();
    await press("ArrowLeft");
    expect(chip("Sympathy")).toBeFocused();
    await press("Home");
    expect(chip("Security")).toBeFocused();
    await press("Tab");
    await press(" ");
    await animationFrame();
    expect(chosen()).toEqual(["Pride", "In favour"]);
});

test("chips go on in the next line where there is no room", async () => {
    await mountForm();
    const group = queryOne(".o_field_widget[name=need_id] .o_cx_chips");
    group.style.width = "15rem";
    const tops = new Set([...group.children].map((el) => el.offsetTop));
    expect(tops.size).toBeGreaterThan(1);
    expect(group.scrollWidth).toBeLessThan(group.clientWidth + 1);
});

test("read-only, it is a word", async () => {
    await mountForm(`readonly="1"`);
    expect(".o_cx_chip").toHaveCount(0);
    expect(".o_field_widget[name=stance]").toHaveText("In favour");
});
