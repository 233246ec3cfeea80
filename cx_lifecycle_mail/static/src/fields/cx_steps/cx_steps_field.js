import { Component, markRaw, status, useComponent, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDraggable } from "@web/core/utils/draggable";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { formatInteger } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { CxStepNode } from "./cx_step_node";
import { plantTree, withFollowers } from "./steps_tree";

/**
 * The steps of a campaign as a tree of cards, each with what has come of it. Every number opens
 * the list it counts. What changes a step is written at once: the form is saved before, so that a
 * step never follows one that is not there yet.
 */
export class CxStepsField extends Component {
    static template = "cx_lifecycle_mail.StepsField";
    static components = { CxStepNode };
    static props = { ...standardFieldProps };

    setup() {
        /** While a card is dragged: where it would be dropped, and the steps it takes along. */
        this.target = undefined;
        this.below = new Set();
        this.resId = false;
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.orm = useService("orm");
        this.root = useRef("root");
        this.component = useComponent();
        this.keepLast = new KeepLast();
        this.state = useState({ board: false, isFailed: false });
        this.actions = {
            add: (stepId) => this.ask("cx.campaign.step", "action_add_after", stepId),
            edit: (step) => this.edit(step),
            move: (...place) => this.move(...place),
            remove: (stepId) => this.ask("cx.campaign.step", "action_remove", stepId),
            show: (stepId, number) => this.show(stepId, number),
        };
        useRecordObserver((record) => this.onRecordChange(record));
        useEffect(() => this.focusNow());
        this.useDrag();
    }

    // ----------------------------------------------------------------- reading
    onRecordChange(record) {
        void record.data[this.props.name]; // replaced whenever the form is loaded or saved
        if (record.resId !== this.resId) {
            this.resId = record.resId;
            this.state.board = false; // never another campaign's
        }
        if (this.resId) {
            this.load();
        }
    }

    async load() {
        const question = this.orm.silent.call("cx.campaign", "steps_board", [[this.resId]]);
        try {
            const board = await this.keepLast.add(question);
            this.state.board = markRaw(board);
            this.state.isFailed = false;
        } catch {
            this.state.isFailed = true;
        }
    }

    get isNew() {
        return !this.props.record.resId;
    }

    get canEdit() {
        return !this.props.readonly && (this.isNew || Boolean(this.state.board.can_edit));
    }

    get canMove() {
        return this.canEdit && Boolean(this.state.board.can_move);
    }

    get tree() {
        return plantTree(this.state.board.steps || []);
    }

    get isEmpty() {
        return this.isNew || (this.state.board && !this.state.board.steps.length);
    }

    /** How many the forecast begins with, or how to get one. */
    get entering() {
        const { entering, is_draft } = this.state.board;
        if (!is_draft) {
            return "";
        }
        return entering === false
            ? _t("Count the audience under “Who” to see how many people reach each step.")
            : _t("%s people, by the last count of the audience", formatInteger(entering));
    }

    // ---------------------------------------------------------------- changing
    /** Saves what was not saved; false where the form cannot be. */
    async saved() {
        const { record } = this.props;
        const isUnsaved = record.isNew || (await record.isDirty());
        return !isUnsaved || record.save();
    }

    async reload() {
        if (status(this.component) !== "destroyed") {
            await this.props.record.load();
        }
    }

    addFirst() {
        return this.ask("cx.campaign", "action_add_step");
    }

    /** Opens a dialog of the server's; what it changed is shown once it is closed. */
    async ask(model, method, id) {
        if (!(await this.saved())) {
            return;
        }
        const action = await this.orm.call(model, method, [[id || this.props.record.resId]]);
        await this.action.doAction(action, { onClose: () => this.reload() });
    }

    async edit(step) {
        if (this.canEdit && !(await this.saved())) {
            return;
        }
        const props = {
            resModel: "cx.campaign.step",
            resId: step.id,
            title: step.name,
            readonly: !this.canEdit,
            preventEdit: !this.canEdit,
            preventCreate: true,
            canExpand: false,
        };
        this.dialog.add(FormViewDialog, props, { onClose: () => this.reload() });
    }

    async move(stepId, parentId, place = null) {
        if (!(await this.saved())) {
            return;
        }
        try {
            await this.orm.call("cx.campaign.step", "action_move", [[stepId], parentId, place]);
            this.focused = "[data-step='" + stepId + "'] .o_cx_step_move";
        } finally {
            await this.reload(); // also where it was refused: somebody else may have changed it
        }
    }

    async show(stepId, number) {
        const args = [[this.props.record.resId], stepId, number];
        return this.action.doAction(await this.orm.call("cx.campaign", "action_step_list", args));
    }

    /** The focus follows a step to its new place, once it is drawn there. */
    focusNow() {
        const el = this.focused && this.root.el?.querySelector(this.focused);
        if (el) {
            this.focused = false;
            el.focus();
        }
    }

    // ---------------------------------------------------------------- dragging
    useDrag() {
        useDraggable({
            enable: () => this.canMove && !this.env.isSmall,
            ref: this.root,
            elements: ".o_cx_step_card",
            handle: ".o_cx_step_grip",
            cursor: "grabbing",
            onDragStart: ({ element, addStyle, getRect }) => {
                // its place stays, so that the others do not move away below the pointer
                addStyle(element.parentElement, { minHeight: getRect(element).height + "px" });
                const { steps } = this.state.board;
                this.below = withFollowers(steps, Number(element.dataset.step));
            },
            onDrag: ({ x, y, addClass, removeClass }) => {
                const target = this.targetAt(x, y);
                if (target !== this.target) {
                    this.target && removeClass(this.target, "o_cx_step_target");
                    target && addClass(target, "o_cx_step_target");
                    this.target = target;
                }
            },
            onDrop: ({ element }) => {
                if (this.target) {
                    const parentId = Number(this.target.dataset.step) || false;
                    this.move(Number(element.dataset.step), parentId);
                }
            },
            onDragEnd: () => {
                this.target = undefined;
            },
        });
    }

    /** The card, or the entry, at a point of the screen, where the step may be dropped. */
    targetAt(x, y) {
        const targets = this.root.el.querySelectorAll(".o_cx_step_card, .o_cx_steps_entry");
        return [...targets].find((el) => {
            const { left, right, top, bottom } = el.getBoundingClientRect();
            const isHere = left <= x && x <= right && top <= y && y <= bottom;
            return isHere && !this.below.has(Number(el.dataset.step));
        });
    }
}

export const cxStepsField = {
    component: CxStepsField,
    displayName: _t("Steps of a campaign"),
    supportedTypes: ["one2many"],
    relatedFields: () => [{ name: "name", type: "char" }],
};

registry.category("fields").add("cx_steps", cxStepsField);
