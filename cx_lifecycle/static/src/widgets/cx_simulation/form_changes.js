/**
 * What a form holds and has not saved, read without disturbing who is typing.
 *
 * `record.getChanges()` is not used: it first takes over what is half typed and marks what
 * cannot be read as invalid.
 */

const CREATE = 0;
/** Guards a save, and says nothing about customers. */
const GUARD = "edition";

const isList = (record, name) => ["one2many", "many2many"].includes(record.fields[name]?.type);

/**
 * Read every value of a record, its lines included: who observes hears of each change.
 *
 * @param {Object} record
 */
export function readAll(record) {
    for (const [name, value] of Object.entries(record.data)) {
        if (isList(record, name)) {
            value.records.forEach(readAll);
        }
    }
}

/** Lines just added and still empty: a save leaves them out. */
function blankLines(list) {
    return list.records
        .filter((line) => line.canBeAbandoned && !line._checkValidity({ silent: true }))
        .map((line) => line._virtualId);
}

/**
 * What saving would write now, with lines as commands; waits for a running save or onchange.
 *
 * @param {Object} record
 * @returns {Promise<Object>}
 */
export function unsavedChanges(record) {
    return record.model.mutex.exec(() => {
        const changes = record._getChanges();
        delete changes[GUARD];
        for (const name of Object.keys(changes).filter((key) => isList(record, key))) {
            const blank = blankLines(record.data[name]);
            changes[name] = changes[name].filter(
                ([command, id]) => command !== CREATE || !blank.includes(id)
            );
            if (!changes[name].length) {
                delete changes[name];
            }
        }
        return changes;
    });
}
