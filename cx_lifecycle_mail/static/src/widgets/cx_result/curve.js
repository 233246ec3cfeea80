/** Geometry of the curve, in units of the drawing. */
export const WIDTH = 360;
export const HEIGHT = 120;

/**
 * Cumulated money per participant and day of each arm as lines over the same scale.
 *
 * @param {Object<string, number[]>} curve
 * @returns {{days: number, most: number, least: number, zero: number, lines: Object[]}}
 */
export function layOutCurve(curve) {
    const all = Object.values(curve).flat();
    const most = Math.max(0, ...all);
    const least = Math.min(0, ...all);
    const days = Math.max(1, ...Object.values(curve).map((values) => values.length));
    const y = (money) =>
        most > least ? HEIGHT - ((money - least) / (most - least)) * HEIGHT : HEIGHT;
    const x = (day) => (day / days) * WIDTH;
    const lines = Object.entries(curve).map(([arm, values]) => ({
        arm,
        last: values.at(-1) || 0,
        points: [0, ...values].map((money, day) => `${x(day)},${y(money)}`).join(" "),
    }));
    return { days, most, least, zero: y(0), lines };
}
