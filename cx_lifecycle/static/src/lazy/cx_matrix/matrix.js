import { Domain } from "@web/core/domain";

/**
 * @typedef {{ model: string, domain: Array, name: string }} List what a number opens
 * @typedef {{ value: number | null, text?: string, share?: number | null, few?: boolean,
 *   money?: number, customers?: number, list?: List, tone?: string, trend?: string, sub?: string,
 *   words?: string }} Cell `customers`: how many a share is made of; `sub`: a second line;
 *   `words`: what is read out in place of the text; a text without a value is shown too
 * @typedef {{ key: string, label: string, total?: number, text?: string, list?: List,
 *   cell?: Cell, band?: string, mark?: { label: string, help: string } }} Head a row or a
 *   column; `cell`: its total, where that is more than a number
 * @typedef {{ rows: Head[], cols: Head[], cells: Object<string, Cell>, total?: Head, list?: List,
 *   row_title?: string, col_title?: string, sum_title?: string, foot_title?: string }} Matrix
 *   `sum_title`, `foot_title`: what the totals are called when they are no plain totals
 */

const EDGE = "total";

/**
 * A matrix as it is drawn: every row has a cell for every column, and the totals are cells.
 *
 * @param {Matrix} matrix
 * @param {Object} options
 * @param {boolean} [options.money] show the money of the cells rather than their values
 * @param {boolean} [options.addUp] totals that are missing are the sums of their cells
 * @param {boolean} [options.hideEmpty] leave out rows and columns without any cell
 * @param {(number: number) => string} options.format
 * @param {string} options.total what totals are called
 * @param {string} [options.nothing] what stands in cells without any value
 */
export function layOut(matrix, options) {
    matrix = options.hideEmpty ? withoutEmpty(matrix) : matrix;
    const cellAt = (row, col) => readCell(matrix.cells[`${row.key}|${col.key}`], options);
    const table = matrix.rows.map((row) => matrix.cols.map((col) => cellAt(row, col)));
    if (options.money) {
        shareAnew(table.flat());
    }
    const byCol = matrix.cols.map((_, index) => table.map((cells) => cells[index]));
    const rowTotals = matrix.rows.map((row, index) => readTotal(row, table[index], options));
    const colTotals = matrix.cols.map((col, index) => readTotal(col, byCol[index], options));
    const hasRowTotals = rowTotals.some(Boolean);
    const hasColTotals = colTotals.some(Boolean);
    const rows = matrix.rows.map((row, index) => ({
        ...row,
        cells: named(row, matrix.cols, table[index], options),
    }));
    const edge = { key: EDGE, label: matrix.sum_title || options.total };
    if (hasRowTotals) {
        rows.forEach((row, index) => row.cells.push(...named(row, [edge], [rowTotals[index]], options)));
    }
    if (hasColTotals) {
        const foot = { key: EDGE, label: matrix.foot_title || options.total, isFoot: true };
        const cells = named(foot, matrix.cols, colTotals, options);
        if (hasRowTotals) {
            const whole = readTotal(
                { list: matrix.list, ...matrix.total },
                table.flat(),
                options
            );
            cells.push(...named(foot, [edge], [whole], options));
        }
        rows.push({ ...foot, cells });
    }
    return { rows, cols: matrix.cols, bands: readBands(matrix.cols), hasRowTotals, edge };
}

function withoutEmpty(matrix) {
    const pairs = Object.keys(matrix.cells).map((key) => key.split("|"));
    const used = (side) => new Set(pairs.map((pair) => pair[side]));
    const [rows, cols] = [used(0), used(1)];
    return {
        ...matrix,
        rows: matrix.rows.filter((row) => rows.has(row.key)),
        cols: matrix.cols.filter((col) => cols.has(col.key)),
    };
}

function named(row, cols, cells, { nothing = "" }) {
    return cols.map((col, index) => ({
        ...(cells[index] || { isEmpty: true, text: nothing }),
        key: `${row.key}|${col.key}`,
        row: row.label,
        col: col.label,
        isTotal: Boolean(row.isFoot) || col.key === EDGE,
        stays: row.key === col.key,
    }));
}

function readCell(cell, { money, format }) {
    const value = money ? cell?.money : cell?.value;
    const isUnknown = value === undefined || value === null || value === false;
    if (isUnknown && (money || !cell?.text)) {
        return null;
    }
    const { customers, sub, trend, words } = cell;
    return {
        value,
        text: money ? format(value) : cell.text || format(value),
        share: cell.share ?? null,
        few: Boolean(cell.few),
        tone: (!money && cell.tone) || null,
        list: cell.list || null,
        customers,
        sub,
        trend,
        words,
    };
}

/** The heat that comes with a matrix is that of its values. */
function shareAnew(cells) {
    const shown = cells.filter(Boolean);
    const most = Math.max(...shown.map((cell) => Math.abs(cell.value)), 0);
    for (const cell of shown) {
        cell.share = most ? Math.abs(cell.value) / most : null;
    }
}

function readTotal(head, cells, options) {
    const { money, addUp, format } = options;
    if (head.cell) {
        return readCell(head.cell, options);
    }
    const shown = cells.filter(Boolean);
    const given = money ? head.money : head.total;
    if (given === undefined || given === null) {
        if (!addUp || !shown.length) {
            return null;
        }
        const value = shown.reduce((sum, cell) => sum + cell.value, 0);
        return { value, text: format(value), list: head.list || null, parts: listed(shown) };
    }
    const text = (!money && head.text) || format(given);
    const parts = addUp ? listed(shown) : [];
    return { value: given, text, list: head.list || null, parts };
}

const listed = (cells) => cells.filter((cell) => cell.list);

/** What a drawn cell opens: its own list, or those that it adds up. */
export function listOf(cell) {
    return cell.list || joinLists(cell.parts || []);
}

export function isLink(cell) {
    return Boolean(cell.list || cell.parts?.length);
}

/** What several numbers count together, when nobody is counted twice. */
export function joinLists(cells, name) {
    const lists = cells.filter((cell) => cell?.list).map((cell) => cell.list);
    const [first] = lists;
    if (!first || lists.some((list) => list.model !== first.model)) {
        return null;
    }
    const domain = Domain.or(lists.map((list) => list.domain)).toList();
    return { model: first.model, domain, name: name || first.name };
}

/** Neighbouring columns of one band under one heading; no heading when no column has a band. */
function readBands(cols) {
    const bands = [];
    for (const { band } of cols) {
        const last = bands.at(-1);
        if (last && last.label === (band || "")) {
            last.span += 1;
        } else {
            bands.push({ key: bands.length, label: band || "", span: 1 });
        }
    }
    return bands.some((band) => band.label) ? bands : [];
}

const MOVES = {
    arrowleft: ({ row, col }) => ({ row, col: col - 1 }),
    arrowright: ({ row, col }) => ({ row, col: col + 1 }),
    arrowup: ({ row, col }) => ({ row: row - 1, col }),
    arrowdown: ({ row, col }) => ({ row: row + 1, col }),
    home: ({ row }) => ({ row, col: 0 }),
    end: ({ row }) => ({ row, col: Infinity }),
    "control+home": () => ({ row: 0, col: 0 }),
    "control+end": () => ({ row: Infinity, col: Infinity }),
};

/**
 * Where a key leads to in a grid; null for other keys. Edges hold.
 *
 * @param {string} hotkey as `getActiveHotkey` says it
 * @param {{ row: number, col: number }} from
 * @param {{ rows: number, cols: number }} size
 */
export function moveBy(hotkey, from, size) {
    if (!(hotkey in MOVES)) {
        return null;
    }
    const to = MOVES[hotkey](from);
    const hold = (value, count) => Math.min(count - 1, Math.max(0, value));
    return { row: hold(to.row, size.rows), col: hold(to.col, size.cols) };
}
