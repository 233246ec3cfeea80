import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatDay } from "../days";

/** What each test came to: a sign, and a word for those who do not see it. */
const OUTCOMES = {
    true: { sign: "✓", word: _t("Met"), style: "text-success" },
    false: { sign: "✗", word: _t("Not met"), style: "text-danger" },
    null: { sign: "–", word: _t("Not applicable"), style: "text-700" },
};

/** The tests behind a stage, the policy they come from, and the purchases they counted. */
export class CxWhyPopover extends Component {
    static template = "cx_lifecycle.WhyPopover";
    static props = {
        why: { type: Object },
        close: { type: Function },
        withSentence: { type: Boolean, optional: true },
    };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get lines() {
        return (this.props.why.lines || []).map((line) => ({
            label: line.label,
            value: this.text(line.value),
            limit: this.text(line.limit),
            outcome: OUTCOMES[line.met ?? null],
        }));
    }

    /** Which rules decided, and when. */
    get provenance() {
        const { policy, decided_on } = this.props.why;
        const day = formatDay(decided_on);
        return [policy, day && _t("Decided on %s", day)].filter(Boolean).join(" · ");
    }

    get held() {
        const { held } = this.props.why;
        if (!held) {
            return false;
        }
        const until = formatDay(held.until);
        return {
            text: held.by
                ? _t("Held until %(date)s by %(name)s", { date: until, name: held.by })
                : _t("Held until %s", until),
            reason: held.reason,
        };
    }

    /** The purchases of one source, in two piles; an empty pile opens nothing. */
    piles(evidence) {
        return [
            {
                counted: true,
                count: evidence.counted,
                label: _t("%s counted", evidence.counted),
            },
            {
                counted: false,
                count: evidence.ignored,
                label: _t("%s ignored", evidence.ignored),
            },
        ].filter((pile) => pile.counted || pile.count);
    }

    /** More documents than purchases: say why the two numbers differ. */
    get isSeveralADay() {
        const { evidence, params } = this.props.why;
        const documents = (evidence || []).reduce((sum, source) => sum + source.counted, 0);
        return Boolean(params?.count) && documents > params.count;
    }

    /** @param {string | number | false} [value] */
    text(value) {
        return value === false || value === undefined || value === null ? "" : String(value);
    }

    async openPurchases(sourceId, counted) {
        const action = await this.orm.call(
            "cx.customer",
            "action_purchases",
            [[this.props.why.customer_id]],
            { source_id: sourceId, counted }
        );
        this.props.close();
        if (action) {
            await this.action.doAction(action);
        }
    }
}
