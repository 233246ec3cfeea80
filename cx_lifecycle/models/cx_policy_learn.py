"""What a policy learns from the company's past: rhythms, seasons, and when to ask a person."""

import itertools
import json

from odoo import api, models
from odoo.tools import SQL, format_date

from ..engine import fit, rhythm, season
from .cx_policy_limits import ENOUGH_BUYERS, LEARNED
from .scopes import everybody

FIT_SILENCES = 10_000
# A refit that would change the stage of more than this share of customers waits for a person.
MOVING_SHARE = 0.10


def purchases_until(days, on):
    """SELECT of partner_id and day of what was bought up to a day.

    :param SQL days: SELECT of partner_id, day, amount (see ``cx.purchase.source._days``)
    """
    return SQL("SELECT partner_id, day FROM (%s) d WHERE amount > 0 AND day <= %s", days, on)


class CxPolicy(models.Model):
    _inherit = "cx.policy"

    def _learn(self, days, on):
        """Fit seasons, clock and return curves to the company's own past.

        :param SQL days: SELECT of partner_id, day, amount (see ``cx.purchase.source._days``)
        :param date on: later purchases are not known yet
        """
        self.ensure_one()
        past = purchases_until(days, on)
        first = self._first_day(past)
        self._learn_past(past, first, on)
        self.sudo().history_from = first  # sudo: nobody else writes what was learned
        self._hand_on()

    def _first_day(self, past):
        """Day of the first of some purchases, or None."""
        [(first,)] = self.env.execute_query(SQL("SELECT min(day) FROM (%s) p", past))
        return first

    def _learn_past(self, past, first, on):
        """The same of this version alone.

        :param SQL past: SELECT of partner_id and day of purchases, the first of them on ``first``
        """
        learned = {"season_weights": self._seasons(past, first, on)}
        self.sudo().write(learned)  # sudo: nobody else writes what was learned
        self._wind()
        learned = {**self._fit(past, on), "fitted_for": self._fitted_for()}
        self.sudo().write(learned)  # sudo: as above
        for segment in self.segment_ids:
            self._learn_segment(segment, past, on)

    def _fit(self, past, on, start=None, usual=None):
        """Values of the learned fields.

        Customers are sampled by a fixed hash of their id, so that the same past gives the
        same parameters, and in such number that about ``FIT_SILENCES`` silences remain.

        :param SQL past: SELECT of partner_id and day of purchases
        :param start: centre of the prior; the built-in one when empty
        :param usual: the median gap to use as long as the customers have too few of their own
        """
        [(count,)] = self.env.execute_query(SQL("SELECT count(*) FROM (%s) p", past))
        share = min(1.0, FIT_SILENCES / max(count, 1))
        rows = self.env.execute_query(
            SQL(
                "SELECT array_agg(day ORDER BY day) FROM (%s) p"
                " WHERE abs(hashint4(partner_id) %% 1000000) < %s GROUP BY partner_id"
                " ORDER BY partner_id",
                past,
                round(share * 1_000_000),
            )
        )
        clock = self._clock_units()
        histories = [fit.silences(dates, on, clock) for (dates,) in rows]
        silences = list(itertools.chain.from_iterable(histories))
        gaps = [silence.days for silence in silences if silence.closed]
        median = fit.median_gap(gaps) if usual is None or len(gaps) >= fit.ENOUGH_GAPS else usual
        learned = fit.fit(silences, median, start or rhythm.DEFAULT_THETA)
        buyers = round(sum(len(dates) > 1 for (dates,) in rows) / share)
        return {
            "median_gap": median,
            "theta": list(learned.theta),
            "fitted_on": on,
            "fitted_silences": learned.silences,
            "buyers": buyers,
            "learned_from": "company" if buyers >= ENOUGH_BUYERS else "builtin",
        }

    def _learn_segment(self, segment, past, on):
        """The segment's own rhythm when it has buyers enough, else the company's."""
        members = self._members(segment.domain, everybody)
        theirs = SQL("SELECT * FROM (%s) p WHERE partner_id IN %s", past, members)
        own = self._fit(theirs, on, self.theta, self.median_gap)
        if own["buyers"] >= ENOUGH_BUYERS:
            own["learned_from"] = "segment"
        else:
            own |= {name: self[name] for name in ("median_gap", "theta", "learned_from")}
        # sudo: nobody else writes what was learned
        segment.sudo().write({**own, "fitted_for": self._fitted_for(segment.domain)})

    def _fitted_for(self, domain=None):
        """What a fit depends on besides the purchases: whose they are, and the clock."""
        return json.dumps([domain, self.clock_key])

    def _learn_missing(self):
        """Learn what changed rules need and nobody has learned yet: clocks, segments' rhythms.

        With ``cx_no_learning`` in the context that is left to whoever makes the version.
        """
        self.ensure_one()
        if self.env.context.get("cx_no_learning"):
            return
        today = self.env["cx.customer"]._today(self.company_id)
        days = self.env["cx.purchase.source"]._days
        self._wind()
        unknown_seasons = self.season_clock and not self.season_weights
        if unknown_seasons or (self.fitted_for or self._fitted_for()) != self._fitted_for():
            self._learn(days(self.company_id), today)
        for segment in self.segment_ids:
            if segment.fitted_for != self._fitted_for(segment.domain):
                # only their documents are read
                theirs = days(self.company_id, self._segment_scope(segment))
                past = purchases_until(theirs, today)
                self._learn_segment(segment, past, today)

    def _segment_scope(self, segment):
        def scope(partner):
            return SQL("%s IN %s", partner, self._members(segment.domain, everybody))

        return scope

    def _seasons(self, past, first, on):
        """How much a day of each month counts, or False; asked for only where it is used."""
        if not (self.season_clock and first):
            return False
        counts = {
            (year, month): number
            for year, month, number in self.env.execute_query(
                SQL(
                    "SELECT extract(year FROM day)::int, extract(month FROM day)::int,"
                    " count(*)::int FROM (%s) p GROUP BY 1, 2",
                    past,
                )
            )
        }
        weights = season.weights(counts, first, on, self._closed())
        return list(weights) if weights else False

    def _hand_on(self):
        """Drafts follow what the published version learns: they are simulated and published so.

        One that waits with a refit of its own keeps its rhythm. A draft hands on nothing: it
        must not tell the published version of a past that it has not seen itself.
        """
        if self.state != "published":
            return
        drafts = self.search([("company_id", "=", self.company_id.id), ("state", "=", "draft")])
        # sudo: as for fits
        drafts.sudo().history_from = self.history_from
        for draft in drafts.filtered(lambda draft: not draft.refit):
            draft._take_rhythm(self)

    def _take_rhythm(self, other):
        """The rhythm, as another version of the same company learned it."""
        names = (*LEARNED, "fitted_for", "season_weights", "history_from")
        # sudo: as for fits
        self.sudo().write({name: other[name] for name in names})
        self._learn_missing()

    # ------------------------------------------------------------------ refit
    @api.model
    def _cron_refit(self):
        """Ask every month for a refit to what has been bought since."""
        working = [("state", "=", "published"), ("company_id.active", "=", True)]
        if companies := self.search(working).company_id:
            self.env["cx.run"]._request("refit", companies)

    def _refit(self, days, on):
        """Learn again; what would move too many becomes a draft that a person decides on.

        :return: whether the new rhythm is in force, and whether its clock is another one
        """
        waiting = [
            ("company_id", "=", self.company_id.id), ("state", "=", "draft"),
            ("refit", "=", True), ("edition", "=", 1), ("tonight", "=", False),
        ]  # fmt: skip
        self.search(waiting).unlink()
        day = format_date(self.env, on, date_format="medium")
        # its conditions are looked at as those of this version are
        name = self.env._("Refit of %s", day)
        trial = self._draft_from(name=name, refit=True, user_id=self.user_id.id)
        trial._learn(days, on)
        moving, customers = trial._differences(self, on)
        share = moving / customers if customers else 0.0
        if share > MOVING_SHARE:
            trial._wait_for_a_person(share)
            return False, False
        recount = trial.clock_key != self.clock_key
        self._adopt(trial)
        trial.unlink()
        self.message_post(
            body=self.env._(
                "Refit: usual interval %(gap)s days; the stage of %(share)s%% of the customers "
                "changes.",
                gap=round(self.median_gap, 1), share=round(100 * share, 1),
            )
        )  # fmt: skip
        return True, recount

    def _adopt(self, trial):
        """Take over what a copy of this version has learned."""
        for own, learned in zip(
            (self, *self.segment_ids), (trial, *trial.segment_ids), strict=True
        ):
            own.write({name: learned[name] for name in (*LEARNED, "fitted_for")})
        self.write({name: trial[name] for name in ("season_weights", "history_from")})
        self._wind()
        self._hand_on()

    def _wait_for_a_person(self, share):
        """Tell whoever is responsible that a refit waits, and why."""
        note = self.env._(
            "The monthly refit would change the stage of %(share)s%% of the customers, so it "
            "was not applied. Look at who would move, then publish or delete this draft.",
            share=round(100 * share),
        )
        self.message_post(body=note)
        self._ask(self.based_on_id.user_id, self.env._("Refit waits for a decision"), note)

    def _ask(self, author, summary, note):
        """Put something on the list of its author, or of an administrator of the company."""
        administrators = self.env.ref("cx_lifecycle.group_admin").all_user_ids
        people = administrators.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        if person := author & people or people[:1]:
            self.activity_schedule(
                "mail.mail_activity_data_todo", user_id=person.id, note=note, summary=summary
            )
