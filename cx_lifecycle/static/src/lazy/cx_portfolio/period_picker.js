import { Component } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { CUSTOM, isBroken, periods } from "./periods";

/** The days that are looked at: a period of the calendar, or any two days. */
export class PeriodPicker extends Component {
    static template = "cx_lifecycle.PeriodPicker";
    static components = { DateTimeInput };
    static props = { period: Object, onChange: Function };

    get periods() {
        return periods();
    }

    get isCustom() {
        return this.props.period.code === CUSTOM;
    }

    get isBroken() {
        return isBroken(this.props.period);
    }

    day(end) {
        const day = this.props.period[end];
        return day ? deserializeDate(day) : false;
    }

    onPeriodChange(ev) {
        this.props.onChange({ code: ev.target.value, since: false, until: false });
    }

    onDayChange(end, day) {
        this.props.onChange({ ...this.props.period, [end]: day ? serializeDate(day) : false });
    }
}
