"""The verdict on a campaign in words, and the lists behind its numbers."""

import math

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Date, Domain
from odoo.tools import format_date, formatLang

from ..engine import effect
from .cx_campaign_result import ARMS, GROUPS

MOST_WEEKS = 104  # what lies further away is no plan


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    def _result_sentence(self, arms, answer):
        """What a marketer may say aloud about the campaign."""
        word = answer["verdict"]
        if word == "nobody":
            return self.env._(
                "Nobody is held out: nobody can tell what these customers would have bought anyway."
            )
        if word == "early" and not self._held_out_open():
            return self.env._("Too early: nobody who is held out has entered yet.")
        if word == "early":
            return self.env._(
                "Too early: the first window of %(days)s days ends on %(day)s.",
                days=self.result_days,
                day=format_date(self.env, answer["open"]["first"]),
            )
        # the words say what the verdict rests on, not the interval of one look
        sure = effect.always(*arms, self.planned_number)
        wait = self._wait(arms, answer["open"]["number"]) if word == "unknown" else ""
        if not sure:
            return self.env._(
                "Cannot tell yet: %(treated)s of those treated and %(held)s of those held out have "
                "bought, and it takes %(least)s of each. %(wait)s",
                treated=arms[0].buyers, held=arms[1].buyers, least=effect.LEAST, wait=wait,
            )  # fmt: skip
        money = {name: self._in_money(number) for name, number in sure._asdict().items()}
        if word == "gained":
            return self.env._(
                "Gained: each customer treated bought for %(value)s more than those held out "
                "(the truth lies between %(low)s and %(high)s), %(total)s in all.",
                total=self._in_money(answer["gain"]["value"]), **money,
            )  # fmt: skip
        if word == "lost":
            return self.env._(
                "Lost: each customer treated bought for %(less)s less than those held out (the "
                "difference lies between %(low)s and %(high)s), %(total)s in all.",
                less=self._in_money(-sure.value), low=money["low"], high=money["high"],
                total=self._in_money(-answer["gain"]["value"]),
            )  # fmt: skip
        return self.env._(
            "Cannot tell yet: %(value)s per participant so far, and the truth may lie anywhere "
            "between %(low)s and %(high)s. %(wait)s",
            wait=wait, **money,
        )  # fmt: skip

    def _held_out_open(self):
        """Whether the window of somebody who is held out is not over."""
        today = self.env["cx.customer"]._today(self.company_id)
        return self.env["cx.campaign.outcome"].search_count(
            [
                ("campaign_id", "=", self.id),
                ("arm", "=", "held_out"),
                ("window_ends_on", ">=", today),
            ],
            limit=1,
        )

    def _wait(self, arms, entered):
        """How long it takes at this pace until something can be told.

        :param entered: how many are in, and their window is not over
        """
        _word, more = effect.verdict(*arms, self.planned_number)
        if more is None:
            return self.env._("At this size of the difference, nobody can say when.")
        pace = self._pace()
        if more > entered and not pace:
            return self.env._(
                "About %s participants more are needed, and nobody enters.",
                formatLang(self.env, more, digits=0),
            )
        later = (more - entered) / pace if more > entered else 0
        # those inside are told as their windows end, evenly; later ones at the end of theirs
        own = self.result_days / 7 * min(more / entered, 1) if entered else self.result_days / 7
        weeks = max(math.ceil(later + own), 1)
        if weeks > MOST_WEEKS:
            return self.env._("At this pace it takes years: enter more customers, or end it.")
        return self.env._(
            "About %s more weeks at this pace.", formatLang(self.env, weeks, digits=0)
        )

    def _in_money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.company_id.currency_id)

    # ------------------------------------------------------------------ lists
    def action_result(self, code, arm=None, value=None):
        """List what a number of the result counts.

        :param str code: participants, buyers, open, window, last, link; or stage_id or segment
            with a ``value``
        :param str arm: treated or held_out, both when empty
        :raise UserError: there is no such number
        """
        self.ensure_one()
        self._check_marketer()
        if code == "link":
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Orders by a Link"),
                "res_model": "sale.order",
                "view_mode": "list,form",
                "domain": list(self._linked_orders()),
            }
        kind = int if code == "stage_id" else str
        known = isinstance(code, str) and (not value or isinstance(value, kind))
        found = self._behind_result(code, value) if known else None
        if found is None or arm not in (None, *ARMS):
            raise UserError(self.env._("Result: open the list from the campaign again."))
        if arm:
            found &= Domain("arm", "=", arm)
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle_mail.action_outcomes")
        return action | {"domain": list(found), "context": {}}

    def _behind_result(self, code, value):
        """Domain of the outcomes that a number counts; None when there is no such number."""
        if code == "open":
            today = self.env["cx.customer"]._today(self.company_id)
            return Domain("campaign_id", "=", self.id) & Domain(
                "window_ends_on", ">=", Date.to_string(today)
            )
        if code in GROUPS:
            return self._complete() & Domain(code, "=", value or False)
        more = {
            "participants": Domain.TRUE,
            "buyers": Domain("bought", "=", True),
            "window": Domain("arm", "=", "treated") & Domain("bought", "=", True),
            "last": Domain("arm", "=", "treated") & Domain("attributed", "!=", 0),
        }.get(code)
        return None if more is None else self._complete() & more
