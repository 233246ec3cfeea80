import { Component } from "@odoo/owl";
import { CxMatrix } from "../cx_matrix/cx_matrix";

export class CxMatrixRenderer extends Component {
    static template = "cx_lifecycle.MatrixRenderer";
    static components = { CxMatrix };
    static props = { model: Object, title: String, onOpen: Function };
}
