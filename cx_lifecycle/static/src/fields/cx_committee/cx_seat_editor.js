import { Component, onWillUnmount, useState } from "@odoo/owl";
import { STANCES, describe, linesOf, personKey } from "./seats";

/** What is known of somebody on a seat: stance, note, and the other seats they sit on. */
export class CxSeatEditor extends Component {
    static template = "cx_lifecycle.SeatEditor";
    static props = {
        record: { type: Object },
        list: { type: Object },
        roles: { type: Array, element: Object },
        toggle: { type: Function },
        remove: { type: Function },
        close: { type: Function },
    };

    setup() {
        this.record = useState(this.props.record);
        this.list = useState(this.props.list);
        this.note = this.record.data.note;
        // a press elsewhere closes this before the note says that it changed
        onWillUnmount(() => this.saveNote());
    }

    get person() {
        return describe(this.record);
    }

    get stances() {
        return STANCES.map((stance) => ({
            ...stance,
            isSet: stance.value === this.record.data.stance,
        }));
    }

    get otherRoles() {
        const key = personKey(this.record.data);
        return this.props.roles
            .filter(({ id }) => id !== this.record.data.role_id.id)
            .map((role) => ({
                ...role,
                isSeated: linesOf(this.list.records, role, key).length > 0,
            }));
    }

    setStance(stance) {
        return this.record.update({ stance });
    }

    onNoteInput(ev) {
        this.note = ev.target.value;
    }

    saveNote() {
        if (this.note !== this.props.record.data.note) {
            return this.props.record.update({ note: this.note });
        }
    }

    onNoteKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.props.close();
        }
    }

    remove() {
        const { close, remove } = this.props;
        this.note = this.record.data.note; // goes with the line
        close();
        return remove();
    }
}
