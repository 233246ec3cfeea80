import {
    contains as waitFor,
    mailModels,
    openFormView,
    openListView,
    registerArchs,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, defineModels, fields, models, onRpc } from "@web/../tests/web_test_helpers";

const BUTTON = ".o_cx_activity_outcome";

class MailActivity extends mailModels.MailActivity {
    cx_outcome = fields.Boolean();

    get _to_store_defaults() {
        return [...super._to_store_defaults, "cx_outcome"];
    }
}

class CxOutcome extends models.Model {
    _name = "cx.outcome";

    partner_id = fields.Many2one({ relation: "res.partner" });
    activity_id = fields.Many2one({ relation: "mail.activity" });
    need = fields.Selection({
        selection: [
            ["money", "Money"],
            ["pride", "Pride"],
        ],
    });

    _views = {
        form: `<form>
            <field name="partner_id"/>
            <field name="need" widget="cx_chips"/>
            <field name="activity_id" invisible="1" force_save="1"/>
            <footer>
                <button name="action_reached" type="object" string="Reached" class="btn-primary"/>
                <button special="cancel" string="Discard"/>
            </footer>
        </form>`,
    };
}

defineModels({ ...mailModels, MailActivity, CxOutcome });

beforeEach(() => {
    onRpc("mail.activity", "action_cx_outcome", function ({ args: [[id]] }) {
        expect.step(["open", id]);
        const [activity] = this.env["mail.activity"].browse(id);
        return {
            type: "ir.actions.act_window",
            name: "Outcome of a Call",
            res_model: "cx.outcome",
            views: [[false, "form"]],
            target: "new",
            context: { default_partner_id: activity.res_id, default_activity_id: id },
        };
    });
    onRpc("cx.outcome", "action_reached", function ({ args: [[id]] }) {
        const [outcome] = this.env["cx.outcome"].browse(id);
        expect.step(["save", outcome.partner_id, outcome.activity_id, outcome.need]);
        this.env["mail.activity"].unlink([outcome.activity_id]);
        this.env["res.partner"].write([outcome.partner_id], { activity_ids: [] });
        this.env["mail.message"].create({
            body: "Reached Anna",
            model: "res.partner",
            res_id: outcome.partner_id,
        });
        return { type: "ir.actions.act_window_close", infos: { cx_saved: true } };
    });
});

/** A contact with an activity; the ids of both. */
async function plan(values = {}) {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({ name: "Firm" });
    const activityId = pyEnv["mail.activity"].create({
        can_write: true,
        cx_outcome: true,
        res_id: partnerId,
        res_model: "res.partner",
        state: "today",
        summary: "Ask for the budget",
        ...values,
    });
    pyEnv["res.partner"].write([partnerId], { activity_ids: [activityId] });
    return { partnerId, activityId };
}

async function openChatter(partnerId) {
    await start();
    await openFormView("res.partner", partnerId, {
        arch: `<form><sheet><field name="name"/></sheet><chatter/></form>`,
    });
    await waitFor(".o-mail-Activity");
}

async function openPopover() {
    registerArchs({
        "res.partner,false,list": `<list><field name="activity_ids" widget="list_activity"/></list>`,
    });
    await start();
    await openListView("res.partner", { domain: [["activity_ids", "!=", false]] });
    await contains(".o-mail-ActivityButton").click();
    await waitFor(".o-mail-ActivityListPopoverItem");
}

/** No part of it is wider than the screen. */
function expectWithin(selector) {
    const el = queryOne(selector);
    expect(el.scrollWidth).toBeLessThan(el.clientWidth + 1);
    expect(el.getBoundingClientRect().right).toBeLessThan(window.innerWidth + 1);
}

describe("in the chatter", () => {
    test("a button with words stands beside Mark Done, where the server says so", async () => {
        const { partnerId } = await plan();
        await openChatter(partnerId);
        expect(`.o-mail-Activity-markDone + ${BUTTON}`).toHaveText("Outcome");
        expect(`${BUTTON} i`).toHaveAttribute("aria-hidden", "true");
        expectWithin(".o-mail-Activity");
    });

    for (const [where, values] of [
        ["where it does not", { cx_outcome: false }],
        ["where the activity cannot be ended", { can_write: false }],
    ]) {
        test(`no button ${where}`, async () => {
            const { partnerId } = await plan(values);
            await openChatter(partnerId);
            expect(BUTTON).toHaveCount(0);
        });
    }

    test("need and outcome: the activity is done, chatter and form are read again", async () => {
        const { partnerId, activityId } = await plan();
        onRpc("res.partner", "web_read", () => expect.step("read"));
        await openChatter(partnerId);
        await contains(BUTTON).click();
        await contains(".modal .o_cx_chip:contains(Money)").click();
        expectWithin(".modal-content");
        expect.verifySteps(["read", ["open", activityId]]);
        await contains(".modal-footer button[name=action_reached]").click();
        await waitFor(".o-mail-Activity", { count: 0 });
        await waitFor(".o-mail-Message", { text: "Reached Anna" });
        expect(".modal").toHaveCount(0);
        expect.verifySteps([["save", partnerId, activityId, "money"], "read"]);
    });

    test("nothing recorded: what was typed in the form stays, unsaved", async () => {
        const { partnerId, activityId } = await plan();
        onRpc("res.partner", "web_save", () => expect.step("write"));
        await openChatter(partnerId);
        await contains("[name=name] input").edit("Firm & Sons", { confirm: false });
        await contains(BUTTON).click();
        await contains(".modal-footer button:contains(Discard)").click();
        await animationFrame();
        expect("[name=name] input").toHaveValue("Firm & Sons");
        expect(".o-mail-Activity").toHaveCount(1);
        expect.verifySteps([["open", activityId]]);
    });
});

describe("in the list of activities", () => {
    test("the same, and the row is read again", async () => {
        const { partnerId, activityId } = await plan();
        onRpc("res.partner", "web_read", () => expect.step("read"));
        await openPopover();
        expect(`.o-mail-ActivityListPopoverItem ${BUTTON}`).toHaveText("Outcome");
        expectWithin(".o-mail-ActivityListPopoverItem > div:first-child");
        await contains(BUTTON).click();
        await waitFor(".modal .o_form_view");
        expect(".o-mail-ActivityListPopover").toHaveCount(0);
        await contains(".modal-footer button[name=action_reached]").click();
        await animationFrame();
        expect.verifySteps([
            ["open", activityId],
            ["save", partnerId, activityId, false],
            "read",
        ]);
    });

    test("only where the server says so", async () => {
        await plan({ cx_outcome: false });
        await openPopover();
        expect(BUTTON).toHaveCount(0);
    });
});
