import { _t } from "@web/core/l10n/translation";

/** @typedef {import("../cx_matrix/matrix").Matrix} Matrix */

/**
 * Groups of records as a matrix: rows and columns in the server's order, each number with
 * the domain that it counts.
 *
 * @param {Object[][]} sets groups by both fields, by rows, by columns, and all records
 * @param {Object} options
 * @param {string} options.row what rows are grouped by: `entered_on:month`
 * @param {string} options.col
 * @param {string} options.measure name of the aggregate: `worth:sum`
 * @param {Object} options.fields
 * @param {string} options.model
 * @param {{ good: number | null, bad: number | null }} options.limits
 * @param {(group: Object) => string} options.format
 * @returns {Matrix}
 */
export function matrixOfGroups([both, byRow, byCol, all], options) {
    const { row, col, fields, measure } = options;
    const most = Math.max(...both.map((group) => Math.abs(group[measure] || 0)), 0);
    const heads = (groups, spec) =>
        groups.map((group) => {
            const label = labelOf(group[spec], fields[spec.split(":")[0]]);
            const cell = cellOf(group, label, options);
            return { key: keyOf(group[spec]), label, total: cell.value, ...cell };
        });
    const rows = heads(byRow, row);
    const cols = heads(byCol, col);
    const name = new Map([...rows, ...cols].map((head) => [head.key, head.label]));
    const cells = {};
    for (const group of both) {
        const [from, to] = [keyOf(group[row]), keyOf(group[col])];
        const cell = cellOf(group, `${name.get(from)}, ${name.get(to)}`, options);
        const tone = cell.value === null ? null : toneOf(cell.value, options.limits);
        const share = tone || !most ? null : Math.abs(cell.value) / most;
        cells[`${from}|${to}`] = { ...cell, tone, share };
    }
    const whole = all[0] && cellOf(all[0], _t("Total"), options);
    return {
        rows,
        cols,
        cells,
        total: whole && { ...whole, total: whole.value },
        row_title: fields[row.split(":")[0]].string,
        col_title: fields[col.split(":")[0]].string,
    };
}

function cellOf(group, name, { format, measure, model }) {
    const list = { model, domain: group.__domain, name };
    const value = group[measure] === false ? null : group[measure];
    return { value, text: value === null ? "" : format(group), list };
}

/** Good from one threshold on, bad beyond the other; their order tells which way is up. */
export function toneOf(value, { good, bad }) {
    if (good === null && bad === null) {
        return null;
    }
    const sign = good !== null && bad !== null && good < bad ? -1 : 1;
    if (good !== null && sign * value >= sign * good) {
        return "good";
    }
    if (bad !== null && sign * value < sign * bad) {
        return "bad";
    }
    return "fair";
}

function keyOf(value) {
    return String(Array.isArray(value) ? value[0] : value);
}

function labelOf(value, field) {
    if (field.type === "boolean") {
        return value ? _t("Yes") : _t("No");
    }
    if (field.type === "integer") {
        return String(value || 0);
    }
    if (value === false || value === null) {
        return field.falsy_value_label || _t("None");
    }
    if (field.type === "selection") {
        return field.selection.find(([code]) => code === value)?.[1] || String(value);
    }
    return Array.isArray(value) ? value[1] : String(value);
}
