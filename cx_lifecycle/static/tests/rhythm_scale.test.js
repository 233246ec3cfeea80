import { describe, expect, test } from "@odoo/hoot";
import {
    dayNumber,
    layOut,
    makeAxis,
    place,
    radii,
    stretch,
    thinOut,
    ticks,
} from "@cx_lifecycle/fields/cx_rhythm/rhythm_scale";

describe.current.tags("headless");

const LIMITS = { min: 3, max: 10, ticks: 6 };

/** 100 days end to end, so that percentages are days. */
const HUNDRED = { first: dayNumber("2026-01-01"), last: dayNumber("2026-04-11") };

test("days are counted without time zone, over months and leap years", () => {
    expect(dayNumber("1970-01-02")).toBe(1);
    expect(dayNumber("2028-03-01") - dayNumber("2028-02-28")).toBe(2);
    expect(dayNumber("2026-03-30") - dayNumber("2026-03-28")).toBe(2);
});

test("a day has its place in percent of the axis and never leaves it", () => {
    expect(place(HUNDRED, "2026-01-01")).toBe(0);
    expect(place(HUNDRED, "2026-01-26")).toBe(25);
    expect(place(HUNDRED, "2026-04-11")).toBe(100);
    expect(place(HUNDRED, "2025-01-01")).toBe(0);
    expect(place(HUNDRED, "2027-01-01")).toBe(100);
});

test("a stretch lies between two days, and is nothing when they are in the wrong order", () => {
    expect(stretch(HUNDRED, "2026-01-11", "2026-01-31")).toEqual({ x: 10, width: 20 });
    expect(stretch(HUNDRED, "2026-01-31", "2026-01-11")).toBe(false);
    expect(stretch(HUNDRED, "2026-01-31", "2026-01-31")).toBe(false);
});

test("the area of a dot follows the amount", () => {
    const [quarter, full] = radii([25, 100], { min: 1, max: 10 });
    expect(full).toBe(10);
    expect(quarter).toBe(5);
});

test("small, missing and negative amounts keep the smallest dot", () => {
    expect(radii([0.01, 0, -50, undefined, 1000], { min: 3, max: 10 })).toEqual([3, 3, 3, 3, 10]);
    expect(radii([0, 0], { min: 3, max: 10 })).toEqual([3, 3]);
    expect(radii([], { min: 3, max: 10 })).toEqual([]);
});

test("the axis ends after today, after the expected range and after a limit that is near", () => {
    const base = { first_day: "2026-01-01", today: "2026-10-28" }; // 300 days
    const end = (more) => makeAxis({ ...base, ...more }).last - dayNumber("2026-10-28");
    expect(end({})).toBe(6);
    expect(end({ expected: { on: "2026-11-10", to: "2026-11-27" } })).toBe(30 + 7);
    expect(end({ dormant_on: "2026-12-17" })).toBe(50 + 7);
    expect(end({ dormant_on: "2028-12-17" })).toBe(6, { message: "too far to be drawn" });
});

test("a purchase before the first day makes the axis longer", () => {
    const axis = makeAxis({
        first_day: "2026-01-01",
        today: "2026-06-01",
        purchases: [{ on: "2025-12-01" }],
    });
    expect(axis.first).toBe(dayNumber("2025-12-01"));
});

test("an axis is never empty", () => {
    const axis = makeAxis({ first_day: "2026-06-01", today: "2026-06-01" });
    expect(axis.last).toBeGreaterThan(axis.first);
});

test("tick names are few whatever the length", () => {
    for (const years of [1, 2, 5, 20]) {
        const axis = { first: dayNumber("2006-03-15"), last: dayNumber(2006 + years + "-03-15") };
        const named = ticks(axis, 6).filter((tick) => tick.named);
        expect(named.length).toBeWithin(1, 6);
        expect(named.some((tick) => tick.isYear)).toBe(true);
    }
});

test("one tick for each month when there is room", () => {
    expect(ticks(HUNDRED, 6).map((tick) => tick.on)).toEqual([
        "2026-01-01",
        "2026-02-01",
        "2026-03-01",
        "2026-04-01",
    ]);
});

test("silence runs from the last purchase to today, late from the end of what was expected", () => {
    const drawn = layOut(
        {
            first_day: "2026-01-01",
            today: "2026-04-11",
            purchases: [
                { on: "2026-02-20", amount: 100 },
                { on: "2026-01-31", amount: 25 },
            ],
            expected: { on: "2026-03-22", from: "2026-03-12", to: "2026-04-01" },
            dormant_on: "2026-04-06",
            lost_on: "2029-01-01",
        },
        LIMITS
    );
    // the axis is 100 days and a margin of 2
    const percent = (days) => Math.round((days / 102) * 10000) / 100;
    expect(drawn.dots.map((dot) => [dot.on, dot.x, dot.r])).toEqual([
        ["2026-01-31", percent(30), 5],
        ["2026-02-20", percent(50), 10],
    ]);
    expect(drawn.silence.x).toBe(percent(50));
    expect(drawn.silence.width).toBeCloseTo(percent(50), { margin: 0.02 });
    expect(drawn.expected.x).toBe(percent(80));
    expect(drawn.expected.band.x).toBe(percent(70));
    expect(drawn.late.x).toBe(percent(90));
    expect(drawn.late.width).toBeCloseTo(percent(10), { margin: 0.02 });
    expect(drawn.today).toBe(percent(100));
    expect(drawn.dormant.x).toBe(percent(95));
    expect(drawn.lost).toBe(false, { message: "years ahead: not drawn" });
});

test("nothing is late while the expected range is open, nothing silent on the day of a purchase", () => {
    const drawn = layOut(
        {
            first_day: "2026-01-01",
            today: "2026-04-11",
            purchases: [{ on: "2026-04-11", amount: 1 }],
            expected: { on: "2026-05-01", from: "2026-04-20", to: "2026-05-10" },
        },
        LIMITS
    );
    expect(drawn.late).toBe(false);
    expect(drawn.silence).toBe(false);
});

test("of dots in one place only the largest is kept", () => {
    const dots = [
        { x: 10.1, r: 2 },
        { x: 10.2, r: 5 },
        { x: 10.4, r: 3 },
        { x: 10.6, r: 1 },
    ];
    expect(thinOut(dots, 0.5)).toEqual([dots[1], dots[3]]);
    expect(thinOut([], 0.5)).toEqual([]);
});

test("500 purchases are laid out in order", () => {
    const purchases = [];
    for (let day = 500; day > 0; day--) {
        const on = new Date((dayNumber("2026-11-21") - day) * 86400000).toISOString().slice(0, 10);
        purchases.push({ on, amount: day % 37 });
    }
    const { dots } = layOut(
        { first_day: "2024-11-21", today: "2026-11-21", purchases: purchases.reverse() },
        LIMITS
    );
    expect(dots).toHaveLength(500);
    expect(dots.every((dot, index) => !index || dot.x >= dots[index - 1].x)).toBe(true);
});
