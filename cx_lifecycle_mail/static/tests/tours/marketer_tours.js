import { registry } from "@web/core/registry";

/**
 * The jobs of a marketer's day. What runs in several languages finds its way by names and classes,
 * and reads a few words on it: Omega Tours is dormant for longer than Epsilon Tours.
 */

const ENGLISH = {
    headline: "2 will receive it of 2",
    asks: "You can launch, but look at this first",
    nobody: "Nobody is chosen for customers without salesperson",
    anyway: "Launch Anyway",
    launched: "Launched. Customers enter in the background",
    running: "Running",
    waits: "nobody enters and nothing is done until you resume",
    paused: "Paused",
    underWay: (number) => `${number} participants are under way`,
    onEntry: "on entry",
};
const FRENCH = {
    headline: ": 2 sur 2",
    asks: "Vous pouvez lancer, mais examinez d’abord ceci",
    nobody: "Personne n’est choisi pour les clients sans vendeur",
    anyway: "Lancer quand même",
    launched: "Lancée. Les clients entrent en arrière-plan",
    running: "En cours",
    waits: "personne n’entre et rien n’est fait tant que vous ne la reprenez pas",
    paused: "Suspendue",
    underWay: (number) => `en cours : ${number}`,
    onEntry: "à l’entrée",
};

const add = (name, steps) => registry.category("web_tour.tours").add(name, { steps });
const closed = { content: "the dialog is closed", trigger: "body:not(:has(.modal))" };
const current = (state) => `.o_arrow_button_current:contains(${state})`;
const line = (code, words) => `.o_cx_audience_line[data-code=${code}]:contains(${words})`;
const audience = (number) => ({
    content: `${number} would enter`,
    trigger: `.o_form_view [aria-busy=false] ${line("enter", number)}`,
});
const draft = ".o_data_row:contains(Tour campaign)";
const customers = (...names) =>
    ".o_list_view" + names.map((name) => `:has(.o_data_row:contains(${name}))`).join("");

const launch = (words) => [
    { content: "open the draft", trigger: `${draft} [name=name]`, run: "click" },
    { content: "who would get it", trigger: `.o_cx_audience_headline:contains(${words.headline})` },
    audience(2),
    {
        content: "only who is dormant for long",
        trigger: ".o_field_widget[name=stage_days] input",
        run: "edit 35 && press Tab",
    },
    { content: "not saved yet", trigger: ".o_form_button_save:visible" },
    { content: "counted anew before it is saved", ...audience(1) },
    { content: "and who they are", trigger: line("enter", 1), run: "click" },
    { trigger: `${customers("Omega Tours")}:not(:contains(Epsilon Tours))` },
    { content: "back", trigger: ".o_back_button", run: "click" },
    { content: "it was kept", trigger: ".o_field_widget[name=stage_days] input:value(35)" },
    audience(1),
    { content: "launch", trigger: "button[name=action_launch]", run: "click" },
    { content: "what asks", trigger: `.modal .alert-warning:contains(${words.asks})` },
    { content: "the audience once more", trigger: `.modal ${line("enter", 1)}` },
    {
        content: "put one right",
        trigger: `.modal .o_data_row:contains(${words.nobody}) button[name=action_fix]`,
        run: "click",
    },
    { trigger: ".modal .o_field_widget[name=assignee_id] input", run: "edit Tour Rep" },
    { trigger: ".o-autocomplete--dropdown-item:contains(Tour Rep) a", run: "click" },
    { trigger: ".modal .o_form_button_save", run: "click" },
    closed,
    { content: "launch", trigger: "button[name=action_launch]", run: "click" },
    {
        content: "it is not asked any more",
        trigger: `.modal:not(:contains(${words.nobody})) .o_data_row`,
    },
    {
        content: "the rest is meant so",
        trigger: `.modal footer button[name=action_launch]:visible:contains(${words.anyway})`,
        run: "click",
    },
    { trigger: `.o_notification:contains(${words.launched})` },
    { trigger: current(words.running) },
];

const pause = (words, number) => [
    { content: "pause", trigger: "button[name=action_ask_pause]:visible", run: "click" },
    {
        content: "how many are concerned",
        trigger: `.modal .o_field_widget[name=text]:contains(${words.underWay(number)})`,
    },
    { trigger: ".modal footer button[name=action_apply]:visible", run: "click" },
    closed,
    { content: "what that means", trigger: `.alert-warning:contains(${words.waits})` },
];

const pauseFromList = (words) => [
    { trigger: `${draft} [name=state]:contains(${words.running})` },
    { trigger: `${draft} [name=name]`, run: "click" },
    { trigger: "button[name=action_participants]:contains(1)" },
    ...pause(words, 1),
    { trigger: current(words.paused) },
];

add("cx_campaign_launch", () => launch(ENGLISH));
add("cx_campaign_launch_fr", () => launch(FRENCH));
add("cx_campaign_pause", () => pauseFromList(ENGLISH));
add("cx_campaign_pause_fr", () => pauseFromList(FRENCH));

add("cx_campaign_none", () => [
    { content: "the way in", trigger: ".o_view_nocontent a.btn-primary", run: "click" },
    { trigger: ".o_kanban_record:contains(Wake dormant customers) button[name=action_use]" },
]);

// ------------------------------------------------------------------------ why
const sentence = (words) => ({
    content: "the answer",
    trigger: `.modal .o_field_widget[name=sentence]:contains(${words})`,
});
const test = (mark, name, value = "") =>
    `.modal .o_data_row:has([name=mark]:contains(${mark})):has([name=name]:contains(${name}))` +
    `:has([name=value]:contains(${value}))`;

add("cx_campaign_why", () => [
    { trigger: "button[name=action_why]", run: "click" },
    { content: "whom?", trigger: ".modal .o_field_widget[name=partner_id] input", run: "edit Delta" },
    { trigger: ".o-autocomplete--dropdown-item:contains(Delta Tours) a", run: "click" },
    sentence("Delta Tours does not take part. What starts the campaign has not happened"),
    { content: "in the order of the entry", trigger: `${test("✓", "The campaign is running", "Launched on")}:eq(0)` },
    { trigger: `.modal .o_data_row:eq(1):contains(has not happened):contains(Active since)` },
    { trigger: test("✓", "The campaign's condition holds", "Tour Marketer") },
    { content: "somebody who takes part", trigger: ".modal .o_field_widget[name=partner_id] input", run: "edit Omega" },
    { trigger: ".o-autocomplete--dropdown-item:contains(Omega Tours) a", run: "click" },
    sentence("Omega Tours takes part since"),
    { trigger: ".modal .o_data_row:contains(Ring)" },
    { trigger: ".modal footer button[special=cancel]", run: "click" },
    closed,
]);

add("cx_contact_why", () => [
    { trigger: "button[name=action_cx_why_campaigns]", run: "click" },
    sentence("Omega Tours takes part in 1 of 2 campaigns that run"),
    { content: "in one", trigger: test("✓", "Tour campaign", "takes part since") },
    {
        content: "what keeps it out of the other",
        trigger: `${test("✗", "Lost ones", "has not happened: the stage")} button[name=action_open]`,
        run: "click",
    },
    { content: "all of it", trigger: ".modal .o_data_row:eq(4)" },
    sentence("Omega Tours does not take part"),
    { trigger: test("✗", "What starts the campaign has not happened", "Dormant since") },
    { trigger: ".modal footer button[special=cancel]", run: "click" },
    closed,
]);

// ---------------------------------------------------------------------- phone
const inside = (selector) => ({
    content: `${selector} is not cut off`,
    trigger: selector,
    run() {
        const { left, right } = this.anchor.getBoundingClientRect();
        if (left < 0 || right > window.innerWidth + 1) {
            throw new Error(`${selector} sticks out of the screen`);
        }
    },
});

const onAPhone = (words) => [
    { trigger: ".o_kanban_record:contains(Tour campaign)", run: "click" },
    { trigger: `.o_statusbar_status button:contains(${words.running})` },
    { trigger: `.o_cx_audience_headline` },
    inside(".o_cx_audience"),
    { content: "its steps", trigger: ".o_notebook .nav-link[name=steps]", run: "click" },
    { trigger: `.o_cx_step_card:contains(Ring) .o_cx_step_when:contains(${words.onEntry})` },
    { trigger: `.o_cx_step .o_cx_step .o_cx_step_card:contains(Breath)` },
    inside(".o_cx_step_card:contains(Breath)"),
    inside(".o_cx_step_figure:last"),
    { content: "more", trigger: ".o_statusbar_buttons .oi-ellipsis-v", run: "click" },
    ...pause(words, 2),
    { trigger: `.o_statusbar_status button:contains(${words.paused})` },
    { content: "the way on", trigger: ".o_statusbar_buttons > button[name=action_ask_resume]" },
];

const findingsOnAPhone = (words) => [
    { trigger: "button[name=action_launch]", run: "click" },
    { trigger: `.modal .o_kanban_record:contains(${words.nobody}):contains(Ring)` },
    inside(`.modal .o_kanban_record:contains(${words.nobody}) button[name=action_fix]`),
    inside(".modal .o_cx_audience_headline"),
    { trigger: ".modal footer button[special=cancel]", run: "click" },
    closed,
];

add("cx_findings_phone_fr", () => findingsOnAPhone(FRENCH));
add("cx_campaign_phone", () => onAPhone(ENGLISH));
add("cx_campaign_phone_fr", () => onAPhone(FRENCH));
