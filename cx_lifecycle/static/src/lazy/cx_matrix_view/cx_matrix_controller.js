import { Component, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useModelWithSampleData } from "@web/model/model";
import { useSetupAction } from "@web/search/action_hook";
import { CogMenu } from "@web/search/cog_menu/cog_menu";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { ActionHelper } from "@web/views/action_helper";
import { standardViewProps } from "@web/views/standard_view_props";
import { ReportViewMeasures } from "@web/views/view_components/report_view_measures";
import { ModeSwitch } from "../cx_matrix/mode_switch";

export class CxMatrixController extends Component {
    static template = "cx_lifecycle.MatrixView";
    static components = {
        ActionHelper,
        CogMenu,
        Layout,
        ModeSwitch,
        ReportViewMeasures,
        SearchBar,
    };
    static props = {
        ...standardViewProps,
        Model: Function,
        Renderer: Function,
        modelParams: Object,
    };

    setup() {
        this.action = useService("action");
        this.root = useRef("root");
        this.model = useModelWithSampleData(this.props.Model, this.props.modelParams);
        this.searchBarToggler = useSearchBarToggler();
        useSetupAction({
            rootRef: this.root,
            getLocalState: () => {
                const { measure, mode } = this.model.metaData;
                return { metaData: { ...this.props.modelParams, measure, mode } };
            },
            getContext: () => {
                const { measure, mode } = this.model.metaData;
                return { cx_matrix_measure: measure, cx_matrix_mode: mode };
            },
        });
    }

    get title() {
        const { measure, measures, title } = this.model.metaData;
        return title || measures?.[measure]?.string || "";
    }

    get modes() {
        return [
            { mode: "heat", name: _t("Matrix"), icon: "fa-th" },
            { mode: "flow", name: _t("Flows"), icon: "fa-random" },
        ];
    }

    onMeasureSelected({ measure }) {
        return this.model.update({ measure });
    }

    onModeSelected(mode) {
        return this.model.update({ mode });
    }

    /** The records behind a number, in the list and the form of the same action. */
    openList({ model, domain, name }) {
        if (this.model.useSampleModel) {
            return;
        }
        const views = this.env.config.views || [];
        const known = Object.fromEntries(views.map(([id, type]) => [type, id]));
        const context = Object.fromEntries(
            Object.entries(this.props.context).filter(
                ([key]) => key !== "group_by" && !key.startsWith("search_default_")
            )
        );
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            domain,
            context,
            views: [
                [known.list || false, "list"],
                ...("form" in known ? [[known.form, "form"]] : []),
            ],
            target: "current",
        });
    }
}
