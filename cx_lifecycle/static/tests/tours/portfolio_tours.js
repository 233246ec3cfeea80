import { registry } from "@web/core/registry";

import { back, openNumber } from "./counted_steps";

const tours = registry.category("web_tour.tours");
const block = (name) => `.o_cx_block[data-block=${name}]`;

const isRead = [
    { content: "tiles are there", trigger: `${block("tiles")} .o_cx_tile_count` },
    { content: "everything is read", trigger: ".o_cx_portfolio:not(:has(.o_cx_block_loading))" },
    { content: "nothing broke", trigger: ".o_cx_portfolio:not(:has(.o_cx_block_failed))" },
];

/** Where do we leak? From the sentence to the people behind a number. */
const whereDoWeLeak = (sentence) => [
    ...isRead,
    { content: "the sentence", trigger: `.o_cx_portfolio_sentence:contains(${sentence})` },
    {
        content: "the balance as a table",
        trigger: `${block("balance")} button[data-mode=table]`,
        run: "click",
    },
    ...openNumber("those who went dormant", `${block("balance")} tbody tr:last-child td:eq(2)`),
    back,
    { content: "the table is still there", trigger: `${block("balance")} table[role=grid]` },
    ...isRead,
    ...openNumber("the active", "[data-stage=active] .o_cx_tile_count"),
    back,
    ...isRead,
];

tours.add("cx_portfolio_leak", {
    steps: () => [
        ...whereDoWeLeak("/came, .+ left/"),
        {
            content: "a period",
            trigger: "select[aria-label=Period]",
            run: "select this_year",
        },
        ...isRead,
        {
            content: "flows as bands",
            trigger: `${block("flows")} button[data-mode=flow]`,
            run: "click",
        },
        { content: "drawn", trigger: `${block("flows")} .o_cx_sankey_band[role=button]` },
        ...openNumber("whose customers are late", ".o_cx_at_risk tbody tr:first td button"),
        back,
        ...isRead,
        {
            content: "the period is kept",
            trigger: "select[aria-label=Period]",
            run({ anchor }) {
                if (anchor.value !== "this_year") {
                    throw new Error(`the period became ${anchor.value}`);
                }
            },
        },
    ],
});

tours.add("cx_portfolio_leak_fr", {
    steps: () => [
        { content: "in French", trigger: "[data-stage=active] .badge:contains(Actif)" },
        ...whereDoWeLeak("/\\d/"),
    ],
});

tours.add("cx_portfolio_rep", {
    steps: () => [
        ...isRead,
        {
            content: "the own three active customers, not the colleague's",
            trigger: "[data-stage=active] .o_cx_tile_count:contains(/^3$/)",
        },
        {
            content: "nobody else in the list of who is late",
            trigger: ".o_cx_at_risk tbody:not(:contains(Tour Colleague)):contains(Tour Rep)",
        },
        ...openNumber("the own dormant", "[data-stage=dormant] .o_cx_tile_count"),
        { content: "it is Epsilon", trigger: ".o_data_row:contains(Epsilon Tours)" },
    ],
});

tours.add("cx_portfolio_phone", {
    steps: () => [
        ...isRead,
        {
            content: "nothing is cut off",
            trigger: ".o_cx_portfolio",
            run() {
                const { scrollWidth, clientWidth } = document.documentElement;
                if (scrollWidth > clientWidth) {
                    throw new Error(`${scrollWidth} pixels wide on a screen of ${clientWidth}`);
                }
            },
        },
        ...openNumber("the active", "[data-stage=active] .o_cx_tile_count"),
        back,
        ...isRead,
    ],
});

tours.add("cx_matrix_of_changes", {
    steps: () => [
        { content: "the matrix", trigger: ".o_switch_view.o_cx_matrix", run: "click" },
        ...openNumber("who went dormant", ".o_cx_matrix tbody tr:last-child td:last-child"),
        back,
        { content: "the matrix again", trigger: ".o_cx_matrix table[role=grid]" },
    ],
});
