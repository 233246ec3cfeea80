import { onWillStart } from "@odoo/owl";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { PeriodController } from "../cx_portfolio/period_controller";
import { MEASURES, USUAL } from "./measures";

/** Where customers meet us, and how it goes. */
export class JourneyController extends PeriodController {
    static template = "cx_lifecycle.JourneyView";

    setup() {
        super.setup();
        onWillStart(async () => {
            this.isAdmin = await user.hasGroup("cx_lifecycle.group_admin");
        });
    }

    firstLooks() {
        const { measure } = router.current;
        return { measure: Object.hasOwn(MEASURES, measure) ? measure : USUAL };
    }

    get addressed() {
        const { measure } = this.state;
        return { measure: measure === USUAL ? undefined : measure };
    }

    get measures() {
        return [
            { mode: "satisfaction", name: _t("Satisfaction"), icon: "fa-smile-o" },
            { mode: "volume", name: _t("Contacts"), icon: "fa-handshake-o" },
            { mode: "delay", name: _t("Delay"), icon: "fa-clock-o" },
            { mode: "left", name: _t("Left Afterwards"), icon: "fa-sign-out" },
        ];
    }

    get isUnsearched() {
        return this.env.searchModel.searched === "[]";
    }

    onLookChange(name, look) {
        super.onLookChange(name, look);
        this.writeAddress();
    }

    openSources() {
        return this.action.doAction("cx_lifecycle.action_touchpoint_sources");
    }
}
