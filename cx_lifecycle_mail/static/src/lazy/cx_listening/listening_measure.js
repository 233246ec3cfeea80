import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatInteger, formatPercentage } from "@web/views/fields/formatters";

const BANDS = {
    good: { color: "text-bg-success", label: () => _t("good") },
    between: { color: "text-bg-secondary", label: () => _t("in between") },
    bad: { color: "text-bg-danger", label: () => _t("bad") },
};

/** One measure: its score and interval, who answered what, and how that went month by month. */
export class ListeningMeasure extends Component {
    static template = "cx_lifecycle_mail.ListeningMeasure";
    static props = { measure: Object, onOpen: Function };

    number(count) {
        return formatInteger(count);
    }

    get share() {
        const { share } = this.props.measure;
        return share === null ? "" : formatPercentage(share, { digits: [16, 0] });
    }

    /** The change as an arrow, a sign and words: the colour alone says nothing. */
    get trend() {
        const { change, change_text: text, before } = this.props.measure;
        if (!text) {
            return null;
        }
        const icon = change > 0 ? "oi-arrow-up" : change < 0 ? "oi-arrow-down" : "oi-arrow-right";
        return { icon, text: _t("%(change)s against %(before)s before", { change: text, before: before.text }) };
    }

    /** Longest bar for the answer given most often. */
    get bars() {
        const { distribution } = this.props.measure;
        const most = Math.max(...distribution.map((bar) => bar.count), 1);
        return distribution.map((bar) => ({
            ...bar,
            width: (100 * bar.count) / most,
            color: BANDS[bar.band].color,
            label: _t("%(value)s (%(band)s): %(count)s answers", {
                value: bar.value,
                band: BANDS[bar.band].label(),
                count: formatInteger(bar.count),
            }),
        }));
    }
}
