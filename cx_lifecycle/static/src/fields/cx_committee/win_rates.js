import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { formatInteger } from "@web/views/fields/formatters";

const CONFIDENCE = 0.95;
/** Closed deals before figures mean something, when the server does not say. */
const NEEDED = 30;

/** Answers of each server connection, by companies: figures do not change within a page. */
const answers = new WeakMap();

/**
 * How often deals are won with and without each role. Without an answer there are no
 * figures, and nothing else is missing.
 *
 * @param {Object} orm the service itself: another form may want the answer as well
 * @returns {Promise<Object | false>}
 */
export function loadWinRates(orm) {
    if (!answers.has(orm)) {
        answers.set(orm, new Map());
    }
    const known = answers.get(orm);
    const companies = String(user.context.allowed_company_ids);
    if (!known.has(companies)) {
        known.set(
            companies,
            orm.silent.call("cx.seat", "win_rates", []).catch(() => false)
        );
    }
    return known.get(companies);
}

/** @param {number} share 0 to 1 */
function percent(share) {
    return new Intl.NumberFormat(user.lang || "en-US", {
        style: "percent",
        maximumFractionDigits: 0,
    }).format(share);
}

/**
 * What the absence of each role has cost, where both sides are known.
 *
 * @param {Object} rates
 * @param {Object[]} roles
 */
export function winSentences(rates, roles) {
    return roles.flatMap(({ id, name }) => {
        const { with: seated, without: empty } = rates.roles?.[id] || {};
        if (!seated || !empty) {
            return [];
        }
        return {
            id,
            text: _t(
                "%(role)s: won %(without)s without, %(with)s with (%(confidence)s interval %(low)s to %(high)s)",
                {
                    role: name,
                    without: percent(empty.rate),
                    with: percent(seated.rate),
                    confidence: percent(CONFIDENCE),
                    low: percent(seated.low),
                    high: percent(seated.high),
                }
            ),
            title: _t(
                "Won without: %(empty_won)s of %(empty_deals)s deals. Won with: %(won)s of %(deals)s.",
                {
                    empty_won: formatInteger(empty.won),
                    empty_deals: formatInteger(empty.deals),
                    won: formatInteger(seated.won),
                    deals: formatInteger(seated.deals),
                }
            ),
        };
    });
}

/** @param {Object} rates */
export function tooFewDeals(rates) {
    return _t("Not enough deals yet for figures (%(deals)s of %(needed)s)", {
        deals: formatInteger(rates.deals),
        needed: formatInteger(rates.needed || NEEDED),
    });
}
