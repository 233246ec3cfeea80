import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { formatDay } from "../days";
import { CxWhyPopover } from "./cx_why_popover";

/** How each alert looks and what it is called, for those who do not see colours. */
const ALERTS = {
    ok: { icon: "fa-check", label: _t("On time"), line: "text-700", text: "text-700" },
    late: {
        icon: "fa-clock-o",
        label: _t("Late"),
        line: "alert alert-warning",
        text: "text-warning-emphasis",
    },
    quiet: {
        icon: "fa-exclamation-triangle",
        label: _t("Quiet"),
        line: "alert alert-danger",
        text: "text-danger-emphasis",
    },
    none: {
        icon: "fa-info-circle",
        label: _t("Information"),
        line: "alert alert-light",
        text: "text-700",
    },
};

/**
 * Why a customer has the stage it has: one line in words, the tests behind it in a popover.
 * The server says everything, in the reader's language; nothing is judged here.
 */
export class CxWhyField extends Component {
    static template = "cx_lifecycle.WhyField";
    static props = {
        ...standardFieldProps,
        compact: { type: Boolean, optional: true },
        hideOk: { type: Boolean, optional: true },
    };

    setup() {
        this.button = useRef("button");
        this.state = useState({ isOpen: false });
        this.popover = usePopover(CxWhyPopover, {
            arrow: !this.props.compact,
            onClose: () => (this.state.isOpen = false),
            popoverClass: "o_cx_why_popover",
            position: "bottom-start",
            role: "dialog",
        });
    }

    get why() {
        return this.props.record.data[this.props.name] || false;
    }

    get alert() {
        return ALERTS[this.why.alert] || ALERTS.none;
    }

    get isShown() {
        const { why } = this;
        if (!why) {
            return false;
        }
        return !this.props.hideOk || why.alert !== "ok" || Boolean(why.held);
    }

    get sentence() {
        return this.props.compact ? this.why.short || this.why.sentence : this.why.sentence;
    }

    get heldText() {
        const { held } = this.why;
        return held ? _t("held until %s", formatDay(held.until)) : "";
    }

    toggle() {
        if (this.popover.isOpen) {
            this.popover.close();
            return;
        }
        this.popover.open(this.button.el, {
            why: this.why,
            withSentence: Boolean(this.props.compact),
        });
        this.state.isOpen = true;
    }

    /** Enter and space press this button, they do not open the row around it. */
    onKeydown(ev) {
        if (ev.key === "Enter" || ev.key === " ") {
            ev.stopPropagation();
        }
    }
}

export const cxWhyField = {
    component: CxWhyField,
    displayName: _t("Why this stage?"),
    supportedTypes: ["json"],
    supportedOptions: [
        {
            label: _t("Compact"),
            name: "compact",
            type: "boolean",
            help: _t("A few words, for lists and cards."),
        },
        {
            label: _t("Hide when on time"),
            name: "hide_ok",
            type: "boolean",
        },
    ],
    listViewWidth: [120, 280],
    extractProps: ({ options }) => ({
        compact: Boolean(options.compact),
        hideOk: Boolean(options.hide_ok),
    }),
};

registry.category("fields").add("cx_why", cxWhyField);
