import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const ICONS = {
    done: "fa-check",
    skipped: "fa-ban",
    waiting: "fa-clock-o",
    never: "fa-minus",
};

/** What a campaign would do with some customers: each step with its hour, and each letter. */
export class CxTry extends Component {
    static template = "cx_lifecycle_mail.Try";
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ open: {} });
    }

    get answer() {
        return this.props.record.data.answer || false;
    }

    get customers() {
        return this.answer.customers || [];
    }

    icon(step) {
        return ICONS[step.state];
    }

    /** Whether the customer enters, in a few words. */
    verdict(customer) {
        if (customer.inside) {
            return _t("Takes part already: what is still to come");
        }
        if (!customer.enters) {
            return _t("Would not enter. %s. If it did:", customer.why);
        }
        if (customer.held_out) {
            return _t("Would enter and be held out: nothing is done. If it were treated:");
        }
        return _t("Would enter now");
    }

    key(customer, step) {
        return `${customer.id} ${step.id}`;
    }

    toggle(customer, step) {
        const key = this.key(customer, step);
        this.state.open[key] = !this.state.open[key];
    }
}

registry.category("view_widgets").add("cx_try", {
    component: CxTry,
    fieldDependencies: [{ name: "answer", type: "json" }],
});
