import { Component } from "@odoo/owl";
import { downloadFile } from "@web/core/network/download";
import { toCsv } from "./csv";

/** A frame around some figures: being read, broken, listed, exported. */
export class PortfolioBlock extends Component {
    static template = "cx_lifecycle.PortfolioBlock";
    static props = {
        name: String,
        title: String,
        block: Object,
        lines: { type: Function, optional: true },
        onList: { type: Function, optional: true },
        onRetry: Function,
        slots: Object,
    };

    /** The server may leave out what the reader may not see. */
    get isHidden() {
        const { data, error, isLoading } = this.props.block;
        return !data && !error && !isLoading;
    }

    export() {
        downloadFile(toCsv(this.props.lines()), `${this.props.name}.csv`, "text/csv");
    }
}
