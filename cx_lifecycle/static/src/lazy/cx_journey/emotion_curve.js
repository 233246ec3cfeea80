import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { oneDecimal } from "./measures";

/** The drawing of one step; it is stretched to the width of its column. */
const WIDTH = 100;
const HEIGHT = 60;
const BEST = 10;
const EDGE = 6; // above the best and below the worst

const heightOf = (satisfaction) =>
    EDGE + (HEIGHT - 2 * EDGE) * (1 - Math.min(BEST, Math.max(0, satisfaction)) / BEST);

/**
 * What is drawn below each step: the line comes from halfway to the step before, and goes halfway
 * to the next one. It is broken where nobody said anything.
 *
 * @param {{ key: string, satisfaction: number | null }[]} points in the order of the steps
 */
export function drawCurve(points) {
    const heights = points.map(({ satisfaction }) =>
        satisfaction === null ? null : heightOf(satisfaction)
    );
    const halfway = (one, other) => (one === null || other === null ? null : (one + other) / 2);
    return points.map((point, index) => {
        const y = heights[index];
        const before = halfway(heights[index - 1] ?? null, y);
        const after = halfway(y, heights[index + 1] ?? null);
        const line = [
            before !== null && `0,${before.toFixed(1)}`,
            y !== null && `${WIDTH / 2},${y.toFixed(1)}`,
            after !== null && `${WIDTH},${after.toFixed(1)}`,
        ].filter(Boolean);
        return { ...point, y, line: line.length > 1 ? line.join(" ") : "" };
    });
}

/** How customers feel on their way: one mean for each step, joined by a line. */
export class EmotionCurve extends Component {
    static template = "cx_lifecycle.EmotionCurve";
    static props = {
        points: Array,
        cols: Array,
        limits: Object,
        hasRowTotals: Boolean,
        onOpen: Function,
    };

    get box() {
        return `0 0 ${WIDTH} ${HEIGHT}`;
    }

    get middle() {
        return WIDTH / 2;
    }

    get width() {
        return WIDTH;
    }

    get marks() {
        const { fair, good } = this.props.limits;
        return [good, fair].map((limit) => heightOf(limit));
    }

    get steps() {
        const names = Object.fromEntries(this.props.cols.map(({ key, label }) => [key, label]));
        return drawCurve(this.props.points).map((step) => ({
            ...step,
            label: names[step.key],
            text: step.rated ? oneDecimal(step.satisfaction) : "–",
        }));
    }

    answers({ rated }) {
        return _t("%s answers", formatInteger(rated));
    }

    words(step) {
        if (!step.rated) {
            return _t("%s: satisfaction unknown", step.label);
        }
        return _t("%(step)s: %(mean)s of 10, %(answers)s", {
            step: step.label,
            mean: step.text,
            answers: this.answers(step),
        });
    }
}
