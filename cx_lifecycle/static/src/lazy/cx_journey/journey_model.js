import { PeriodModel } from "../cx_portfolio/period_model";
import { daysOf } from "../cx_portfolio/periods";
import { withLeft } from "./measures";

/** The figures of the journey map; the server computes them all. */
export class JourneyModel extends PeriodModel {
    setup(params) {
        super.setup(params);
        this.data = params.state?.data || null;
        this.frame = this.data;
        this.isLoading = true;
        this.isStale = true; // what is shown answers another question
        this.error = false;
        this.said = {};
    }

    exportState() {
        return { ...super.exportState(), data: this.data };
    }

    /**
     * How it goes first; who left afterwards costs as much again, and follows. Answers to a
     * question that was replaced meanwhile are dropped.
     */
    async read() {
        const turn = ++this.turn;
        const change = (values) => {
            if (turn === this.turn) {
                Object.assign(this, values);
                this.notify();
            }
        };
        change({ isLoading: true, isStale: true, error: false, said: {} });
        try {
            const figures = await this.ask("figures", false, ["contacts"]);
            change({ data: figures, frame: figures, isStale: false });
            if (turn === this.turn) {
                const after = await this.ask("figures", false, ["left"]);
                change({ data: withLeft(figures, after), isLoading: false });
            }
        } catch (error) {
            change({ error: this.messageOf(error), isLoading: false });
        }
    }

    /**
     * The worst comments of a cell, asked once.
     *
     * @param {string} row key of a channel, or of all
     * @param {string} col key of a step, or of all
     */
    comments(row, col) {
        const key = `${row}|${col}`;
        this.said[key] ??= this.ask("comments", Number(row) || false, Number(col) || false);
        return this.said[key];
    }

    /**
     * What is done to mend a cell, asked once.
     *
     * @param {string} row key of a channel, or of all
     * @param {string} col key of a step, or of all
     */
    improvements(row, col) {
        const key = `mended|${row}|${col}`;
        const cell = [Number(row) || false, Number(col) || false];
        this.said[key] ??= this.orm.silent.call("cx.journey.map", "improvements", cell, {
            context: this.context,
        });
        return this.said[key];
    }

    ask(method, ...args) {
        const { since, until } = daysOf(this.period);
        return this.orm.silent.call(
            "cx.journey.map",
            method,
            [this.domain, since, until, ...args],
            { context: this.context }
        );
    }

    /** Nobody met anybody, as far as the reader may know. */
    get isEmpty() {
        return Boolean(this.data) && !this.data.total.volume;
    }
}
