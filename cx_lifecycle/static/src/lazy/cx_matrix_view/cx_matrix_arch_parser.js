import { exprToBoolean } from "@web/core/utils/strings";
import { visitXML } from "@web/core/utils/xml";

const number = (node, name) => (node.hasAttribute(name) ? Number(node.getAttribute(name)) : null);

/** What `<cx_matrix row_field="" col_field="" measure="" good="" bad=""/>` asks for. */
export class CxMatrixArchParser {
    parse(arch) {
        const archInfo = { fieldAttrs: {}, measure: "__count" };
        visitXML(arch, (node) => {
            if (node.tagName === "cx_matrix") {
                Object.assign(archInfo, {
                    rowField: node.getAttribute("row_field"),
                    colField: node.getAttribute("col_field"),
                    measure: node.getAttribute("measure") || "__count",
                    good: number(node, "good"),
                    bad: number(node, "bad"),
                    title: node.getAttribute("string") || "",
                });
            } else if (node.tagName === "field") {
                archInfo.fieldAttrs[node.getAttribute("name")] = {
                    isInvisible: exprToBoolean(node.getAttribute("invisible")),
                    string: node.getAttribute("string") || undefined,
                };
            }
        });
        return archInfo;
    }
}
