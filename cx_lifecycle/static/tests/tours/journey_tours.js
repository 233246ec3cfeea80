import { registry } from "@web/core/registry";

import { back, openNumber } from "./counted_steps";

const tours = registry.category("web_tour.tours");
const cell = (row, col) =>
    `.o_cx_matrix tbody tr:has(th:contains(/^${row}$/)) td:nth-child(${col + 1})`;
const AFTER_SALES = 5;

const isRead = [
    { content: "the map is there", trigger: ".o_cx_journey .o_cx_matrix_cell" },
    { content: "everything is read", trigger: ".o_action:not(:has(.o_cx_journey_loading))" },
    { content: "nothing broke", trigger: ".o_action:not(:has(.o_cx_journey_failed))" },
];

const measure = (name) => ({
    content: `what the cells say: ${name}`,
    trigger: `button[data-mode=${name}]`,
    run: "click",
});

/** Where does it hurt? From the red cell to what people said, and to who they are. */
const whereDoesItHurt = ({ phone, steps }) => [
    ...isRead,
    ...steps.map((step) => ({
        content: `the step ${step}`,
        trigger: `.o_cx_matrix thead th:contains(${step})`,
    })),
    { content: "its moment of truth", trigger: ".o_cx_matrix_mark:contains(ZMOT)" },
    {
        content: "complaints by phone are bad, said by a face too",
        trigger: `${cell(phone, AFTER_SALES)}.o_cx_matrix_bad:has(.fa-frown-o):contains(/2[.,]0/)`,
        run: "hover",
    },
    {
        content: "what the unhappiest said",
        trigger: ".o_cx_journey_comment:contains(Nobody called back)",
    },
    { content: "the curve", trigger: ".o_cx_curve_step button:contains(/9[.,]0/)" },
    measure("volume"),
    ...openNumber("the complaints", `${cell(phone, AFTER_SALES)}:contains(/^6$/)`),
    back,
    ...isRead,
    {
        content: "it still counts contacts",
        trigger: `button[data-mode=volume][aria-pressed=true]`,
    },
];

tours.add("cx_journey_hurts", {
    steps: () => [
        ...whereDoesItHurt({ phone: "Phone", steps: ["Search", "Purchase", "Renewal"] }),
        measure("left"),
        {
            content: "one in three left",
            trigger: `${cell("Phone", AFTER_SALES)}:contains(33%):contains(2 of 6)`,
            run: "click",
        },
        {
            content: "it is Epsilon, twice",
            trigger:
                ".o_list_view:not(:contains(Alpha Tours)) .o_data_row:eq(1):contains(Epsilon Tours)",
        },
        back,
        ...isRead,
        {
            content: "a period without anything",
            trigger: "select[aria-label=Period]",
            run: "select this_month",
        },
        { content: "says so", trigger: ".o_view_nocontent:contains(Choose sources)" },
    ],
});

tours.add("cx_journey_hurts_fr", {
    steps: () => whereDoesItHurt({ phone: "Téléphone", steps: ["Recherche", "Achat"] }),
});

tours.add("cx_journey_of_one", {
    steps: () => [
        {
            content: "the journey of this customer",
            trigger: "button[name=action_cx_journey_map]",
            run: "click",
        },
        ...isRead,
        { content: "nobody else's", trigger: ".o_searchview_facet:contains(Epsilon Tours)" },
        measure("volume"),
        ...openNumber("the complaints", `${cell("Phone", AFTER_SALES)}:contains(/^2$/)`),
    ],
});

tours.add("cx_journey_phone", {
    steps: () => [
        ...isRead,
        {
            content: "nothing is cut off",
            trigger: ".o_cx_journey",
            run() {
                const { scrollWidth, clientWidth } = document.documentElement;
                if (scrollWidth > clientWidth) {
                    throw new Error(`${scrollWidth} pixels wide on a screen of ${clientWidth}`);
                }
            },
        },
        measure("volume"),
        {
            content: "the own customers' complaints, not the colleague's",
            trigger: `${cell("Phone", AFTER_SALES)}:contains(/^4$/)`,
            run: "click",
        },
        {
            content: "their list",
            trigger: ".o_kanban_record:visible, .o_data_row:visible",
        },
        back,
        ...isRead,
    ],
});
