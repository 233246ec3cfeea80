import { registry } from "@web/core/registry";

/** A customer's row in a list. */
export const row = (name) => `.o_data_row:has(.o_data_cell[name=partner_id]:contains(${name}))`;
export const closed = { content: "the dialog is closed", trigger: "body:not(:has(.modal))" };

/** Open the reasons behind a stage, and close them again. */
const lookWhy = (place, { words, title }) => [
    {
        content: "ask why",
        trigger: `${place} .o_cx_why_button:contains(${words})`,
        run: "click",
    },
    {
        content: "each test stands against its limit",
        trigger: `.o_cx_why_popover:contains(${title}) .o_cx_why_tests tbody tr:eq(3)`,
    },
    {
        content: "the orders behind it can be opened",
        trigger: ".o_cx_why_evidence button:contains(10)",
    },
    { content: "close", trigger: ".o_cx_why_popover .btn-close", run: "click" },
    { content: "closed", trigger: "body:not(:has(.o_cx_why_popover))" },
];

/** Choose a reason not to call now. */
const notNow = (reason) => [
    {
        content: "a reason must be given",
        trigger: ".modal .o_field_widget[name=reason] .o_select_menu_toggler",
        run: "click",
    },
    { content: reason, trigger: `.o_select_menu_item:contains(${reason})`, run: "click" },
    { content: "apply", trigger: ".modal button[name=action_apply]", run: "click" },
    closed,
];

registry.category("web_tour.tours").add("cx_rep_morning", {
    steps: () => [
        {
            content: "the customer worth most comes first",
            trigger: ".o_data_row:eq(0) .o_data_cell[name=partner_id]:contains(Alpha Tours)",
        },
        { content: "then the next", trigger: ".o_data_row:eq(1):contains(Beta Tours)" },
        {
            content: "neither customers on time nor those of colleagues are here",
            trigger: ".o_list_renderer:not(:contains(Gamma Tours)):not(:contains(Delta Tours))",
        },
        ...lookWhy(row("Alpha Tours"), { words: "d late, usual", title: "Why this stage?" }),
        {
            content: "not now",
            trigger: `${row("Beta Tours")} button[name=action_snooze]`,
            run: "click",
        },
        ...notNow("Seasonal"),
        {
            content: "who was postponed is gone",
            trigger: ".o_list_renderer:contains(Alpha Tours):not(:contains(Beta Tours))",
        },
        {
            content: "plan a call",
            trigger: `${row("Alpha Tours")} button[name=action_plan]`,
            run: "click",
        },
        { content: "save", trigger: ".modal button[name=action_schedule_activities]", run: "click" },
        closed,
        {
            content: "open the customer",
            trigger: `${row("Alpha Tours")} .o_data_cell[name=partner_id]`,
            run: "click",
        },
        {
            content: "the call is planned",
            trigger: ".o-mail-Activity:contains(Going quiet)",
        },
    ],
});

registry.category("web_tour.tours").add("cx_rep_contest", {
    steps: () => [
        {
            content: "the customer is dormant",
            trigger: ".o_field_cx_stage_bar .o_arrow_button_current:contains(Dormant)",
        },
        { content: "the silence is told", trigger: ".o_cx_why_line:contains(Silent for 100 days)" },
        { content: "contest", trigger: "button[name=action_cx_contest]", run: "click" },
        {
            content: "a past date",
            trigger: ".modal .o_field_widget[name=until] button",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=until] input", run: "edit 01/02/2020" },
        {
            content: "a reason",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Buys again in March",
        },
        { content: "apply", trigger: ".modal button[name=action_apply]", run: "click" },
        {
            content: "the error names the field, the date and what to do",
            trigger: ".o_error_dialog:contains(Until: Jan 2, 2020 is in the past. Choose today)",
        },
        { content: "back", trigger: ".o_error_dialog footer button", run: "click" },
        {
            content: "nothing typed is lost",
            trigger: ".modal .o_field_widget[name=until] button:contains(Jan 2, 2020)",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=until] input", run: "edit 12/31/2099" },
        {
            content: "leave the date",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "click",
        },
        { content: "apply", trigger: ".modal button[name=action_apply]", run: "click" },
        closed,
        {
            content: "held, and says until when",
            trigger:
                ".o_arrow_button_current:contains(Active) .o_cx_held:contains(held until Dec 31, 2099)",
        },
        {
            content: "the reason is told",
            trigger:
                ".o_cx_why_line:contains(Held as Active until Dec 31, 2099: Buys again in March.)",
        },
        { content: "and kept", trigger: ".o-mail-Message:contains(Buys again in March)" },
    ],
});

const tab = ".o_notebook .nav-link[name=cx_timeline]";
const item = (words) => `.o_cx_timeline_item:contains(${words})`;

registry.category("web_tour.tours").add("cx_rep_timeline", {
    steps: () => [
        { content: "open the tab", trigger: `${tab}:not(.active)`, run: "click" },
        { content: "what is planned comes first", trigger: item("Ask about spring") },
        { content: "why the stage changed", trigger: item("From Active to Dormant") },
        { content: "who wrote", trigger: item("The parcel came"), run: "click" },
        { content: "the whole message", trigger: ".modal .o_field_widget[name=body]:contains(late)" },
        { content: "close", trigger: ".modal .btn-close", run: "click" },
        closed,
        {
            content: "only purchases",
            trigger: ".o_cx_timeline_kind:contains(Purchases)",
            run: "click",
        },
        { trigger: `.o_cx_timeline:not(:has(${item("parcel")})):has(${item("Purchase of")})` },
        { content: "what was bought on a day", trigger: item("Purchase of"), run: "click" },
        { content: "that order", trigger: ".o_data_row .o_data_cell[name=partner_id]" },
        { content: "back", trigger: ".breadcrumb-item a:contains(Epsilon)", run: "click" },
        { trigger: ".o_field_cx_stage_bar" },
    ],
});

registry.category("web_tour.tours").add("cx_rep_timeline_phone", {
    steps: () => [
        { content: "open the tab", trigger: `${tab}:not(.active)`, run: "click" },
        { content: "what is planned comes first", trigger: item("Ask about spring") },
        {
            content: "the filters and the items fit",
            trigger: item("From Active to Dormant"),
            run() {
                const { scrollWidth, clientWidth } = document.querySelector(".o_cx_timeline");
                if (scrollWidth > clientWidth) {
                    throw new Error("the timeline is wider than the screen");
                }
            },
        },
    ],
});

registry.category("web_tour.tours").add("cx_rep_phone", {
    steps: () => [
        {
            content: "cards, the customer worth most first, with a button to call",
            trigger: '.o_kanban_record:eq(0):contains(Alpha Tours) a[href="tel:+32229034900"]',
        },
        {
            content: "who has no number can be planned",
            trigger: ".o_kanban_record:contains(Beta Tours) button[name=action_plan]",
        },
        ...lookWhy(".o_kanban_record:contains(Alpha Tours)", {
            words: "d late, usual",
            title: "Why this stage?",
        }),
        {
            content: "open the customer",
            trigger: ".o_kanban_record:contains(Alpha Tours) .fw-bold",
            run: "click",
        },
        {
            content: "one stage fits",
            trigger: ".o_field_cx_stage_bar button.dropdown-toggle:contains(Active)",
        },
        { content: "and the strip", trigger: ".o_field_cx_rhythm circle.o_cx_rhythm_dot" },
    ],
});

registry.category("web_tour.tours").add("cx_rep_morning_fr", {
    steps: () => [
        {
            content: "the filters are in French",
            trigger: ".o_facet_values:contains(Mes clients)",
        },
        { trigger: ".o_facet_values:contains(À relancer)" },
        ...lookWhy(row("Alpha Tours"), {
            words: "de retard, usuel",
            title: "Pourquoi ce statut",
        }),
        {
            content: "not now",
            trigger: `${row("Beta Tours")} button[name=action_snooze][data-tooltip='Pas maintenant']`,
            run: "click",
        },
        ...notNow("Saisonnier"),
        {
            content: "open the customer",
            trigger: `${row("Alpha Tours")} .o_data_cell[name=partner_id]`,
            run: "click",
        },
        {
            content: "a whole sentence in French",
            trigger: ".o_cx_why_line:contains(Achète tous les):contains(10 achats)",
        },
        { trigger: ".o_arrow_button_current:contains(Actif)" },
        {
            content: "contest",
            trigger: "button[name=action_cx_contest]:contains(Contester)",
            run: "click",
        },
        { trigger: ".modal .o_radio_item:contains(Maintenir dans un statut)" },
        { trigger: ".modal .o_form_button_cancel, .modal button[special=cancel]", run: "click" },
        closed,
    ],
});
