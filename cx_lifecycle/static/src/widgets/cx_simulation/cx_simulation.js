import { Component, markRaw, onWillDestroy, toRaw, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { CxRhythm } from "../../fields/cx_rhythm/cx_rhythm";
import { readAll, unsavedChanges } from "./form_changes";
import { layOutMatrix } from "./simulation_matrix";

/** Milliseconds: how long nothing changes before the server is asked; between two looks. */
const PAUSE = 300;
const POLL = 2000;
const EXAMPLES = 10;
/** Errors that say to the reader what to mend; others say that something broke. */
const REFUSALS = ["odoo.exceptions.UserError", "odoo.exceptions.ValidationError"];

/**
 * Who would move if the policy in this form held today: asked anew at each change, never
 * saved. A policy that is no draft is simulated as it stands.
 */
export class CxSimulation extends Component {
    static template = "cx_lifecycle.Simulation";
    static components = { CxRhythm };
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.resId = false;
        this.state = useState({
            answer: false,
            isBusy: false,
            isFailed: false,
            isSaved: false,
            progress: false,
        });
        this.simulateSoon = useDebounced(this.simulate, PAUSE);
        useRecordObserver((record) => this.onRecordChange(record));
        onWillDestroy(() => browser.clearTimeout(this.timer));
    }

    // ------------------------------------------------------------------ asking
    onRecordChange(record) {
        const { state } = record.data; // read first: a save replaces the data
        this.forget();
        if (record.resId !== this.resId) {
            this.resId = record.resId;
            this.state.answer = false;
        }
        this.state.isSaved = Boolean(record.resId);
        this.state.isBusy = this.state.isSaved;
        if (!this.state.isSaved) {
            this.simulateSoon.cancel();
            return;
        }
        if (state === "draft") {
            readAll(record);
        }
        this.simulateSoon(toRaw(record));
    }

    /** What was asked is about a form that has changed since. */
    forget() {
        browser.clearTimeout(this.timer);
        this.keepLast.add(new Promise(() => {}));
        this.state.isFailed = false;
        this.state.progress = false;
    }

    simulate(record) {
        return this.ask(async () => {
            const isDraft = record.data.state === "draft";
            const changes = isDraft ? await unsavedChanges(record) : {};
            return this.orm.silent.call("cx.policy", "simulate", [[record.resId], changes]);
        });
    }

    retry() {
        this.forget();
        return this.simulate(toRaw(this.props.record));
    }

    /** @param {() => Promise<Object>} question */
    async ask(question) {
        this.state.isBusy = true;
        try {
            this.receive(await this.keepLast.add(question()));
        } catch (error) {
            this.state.progress = false;
            this.state.isBusy = false;
            this.state.isFailed = !REFUSALS.includes(error.exceptionName);
            this.state.answer = !this.state.isFailed && { problems: [error.data.message] };
        }
    }

    /** A long simulation is looked at again and again; the former answer stays until it ends. */
    receive(answer) {
        if (answer.state === "running" && !answer.problems?.length) {
            this.state.progress = answer.progress || 0;
            const look = () => this.orm.silent.call("cx.simulation", "answer", [[answer.id]]);
            this.timer = browser.setTimeout(() => this.ask(look), POLL);
            return;
        }
        this.state.progress = false;
        this.state.isBusy = false;
        this.state.answer = markRaw(answer);
    }

    // ----------------------------------------------------------------- showing
    get problems() {
        return this.state.answer.problems || [];
    }

    /** Everything that a simulation without problems says. */
    get result() {
        const { answer } = this.state;
        if (!answer || this.problems.length) {
            return false;
        }
        return {
            notes: answer.notes || [],
            isStill: !answer.moving,
            headlines: answer.headlines || [],
            matrix: layOutMatrix(answer, _t("No stage")),
            caption: _t(
                "%(moving)s of %(customers)s customers would move: stages now in rows, then in columns.",
                {
                    moving: formatInteger(answer.moving),
                    customers: formatInteger(answer.customers),
                }
            ),
            examples: (answer.examples || []).slice(0, EXAMPLES),
        };
    }

    count(cell) {
        return formatInteger(cell.count);
    }

    cellLabel(cell) {
        const names = { from: cell.from.name, to: cell.to.name };
        return cell.count === 1
            ? _t("1 customer from %(from)s to %(to)s", names)
            : _t("%(count)s customers from %(from)s to %(to)s", {
                  ...names,
                  count: this.count(cell),
              });
    }

    showLabel(headline) {
        return _t("Show them: %s", headline.text);
    }

    moveLabel({ from, to }) {
        const nowhere = _t("No stage");
        return _t("From %(from)s to %(to)s", { from: from || nowhere, to: to || nowhere });
    }

    async showLines(from, to) {
        const action = await this.orm.call("cx.simulation", "action_lines", [
            [this.state.answer.id],
            from,
            to,
        ]);
        if (action) {
            await this.action.doAction(action);
        }
    }
}

export const cxSimulation = {
    component: CxSimulation,
    fieldDependencies: [{ name: "state", type: "selection" }],
};

registry.category("view_widgets").add("cx_simulation", cxSimulation);
