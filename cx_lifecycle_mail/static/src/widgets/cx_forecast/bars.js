/** Geometry of the bars, in units of the drawing. */
export const HEIGHT = 120;
export const SLOT = 14;
export const BAR = 10;

/**
 * Messages and activities of each day as bars, one above the other.
 *
 * @param {{day: string, label: string, mail: number, call: number}[]} days
 * @returns {{width: number, most: number, bars: Object[]}}
 */
export function layOutBars(days) {
    const most = Math.max(0, ...days.map(({ mail, call }) => mail + call));
    const tall = (number) => (most ? (number / most) * HEIGHT : 0);
    const bars = days.flatMap((day, place) => {
        const mail = tall(day.mail);
        const call = tall(day.call);
        return [
            { kind: "mail", y: HEIGHT - mail, height: mail },
            { kind: "call", y: HEIGHT - mail - call, height: call },
        ]
            .filter(({ height }) => height > 0)
            .map((bar) => ({ ...bar, key: `${bar.kind} ${day.day}`, x: place * SLOT, day }));
    });
    return { width: Math.max(days.length, 1) * SLOT, most, bars };
}
