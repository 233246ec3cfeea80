import { deserializeDate, deserializeDateTime } from "@web/core/l10n/dates";

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

/**
 * A moment as the server writes it ("2026-11-21 13:05:00", in UTC) where the reader is.
 *
 * @param {string | false} [moment]
 * @returns {string} empty when there is no moment
 */
export function formatMoment(moment) {
    return moment ? deserializeDateTime(moment).toLocaleString(DateTime.DATETIME_MED) : "";
}

/**
 * The month of a day or of a moment, with its year, for headings.
 *
 * @param {string} text
 */
export function formatMonth(text) {
    const day = text.includes(" ") ? deserializeDateTime(text) : deserializeDate(text);
    return day.toLocaleString({ month: "long", year: "numeric" });
}
