import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { HEIGHT, layOutCurve, WIDTH } from "./curve";

const CAMPAIGN = "cx.campaign";
const LOOKS = {
    gained: ["alert-success", "fa-arrow-up"],
    lost: ["alert-danger", "fa-arrow-down"],
    nobody: ["alert-warning", "fa-question-circle-o"],
};

/** What a campaign brought: treated against held out, each number with its list. */
export class CxResult extends Component {
    static template = "cx_lifecycle_mail.Result";
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.height = HEIGHT;
        this.width = WIDTH;
        this.state = useState({ answer: false, isBusy: false, isFailed: false });
        onWillStart(() => {
            this.load(this.props); // the form does not wait for it
        });
        onWillUpdateProps((next) => {
            if (next.record.resId !== this.props.record.resId) {
                this.load(next);
            }
        });
    }

    async load({ record }) {
        this.state.answer = false;
        if (!record.resId) {
            return;
        }
        this.state.isBusy = true;
        this.state.isFailed = false;
        try {
            this.state.answer = await this.keepLast.add(
                this.orm.silent.call(CAMPAIGN, "result", [[record.resId]])
            );
        } catch {
            this.state.isFailed = true;
        }
        this.state.isBusy = false;
    }

    async measure() {
        const { record } = this.props;
        this.state.isBusy = true;
        try {
            await this.orm.call(CAMPAIGN, "action_measure", [[record.resId]]);
        } finally {
            await this.load(this.props);
        }
    }

    async open(code, arm = null, value = null) {
        const words = [[this.props.record.resId], code, arm, value];
        await this.action.doAction(await this.orm.call(CAMPAIGN, "action_result", words));
    }

    // ----------------------------------------------------------------- showing
    get answer() {
        return this.state.answer;
    }

    get look() {
        return LOOKS[this.answer.verdict] || ["alert-info", "fa-clock-o"];
    }

    get measuredText() {
        const { measured } = this.answer;
        return measured
            ? _t("Added up on %s.", formatDateTime(deserializeDateTime(measured)))
            : _t("Not added up yet.");
    }

    /** How the verdict comes about, in two sentences. */
    get ruleText() {
        const { days, cap } = this.answer;
        const who = cap
            ? _t(
                  "Everybody counts in the arm of the first entry, with the purchases of the %(days)s days after it, up to %(cap)s each.",
                  { days, cap: this.money(cap) }
              )
            : _t(
                  "Everybody counts in the arm of the first entry, with the purchases of the %s days after it.",
                  days
              );
        const how = _t(
            "The verdict holds however often you look; the intervals are those of one look (95 %)."
        );
        return `${who} ${how}`;
    }

    get openText() {
        return _t(
            "%s more are not counted yet: their window is not over.",
            formatInteger(this.answer.open.number)
        );
    }

    get discountText() {
        return _t(
            "Coupons took off %s; the purchases above are net of it.",
            this.money(this.answer.discounts)
        );
    }

    get curveDays() {
        return _t("after %s days", formatInteger(this.curve.days));
    }

    get curve() {
        return layOutCurve(this.answer.curve);
    }

    get curveLabel() {
        const ends = this.curve.lines.map(({ arm, last }) => `${this.arm(arm)}: ${this.money(last)}`);
        return _t("Net purchases per participant, day by day after the entry. %s", ends.join("; "));
    }

    arm(code) {
        return this.answer.arms.find(({ arm }) => arm === code).name;
    }

    integer(number) {
        return formatInteger(number);
    }

    money(amount) {
        return formatMonetary(amount, { currencyId: this.answer.currency_id });
    }

    signed(amount, format) {
        return (amount > 0 ? "+" : "") + format(amount);
    }

    percent(share) {
        return `${formatFloat(share * 100, { digits: [false, 1] })} %`;
    }

    /** A difference with its interval, as money or as a share. */
    between(difference, kind) {
        const format = (number) => this.signed(number, (n) => this[kind](n));
        return {
            value: format(difference.value),
            range: _t("%(low)s to %(high)s", {
                low: format(difference.low),
                high: format(difference.high),
            }),
        };
    }

    get costs() {
        const { costs } = this.answer;
        return [
            { key: "fixed", label: _t("Fixed"), amount: costs.fixed },
            {
                key: "message",
                label: _t("%s messages", formatInteger(costs.messages)),
                amount: costs.message,
            },
            {
                key: "call",
                label: _t("%s activities", formatInteger(costs.calls)),
                amount: costs.call,
            },
        ];
    }

    /** Where every purchase knows its margin; where one does not, a sum would say too little. */
    get hasMargin() {
        return this.answer.margin_source === "documents";
    }

    get marginText() {
        const { margin_share, margin_source } = this.answer;
        return {
            documents: _t("Margin of these purchases: %s", this.percent(margin_share)),
            settings: _t("Usual margin, from the settings: %s", this.percent(margin_share)),
        }[margin_source];
    }

    get attribution() {
        const words = {
            window: [
                _t("By the window"),
                _t("All that those treated bought within the window."),
            ],
            last: [
                _t("By the last touch"),
                _t("Before which the last thing any campaign did was of this one."),
            ],
            link: [_t("By a link"), _t("Orders of visitors who came by a link of this campaign.")],
        };
        return this.answer.attribution.map((row) => ({
            ...row,
            label: words[row.code][0],
            title: words[row.code][1],
        }));
    }

    listLabel(label, number) {
        return _t("%(label)s: %(number)s. Show them.", { label, number: formatInteger(number) });
    }
}

registry.category("view_widgets").add("cx_result", { component: CxResult });
