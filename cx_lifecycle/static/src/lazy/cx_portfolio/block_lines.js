import { _t } from "@web/core/l10n/translation";
import { balanceMatrix } from "./balance";
import { MEASURES, measureNames } from "./portfolio_forecast";

/** The figures of a block as lines of a file: names as text, numbers as numbers. */

export function tilesLines(tiles) {
    return [
        [_t("Stage"), _t("Customers"), _t("Value"), _t("Change"), _t("Target")],
        ...tiles.map(({ name, customers, value, change, target }) => [
            name,
            customers,
            value,
            change,
            target,
        ]),
    ];
}

/** @param {import("../cx_matrix/matrix").Matrix} matrix */
export function matrixLines(matrix, isMoney) {
    const number = (cell) => (isMoney ? cell?.money : cell?.value);
    return [
        [matrix.row_title || "", ...matrix.cols.map((col) => col.label)],
        ...matrix.rows.map((row) => [
            row.label,
            ...matrix.cols.map((col) => number(matrix.cells[`${row.key}|${col.key}`])),
        ]),
    ];
}

export function balanceLines(balance, isMoney) {
    const [heads, ...lines] = matrixLines(balanceMatrix(balance), isMoney);
    const net = balance.months.map((month) => month.net[isMoney ? "worth" : "customers"]);
    return [[...heads, _t("Net")], ...lines.map((line, index) => [...line, net[index]])];
}

export function forecastLines({ months, past }) {
    const names = measureNames();
    const future = [
        [_t("Until"), ...Object.values(names)],
        ...months.map((month) => [
            month.until,
            ...Object.keys(names).map((measure) => month[measure]),
        ]),
    ];
    const judged = past
        ? [
              [],
              [_t("Last quarter"), _t("Forecast"), _t("Actual")],
              ...MEASURES.map((measure) => [
                  names[measure],
                  past[measure].expected,
                  past[measure].actual,
              ]),
          ]
        : [];
    return [...future, ...judged];
}

export function atRiskLines(people) {
    return [
        [_t("Salesperson"), _t("Customers"), _t("Value at risk")],
        ...people.map(({ name, customers, value }) => [name || _t("Nobody"), customers, value]),
    ];
}
