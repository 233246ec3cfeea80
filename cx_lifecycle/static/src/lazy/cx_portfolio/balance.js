import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { joinLists } from "../cx_matrix/matrix";

/** Above the line, below it, and apart: who came, who left, and what the rules moved. */
export const CAME = ["new", "won_back"];
export const LEFT = ["dormant", "lost", "withdrawn"];
export const RULES = "rules";
const MOVES = [...CAME, ...LEFT, RULES];

/** What movements are called, in the reader's language. */
export function moveNames() {
    return {
        new: _t("New"),
        won_back: _t("Won back"),
        dormant: _t("Gone dormant"),
        lost: _t("Lost"),
        withdrawn: _t("Withdrawn"),
        rules: _t("Rules changed"),
    };
}

/** What a bar counts: up for those who came, down for those who left, the rules as they are. */
export function signed(move, figures, unit) {
    const number = figures[unit];
    return LEFT.includes(move) ? -number : number;
}

/** Movements that make the balance always have their column, the others when there were any. */
function shownMoves({ total }) {
    const optional = ["withdrawn", RULES];
    return MOVES.filter((move) => !optional.includes(move) || total.moves[move].listed);
}

/** New rules bring some and take others: what remains of it, and how many it moved. */
function figureOf(move, { customers, worth, listed, list }) {
    const text =
        move === RULES
            ? _t("%(net)s of %(moved)s moved", {
                  net: formatInteger(customers),
                  moved: formatInteger(listed),
              })
            : formatInteger(customers);
    return { text, money: worth, list: listed ? list : null };
}

/**
 * The balance as a matrix: months in rows, movements in columns, the net as total.
 *
 * @param {Object} balance as the server gives it
 */
export function balanceMatrix(balance) {
    const names = moveNames();
    const bands = { [RULES]: _t("Rules") };
    const moves = shownMoves(balance);
    const cells = {};
    for (const month of balance.months) {
        for (const move of moves) {
            const figures = month.moves[move];
            if (figures.listed) {
                const cell = { value: figures.customers, ...figureOf(move, figures) };
                cells[`${month.since}|${move}`] = cell;
            }
        }
    }
    return {
        row_title: _t("Month"),
        col_title: _t("Movement"),
        sum_title: _t("Net"),
        rows: balance.months.map((month) => ({
            key: month.since,
            label: month.partial ? _t("%s (so far)", month.label) : month.label,
            total: month.net.customers,
            money: month.net.worth,
        })),
        cols: moves.map((move) => ({
            key: move,
            label: names[move],
            band: bands[move] || (CAME.includes(move) ? _t("Came") : _t("Left")),
            total: balance.total.moves[move].customers,
            ...figureOf(move, balance.total.moves[move]),
        })),
        cells,
        total: { total: balance.total.net.customers, money: balance.total.net.worth },
    };
}

/** Every movement of the period. */
export function balanceList({ total }, name) {
    return joinLists(
        Object.values(total.moves).filter((figures) => figures.listed),
        name
    );
}
