"""What a campaign costs, and what it gave away."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models.cx_objective import PURPOSES

from .cx_campaign_step import MAILS

PURPOSE_OF_STAGE = {
    "suspect": "new", "prospect": "new", "new": "kept", "active": "kept", "dormant": "woken",
    "lost": "won_back",
}  # fmt: skip
LEFT = ("done", "uncertain")  # a mail whose fate is not known was paid for all the same


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    cost_fixed = fields.Monetary(
        "Fixed Cost", copy=False,
        help="Agency, texts, prints: whatever it costs however many take part.",
    )  # fmt: skip
    call_minutes = fields.Integer(
        "Minutes per Activity", default=15, help="Of a salesperson, for one activity."
    )

    purpose = fields.Selection(
        PURPOSES, "What For", compute="_compute_purpose", store=True, readonly=False,
        help="Under which purpose its cost counts among all that is spent.",
    )  # fmt: skip

    _cost_check = models.Constraint(
        "CHECK(coalesce(cost_fixed, 0) >= 0 AND call_minutes BETWEEN 0 AND 1440)",
        "Costs: an amount from 0 up, and 0 to 1440 minutes.",
    )

    @api.depends("entry", "stage_id")
    def _compute_purpose(self):
        for campaign in self:
            if campaign.entry in ("becomes", "in_stage"):
                campaign.purpose = PURPOSE_OF_STAGE.get(campaign.stage_id.code, "kept")
            else:
                campaign.purpose = "woken" if campaign.entry == "going_quiet" else "kept"

    def _costs(self, outcomes):
        """What was spent on some participants within their window.

        :param outcomes: SELECT of the ids of treated outcomes
        :return: ``{"messages": n, "calls": n, "fixed", "message", "call", "total"}``; the last
            four are money in the company's currency
        """
        self.ensure_one()
        [(messages, calls)] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FILTER (WHERE a.kind IN %(mails)s),
                       count(*) FILTER (WHERE a.kind = 'activity')
                  FROM cx_campaign_outcome o
                  JOIN cx_campaign_act a ON a.customer_id = o.customer_id
                   AND a.campaign_id = o.campaign_id
                 WHERE o.id IN (%(outcomes)s) AND a.state IN %(left)s
                   AND a.done_at < %(over)s
                """,
                mails=MAILS,
                left=LEFT,
                over=self._end_of_day(SQL("o.window_ends_on")),
                outcomes=outcomes,
            )
        )
        company = self.company_id.sudo()  # sudo: the company's costs, for whoever sees the result
        costs = {
            "fixed": self.cost_fixed,
            "message": messages * company.cx_message_cost,
            "call": calls * self.call_minutes / 60 * company.cx_hour_cost,
        }
        return {"messages": messages, "calls": calls, **costs, "total": sum(costs.values())}

    def _discounts(self, outcomes):
        """What coupons of this campaign took off the orders of some participants.

        The purchases are net of it already: it is told, not added to the costs.

        :return: money in the company's currency; None without the loyalty app
        """
        lines = self.env.get("sale.order.line")
        if lines is None or "coupon_id" not in lines._fields:
            return None
        steps = self.env["cx.campaign.step"].with_context(active_test=False)
        giving = steps.search([("campaign_id", "=", self.id), ("coupon_program", "!=", False)])
        if not giving:
            return 0.0
        programs = [int(step.coupon_program) for step in giving]
        for model in ("sale.order", "sale.order.line", "loyalty.card"):
            self.env[model].flush_model()
        [(given,)] = self.env.execute_query(
            SQL(
                """
                SELECT coalesce(sum(-l.price_subtotal / coalesce(nullif(s.currency_rate, 0), 1)), 0)
                  FROM cx_campaign_outcome o
                  JOIN cx_customer c ON c.id = o.customer_id
                  JOIN res_partner p ON p.commercial_partner_id = c.partner_id
                  JOIN sale_order s ON s.partner_id = p.id AND s.state = 'sale'
                   AND s.company_id = o.company_id AND s.date_order >= %(since)s
                   AND s.date_order < %(until)s
                  JOIN sale_order_line l ON l.order_id = s.id AND l.price_subtotal < 0
                  JOIN loyalty_card k ON k.id = l.coupon_id AND k.program_id = ANY(%(programs)s)
                 WHERE o.id IN (%(outcomes)s)
                """,
                programs=programs,
                since=self._end_of_day(SQL("o.counts_from - 1")),
                until=self._end_of_day(SQL("o.window_ends_on")),
                outcomes=outcomes,
            )
        )
        return float(given)
