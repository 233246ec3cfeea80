import { Component, useRef, useState } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatDay } from "../days";
import { layOut, thinOut } from "./rhythm_scale";

/** Pixels. Widths are percentages: the strip follows its column without being measured. */
const FULL = { height: 74, top: 16, middle: 34, bottom: 52, min: 3, max: 10 };
const COMPACT = { height: 24, top: 2, middle: 12, bottom: 22, min: 1.5, max: 5 };
/** Beyond so many purchases, small ones become points, or the strip would be one thick line. */
const CROWD = { size: 120, min: 1.5 };
const TICK_NAMES = { small: 4, large: 10 };
const MOVES = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

let hatches = 0;

/** Purchases as dots on a line of time, the silence since the last, and what is expected. */
export class CxRhythm extends Component {
    static template = "cx_lifecycle.Rhythm";
    static props = {
        rhythm: { type: [Object, { value: false }] },
        compact: { type: Boolean, optional: true },
    };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.root = useRef("root");
        this.state = useState({ current: null, focused: null });
        this.hatch = "o_cx_rhythm_hatch_" + ++hatches;
        this.hatchFill = "url(#" + this.hatch + ")";
        this.size = this.props.compact ? COMPACT : FULL;
    }

    get rhythm() {
        return this.props.rhythm;
    }

    get isShown() {
        return Boolean(this.rhythm && (this.rhythm.purchases?.length || this.rhythm.older));
    }

    /** What to draw; computed once for each drawing. */
    get drawing() {
        const { max } = this.size;
        const isCrowded = this.rhythm.purchases?.length > CROWD.size;
        const min = isCrowded ? CROWD.min : this.size.min;
        const names = this.env.isSmall ? TICK_NAMES.small : TICK_NAMES.large;
        const drawing = layOut(this.rhythm, { min, max, ticks: this.props.compact ? 0 : names });
        if (this.props.compact) {
            drawing.dots = thinOut(drawing.dots, 0.5);
        }
        for (const dot of drawing.dots) {
            const amount = formatCurrency(dot.amount, this.rhythm.currency_id);
            dot.label = `${formatDay(dot.on)} · ${amount}`;
        }
        for (const tick of drawing.ticks) {
            tick.label = tick.named ? this.tickLabel(tick) : "";
        }
        return drawing;
    }

    tickLabel({ on, isYear }) {
        const day = deserializeDate(on);
        return isYear ? day.toFormat("yyyy") : day.toLocaleString({ month: "short" });
    }

    get older() {
        const { older } = this.rhythm;
        return older ? _t("+%s earlier", older) : "";
    }

    legend(drawing) {
        const { usual, expected, dormant_on, lost_on } = this.rhythm;
        const { dormant, lost } = drawing;
        return [
            usual && {
                kind: "usual",
                text: usual === 1 ? _t("Usually every day") : _t("Usually every %s days", usual),
            },
            drawing.dots.length && { kind: "purchase", text: _t("Purchase") },
            drawing.silence && { kind: "silence", text: _t("Silence") },
            expected && {
                kind: "expected",
                text: _t("Expected next purchase: %(from)s to %(to)s", {
                    from: formatDay(expected.from || expected.on),
                    to: formatDay(expected.to || expected.on),
                }),
            },
            drawing.late && { kind: "late", text: _t("Late") },
            dormant && { kind: "dormant", text: _t("Dormant on %s", formatDay(dormant_on)) },
            lost && { kind: "lost", text: _t("Lost on %s", formatDay(lost_on)) },
            { kind: "today", text: _t("Today") },
        ].filter(Boolean);
    }

    /** One dot takes the tab key, the arrows walk over the others: 500 stops would be none. */
    isTabStop(index, count) {
        return index === Math.min(this.state.current ?? count - 1, count - 1);
    }

    onFocus(dot, index) {
        this.state.current = index;
        this.state.focused = dot;
    }

    onBlur() {
        this.state.focused = null;
    }

    onKeydown(ev, dot, index) {
        if (ev.key === "Enter" || ev.key === " ") {
            ev.preventDefault();
            ev.stopPropagation();
            this.openDay(dot.on);
        } else if (ev.key in MOVES) {
            ev.preventDefault();
            ev.stopPropagation();
            const dots = this.root.el.querySelectorAll(".o_cx_rhythm_dot");
            dots[Math.min(dots.length - 1, Math.max(0, index + MOVES[ev.key]))].focus();
        }
    }

    async openDay(day) {
        const action = await this.orm.call("cx.customer", "action_purchase_day", [
            [this.rhythm.customer_id],
            day,
        ]);
        if (action) {
            await this.action.doAction(action);
        }
    }
}
