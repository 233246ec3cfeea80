import { useRef } from "@odoo/owl";
import { getActiveHotkey } from "@web/core/hotkeys/hotkey_service";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import {
    BadgeSelectionField,
    badgeSelectionField,
} from "@web/views/fields/badge_selection/badge_selection_field";

/**
 * A choice of few, one press each. Unlike Odoo's badges these are buttons: the group is one
 * stop of the Tab key, arrows move in it, and pressing the chosen one again takes it back.
 */
export class CxChipsField extends BadgeSelectionField {
    static template = "cx_lifecycle.ChipsField";

    setup() {
        super.setup();
        this.root = useRef("root");
    }

    get label() {
        return this.props.record.fields[this.props.name].string;
    }

    get chips() {
        const stop = Math.max(
            this.options.findIndex(([id]) => id === this.value),
            0
        );
        return this.options.map(([id, name], index) => ({
            id,
            name,
            isChosen: id === this.value,
            tabindex: index === stop ? "0" : "-1",
        }));
    }

    toggle(id) {
        // a selection knows by itself whether it may be taken back
        const isTakenBack = this.type === "many2one" && id === this.value;
        this.onChange(isTakenBack ? false : id);
    }

    onKeydown(ev) {
        const buttons = [...this.root.el.querySelectorAll("button")];
        const from = buttons.indexOf(ev.target);
        const last = buttons.length - 1;
        const to = {
            arrowright: from === last ? 0 : from + 1,
            arrowdown: from === last ? 0 : from + 1,
            arrowleft: from === 0 ? last : from - 1,
            arrowup: from === 0 ? last : from - 1,
            home: 0,
            end: last,
        }[getActiveHotkey(ev)];
        if (to !== undefined) {
            ev.preventDefault();
            ev.stopPropagation();
            buttons[to].focus();
        }
    }
}

registry.category("fields").add("cx_chips", {
    ...badgeSelectionField,
    component: CxChipsField,
    displayName: _t("Chips"),
    supportedOptions: [],
});
