import { registry } from "@web/core/registry";
import { closed, row } from "./rep_tours";

/**
 * The five jobs of a rep's day. What runs in several languages finds its way by names, classes
 * and positions: Zeta Works is a firm, Dana Dune and Paul Pond are its people.
 */

const nav = (name) => `.o_notebook .nav-link[name=${name}]`;
/** The seats are in the order of the roles: prescriber, user, buyer, payer, decider. */
const BUYER = ".o_cx_seat:eq(2)";
const DECIDER = ".o_cx_seat:eq(4)";
const SECURITY = ".modal .o_field_widget[name=need_id] .o_cx_chip:eq(0)";
const currentStage = (stage) =>
    `.o_field_cx_stage_bar .o_arrow_button_current:contains(${stage})`;
const cards = (number, name) => `.o_kanban_record:eq(${number}):contains(${name})`;
const rows = (number, name) =>
    `.o_data_row:eq(${number}) .o_data_cell[name=partner_id]:contains(${name})`;

/** Two clicks on the customer who comes first, and what came of them. */
const reachTheFirst = ({ place, nth, person, stage }) => [
    { content: "worth most comes first", trigger: nth(0, "Zeta Works") },
    { content: "then the next", trigger: nth(1, "Alpha Tours") },
    { content: "then the least", trigger: nth(2, "Beta Tours") },
    { content: "and who became dormant lately", trigger: nth(3, "Epsilon Tours") },
    {
        content: "neither customers on time nor those of colleagues are here",
        trigger: `.o_view_controller:not(:contains(Gamma Tours)):not(:contains(Delta Tours))`,
    },
    {
        content: "the first click",
        trigger: `${place("Zeta Works")} button[name=action_outcome]`,
        run: "click",
    },
    {
        content: "the firm, and the person to talk to",
        trigger: ".modal:has([name=partner_id]:contains(Zeta Works)) [name=person_id] input:value(Dana Dune)",
    },
    {
        content: "the second click",
        trigger: ".modal button[name=action_reached]",
        run: "click",
    },
    closed,
    {
        content: "who was called has left the list, and the next comes first",
        trigger: `.o_view_controller:not(:contains(Zeta Works)) ${nth(0, "Alpha Tours")}`,
    },
    { content: "open the next", trigger: `${place("Alpha Tours")} ${person}`, run: "click" },
    { content: "the stage", trigger: stage },
];
/** Nothing of the inner sticks out of the outer. */
const fits = (content, outer, inner) => ({
    content,
    trigger: `${outer} ${inner}`,
    run() {
        const hull = this.anchor.closest(outer).getBoundingClientRect();
        const { bottom, right } = this.anchor.getBoundingClientRect();
        if (bottom > hull.bottom + 1 || right > hull.right + 1) {
            throw new Error(`${inner} sticks out of ${outer}`);
        }
    },
});
const today = (stage) => [
    fits("the whole number can be read", ".o_data_cell[name=next_phone]", "a[href^='tel:']"),
    ...reachTheFirst({
        place: row,
        nth: rows,
        person: ".o_data_cell[name=partner_id]",
        stage: currentStage(stage),
    }),
];

registry.category("web_tour.tours").add("cx_job_today", { steps: () => today("Active") });
registry.category("web_tour.tours").add("cx_job_today_fr", { steps: () => today("Actif") });
registry.category("web_tour.tours").add("cx_job_today_phone", {
    steps: () => [
        ...reachTheFirst({
            place: (name) => `.o_kanban_record:contains(${name})`,
            nth: cards,
            person: ".fw-bold",
            stage: ".o_field_cx_stage_bar button.dropdown-toggle:contains(Active)",
        }),
        { content: "what to ask", trigger: ".o_cx_need_unknown", run: "click" },
        { trigger: ".o_cx_needs_popover .o_cx_needs_first li:eq(2)" },
        fits("it scrolls inside", ".o_cx_needs_popover", ".popover-body"),
    ],
});

registry.category("web_tour.tours").add("cx_job_prepare", {
    steps: () => [
        {
            content: "the list tells what to do and say already",
            trigger:
                `${row("Zeta Works")}:has([name=next_step]:contains(Call))` +
                ":has([name=next_person]:contains(Dana Dune))" +
                ":has([name=next_argument]:contains(guarantee)) .o_cx_need_compact",
        },
        {
            content: "open the customer",
            trigger: `${row("Zeta Works")} .o_data_cell[name=partner_id]`,
            run: "click",
        },
        { content: "the stage", trigger: currentStage("Active") },
        { content: "why", trigger: ".o_cx_why_line:contains(10 purchases)" },
        { content: "the rhythm", trigger: ".o_field_cx_rhythm circle.o_cx_rhythm_dot:eq(9)" },
        {
            content: "what the customer buys for",
            trigger: ".o_field_cx_needs .o_cx_need:contains(Security)",
            run: "click",
        },
        {
            content: "what to say",
            trigger: ".o_cx_needs_popover .o_cx_needs_arguments li:contains(guarantee)",
        },
        {
            content: "why we think so",
            trigger: ".o_cx_needs_popover .o_cx_needs_evidence:contains(No delivery may come late)",
        },
        { content: "close", trigger: ".o_cx_needs_popover .btn-close", run: "click" },
        { trigger: "body:not(:has(.o_cx_needs_popover))" },
        { content: "the people", trigger: nav("cx_committee"), run: "click" },
        {
            content: "who buys, and is in favour",
            trigger: `${BUYER} .o_cx_person:contains(Paul Pond) .fa-thumbs-up`,
        },
        {
            content: "who is unknown",
            trigger: ".o_cx_committee:has(.o_cx_seat_empty:eq(3)):not(:has(.o_cx_seat_empty:eq(4)))",
        },
        { content: "the last contacts", trigger: nav("cx_timeline"), run: "click" },
        {
            content: "purchases",
            trigger: ".o_cx_timeline_item:contains(Purchase of):eq(9)",
        },
    ],
});

/** Note a need and a role in three clicks, then plan the next call; `known` shows the role. */
const record = (stage, known) => [
    { content: "the stage", trigger: currentStage(stage) },
    { content: "no need is known", trigger: ".o_field_cx_needs .o_cx_need_unknown" },
    { content: "record", trigger: "button[name=action_cx_outcome]", run: "click" },
    { content: "the need", trigger: SECURITY, run: "click" },
    {
        content: "the role",
        trigger: ".modal .o_field_widget[name=role_id] .o_cx_chip:eq(4)",
        run: "click",
    },
    { content: "the outcome", trigger: ".modal button[name=action_reached]", run: "click" },
    closed,
    {
        content: "the need is known",
        trigger: ".o_field_cx_needs .o_cx_need:not(.o_cx_need_unknown) .o_cx_need_letter",
    },
    ...known,
    { content: "record", trigger: "button[name=action_cx_outcome]", run: "click" },
    {
        content: "when to call again",
        trigger: ".modal .o_field_widget[name=next_on] input",
        run: "edit +30d",
    },
    {
        content: "about what",
        trigger: ".modal .o_field_widget[name=note] input",
        run: "edit March budget",
    },
    { content: "nobody", trigger: ".modal button[name=action_no_answer]", run: "click" },
    closed,
    { content: "planned", trigger: ".o-mail-Activity:contains(March budget)" },
];

registry.category("web_tour.tours").add("cx_job_record", {
    steps: () =>
        record("Active", [
            { content: "the people", trigger: nav("cx_committee"), run: "click" },
            { content: "who decides", trigger: `${DECIDER} .o_cx_person:contains(Dana Dune)` },
            {
                content: "the call that was planned is done",
                trigger: ".o-mail-Chatter:not(:has(.o-mail-Activity)) .o-mail-Message:contains(Dana Dune)",
            },
        ]),
});

registry.category("web_tour.tours").add("cx_job_record_person_fr", {
    steps: () =>
        record("Actif", [
            { content: "the role", trigger: ".o_field_widget[name=cx_role_ids] .o_tag" },
        ]),
});

registry.category("web_tour.tours").add("cx_job_deal", {
    steps: () => [
        { content: "everybody is missing", trigger: `.o_cx_seat_empty:eq(4)` },
        {
            content: "the next stage",
            trigger: ".o_statusbar_status .o_arrow_button:contains(Proposition)",
            run: "click",
        },
        {
            content: "refused, with the name of the role",
            trigger: ".o_error_dialog:contains(Decider):contains(Buying Committee)",
        },
        { content: "close", trigger: ".o_error_dialog footer button", run: "click" },
        closed,
        {
            content: "who is needed is marked",
            trigger: `${DECIDER} .o_cx_seat_required`,
        },
        {
            content: "and said",
            trigger: ".o_cx_committee_needed .fa-ban",
        },
        { content: "who?", trigger: `${DECIDER} .o_cx_seat_who`, run: "click" },
        {
            content: "the firm's people are proposed",
            trigger: ".o_cx_committee_popover .o_cx_picker_proposed li:contains(Dana Dune) button",
            run: "click",
        },
        { content: "seated", trigger: `${DECIDER} .o_cx_person:contains(Dana Dune)` },
        { content: "save", trigger: ".o_form_button_save", run: "click" },
        {
            content: "there, and saved",
            trigger:
                ".o_form_saved:has(.o_statusbar_status .o_arrow_button_current:contains(Proposition))",
        },
        {
            content: "a quotation",
            trigger: "button[name=action_sale_quotations_new]",
            run: "click",
        },
        {
            content: "for something",
            trigger: ".o_field_widget[name=order_line] a:contains(Add a product)",
            run: "click",
        },
        { trigger: "div[name=product_template_id] input", run: "edit Tour" },
        { trigger: "ul.ui-autocomplete a:contains(Tour)", run: "click" },
        { trigger: ".o_data_row:contains(Tour) [name=price_unit]" },
        { content: "save", trigger: ".o_form_button_save", run: "click" },
        {
            content: "the same committee",
            trigger: `${DECIDER} .o_cx_person:contains(Dana Dune)`,
        },
        { content: "confirm", trigger: "button[name=action_confirm]:visible", run: "click" },
        {
            content: "confirmed",
            trigger: ".o_arrow_button_current:contains(Sales Order)",
        },
        {
            content: "the customer",
            trigger: ".o_field_widget[name=partner_id] a:contains(Zeta Works)",
            run: "click",
        },
        { content: "the people", trigger: nav("cx_committee"), run: "click" },
        {
            content: "what the deal taught",
            trigger: `${DECIDER} .o_cx_person:contains(Dana Dune)`,
        },
    ],
});

registry.category("web_tour.tours").add("cx_job_list", {
    steps: () => [
        {
            content: "not now",
            trigger: `${row("Beta Tours")} button[name=action_snooze]`,
            run: "click",
        },
        {
            content: "why",
            trigger: ".modal .o_field_widget[name=reason] .o_select_menu_toggler",
            run: "click",
        },
        { trigger: ".o_select_menu_item:contains(Seasonal)", run: "click" },
        {
            content: "until when",
            trigger: ".modal .o_field_widget[name=until] button",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=until] input", run: "edit +60d" },
        { content: "apply", trigger: ".modal button[name=action_apply]", run: "click" },
        closed,
        {
            content: "the row is gone",
            trigger: ".o_list_renderer:contains(Alpha Tours):not(:contains(Beta Tours))",
        },
        {
            content: "a call was done",
            trigger: `${row("Alpha Tours")} button[name=action_outcome]`,
            run: "click",
        },
        {
            content: "the machine is wrong",
            trigger: ".modal button[name=action_contest]",
            run: "click",
        },
        {
            content: "why",
            trigger: ".modal:has([name=verdict]) .o_field_widget[name=reason] input:visible",
            run: "edit Buys again in March",
        },
        { content: "apply", trigger: ".modal button[name=action_apply]", run: "click" },
        closed,
        {
            content: "that row is gone too",
            trigger: ".o_list_renderer:contains(Zeta Works):not(:contains(Alpha Tours))",
        },
        {
            content: "whom I left out",
            trigger: ".o_searchview_facet:contains(To Call) .o_facet_remove",
            run: "click",
        },
        {
            content: "open the customer",
            trigger: `${row("Beta Tours")} .o_data_cell[name=partner_id]`,
            run: "click",
        },
        {
            content: "the call is cancelled, and why",
            trigger:
                ".o-mail-Chatter:not(:has(.o-mail-Activity)) .o-mail-Message:contains(it was postponed)",
        },
    ],
});
