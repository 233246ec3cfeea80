"""A campaign that begins so many days after a touchpoint: a purchase, a delivery, a refund."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..engine import plan
from .cx_campaign_cause import CATCH_UP, Cause

FROM_LAST = SQL("t.at DESC, t.id DESC")


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    # deleted or archived, a channel must not make all of them count
    touchpoint_interaction_ids = fields.Many2many(
        "cx.interaction", "cx_campaign_interaction_rel", string="Interactions",
        ondelete="restrict", context={"active_test": False}, help="What happened: any of these.",
    )  # fmt: skip
    touchpoint_channel_ids = fields.Many2many(
        "cx.channel", "cx_campaign_channel_rel", string="Channels", ondelete="restrict",
        context={"active_test": False}, help="Over which channel; any when empty.",
    )  # fmt: skip
    touchpoint_days = fields.Integer(
        "Days After the Touchpoint", default=3,
        help="Counted from the day on which it happened where the company is. Touchpoints are read "
        "of documents every night.",
    )  # fmt: skip

    _touchpoint_check = models.Constraint(
        "CHECK(touchpoint_days BETWEEN 0 AND 3650)",
        "Days After the Touchpoint: enter 0 to 3650 days.",
    )

    @api.constrains("entry", "touchpoint_interaction_ids")
    def _check_touchpoint(self):
        for campaign in self:
            if campaign.entry == "touchpoint" and not campaign.touchpoint_interaction_ids:
                raise ValidationError(
                    self.env._("Interactions: choose what has to happen to start it.")
                )

    # ------------------------------------------------------------------- cause
    def _cause_touchpoint(self, today):
        """The last fitting touchpoint whose days are over, as long as that is not long ago.

        What is read of a past much older starts nothing.
        """
        return self._touched(today - timedelta(days=CATCH_UP), today)

    def _later_touchpoint(self, today, until):
        """Touchpoints that were, and whose days are over on a day to come."""
        return self._touched(today + timedelta(days=1), until, SQL("t.at, t.id"))

    def _touched(self, first, last, order=FROM_LAST):
        """Causes whose day, that of the touchpoint and the days after it, is among some days.

        :param SQL order: of several touchpoints of a customer, the first by it counts
        """
        launched = self._known_as().launched_on or self.env["cx.customer"]._today(self.company_id)
        before = timedelta(days=self.touchpoint_days)
        begins = self._midnight(first - before)
        ends = self._midnight(last - before + timedelta(days=1))
        return Cause(
            SQL("true"),
            # a document that is taken back and comes again is the same cause
            SQL("'touchpoint:' || coalesce(met.source_id || '/' || met.res_id, met.id::text)"),
            SQL("met.at < %s", self._midnight(launched)),
            SQL("met.at >= %s", self._midnight(launched)),
            SQL(
                "JOIN LATERAL (SELECT t.id, t.source_id, t.res_id, t.at, %s AS day"
                " FROM cx_touchpoint t"
                " WHERE t.customer_id = c.id AND %s AND t.at >= %s AND t.at < %s"
                " ORDER BY %s LIMIT 1) AS met ON true",
                self._touchpoint_day(), self._touchpoint_fits(), begins, ends, order,
            ),
            SQL("met.day"),
            SQL("extract(year FROM met.day)"),
        )  # fmt: skip

    def _met_touchpoint(self, since, until):
        """Days of the past on which touchpoints would have started it."""
        before = timedelta(days=self.touchpoint_days)
        return SQL(
            "SELECT t.customer_id, %s AS day FROM cx_touchpoint t"
            " WHERE t.company_id = %s AND %s AND t.at >= %s AND t.at < %s",
            self._touchpoint_day(),
            self.company_id.id,
            self._touchpoint_fits(),
            self._midnight(since - before),
            self._midnight(until - before + timedelta(days=1)),
        )

    def _touchpoint_fits(self):
        """SQL: touchpoint ``t`` is one of those that the campaign names."""
        fits = SQL("t.interaction_id = ANY(%s)", self.touchpoint_interaction_ids.ids)
        if channels := self.touchpoint_channel_ids.ids:
            fits = SQL("%s AND t.channel_id = ANY(%s)", fits, channels)
        return fits

    def _touchpoint_day(self):
        """SQL of the day on which touchpoint ``t`` starts it, where the company is."""
        zone = self.company_id.partner_id.tz or "UTC"
        return SQL(
            "((t.at AT TIME ZONE 'UTC' AT TIME ZONE %s)::date + %s)", zone, self.touchpoint_days
        )

    def _midnight(self, day):
        """When a day begins where the company is: naive UTC."""
        return plan.begins(day, plan.zone(self.company_id.partner_id.tz or "UTC"))

    # ------------------------------------------------------------------- words
    def _touchpoint_words(self):
        """What starts it, in words."""
        what = ", ".join(self.touchpoint_interaction_ids.mapped("name"))
        if channels := ", ".join(self.touchpoint_channel_ids.mapped("name")):
            what = self.env._("%(interactions)s (%(channels)s)", interactions=what,
                              channels=channels)  # fmt: skip
        return self.env._("%(days)s days after: %(what)s", days=self.touchpoint_days, what=what)

    def _stands_touchpoint(self, customer):
        """The customer's last fitting touchpoint."""
        fitting = [
            ("customer_id", "=", customer.id),
            ("interaction_id", "in", self.touchpoint_interaction_ids.ids),
        ]
        if self.touchpoint_channel_ids:
            fitting.append(("channel_id", "in", self.touchpoint_channel_ids.ids))
        last = self.env["cx.touchpoint"].search(fitting, limit=1)
        if not last:
            yield self.env._("nothing of it happened")
            return
        zone = plan.zone(self.company_id.partner_id.tz or "UTC")
        yield self.env._(
            "%(interaction)s on %(day)s", interaction=last.interaction_id.name,
            day=customer._day(plan.local(last.at, zone).date()),
        )  # fmt: skip
