import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { wholeMoney } from "./money";

/** Whose customers are late, and what may be lost with them. */
export class PortfolioAtRisk extends Component {
    static template = "cx_lifecycle.PortfolioAtRisk";
    static props = {
        people: Array,
        currencyId: { type: [Number, { value: false }], optional: true },
        onOpen: Function,
    };

    get lines() {
        const { currencyId, people } = this.props;
        const most = Math.max(...people.map((person) => person.value), 0);
        return people.map((person) => ({
            key: person.user_id || 0,
            name: person.name || _t("Nobody"),
            count: formatInteger(person.customers),
            label: _t("%(name)s: %(count)s customers at risk", {
                name: person.name || _t("Nobody"),
                count: formatInteger(person.customers),
            }),
            value: wholeMoney(person.value, currencyId),
            share: most ? Math.round((100 * person.value) / most) : 0,
            list: person.list,
        }));
    }
}
