import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { wholeMoney } from "./money";

export const MEASURES = ["buyers", "purchases", "amount", "leavers"];

/** What figures of the forecast are called, in the reader's language. */
export function measureNames() {
    return {
        buyers: _t("Buyers"),
        purchases: _t("Purchases"),
        amount: _t("Amount"),
        leavers: _t("Leavers"),
        leavers_worth: _t("Worth of the leavers"),
    };
}

/** What the coming months bring from today on, beside what was said of the past ones. */
export class PortfolioForecast extends Component {
    static template = "cx_lifecycle.PortfolioForecast";
    static props = {
        forecast: Object,
        currencyId: { type: [Number, { value: false }], optional: true },
    };

    get lines() {
        const names = measureNames();
        return Object.keys(names).map((measure) => ({
            measure,
            name: names[measure],
            cells: this.props.forecast.months.map((month) => ({
                key: month.until,
                text: this.format(measure, month[measure]),
            })),
        }));
    }

    get pastLines() {
        const names = measureNames();
        const { past } = this.props.forecast;
        return MEASURES.map((measure) => ({
            measure,
            name: names[measure],
            expected: this.format(measure, past[measure].expected),
            actual: this.format(measure, past[measure].actual),
        }));
    }

    /** What is expected is no exact number: whole customers, whole money. */
    format(measure, number) {
        if (number === null || number === undefined) {
            return "";
        }
        const { currencyId } = this.props;
        return ["amount", "leavers_worth"].includes(measure)
            ? wholeMoney(number, currencyId)
            : formatInteger(Math.round(number));
    }
}
