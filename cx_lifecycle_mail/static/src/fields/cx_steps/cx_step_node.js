import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { formatInteger } from "@web/views/fields/formatters";
import { placesFor } from "./steps_tree";

const ICONS = {
    mail: "fa-envelope-o",
    survey: "fa-list-ul",
    activity: "fa-phone",
    tag: "fa-tag",
    action: "fa-cog",
    wait: "fa-hourglass-half",
    stop: "fa-stop-circle-o",
};

/** @param {number} share per cent; decimals only where they tell something */
function percent(share) {
    return new Intl.NumberFormat(user.lang || "en-US", {
        style: "percent",
        maximumFractionDigits: share < 10 ? 1 : 0,
    }).format(share / 100);
}

/** One step with its numbers, and below it those that follow. */
export class CxStepNode extends Component {
    static template = "cx_lifecycle_mail.StepNode";
    static components = { Dropdown, DropdownItem };
    static props = {
        node: Object,
        board: Object,
        canEdit: Boolean,
        canMove: Boolean,
        // what the field does: add, edit, move, remove, show
        actions: Object,
    };

    get step() {
        return this.props.node.step;
    }

    get icon() {
        return ICONS[this.step.kind] || "fa-circle-o";
    }

    /** Numbers as they are read, with all of it in words for those who do not see the bar. */
    get figures() {
        return (this.step.figures || []).map((figure) => this.describe(figure));
    }

    get notes() {
        return (this.step.notes || []).map((figure) => this.describe(figure));
    }

    get reasons() {
        return (this.step.reasons || []).map((figure) => this.describe(figure));
    }

    describe({ code, label, count, share }) {
        const hasShare = typeof share === "number";
        const number = formatInteger(count);
        const values = { label, number, percent: hasShare ? percent(share) : "" };
        return {
            ...values,
            code,
            width: share || 0,
            hasShare,
            text: _t("%(label)s: %(number)s", values),
            title: hasShare
                ? _t("%(label)s: %(number)s, %(percent)s. Show them", values)
                : _t("%(label)s: %(number)s. Show them", values),
        };
    }

    get whyNot() {
        const number = formatInteger(this.step.not_done);
        return ["mail", "survey"].includes(this.step.kind)
            ? _t("%s not sent: why?", number)
            : _t("%s not done: why?", number);
    }

    /** What a draft would come to; nothing is said as long as nobody has counted. */
    get forecast() {
        const { forecast } = this.step;
        if (!this.props.board.is_draft || this.props.board.entering === false) {
            return "";
        }
        return forecast === false
            ? _t("How many reach it depends on what people do.")
            : _t("Up to %s people reach it.", formatInteger(forecast));
    }

    get labels() {
        const { name } = this.step;
        return {
            edit: this.props.canEdit ? _t("Edit %s", name) : _t("Open %s", name),
            add: _t("Add a step after %s", name),
            move: _t("Move %s", name),
            remove: _t("Remove %s", name),
            after: _t("Move after…"),
        };
    }

    get places() {
        return placesFor(this.props.board.steps, this.step.id);
    }

    moveBy(rows) {
        const place = this.places.place + rows;
        return this.props.actions.move(this.step.id, this.step.parent_id, place);
    }
}
CxStepNode.components = { ...CxStepNode.components, CxStepNode };
