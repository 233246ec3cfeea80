import { registry } from "@web/core/registry";

/** A marketer asks what precedes leaving, what goes with loyalty, and plans to mend one thing. */

registry.category("web_tour.tours").add("cx_evidence", {
    steps: () => [
        {
            content: "it says what its figures are",
            trigger: ".o_cx_evidence_note:contains(association)",
        },
        {
            content: "the sign that precedes leaving comes first",
            trigger: ".o_data_row:first:contains(Claim Open):contains(Precedes leaving)",
        },
        { trigger: ".o_data_row:contains(Not enough cases)" },
        {
            content: "who has it today",
            trigger: ".o_data_row:first:contains(1) button[name=action_customers]",
            run: "click",
        },
        { trigger: ".o_kanban_record:contains(Delta Tours)" },
        { trigger: ".o_back_button", run: "click" },
        { trigger: "button[name=action_measure]", run: "click" },
        { trigger: ".o_notification:contains(in the background)" },
    ],
});

registry.category("web_tour.tours").add("cx_loyalty", {
    steps: () => [
        {
            content: "what matters and is disliked",
            trigger: ".o_cx_evidence ol:contains(Phone: Complains)",
        },
        {
            content: "it stands in the chart, and can be reached",
            trigger: ".o_cx_evidence_point.o_cx_evidence_first:contains(1)",
            run() {
                this.anchor.focus();
                this.anchor.dispatchEvent(
                    new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true })
                );
            },
        },
        { trigger: ".o_cx_evidence_focus:contains(Phone: Asks)" },
        { content: "the same in a list", trigger: ".o_data_row:contains(Phone: Asks)" },
        { trigger: ".o_cx_evidence ol button:contains(Mend This)", run: "click" },
        {
            content: "which touchpoints is filled in",
            trigger: ".o_field_widget[name=interaction_id] input:value(Complains)",
        },
        {
            trigger: ".o_field_widget[name=expected] textarea",
            run: "edit Nobody waits longer than a day",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        { trigger: "[name=text]:contains(Nothing is measured yet)" },
        { trigger: ".o_back_button", run: "click" },
        { trigger: ".o_cx_evidence ol button:contains(Mend This)" },
    ],
});
