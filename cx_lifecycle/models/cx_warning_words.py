"""What shows a sign, in words: from the facts, in the reader's language."""

from odoo import fields, models
from odoo.tools import format_amount, format_date


class CxWarning(models.Model):
    _inherit = "cx.warning"

    def _words(self):
        """What shows it, in the reader's language, from the facts; empty when there are none."""
        self.ensure_one()
        kind, facts = self.kind_id, self.facts or {}
        if kind.basis == "touchpoint" and facts.get("last"):
            return self._words_touchpoint(facts)
        if kind.basis == "signal" and facts:
            return getattr(self, f"_words_{kind.signal}")(facts)
        return self.env._("since %s", self._day(self.began_on)) if self.began_on else ""

    def _day(self, day):
        return format_date(self.env, day)

    def _money(self, amount):
        # sudo: the currency of a company, to write an amount
        return format_amount(self.env, amount or 0, self.company_id.sudo().currency_id)

    def _words_touchpoint(self, facts):
        day, times = self._day(fields.Date.to_date(facts["last"])), facts.get("times", 1)
        if facts.get("satisfaction") is not None:
            score = f"{facts['satisfaction']:.3g}"
            if times > 1:
                return self.env._(
                    "%(score)s of 10 on %(day)s, %(times)s times", score=score, day=day, times=times
                )
            return self.env._("%(score)s of 10 on %(day)s", score=score, day=day)
        if times > 1:
            return self.env._("%(times)s times, last on %(day)s", times=times, day=day)
        return self.env._("since %s", day)

    def _words_basket_shrinking(self, facts):
        return self.env._(
            "%(lately)s a purchase lately, %(before)s before",
            lately=self._money(facts["lately"]),
            before=self._money(facts["before"]),
        )

    def _words_fewer_categories(self, facts):
        return self.env._(
            "%(lately)s in the last %(number)s purchases, %(before)s in those before",
            lately=facts["lately"],
            before=facts["before"],
            number=facts["number"],
        )

    def _words_late_payment(self, facts):
        day = self._day(fields.Date.to_date(facts["first"]))
        if self.ended_on:
            return self.env._(
                "%(amount)s due on %(day)s, settled on %(end)s",
                amount=self._money(facts["amount"]),
                day=day,
                end=self._day(self.ended_on),
            )
        if facts["number"] > 1:
            return self.env._(
                "%(number)s invoices, %(amount)s open, due since %(day)s",
                number=facts["number"],
                amount=self._money(facts["open"]),
                day=day,
            )
        return self.env._(
            "%(amount)s open, due on %(day)s", amount=self._money(facts["open"]), day=day
        )

    def _words_delivery_late(self, facts):
        day = self._day(fields.Date.to_date(facts["first"]))
        if facts["number"] > 1:
            return self.env._(
                "%(number)s deliveries, up to %(days)s days late",
                number=facts["number"],
                days=facts["days"],
            )
        if facts["open"]:
            return self.env._("promised for %s, not arrived yet", day)
        return self.env._(
            "promised for %(day)s, arrived %(days)s days late", day=day, days=facts["days"]
        )

    def _words_key_contact_gone(self, facts):
        # sudo: the names of buyer roles
        roles = self.env["cx.buyer.role"].sudo().browse(facts["roles"]).exists()
        return ", ".join(roles.mapped("name"))
