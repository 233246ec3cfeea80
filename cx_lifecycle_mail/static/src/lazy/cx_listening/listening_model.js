import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { Model } from "@web/model/model";
import { CUSTOM, DEFAULT, daysOf, fromQuery, isBroken } from "@cx_lifecycle/lazy/cx_portfolio/periods";

/** Errors that say to the reader what to mend; others say that something broke. */
const REFUSALS = ["odoo.exceptions.UserError", "odoo.exceptions.ValidationError"];

/** What customers say in a period; the server computes it all. */
export class ListeningModel extends Model {
    setup({ state }) {
        this.turn = 0;
        this.domain = [];
        this.period = state?.period || fromQuery(router.current) || { code: DEFAULT };
        this.data = state?.data || null;
        this.isLoading = true;
        this.error = false;
    }

    load({ domain, context }) {
        this.domain = domain;
        this.context = context;
        this.read(); // not waited for: the screen is there at once, the figures follow
    }

    exportState() {
        return { period: this.period, data: this.data };
    }

    setPeriod(period) {
        if (period.code === CUSTOM && !period.since) {
            const { since, until } = this.data || {};
            period = { code: CUSTOM, since: since || false, until: until || false };
        }
        this.period = period;
        this.notify();
        if (!isBroken(period)) {
            this.read();
        }
    }

    /** Answers to a question that was replaced meanwhile are dropped. */
    async read() {
        const turn = ++this.turn;
        Object.assign(this, { isLoading: true, error: false });
        this.notify();
        let data = null;
        let error = false;
        try {
            const { since, until } = daysOf(this.period);
            const args = [this.domain, since, until];
            const options = { context: this.context };
            data = await this.orm.silent.call("cx.listening", "figures", args, options);
        } catch (failed) {
            error = REFUSALS.includes(failed.exceptionName)
                ? failed.data.message
                : _t("These figures could not be read.");
        }
        if (turn === this.turn) {
            Object.assign(this, { isLoading: false, error, data: data || this.data });
            this.notify();
        }
    }
}
