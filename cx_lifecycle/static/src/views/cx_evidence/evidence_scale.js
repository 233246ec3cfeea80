/** Where the points of the chart stand, in percent of it; the best satisfaction is at the top. */

const BEST = 10;
/** Kept free at the right and at both ends of the height, so that points and names fit. */
const MARGIN = { x: 6, y: 6 };

export function layOut({ points, mean, middle }) {
    const widest = Math.max(...points.map((point) => point.importance), 0.1);
    const x = (importance) => MARGIN.x + (importance / widest) * (100 - 2 * MARGIN.x);
    const y = (satisfaction) => MARGIN.y + (1 - satisfaction / BEST) * (100 - 2 * MARGIN.y);
    const placed = points.map((point) => ({
        ...point,
        x: round(x(point.importance)),
        y: round(y(point.satisfaction)),
    }));
    // the arrows walk from the most important to the least
    placed.sort((a, b) => b.importance - a.importance || a.satisfaction - b.satisfaction);
    return { points: placed, meanY: round(y(mean ?? BEST / 2)), middleX: round(x(middle)) };
}

function round(value) {
    return Math.round(value * 100) / 100;
}
