"""The numbers of a dry run: each is named by a code, and the code finds its list."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime

from ..models.codes import id_of
from ..models.cx_campaign_step import MAILS

DONE = Domain("what", "=", "act") & Domain("state", "=", "done")
MAIL = DONE & Domain("kind", "in", MAILS)
CALL = DONE & Domain("kind", "=", "activity")
NOT_DONE = Domain("what", "=", "act") & Domain("state", "=", "skipped")
# the numbers without any more words
CODES = {
    "enter": Domain("what", "=", "enter") & Domain("later", "=", False),
    "later": Domain("what", "=", "enter") & Domain("later", "=", True),
    "held_out": Domain("what", "=", "held_out"),
    "excluded": Domain("what", "=", "excluded") & Domain("later", "=", False),
    "later_excluded": Domain("what", "=", "excluded") & Domain("later", "=", True),
    "mail": MAIL,
    "call": CALL,
    "held": Domain("what", "=", "act") & Domain("held", "=", True),
}


def numbered(code):
    """The domain of the lines that a number counts, from its code; None when there is no such."""
    name, *words = code.split(" ")
    if not words:
        return CODES.get(name)
    if name in ("mail", "call") and len(words) == 1:
        return CODES[name] & Domain("day", "=", words[0])
    if name == "rep" and (user_id := id_of(words[0])):
        day = Domain("day", "=", words[1]) if words[1:] else Domain.TRUE
        return CALL & Domain("user_id", "=", user_id) & day
    if name == "excluded":
        return CODES[name] & Domain("reason", "=", words[0])
    if name == "act":
        return NOT_DONE & Domain("reason", "=", words[0])
    if name == "step" and len(words) == 2 and (step_id := id_of(words[0])):
        of_step = Domain("what", "=", "act") & Domain("step_id", "=", step_id)
        return of_step & Domain("state", "=", words[1])
    return None


class CxCampaignForecast(models.TransientModel):
    _inherit = "cx.campaign.forecast"

    @api.depends("campaign_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for forecast in self:
            forecast.display_name = self.env._("Dry Run of %s", forecast.campaign_id.name)

    @api.depends("line_ids")
    @api.depends_context("lang", "tz")
    def _compute_figures(self):
        for forecast in self:
            forecast.figures = {
                "since": format_datetime(self.env, forecast.since, dt_format="short"),
                "totals": forecast._totals(),
                "days": forecast._days(),
                "steps": forecast._steps(),
                "reps": forecast._reps(),
                "not_done": forecast._reasons("act"),
                "notes": list(forecast._notes()),
            }

    def action_lines(self, code):
        """List what one number counts.

        :param str code: as the numbers in ``figures`` have it
        """
        self.ensure_one()
        domain = numbered(code)
        if domain is None:
            raise UserError(self.env._("This number is not known: open the dry run again."))
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "cx.campaign.forecast.line",
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
            "domain": list(Domain("forecast_id", "=", self.id) & domain),
        }

    # ----------------------------------------------------------------- numbers
    def _count(self, domain, groupby):
        lines = self.env["cx.campaign.forecast.line"]
        here = Domain("forecast_id", "=", self.id) & domain
        return lines._read_group(here, groupby, ["__count"])

    def _totals(self):
        """Who enters, and what is done, as [{code, label, count, level}]."""
        labels = {
            "enter": self.env._("Enter now"),
            "later": self.env._("Will enter on a day that is known (estimated)"),
            "later_excluded": self.env._("Would enter on such a day, but are kept out today"),
            "held_out": self.env._("Held out, to compare with"),
            "excluded": self.env._("Do not enter now"),
            "mail": self.env._("Messages"),
            "call": self.env._("Activities"),
            "held": self.env._("Had to wait: too many messages in the period"),
        }
        totals = []
        for code, label in labels.items():
            count = self._count(CODES[code], [])[0][0]
            if count or code in ("enter", "mail", "call"):
                totals.append({"code": code, "label": label, "count": count, "level": 0})
            if code == "excluded":
                totals += [{**line, "level": 1} for line in self._reasons("excluded")]
        return totals

    def _reasons(self, what):
        """Why not, most often first: [{code, label, count}]."""
        labels = dict(
            self.env["cx.campaign.forecast.line"]._fields["reason"]
            ._description_selection(self.env)
        )  # fmt: skip
        rows = self._count(NOT_DONE if what == "act" else CODES[what], ["reason"])
        return [
            {"code": f"{what} {reason}", "label": labels[reason], "count": count}
            for reason, count in sorted(rows, key=lambda row: -row[1])
        ]

    def _days(self):
        """Each day with its messages and activities; those without are there too."""
        found = {}
        for name, domain in (("mail", MAIL), ("call", CALL)):
            for day, count in self._count(domain, ["day:day"]):
                found[day, name] = count
        days = [self.first + timedelta(days=n) for n in range((self.until - self.first).days + 1)]
        return [
            {
                "day": fields.Date.to_string(day),
                "label": format_date(self.env, day, date_format="EEE d MMM"),
                "mail": found.get((day, "mail"), 0),
                "call": found.get((day, "call"), 0),
            }
            for day in days
        ]

    def _steps(self):
        """What becomes of each step: [{id, name, when, done, skipped, waiting}]."""
        counts = {}
        for step, state, count in self._count(Domain("what", "=", "act"), ["step_id", "state"]):
            counts[step.id, state] = count
        states = ("done", "skipped", "waiting")
        return [
            {
                "id": step.id, "name": step.name, "when": step.when_text,
                **{state: counts.get((step.id, state), 0) for state in states},
            }
            for step in self.campaign_id._steps_in_use()
        ]  # fmt: skip

    def _reps(self):
        """Activities of each person, on the fullest day beside what that person takes a day."""
        days = {}
        for user, day, count in self._count(CALL, ["user_id", "day:day"]):
            days.setdefault(user, []).append((count, day))
        reps = []
        # sudo: how many calls a colleague takes a day
        room = {user: self._capacity(user.sudo()) for user in days}
        for user, found in days.items():
            count, day = max(found, key=lambda item: (item[0], -item[1].toordinal()))
            reps.append(
                {
                    "id": user.id, "name": user.name, "count": sum(n for n, _day in found),
                    "most": count, "day": fields.Date.to_string(day),
                    "label": format_date(self.env, day, date_format="EEE d MMM"),
                    "capacity": room[user], "over": sum(n > room[user] for n, _day in found),
                }
            )  # fmt: skip
        return sorted(reps, key=lambda rep: -rep["count"])

    def _capacity(self, user):
        # sudo: a setting of the company, which its users may know
        company = self.company_id.sudo()
        return user.cx_calls_per_day if user.cx_own_calls else company.cx_calls_per_day

    # ------------------------------------------------------------------- words
    def _notes(self):
        """What was assumed, in sentences."""
        campaign = self.campaign_id
        yield self.env._(
            "Nobody reacts: nobody opens, clicks, answers or buys, and planned activities stay "
            "open. Each reaction changes what follows, and a purchase may end it."
        )
        yield self.env._(
            "As of today: opt-outs, conditions, salespeople, addresses and dates. Whoever is kept "
            "out today stays out."
        )
        if campaign.entry in ("going_quiet", "anniversary", "becomes", "in_stage"):
            yield self.env._(
                "Who enters later is estimated from the days that are known today: the date, or "
                "the day on which silence alone changes the stage. What people do until then is "
                "not known, and nobody enters for it here."
            )
        elif campaign.entry == "touchpoint":
            yield self.env._(
                "Later entries are those of touchpoints that are known already, whose days are not "
                "over yet. Nobody can know those to come."
            )
        else:
            yield self.env._("Later entries are not included: nobody can know them today.")
        if campaign.state == "draft" and campaign.members == "future":
            yield self.env._(
                "Those there now are counted, although they do not enter at the launch."
            )
        if campaign.draft_of_id:
            yield self.env._(
                "Only who enters by this version: what becomes of those under way is chosen when "
                "it is published."
            )
        elif campaign.state in ("draft", "paused"):
            yield self.env._("As if it were launched, or resumed, now.")
        yield self.env._(
            "Other campaigns: who takes part in them now is looked at, for the caps; who will "
            "enter them is not."
        )
