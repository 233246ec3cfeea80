import { describe, expect, test } from "@odoo/hoot";
import { placesFor, plantTree, withFollowers } from "@cx_lifecycle_mail/fields/cx_steps/steps_tree";

const STEPS = [
    { id: 1, parent_id: false },
    { id: 2, parent_id: 1 },
    { id: 3, parent_id: 2 },
    { id: 4, parent_id: 1 },
    { id: 5, parent_id: false },
];

/** Nested ids instead of nodes. */
function ids(nodes) {
    return nodes.map(({ step, children }) => [step.id, ids(children)]);
}

describe.current.tags("headless");

test("steps hang below the one they follow, in their order", () => {
    expect(ids(plantTree(STEPS))).toEqual([
        [
            1,
            [
                [2, [[3, []]]],
                [4, []],
            ],
        ],
        [5, []],
    ]);
    expect(plantTree([])).toEqual([]);
});

test("a step whose parent is missing is shown all the same", () => {
    expect(ids(plantTree(STEPS.slice(1)))).toEqual([
        [2, [[3, []]]],
        [4, []],
        [5, []],
    ]);
});

test("followers are found whatever the order", () => {
    expect([...withFollowers(STEPS, 1)].sort()).toEqual([1, 2, 3, 4]);
    expect([...withFollowers([...STEPS].reverse(), 1)].sort()).toEqual([1, 2, 3, 4]);
    expect([...withFollowers(STEPS, 5)]).toEqual([5]);
});

test("a step goes anywhere but where it is and below itself", () => {
    const places = (id) => {
        const { after, ...others } = placesFor(STEPS, id);
        return { after: after.map((step) => step.id), ...others };
    };
    expect(places(2)).toEqual({
        after: [4, 5],
        place: 1,
        isFirst: true,
        isLast: false,
        isOnEntry: false,
    });
    expect(places(5)).toEqual({
        after: [1, 2, 3, 4],
        place: 2,
        isFirst: false,
        isLast: true,
        isOnEntry: true,
    });
});
