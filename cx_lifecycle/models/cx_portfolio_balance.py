"""The balance of the portfolio, month by month: who came, who left, and what they are worth."""

from odoo import models
from odoo.fields import Date, Domain
from odoo.tools import format_date

from ..engine import balance
from .cx_customer import QUIET as GONE_QUIET
from .cx_episode import LIVING

CAME = ("new", "won_back")
LEFT = ("dormant", "lost", "withdrawn")
MOVES = (*CAME, *LEFT, "rules")


class CxPortfolio(models.AbstractModel):
    _inherit = "cx.portfolio"

    def _balance(self, frame, ledger):
        """Each month's movements and what they come to, and the same of the whole period."""
        months = [
            {
                "since": Date.to_string(since),
                "until": Date.to_string(until),
                "label": self._month_label(since),
                "partial": not whole,
                **self._moves_of(
                    frame,
                    [move for move in ledger.moves if move.month == since.replace(day=1)],
                    since,
                    until,
                ),
            }
            for since, until, whole in balance.months(frame.since, frame.last)
        ]
        total = self._moves_of(frame, ledger.moves, frame.since, frame.last)
        return {"months": months, "total": total, "sentence": self._balance_sentence(frame, total)}

    def _moves_of(self, frame, moves, since, until):
        """Movements of some days and what they come to.

        Those who came and those who left are told as positive numbers, what new rules moved
        with its sign; ``listed`` is the length of the list.
        """
        living = self.env["cx.episode"]._stage_ids()["living"]
        told, heads, money = {}, 0, 0.0
        for movement in MOVES:
            theirs = [move for move in moves if move.movement == movement]
            signs = [1 if move.after in living else -1 for move in theirs]
            number = sum(sign * move.number for sign, move in zip(signs, theirs, strict=True))
            worth = sum(sign * move.worth for sign, move in zip(signs, theirs, strict=True))
            heads, money = heads + number, money + worth
            sign = -1 if movement in LEFT else 1
            told[movement] = {
                "customers": sign * number,
                "worth": self._money(frame, sign * worth),
                "listed": sum(move.number for move in theirs),
                "list": self._moves_list(frame, movement, since, until),
            }
        return {"moves": told, "net": {"customers": heads, "worth": self._money(frame, money)}}

    def _moves_list(self, frame, movement, since, until):
        first, last = Date.to_string(since), Date.to_string(until)
        name = dict(self.env["cx.episode"]._fields["movement"]._description_selection(self.env))
        entered = [
            ("movement", "=", movement),
            ("entered_on", ">=", first),
            ("entered_on", "<=", last),
        ]
        if movement == "withdrawn":
            ended = [("ended", "=", True), ("stage_id.code", "in", list(LIVING)),
                     ("left_on", ">=", first), ("left_on", "<=", last)]  # fmt: skip
            entered = ["|", "&", "&", *entered, "&", "&", "&", *ended]
        return self._episode_list(frame, name[movement], *entered)

    # ------------------------------------------------------------------ words
    def _balance_sentence(self, frame, total):
        """What the period comes to, without what new rules moved, which is said apart."""
        moves = total["moves"]
        came, left = (sum(moves[name]["customers"] for name in names) for names in (CAME, LEFT))
        gained, gone = (sum(moves[name]["worth"] for name in names) for names in (CAME, LEFT))
        heads, worth = came - left, gained - gone
        period = self._period_words(frame)
        says = {
            "period": period[:1].upper() + period[1:],  # it begins the sentence
            "came": self._number(came),
            "left": self._number(left),
            "heads": self._number(heads, signed=True),
            "worth": self._amount(frame, worth, signed=True),
        }
        return " ".join([self._came_and_left(says, heads, worth), *self._rules_words(frame, moves)])

    def _came_and_left(self, says, heads, worth):
        if not (says["came"] != self._number(0) or says["left"] != self._number(0)):
            return self.env._("%(period)s: nobody came, nobody left.", **says)
        if heads < 0 and worth < 0:
            return self.env._(
                "%(period)s: %(came)s came, %(left)s left. Those who come do not replace those who "
                "leave (%(heads)s, %(worth)s a year).",
                **says,
            )
        if heads < 0:
            return self.env._(
                "%(period)s: %(came)s came, %(left)s left. Fewer customers, but those who come buy "
                "as much or more (%(heads)s, %(worth)s a year).",
                **says,
            )
        if worth < 0:
            return self.env._(
                "%(period)s: %(came)s came, %(left)s left. There are enough of those who come, but "
                "they buy less than those who leave (%(heads)s, %(worth)s a year).",
                **says,
            )
        return self.env._(
            "%(period)s: %(came)s came, %(left)s left. Those who come replace those who leave "
            "(%(heads)s, %(worth)s a year).",
            **says,
        )

    def _rules_words(self, frame, moves):
        rules = moves["rules"]
        if not rules["listed"]:
            return []
        return [
            self.env._(
                "New rules moved customers besides (%(heads)s, %(worth)s a year).",
                heads=self._number(rules["customers"], signed=True),
                worth=self._amount(frame, rules["worth"], signed=True),
            )
        ]

    def _period_words(self, frame):
        """The period in the reader's language: months where it is made of whole ones."""
        months = balance.months(frame.since, frame.last)
        if months and all(whole for *_days, whole in months):
            first, last = (
                format_date(self.env, months[i][0], date_format="MMMM yyyy") for i in (0, -1)
            )
        else:
            first, last = (format_date(self.env, day) for day in (frame.since, frame.last))
        if first == last:
            return first
        return self.env._("%(first)s to %(last)s", first=first, last=last)

    # --------------------------------------------------------------- at risk
    def _at_risk(self, frame, _ledger):
        """What is at risk with each salesperson: customers to call, as in the reps' list."""
        customers = self.env["cx.customer"]
        today = Date.to_string(frame.today)
        lately = Date.to_string(Date.subtract(frame.today, days=90))
        quiet = ["|", ("alert", "=", "late"), "&", ("stage_id.code", "=", GONE_QUIET[0]),
                 ("stage_since", ">", lately)]  # fmt: skip
        to_call = [("hold_until", "=", False), "|", ("snooze_until", "=", False),
                   ("snooze_until", "<=", today)]  # fmt: skip
        whose = [("company_id", "=", frame.company.id), *quiet, *to_call, *frame.domain]
        found = Domain(whose)
        if frame.ids is not None:
            found &= Domain("id", "in", frame.ids)
        groups = customers._read_group(found, ["user_id"], ["__count", "value_at_risk:sum"])
        reps = [
            {
                "user_id": user.id,
                # sudo: a colleague's name
                "name": user.sudo().name or self.env._("Nobody"),
                "customers": number,
                "value": self._money(frame, value),
                "list": {
                    "model": "cx.customer",
                    "domain": [*whose, ("user_id", "=", user.id)],
                    "name": user.sudo().name or self.env._("Nobody"),  # sudo: as above
                },
            }
            for user, number, value in groups
        ]
        return sorted(reps, key=lambda rep: (-rep["value"], rep["user_id"] or 0))
