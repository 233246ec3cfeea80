import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { Model } from "@web/model/model";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { computeReportMeasures } from "@web/views/utils";
import { matrixOfGroups } from "./groups_matrix";

const COUNT = "__count";

/** Records in rows and columns, grouped on the server, with the reader's rights. */
export class CxMatrixModel extends Model {
    setup(params) {
        this.keepLast = new KeepLast();
        this.metaData = { mode: "heat", ...params };
        this.matrix = null;
    }

    async load(searchParams) {
        this.searchParams = searchParams;
        const { cx_matrix_measure: measure, cx_matrix_mode: mode } = searchParams.context;
        await this.read({ ...(measure && { measure }), ...(mode && { mode }) });
    }

    hasData() {
        return Boolean(this.matrix?.rows.length);
    }

    /** @param {{ measure?: string, mode?: string }} change */
    async update(change) {
        if (change.measure) {
            await this.read(change);
            this.useSampleModel = false;
        } else {
            Object.assign(this.metaData, change);
        }
        this.notify();
    }

    async read(change) {
        const metaData = { ...this.metaData, ...change };
        const { colField, fieldAttrs, fields, measure, resModel, rowField } = metaData;
        const { context, domain, groupBy } = this.searchParams;
        const [row = rowField, other = colField] = groupBy;
        const col = other === row ? [colField, rowField].find((field) => field !== row) : other;
        const aggregates = this.aggregates(fields[measure], measure);
        const sets = await this.keepLast.add(
            this.orm.formattedReadGroupingSets(
                resModel,
                domain,
                [[row, col], [row], [col], []],
                [COUNT, ...aggregates],
                { context }
            )
        );
        metaData.measures = computeReportMeasures(fields, fieldAttrs, [measure]);
        const [number = COUNT] = aggregates;
        this.metaData = metaData;
        this.matrix = matrixOfGroups(sets, {
            row,
            col,
            fields,
            measure: number,
            model: resModel,
            limits: metaData,
            format: (group) => this.format(group, fields[measure], number),
        });
    }

    aggregates(field, measure) {
        if (measure === COUNT) {
            return [];
        }
        const currency = field.type === "monetary" && field.currency_field;
        return [
            `${measure}:${field.aggregator}`,
            ...(currency ? [`${currency}:array_agg_distinct`] : []),
        ];
    }

    format(group, field, number) {
        const value = group[number] || 0;
        if (field?.type === "monetary") {
            const currencies = group[`${field.currency_field}:array_agg_distinct`] || [];
            const own = user.activeCompany?.currency_id;
            const currencyId = currencies.length > 1 ? false : currencies[0] || own;
            return formatMonetary(value, { currencyId });
        }
        return field?.type === "float" ? formatFloat(value, { field }) : formatInteger(value);
    }
}
