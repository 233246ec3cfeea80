import {
    statusBarDurationField,
    StatusBarDurationField,
} from "@mail/views/fields/statusbar_duration/statusbar_duration_field";
import { formatDuration } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatDay } from "../days";

/**
 * The stages of a customer with the time spent in each. Nobody moves a stage by hand:
 * stages follow purchases, so the bar only shows. Folded stages can still be read.
 */
export class CxStageBarField extends StatusBarDurationField {
    static template = "cx_lifecycle.StageBarField";

    getAllItems() {
        const durations = this.props.record.data.cx_stage_durations || {};
        return super.getAllItems().map((item) => {
            const seconds = durations[item.value];
            if (!(seconds > 0)) {
                return item;
            }
            return {
                ...item,
                shortTimeInStage: formatDuration(seconds, false),
                fullTimeInStage: formatDuration(seconds, true),
            };
        });
    }

    /** @returns {{ label: string, title: string } | false} */
    get heldBadge() {
        const held = this.props.record.data.cx_why?.held;
        if (!held) {
            return false;
        }
        return {
            label: _t("held until %s", formatDay(held.until)),
            title: [held.by && _t("Held by %s", held.by), held.reason].filter(Boolean).join(" · "),
        };
    }

    get currentItem() {
        return this.getAllItems().find((item) => item.isSelected);
    }

    /** @override */
    selectItem() {}
}

export const cxStageBarField = {
    ...statusBarDurationField,
    component: CxStageBarField,
    displayName: _t("Customer stages with time"),
    supportedTypes: ["many2one"],
    supportedOptions: statusBarDurationField.supportedOptions.filter(
        (option) => option.name !== "clickable"
    ),
    fieldDependencies: [
        { name: "cx_stage_durations", type: "json" },
        { name: "cx_why", type: "json" },
    ],
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...statusBarDurationField.extractProps(fieldInfo, dynamicInfo),
        isDisabled: true,
        withCommand: false,
    }),
};

registry.category("fields").add("cx_stage_bar", cxStageBarField);
