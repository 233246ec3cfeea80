import { _t } from "@web/core/l10n/translation";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";

export const USUAL = "satisfaction";
export const UNKNOWN = "?";
/** Fewer cases than this say little. */
const FEW = 5;
/** From which share within the target on a delay is good, or fair. */
const IN_TIME = { good: 0.8, fair: 0.5 };
const DAY = 24;

export const oneDecimal = (number) => formatFloat(number, { digits: [16, 1] });
export const percent = (share) => _t("%s%%", formatFloat(100 * share, { digits: [16, 0] }));

/** Hours in words, days when they are many. */
export function duration(hours) {
    const short = (number) => formatFloat(number, { digits: [16, 1], trailingZeros: false });
    return hours < 2 * DAY ? _t("%s h", short(hours)) : _t("%s d", short(hours / DAY));
}

function punctuality(share) {
    if (share >= IN_TIME.good) {
        return "good";
    }
    return share >= IN_TIME.fair ? "fair" : "bad";
}

export function trendWords(trend) {
    return { up: _t("rising"), down: _t("falling"), same: _t("unchanged") }[trend] || "";
}

const said = (...words) => words.filter(Boolean).join(", ");
const contacts = ({ volume }) => _t("%s contacts", formatInteger(volume));

/** What a cell shows of each measure; null where there is nothing to show. */
export const MEASURES = {
    satisfaction(cell) {
        const { few, lists, rated, satisfaction, tone, trend } = cell;
        if (!rated) {
            const words = said(_t("satisfaction unknown"), contacts(cell));
            return { value: null, text: UNKNOWN, sub: contacts(cell), words, list: lists.volume };
        }
        const text = oneDecimal(satisfaction);
        const words = said(
            _t("%s of 10", text),
            _t("%s answers", formatInteger(rated)),
            trendWords(trend),
            contacts(cell)
        );
        return {
            value: satisfaction,
            text,
            tone,
            few,
            trend,
            words,
            sub: contacts(cell),
            list: lists.rated,
        };
    },

    volume(cell, most) {
        const { lists, volume, volume_trend: trend } = cell;
        return {
            value: volume,
            text: formatInteger(volume),
            share: most ? volume / most : null,
            trend,
            words: said(contacts(cell), trendWords(trend)),
            list: lists.volume,
        };
    },

    delay({ answered, delay, in_time_share, lists, target, targeted }) {
        if (!answered) {
            return null;
        }
        const text = duration(delay);
        const aim = targeted
            ? _t("target %(target)s: %(share)s", {
                  target: duration(target),
                  share: percent(in_time_share),
              })
            : "";
        return {
            value: delay,
            text,
            tone: targeted ? punctuality(in_time_share) : null,
            few: answered < FEW,
            sub: aim,
            words: said(text, aim, _t("%s answers", formatInteger(answered))),
            list: lists.answered,
        };
    },

    left({ followed, left, left_share, lists }, most) {
        if (!followed) {
            return null;
        }
        const text = percent(left_share);
        const sub = _t("%(part)s of %(whole)s", {
            part: formatInteger(left),
            whole: formatInteger(followed),
        });
        return {
            value: left_share,
            text,
            share: most ? left_share / most : null,
            few: followed < FEW,
            sub,
            words: said(text, sub),
            list: left ? lists.left : lists.followed,
        };
    },
};

const HEATED = { volume: "volume", left: "left_share" };

/**
 * The map as a matrix of one measure.
 *
 * @param {Object} figures as the server answers
 * @param {string} measure
 */
export function toMatrix(figures, measure) {
    const { cells, cols, rows, row_title, col_title } = figures;
    const heats = Object.values(cells).map((cell) => cell[HEATED[measure]] || 0);
    const most = Math.max(...heats, 0);
    const show = (cell) => (cell.volume && MEASURES[measure](cell, most)) || undefined;
    return {
        row_title,
        col_title,
        sum_title: _t("All"),
        foot_title: _t("All"),
        rows: rows.map((row) => ({ ...row, cell: total(show(figures.row_totals[row.key])) })),
        cols: cols.map((col) => ({
            ...col,
            mark: col.moment,
            cell: total(show(figures.col_totals[col.key])),
        })),
        cells: Object.fromEntries(Object.entries(cells).map(([key, cell]) => [key, show(cell)])),
        total: { cell: total(show(figures.total)) },
    };
}

/**
 * Figures of contacts, and what the server says of who left after them, together.
 *
 * @param {Object} figures
 * @param {Object} after the same question's answer about leaving
 */
export function withLeft(figures, after) {
    const join = (cell, { open, left } = { open: 0, left: 0 }) => {
        const followed = cell.volume - open;
        return { ...cell, open, left, followed, left_share: followed ? left / followed : null };
    };
    const group = (name) =>
        Object.fromEntries(
            Object.entries(figures[name]).map(([key, cell]) => [key, join(cell, after[name][key])])
        );
    return {
        ...figures,
        cells: group("cells"),
        row_totals: group("row_totals"),
        col_totals: group("col_totals"),
        total: join(figures.total, after.total),
    };
}

/** A total that says nothing is an empty cell, not the sum of what stands beside it. */
const total = (cell) => cell || { value: null };

/** The figures behind a drawn cell, a total among them; nothing where nobody met. */
export function figuresAt(figures, row, col) {
    if (row === "total") {
        return col === "total" ? figures.total : figures.col_totals[col];
    }
    return col === "total" ? figures.row_totals[row] : figures.cells[`${row}|${col}`];
}
