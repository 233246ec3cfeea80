/**
 * @typedef {{ from: number | false, to: number | false, count: number, value_text?: string }} Cell
 * @typedef {{ id: number | false, name: string }} Stage
 */

/**
 * Stages now, in rows, by stages then, in columns, every pair having its cell. Who is no
 * customer has no stage: that row and that column exist only when somebody is in them.
 *
 * @param {{ stages: Stage[], cells: Cell[] }} answer
 * @param {string} nowhere what having no stage is called
 * @returns {{ columns: Object[], rows: Object[] }}
 */
export function layOutMatrix({ stages, cells }, nowhere) {
    const found = new Map(cells.map((cell) => [key(cell.from, cell.to), cell]));
    const axis = (end) => {
        const isUsed = cells.some((cell) => cell[end] === false && cell.count);
        const all = isUsed ? [...stages, { id: false, name: nowhere }] : stages;
        return all.map(({ id, name }) => ({ key: String(id), id, name }));
    };
    const columns = axis("to");
    const rows = axis("from").map((row) => ({
        ...row,
        cells: columns.map((column) => {
            const cell = found.get(key(row.id, column.id));
            return {
                key: column.key,
                from: row,
                to: column,
                count: cell?.count || 0,
                value: cell?.value_text || "",
                stays: row.id === column.id,
            };
        }),
    }));
    return { columns, rows };
}

function key(from, to) {
    return `${from}>${to}`;
}
