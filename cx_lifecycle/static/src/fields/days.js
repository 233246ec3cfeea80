import { deserializeDate } from "@web/core/l10n/dates";

const { DateTime } = luxon;

/**
 * A day as the server writes it ("2026-11-21") in the reader's language, always with its
 * year and with the month in letters: nobody takes a month for a day.
 *
 * @param {string | false} [day]
 * @returns {string} empty when there is no day
 */
export function formatDay(day) {
    return day ? deserializeDate(day).toLocaleString(DateTime.DATE_MED) : "";
}
