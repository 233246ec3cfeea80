import { registry } from "@web/core/registry";

/** A marketer has customers asked after each purchase, and reads what they say. */

const add = (name, steps) => registry.category("web_tour.tours").add(name, { steps });
const measure = (name) => `.o_cx_measure[data-measure=${name}]`;
const rows = (number) => ({
    content: `${number} rows`,
    trigger: `.o_list_view:not(:has(.o_data_row:nth-child(${number + 1}))) .o_data_row:nth-child(${number})`,
});
const back = { content: "back", trigger: ".o_back_button, .breadcrumb-item a", run: "click" };

add("cx_hot_survey", () => [
    {
        content: "a survey after a purchase",
        trigger: ".o_kanban_record:contains(Survey after a purchase) button[name=action_use]",
        run: "click",
    },
    {
        content: "so many days after",
        trigger: ".o_field_widget[name=touchpoint_days] input:value(3)",
        run: "edit 5 && press Tab",
    },
    { content: "a purchase", trigger: ".o_field_widget[name=touchpoint_interaction_ids] .o_tag" },
    {
        content: "of a half of them",
        trigger: ".o_field_widget[name=sample_share] input",
        run: "edit 50 && press Tab",
    },
    { content: "launch", trigger: "button[name=action_launch]", run: "click" },
    {
        content: "the audience, and what asks",
        trigger: ".modal footer button[name=action_launch]:visible",
        run: "click",
    },
    { trigger: ".o_arrow_button_current:contains(Running)" },
]);

add("cx_listening", () => [
    { content: "read", trigger: ".o_cx_listening[aria-busy=false]" },
    { content: "recommendation", trigger: `${measure("nps")} .o_cx_measure_score:contains(+33)` },
    { content: "with its interval", trigger: `${measure("nps")} .o_cx_measure_range:contains(95 %)` },
    { content: "nobody said how easy it was", trigger: `${measure("ces")} .o_cx_measure_none` },
    { content: "who", trigger: `${measure("nps")} .o_cx_measure_score`, run: "click" },
    rows(3),
    back,
    {
        content: "the detractor",
        trigger: `${measure("nps")} .o_cx_measure_bars li:first-child button:contains(1)`,
        run: "click",
    },
    rows(1),
    { trigger: ".o_data_row:contains(Alpha Tours)" },
    back,
    { content: "another period", trigger: "select[aria-label=Period]", run: "select this_month" },
    { content: "read again", trigger: ".o_cx_listening[aria-busy=false]" },
    { content: "there too", trigger: `${measure("nps")} .o_cx_measure_months tbody tr` },
]);

add("cx_listening_rep", () => [
    { content: "read", trigger: ".o_cx_listening[aria-busy=false]" },
    { content: "the own two", trigger: `${measure("nps")} .o_cx_measure_score:contains(/^0$/)` },
    { content: "who", trigger: `${measure("nps")} .o_cx_measure_score`, run: "click" },
    rows(2),
]);
