import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { formatDay, formatMoment, formatMonth } from "../../fields/days";

const PAGE = 20;
const FORBIDDEN = "odoo.exceptions.AccessError";

const keyOf = (item) => `${item.kind}:${item.id}`;

/**
 * What happened with a contact's company, newest first, a page at a time. It asks when it is
 * drawn, which in a form is when its tab is opened; the server words and sorts everything.
 */
export class CxTimeline extends Component {
    static template = "cx_lifecycle.Timeline";
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.root = useRef("root");
        this.keepLast = new KeepLast();
        this.resId = false;
        this.state = useState({
            chosen: [],
            error: false,
            firstNew: false,
            isBusy: false,
            isLoaded: false,
            items: [],
            kinds: [],
            more: false,
        });
        useRecordObserver((record) => this.onRecordChange(record));
        // whoever pressed More goes on reading with what it brought
        useEffect(
            (firstNew) => {
                if (firstNew) {
                    this.root.el.querySelector(`[data-key="${firstNew}"]`)?.focus();
                }
            },
            () => [this.state.firstNew]
        );
    }

    // ------------------------------------------------------------------ asking
    /** Another contact, or this one anew: a purchase or a verdict may have moved it. */
    onRecordChange(record) {
        const { data, resId } = record;
        data.cx_stage_id; // read to be told when the record was loaded again
        if (resId !== this.resId) {
            this.resId = resId;
            Object.assign(this.state, { chosen: [], isLoaded: false, items: [], kinds: [] });
        }
        if (resId) {
            this.load();
        }
    }

    /** @param {string | false} [after] where the next page begins; the newest without */
    async load(after = false) {
        const { state } = this;
        Object.assign(state, { error: false, isBusy: true });
        try {
            const answer = await this.keepLast.add(
                this.orm.silent.call("res.partner", "cx_timeline", [[this.resId]], {
                    kinds: [...state.chosen],
                    after,
                    limit: PAGE,
                })
            );
            this.receive(answer, after);
        } catch (error) {
            state.error = this.refusal(error, after);
        }
        state.isBusy = false;
    }

    receive({ items, more, kinds }, after) {
        const before = after ? this.state.items : [];
        const known = new Set(before.map(keyOf));
        const added = items.filter((item) => !known.has(keyOf(item)));
        Object.assign(this.state, {
            firstNew: after && added.length ? keyOf(added[0]) : false,
            isLoaded: true,
            items: [...before, ...added],
            kinds,
            more,
        });
    }

    /** What to say of an error, and what Retry would ask; no use where rights are missing. */
    refusal(error, after) {
        const message = error.exceptionName && error.data?.message;
        const isRefused = /\.(AccessError|UserError)$/.test(error.exceptionName || "");
        return {
            text: (isRefused && message) || _t("The timeline could not be loaded."),
            canRetry: error.exceptionName !== FORBIDDEN,
            after: isRefused ? false : after,
        };
    }

    retry() {
        return this.load(this.state.error.after);
    }

    showMore() {
        return this.load(this.state.more);
    }

    // --------------------------------------------------------------- filtering
    isChosen(code) {
        return this.state.chosen.includes(code);
    }

    toggle(code) {
        const { chosen } = this.state;
        this.state.chosen = this.isChosen(code)
            ? chosen.filter((other) => other !== code)
            : [...chosen, code];
        return this.load();
    }

    showAll() {
        this.state.chosen = [];
        return this.load();
    }

    // ----------------------------------------------------------------- showing
    get isEmpty() {
        const { error, isLoaded, items, more } = this.state;
        return isLoaded && !error && !items.length && !more;
    }

    /** The items under headings: what is planned, then month by month. */
    get groups() {
        const groups = [];
        for (const item of this.state.items) {
            const heading = item.planned ? _t("Planned") : formatMonth(item.on || item.at);
            if (groups.at(-1)?.heading !== heading) {
                groups.push({ heading, items: [] });
            }
            groups.at(-1).items.push(item);
        }
        return groups;
    }

    key(item) {
        return keyOf(item);
    }

    kind(item) {
        return this.state.kinds.find(({ code }) => code === item.kind) || {};
    }

    icon(item) {
        return item.icon || this.kind(item).icon;
    }

    /** When, who, and whom of the company it was about. */
    details(item) {
        const when = item.on ? formatDay(item.on) : formatMoment(item.at);
        return [when, item.by, item.contact && _t("with %s", item.contact)]
            .filter(Boolean)
            .join(" · ");
    }

    markStyle(mark) {
        return mark.code === "overdue" ? "text-bg-danger" : "text-bg-secondary";
    }

    async open(item) {
        const { open } = item;
        const action = open.method
            ? await this.orm.call(open.model, open.method, [open.ids, ...open.args])
            : open;
        if (action) {
            // what is planned may be done, or put off, in its dialog
            const onClose = () => item.planned && this.load();
            await this.action.doAction(action, { onClose });
        }
    }
}

registry.category("view_widgets").add("cx_timeline", { component: CxTimeline });
