"""Why a customer takes part in a campaign, or not: the tests of the entry, one by one.

They are those that let customers in, asked of one customer; only the words are made here. What a
rep is told does not say who is held out: whoever knew would treat them differently, and the
comparison would be worth nothing.
"""

from typing import Any, NamedTuple

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models import cx_policy_domain as domains

from .cx_campaign_act_actions import MARKETER
from .cx_campaign_cause import Cause
from .cx_campaign_entry import address


class Check(NamedTuple):
    """One line of an explanation, in the reader's language."""

    code: str
    met: bool | None  # None: says something, decides nothing
    label: str  # a statement that is true
    value: str = ""
    record: Any = None  # the participation, act or campaign to look at
    level: int = 0  # steps that follow others stand deeper


class Facts(NamedTuple):
    """What is known today of one customer and one campaign."""

    excluded: dict  # reason → whether it holds, in the order of the entry
    cause: bool  # what starts the campaign has happened
    present: bool  # it had happened at the launch
    future: bool  # it happened since then, and the customer did it
    fits: bool | str  # the author's condition; a text tells why it could not be asked
    entered: Any  # the participation for this very cause, whoever may see it
    under_way: Any  # the participation that is under way, whoever may see it
    held_out_before: bool  # in any participation, also one that has ended
    email: str
    arm: str | None


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    def _explain(self, customer, run=None):
        """Why a customer takes part in this campaign, or not.

        :param customer: one ``cx.customer`` of the campaign's company
        :param run: the participation that is asked about; the last one when empty
        :return: (sentence, [Check])
        :raise AccessError: the campaign or the customer is not for this reader
        """
        self.ensure_one()
        customer.ensure_one()
        self.check_access("read")
        customer.check_access("read")
        asked = bool(run)
        run = run or self.env["cx.campaign.run"].search(
            [("campaign_id", "=", self.id), ("customer_id", "=", customer.id)], limit=1
        )
        checks = []
        if not asked and run.state != "running":  # who takes part is not asked in again
            checks = self._explain_entry(customer)
        sentence = self._sentence(customer, run, checks)
        return sentence, [*checks, *run._explain()]

    def _explain_short(self, customer):
        """One line that tells whether a customer takes part in this campaign, or why not."""
        sentence, checks = self._explain(customer)
        failing = next((check for check in checks if check.met is False), None)
        if failing:
            value = failing.label
            if failing.value:
                value = self.env._("%(field)s: %(text)s", field=value, text=failing.value)
            return Check(failing.code, False, self.name, value, self)
        under_way = any(check.code == "end" and check.met is None for check in checks)
        return Check("campaign", under_way or None, self.name, sentence, self)

    def _explain_entry(self, customer):
        """The tests of the entry, in the order in which they are made."""
        facts = self._facts(customer)
        started = [self._explain_state(), *self._explain_cause(customer, facts)]
        hidden = "held_out" in (facts.entered | facts.under_way).mapped("arm") or (
            # that it took part lately would tell as much: of who was treated there is more to see
            facts.held_out_before and facts.excluded.get("cooldown")
        )
        if hidden and not self.env.user.has_group(MARKETER):
            return [*started, Check("chosen", False, self.env._("Not chosen for this campaign"))]
        return [*started, *self._explain_reasons(customer, facts), self._explain_arm(facts)]

    # ------------------------------------------------------------------- facts
    def _facts(self, customer):
        """Ask what the entry asks, of one customer. Who may ask was checked."""
        self._flush_entry()
        for model in ("cx.campaign.run", "cx.campaign.act"):
            self.env[model].flush_model()
        # sudo: of a customer that the reader may read, by the campaign's own conditions
        campaign, customer = self.sudo(), customer.sudo()
        today = customer._today(campaign.company_id)
        runs = campaign.env["cx.campaign.run"].search(
            [("campaign_id", "=", campaign.id), ("customer_id", "=", customer.id)]
        )
        reasons, conditions = zip(*campaign._entry_checks(), strict=True)
        holds = campaign._about(
            customer,
            SQL(", ").join([SQL("coalesce(%s, false)", check) for check in conditions]),
            SQL("%s AS email", address("p")),
        )
        cause = campaign._cause(today)
        found = campaign._about(
            customer, cause.key, cause.present, cause.future, campaign._not_drawn(cause.year),
            cause=cause,
        )  # fmt: skip
        key, present, future, not_drawn = found or (None, False, False, None)
        fits = campaign._fits(customer.partner_id)
        arm, twin = (None, False) if isinstance(fits, str) else campaign._would_be(customer)
        excluded = dict(zip(reasons, holds, strict=False))
        if found and "not_drawn" in excluded:  # by the year of what happened, as on entry
            excluded["not_drawn"] = not_drawn
        if campaign._writes_only():
            excluded["duplicate"] = twin
        return Facts(
            excluded=excluded,
            cause=bool(found),
            present=bool(present),
            future=bool(future),
            fits=fits,
            entered=runs.filtered(lambda run: run.entry_key == key)[:1],
            under_way=runs.filtered(lambda run: run.state == "running")[:1],
            held_out_before="held_out" in runs.mapped("arm"),
            email=holds[-1] or "",
            arm=arm,
        )

    def _about(self, customer, *columns, cause=None):
        """What SQL says of one customer; None when the cause, if one is given, is not there."""
        rows = self.env.execute_query(
            SQL(
                "SELECT %(columns)s FROM cx_customer c LEFT JOIN res_partner p"
                " ON p.id = c.partner_id LEFT JOIN cx_episode e ON e.customer_id = c.id"
                " AND e.left_on IS NULL %(joins)s WHERE c.id = %(id)s AND %(when)s LIMIT 1",
                columns=SQL(", ").join(columns),
                joins=cause.joins if cause else SQL(),
                id=customer.id,
                when=cause.when if cause else SQL("true"),
            )
        )
        return rows[0] if rows else None

    def _would_be(self, customer):
        """The arm a customer would be in, and whether another participant has its address."""
        chosen = Cause(SQL("c.id = %s", customer.id), SQL("'why'"), SQL("true"), SQL("true"))
        rows = self.env.execute_query(
            SQL("SELECT arm, excluded FROM (%s) AS judged", self._judged(chosen, "chosen"))
        )
        [(arm, excluded)] = rows or [(None, None)]
        return arm, excluded == "duplicate"

    def _fits(self, partner):
        """Whether the author's condition holds for a contact; why it could not be asked, if so."""
        try:
            condition = domains.parsed(self.domain) & Domain("id", "=", partner.id)
            return bool(self._as_author("res.partner").search_count(condition))
        except (UserError, ValueError) as error:  # the author left, or the field did
            return str(error)

    # ------------------------------------------------------------------- tests
    def _explain_state(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        since = self.launched_on and self.env["cx.customer"]._day(self.launched_on)
        return Check(
            "running",
            self.state == "running",
            self.env._("The campaign is running")
            if self.state == "running"
            else self.env._("The campaign is not running: %s", labels[self.state]),
            self.env._("Launched on %s", since) if since else self.env._("Not launched yet"),
        )

    def _explain_cause(self, customer, facts):
        """What starts the campaign, when, the author's condition, and whether it was used up."""
        if not customer.stage_id:
            return [Check("no_stage", False, self.env._("No customer: it has no stage"))]
        if self.entry == "manual":
            checks = [Check("cause", None, self.env._("Nobody enters by itself, only by hand"))]
        else:
            checks = [
                Check(
                    "cause",
                    facts.cause,
                    self.env._("What starts the campaign has happened")
                    if facts.cause
                    else self.env._("What starts the campaign has not happened"),
                    self._cause_words(customer),
                )
            ]
        if facts.cause and not facts.entered:
            checks.append(self._explain_time(customer, facts))
        checks.append(self._explain_condition(facts))
        # sudo: whether it is the reader's to see is asked where it is shown
        run = facts.entered.sudo(False)._filtered_access("read")
        if run:
            words = self._moment(run.entered_at)
            checks.append(
                Check("entered", False, self.env._("Entered for this very cause"), words, run)
            )
        return checks

    def _explain_time(self, customer, facts):
        """Whether it happened when this campaign looks for it."""
        members = dict(self._fields["members"]._description_selection(self.env))[self.members]
        episode = customer.sudo().episode_ids[:1]  # sudo: the stay of a customer one may read
        if facts.future:
            met, label = self.members != "present", self.env._("It happened since the launch")
        elif facts.present:
            met, label = self.members != "future", self.env._("It had happened before the launch")
        elif self.entry in ("becomes", "in_stage") and episode.silent:
            met, label = False, self.env._("The rules changed, not the customer")
        elif self.entry in ("becomes", "in_stage") and episode.rebuilt:
            met, label = False, self.env._("Rebuilt from past purchases, not lived through")
        else:
            met, label = False, self.env._("It happened too long ago")
        return Check("time", met, label, members)

    def _explain_condition(self, facts):
        # sudo: the author's name, nothing else
        author = self.env._("asked with the rights of %s", self.user_id.sudo().name)
        if facts.fits is True:
            return Check("condition", True, self.env._("The campaign's condition holds"), author)
        return Check(
            "condition", False, self.env._("The campaign's condition does not hold"),
            facts.fits or author,
        )  # fmt: skip

    def _explain_reasons(self, customer, facts):
        labels = dict(
            self.env["cx.campaign.run"]._fields["reason"]._description_selection(self.env)
        )
        passed = self._passed_words()
        return [
            Check(
                reason,
                not holds,
                labels[reason] if holds else passed.get(reason) or labels[reason],
                self._reason_words(reason, holds, customer, facts),
            )
            for reason, holds in facts.excluded.items()
        ]

    def _explain_arm(self, facts):
        if not self.env.user.has_group(MARKETER):
            return Check("arm", None, self.env._("Chosen on entry"))
        words = self._share_words()
        if facts.arm == "held_out":
            return Check("arm", None, self.env._("Would be held out, to compare with"), words)
        if facts.arm == "treated":
            return Check("arm", None, self.env._("Would be treated"), words)
        return Check("arm", None, self.env._("Chosen on entry"), words)

    def _held_out_share(self):
        """The share of those who enter that is held out, by the campaign or by the company."""
        # sudo: a setting of the company, which its users may know
        everywhere = self.company_id.sudo().cx_holdout_share
        return 1 - (1 - self.holdout_share) * (1 - everywhere)

    def _share_words(self):
        share = self.env["cx.customer"]._percent(self._held_out_share())
        return self.env._("%s of those who enter are held out", share)

    # ---------------------------------------------------------------- sentence
    def _sentence(self, customer, run, checks):
        """The answer in one sentence."""
        name = customer.display_name
        if run.state == "running":
            return run._sentence()
        failing = next((check for check in checks if check.met is False), None)
        if failing and run:
            return self.env._(
                "%(before)s Not again: %(why)s.", before=run._sentence(), why=failing.label
            )
        if failing:
            return self.env._("%(name)s does not take part. %(why)s.", name=name, why=failing.label)
        if not checks:
            return run._sentence()
        if self.entry == "manual":
            return self.env._("%s does not take part: nobody let it in.", name)
        if self.problem:
            return self.env._(
                "Nothing keeps %(name)s out, but the last look failed: %(problem)s",
                name=name, problem=self.problem,
            )  # fmt: skip
        seen = self.last_entry_at and self._moment(self.last_entry_at)
        if seen:
            return self.env._(
                "%(name)s enters at the next look; the last one was on %(moment)s.",
                name=name, moment=seen,
            )  # fmt: skip
        return self.env._("%s enters at the first look.", name)
