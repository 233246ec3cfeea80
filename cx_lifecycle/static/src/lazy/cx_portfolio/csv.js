/** What a spreadsheet would take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function field(value) {
    if (value === null || value === undefined || value === false) {
        return "";
    }
    if (typeof value === "number") {
        return String(value);
    }
    const text = FORMULA.test(value) ? `'${value}` : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Lines as a CSV file that spreadsheets open in any language. Numbers stay numbers; a text
 * that would become a formula is disarmed by an apostrophe.
 *
 * @param {Array<Array<string | number | null>>} lines
 */
export function toCsv(lines) {
    return "\ufeff" + lines.map((line) => line.map(field).join(",") + "\r\n").join("");
}
