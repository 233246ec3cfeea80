import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { patch } from "@web/core/utils/patch";

patch(ActivityListPopoverItem.prototype, {
    get hasCxOutcomeButton() {
        const { activity } = this.props;
        return activity.cx_outcome && activity.can_write && activity.state !== "done";
    },

    async onClickCxOutcome() {
        const { activity, onActivityChanged, onClickEditActivityButton } = this.props;
        onClickEditActivityButton?.(); // closes the list: the dialog takes its place
        await activity.recordCxOutcome();
        onActivityChanged?.();
    },
});
