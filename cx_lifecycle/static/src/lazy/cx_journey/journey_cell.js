import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { formatInteger } from "@web/views/fields/formatters";
import { duration, oneDecimal, percent, trendWords } from "./measures";

/** Everything that is known of a cell, and what the unhappiest said. */
export class JourneyCell extends Component {
    static template = "cx_lifecycle.JourneyCell";
    static props = {
        figures: Object,
        names: Array,
        comments: Promise,
        improvements: Promise,
        close: { type: Function, optional: true },
    };

    setup() {
        this.state = useState({ comments: [], improvements: [] });
        onWillStart(() => {
            // not waited for: the numbers are there at once
            this.hear("comments");
            this.hear("improvements");
        });
    }

    async hear(name) {
        try {
            this.state[name] = await this.props[name];
        } catch {
            this.state[name] = []; // the numbers stay; asking again shows the error
        }
    }

    get lines() {
        const { figures } = this.props;
        const volume = formatInteger(figures.volume);
        const lines = [[_t("Contacts"), this.joined(volume, trendWords(figures.volume_trend))]];
        if (figures.rated) {
            const mean = _t("%(mean)s of 10 (%(answers)s answers)", {
                mean: oneDecimal(figures.satisfaction),
                answers: formatInteger(figures.rated),
            });
            lines.push([_t("Satisfaction"), this.joined(mean, trendWords(figures.trend))]);
        }
        if (figures.answered) {
            lines.push([_t("Delay"), duration(figures.delay)]);
        }
        if (figures.targeted) {
            const aim = _t("%(target)s; %(share)s within it", {
                target: duration(figures.target),
                share: percent(figures.in_time_share),
            });
            lines.push([_t("Target"), aim]);
        }
        if (figures.followed) {
            const left = _t("%(share)s (%(part)s of %(whole)s)", {
                share: percent(figures.left_share),
                part: formatInteger(figures.left),
                whole: formatInteger(figures.followed),
            });
            lines.push([_t("Left afterwards"), left]);
        }
        return lines;
    }

    joined(...words) {
        return words.filter(Boolean).join(", ");
    }

    improvement({ owner, since, state }) {
        return this.joined(state, owner, formatDate(deserializeDate(since)));
    }

    comment({ at, customer, satisfaction }) {
        return _t("%(score)s of 10, %(customer)s, %(day)s", {
            score: oneDecimal(satisfaction),
            customer,
            day: formatDate(deserializeDateTime(at)),
        });
    }
}
