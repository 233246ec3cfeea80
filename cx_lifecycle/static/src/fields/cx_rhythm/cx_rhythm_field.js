import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { CxRhythm } from "./cx_rhythm";

/** The rhythm of purchases that a record holds as JSON. */
export class CxRhythmField extends Component {
    static template = "cx_lifecycle.RhythmField";
    static components = { CxRhythm };
    static props = {
        ...standardFieldProps,
        compact: { type: Boolean, optional: true },
    };

    get rhythm() {
        return this.props.record.data[this.props.name] || false;
    }
}

export const cxRhythmField = {
    component: CxRhythmField,
    displayName: _t("Rhythm of purchases"),
    supportedTypes: ["json"],
    supportedOptions: [
        {
            label: _t("Compact"),
            name: "compact",
            type: "boolean",
            help: _t("A small drawing without words, for lists and cards."),
        },
    ],
    listViewWidth: [120, 240],
    extractProps: ({ options }) => ({ compact: Boolean(options.compact) }),
};

registry.category("fields").add("cx_rhythm", cxRhythmField);
