import { onWillStart } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { PeriodController } from "./period_controller";

export class PortfolioController extends PeriodController {
    static template = "cx_lifecycle.PortfolioView";

    setup() {
        super.setup();
        onWillStart(async () => {
            [this.isAdmin, this.canExport] = await Promise.all([
                user.hasGroup("cx_lifecycle.group_admin"),
                user.hasGroup("base.group_allow_export"),
            ]);
        });
    }

    firstLooks() {
        return { unit: "heads", balance: "chart", flows: "heat" };
    }

    get units() {
        return [
            { mode: "heads", name: _t("Customers") },
            { mode: "money", name: _t("Money") },
        ];
    }

    get isFirstDay() {
        return this.model.hasNobodyNow && this.env.searchModel.searched === "[]";
    }

    openFirstSteps() {
        return this.action.doAction("cx_lifecycle.action_first_steps");
    }
}
