"""What starts a campaign: each kind of entry as SQL conditions, and the cause in one word."""

from datetime import timedelta
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

CATCH_UP = 14  # days for which a cause that was missed still starts a campaign


class Cause(NamedTuple):
    """What starts a campaign, as SQL over ``c`` (customer), ``p`` (contact), ``e`` (open stay)."""

    when: SQL  # the condition
    key: SQL  # the cause in one word, unique for a customer
    present: SQL  # it was there before the launch
    future: SQL  # it began since then, and not by a rebuild or new rules
    joins: SQL = SQL()
    day: SQL = SQL("NULL::date")  # of a cause to come, or of a known day: when
    year: SQL = SQL()  # in which it is, where that is known: see ``sample_share``


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    def _cause(self, today):
        """What starts this campaign on a day."""
        return getattr(self, f"_cause_{self.entry}")(today)

    def _cause_becomes(self, today):
        self.ensure_one()
        when = [SQL("c.stage_id = %s", self.stage_id.id)]
        if self.from_stage_ids:
            when.append(SQL("e.previous_stage_id = ANY(%s)", self.from_stage_ids.ids))
        if self.stage_days:
            when.append(SQL("c.stage_since <= %s", today - timedelta(days=self.stage_days)))
        launched = self._known_as().launched_at or fields.Datetime.now()
        return Cause(
            SQL(" AND ").join(when),
            SQL("'episode:' || e.id"),
            # launches are known to the second: a stay of the same second was there before
            SQL("date_trunc('second', e.create_date) <= %s", launched),
            SQL("(e.create_date >= %s AND e.rebuilt IS NOT TRUE AND e.silent IS NOT TRUE)",
                launched),
        )  # fmt: skip

    _cause_in_stage = _cause_becomes

    def _cause_going_quiet(self, today):
        stages = self.env["cx.stage"]._ids_by_code()
        quiet_on = self._quiet_on()
        return Cause(
            SQL("c.stage_id IN %s AND %s <= %s",
                (stages["new"], stages["active"]), quiet_on, today),
            SQL("'silence:' || c.last_purchase_on"),
            *self._since(quiet_on, today, self._rules_since()),
        )  # fmt: skip

    def _quiet_on(self):
        """SQL of the day on which customer ``c`` goes quiet if nothing is bought."""
        if self.quiet_by == "days":
            return SQL("(c.dormant_on - %s)", self.quiet_days)
        return SQL("c.next_purchase_to")

    def _cause_first_purchase(self, today, number=1):
        return Cause(
            SQL("c.purchase_count = %s", number),
            SQL("%s", f"purchase:{number}"),
            *self._since(SQL("c.last_purchase_on"), today),
        )

    def _cause_second_purchase(self, today):
        return self._cause_first_purchase(today, number=2)

    def _cause_anniversary(self, today):
        launched = self._known_as().launched_on
        first = max(today - timedelta(days=CATCH_UP), launched or today)
        return self._returning(first, today)

    def _returning(self, first, last):
        """The date's anniversary, plus the days after it, is on one of some days."""
        field = self.date_field_id
        alias = "c" if field.model == "cx.customer" else "p"
        day = SQL("(%s)::date", self._as_author(field.model)._field_to_sql(alias, field.name))
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        returns = []  # (month and day, the day it returns on)
        for on in (on - timedelta(days=self.date_days) for on in days):
            returns.append((f"{on:%m-%d}", on))
            leap = on.year % 4 == 0 and (on.year % 100 != 0 or on.year % 400 == 0)
            if (on.month, on.day) == (2, 28) and not leap:
                returns.append(("02-29", on))
        return Cause(
            SQL("%s < again.day", day),
            SQL("'year:' || extract(year FROM again.day)"),
            SQL("false"),
            SQL("true"),
            SQL(
                "JOIN unnest(%s::text[], %s::date[]) AS again(date, day)"
                " ON again.date = to_char(%s, 'MM-DD')",
                [text for text, _on in returns], [on for _text, on in returns], day,
            ),
            SQL("(again.day + %s)", self.date_days),
            SQL("extract(year FROM again.day)"),
        )  # fmt: skip

    def _cause_warning(self, today):
        """One of the signs that stand: one that has not started it yet, the strongest of them."""
        kinds = SQL("w.kind_id = ANY(%s)", self.warning_kind_ids.ids)
        launched = self._known_as().launched_at or fields.Datetime.now()
        return Cause(
            SQL("true"),
            SQL("'warning:' || sign.id"),
            SQL("date_trunc('second', sign.create_date) <= %s", launched),
            # what was found late, by a new kind or in a past that was read again, starts nothing
            SQL("(sign.create_date >= %s AND sign.began_on >= %s)",
                launched, today - timedelta(days=CATCH_UP)),
            SQL(
                """
                JOIN LATERAL (
                    SELECT w.* FROM cx_warning w
                      JOIN cx_warning_kind k ON k.id = w.kind_id AND k.active
                     WHERE w.customer_id = c.id AND %(stands)s AND %(kinds)s
                  ORDER BY EXISTS (SELECT FROM cx_campaign_run r WHERE r.campaign_id = %(campaign)s
                                      AND r.customer_id = c.id
                                      AND r.entry_key = 'warning:' || w.id),
                           w.strength DESC NULLS LAST, w.id DESC LIMIT 1) AS sign ON true
                """,
                stands=self.env["cx.warning"]._stands(today),
                kinds=kinds if self.warning_kind_ids else SQL("true"),
                campaign=self._known_as().id,
            ),
        )  # fmt: skip

    def _cause_manual(self, today):
        return Cause(SQL("false"), SQL("''"), SQL("false"), SQL("false"))

    def _rules_since(self):
        """The day from which the rules in force count: what they moved before it starts nothing."""
        published = self.env["cx.policy"]._of(self.company_id).published_at
        return published.date() if published else None

    def _since(self, day, today, rules=None):
        """SQL: the day was before the launch; it was since then, and not long ago."""
        launched = self._known_as().launched_on or today
        earliest = max(launched, today - timedelta(days=CATCH_UP), rules or launched)
        return SQL("%s < %s", day, launched), SQL("%s >= %s", day, earliest)
