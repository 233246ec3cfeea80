import { formatMonetary } from "@web/views/fields/formatters";

const WHOLE = [16, 0];
const SHORT = [16, 1];
const LONG = 10000;

/** Money in whole units: nobody steers by cents. */
export function wholeMoney(amount, currencyId) {
    return formatMonetary(amount, { currencyId, digits: WHOLE });
}

/** The same where there is little room: thousands and millions from ten thousand on. */
export function shortMoney(amount, currencyId) {
    const humanReadable = Math.abs(amount) >= LONG;
    const digits = humanReadable ? SHORT : WHOLE;
    return formatMonetary(amount, { currencyId, humanReadable, digits });
}
