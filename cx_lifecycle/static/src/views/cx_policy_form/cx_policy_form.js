import { SIZES } from "@web/core/ui/ui_service";
import { registry } from "@web/core/registry";
import { addFieldDependencies } from "@web/model/relational_model/utils";
import { formView } from "@web/views/form/form_view";

/**
 * A policy is saved with the edition it was read in: the server refuses it when somebody
 * else saved meanwhile, and counts one further otherwise.
 */
export class CxPolicyRecord extends formView.Model.Record {
    /**
     * All saves pass here, that of a tab being closed included, which calls no hook.
     *
     * @override
     */
    _getChanges(changes, options = {}) {
        const result = super._getChanges(...arguments);
        const isWritten = this.config.isRoot && this.resId && !options.withReadonly;
        if (isWritten && Object.keys(result).length) {
            result.edition = this.data.edition;
        }
        return result;
    }

    /**
     * Who saves in order to leave may yet stay: the new edition is read in any case.
     *
     * @override
     */
    _save(options = {}) {
        const mayStay = this.config.isRoot && !this.model._urgentSave;
        return super._save(mayStay ? { ...options, reload: true } : options);
    }
}

export class CxPolicyModel extends formView.Model {
    static Record = CxPolicyRecord;

    /** @override */
    load() {
        const { activeFields, fields } = this.config;
        if (!("edition" in activeFields)) {
            addFieldDependencies(activeFields, fields, [{ name: "edition", type: "integer" }]);
        }
        return super.load(...arguments);
    }
}

export class CxPolicyRenderer extends formView.Renderer {
    /**
     * The place at the side is for the simulation: what was said comes below, as on a screen
     * that has no room beside the form.
     *
     * @override
     */
    setup() {
        super.setup();
        const ui = this.uiService;
        const size = { get: () => Math.min(ui.size, SIZES.XL) };
        this.uiService = Object.create(ui, { size });
    }
}

export class CxPolicyController extends formView.Controller {
    /**
     * Without the chatter at the side the form is laid out as on a smaller screen.
     *
     * @override
     */
    get className() {
        const { "o_xxl_form_view h-100": _aside, ...classes } = super.className;
        return classes;
    }
}

export const cxPolicyFormView = {
    ...formView,
    Controller: CxPolicyController,
    Model: CxPolicyModel,
    Renderer: CxPolicyRenderer,
};

registry.category("views").add("cx_policy_form", cxPolicyFormView);
