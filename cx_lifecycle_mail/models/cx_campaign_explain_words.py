"""The words of why somebody takes part or not: from facts, in the reader's language."""

from odoo import fields, models
from odoo.tools import format_time


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    def _moment(self, moment):
        """A moment in the reader's language and time zone, no month taken for a day."""
        if not moment:
            return ""
        local = fields.Datetime.context_timestamp(self, moment)
        return self.env._(
            "%(day)s at %(time)s",
            day=self.env["cx.customer"]._day(local.date()),
            time=format_time(self.env, moment, time_format="short"),
        )

    # ------------------------------------------------------------------- cause
    def _cause_words(self, customer):
        """What starts this campaign, and how the customer stands today."""
        stands = ", ".join(getattr(self, f"_stands_{self.entry}")(customer))
        if not stands:
            return self._cause_asked()
        return self.env._("%(asked)s; now: %(stands)s", asked=self._cause_asked(), stands=stands)

    def _cause_asked(self):
        """What starts this campaign."""
        words = [self._cause_label()]
        if self.entry in ("becomes", "in_stage"):
            if self.from_stage_ids:
                before = ", ".join(self.from_stage_ids.mapped("name"))
                words.append(self.env._("coming from %s", before))
            if self.stage_days:
                words.append(self.env._("for %s days at least", self.stage_days))
        return ", ".join(words)

    def _cause_label(self):
        if self.entry == "becomes":
            return self.env._("the stage becomes %s", self.stage_id.name)
        if self.entry == "in_stage":
            return self.env._("the stage is %s", self.stage_id.name)
        if self.entry == "going_quiet" and self.quiet_by == "days":
            return self.env._("%s days before dormant", self.quiet_days)
        if self.entry == "going_quiet":
            return self.env._("the silence becomes rare")
        if self.entry == "first_purchase":
            return self.env._("the first purchase")
        if self.entry == "second_purchase":
            return self.env._("the second purchase")
        if self.entry == "touchpoint":
            return self._touchpoint_words()
        if self.entry == "warning" and self.warning_kind_ids:
            # sudo: the names of signs
            names = ", ".join(self.warning_kind_ids.sudo().mapped("name"))
            return self.env._("one of these signs: %s", names)
        if self.entry == "warning":
            return self.env._("a warning sign")
        # sudo: the name of a field
        date = self.date_field_id.sudo().field_description
        if self.date_days < 0:
            return self.env._("%(days)s days before the anniversary of “%(date)s”",
                              days=-self.date_days, date=date)  # fmt: skip
        return self.env._("%(days)s days after the anniversary of “%(date)s”",
                          days=self.date_days, date=date)  # fmt: skip

    def _stands_becomes(self, customer):
        stage = customer.stage_id.name
        yield self.env._("%(stage)s since %(day)s", stage=stage,
                         day=customer._day(customer.stage_since))  # fmt: skip
        episode = customer.sudo().episode_ids[:1]  # sudo: the stay of a customer one may read
        if before := episode.previous_stage_id.name:
            yield self.env._("coming from %s", before)

    _stands_in_stage = _stands_becomes

    def _stands_going_quiet(self, customer):
        yield customer.stage_id.name
        if self.quiet_by == "days" and customer.dormant_on:
            yield self.env._("dormant on %s", customer._day(customer.dormant_on))
        if self.quiet_by == "rarity" and customer.next_purchase_to:
            yield self.env._("rare from %s on", customer._day(customer.next_purchase_to))

    def _stands_first_purchase(self, customer):
        if not customer.purchase_count:
            yield self.env._("no purchase yet")
        else:
            yield self.env._(
                "%(count)s purchases, the last on %(day)s",
                count=customer.purchase_count, day=customer._day(customer.last_purchase_on),
            )  # fmt: skip

    _stands_second_purchase = _stands_first_purchase

    def _stands_warning(self, customer):
        signs = customer._standing_signs()
        yield from signs.mapped("display_name") or [self.env._("no warning sign")]

    def _stands_anniversary(self, customer):
        # sudo: which field it is; whether the reader may see its value is asked
        field = self.date_field_id.sudo()
        record = customer if field.model == "cx.customer" else customer.partner_id
        if not record._has_field_access(record._fields[field.name], "read"):
            return
        day = fields.Date.to_date(record[field.name])
        yield customer._day(day) if day else self.env._("no date")

    # ----------------------------------------------------------------- reasons
    def _passed_words(self):
        """What is true when a reason not to enter does not hold."""
        return {
            "no_contact": self.env._("The contact is there"),
            "no_address": self.env._("Has an e-mail address"),
            "no_profiling": self.env._("Did not object to being sorted into stages"),
            "suppressed": self.env._("Not erased on request"),
            "not_customer": self.env._("Has bought before"),
            "no_consent": self.env._("Said yes to this topic"),
            "too_long_ago": self.env._("Bought, or was heard of, not too long ago"),
            "blacklisted": self.env._("Not on the block list"),
            "opted_out": self.env._("Did not opt out of this topic"),
            "paused": self.env._("Asked for no pause"),
            "refused_before": self.env._("The address was not refused before"),
            "duplicate": self.env._("No other participant has the same address"),
            "held": self.env._("Stage not held by a person"),
            "lost": self.env._("Did not say goodbye"),
            "excluded": self.env._("Not excluded by the salesperson"),
            "open_deal": self.env._("No open opportunity or quotation"),
            "other_campaign": self.env._("In no other campaign"),
            "cooldown": self.env._("Took part long enough ago, or never"),
            "not_drawn": self.env._("In the sample of this year"),
            "asked_lately": self.env._("Not asked by another survey lately"),
        }

    def _reason_words(self, reason, holds, customer, facts):
        """The facts behind a test of the entry."""
        if reason == "no_address" and not holds:
            return facts.email
        if reason in (
            "blacklisted",
            "suppressed",
            "refused_before",
            "duplicate",
            "opted_out",
            "no_consent",
            "paused",
        ):
            return self._address_words(reason, facts) if holds else ""
        if not holds:
            return ""
        told = {
            "held": lambda: self._until(customer.hold_until, customer.hold_reason),
            "excluded": lambda: self._until(
                customer.no_campaigns_until, customer.no_campaigns_reason
            ),
            "lost": lambda: self._on(customer.declared_lost_on, customer.declared_lost_reason),
            "other_campaign": lambda: self._other_words(customer),
            "cooldown": lambda: self._cooldown_words(customer),
            "not_drawn": lambda: self.env._(
                "%s of those concerned are drawn each year", customer._percent(self.sample_share)
            ),
            "too_long_ago": lambda: self.env._(
                "since %s", self.env["cx.customer"]._day(self._contact_since())
            ),
            "asked_lately": lambda: self.env._(
                "within %s days",
                self.company_id.sudo().cx_survey_gap_days,  # sudo: a setting
            ),
        }.get(reason)
        return told() if told else ""

    def _address_words(self, reason, facts):
        if reason in ("opted_out", "no_consent"):
            return f"{self.topic_id.name} ({facts.email})"
        if reason != "paused":
            return facts.email
        # sudo: of an address of a customer that one may read
        pause = self.env["cx.topic.optout"].sudo().search(
            [("email", "=", facts.email), ("topic_id", "=", False),
             ("company_id", "=", self.company_id.id)], limit=1,
        )  # fmt: skip
        return self._until(pause.until, facts.email)

    def _until(self, day, why):
        words = self.env._("until %s", self.env["cx.customer"]._day(day)) if day else ""
        return ": ".join(filter(None, (words, why)))

    def _on(self, day, why):
        return ": ".join(filter(None, (self.env["cx.customer"]._day(day), why)))

    def _other_words(self, customer):
        """The other campaigns, of those participations that the reader may see."""
        runs = self.env["cx.campaign.run"].search(
            [("customer_id", "=", customer.id), ("state", "=", "running"),
             ("campaign_id", "!=", self.id), ("exclusive", "=", True)]
        )  # fmt: skip
        return ", ".join(runs.campaign_id.mapped("name"))

    def _cooldown_words(self, customer):
        """Since when, and until when the campaign waits."""
        run = self.env["cx.campaign.run"].search(
            [("customer_id", "=", customer.id), ("campaign_id", "=", self.id)],
            order="ended_at desc, id desc", limit=1,
        )  # fmt: skip
        if not run.ended_at:
            return ""
        again = fields.Datetime.add(run.ended_at, days=self.cooldown_days)
        return self.env._(
            "ended on %(ended)s, again from %(again)s on",
            ended=self._moment(run.ended_at),
            again=self._moment(again),
        )
