import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const SHORT = 2; // signs on a card or in a list; the others are counted

/**
 * The warning signs of a customer that stand, the strongest first, each a button that opens it.
 * The server says what shows them, in the reader's language.
 */
export class CxWarningsField extends Component {
    static template = "cx_lifecycle.WarningsField";
    static props = {
        ...standardFieldProps,
        long: { type: Boolean, optional: true },
    };

    setup() {
        this.action = useService("action");
    }

    get signs() {
        const signs = this.props.record.data[this.props.name] || [];
        return this.props.long ? signs : signs.slice(0, SHORT);
    }

    get more() {
        const signs = this.props.record.data[this.props.name] || [];
        return signs.length - this.signs.length;
    }

    get moreText() {
        return _t("%s more warning signs", this.more);
    }

    title(sign) {
        return sign.words ? _t("%(sign)s: %(words)s", { sign: sign.name, words: sign.words }) : sign.name;
    }

    /** Enter and space press this button, they do not open the row around it. */
    onKeydown(ev) {
        if (ev.key === "Enter" || ev.key === " ") {
            ev.stopPropagation();
        }
    }

    async open(sign) {
        await this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: sign.name,
                res_model: "cx.warning",
                res_id: sign.id,
                views: [[false, "form"]],
                target: "new",
            },
            { onClose: () => this.props.record.model.load() }
        );
    }
}

export const cxWarningsField = {
    component: CxWarningsField,
    displayName: _t("Warning signs"),
    supportedTypes: ["json"],
    supportedOptions: [
        {
            label: _t("Long"),
            name: "long",
            type: "boolean",
            help: _t("All signs, each with what shows it, for forms."),
        },
    ],
    listViewWidth: [120, 260],
    extractProps: ({ options }) => ({ long: Boolean(options.long) }),
};

registry.category("fields").add("cx_warnings", cxWarningsField);
