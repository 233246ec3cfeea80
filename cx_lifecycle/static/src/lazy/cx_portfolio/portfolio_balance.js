import { Component, onWillUnmount, status, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { CxMatrix } from "../cx_matrix/cx_matrix";
import { balanceMatrix } from "./balance";
import { chartConfig } from "./balance_chart";
import { shortMoney, wholeMoney } from "./money";

/** Bootstrap's own colours: the chart follows the theme. */
const COLORS = {
    new: "--success",
    won_back: "--info",
    dormant: "--warning",
    lost: "--danger",
    withdrawn: "--secondary",
    rules: "--gray-500",
    net: "--body-color",
    text: "--body-color",
    grid: "--border-color",
};

/** Who came against who left, month by month: a chart, or the same as a table. */
export class PortfolioBalance extends Component {
    static template = "cx_lifecycle.PortfolioBalance";
    static components = { CxMatrix };
    static props = {
        balance: Object,
        isMoney: Boolean,
        isTable: Boolean,
        currencyId: { type: [Number, { value: false }], optional: true },
        onOpen: Function,
    };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        useEffect(
            () => {
                this.draw();
            },
            () => [this.props.balance, this.props.isMoney, this.props.isTable]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get matrix() {
        return balanceMatrix(this.props.balance);
    }

    get title() {
        return _t("Balance by month: %s", this.props.balance.sentence);
    }

    format(number, isShort) {
        const { currencyId, isMoney } = this.props;
        const money = isShort ? shortMoney : wholeMoney;
        return isMoney ? money(number, currencyId) : formatInteger(number);
    }

    /** The figures do not wait for the library that draws them. */
    async draw() {
        await loadBundle("web.chartjs_lib");
        this.chart?.destroy();
        this.chart = null;
        if (status(this) === "destroyed" || !this.canvas.el) {
            return;
        }
        const style = getComputedStyle(this.canvas.el);
        const colors = Object.entries(COLORS).map(([name, variable]) => [
            name,
            style.getPropertyValue(variable).trim() || style.color,
        ]);
        const config = chartConfig(this.props.balance, {
            isMoney: this.props.isMoney,
            colors: Object.fromEntries(colors),
            netName: _t("Net"),
            format: (number, isShort) => this.format(number, isShort),
            onOpen: this.props.onOpen,
        });
        this.chart = new Chart(this.canvas.el, config);
    }
}
