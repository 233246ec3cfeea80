import { registry } from "@web/core/registry";
import { PortfolioSearchModel } from "../cx_portfolio/portfolio_search_model";
import { JourneyController } from "./journey_controller";
import { JourneyModel } from "./journey_model";
import { JourneyRenderer } from "./journey_renderer";

export const journeyView = {
    type: "cx_journey",
    Controller: JourneyController,
    Model: JourneyModel,
    Renderer: JourneyRenderer,
    SearchModel: PortfolioSearchModel,
    searchMenuTypes: ["filter", "favorite"],

    props: (genericProps, { Model, Renderer }) => ({ ...genericProps, Model, Renderer }),
};

registry.category("views").add("cx_journey", journeyView);
