import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { CxNeedsPopover } from "./cx_needs_popover";

const STRONGEST = 3;
/** The weight of the letter, for those who see neither colours nor dots. */
const WEIGHTS = ["fw-light", "fw-normal", "fw-bold", "fw-bolder"];
/** Stands for a need where there is none yet to name: the server knows what to ask. */
const UNKNOWN = false;

/**
 * What a customer buys for: one chip for each need, the strongest first. What to say and
 * what to ask is read from the server only when a chip is pressed: lists stay quick.
 */
export class CxNeedsField extends Component {
    static template = "cx_lifecycle.NeedsField";
    static props = {
        ...standardFieldProps,
        compact: { type: Boolean, optional: true },
    };

    setup() {
        this.unknown = UNKNOWN;
        this.state = useState({ opened: null });
        this.popover = usePopover(CxNeedsPopover, {
            arrow: !this.props.compact,
            onClose: () => (this.state.opened = null),
            popoverClass: "o_cx_needs_popover",
            position: "bottom-start",
            role: "dialog",
        });
    }

    get value() {
        return this.props.record.data[this.props.name] || false;
    }

    get chips() {
        return (this.value.needs || []).map((need) => {
            const strength = Math.min(STRONGEST, Math.max(0, need.strength || 0));
            return {
                ...need,
                colorClass: "o_tag_color_" + (need.color || 0),
                weightClass: WEIGHTS[strength],
                dots: "●".repeat(strength) + "○".repeat(STRONGEST - strength),
                strengthText: _t("strength %(strength)s of %(strongest)s", {
                    strength,
                    strongest: STRONGEST,
                }),
            };
        });
    }

    get isUnknownShown() {
        return Boolean(this.value) && !this.props.compact && !this.chips.length;
    }

    isOpen(needId) {
        return this.state.opened === needId;
    }

    toggle(ev, needId) {
        if (this.isOpen(needId)) {
            this.popover.close();
            return;
        }
        this.popover.open(ev.currentTarget, {
            needId,
            partnerId: this.value.partner_id,
            save: () => this.save(),
            reload: () => this.props.record.model.load(),
        });
        this.state.opened = needId;
    }

    /** What is read again afterwards must not lose what was typed before. */
    async save() {
        const { record } = this.props;
        return !(await record.isDirty()) || record.save();
    }

    /** Enter and space press the chip, they do not open the row around it. */
    onKeydown(ev) {
        if (ev.key === "Enter" || ev.key === " ") {
            ev.stopPropagation();
        }
    }
}

export const cxNeedsField = {
    component: CxNeedsField,
    displayName: _t("Customer needs"),
    supportedTypes: ["json"],
    supportedOptions: [
        {
            label: _t("Compact"),
            name: "compact",
            type: "boolean",
            help: _t("Letters only, for lists and cards."),
        },
    ],
    listViewWidth: [80, 240],
    extractProps: ({ options }) => ({ compact: Boolean(options.compact) }),
};

registry.category("fields").add("cx_needs", cxNeedsField);
