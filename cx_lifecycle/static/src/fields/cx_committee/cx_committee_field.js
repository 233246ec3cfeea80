import { Component, onWillUnmount, onWillUpdateProps, useEffect, useRef, useState } from "@odoo/owl";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { Mutex } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { CxSeatEditor } from "./cx_seat_editor";
import { CxSeatPicker } from "./cx_seat_picker";
import { copyOf, describe, linesOf, personKey } from "./seats";
import { loadWinRates, tooFewDeals, winSentences } from "./win_rates";

/** Milliseconds in which what was removed can be called back. */
const UNDO_DELAY = 8000;
/** What a person takes along to another seat, and what comes back when a removal is undone. */
const OF_PERSON = ["partner_id", "name", "stance"];
const OF_LINE = [...OF_PERSON, "note", "since"];

/**
 * Who decides on the other side of the table: a seat for each role, its people on it, and
 * empty seats that ask "Who?". Lines are added and changed like those of any other one2many:
 * nothing is written before the form is saved.
 */
export class CxCommitteeField extends Component {
    static template = "cx_lifecycle.CommitteeField";
    static props = { ...standardFieldProps };

    setup() {
        this.notification = useService("notification");
        this.root = useRef("root");
        this.state = useState({ rates: false });
        this.mutex = new Mutex();
        const options = {
            popoverClass: "o_cx_committee_popover",
            position: "bottom-start",
            role: "dialog",
        };
        this.picker = usePopover(CxSeatPicker, options);
        this.editor = usePopover(CxSeatEditor, options);
        useEffect(
            (hasSeats) => {
                if (hasSeats) {
                    this.showRates();
                }
            },
            () => [this.roles.length > 0]
        );
        useEffect(() => this.focusNow());
        onWillUpdateProps(({ record }) => {
            if (record.id !== this.props.record.id) {
                this.closeUndo?.();
            }
        });
        onWillUnmount(() => this.closeUndo?.());
    }

    // ----------------------------------------------------------------- reading
    get list() {
        return this.props.record.data[this.props.name];
    }

    get committee() {
        return this.props.record.data.cx_committee || {};
    }

    /** Who may not write seats, a marketer for instance, sees them as they are. */
    get isReadonly() {
        return this.props.readonly || this.committee.editable === false;
    }

    get roles() {
        return this.committee.roles || [];
    }

    get seats() {
        return this.roles.map((role) => {
            const people = linesOf(this.list.records, role).map(describe);
            const isNeeded = !people.length && Boolean(role.required);
            return {
                role,
                people,
                isNeeded,
                whoLabel: _t("Who? %s", role.name),
                addLabel: _t("Add: %s", role.name),
                style: {
                    o_cx_seat_empty: !people.length,
                    "border-warning": !people.length,
                    "border-2": isNeeded,
                },
            };
        });
    }

    /** What the empty seats of these come to, in words. */
    summary(seats) {
        const empty = seats.filter((seat) => !seat.people.length);
        if (!empty.length) {
            return false;
        }
        const { rates } = this.state;
        return {
            unknown: _t("Unknown: %s", this.names(empty)),
            needed: this.needed(empty.filter((seat) => seat.isNeeded)),
            figures: rates.enough
                ? winSentences(
                      rates,
                      empty.map((seat) => seat.role)
                  )
                : [],
            tooFew: rates && !rates.enough ? tooFewDeals(rates) : "",
        };
    }

    needed(seats) {
        const { rule, stage } = this.committee;
        if (!rule || !seats.length) {
            return false;
        }
        const roles = this.names(seats);
        return {
            isBlocking: rule === "block",
            text: stage
                ? _t("Needed at the stage %(stage)s: %(roles)s", { stage, roles })
                : _t("Needed: %s", roles),
        };
    }

    names(seats) {
        return seats.map((seat) => seat.role.name).join(", ");
    }

    async showRates() {
        const { orm } = this.env.services; // outlives this form, for the next one
        this.state.rates = await loadWinRates(orm);
    }

    // ---------------------------------------------------------------- changing
    pick(ev, role) {
        this.picker.open(ev.currentTarget, {
            role,
            partnerId: this.committee.partner_id || false,
            takenIds: linesOf(this.list.records, role)
                .map(({ data }) => data.partner_id?.id)
                .filter(Boolean),
            add: (person) => this.add(role, person),
        });
    }

    edit(ev, record) {
        this.editor.open(ev.currentTarget, {
            record,
            list: this.list,
            roles: this.roles,
            toggle: (role) => this.toggle(role, record),
            remove: () => this.remove(record),
        });
    }

    /** One after the other: who is pressed twice sits once. */
    add(role, person) {
        return this.mutex.exec(async () => {
            const [there] = linesOf(this.list.records, role, personKey(person));
            const record = there || (await this.addLine(role, person));
            this.focusNext("[data-line='" + record.id + "']");
        });
    }

    async addLine(role, values) {
        const record = await this.list.addNewRecord({
            context: { default_role_id: role.id },
            mode: "readonly",
            position: "bottom",
        });
        await record.update({
            role_id: { id: role.id, display_name: role.name },
            ...values,
        });
        return record;
    }

    /** Seats the person of a line on another seat as well, or takes them off it. */
    toggle(role, record) {
        return this.mutex.exec(async () => {
            const lines = linesOf(this.list.records, role, personKey(record.data));
            if (!lines.length) {
                await this.addLine(role, copyOf(record, OF_PERSON));
            }
            for (const line of lines) {
                await this.list.delete(line);
            }
        });
    }

    remove(record) {
        return this.mutex.exec(async () => {
            const role = this.roles.find(({ id }) => id === record.data.role_id.id);
            const values = copyOf(record, OF_LINE);
            const { name } = describe(record);
            await this.list.delete(record);
            this.focusNext("[data-role='" + role.id + "'] .o_cx_seat_add");
            this.offerUndo(
                _t("%(name)s is no longer seated as %(role)s.", { name, role: role.name }),
                () => this.add(role, values)
            );
        });
    }

    offerUndo(message, undo) {
        this.closeUndo?.();
        const close = this.notification.add(message, {
            type: "info",
            autocloseDelay: UNDO_DELAY,
            buttons: [
                {
                    name: _t("Undo"),
                    primary: true,
                    onClick: () => {
                        close();
                        undo();
                    },
                },
            ],
        });
        this.closeUndo = close;
    }

    // ---------------------------------------------------------------- keyboard
    /** The focus follows what was done, once it is drawn. */
    focusNext(selector) {
        this.focused = selector;
        this.render();
    }

    focusNow() {
        const el = this.focused && this.root.el?.querySelector(this.focused);
        if (el) {
            this.focused = false;
            el.focus();
        }
    }

    onKeydown(ev) {
        const stop = ev.target.closest(".o_cx_stop");
        if (!stop || ev.ctrlKey || ev.altKey || ev.metaKey) {
            return;
        }
        const forward = localization.direction === "rtl" ? "ArrowLeft" : "ArrowRight";
        if (ev.key === "Delete" && stop.dataset.line) {
            this.remove(this.list.records.find(({ id }) => id === stop.dataset.line));
        } else if (ev.key === "ArrowUp" || ev.key === "ArrowDown") {
            this.move(".o_cx_stop", stop, ev.key === "ArrowDown" ? 1 : -1);
        } else if (ev.key === "ArrowLeft" || ev.key === "ArrowRight") {
            this.move(".o_cx_seat", stop.closest(".o_cx_seat"), ev.key === forward ? 1 : -1);
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }

    /** To the next of its kind, or to what can be pressed in it. */
    move(selector, from, step) {
        const all = [...this.root.el.querySelectorAll(selector)];
        const to = all[all.indexOf(from) + step];
        (to?.querySelector(".o_cx_stop") || to)?.focus();
    }
}

export const cxCommitteeField = {
    component: CxCommitteeField,
    displayName: _t("Buying committee"),
    supportedTypes: ["one2many"],
    fieldDependencies: [{ name: "cx_committee", type: "json" }],
    // made anew for each view: Odoo completes them in place
    relatedFields: () => [
        { name: "role_id", type: "many2one", relation: "cx.buyer.role", readonly: false },
        { name: "partner_id", type: "many2one", relation: "res.partner", readonly: false },
        { name: "name", type: "char", readonly: false },
        { name: "stance", type: "selection", selection: [], readonly: false },
        { name: "since", type: "date", readonly: false },
        { name: "note", type: "char", readonly: false },
    ],
};

registry.category("fields").add("cx_committee", cxCommitteeField);
