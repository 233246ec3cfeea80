import { registry } from "@web/core/registry";

const openSettings = {
    content: "the lifecycle's settings",
    trigger: ".settings_tab [data-key=cx_lifecycle]",
    run: "click",
};

registry.category("web_tour.tours").add("cx_admin_check_and_run", {
    steps: () => [
        openSettings,
        {
            content: "purchase sources",
            trigger: "#cx_sources button:contains(Purchase Sources)",
            run: "click",
        },
        {
            content: "never checked: no figures",
            trigger:
                ".o_data_row:contains(Confirmed orders):not(:has([name=check_count]:contains(/[0-9]/)))",
        },
        {
            content: "check",
            trigger: ".o_data_row:contains(Confirmed orders) button[name=action_check]",
            run: "click",
        },
        {
            content: "the orders that count are counted",
            trigger: ".o_data_row:contains(Confirmed orders) [name=check_count]:contains(/[0-9]/)",
        },
        {
            content: "orders or invoices: the one that does not count can be counted instead",
            trigger:
                ".o_data_row:contains(Posted invoices):has(button[name=action_count_instead])",
        },
        {
            trigger:
                ".o_data_row:contains(Confirmed orders):not(:has(button[name=action_count_instead]))",
        },
        { content: "back", trigger: ".o_back_button", run: "click" },
        openSettings,
        {
            content: "start the night",
            trigger: "button[name=action_cx_run_now]",
            run: "click",
        },
        {
            content: "it says that it started",
            trigger: ".o_notification:contains(Started in the background)",
        },
    ],
});

registry.category("web_tour.tours").add("cx_admin_health", {
    steps: () => [
        openSettings,
        {
            content: "the night is told",
            trigger: "#cx_night .o_field_widget[name=cx_last_examined]:contains(/^[1-9]/)",
        },
        {
            content: "no warning",
            trigger: "#cx_night:not(:has(.alert:visible))",
        },
        { content: "all runs", trigger: "#cx_night button:contains(All Runs)", run: "click" },
        { trigger: ".o_data_row:contains(Night: customers due):contains(Done)" },
    ],
});

/** The six columns from left to right; the first and the last are folded. */
const SIX = ["Suspect", "Prospect", "New", "Active", "Dormant", "Lost"];

registry.category("web_tour.tours").add("cx_stages_kanban", {
    steps: () => [
        ...SIX.map((stage, index) => ({
            content: `column ${stage}`,
            trigger: `.o_kanban_group:eq(${index}):contains(${stage})`,
        })),
        { trigger: ".o_kanban_renderer:has(.o_kanban_group:eq(5)):not(:has(.o_kanban_group:eq(6)))" },
        { content: "suspects are folded", trigger: ".o_kanban_group.o_column_folded:eq(0):contains(Suspect)" },
        { content: "the lost too", trigger: ".o_kanban_group.o_column_folded:eq(1):contains(Lost)" },
        {
            content: "the customer on time is there",
            trigger: ".o_kanban_group:eq(3):contains(Delta Tours)",
        },
        {
            content: "only the late",
            trigger: ".o_kanban_group:eq(3) .progress-bar.bg-warning",
            run: "click",
        },
        {
            trigger: ".o_kanban_group:eq(3):contains(Alpha Tours):not(:contains(Delta Tours))",
        },
        {
            content: "unfold the lost",
            trigger: ".o_kanban_group:eq(5).o_column_folded",
            run: "click",
        },
        { trigger: ".o_kanban_group:eq(5):not(.o_column_folded)" },
        {
            content: "nobody moves a customer by hand, nor adds a stage",
            trigger: ".o_kanban_renderer:not(:has(.o_column_quick_create, .o_draggable))",
        },
        { content: "as a list", trigger: ".o_switch_view.o_list", run: "click" },
        {
            trigger:
                ".o_data_row:contains(Epsilon Tours) .o_data_cell[name=stage_id]:contains(Dormant)",
        },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        {
            content: "going quiet",
            trigger: ".o_filter_menu .o_menu_item:contains(Going Quiet)",
            run: "click",
        },
        { trigger: ".o_list_renderer:contains(Alpha Tours):contains(Epsilon Tours):not(:contains(Delta Tours))" },
    ],
});
