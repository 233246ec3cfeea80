import { registry } from "@web/core/registry";
import { CxMatrixArchParser } from "./cx_matrix_arch_parser";
import { CxMatrixController } from "./cx_matrix_controller";
import { CxMatrixModel } from "./cx_matrix_model";
import { CxMatrixRenderer } from "./cx_matrix_renderer";

export const cxMatrixView = {
    type: "cx_matrix",
    ArchParser: CxMatrixArchParser,
    Controller: CxMatrixController,
    Model: CxMatrixModel,
    Renderer: CxMatrixRenderer,
    searchMenuTypes: ["filter", "groupBy", "favorite"],

    props({ arch, fields, resModel, state, ...others }, { ArchParser, Model, Renderer }) {
        const modelParams = state?.metaData || {
            ...new ArchParser().parse(arch),
            fields,
            resModel,
        };
        return { ...others, arch, fields, resModel, state, Model, Renderer, modelParams };
    },
};

registry.category("views").add("cx_matrix", cxMatrixView);
