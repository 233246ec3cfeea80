import { registry } from "@web/core/registry";

const stopTab = { trigger: ".o_notebook .nav-link[name=stop]", run: "click" };

registry.category("web_tour.tours").add("cx_campaign_versions", {
    steps: () => [
        {
            content: "what was launched is read",
            trigger: ".o_field_widget[name=entry].o_readonly_modifier",
        },
        stopTab,
        { trigger: ".o_field_widget[name=max_days].o_readonly_modifier:contains(90)" },
        { trigger: "button[name=action_edit]:contains(Edit)", run: "click" },
        { content: "a draft of it", trigger: ".alert:contains(not published yet)" },
        stopTab,
        {
            trigger: ".o_field_widget[name=max_days] input",
            run: "edit 60 && press Tab",
        },
        { trigger: "button[name=action_publish]", run: "click" },
        {
            content: "what changes is told",
            trigger: ".modal .o_field_widget[name=difference]:contains(Longest Duration):contains(60)",
        },
        {
            content: "who is inside finishes, unless told otherwise",
            trigger: ".modal .o_field_widget[name=plan]:contains(Go on as they began: 1.)",
        },
        {
            trigger: ".modal .o_field_widget[name=people] .o_radio_item:contains(They leave) input",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=step_id] input", run: "edit Again" },
        { trigger: ".ui-autocomplete .dropdown-item:contains(Again)", run: "click" },
        {
            content: "how many move is said before",
            trigger: ".modal .o_field_widget[name=plan]:contains(counted from now: 1.)",
        },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Shorter is better",
        },
        { trigger: ".modal footer button[name=action_publish]:visible", run: "click" },
        {
            content: "the campaign is another version now",
            trigger: "button[name=action_versions]:contains(2)",
        },
        stopTab,
        { trigger: ".o_field_widget[name=max_days].o_readonly_modifier:contains(60)" },
        { trigger: "button[name=action_versions]", run: "click" },
        {
            content: "and says so in its list",
            trigger:
                ".o_list_view .o_data_row:contains(Shorter is better) button[name=action_compare]",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=difference]:contains(Longest Duration)" },
    ],
});

registry.category("web_tour.tours").add("cx_campaign_discard", {
    steps: () => [
        { trigger: "button[name=action_edit]", run: "click" },
        { trigger: ".alert:contains(not published yet)" },
        { trigger: "button[name=action_open_original]", run: "click" },
        { trigger: ".alert:contains(are being prepared) button[name=action_edit]", run: "click" },
        { trigger: "button[name=action_discard]", run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { content: "the campaign is as it was", trigger: "button[name=action_versions]:contains(1)" },
        { trigger: "body:not(:has(.alert:contains(are being prepared)))" },
    ],
});

registry.category("web_tour.tours").add("cx_campaign_content_read", {
    steps: () => [
        {
            content: "the editor says why it only shows",
            trigger: ".alert:contains(it cannot be changed here)",
        },
        { trigger: ".o_field_widget[name=subject].o_readonly_modifier:contains(Hello)" },
        { trigger: ".o_field_widget[name=body_arch].o_readonly_modifier" },
    ],
});
