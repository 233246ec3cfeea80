import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { shortMoney } from "./money";

/** One tile for each stage: how many, worth what, how many more or fewer, how near the target. */
export class PortfolioTiles extends Component {
    static template = "cx_lifecycle.PortfolioTiles";
    static props = {
        tiles: Array,
        currencyId: { type: [Number, { value: false }], optional: true },
        onOpen: Function,
    };

    get tiles() {
        return this.props.tiles.map((tile) => ({
            ...tile,
            count: formatInteger(tile.customers),
            money: this.money(tile.value),
            trend: this.trend(tile.change),
            share: tile.target ? Math.round((100 * tile.customers) / tile.target) : null,
            label: _t("%(stage)s: %(count)s customers", {
                stage: tile.name,
                count: formatInteger(tile.customers),
            }),
        }));
    }

    money(value) {
        const { currencyId } = this.props;
        return value === null || value === undefined
            ? ""
            : shortMoney(value, currencyId);
    }

    /** An arrow, a sign and words: the colour alone says nothing. */
    trend(change) {
        if (!change) {
            return { icon: "oi-arrow-right", text: "±0", label: _t("unchanged in the period") };
        }
        const count = formatInteger(Math.abs(change));
        return change > 0
            ? { icon: "oi-arrow-up", text: `+${count}`, label: _t("%s more in the period", count) }
            : {
                  icon: "oi-arrow-down",
                  text: `\u2212${count}`,
                  label: _t("%s fewer in the period", count),
              };
    }
}
