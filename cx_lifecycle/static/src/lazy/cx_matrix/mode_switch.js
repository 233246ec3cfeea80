import { Component } from "@odoo/owl";

/** A few ways to look at the same figures, one of them taken. */
export class ModeSwitch extends Component {
    static template = "cx_lifecycle.ModeSwitch";
    static props = {
        modes: { type: Array, element: Object },
        mode: String,
        title: String,
        onChange: Function,
    };
}
