"""A salesperson keeps campaigns away from a customer, or lets them come again."""

from odoo import fields, models
from odoo.exceptions import ValidationError


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def keep_out_of_campaigns(self, until, reason):
        """No campaign treats the customers until a day; what is under way ends now.

        :param until: last day without campaigns, date or ISO text; not in the past
        :param str reason: shown to everybody who asks why a customer does not take part
        :return: True
        :raise AccessError: without the role of a sales rep, or for a customer of somebody else
        :raise UserError: when the day or the reason is missing, or the day is none or past
        """
        self._check_may_judge()
        self._check_reason(reason)
        if not until:
            raise ValidationError(self.env._("Until: choose the last day without campaigns."))
        until, reason = self._to_day(until), reason.strip()
        if until < fields.Date.context_today(self):
            raise ValidationError(
                self.env._("Until: %s is in the past. Choose today or a later day.",
                           self._day(until))
            )  # fmt: skip
        return self._set_campaigns_away(
            until, reason,
            self.env._("No campaigns until %(until)s: %(reason)s",
                       until=self._day(until), reason=reason),
        )  # fmt: skip

    def let_into_campaigns(self):
        """Campaigns may come again, from now on. Customers nobody kept away stay as they are.

        :return: True
        :raise AccessError: without the role of a sales rep, or for a customer of somebody else
        """
        self._check_may_judge()
        kept = self.filtered("no_campaigns_until")
        return kept._set_campaigns_away(False, False, self.env._("Campaigns may come again."))

    def _set_campaigns_away(self, until, reason, message):
        """Write it, end what is under way, and leave a note on the contacts."""
        customers = self.sudo()  # sudo: reps read customers, and change them only by such methods
        customers.write({"no_campaigns_until": until, "no_campaigns_reason": reason})
        if until:
            for company, group in customers.grouped("company_id").items():
                customers.env["cx.campaign.run"]._settle_runs(company, group.partner_id.ids)
        for partner in customers.partner_id:
            note = partner.message_post(body=message, author_id=self.env.user.partner_id.id)
            note._cx_mark()
        return True

    def action_keep_out(self):
        """Open the dialog that keeps campaigns away."""
        return self._dialog("cx.campaign.exclude", self.env._("Keep Campaigns Away"))
