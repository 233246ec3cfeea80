import { describe, expect, test } from "@odoo/hoot";
import { queryAll, queryAllAttributes, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { makeServerError, mountView, onRpc } from "@web/../tests/web_test_helpers";
import {
    COMMITTEE,
    defineCommittee,
    keys,
    Lead,
    mockRates,
    mockSuggestions,
    mountForm,
    people,
    ROLES,
    save,
    seat,
    stepSaves,
} from "./committee_helpers";

const RATES = {
    deals: 42,
    enough: true,
    roles: {
        4: { with: { won: 5, deals: 10, rate: 0.5, low: 0.24, high: 0.76 }, without: null },
        5: {
            with: { won: 14, deals: 23, rate: 0.61, low: 0.41, high: 0.78 },
            without: { won: 4, deals: 19, rate: 0.22, low: 0.09, high: 0.43 },
        },
    },
};

defineCommittee();

describe("the seats", () => {
    test("show who sits there, what they think and what is noted", async () => {
        await mountForm(1);
        expect(queryAllTexts(".o_cx_seat_name")).toEqual(ROLES.map((role) => role.name));
        expect(".o_cx_seat:first .o_cx_seat_name").toHaveAttribute("data-tooltip", ROLES[0].help);
        expect(people("User")).toEqual(["Anna", "Bert"]);
        expect(people("Buyer")).toEqual(["Mr Smith"]);
        expect(people("Payer")).toEqual([]);
        expect(queryAllAttributes(".o_cx_person img", "data-src")).toEqual([
            "/web/image/res.partner/51/avatar_128",
            "/web/image/res.partner/52/avatar_128",
        ]);
        expect(".o_cx_person_typed").toHaveCount(1);
        const anna = seat("User") + " .o_cx_person:first";
        expect(anna + " .fa-thumbs-up").toHaveCount(1);
        expect(anna + " .visually-hidden").toHaveText(
            "In favour · since Mar 12, 2026 · Loves the demo"
        );
        expect(anna).toHaveAttribute(
            "data-tooltip",
            "Anna · In favour · since Mar 12, 2026 · Loves the demo"
        );
        expect(seat("User") + " .fa-thumbs-down").toHaveCount(1);
        expect(seat("Buyer") + " .fa-minus").toHaveCount(1);
    });

    test("ask who is missing, and say where somebody is required", async () => {
        await mountForm(1);
        expect(queryAllTexts(".o_cx_seat_who")).toEqual(["Who?", "Who?", "Who?"]);
        expect(".o_cx_seat_empty.border-warning").toHaveCount(3);
        expect(".o_cx_seat_required").toHaveCount(1);
        expect(seat("Decider") + " .o_cx_seat_required").toHaveText("required");
        expect(seat("Decider")).toHaveClass("border-2");
        expect(seat("Payer")).not.toHaveClass("border-2");
        expect(".o_cx_committee_unknown").toHaveText("Unknown: Prescriber, Payer, Decider");
        expect(".o_cx_committee_needed").toHaveText("Needed at the stage Proposition: Decider");
        expect(".o_cx_committee_needed i").toHaveAttribute("aria-label", "Warning");
    });

    test("say that a missing role blocks", async () => {
        Lead._records[0].cx_committee = { ...COMMITTEE, rule: "block", stage: false };
        await mountForm(1);
        expect(".o_cx_committee_needed").toHaveText("Needed: Decider");
        expect(".o_cx_committee_needed i").toHaveAttribute("aria-label", "Blocking");
    });

    test("without a rule nothing is needed", async () => {
        Lead._records[0].cx_committee = { ...COMMITTEE, rule: false };
        await mountForm(1);
        expect(".o_cx_committee_unknown").toHaveCount(1);
        expect(".o_cx_committee_needed").toHaveCount(0);
    });

    test("when all are taken nothing is said", async () => {
        mockRates(RATES);
        await mountForm(2);
        await animationFrame();
        expect(".o_cx_person").toHaveCount(5);
        expect(".o_cx_seat_who, .o_cx_seat_empty").toHaveCount(0);
        expect(".o_cx_committee_summary p").toHaveCount(0);
    });

    test("unknown roles show nothing and ask nothing", async () => {
        onRpc("cx.seat", "win_rates", () => expect.step("win rates"));
        await mountForm(3);
        expect(".o_field_cx_committee").toHaveCount(1);
        expect(".o_cx_committee").toHaveCount(0);
        expect.verifySteps([]);
    });

    test.tags("desktop");
    test("stand in a row", async () => {
        await mountForm(1);
        const tops = queryAll(".o_cx_seat").map((el) => el.getBoundingClientRect().top);
        expect(tops[1]).toBe(tops[0]);
    });

    test.tags("mobile");
    test("stand below each other on a phone, and fit", async () => {
        await mountForm(1);
        const boxes = queryAll(".o_cx_seat").map((el) => el.getBoundingClientRect());
        for (let index = 1; index < boxes.length; index++) {
            expect(boxes[index].top).toBeGreaterThan(boxes[index - 1].bottom - 1);
        }
        expect(Math.max(...boxes.map((box) => box.right))).toBeLessThan(window.innerWidth + 1);
    });

    test("only show, where nothing may be changed", async () => {
        await mountForm(1, `readonly="1"`);
        expect(people("User")).toEqual(["Anna", "Bert"]);
        expect(queryAllTexts(".o_cx_seat_unknown")).toEqual(["unknown", "unknown", "unknown"]);
        expect(".o_cx_committee button").toHaveCount(0);
        expect(".o_cx_committee_unknown").toHaveCount(1);
    });
});

describe("figures", () => {
    test("say what an empty seat has cost, where both sides are known", async () => {
        mockRates(RATES);
        await mountForm(1);
        await animationFrame();
        expect(queryAllTexts(".o_cx_committee_figure")).toEqual([
            "Decider: won 22% without, 61% with (95% interval 41% to 78%)",
        ]);
        expect(".o_cx_committee_figure").toHaveAttribute(
            "data-tooltip",
            "Won without: 4 of 19 deals. Won with: 14 of 23."
        );
        expect(".o_cx_committee_few").toHaveCount(0);
    });

    test("say that deals are too few", async () => {
        mockRates({ ...RATES, deals: 12, enough: false });
        await mountForm(1);
        await animationFrame();
        expect(".o_cx_committee_few").toHaveText(
            "Not enough deals yet for figures (12 of 30)"
        );
        expect(".o_cx_committee_figure").toHaveCount(0);
    });

    test("are read once, whatever number of forms", async () => {
        onRpc("cx.seat", "win_rates", () => {
            expect.step("win rates");
            return RATES;
        });
        await mountView({
            type: "form",
            resModel: "lead",
            resId: 1,
            arch: `<form>
                <field name="cx_seat_ids" widget="cx_committee"/>
                <field name="cx_seat_ids" widget="cx_committee" readonly="1"/>
            </form>`,
        });
        await animationFrame();
        expect(".o_cx_committee").toHaveCount(2);
        expect(".o_cx_committee_figure").toHaveCount(2);
        expect.verifySteps(["win rates"]);
    });

    test("are missing without harm when the server fails", async () => {
        onRpc("cx.seat", "win_rates", () => {
            throw makeServerError();
        });
        await mountForm(1);
        await animationFrame();
        expect(".o_cx_committee_unknown").toHaveCount(1);
        expect(".o_cx_committee_figure, .o_cx_committee_few").toHaveCount(0);
        expect(".o_error_dialog").toHaveCount(0);
    });
});

describe("the keyboard", () => {
    test("walks over the seats, opens and removes", async () => {
        mockSuggestions([]);
        stepSaves();
        await mountForm(1);
        queryOne(seat("Prescriber") + " .o_cx_stop").focus();
        await keys("ArrowLeft");
        expect(seat("Prescriber") + " .o_cx_stop").toBeFocused();
        await keys("ArrowRight");
        expect(seat("User") + " .o_cx_person:first").toBeFocused();
        await keys("ArrowDown");
        expect(seat("User") + " .o_cx_person:last").toBeFocused();
        await keys("ArrowDown");
        expect(seat("User") + " .o_cx_seat_add").toBeFocused();
        await keys("ArrowDown");
        expect(seat("Buyer") + " .o_cx_person").toBeFocused();
        await keys("Enter");
        expect(".o_cx_editor_name").toHaveText("Mr Smith");
        await keys("Escape");
        expect(seat("Buyer") + " .o_cx_person").toBeFocused();
        await keys("Delete");
        expect(people("Buyer")).toEqual([]);
        expect(".o_notification").toHaveCount(1);
        expect(seat("Buyer") + " .o_cx_seat_who").toBeFocused();
        await keys("Delete");
        expect(people("User")).toEqual(["Anna", "Bert"]);
        await keys("ArrowUp");
        expect(seat("User") + " .o_cx_seat_add").toBeFocused();
        await keys("ArrowLeft");
        expect(seat("Prescriber") + " .o_cx_seat_who").toBeFocused();
        await keys("Enter");
        expect.verifySteps([["suggest", 1, 50, []]]);
        await keys("Escape");
        await save();
        expect.verifySteps([[[2, 3, undefined]]]);
    });
});
