import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { layOutFlows } from "./sankey_layout";

/** A drawn matrix as flows from its rows to its columns, each opening what it counts. */
export class CxSankey extends Component {
    static template = "cx_lifecycle.Sankey";
    static props = {
        drawing: Object,
        title: String,
        rowTitle: { type: String, optional: true },
        colTitle: { type: String, optional: true },
        format: Function,
        onOpen: Function,
    };

    /** What to draw; computed once for each drawing. */
    get flows() {
        const flows = layOutFlows(this.props.drawing);
        for (const node of [...flows.left, ...flows.right]) {
            node.text = this.props.format(node.value);
        }
        return flows;
    }

    bandLabel({ cell }) {
        const names = { from: cell.row, to: cell.col, value: cell.text };
        return _t("From %(from)s to %(to)s: %(value)s", names);
    }

    onKeydown(ev, band) {
        if (ev.key === "Enter" || ev.key === " ") {
            ev.preventDefault();
            ev.stopPropagation();
            this.open(band);
        }
    }

    open({ cell }) {
        if (cell.list) {
            this.props.onOpen(cell.list);
        }
    }
}
