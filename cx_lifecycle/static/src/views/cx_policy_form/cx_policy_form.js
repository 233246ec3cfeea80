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

export const cxPolicyFormView = { ...formView, Model: CxPolicyModel };

registry.category("views").add("cx_policy_form", cxPolicyFormView);
