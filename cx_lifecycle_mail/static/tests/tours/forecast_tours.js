import { registry } from "@web/core/registry";

const choose = (name) => [
    {
        content: `choose ${name}`,
        trigger: ".modal [name=customer_ids] input",
        run: `edit ${name}`,
    },
    {
        trigger: `.o-autocomplete--dropdown-item:contains(${name}) a`,
        run: "click",
    },
    { trigger: `.modal .o_tag:contains(${name})` },
];

registry.category("web_tour.tours").add("cx_try_and_dry_run", {
    steps: () => [
        { trigger: "button[name=action_try]", run: "click" },
        { content: "somebody is there already", trigger: ".modal .o_cx_try_customer" },
        ...choose("Epsilon Tours"),
        ...choose("Delta Tours"),
        {
            content: "who is active does not enter, and why",
            trigger: ".o_cx_try_customer:contains(Delta Tours):contains(Would not enter)",
        },
        {
            content: "the letter as it would be",
            trigger: ".o_cx_try_customer:contains(Epsilon Tours) .o_cx_try_show",
            run: "click",
        },
        { trigger: ".o_cx_try_customer:contains(Epsilon Tours) iframe" },
        {
            content: "what if it is opened?",
            trigger: ".modal [name=reaction] input",
            run: "click",
        },
        { trigger: ".o_select_menu_item:contains(opens each mail)", run: "click" },
        {
            trigger: ".o_cx_try_customer:contains(Epsilon Tours) .o_cx_try_step[data-state=skipped]",
        },
        { trigger: ".modal footer button[special=cancel]", run: "click" },
        {
            content: "the coming weeks",
            trigger: "body:not(:has(.modal)) button[name=action_dry_run]",
            run: "click",
        },
        { trigger: ".o_cx_forecast [role=note]:contains(Nobody reacts)" },
        { trigger: ".o_cx_forecast [data-code='mail']", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Epsilon Tours)" },
        { trigger: ".breadcrumb-item:contains(Dry Run of Tour campaign) a", run: "click" },
        { trigger: ".o_cx_forecast [role=note]" },
    ],
});

registry.category("web_tour.tours").add("cx_replay", {
    steps: () => [
        { trigger: "button[name=action_replay]", run: "click" },
        { trigger: ".o_cx_replay_headline" },
        { trigger: ".o_cx_replay [data-code='met']", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Epsilon Tours)" },
    ],
});
