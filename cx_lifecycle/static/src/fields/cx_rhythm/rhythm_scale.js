/**
 * Geometry of a rhythm strip: days become places on an axis in percent, amounts become
 * radii in pixels. Pure functions: no page, no clock, no translation, no business rule.
 *
 * Days are ISO strings ("2026-11-21"), so no time zone can shift them.
 */

const DAY = 24 * 60 * 60 * 1000;
const MONTHS_PER_TICK = [1, 2, 3, 6, 12, 24, 60];

/**
 * @typedef {{ first: number, last: number }} Axis days since 1970
 * @typedef {{ x: number, width: number }} Stretch percent of the axis
 */

/** @param {string} iso */
export function dayNumber(iso) {
    return Math.round(Date.parse(`${iso.slice(0, 10)}T00:00:00Z`) / DAY);
}

/** @param {number} day */
function isoDay(day) {
    return new Date(day * DAY).toISOString().slice(0, 10);
}

function round(value) {
    return Math.round(value * 100) / 100;
}

/**
 * From the first day asked for to today or the end of what is expected, and a little more.
 * A limit far ahead would squeeze the past: it counts only up to a third of the past.
 *
 * @param {Object} rhythm
 * @returns {Axis}
 */
export function makeAxis({ first_day, today, purchases = [], expected, dormant_on }) {
    const now = dayNumber(today);
    const days = purchases.map((purchase) => dayNumber(purchase.on));
    const first = Math.min(first_day ? dayNumber(first_day) : now, now - 1, ...days);
    const reach = now + (now - first) / 3;
    let last = Math.max(now, ...days);
    if (expected) {
        last = Math.max(last, dayNumber(expected.to || expected.on));
    }
    if (dormant_on && dayNumber(dormant_on) <= reach) {
        last = Math.max(last, dayNumber(dormant_on));
    }
    return { first, last: last + Math.max(1, Math.ceil((last - first) * 0.02)) };
}

/**
 * @param {Axis} axis
 * @param {string} iso
 * @returns {number} 0 to 100
 */
export function place(axis, iso) {
    const share = (dayNumber(iso) - axis.first) / (axis.last - axis.first);
    return round(100 * Math.min(1, Math.max(0, share)));
}

/**
 * @param {Axis} axis
 * @param {string} iso
 */
export function isOnAxis(axis, iso) {
    const day = dayNumber(iso);
    return axis.first <= day && day <= axis.last;
}

/**
 * @param {Axis} axis
 * @param {string} from
 * @param {string} to
 * @returns {Stretch | false} false when there is nothing between the two
 */
export function stretch(axis, from, to) {
    const x = place(axis, from);
    const width = round(place(axis, to) - x);
    return width > 0 && { x, width };
}

/**
 * The area of a dot is in proportion to its amount, the largest amount having the largest dot.
 *
 * @param {number[]} amounts
 * @param {{ min: number, max: number }} limits
 */
export function radii(amounts, { min, max }) {
    const largest = amounts.reduce((most, amount) => Math.max(most, amount || 0), 0);
    return amounts.map((amount) => {
        const share = largest > 0 ? Math.max(0, amount || 0) / largest : 0;
        return round(Math.max(min, max * Math.sqrt(share)));
    });
}

/**
 * First days of months, of which so many are named that they do not touch.
 *
 * @param {Axis} axis
 * @param {number} most names
 * @returns {{ on: string, x: number, named: boolean, isYear: boolean }[]}
 */
export function ticks(axis, most) {
    const months = [];
    const start = new Date(axis.first * DAY);
    let index = start.getUTCFullYear() * 12 + start.getUTCMonth();
    for (;;) {
        const day = Math.round(Date.UTC(Math.floor(index / 12), index % 12, 1) / DAY);
        if (day > axis.last) {
            break;
        }
        if (day >= axis.first) {
            months.push({ index, on: isoDay(day) });
        }
        index++;
    }
    const step =
        MONTHS_PER_TICK.find((size) => months.length <= size * most) || MONTHS_PER_TICK.at(-1);
    return months
        .map((month) => ({
            on: month.on,
            x: place(axis, month.on),
            named: month.index % step === 0,
            isYear: month.index % 12 === 0,
        }))
        .filter((month) => month.named || (step < 12 && months.length <= 48));
}

/**
 * Of the dots that share a place, the largest: what hides behind it need not be drawn.
 *
 * @template {{ x: number, r: number }} T
 * @param {T[]} dots in order
 * @param {number} step percent of the axis that counts as one place
 * @returns {T[]}
 */
export function thinOut(dots, step) {
    const largest = new Map();
    for (const dot of dots) {
        const where = Math.floor(dot.x / step);
        if (!(largest.get(where)?.r >= dot.r)) {
            largest.set(where, dot);
        }
    }
    return [...largest.values()];
}

/**
 * Everything there is to draw.
 *
 * @param {Object} rhythm value of the field
 * @param {{ min: number, max: number, ticks: number }} limits radii and number of tick names
 */
export function layOut(rhythm, limits) {
    const purchases = [...(rhythm.purchases || [])].sort((a, b) => dayNumber(a.on) - dayNumber(b.on));
    const axis = makeAxis({ ...rhythm, purchases });
    const sizes = radii(
        purchases.map((purchase) => purchase.amount),
        limits
    );
    const { today, expected } = rhythm;
    const silentSince = purchases.at(-1)?.on || isoDay(axis.first);
    const mark = (on) => Boolean(on) && isOnAxis(axis, on) && { on, x: place(axis, on) };
    const expectedEnd = expected && (expected.to || expected.on);
    const lateSince = expected && (expectedEnd > silentSince ? expectedEnd : silentSince);
    return {
        dots: purchases.map((purchase, index) => ({
            ...purchase,
            x: place(axis, purchase.on),
            r: sizes[index],
        })),
        silence: stretch(axis, silentSince, today),
        expected: expected && {
            x: place(axis, expected.on),
            band: stretch(axis, expected.from || expected.on, expectedEnd),
        },
        late: lateSince ? stretch(axis, lateSince, today) : false,
        today: place(axis, today),
        dormant: mark(rhythm.dormant_on),
        lost: mark(rhythm.lost_on),
        ticks: limits.ticks ? ticks(axis, limits.ticks) : [],
    };
}
