import { Activity } from "@mail/core/common/activity_model";
import { patch } from "@web/core/utils/patch";

patch(Activity.prototype, {
    setup() {
        super.setup(...arguments);
        /** Whether the activity is with a contact, and the user may keep what came out of it. */
        this.cx_outcome = false;
    },

    /**
     * Opens the dialog that ends the activity with what was learned.
     *
     * @returns {Promise<boolean>} when it is closed: whether anything was saved
     */
    async recordCxOutcome() {
        const { res_id: id, res_model: model } = this;
        const { activityBroadcastChannel, env } = this.store;
        const action = await env.services.orm.call("mail.activity", "action_cx_outcome", [
            [this.id],
        ]);
        const infos = await new Promise((resolve, reject) => {
            env.services.action.doAction(action, { onClose: resolve }).catch(reject);
        });
        if (!infos?.cx_saved) {
            return false;
        }
        activityBroadcastChannel?.postMessage({ type: "RELOAD_CHATTER", payload: { id, model } });
        return true;
    },
});
