import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { BAR, HEIGHT, layOutBars } from "./bars";

/** What numbers have in common: each is a button that opens the list of what it counts. */
export class CxNumbers extends Component {
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get figures() {
        return this.props.record.data.figures || false;
    }

    format(number) {
        return formatInteger(number);
    }

    showLabel(label, number) {
        return _t("%(label)s: %(number)s. Show them.", { label, number: formatInteger(number) });
    }

    async show(...words) {
        const { resModel, resId } = this.props.record;
        const action = await this.orm.call(resModel, "action_lines", [[resId], ...words]);
        await this.action.doAction(action);
    }
}

/** The coming weeks of a campaign: who enters, what is done on which day, by whom, and why not. */
export class CxForecast extends CxNumbers {
    static template = "cx_lifecycle_mail.Forecast";

    setup() {
        super.setup();
        this.height = HEIGHT;
        this.bar = BAR;
    }

    get chart() {
        return layOutBars(this.figures.days);
    }

    /** The days on which something is done. */
    get days() {
        return this.figures.days.filter(({ mail, call }) => mail || call);
    }

    get chartLabel() {
        const { most } = this.chart;
        return _t(
            "Messages and activities per day, %s at most. The same as a table below.",
            formatInteger(most)
        );
    }

    barTitle({ day }) {
        return _t("%(day)s: %(mail)s messages, %(call)s activities", {
            day: day.label,
            mail: formatInteger(day.mail),
            call: formatInteger(day.call),
        });
    }

    capacity(rep) {
        return rep.over
            ? _t("Above %(capacity)s a day on %(days)s days", {
                  capacity: rep.capacity,
                  days: rep.over,
              })
            : _t("Within %s a day", rep.capacity);
    }
}

/** The last twelve months: whom it would have met, month by month, and who bought anyway. */
export class CxReplay extends CxNumbers {
    static template = "cx_lifecycle_mail.Replay";

    get headline() {
        const { met, bought, within } = this.figures;
        return _t(
            "Would have met: %(met)s. Bought within %(within)s days anyway: %(bought)s.",
            { met: formatInteger(met), bought: formatInteger(bought), within }
        );
    }

    share(month) {
        return `${Math.round((100 * month.bought) / month.met)} %`;
    }
}

const dependencies = { fieldDependencies: [{ name: "figures", type: "json" }] };
registry.category("view_widgets").add("cx_forecast", { component: CxForecast, ...dependencies });
registry.category("view_widgets").add("cx_replay", { component: CxReplay, ...dependencies });
