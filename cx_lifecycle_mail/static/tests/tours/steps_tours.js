import { registry } from "@web/core/registry";

/** The card of a step. */
const card = (name) => `.o_cx_step_card:has(.o_cx_step_name:contains(${name}))`;
/** A step somewhere below another one. */
const below = (parent, name) => `.o_cx_step:has(> .o_cx_step_slot ${card(parent)}) .o_cx_steps_row ${card(name)}`;

const openSteps = { content: "the steps", trigger: ".o_notebook .nav-link[name=steps]", run: "click" };

function fillStep(name, kind) {
    return [
        {
            content: `the dialog of a new step: ${name}`,
            trigger: ".modal [name=name] input",
            run: `edit ${name}`,
        },
        { trigger: ".modal [name=kind] input", run: "click" },
        { trigger: `.o_select_menu_item:contains(${kind})`, run: "click" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ];
}

/** What is read on the way; everything else is found by names and classes. */
const ENGLISH = {
    mail: "E-mail",
    wait: "Wait",
    onEntry: "on entry",
    unwritten: "Nothing written yet",
    after: "3 days after",
    removes: "Removes 1 step",
};
const FRENCH = {
    mail: "E-mail",
    wait: "Attente",
    onEntry: "à l’entrée",
    unwritten: "Rien d’écrit pour l’instant",
    after: "3 jours après",
    removes: "Retire 1 étape",
};

const build = (words) => [
    {
        content: "what is not saved yet is saved before",
        trigger: ".o_field_widget[name=name] input",
        run: "edit Tour renamed",
    },
    openSteps,
    { trigger: ".o_cx_steps_empty" },
    { content: "a first step", trigger: ".o_cx_steps_add", run: "click" },
    ...fillStep("Hello", words.mail),
    { trigger: `${card("1. Hello")}:contains(${words.onEntry}):contains(${words.unwritten})` },
    {
        content: "one that follows it",
        trigger: `${card("Hello")} .o_cx_step_add`,
        run: "click",
    },
    ...fillStep("Breath", words.wait),
    { trigger: below("Hello", "1.1. Breath") },
    { content: "another on entry", trigger: ".o_cx_steps_add", run: "click" },
    ...fillStep("Later", words.wait),
    { trigger: card("2. Later") },
    {
        content: "move it by the menu",
        trigger: `${card("Later")} .o_cx_step_move`,
        run: "click",
    },
    { trigger: ".dropdown-item:contains(Breath)", run: "click" },
    { trigger: below("Breath", "1.1.1. Later") },
    {
        content: "drag it onto another card",
        trigger: `${card("Later")} .o_cx_step_grip`,
        run: (helpers) => helpers.drag_and_drop(card("Hello"), { position: "center" }),
    },
    { trigger: below("Hello", "1.2. Later") },
    { content: "edit it", trigger: `${card("Later")} .o_cx_step_name`, run: "click" },
    { trigger: ".modal [name=name] input", run: "edit Much later" },
    { trigger: ".modal [name=delay] input", run: "edit 3" },
    { trigger: ".modal .o_form_button_save", run: "click" },
    { trigger: `${card("1.2. Much later")}:contains(${words.after}):contains(Hello)` },
    {
        content: "remove one",
        trigger: `${card("Breath")} .o_cx_step_remove`,
        run: "click",
    },
    { trigger: `.modal:contains(${words.removes})` },
    { trigger: ".modal button[name=action_remove]", run: "click" },
    { trigger: ".o_cx_steps:not(:contains(Breath))" },
    { trigger: below("Hello", "1.1. Much later") },
];

registry.category("web_tour.tours").add("cx_marketer_steps", { steps: () => build(ENGLISH) });
registry.category("web_tour.tours").add("cx_marketer_steps_fr", { steps: () => build(FRENCH) });

registry.category("web_tour.tours").add("cx_marketer_step_numbers", {
    steps: () => [
        openSteps,
        { trigger: ".o_cx_step_figure[data-number=sent]:contains(Done):contains(67%)" },
        { content: "why not?", trigger: ".o_cx_step_why:contains(1 not done: why?)", run: "click" },
        { content: "by reason", trigger: ".o_group_header:contains(It was too late (1))" },
        { trigger: ".o_back_button", run: "click" },
        openSteps,
        {
            content: "whoever was reached",
            trigger: ".o_cx_step_figure[data-number=reached]",
            run: "click",
        },
        { trigger: ".o_data_row:eq(2)" },
        { trigger: ".o_list_renderer:not(:has(.o_data_row:eq(3)))" },
    ],
});
