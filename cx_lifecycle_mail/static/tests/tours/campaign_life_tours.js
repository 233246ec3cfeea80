import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

const preview = (words) => `.modal .o_field_widget[name=preview]:contains(${words})`;
const choose = (value) => ({
    trigger: `.modal .o_field_widget[name=choice] input[data-value=${value}]`,
    run: "click",
});

registry.category("web_tour.tours").add("cx_campaign_resume", {
    steps: () => [
        {
            content: "the list says which campaign needs somebody",
            trigger: ".o_data_row:contains(Tour campaign) [name=health]:contains(Does not work)",
        },
        { trigger: ".o_data_row:contains(Tour campaign) [name=name]", run: "click" },
        { content: "why it stands still", trigger: ".alert-danger:contains(The tour paused it)" },
        { trigger: "button[name=action_ask_resume]", run: "click" },
        { content: "no burst is hidden", trigger: preview("3 mails would leave today") },
        choose("shift"),
        { content: "moved by the pause", trigger: preview("No mail would leave today") },
        choose("skip"),
        { content: "or left out", trigger: preview("3 are skipped") },
        choose("shift"),
        { trigger: preview("No mail would leave today") },
        { trigger: ".modal footer button:contains(Resume)", run: "click" },
        { trigger: ".o_notification:contains(Resumed. Today: 0 mails)" },
        { trigger: ".o_arrow_button_current:contains(Running)" },
        {
            content: "what went wrong, by cause",
            trigger: "button[name=action_errors]:contains(2)",
            run: "click",
        },
        { trigger: ".o_group_header:contains(ValueError: No person #):contains(2)", run: "click" },
        { trigger: ".o_data_row:contains(Failed)" },
        { trigger: "thead .o_list_record_selector input", run: "click" },
        { trigger: ".o_control_panel button[name=action_retry]", run: "click" },
        { content: "nothing is left", trigger: ".o_view_nocontent, .o_list_view:not(:has(.o_data_row))" },
    ],
});

registry.category("web_tour.tours").add("cx_campaign_attention", {
    steps: () => [
        { content: "all of them", trigger: ".o_data_row:contains(Does well):contains(All well)" },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: ".o_menu_item:contains(Needs Attention)", run: "click" },
        {
            content: "only what needs somebody",
            trigger: ".o_list_view:not(:contains(Does well)) .o_data_row:contains(2 failed for good)",
        },
        { trigger: ".o_data_row:contains(Tour campaign) [name=name]", run: "click" },
        { trigger: "button[name=action_errors]:contains(2)", run: "click" },
        { trigger: ".o_group_header:contains(ValueError: No person #):contains(2)" },
    ],
});

const file = (text) => new File([text], "campaign.json", { type: "application/json" });

registry.category("web_tour.tours").add("cx_campaign_import", {
    steps: () => [
        {
            content: "from the list",
            trigger: ".o_control_panel button:contains(Import)",
            run: "click",
        },
        {
            content: "a file that is none",
            trigger: ".modal .o_field_widget[name=data]",
            async run() {
                await inputFiles(".modal .o_input_file", [file("hello")]);
            },
        },
        { trigger: ".modal .alert-danger:contains(cannot be read as a campaign)" },
        {
            content: "one that is right",
            trigger: ".modal .o_field_widget[name=data]",
            async run() {
                const text = JSON.stringify({
                    format: "cx.campaign",
                    version: 1,
                    name: { en_US: "From afar" },
                    entry: "manual",
                    topic: { en_US: "News of the tour" },
                    steps: [{ name: { en_US: "A pause" }, kind: "wait", trigger: "entry" }],
                });
                await inputFiles(".modal .o_input_file", [file(text)]);
            },
        },
        { trigger: ".modal .o_field_widget[name=summary]:contains(From afar):contains(1 steps)" },
        { content: "the topic is new", trigger: ".modal [name=new_topic]:contains(News of the tour)" },
        { trigger: ".modal button[name=action_import]", run: "click" },
        { trigger: ".o_form_view .o_arrow_button_current:contains(Draft)" },
        { trigger: ".o_form_view .o_field_widget[name=name] input:value(From afar)" },
    ],
});

registry.category("web_tour.tours").add("cx_campaign_gallery", {
    steps: () => [
        {
            trigger: ".o_control_panel button:contains(From a Template)",
            run: "click",
        },
        {
            content: "purpose, steps, and what came of it",
            trigger:
                ".o_kanban_record:contains(Wake dormant customers):contains(after entry)" +
                ":contains(Not used here yet) button[name=action_use]",
            run: "click",
        },
        { trigger: ".o_form_view .o_arrow_button_current:contains(Draft)" },
        { trigger: ".o_back_button", run: "click" },
        { trigger: ".o_kanban_record:contains(Wake dormant customers):contains(1 campaigns)" },
    ],
});
