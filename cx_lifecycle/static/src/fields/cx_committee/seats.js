import { serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatDay } from "../days";

/** What somebody thinks of the deal: a sign, and a word for those who do not see it. */
export const STANCES = [
    { value: "1", icon: "fa-thumbs-up", style: "text-success", label: _t("In favour") },
    { value: "0", icon: "fa-minus", style: "text-700", label: _t("Neutral") },
    { value: "-1", icon: "fa-thumbs-down", style: "text-danger", label: _t("Against") },
];

/**
 * Who sits there: a contact, or the name that somebody typed. One person may sit on several
 * seats, so two lines are the same person when their keys are the same.
 *
 * @param {Object} line values of a line
 */
export function personKey({ partner_id, name }) {
    return partner_id ? partner_id.id : (name || "").trim().toLowerCase();
}

/**
 * @param {Object[]} records lines of the committee
 * @param {Object} role
 * @param {string | number} [key] only the lines of this person
 */
export function linesOf(records, role, key) {
    return records.filter(
        ({ data }) =>
            data.role_id?.id === role.id && (key === undefined || personKey(data) === key)
    );
}

/** What to show of a line. */
export function describe(record) {
    const { data } = record;
    const name = data.partner_id?.display_name || data.name || _t("Unnamed");
    const stance = STANCES.find(({ value }) => value === data.stance) || false;
    const since = data.since ? _t("since %s", formatDay(serializeDate(data.since))) : "";
    const words = [stance && stance.label, since, data.note].filter(Boolean).join(" · ");
    return {
        record,
        id: record.id,
        partnerId: data.partner_id?.id || false,
        name,
        stance,
        note: data.note,
        since,
        words,
        title: [name, words].filter(Boolean).join(" · "), // long names are cut
    };
}

/** What makes a line anew, on this seat or on another. */
export function copyOf({ data }, fieldNames) {
    return Object.fromEntries(fieldNames.map((name) => [name, data[name]]));
}
