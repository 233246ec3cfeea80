import { registry } from "@web/core/registry";

const card = (name) => `.o_form_view .card[name=${name}]`;
const isDone = (name) => `${card(name)} .fa-check-circle:visible`;

/** From the sources to stages that reps see, on any screen; `back` leads to the steps again. */
const throughTheSteps = (back) => [
    {
        content: "what is missing is said",
        trigger: `${card("acceptance")}:contains(step 1):not(:has(button[name=action_accept]))`,
    },
    {
        content: "nothing was counted yet",
        trigger: `${card("sources")}:contains(Confirmed orders: not checked yet.)`,
    },
    {
        content: "count",
        trigger: `${card("sources")} button[name=action_check_sources]`,
        run: "click",
    },
    {
        content: "counted, from when to when, and by whom",
        trigger:
            `${card("sources")}:contains(/Confirmed orders: [0-9,]+, from/)` +
            ":contains(Confirmed by)",
    },
    { content: "the first step is done", trigger: isDone("sources") },
    { content: "the past is read", trigger: isDone("history") },
    {
        content: "what was learned is told",
        trigger: `${card("history")}:contains(/customers have bought since/)`,
    },
    {
        content: "six stages; open the active",
        trigger: `${card("stages")} .o_kanban_record:eq(3):contains(Active) button[name=action_customers]`,
        run: "click",
    },
    {
        content: "they are listed",
        trigger: ".o_data_row:contains(Delta Tours), .o_kanban_record:contains(Delta Tours)",
    },
    back,
    {
        content: "ten at random",
        trigger: `${card("stages")} button[name=action_examples]:contains(Look at 10 at Random)`,
        run: "click",
    },
    {
        content: "each with a stage, a sentence and a rhythm",
        trigger: ".o_kanban_record:has(.badge):has(.o_cx_why_line):has(.o_field_cx_rhythm)",
    },
    back,
    {
        content: "looked at, by whom",
        trigger: `${card("stages")}:contains(customers looked at, last by)`,
    },
    { content: "done", trigger: isDone("stages") },
    { content: "accept", trigger: "button[name=action_accept]", run: "click" },
    {
        content: "it asks first",
        trigger: ".modal:contains(reps see the stage of their customers) footer .btn-primary",
        run: "click",
    },
    { content: "accepted, by whom", trigger: `${card("acceptance")}:contains(Accepted by)` },
    {
        content: "reps see the stages",
        trigger: ".o_form_view .alert-success:contains(Reps see the stages)",
    },
];

registry.category("web_tour.tours").add("cx_first_run", {
    steps: () => [
        {
            content: "the lifecycle's settings",
            trigger: ".settings_tab [data-key=cx_lifecycle]",
            run: "click",
        },
        { content: "first steps", trigger: "#cx_first_run button", run: "click" },
        ...throughTheSteps({
            content: "back",
            trigger: ".o_breadcrumb a:contains(First Steps)",
            run: "click",
        }),
    ],
});

registry.category("web_tour.tours").add("cx_first_run_phone", {
    steps: () =>
        throughTheSteps({ content: "back", trigger: ".o_breadcrumb .o_back_button", run: "click" }),
});
