import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { CxMatrix } from "../cx_matrix/cx_matrix";
import { joinLists } from "../cx_matrix/matrix";
import { ModeSwitch } from "../cx_matrix/mode_switch";
import { balanceList } from "./balance";
import { atRiskLines, balanceLines, forecastLines, matrixLines, tilesLines } from "./block_lines";
import { PortfolioAtRisk } from "./portfolio_at_risk";
import { PortfolioBalance } from "./portfolio_balance";
import { PortfolioBlock } from "./portfolio_block";
import { PortfolioForecast } from "./portfolio_forecast";
import { PortfolioTiles } from "./portfolio_tiles";

/** What nobody has done yet is no list. */
const UNLISTED = ["forecast"];

/** The blocks of the portfolio, from the sentence that says it all to who has to act. */
export class PortfolioRenderer extends Component {
    static template = "cx_lifecycle.PortfolioRenderer";
    static components = {
        CxMatrix,
        ModeSwitch,
        PortfolioAtRisk,
        PortfolioBalance,
        PortfolioBlock,
        PortfolioForecast,
        PortfolioTiles,
    };
    static props = {
        model: Object,
        looks: Object,
        canExport: Boolean,
        onLook: Function,
        onOpen: Function,
    };

    get blocks() {
        return this.props.model.blocks;
    }

    get isMoney() {
        return this.props.looks.unit === "money";
    }

    get currencyId() {
        return this.props.model.frame?.currency_id || false;
    }

    get balanceModes() {
        return [
            { mode: "chart", name: _t("Chart"), icon: "fa-bar-chart" },
            { mode: "table", name: _t("Table"), icon: "fa-table" },
        ];
    }

    get flowModes() {
        return [
            { mode: "heat", name: _t("Matrix"), icon: "fa-th" },
            { mode: "flow", name: _t("Flows"), icon: "fa-random" },
        ];
    }

    get flowTitle() {
        return this.isMoney
            ? _t("Flows between stages, in money")
            : _t("Flows between stages, in customers");
    }

    get hasNoCohort() {
        return this.blocks.retention.data.rows.every((row) => !row.total);
    }

    /** Everything that a block counts, as one list. */
    list(name) {
        const { data } = this.blocks[name];
        const joined = {
            tiles: () => joinLists(data, _t("Customers")),
            balance: () => balanceList(data, _t("Movements")),
            flows: () => data.list || joinLists(Object.values(data.cells), _t("Customers")),
            retention: () => data.list || joinLists(data.rows, _t("Customers")),
            at_risk: () => joinLists(data, _t("Customers at risk")),
        };
        return joined[name]();
    }

    openAll(name) {
        const list = this.list(name);
        if (list) {
            this.props.onOpen(list);
        }
    }

    /** The same, for a spreadsheet. */
    lines(name) {
        const { data } = this.blocks[name];
        const made = {
            tiles: () => tilesLines(data),
            balance: () => balanceLines(data, this.isMoney),
            flows: () => matrixLines(data, this.isMoney),
            retention: () => matrixLines(data, false),
            forecast: () => forecastLines(data),
            at_risk: () => atRiskLines(data),
        };
        return made[name]();
    }

    /** What every block is told of itself. */
    blockProps(name, title) {
        return {
            name,
            title,
            block: this.blocks[name],
            lines: this.props.canExport ? () => this.lines(name) : undefined,
            onList: UNLISTED.includes(name) ? undefined : () => this.openAll(name),
            onRetry: () => this.props.model.retry(name),
        };
    }

    get titles() {
        return {
            tiles: _t("Stages"),
            balance: _t("Balance"),
            flows: _t("Flows between stages"),
            retention: _t("Retention"),
            forecast: _t("Next three months"),
            at_risk: _t("Value at risk by salesperson"),
        };
    }
}
