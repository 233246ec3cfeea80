import { PeriodModel } from "./period_model";
import { daysOf } from "./periods";

/** What is asked together, in this order: what is read first is there first. */
const CALLS = [[["tiles", "balance"]], [["flows"], ["retention"], ["forecast"], ["at_risk"]]];
const BLOCKS = CALLS.flat(2);

/** The figures of the portfolio, block by block; the server computes them all. */
export class PortfolioModel extends PeriodModel {
    setup(params) {
        super.setup(params);
        const { data } = params.state || {};
        const blocks = BLOCKS.map((name) => [
            name,
            { isLoading: true, error: false, data: data?.[name] || null },
        ]);
        this.frame = data?.frame || null;
        this.blocks = Object.fromEntries(blocks);
    }

    exportState() {
        const data = BLOCKS.map((name) => [name, this.blocks[name].data]);
        return {
            ...super.exportState(),
            data: { ...Object.fromEntries(data), frame: this.frame },
        };
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
