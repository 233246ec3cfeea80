import { Component, useRef, useState } from "@odoo/owl";
import { getActiveHotkey } from "@web/core/hotkeys/hotkey_service";
import { _t } from "@web/core/l10n/translation";
import { formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { CxSankey } from "./cx_sankey";
import { isLink, layOut, listOf, moveBy } from "./matrix";

/** An arrow each, for a trend is no colour. */
const TRENDS = { up: "fa-arrow-up", down: "fa-arrow-down", same: "fa-arrows-h" };
/** Money of a matrix comes in whole units. */
const WHOLE = [16, 0];

/** Rows x columns of numbers: warm where there is much, each number opening what it counts. */
export class CxMatrix extends Component {
    static template = "cx_lifecycle.Matrix";
    static components = { CxSankey };
    static props = {
        matrix: Object,
        title: String,
        mode: { type: String, optional: true, validate: (mode) => ["heat", "flow"].includes(mode) },
        money: { type: Boolean, optional: true },
        currencyId: { type: [Number, { value: false }], optional: true },
        addUp: { type: Boolean, optional: true },
        hideEmpty: { type: Boolean, optional: true },
        format: { type: Function, optional: true },
        nothing: { type: String, optional: true },
        onOpen: Function,
        // a cell and its element while it is pointed at or has the focus; nothing afterwards
        onPoint: { type: Function, optional: true },
        slots: { type: Object, optional: true },
    };
    static defaultProps = {
        mode: "heat",
        money: false,
        addUp: false,
        hideEmpty: false,
        currencyId: false,
        nothing: "",
    };

    setup() {
        this.root = useRef("root");
        this.state = useState({ row: 0, col: 0 });
    }

    /** What to draw; computed once for each drawing. */
    get drawing() {
        return layOut(this.props.matrix, {
            money: this.props.money,
            addUp: this.props.addUp,
            hideEmpty: this.props.hideEmpty,
            format: (number) => this.format(number),
            total: _t("Total"),
            nothing: this.props.nothing,
        });
    }

    format(number) {
        const { currencyId, format, money } = this.props;
        if (money) {
            return formatMonetary(number, { currencyId, digits: WHOLE });
        }
        return format ? format(number) : formatInteger(number);
    }

    cellLabel(cell) {
        const names = { row: cell.row, col: cell.col };
        if (cell.isEmpty) {
            return _t("%(row)s, %(col)s: nothing", names);
        }
        const isShare = cell.customers !== undefined;
        const value = isShare
            ? _t("%(share)s, %(count)s customers", {
                  share: cell.text,
                  count: formatInteger(cell.customers),
              })
            : cell.text;
        const label = _t("%(row)s, %(col)s: %(value)s", { ...names, value: cell.words || value });
        const notes = { good: _t("good"), fair: _t("fair"), bad: _t("bad") };
        const note = cell.few ? _t("few: to be read with care") : notes[cell.tone];
        return note ? _t("%(label)s (%(note)s)", { label, note }) : label;
    }

    trendIcon(cell) {
        return TRENDS[cell.trend];
    }

    heat(cell) {
        return cell.share === null || cell.share === undefined || cell.isTotal
            ? undefined
            : `--cx-share: ${Math.min(1, Math.max(0, cell.share)).toFixed(3)}`;
    }

    isLink(cell) {
        return isLink(cell);
    }

    // ---------------------------------------------------------------- keyboard
    /** One cell takes the tab key, the arrows walk over the others; a smaller grid keeps one. */
    isTabStop(row, col, drawing) {
        const last = { row: drawing.rows.length - 1, col: drawing.rows[0].cells.length - 1 };
        return (
            row === Math.min(this.state.row, last.row) && col === Math.min(this.state.col, last.col)
        );
    }

    onFocus(ev, cell, row, col) {
        Object.assign(this.state, { row, col });
        this.point(cell, ev.currentTarget);
    }

    point(cell, el) {
        this.props.onPoint?.(cell, el);
    }

    onKeydown(ev, cell, row, col) {
        const hotkey = getActiveHotkey(ev);
        const rows = this.root.el.querySelectorAll("tbody tr");
        const cellsOf = (index) => rows[index].querySelectorAll("td");
        const to = moveBy(hotkey, { row, col }, { rows: rows.length, cols: cellsOf(row).length });
        if (hotkey === "enter" || hotkey === "space") {
            this.open(cell);
        } else if (to) {
            cellsOf(to.row)[to.col].focus();
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }

    open(cell) {
        const list = listOf(cell);
        if (list) {
            this.props.onOpen(list);
        }
    }
}
