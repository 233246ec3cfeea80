"""What campaigns cost, among all that is spent on customers."""

from odoo import models
from odoo.tools import SQL

from .cx_campaign_cost import LEFT
from .cx_campaign_step import MAILS


class CxCost(models.Model):
    _inherit = "cx.cost"
    _depends = {
        "cx.campaign": [
            "name", "cost_fixed", "launched_on", "purpose", "company_id", "call_minutes",
        ],
        "cx.campaign.act": ["campaign_id", "kind", "state", "done_at"],
        "res.company": ["currency_id", "cx_message_cost", "cx_hour_cost", "partner_id"],
        "res.partner": ["tz"],
    }  # fmt: skip

    def _spending_sources(self):
        lang = self.env.lang or "en_US"
        title = SQL("coalesce(g.name->>%s, g.name->>'en_US')", lang)
        return [
            *super()._spending_sources(),
            SQL(
                "SELECT g.id, 'cx.campaign', %s, g.launched_on, g.cost_fixed, g.purpose,"
                " g.company_id, y.currency_id, NULL::int, NULL::int"
                " FROM cx_campaign g JOIN res_company y ON y.id = g.company_id"
                " WHERE g.cost_fixed > 0 AND g.launched_on IS NOT NULL",
                title,
            ),
            SQL(
                """
                SELECT a.id, 'cx.campaign.act', %(title)s,
                       (a.done_at AT TIME ZONE 'UTC' AT TIME ZONE coalesce(z.tz, 'UTC'))::date,
                       CASE WHEN a.kind IN %(mails)s THEN y.cx_message_cost
                            ELSE y.cx_hour_cost * g.call_minutes / 60 END,
                       g.purpose, g.company_id, y.currency_id, NULL::int, NULL::int
                  FROM cx_campaign_act a JOIN cx_campaign g ON g.id = a.campaign_id
                  JOIN res_company y ON y.id = g.company_id
                  JOIN res_partner z ON z.id = y.partner_id
                 WHERE a.state IN %(left)s AND (a.kind IN %(mails)s AND y.cx_message_cost > 0
                       OR a.kind = 'activity' AND y.cx_hour_cost * g.call_minutes > 0)
                """,
                title=title,
                mails=MAILS,
                left=LEFT,
            ),
        ]
