"""What a back-test asks of a policy: days to look back from, and the rules to compare it with."""

from odoo import models
from odoo.exceptions import ValidationError
from odoo.fields import Date
from odoo.tools import SQL, format_date

from .cx_policy_limits import DEFAULTS, LEARNED

# Whoever had been silent for longer before a cut is not judged: any rule calls them, and they
# would make any rule look good.
JUDGED_YEARS = 2
# With fewer customers a share is off by .07 and more, by chance alone.
FEWEST = 50
# So many cuts unless somebody chooses otherwise, a quarter apart, and at most.
CUTS, APART, MOST_CUTS = 4, 91, 12
# A cut that nobody chose has at least so much history before it.
HISTORY_DAYS, HISTORY_GAPS = 180, 3
SHORTEST, LONGEST = 1, 730  # days of horizon

# Numbers of days tried as a fixed rule.
NUMBERS = sorted({*range(30, 731, 10), 365})
# The rules compared with are as simple as can be: one for everybody, and every day counts.
PLAIN = {
    **{name: DEFAULTS[name] for name in ("intervals", "chance_limit", "lost_limit")},
    **{name: DEFAULTS[name] for name in ("dormant_multiple", "lost_multiple")},
    **{name: int(DEFAULTS[name]) for name in ("dormant_after", "lost_after", "floor_days")},
    "mode": "rhythm",
    "rarity_one_in": 1.0 / DEFAULTS["rarity_limit"],
    "ceiling_days": 0,
    "season_clock": False,
}


def fixed(days):
    """What a fixed rule says: dormant after so many days, lost after twice as many or a year."""
    return {"mode": "fixed", "dormant_after": days, "lost_after": max(365, 2 * days)}


def multiple(intervals):
    """The same with a multiple of the own usual interval; lost at three times it, as by default."""
    ratio = DEFAULTS["lost_multiple"] / DEFAULTS["dormant_multiple"]
    return {
        "mode": "multiple",
        "dormant_multiple": intervals,
        "lost_multiple": ratio * intervals,
    }


# What each setting says beyond PLAIN; the present policy and the best number are not known here.
SETTINGS = {
    "rhythm": {},
    "cautious": {"chance_limit": 1.0 / 3.0},
    "fixed_90": fixed(90),
    "fixed_180": fixed(180),
    "fixed_365": fixed(365),
    "multiple_1_5": multiple(1.5),
    "multiple_2": multiple(2.0),
    "multiple_3": multiple(3.0),
}
SEASON = {"season": {"season_clock": True}}


class CxPolicy(models.Model):
    _inherit = "cx.policy"

    def action_backtests(self):
        """List what was found out about the company's rules on its own past."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_backtests")
        return {**action, "domain": [("company_id", "=", self.company_id.id)]}

    # ------------------------------------------------------------------- days
    def _usual_horizon(self):
        """Three usual intervals, at least 30 and at most 365 days, as the chance looks ahead."""
        return round(min(max(DEFAULTS["intervals"] * self.median_gap, 30.0), 365.0))

    def _usual_cuts(self, on, horizon):
        """The days to look back from on a day, oldest first; empty with too little past."""
        first = self._first_purchase()
        history = max(HISTORY_DAYS, HISTORY_GAPS * self.median_gap)
        latest = Date.subtract(on, days=horizon)
        cuts = [Date.subtract(latest, days=APART * place) for place in reversed(range(CUTS))]
        return [
            cut
            for cut in cuts
            if first and (cut - first).days >= history and self._at_most_judged(cut) >= FEWEST
        ]

    def _first_purchase(self):
        """Day of the company's first purchase, as of the stored figures; None if unknown."""
        [(first,)] = self.env.execute_query(
            SQL(
                "SELECT min(first_purchase_on) FROM cx_customer WHERE company_id = %s",
                self.company_id.id,
            )
        )
        return first

    def _at_most_judged(self, cut):
        """How many customers may have bought in the years before a day, by the stored figures.

        Purchases are not read for it, so those who paused over these years count too.
        """
        [(customers,)] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM cx_customer WHERE company_id = %s"
                " AND first_purchase_on <= %s AND last_purchase_on > %s",
                self.company_id.id, cut, Date.subtract(cut, years=JUDGED_YEARS),
            )
        )  # fmt: skip
        return customers

    def _check_cuts(self, cuts, horizon, on):
        """Refuse days that nothing can be learned from, and say what to enter instead."""
        if not SHORTEST <= horizon <= LONGEST:
            raise ValidationError(
                self.env._(
                    "Horizon: %(days)s days is out of range. Enter a number from %(low)s to "
                    "%(high)s.",
                    days=horizon, low=SHORTEST, high=LONGEST,
                )
            )  # fmt: skip
        last, first = Date.subtract(on, days=horizon), self._first_purchase()
        if max(cuts) > last:
            raise ValidationError(
                self.env._(
                    "Latest Date: the %(days)s days after %(cut)s are not over yet. Enter "
                    "%(last)s or an earlier day, or a shorter horizon.",
                    days=horizon, cut=format_date(self.env, max(cuts)),
                    last=format_date(self.env, last),
                )
            )  # fmt: skip
        if not first or min(cuts) <= first:
            raise ValidationError(
                self.env._(
                    "Number of Dates: on %(cut)s nothing was known, as the first purchase is of "
                    "%(first)s. Enter fewer dates, fewer days between them, or a later latest "
                    "date.",
                    cut=format_date(self.env, min(cuts)),
                    first=format_date(self.env, first) if first else "–",
                )
            )  # fmt: skip
        for cut in cuts:
            self._check_enough(cut, self._at_most_judged(cut))

    def _check_enough(self, cut, customers):
        if customers < FEWEST:
            raise ValidationError(
                self.env._(
                    "Latest Date, Number of Dates: in the %(years)s years before %(cut)s only "
                    "%(customers)s customers bought. At least %(fewest)s are needed to tell "
                    "rules apart: enter later or fewer dates.",
                    years=JUDGED_YEARS, cut=format_date(self.env, cut), customers=customers,
                    fewest=FEWEST,
                )
            )  # fmt: skip

    # ------------------------------------------------------------------ rules
    def _has_seasons(self, past, first, on):
        """Whether what was bought up to a day tells the seasons."""
        return bool(self._plain(season_clock=True)._seasons(past, first, on))

    def _plain(self, **says):
        """The company's simplest rules, with what else they say, in memory only."""
        # not a copy of this one: records with one origin share their values
        own = {name: self[name] for name in ("company_id", "user_id", "history_days")}
        return self.browse().new({**own, **PLAIN, **says})

    def _rivals(self, past, first, on, number, seasonal):
        """The rules to compare, each as it would have been on a day, grouped by their clock.

        Nothing bought later is looked at. Rules with neither clock nor segments are records in
        memory. A clock is rows of ``cx.clock``, and segments keep what they learn, so for those
        there are drafts, as for a refit; the caller deletes them before the transaction ends,
        and nobody ever sees them.

        :param past: as for :meth:`_learn_past`
        :param number: days of the best fixed rule
        :return: ``[{setting: policy}]``, each with one clock, and the drafts among the policies
        """
        present = self._rehearsal(past, first, on)
        if present.clock_key:
            learned = self._plain()._fit(past, on)
        else:  # the same fit
            learned = {name: present[name] for name in LEARNED}
        plain = {
            setting: self._plain(**learned, **says, history_from=first)
            for setting, says in {**SETTINGS, "fixed_best": fixed(number)}.items()
        }
        drafts, groups = present, [{"present": present}]
        if present.clock_key:
            groups.append(plain)
        else:
            groups[0].update(plain)
        if seasonal:
            simple = {**PLAIN, **SEASON["season"], "segment_ids": [], "closure_ids": []}
            season = self._rehearsal(past, first, on, **simple)
            drafts |= season
            groups.append({"season": season})
        return groups, drafts

    def _rehearsal(self, past, first, on, **values):
        """A draft of this version, or with other values, that knows the past up to a day only."""
        quiet = self.with_context(cx_no_learning=True, tracking_disable=True)
        # conditions stay those of the policy's author; its own rules are not judged
        draft = quiet._draft_from(user_id=self.user_id.id, rule_ids=[], **values)
        draft._learn_past(past, first, on)
        draft.sudo().history_from = first  # sudo: nobody else writes what was learned
        return draft

    def _draft_of(self, says, name):
        """A draft with a setting as it was judged: without segments and closures."""
        return self._draft_from(name=name, segment_ids=[], closure_ids=[], **PLAIN | says)
