import { unsavedChanges } from "@cx_lifecycle/widgets/cx_simulation/form_changes";
import { Component, toRaw, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Milliseconds: how long nothing changes before the server is asked. */
const PAUSE = 400;
const CAMPAIGN = "cx.campaign";
/** Sums; of whoever enters, one part is treated and one held out. */
const TOTALS = ["audience", "enter"];
const ENTERING = [...TOTALS, "held_out", "treated"];
/** What is changed by hand in the form and makes the audience another one. */
const CHOICES = [
    "entry",
    "stage_id",
    "from_stage_ids",
    "stage_days",
    "quiet_by",
    "quiet_days",
    "date_field_id",
    "date_days",
    "domain",
    "members",
    "cooldown_days",
    "exclusive",
    "topic_id",
    "company_id",
    "stop_hold",
    "stop_lost",
    "stop_deal",
    "holdout_share",
    "step_ids",
];

/**
 * Who would get a campaign now, and who would not and why: counted anew at each change of the
 * form, before it is saved. In another form, that of its field `campaign_id`, as it was saved.
 */
export class CxAudience extends Component {
    static template = "cx_lifecycle_mail.Audience";
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ answer: false, isBusy: false, isFailed: false, isSaved: false });
        this.countSoon = useDebounced(this.count, PAUSE);
        useRecordObserver((record) => this.onRecordChange(record));
    }

    campaignId(record) {
        return record.resModel === CAMPAIGN ? record.resId : record.data.campaign_id?.id;
    }

    // ------------------------------------------------------------------ asking
    onRecordChange(record) {
        for (const name of CHOICES) {
            const list = record.data[name]?.records;
            list?.forEach((line) => line.data); // what is read here is what a change is heard of
        }
        this.keepLast.add(new Promise(() => {}));
        this.state.isSaved = Boolean(this.campaignId(record));
        this.state.isBusy = this.state.isSaved;
        if (this.state.isSaved) {
            this.countSoon(toRaw(record));
        } else {
            this.countSoon.cancel();
        }
    }

    async count(record) {
        this.state.isBusy = true;
        this.state.isFailed = false;
        try {
            this.state.answer = await this.keepLast.add(this.ask(record));
        } catch {
            this.state.isFailed = true;
        }
        this.state.isBusy = false;
    }

    async ask(record) {
        const changes = record.resModel === CAMPAIGN ? await unsavedChanges(record) : {};
        return this.orm.silent.call(CAMPAIGN, "audience_now", [
            [this.campaignId(record)],
            changes,
        ]);
    }

    retry() {
        return this.count(toRaw(this.props.record));
    }

    // ----------------------------------------------------------------- showing
    get lines() {
        return (this.state.answer.lines || []).map((line) => ({
            ...line,
            isTotal: TOTALS.includes(line.code),
            number: (ENTERING.includes(line.code) ? "" : "−") + formatInteger(line.count),
        }));
    }

    get headline() {
        const numbers = Object.fromEntries(this.lines.map(({ code, count }) => [code, count]));
        return _t("%(number)s will receive it of %(audience)s", {
            number: formatInteger(numbers.treated ?? numbers.enter),
            audience: formatInteger(numbers.audience),
        });
    }

    lineLabel({ label, number }) {
        return _t("%(label)s: %(number)s. Show them.", { label, number });
    }

    /** A list counts what is saved: what is not is saved first. */
    async open(line) {
        const { record } = this.props;
        if (record.resModel === CAMPAIGN && !(await record.save())) {
            return;
        }
        const action = await this.orm.call(CAMPAIGN, "action_audience_line", [
            [this.campaignId(record)],
            line.code,
        ]);
        await this.action.doAction(action);
    }
}

registry.category("view_widgets").add("cx_audience", { component: CxAudience });
