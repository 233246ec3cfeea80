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
        list: { type: [Object, { value: null }], optional: true },
        lines: { type: Function, optional: true },
        onOpen: Function,
        onRetry: Function,
        slots: Object,
    };

    export() {
        downloadFile(toCsv(this.props.lines()), `${this.props.name}.csv`, "text/csv");
    }
}
