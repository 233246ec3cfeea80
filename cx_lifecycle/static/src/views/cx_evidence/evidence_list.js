import { registry } from "@web/core/registry";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { EvidenceChart } from "./evidence_chart";

/** A list that says what its figures are; they are counted, never proven. */
export class EvidenceListRenderer extends ListRenderer {
    static template = "cx_lifecycle.EvidenceListRenderer";
    static components = { ...ListRenderer.components, EvidenceChart };
    static hasChart = false;
}

/** The same with the chart above: the list holds its figures for those who do not see it. */
export class EvidenceChartRenderer extends EvidenceListRenderer {
    static hasChart = true;
}

registry.category("views").add("cx_evidence_list", { ...listView, Renderer: EvidenceListRenderer });
registry.category("views").add("cx_evidence_chart", { ...listView, Renderer: EvidenceChartRenderer });
