import { registry } from "@web/core/registry";
import { PortfolioController } from "./portfolio_controller";
import { PortfolioModel } from "./portfolio_model";
import { PortfolioRenderer } from "./portfolio_renderer";
import { PortfolioSearchModel } from "./portfolio_search_model";

export const portfolioView = {
    type: "cx_portfolio",
    Controller: PortfolioController,
    Model: PortfolioModel,
    Renderer: PortfolioRenderer,
    SearchModel: PortfolioSearchModel,
    searchMenuTypes: ["filter", "favorite"],

    props: (genericProps, { Model, Renderer }) => ({ ...genericProps, Model, Renderer }),
};

registry.category("views").add("cx_portfolio", portfolioView);
