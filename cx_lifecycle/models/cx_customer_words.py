"""The sentences that explain a stage, made from figures in the reader's language."""

import math

from odoo import fields, models
from odoo.tools import format_date, formatLang


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def _verdict_sentences(self):
        """What a person, or the lack of purchases, decided."""
        if self.hold_until:
            yield self.env._(
                "Held as %(stage)s until %(until)s: %(reason)s.",
                stage=self.stage_id.name, until=self._day(self.hold_until),
                reason=(self.hold_reason or "").rstrip("."),
            )  # fmt: skip
        if self.declared_lost_on:
            yield self.env._(
                "Declared lost on %(day)s: %(reason)s.",
                day=self._day(self.declared_lost_on),
                reason=(self.declared_lost_reason or "").rstrip("."),
            )
        if self.rule_id:
            yield self.env._(
                "Your company's rule “%(rule)s” decides: %(stage)s.",
                rule=self.rule_id.sudo().name,  # sudo: the name of a rule, which explains
                stage=self.stage_id.name,
            )
        elif self.purchase_count == 0 and self.stage_id.code == "prospect":
            yield self.env._("An opportunity or a quotation is open. No purchase yet.")
        elif self.purchase_count == 0:
            yield self.env._(
                "Known, but nothing says yet that a sale is possible. No purchase yet."
            )

    def _rhythm_sentences(self, params):
        """The rhythm, the silence, the chance and what comes next."""
        if not params:
            return
        if params["usual"]:
            yield self.env._(
                "Buys every ~%(usual)s days (%(count)s purchases, %(regularity)s).",
                usual=params["usual"], count=params["count"],
                regularity=self._regularity(params["irregularity"]),
            )  # fmt: skip
            if params["rarity"] > 0.5:
                yield self.env._(
                    "Last purchase %(silence)s days ago: on time.", silence=params["silence"]
                )
            elif params["rarity"] >= 0.01:
                yield self.env._(
                    "Silent for %(silence)s days: of the customers with this rhythm who come back, "
                    "only 1 in %(number)s stays away this long.",
                    silence=params["silence"],
                    number=round(1 / params["rarity"]),
                )
            else:
                yield self.env._(
                    "Silent for %s days: of the customers with this rhythm who come back, fewer "
                    "than 1 in 100 stays away this long.",
                    params["silence"],
                )
        else:
            yield self.env._(
                "Bought once, %(silence)s days ago. Of the first-time buyers who come back, "
                "%(share)s were back by now.",
                silence=params["silence"],
                share=self._percent(1 - params["rarity"]),
            )
        if params["counted"] < params["silence"]:
            yield self.env._(
                "Of these days %s count, the others fall into closures or quiet months.",
                params["counted"],
            )
        yield self.env._(
            "Chance of a purchase in the next %(days)s days: %(chance)s.",
            days=params["horizon"],
            chance=self._percent(params["chance"]),
        )
        if self.hold_until or self.rule_id:
            return
        if self.stage_id.code in ("new", "active") and self.dormant_on:
            yield self.env._(
                "Becomes dormant on %s if nothing happens.", self._day(self.dormant_on)
            )
        elif self.stage_id.code == "dormant" and self.lost_on:
            yield self.env._("Becomes lost on %s if nothing happens.", self._day(self.lost_on))

    def _regularity(self, irregularity):
        if irregularity < 0.5:
            return self.env._("very regular")
        return self.env._("fairly regular") if irregularity < 0.9 else self.env._("irregular")

    def _short(self, params):
        """The reason in a few words, for lists and cards."""
        if self.alert == "late":
            late = (fields.Date.context_today(self) - self.next_purchase_on).days
            if params["usual"]:
                return self.env._(
                    "%(late)s d late, usual %(usual)s", late=late, usual=params["usual"]
                )
            return self.env._("%(late)s d late for a second purchase", late=late)
        if self.alert == "quiet" and params:
            if params["usual"]:
                return self.env._(
                    "silent %(silence)s d, usual %(usual)s",
                    silence=params["silence"], usual=params["usual"],
                )  # fmt: skip
            return self.env._("bought once, %(silence)s d ago", silence=params["silence"])
        if self.alert == "ok":
            return self.env._("expected %s", self._day(self.next_purchase_on))
        return dict(self._fields["reason"]._description_selection(self.env)).get(self.reason, "")

    def _tests(self, params, policy):
        """Each test of the policy: its value against its limit, and whether it is met."""
        if not params:
            return []
        limits = policy._limits_for(self.segment_id)
        mode = getattr(self, f"_tests_{limits.mode}")
        floor = (self.env._("Silence"), params["counted"], limits.floor_days)
        tests = [self._at_least(*floor), *mode(params, limits)]
        if limits.ceiling_days:
            always = self.env._("Silence (always dormant)")
            tests.append(self._at_least(always, params["counted"], limits.ceiling_days))
        return tests

    def _tests_rhythm(self, params, limits):
        yield self._at_most(
            self.env._("Returning customers still silent"),
            params["rarity"], 1 / limits.rarity_one_in,
        )  # fmt: skip
        yield self._at_most(
            self.env._("Chance within %s days", params["horizon"]),
            params["chance"], limits.chance_limit,
        )  # fmt: skip
        yield self._at_most(
            self.env._("Chance within a year (lost)"), params["chance_year"], limits.lost_limit
        )

    def _tests_fixed(self, params, limits):
        silence = params["counted"]
        yield self._at_least(self.env._("Silence (dormant)"), silence, limits.dormant_after)
        yield self._at_least(self.env._("Silence (lost)"), silence, limits.lost_after)

    def _tests_multiple(self, params, limits):
        usual = params["usual"] or round(limits.median_gap)
        for label, multiple in (
            (self.env._("Silence (dormant)"), limits.dormant_multiple),
            (self.env._("Silence (lost)"), limits.lost_multiple),
        ):
            limit = math.ceil(multiple * (self.usual_interval or limits.median_gap))
            text = self.env._(
                "at least %(limit)s days = %(multiple)s × %(usual)s",
                limit=limit, multiple=formatLang(self.env, multiple, digits=1), usual=usual,
            )  # fmt: skip
            yield self._at_least(label, params["counted"], limit) | {"limit": text}

    def _at_least(self, label, days, limit):
        return {
            "label": label,
            "value": self.env._("%s days", days),
            "limit": self.env._("at least %s days", limit),
            "met": days >= limit,
        }

    def _at_most(self, label, share, limit):
        return {
            "label": label,
            "value": self._percent(share, 1),
            "limit": self.env._("at most %s", self._percent(limit, 1)),
            "met": share <= limit,
        }

    # ---------------------------------------------------------------- words
    def _day(self, day):
        """A day in the reader's language, no month taken for a day: Mar 12, 2027."""
        return format_date(self.env, day, date_format="medium")

    def _percent(self, share, digits=0):
        """A share the way the reader's language writes it: 93.4%, 93,4 %."""
        number = formatLang(self.env, 100 * share, digits=digits)
        return self.env._("%(number)s%%", number=number)
