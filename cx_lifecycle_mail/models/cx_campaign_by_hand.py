"""Who would enter by hand: said before anybody does."""

from odoo import models
from odoo.tools import SQL

from .cx_campaign_cause import Cause


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    def _would_enter(self, contacts):
        """What :meth:`enter` would answer for some contacts today; nothing is done.

        :return: as ``enter``, and ``others``: contacts that are no customers the reader follows
        """
        self.ensure_one()
        contacts.check_access("read")
        companies = contacts.commercial_partner_id
        customers = self.env["cx.customer"].search(
            [
                ("partner_id", "in", companies.ids),
                ("company_id", "=", self.company_id.id),
                ("stage_id", "!=", False),
            ]
        )
        # sudo: of customers that the reader may read, by the campaign's own conditions
        campaign = self.sudo()
        campaign._flush_entry()
        today = self.env["cx.customer"]._today(self.company_id)
        chosen = Cause(
            SQL("c.id = ANY(%s)", customers.ids),
            SQL("%s", f"request:{today}"),
            SQL("true"),
            SQL("true"),
        )
        counts = campaign._counted(
            self.env.execute_query(
                SQL(
                    "SELECT excluded, arm, count(*) FROM (%s) AS judged GROUP BY 1, 2",
                    campaign._judged(chosen, "chosen"),
                )
            )
        )
        return {
            "entered": counts["enter"],
            "held_out": counts["held_out"],
            "already": len(customers) - counts["audience"],
            "excluded": counts["excluded"],
            "others": len(companies - customers.partner_id),
        }
