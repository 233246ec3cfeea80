"""Who will enter on a day that is known already, if nobody buys until then."""

from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from .cx_campaign_cause import Cause


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    def _later(self, today, until):
        """What will start this campaign after today; None where nothing can be known.

        :return: a Cause with its ``day``; its customers have not entered for it yet
        """
        self.ensure_one()
        if self.members == "present":
            return None
        if self.entry == "anniversary":
            return self._returning(today + timedelta(days=1), until)
        if self.entry == "going_quiet":
            return self._later_quiet(today, until)
        if self.entry == "touchpoint":
            return self._later_touchpoint(today, until)
        if self.entry in ("becomes", "in_stage"):
            return self._later_stage(today, until)
        return None

    def _later_quiet(self, today, until):
        stages = self.env["cx.stage"]._ids_by_code()
        quiet_on = self._quiet_on()
        return Cause(
            SQL(
                "c.stage_id IN %(bought)s AND %(on)s > %(today)s AND %(on)s <= %(until)s"
                # on that day the customer would be dormant, and quiet no more
                " AND %(on)s < coalesce(c.dormant_on, 'infinity')",
                bought=(stages["new"], stages["active"]), on=quiet_on, today=today, until=until,
            ),
            SQL("'silence:' || c.last_purchase_on"),
            SQL("false"),
            SQL("true"),
            day=quiet_on,
        )  # fmt: skip

    def _later_stage(self, today, until):
        """In the stage for so many days, or moved there by silence alone."""
        now = self._cause_becomes(today)
        days = self.stage_days
        # the contact is there already, and only the days are missing
        there = SQL("(c.stage_id = %s AND %s)", self.stage_id.id, self._from("e.previous_stage_id"))
        moves = self._moves()
        on = SQL("CASE WHEN %s THEN c.stage_since ELSE %s END + %s", there, moves.day, days)
        return Cause(
            SQL("(%(there)s OR %(moves)s) AND %(on)s > %(today)s AND %(on)s <= %(until)s",
                there=there, moves=moves.when, on=on, today=today, until=until),
            SQL("CASE WHEN %s THEN %s ELSE 'ahead:' || c.id END", there, now.key),
            SQL("(%s AND %s)", there, now.present),
            SQL("(%s AND %s OR NOT %s)", there, now.future, there),
            day=on,
        )  # fmt: skip

    def _from(self, column):
        """SQL: the stage before is one of those that the campaign names."""
        if not self.from_stage_ids:
            return SQL("true")
        return SQL("%s = ANY(%s)", SQL(column), self.from_stage_ids.ids)

    def _moves(self):
        """Whom silence alone moves into the campaign's stage, and when."""
        stages = self.env["cx.stage"]._ids_by_code()
        bought = [stages["new"], stages["active"]]
        code = self.stage_id.code
        never = Cause(SQL("false"), SQL(), SQL(), SQL(), day=SQL("NULL::date"))
        if code == "dormant":
            before, day, next_day = bought, SQL("c.dormant_on"), SQL("c.lost_on")
        elif code == "lost":
            before, day = [*bought, stages["dormant"]], SQL("c.lost_on")
            next_day = SQL("NULL::date")
        else:
            return never
        stays = SQL("%s + %s < coalesce(%s, 'infinity')", day, self.stage_days, next_day)
        return never._replace(
            when=SQL(
                "(c.stage_id = ANY(%s) AND c.hold_until IS NULL AND %s AND %s)",
                before, stays, self._from("c.stage_id"),
            ),
            day=day,
        )  # fmt: skip
