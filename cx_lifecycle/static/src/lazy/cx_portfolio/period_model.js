import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { Model } from "@web/model/model";
import { CUSTOM, DEFAULT, daysOf, fromQuery, isBroken } from "./periods";

/** Errors that say to the reader what to mend; others say that something broke. */
const REFUSALS = ["odoo.exceptions.UserError", "odoo.exceptions.ValidationError"];

/** Figures of a period: its days come from the address, a favourite, or are chosen. */
export class PeriodModel extends Model {
    setup({ state }) {
        this.turn = 0;
        this.domain = [];
        const asked = state?.period || fromQuery(router.current);
        this.isAsked = Boolean(asked);
        this.period = asked || { code: DEFAULT };
        this.frame = null; // the days that the server took
    }

    load({ domain, context: { cx_portfolio_period: kept, ...context } }) {
        this.domain = domain;
        this.context = context;
        this.take(kept);
        this.read(); // not waited for: the screen is there at once, the figures follow
    }

    /** Ask for the figures, and tell when they are there. */
    async read() {}

    /** The period of a favourite, once: what is chosen after it stays chosen. */
    take(kept) {
        const known = JSON.stringify(kept);
        const isNew = known !== this.known && !this.isAsked;
        this.known = known;
        this.isAsked = false;
        if (kept && isNew) {
            const { code, since, until } = kept;
            this.period = fromQuery({ period: code, since, until }) || this.period;
        }
    }

    exportState() {
        return { period: this.period };
    }

    /** @param {{ code: string, since?: string | false, until?: string | false }} period */
    setPeriod(period) {
        if (period.code === CUSTOM && !period.since) {
            const { since, until } = this.frame || {};
            period = { code: CUSTOM, since: since || false, until: until || false };
        }
        this.period = period;
        this.notify();
        if (!this.isBroken) {
            this.read();
        }
    }

    get isBroken() {
        return isBroken(this.period);
    }

    /** The days that are shown: those asked for, or those the server took. */
    get days() {
        const days = daysOf(this.period);
        return { since: days.since || this.frame?.since, until: days.until || this.frame?.until };
    }

    messageOf(error) {
        return REFUSALS.includes(error.exceptionName)
            ? error.data.message
            : _t("These figures could not be read.");
    }
}
