import { Component, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { CopyButton } from "@web/core/copy_button/copy_button";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useModel } from "@web/model/model";
import { useSetupAction } from "@web/search/action_hook";
import { CogMenu } from "@web/search/cog_menu/cog_menu";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { ActionHelper } from "@web/views/action_helper";
import { standardViewProps } from "@web/views/standard_view_props";
import { ModeSwitch } from "../cx_matrix/mode_switch";
import { PeriodPicker } from "./period_picker";
import { toQuery } from "./periods";

/** A screen of figures of a period: its address finds period, search and look again. */
export class PeriodController extends Component {
    static components = {
        ActionHelper,
        CogMenu,
        CopyButton,
        Layout,
        ModeSwitch,
        PeriodPicker,
        SearchBar,
    };
    static props = { ...standardViewProps, Model: Function, Renderer: Function };

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.root = useRef("root");
        this.state = useState(this.props.state?.looks || this.firstLooks());
        this.model = useModel(this.props.Model, { state: this.props.state });
        // heard before the screen is mounted too: figures may come faster
        const onUpdate = () => this.onModelUpdate();
        this.model.bus.addEventListener("update", onUpdate);
        onWillUnmount(() => this.model.bus.removeEventListener("update", onUpdate));
        this.searchBarToggler = useSearchBarToggler();
        useSetupAction({
            rootRef: this.root,
            getContext: () => ({ cx_portfolio_period: this.model.period }),
            getLocalState: () => ({ ...this.model.exportState(), looks: { ...this.state } }),
        });
        this.writeAddress();
        useEffect(
            () => this.writeAddress(),
            () => [this.env.searchModel.searched]
        );
        if (this.env.searchModel.isUnreadable) {
            this.notification.add(_t("The search in this address could not be read."), {
                type: "warning",
            });
        }
    }

    /** How figures are looked at until somebody looks otherwise. */
    firstLooks() {
        return {};
    }

    onModelUpdate() {
        this.writeAddress();
        this.render(true);
    }

    // ----------------------------------------------------------------- address
    /** Looks that an address keeps besides period and search. */
    get addressed() {
        return {};
    }

    /** Period and search in the address: reload, bookmark and the back button find them again. */
    writeAddress() {
        const { searched, usual } = this.env.searchModel;
        this.props.updateActionState?.({
            ...toQuery(this.model.period),
            ...this.addressed,
            search: searched === usual ? undefined : searched,
        });
    }

    /** An address for somebody else, another day: with days in place of "last month". */
    get link() {
        const url = new URL(browser.location.href);
        const { since, until } = this.model.days;
        url.searchParams.delete("period");
        for (const [name, day] of Object.entries({ since, until })) {
            if (day) {
                url.searchParams.set(name, day);
            }
        }
        url.searchParams.set("search", this.env.searchModel.searched);
        return url.href;
    }

    copied() {
        return this.link;
    }

    // ----------------------------------------------------------------- showing
    onLookChange(name, look) {
        this.state[name] = look;
    }

    onPeriodChange(period) {
        this.model.setPeriod(period);
    }

    /** What a number counts. */
    openList({ model, domain, name, context }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            domain,
            context: context || {},
            views: [[false, "list"]],
            target: "current",
        });
    }
}
