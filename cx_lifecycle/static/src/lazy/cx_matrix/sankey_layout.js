/**
 * @typedef {{ key: string, label: string, text: string, y: number, height: number }} Node
 * @typedef {{ key: string, path: string, cell: Object }} Band
 */

/** Pixels of height: of all that flows, between two names, of the thinnest band. */
const SIZE = { flow: 260, gap: 22, least: 1 };
/** The drawing is as wide as its room: across, it is measured in hundredths. */
const EDGES = { from: 2, to: 98 };

/**
 * What flows from the rows of a drawn matrix to its columns, as bands as thick as their value.
 *
 * @param {Object} drawing see `layOut` of the matrix
 * @returns {{ left: Node[], right: Node[], bands: Band[], height: number }}
 */
export function layOutFlows({ rows, cols }) {
    const inside = rows.filter((row) => !row.isFoot);
    const flows = inside.flatMap((row, from) =>
        row.cells.flatMap((cell, to) =>
            cell.isTotal || !(cell.value > 0) ? [] : [{ cell, from, to }]
        )
    );
    const sum = flows.reduce((total, { cell }) => total + cell.value, 0);
    const thickness = (value) => Math.max(SIZE.least, (value / sum) * SIZE.flow);
    const left = stack(inside, flows, "from", thickness);
    const right = stack(cols, flows, "to", thickness);
    const start = new Map(left.map((node) => [node.index, node.y]));
    const end = new Map(right.map((node) => [node.index, node.y]));
    const bands = flows.map(({ cell, from, to }) => {
        const thick = thickness(cell.value);
        const path = ribbon(start.get(from), end.get(to), thick);
        start.set(from, start.get(from) + thick);
        end.set(to, end.get(to) + thick);
        return { key: cell.key, path, cell };
    });
    const bottom = [...left, ...right].map((node) => node.y + node.height);
    return { left, right, bands, height: Math.max(...bottom, 0) + SIZE.gap / 2 };
}

/** The names of one side, one under the other, each as tall as what passes through it. */
function stack(heads, flows, side, thickness) {
    let y = SIZE.gap / 2;
    const nodes = [];
    heads.forEach((head, index) => {
        const through = flows.filter((flow) => flow[side] === index);
        if (!through.length) {
            return;
        }
        const height = through.reduce((total, { cell }) => total + thickness(cell.value), 0);
        const value = through.reduce((total, { cell }) => total + cell.value, 0);
        nodes.push({ key: head.key, label: head.label, index, value, y, height });
        y += height + SIZE.gap;
    });
    return nodes;
}

function ribbon(from, to, thick) {
    const { from: x0, to: x1 } = EDGES;
    const mid = (x0 + x1) / 2;
    return (
        `M${x0},${from} C${mid},${from} ${mid},${to} ${x1},${to} ` +
        `V${to + thick} C${mid},${to + thick} ${mid},${from + thick} ${x0},${from + thick} Z`
    );
}
