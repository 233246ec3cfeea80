import { Component, onWillStart, onWillUnmount, useRef } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useModel } from "@web/model/model";
import { useSetupAction } from "@web/search/action_hook";
import { CogMenu } from "@web/search/cog_menu/cog_menu";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { standardViewProps } from "@web/views/standard_view_props";
import { PeriodPicker } from "@cx_lifecycle/lazy/cx_portfolio/period_picker";
import { toQuery } from "@cx_lifecycle/lazy/cx_portfolio/periods";
import { ListeningMeasure } from "./listening_measure";
import { ListeningModel } from "./listening_model";

/** What customers say: a card for each measure, every number with its list. */
export class ListeningController extends Component {
    static template = "cx_lifecycle_mail.ListeningView";
    static components = { CogMenu, Layout, ListeningMeasure, PeriodPicker, SearchBar };
    static props = { ...standardViewProps, Model: Function };

    setup() {
        this.action = useService("action");
        this.model = useModel(this.props.Model, { state: this.props.state });
        // heard before the screen is mounted too: figures may come faster
        const onUpdate = () => {
            this.props.updateActionState?.(toQuery(this.model.period));
            this.render(true);
        };
        this.model.bus.addEventListener("update", onUpdate);
        onWillUnmount(() => this.model.bus.removeEventListener("update", onUpdate));
        this.searchBarToggler = useSearchBarToggler();
        useSetupAction({
            rootRef: useRef("root"),
            getLocalState: () => this.model.exportState(),
        });
        onWillStart(async () => {
            this.isMarketer = await user.hasGroup("cx_lifecycle.group_marketer");
        });
    }

    get isSilent() {
        return !this.model.data?.measures.some((measure) => measure.answers || measure.sent);
    }

    openPresets() {
        return this.action.doAction("cx_lifecycle_mail.action_campaign_presets");
    }

    /** What a number counts. */
    openList({ model, domain, name }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            domain,
            views: [[false, "list"]],
            target: "current",
        });
    }
}

registry.category("views").add("cx_listening", {
    type: "cx_listening",
    Controller: ListeningController,
    Model: ListeningModel,
    searchMenuTypes: ["filter", "favorite"],

    props: (genericProps, { Model }) => ({ ...genericProps, Model }),
});
