import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { Model } from "@web/model/model";
import { CUSTOM, DEFAULT, daysOf, fromQuery, isBroken } from "./periods";

/** What is asked together, in this order: what is read first is there first. */
const CALLS = [[["tiles", "balance"]], [["flows"], ["retention"], ["forecast"], ["at_risk"]]];
const BLOCKS = CALLS.flat(2);
/** Errors that say to the reader what to mend; others say that something broke. */
const REFUSALS = ["odoo.exceptions.UserError", "odoo.exceptions.ValidationError"];

/** The figures of the portfolio, block by block; the server computes them all. */
export class PortfolioModel extends Model {
    setup({ state }) {
        this.turn = 0;
        this.domain = [];
        const asked = state?.period || fromQuery(router.current);
        this.isAsked = Boolean(asked);
        this.period = asked || { code: DEFAULT };
        const blocks = BLOCKS.map((name) => [
            name,
            { isLoading: true, error: false, data: state?.data?.[name] || null },
        ]);
        this.frame = state?.data?.frame || null;
        this.blocks = Object.fromEntries(blocks);
    }

    load({ domain, context: { cx_portfolio_period: kept, ...context } }) {
        this.domain = domain;
        this.context = context;
        this.take(kept);
        this.read(); // not waited for: the screen is there at once, the figures follow
    }

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
        const data = BLOCKS.map((name) => [name, this.blocks[name].data]);
        return { period: this.period, data: { ...Object.fromEntries(data), frame: this.frame } };
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

    async read() {
        const turn = ++this.turn;
        this.mark(BLOCKS, { isLoading: true, error: false });
        for (const calls of CALLS) {
            await Promise.all(calls.map((blocks) => this.ask(blocks, turn)));
            if (turn !== this.turn) {
                return;
            }
        }
    }

    retry(name) {
        return this.ask(
            CALLS.flat().find((blocks) => blocks.includes(name)),
            this.turn
        );
    }

    /** Answers to a question that was replaced meanwhile are dropped. */
    async ask(blocks, turn) {
        this.mark(blocks, { isLoading: true, error: false });
        const change = { isLoading: false, error: false };
        let answer = {};
        try {
            const { since, until } = daysOf(this.period);
            answer = await this.orm.silent.call(
                "cx.portfolio",
                "figures",
                [this.domain, since, until, blocks],
                { context: this.context }
            );
        } catch (error) {
            change.error = this.messageOf(error);
        }
        if (turn !== this.turn) {
            return;
        }
        if (!change.error) {
            const { since, until, today, currency_id, living } = answer;
            this.frame = { since, until, today, currency_id, living };
        }
        for (const name of blocks) {
            const data = change.error ? {} : { data: answer[name] };
            Object.assign(this.blocks[name], data);
        }
        this.mark(blocks, change);
    }

    mark(blocks, change) {
        for (const name of blocks) {
            Object.assign(this.blocks[name], change);
        }
        this.notify();
    }

    messageOf(error) {
        return REFUSALS.includes(error.exceptionName)
            ? error.data.message
            : _t("These figures could not be read.");
    }

    // ------------------------------------------------------------ what is there
    /** Nobody is counted, whatever the reason. */
    get isEmpty() {
        const { data, isLoading } = this.blocks.tiles;
        return Boolean(data) && !isLoading && !data.some((tile) => tile.customers);
    }

    /** Nobody is there today, rather than in the past that is looked at. */
    get hasNobodyNow() {
        return this.isEmpty && this.frame.until >= this.frame.today;
    }

    /** Nobody had a stage when the period began: nothing can have flowed. */
    get hasOneMonthOnly() {
        const { data } = this.blocks.flows;
        return Boolean(data) && Object.keys(data.cells).every((key) => key.startsWith("none|"));
    }
}
