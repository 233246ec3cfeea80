import { Component, onWillStart, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { formatDay } from "../days";

/** What to say and what to ask for one need; without a need, the first things to ask. */
export class CxNeedsPopover extends Component {
    static template = "cx_lifecycle.NeedsPopover";
    static props = {
        partnerId: { type: Number },
        needId: { type: [Number, { value: false }] },
        save: { type: Function },
        reload: { type: Function },
        close: { type: Function },
    };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ guide: null, isFailed: false });
        onWillStart(() => {
            this.load(); // not awaited: the popover opens at once and fills itself
        });
    }

    async load() {
        const { partnerId, needId } = this.props;
        try {
            this.state.guide = await this.orm.silent.call("cx.need", "guide", [partnerId, needId]);
        } catch {
            this.state.isFailed = true;
        }
    }

    get need() {
        return this.props.needId !== false && this.state.guide?.needs[0];
    }

    /** One question for each need that may be behind this customer. */
    get firstQuestions() {
        return this.state.guide.needs
            .filter((need) => need.questions.length)
            .map((need) => ({ id: need.id, name: need.name, question: need.questions[0] }));
    }

    provenance({ on, source, author }) {
        return [formatDay(on), source, author].filter(Boolean).join(" · ");
    }

    record() {
        return this.leaveFor("res.partner", "action_cx_outcome", this.props.partnerId);
    }

    editArguments() {
        return this.leaveFor("cx.need", "action_arguments", this.props.needId);
    }

    /** Opens what the server answers; when that closes, the needs may be others. */
    async leaveFor(model, method, id) {
        const { close, reload, save } = this.props;
        if (!(await save())) {
            close(); // the form says itself what is missing
            return;
        }
        const action = await this.orm.call(model, method, [[id]]);
        close();
        if (action) {
            await this.action.doAction(action, { onClose: reload });
        }
    }
}
