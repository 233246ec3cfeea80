import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { formatFloat } from "@web/core/utils/numbers";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatDay } from "../../fields/days";
import { layOut } from "./evidence_scale";

const MOVES = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/**
 * What the figures below are, and how the measuring stands; where it is wanted, importance and
 * satisfaction of touchpoints in four quarters, and those to mend first.
 */
export class EvidenceChart extends Component {
    static template = "cx_lifecycle.EvidenceChart";
    static props = { isDrawn: Boolean };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.root = useRef("root");
        this.state = useState({ figures: null, current: 0, focused: null });
        onWillStart(async () => {
            this.state.figures = await this.orm.call("cx.evidence", "figures", []);
        });
    }

    get figures() {
        return this.state.figures;
    }

    /** What to draw; computed once for each drawing. */
    get drawing() {
        return layOut(this.figures);
    }

    get measured() {
        return _t("Measured on %s.", formatDay(this.figures.measured_on));
    }

    get unrated() {
        const { unrated } = this.figures;
        return unrated === 1
            ? _t("One touchpoint has no ratings: it is in the list only.")
            : _t("%s touchpoints have no ratings: they are in the list only.", unrated);
    }

    label(point) {
        const parts = {
            name: point.name,
            satisfaction: formatFloat(point.satisfaction, { digits: [16, 1] }),
            ratings: point.rated,
            text: point.text,
        };
        const label = _t("%(name)s. Satisfaction %(satisfaction)s (%(ratings)s ratings). %(text)s", parts);
        return point.rank ? _t("To mend first, number %(rank)s: %(label)s", { rank: point.rank, label }) : label;
    }

    /** One point takes the tab key, the arrows walk over the others. */
    isTabStop(index) {
        return index === this.state.current;
    }

    onFocus(point, index) {
        this.state.current = index;
        this.state.focused = point;
    }

    onBlur() {
        this.state.focused = null;
    }

    onKeydown(ev, point, index) {
        if (ev.key === "Enter" || ev.key === " ") {
            ev.preventDefault();
            ev.stopPropagation();
            this.open(point.id, "action_customers");
        } else if (ev.key in MOVES) {
            ev.preventDefault();
            ev.stopPropagation();
            const points = this.root.el.querySelectorAll(".o_cx_evidence_point");
            points[Math.min(points.length - 1, Math.max(0, index + MOVES[ev.key]))].focus();
        }
    }

    async open(id, method) {
        await this.action.doAction(await this.orm.call("cx.evidence", method, [[id]]));
    }
}
