import { registry } from "@web/core/registry";

/** What runs in several languages finds its way by names: four customers came in the last year. */

const { DateTime } = luxon;
const day = (date) => date.toFormat("MM/dd/yyyy");
const input = (name) => `.o_field_widget[name=${name}] input`;

const set = (name, value) => ({
    trigger: input(name),
    run: `edit ${value} && press Tab`,
});
const saved = { content: "it is kept", trigger: ".o_form_saved" };

registry.category("web_tour.tours").add("cx_objective", {
    steps: () => [
        {
            content: "what this is for",
            trigger: ".o_nocontent_help:contains(Say what you want to reach)",
        },
        { trigger: ".o_list_button_add", run: "click" },
        set("target", 8),
        {
            content: "it is named by what it says",
            trigger: "[name=name] input:value(New customers)",
        },
        set("date_from", day(DateTime.now().minus({ days: 350 }))),
        set("date_to", day(DateTime.now().plus({ days: 349 }))),
        set("budget", 900),
        { trigger: ".o_form_button_save", run: "click" },
        saved,
        {
            content: "half of them at half time",
            trigger: "[name=text]:contains(4 of 8 so far; at this pace 8)",
        },
        { trigger: ".o_form_view [name=state]:contains(On Track)" },
        {
            content: "who they are",
            trigger: "button[name=action_actual]:contains(4)",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Alpha Tours)" },
        {
            content: "as many as were counted",
            trigger: ".o_list_view",
            run() {
                const rows = this.anchor.querySelectorAll(".o_data_row").length;
                if (rows !== 4) {
                    throw new Error(`${rows} rows, not 4`);
                }
            },
        },
        { trigger: ".o_back_button", run: "click" },
        { trigger: "button[name=action_next]", run: "click" },
        {
            content: "nothing is known of what has not begun",
            trigger: "[name=state]:contains(Not Begun)",
        },
        { trigger: "[name=text]:contains(Begins on)" },
        { trigger: ".o_back_button", run: "click" },
        { trigger: ".o_back_button", run: "click" },
        {
            content: "of the period that runs",
            trigger: ".o_data_row:only-child:contains(On Track) .o_progressbar",
        },
    ],
});

registry.category("web_tour.tours").add("cx_spending", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        {
            trigger: ".o_selected_row .o_field_widget[name=note] input",
            run: "edit Stand at the fair",
        },
        { trigger: ".o_selected_row .o_field_widget[name=amount] input", run: "edit 800" },
        { trigger: ".o_list_button_save", run: "click" },
        { trigger: ".o_data_row:contains(Stand at the fair):not(.o_selected_row)" },
    ],
});

registry.category("web_tour.tours").add("cx_costs", {
    steps: () => [
        {
            content: "four customers for 800",
            trigger: ".o_data_row:contains(New Customers) [name=cost]:contains(200.00)",
        },
        { trigger: ".o_data_row:contains(New Customers):contains(Too few to say)" },
        {
            content: "what it was spent on",
            trigger: ".o_data_row:contains(New Customers) button[name=action_spent]",
            run: "click",
        },
        {
            content: "leads to where it was noted",
            trigger: ".o_data_row [name=name]:contains(Stand at the fair)",
            run: "click",
        },
        { trigger: ".o_form_view [name=note] input:value(Stand at the fair)" },
        { trigger: ".o_back_button", run: "click" },
        { trigger: ".o_data_row:contains(Stand at the fair)" },
        { trigger: ".o_back_button", run: "click" },
        { trigger: ".o_data_row:contains(New Customers)" },
    ],
});

registry.category("web_tour.tours").add("cx_objective_phone", {
    steps: () => [
        {
            content: "the own one, and nobody else's",
            trigger: ".o_kanban_record:contains(New customers):contains(3 of 3):contains(Reached)",
        },
        {
            content: "of the company's, the own part",
            trigger: ".o_kanban_record:contains(3 by your own customers):contains(Your Part)",
        },
        {
            trigger: ".o_kanban_view:not(:contains(Tour Colleague))",
            run() {
                if (document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error("It sticks out of the screen");
                }
            },
        },
        { trigger: ".o_kanban_record:contains(3 of 3)", run: "click" },
        { trigger: ".o_form_view:not(:has(button[name=action_next]))" },
        { trigger: ".o_field_widget[name=progress]" },
    ],
});
