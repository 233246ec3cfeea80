"""Customers found by the place they have in the audience of a campaign."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .codes import id_of

CODE = {
    "audience": SQL("true"),
    "enter": SQL("excluded IS NULL"),
    "held_out": SQL("excluded IS NULL AND arm = 'held_out'"),
    "treated": SQL("excluded IS NULL AND arm = 'treated'"),
}


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    campaign_audience = fields.Char(
        store=False, search="_search_campaign_audience",
        help="For searches only: a campaign's id, who is looked at, and the line of its audience.",
    )  # fmt: skip

    def _search_campaign_audience(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._in_audience(*str(text).split(" ")) for text in value)

    def _in_audience(self, campaign_id="", members="", code="", *rest):
        """Who would enter a campaign now, or would not for one reason."""
        if not self.env.user.has_group("cx_lifecycle.group_marketer"):
            # reps are not to know who is held out: they would treat them otherwise
            raise AccessError(self.env._("Audience: only marketers see who is in it."))
        campaign = self.env["cx.campaign"].browse(id_of(campaign_id))
        if rest or members not in ("future", "present", "both") or not campaign.exists():
            raise UserError(self.env._("Audience: open it from the campaign again."))
        campaign.check_access("read")
        campaign._flush_entry()
        cause = campaign._cause(self._today(campaign.company_id))
        those = SQL(
            "(SELECT customer_id FROM (%s) AS judged WHERE %s)",
            campaign._judged(cause, members),
            CODE.get(code) or SQL("excluded = %s", code),
        )
        return Domain("id", "in", those)
