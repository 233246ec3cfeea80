import { deserializeDate, formatDate } from "@web/core/l10n/dates";

/**
 * A day as the server writes it ("2026-11-21") in the reader's own format.
 *
 * @param {string | false} [day]
 * @returns {string} empty when there is no day
 */
export function formatDay(day) {
    return day ? formatDate(deserializeDate(day)) : "";
}
