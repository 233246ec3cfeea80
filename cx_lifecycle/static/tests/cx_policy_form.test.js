import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { unload } from "@odoo/hoot-dom";
import { animationFrame, Deferred, mockSendBeacon } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    getMockEnv,
    getService,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { clearUncommittedChanges } from "@web/webclient/actions/action_service";
import { WebClient } from "@web/webclient/webclient";

class Policy extends models.Model {
    _name = "cx.policy";

    name = fields.Char();
    edition = fields.Integer({ default: 1, readonly: true });
    segment_ids = fields.One2many({ relation: "cx.segment", relation_field: "policy_id" });

    /** The server counts the editions, whatever it is sent. */
    write(ids, values) {
        const [policy] = this.browse(ids);
        return super.write(ids, { ...values, edition: policy.edition + 1 });
    }

    _records = [
        { id: 1, name: "Shops", edition: 7, segment_ids: [3] },
        { id: 2, name: "Mills", edition: 1 },
    ];
    _views = { form: `<form js_class="cx_policy_form"><field name="name"/></form>`, search: `<search/>` };
}

class Segment extends models.Model {
    _name = "cx.segment";

    name = fields.Char();
    policy_id = fields.Many2one({ relation: "cx.policy" });

    _records = [{ id: 3, name: "Retail", policy_id: 1 }];
}

defineMailModels();
defineModels([Policy, Segment]);

beforeEach(() => {
    onRpc("cx.policy", "web_save", ({ args }) => {
        expect.step(args);
    });
});

function mountForm(params = {}) {
    return mountView({
        type: "form",
        resModel: "cx.policy",
        resId: 1,
        arch: `<form js_class="cx_policy_form">
            <field name="name"/>
            <field name="segment_ids"><list editable="bottom"><field name="name"/></list></field>
        </form>`,
        ...params,
    });
}

const typeName = (name) => contains(".o_field_widget[name=name] input").edit(name);
const save = () => contains(".o_form_button_save").click();

test("each save tells the edition it was made on, the second the new one", async () => {
    await mountForm();
    await typeName("Shops of the north");
    await save();
    expect.verifySteps([[[1], { name: "Shops of the north", edition: 7 }]]);
    await typeName("Shops of the south");
    await save();
    expect.verifySteps([[[1], { name: "Shops of the south", edition: 8 }]]);
});

test("a line is a change of its policy, and carries no edition itself", async () => {
    await mountForm();
    await contains(".o_data_row .o_data_cell").click();
    await contains(".o_data_row [name=name] input").edit("Wholesale", { confirm: "blur" });
    await save();
    expect.verifySteps([
        [[1], { segment_ids: [[1, 3, { name: "Wholesale" }]], edition: 7 }],
    ]);
});

test("without another change nothing is saved", async () => {
    mockSendBeacon(() => {
        expect.step("sent");
        return true;
    });
    await mountForm();
    await unload(); // saves, whether there is something to save or not
    await animationFrame();
    expect.verifySteps([]);
});

test("a new policy has no edition to tell", async () => {
    await mountForm({ resId: false });
    await typeName("Mines");
    await save();
    expect.verifySteps([[[], { name: "Mines", segment_ids: [] }]]);
    await typeName("Quarries");
    await save();
    expect.verifySteps([[[3], { name: "Quarries", edition: 1 }]]);
});

test("going to the next policy saves the first with its edition and reads the other's", async () => {
    await mountForm({ resIds: [1, 2] });
    await typeName("Shops of the north");
    await contains(".o_pager_next").click();
    expect.verifySteps([[[1], { name: "Shops of the north", edition: 7 }]]);
    await typeName("Saw mills");
    await save();
    expect.verifySteps([[[2], { name: "Saw mills", edition: 1 }]]);
});

test("who saves in order to leave, and stays, can save again", async () => {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.act_window",
        res_model: "cx.policy",
        res_id: 1,
        views: [[false, "form"]],
    });
    await typeName("Shops of the north");
    await clearUncommittedChanges(getMockEnv()); // as before an action that then fails
    expect.verifySteps([[[1], { name: "Shops of the north", edition: 7 }]]);
    await typeName("Shops of the south");
    await save();
    expect.verifySteps([[[1], { name: "Shops of the south", edition: 8 }]]);
});

test("closing the tab sends the edition too", async () => {
    const sent = new Deferred();
    mockSendBeacon((_route, blob) => {
        blob.text().then((text) => sent.resolve(JSON.parse(text).params.args));
        return true;
    });
    await mountForm();
    await typeName("Shops of the north");
    await unload();
    expect(await sent).toEqual([[1], { name: "Shops of the north", edition: 7 }]);
    expect.verifySteps([]);
});
