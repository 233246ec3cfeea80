/**
 * Steps as they hang below each other, those of one place in the order they come in. A step whose
 * parent is not among them begins a tree of its own, so that none is ever hidden.
 *
 * @param {Object[]} steps
 * @returns {Object[]} nodes {step, children}
 */
export function plantTree(steps) {
    const nodes = new Map(steps.map((step) => [step.id, { step, children: [] }]));
    const roots = [];
    for (const node of nodes.values()) {
        const parent = nodes.get(node.step.parent_id);
        (parent ? parent.children : roots).push(node);
    }
    return roots;
}

/** The ids of a step and of all that hang below it. */
export function withFollowers(steps, stepId) {
    const found = new Set([stepId]);
    for (let size = 0; size !== found.size; ) {
        size = found.size;
        for (const step of steps) {
            if (found.has(step.parent_id)) {
                found.add(step.id);
            }
        }
    }
    return found;
}

/**
 * Where a step may go: places next to its neighbours, entry, and after each step that does not
 * follow it.
 */
export function placesFor(steps, stepId) {
    const own = steps.find((step) => step.id === stepId);
    const row = steps.filter((step) => step.parent_id === own.parent_id);
    const below = withFollowers(steps, stepId);
    return {
        place: row.indexOf(own) + 1,
        isFirst: row[0] === own,
        isLast: row.at(-1) === own,
        isOnEntry: !own.parent_id,
        after: steps.filter((step) => !below.has(step.id) && step.id !== own.parent_id),
    };
}
