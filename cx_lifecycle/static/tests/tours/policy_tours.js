import { registry } from "@web/core/registry";

const fixedDays = (days) => [
    {
        content: "measure silence in days",
        trigger: ".o_field_widget[name=mode] input",
        run: "click",
    },
    {
        trigger: ".o_select_menu_item:contains(a fixed number of days)",
        run: "click",
    },
    {
        content: "the sentence is another one now",
        trigger: ".o_field_widget[name=dormant_after]:first input",
        run: `edit ${days} && press Tab`,
    },
];

registry.category("web_tour.tours").add("cx_policy_change", {
    steps: () => [
        { trigger: ".o_data_row:contains(Published) [name=version]", run: "click" },
        { content: "published rules are read", trigger: "[name=chance_limit].o_readonly_modifier" },
        { trigger: "button[name=action_new_version]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Draft)" },
        { content: "the same rules move nobody", trigger: ".o_cx_simulation_still" },
        ...fixedDays(40),
        {
            content: "who would move is told while typing",
            trigger: ".o_cx_simulation_headlines li:contains(Dormant) button",
        },
        {
            content: "contradictions too",
            trigger: ".o_field_widget[name=floor_days] input",
            run: "edit 50 && press Tab",
        },
        { trigger: ".o_field_widget[name=ceiling_days] input", run: "edit 45 && press Tab" },
        { trigger: ".o_cx_simulation_problems:contains(Never Dormant Before)" },
        { trigger: ".o_field_widget[name=floor_days] input", run: "edit 7 && press Tab" },
        { trigger: ".o_field_widget[name=ceiling_days] input", run: "edit 0 && press Tab" },
        {
            content: "exactly those who were counted",
            trigger: ".o_cx_simulation_headlines li:contains(Dormant) button:contains(Show them)",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Alpha Tours):contains(Dormant)" },
        { trigger: ".o_back_button", run: "click" },
        { trigger: "button[name=action_publish]", run: "click" },
        { trigger: ".modal .o_field_widget[name=summary]:contains(Dormant)" },
        { trigger: ".modal .o_field_widget[name=difference]:contains(a fixed number of days)" },
        { trigger: ".modal footer button[name=action_publish]", run: "click" },
        { trigger: ".o_notification:contains(Published)" },
        { trigger: ".o_arrow_button_current:contains(Published)" },
    ],
});

registry.category("web_tour.tours").add("cx_policy_restore", {
    steps: () => [
        { trigger: ".o_data_row:contains(Retired) [name=version]", run: "click" },
        { trigger: "button[name=action_restore]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Draft)" },
        {
            content: "what it would undo",
            trigger: ".o_notebook .nav-link:contains(What Changes)",
            run: "click",
        },
        { trigger: ".o_field_widget[name=difference]:contains(a fixed number of days)" },
    ],
});
