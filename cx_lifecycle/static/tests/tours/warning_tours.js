import { registry } from "@web/core/registry";
import { closed } from "./rep_tours";

const card = (name) => `.o_kanban_record:contains(${name})`;

registry.category("web_tour.tours").add("cx_warning_phone", {
    steps: () => [
        {
            content: "whose sign is strong comes before whose silence costs more",
            trigger: ".o_kanban_record:eq(0):contains(Beta Tours)",
        },
        { trigger: ".o_kanban_record:eq(1):contains(Alpha Tours)" },
        {
            content: "open the sign",
            trigger: `${card("Beta Tours")} .o_cx_warning:contains(Bad Score)`,
            run: "click",
        },
        { content: "what shows it", trigger: ".modal .o_field_widget[name=words]:contains(2 of 10)" },
        {
            content: "seen, not important",
            trigger: ".modal button[name=action_dismiss]",
            run: "click",
        },
        {
            content: "why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit They have called me",
        },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        closed,
        {
            content: "it is gone, and the costly silence comes first",
            trigger: `${card("Beta Tours")}:not(:has(.o_cx_warning))`,
        },
        { trigger: ".o_kanban_record:eq(0):contains(Alpha Tours)" },
        { content: "open the other", trigger: `${card("Alpha Tours")} .fw-bold`, run: "click" },
        {
            content: "in words",
            trigger: ".o_cx_warning:contains(Claim Open):not(:contains(Bad Score))",
            run() {
                const { right } = this.anchor.getBoundingClientRect();
                if (right > document.documentElement.clientWidth) {
                    throw new Error("the sign is wider than the screen");
                }
            },
        },
    ],
});
