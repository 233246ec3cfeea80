import { Component, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { CxMatrix } from "../cx_matrix/cx_matrix";
import { EmotionCurve } from "./emotion_curve";
import { JourneyCell } from "./journey_cell";
import { figuresAt, toMatrix } from "./measures";

/** Milliseconds of rest on a cell before it says more. */
export const REST = 300;
const NOTHING = "–";

/** Channels by steps, the curve below, and what a cell has to say while it is pointed at. */
export class JourneyRenderer extends Component {
    static template = "cx_lifecycle.JourneyRenderer";
    static components = { CxMatrix, EmotionCurve };
    static props = { model: Object, measure: String, onOpen: Function };

    setup() {
        this.nothing = NOTHING;
        this.popover = usePopover(JourneyCell, {
            animation: false,
            closeOnClickAway: false,
            popoverClass: "o_cx_journey_popover",
            position: "right-start",
            setActiveElement: false,
        });
        onWillUnmount(() => browser.clearTimeout(this.resting));
    }

    get figures() {
        return this.props.model.data;
    }

    get matrix() {
        return toMatrix(this.figures, this.props.measure);
    }

    get title() {
        return {
            satisfaction: _t("Journey map: mean satisfaction, from 0 to 10"),
            volume: _t("Journey map: number of contacts"),
            delay: _t("Journey map: mean delay of the answer"),
            left: _t("Journey map: share of contacts after which the customer left"),
        }[this.props.measure];
    }

    get days() {
        const [since, until] = [this.figures.since, this.figures.until].map((day) =>
            formatDate(deserializeDate(day))
        );
        return `${since} – ${until}`;
    }

    get legend() {
        return {
            satisfaction: _t("Mean of 10 of those who said it, and how many contacts there were."),
            volume: _t("How many contacts there were."),
            delay: _t("Mean time until the answer, the target, and the share within it."),
            left: _t(
                "Share of contacts after which the customer went dormant or was lost within one " +
                    "usual interval; only contacts whose interval is over count."
            ),
        }[this.props.measure];
    }

    get moments() {
        return this.figures.cols.map((col) => col.moment).filter(Boolean);
    }

    // ------------------------------------------------------------------ a cell
    onPoint(cell, el) {
        browser.clearTimeout(this.resting);
        this.popover.close();
        if (cell && !cell.isEmpty) {
            this.resting = browser.setTimeout(() => this.tell(cell, el), REST);
        }
    }

    tell(cell, el) {
        const [row, col] = cell.key.split("|");
        const figures = figuresAt(this.figures, row, col);
        if (!figures || !el.isConnected) {
            return;
        }
        this.popover.open(el, {
            figures,
            names: [cell.row, cell.col],
            comments: figures.rated ? this.props.model.comments(row, col) : Promise.resolve([]),
            improvements: this.props.model.improvements(row, col),
        });
    }

    open(list) {
        browser.clearTimeout(this.resting);
        this.popover.close();
        this.props.onOpen(list);
    }
}
