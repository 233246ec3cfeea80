import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { hasTouch } from "@web/core/browser/feature_detection";
import { useService } from "@web/core/utils/hooks";
import { Many2XAutocomplete } from "@web/views/fields/relational_utils";

/** Who could sit there: those the server proposes, any contact, or just a name. */
export class CxSeatPicker extends Component {
    static template = "cx_lifecycle.SeatPicker";
    static components = { Many2XAutocomplete };
    static props = {
        role: { type: Object },
        partnerId: { type: [Number, { value: false }] },
        takenIds: { type: Array, element: Number },
        add: { type: Function },
        close: { type: Function },
    };

    setup() {
        this.orm = useService("orm");
        this.suggestions = useRef("suggestions");
        this.name = useRef("name");
        this.state = useState({ proposed: null, isFailed: false });
        this.activeActions = { create: true, createEdit: false };
        onWillStart(() => {
            this.propose(); // not awaited: who knows whom they want need not wait
        });
        useEffect(
            (isAnswered) => {
                if (isAnswered) {
                    this.focusFirst();
                }
            },
            () => [Boolean(this.state.proposed)]
        );
    }

    async propose() {
        const { role, partnerId, takenIds } = this.props;
        try {
            this.state.proposed = await this.orm.silent.call("cx.seat", "suggest", [
                role.id,
                partnerId,
                takenIds,
            ]);
        } catch {
            this.state.proposed = [];
            this.state.isFailed = true;
        }
    }

    /** The keyboard starts at the first proposal; a phone must not show its own unasked. */
    focusFirst() {
        const first = this.suggestions.el?.querySelector("button");
        if (first) {
            first.focus();
        } else if (!hasTouch()) {
            this.name.el.focus();
        }
    }

    /** A person who is created here belongs to the customer. */
    get creationContext() {
        const { partnerId } = this.props;
        return partnerId ? { default_parent_id: partnerId } : {};
    }

    getDomain() {
        const { takenIds } = this.props;
        return takenIds.length ? [["id", "not in", takenIds]] : [];
    }

    choose({ id, display_name }) {
        const { add, close } = this.props;
        close();
        return add({ partner_id: { id, display_name } });
    }

    onFound(records) {
        if (records?.length) {
            return this.choose(records[0]);
        }
    }

    async create(name) {
        const [id, display_name] = await this.orm.call("res.partner", "name_create", [name], {
            context: this.creationContext,
        });
        return this.choose({ id, display_name });
    }

    addName() {
        const name = this.name.el.value.trim();
        if (name) {
            const { add, close } = this.props;
            close();
            return add({ name });
        }
    }
}
