import { mailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { click, edit, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, Deferred, runAllTimers } from "@odoo/hoot-mock";
import { makeServerError, onRpc } from "@web/../tests/web_test_helpers";
import {
    clickOn,
    defineCommittee,
    drawn,
    keys,
    mockSuggestions,
    mountForm,
    people,
    save,
    seat,
    stepSaves,
} from "./committee_helpers";

defineCommittee();

describe("adding", () => {
    test("asks once for proposals, and seats the one who is pressed", async () => {
        mockSuggestions([
            { partner_id: 53, name: "Carla", reason: "Decider in S00012" },
            { partner_id: 51, name: "Anna", reason: "Contact" },
        ]);
        stepSaves();
        await mountForm(1);
        expect.verifySteps([]);
        await clickOn(seat("Decider") + " .o_cx_seat_who");
        expect.verifySteps([["suggest", 5, 50, []]]);
        expect(".o_cx_committee_popover").toHaveAttribute("role", "dialog");
        expect(".o_cx_committee_popover h3").toHaveText("Decider");
        expect(queryAllTexts(".o_cx_picker_proposed span.small")).toEqual([
            "Decider in S00012",
            "Contact",
        ]);
        expect(".o_cx_picker_proposed button:first").toBeFocused();
        await clickOn(".o_cx_picker_proposed button:first");
        expect(".o_cx_committee_popover").toHaveCount(0);
        expect(people("Decider")).toEqual(["Carla"]);
        expect(seat("Decider") + " .o_cx_person").toBeFocused();
        expect(".o_cx_committee_unknown").toHaveText("Unknown: Prescriber, Payer");
        expect(".o_cx_committee_needed").toHaveCount(0);
        await save();
        expect.verifySteps([
            [
                [
                    0,
                    "new",
                    {
                        role_id: 5,
                        partner_id: 53,
                        name: false,
                        stance: "0",
                        since: "2026-05-01",
                        note: false,
                    },
                ],
            ],
        ]);
        expect(people("Decider")).toEqual(["Carla"]);
    });

    test("several people on one seat: those who sit there are not proposed again", async () => {
        mockSuggestions([{ partner_id: 53, name: "Carla", reason: "Contact" }]);
        await mountForm(1);
        await clickOn(seat("User") + " .o_cx_seat_add");
        expect.verifySteps([["suggest", 2, 50, [51, 52]]]);
        await clickOn(".o_cx_picker_proposed button");
        expect(people("User")).toEqual(["Anna", "Bert", "Carla"]);
    });

    test("a typed name will do, and a new record too", async () => {
        mockSuggestions([]);
        stepSaves();
        await mountForm(false);
        await clickOn(seat("Payer") + " .o_cx_seat_who");
        expect.verifySteps([["suggest", 4, false, []]]);
        await click("#o_cx_picker_name");
        await edit("  Mrs Jones ");
        await keys("Enter");
        expect(".o_cx_committee_popover").toHaveCount(0);
        expect(people("Payer")).toEqual(["Mrs Jones"]);
        expect(seat("Payer") + " .o_cx_person_typed").toHaveCount(1);
        await save();
        expect.verifySteps([
            [
                [
                    0,
                    "new",
                    {
                        role_id: 4,
                        partner_id: false,
                        name: "Mrs Jones",
                        stance: "0",
                        since: "2026-05-01",
                        note: false,
                    },
                ],
            ],
        ]);
    });

    test("no name, nobody; the same name, nobody twice", async () => {
        mockSuggestions([]);
        await mountForm(1);
        await clickOn(seat("Buyer") + " .o_cx_seat_add");
        await click("#o_cx_picker_name");
        await edit("   ");
        await keys("Enter");
        expect(".o_cx_committee_popover").toHaveCount(1);
        await edit("mr smith");
        await keys("Enter");
        expect(people("Buyer")).toEqual(["Mr Smith"]);
        expect(seat("Buyer") + " .o_cx_person").toBeFocused();
        expect.verifySteps([["suggest", 3, 50, []]]);
    });

    test.tags("desktop");
    test("any contact can be found", async () => {
        mockSuggestions([]);
        onRpc("res.partner", "web_name_search", ({ kwargs }) => {
            expect.step(["search", kwargs.name, kwargs.domain]);
        });
        await mountForm(1);
        await clickOn(seat("User") + " .o_cx_seat_add");
        await click("#o_cx_picker_search");
        await edit("Car", { confirm: false });
        await runAllTimers();
        await animationFrame();
        await clickOn(".o-autocomplete--dropdown-item:contains(Carla)");
        expect(people("User")).toEqual(["Anna", "Bert", "Carla"]);
        const taken = [["id", "not in", [51, 52]]];
        expect.verifySteps([
            ["suggest", 2, 50, [51, 52]],
            ["search", "", taken],
            ["search", "Car", taken],
        ]);
    });

    test.tags("desktop");
    test("a contact can be created, at the customer's", async () => {
        mockSuggestions([]);
        onRpc("res.partner", "name_create", ({ args, kwargs }) => {
            expect.step(["create", args[0], kwargs.context.default_parent_id]);
        });
        await mountForm(1);
        await clickOn(seat("Payer") + " .o_cx_seat_who");
        await click("#o_cx_picker_search");
        await edit("Dora", { confirm: false });
        await runAllTimers();
        await animationFrame();
        await clickOn(".o_m2o_dropdown_option_create");
        await drawn();
        expect(people("Payer")).toEqual(["Dora"]);
        expect(seat("Payer") + " .o_cx_person img").toHaveCount(1);
        expect.verifySteps([
            ["suggest", 4, 50, []],
            ["create", "Dora", 50],
        ]);
    });

    test.tags("mobile");
    test("any contact can be found in a dialog on a phone", async () => {
        mockSuggestions([]);
        mailModels.ResPartner._views.kanban = `<kanban><templates><t t-name="card">
            <field name="name"/>
        </t></templates></kanban>`;
        mailModels.ResPartner._views.search = `<search/>`;
        await mountForm(1);
        await clickOn(seat("User") + " .o_cx_seat_add");
        await clickOn("#o_cx_picker_search");
        expect(".o_dialog .o_kanban_record:contains(Carla)").toHaveCount(1);
        expect(".o_dialog .o_kanban_record:contains(Anna)").toHaveCount(0);
        await clickOn(".o_dialog .o_kanban_record:contains(Carla)");
        expect(".o_dialog").toHaveCount(0);
        expect(".o_cx_committee_popover").toHaveCount(0);
        expect(people("User")).toEqual(["Anna", "Bert", "Carla"]);
        expect.verifySteps([["suggest", 2, 50, [51, 52]]]);
    });

    test("works while proposals are awaited, and without them", async () => {
        const answer = new Deferred();
        onRpc("cx.seat", "suggest", () => answer);
        await mountForm(1);
        await clickOn(seat("Payer") + " .o_cx_seat_who");
        expect(".o_cx_picker_loading").toHaveCount(1);
        expect("#o_cx_picker_name").toHaveCount(1);
        answer.reject(makeServerError());
        await animationFrame();
        expect(".o_cx_picker_loading").toHaveCount(0);
        expect(".o_cx_picker_failed").toHaveCount(1);
        expect(".o_error_dialog").toHaveCount(0);
        await click("#o_cx_picker_name");
        await edit("Mrs Jones");
        await keys("Enter");
        expect(people("Payer")).toEqual(["Mrs Jones"]);
    });
});

describe("editing", () => {
    const anna = seat("User") + " .o_cx_person:first";

    test("a stance is changed and saved", async () => {
        stepSaves();
        await mountForm(1);
        await clickOn(anna);
        expect(".o_cx_editor_name").toHaveText("Anna");
        expect(".o_cx_editor_stance [data-stance='1']").toHaveAttribute("aria-pressed", "true");
        await clickOn(".o_cx_editor_stance [data-stance='-1']");
        expect(".o_cx_editor_stance [data-stance='1']").toHaveAttribute("aria-pressed", "false");
        expect(".o_cx_editor_stance [data-stance='-1']").toHaveAttribute("aria-pressed", "true");
        expect(anna + " .fa-thumbs-down").toHaveCount(1);
        await keys("Escape");
        expect(".o_cx_committee_popover").toHaveCount(0);
        await save();
        expect.verifySteps([[[1, 1, { stance: "-1" }]]]);
    });

    test("a note is written, with Enter or by leaving", async () => {
        stepSaves();
        await mountForm(1);
        await clickOn(anna);
        expect(".o_cx_editor_note").toHaveValue("Loves the demo");
        await click(".o_cx_editor_note");
        await edit("Wants a trial", { confirm: false });
        await keys("Enter");
        expect(".o_cx_committee_popover").toHaveCount(0);
        expect(anna + " .visually-hidden").toHaveText(
            "In favour · since Mar 12, 2026 · Wants a trial"
        );
        await clickOn(anna);
        await click(".o_cx_editor_note");
        await edit("Wants two trials", { confirm: false });
        await click(".o_cx_committee_unknown");
        await drawn();
        await save();
        expect.verifySteps([[[1, 1, { note: "Wants two trials" }]]]);
    });

    test("looking without changing leaves the form as it is", async () => {
        await mountForm(1);
        await clickOn(anna);
        await keys("Escape");
        expect(".o_form_status_indicator_buttons.invisible").toHaveCount(1);
    });

    test("one person can sit on several seats", async () => {
        stepSaves();
        await mountForm(1);
        await clickOn(anna);
        expect(queryAllTexts(".o_cx_editor_roles button")).toEqual([
            "Prescriber",
            "Buyer",
            "Payer",
            "Decider",
        ]);
        await clickOn(".o_cx_editor_roles button:contains(Decider)");
        await clickOn(".o_cx_editor_roles button:contains(Payer)");
        expect(people("Decider")).toEqual(["Anna"]);
        expect(".o_cx_editor_roles button:contains(Decider)").toHaveAttribute(
            "aria-pressed",
            "true"
        );
        await clickOn(".o_cx_editor_roles button:contains(Payer)");
        expect(people("Payer")).toEqual([]);
        await keys("Escape");
        await save();
        expect.verifySteps([
            [
                [
                    0,
                    "new",
                    {
                        role_id: 5,
                        partner_id: 51,
                        name: false,
                        stance: "1",
                        since: "2026-05-01",
                        note: false,
                    },
                ],
            ],
        ]);
    });

    test("who is removed can come back", async () => {
        stepSaves();
        await mountForm(1);
        await clickOn(anna);
        await clickOn(".o_cx_editor_remove");
        expect(".o_cx_committee_popover").toHaveCount(0);
        expect(people("User")).toEqual(["Bert"]);
        expect(".o_notification").toHaveText(/Anna is no longer seated as User\./);
        await clickOn(".o_notification_buttons button:contains(Undo)");
        expect(".o_notification").toHaveCount(0);
        expect(people("User")).toEqual(["Bert", "Anna"]);
        await save();
        expect.verifySteps([
            [
                [2, 1, undefined],
                [
                    0,
                    "new",
                    {
                        role_id: 2,
                        partner_id: 51,
                        name: false,
                        stance: "1",
                        since: "2026-03-12",
                        note: "Loves the demo",
                    },
                ],
            ],
        ]);
    });

    test("undoing after the form was discarded seats nobody twice", async () => {
        await mountForm(1);
        await clickOn(anna);
        await clickOn(".o_cx_editor_remove");
        await clickOn(".o_form_button_cancel");
        expect(people("User")).toEqual(["Anna", "Bert"]);
        await clickOn(".o_notification_buttons button:contains(Undo)");
        expect(people("User")).toEqual(["Anna", "Bert"]);
    });
});
