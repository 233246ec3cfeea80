import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

export const DEFAULT = "last_12_months";
export const CUSTOM = "custom";

/**
 * Days of each period, as luxon dates; none: the server takes the last twelve months. What is still
 * to come, the server leaves out: it knows which day it is where the company is.
 */
const RANGES = {
    this_month: (today) => whole(today, "month"),
    last_month: (today) => whole(today.minus({ months: 1 }), "month"),
    this_quarter: (today) => whole(today, "quarter"),
    last_quarter: (today) => whole(today.minus({ quarters: 1 }), "quarter"),
    this_year: (today) => whole(today, "year"),
};

function whole(day, unit) {
    return [day.startOf(unit), day.endOf(unit)];
}

/** The periods to choose from, with their names. */
export function periods() {
    return [
        { code: "this_month", name: _t("This month") },
        { code: "last_month", name: _t("Last month") },
        { code: "this_quarter", name: _t("This quarter") },
        { code: "last_quarter", name: _t("Last quarter") },
        { code: DEFAULT, name: _t("Last 12 months") },
        { code: "this_year", name: _t("This year") },
        { code: CUSTOM, name: _t("From … to …") },
    ];
}

/**
 * First and last day of a period, as the server writes days.
 *
 * @param {{ code: string, since?: string | false, until?: string | false }} period
 * @returns {{ since: string | null, until: string | null }}
 */
export function daysOf({ code, since, until }, today = DateTime.local()) {
    if (code === CUSTOM) {
        return { since: since || null, until: until || null };
    }
    const [first, last] = RANGES[code]?.(today) || [];
    return { since: first ? serializeDate(first) : null, until: last ? serializeDate(last) : null };
}

/** A period that cannot be asked for: it would end before it begins, or has one end only. */
export function isBroken({ code, since, until }) {
    return code === CUSTOM && (!since || !until || since > until);
}

function isDay(text) {
    return /^\d{4}-\d\d-\d\d$/.test(text) && deserializeDate(text).isValid;
}

/**
 * The period of an address, as `toQuery` wrote it; false when there is none.
 *
 * @param {{ period?: string, since?: string, until?: string }} query
 */
export function fromQuery({ period, since, until }) {
    if (period === DEFAULT || Object.hasOwn(RANGES, period)) {
        return { code: period, since: false, until: false };
    }
    return isDay(since) && isDay(until) && { code: CUSTOM, since, until };
}

/** What an address says of a period; nothing of the default. Days only when they were chosen. */
export function toQuery({ code, since, until }) {
    if (code === CUSTOM) {
        return { period: undefined, since: since || undefined, until: until || undefined };
    }
    return { period: code === DEFAULT ? undefined : code, since: undefined, until: undefined };
}
