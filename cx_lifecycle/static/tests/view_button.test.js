import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Customer extends models.Model {
    _name = "customer";

    name = fields.Char();

    _records = [{ id: 1, name: "Ada" }];
}

defineMailModels();
defineModels([Customer]);

test("in a list, a button with nothing but an icon has a name; words are one already", async () => {
    await mountView({
        type: "list",
        resModel: "customer",
        arch: `<list>
            <field name="name"/>
            <button name="a" type="object" icon="fa-phone" title="Plan a Call"/>
            <button name="b" type="object" string="Mend" title="Plan an improvement"/>
        </list>`,
    });
    expect("button[name=a]").toHaveAttribute("aria-label", "Plan a Call");
    expect("button[name=b]").not.toHaveAttribute("aria-label");
    expect("button[name=b]").toHaveText("Mend");
});
