import { Activity } from "@mail/core/web/activity";
import { patch } from "@web/core/utils/patch";

patch(Activity.prototype, {
    async onClickCxOutcome() {
        const { thread } = this;
        const { activity, onActivityChanged, reloadParentView } = this.props;
        const isSaved = await activity.recordCxOutcome();
        // also if not: somebody else may have ended it meanwhile
        onActivityChanged(thread);
        if (isSaved) {
            await reloadParentView(); // stage, needs and roles may be others
        }
    },
});
