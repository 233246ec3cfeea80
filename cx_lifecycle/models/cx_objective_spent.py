"""What was spent on objectives: one statement for all of them, with the reader's rights."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CxObjective(models.Model):
    _inherit = "cx.objective"

    spent = fields.Monetary(
        compute="_compute_spent", aggregator="sum",
        help="Spending of the period on what the budget is for.",
    )  # fmt: skip

    @api.depends("purpose", "date_from", "date_to", "company_id", "team_id", "user_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_spent(self):
        costs = self.env["cx.cost"]
        complete = self.filtered(lambda o: o.date_from and o.date_to and o.company_id)
        (self - complete).spent = 0.0
        if not complete:
            return
        parts = []
        for place, objective in enumerate(complete):
            query = costs._search(objective._spending())
            amount = costs._field_to_sql(query.table, "amount", query)
            parts.append(
                query.select(SQL("%s AS place", place), SQL("coalesce(sum(%s), 0)", amount))
            )
        sums = dict(self.env.execute_query(SQL(" UNION ALL ").join(parts)))
        for place, objective in enumerate(complete):
            objective.spent = sums[place]

    def _spending(self):
        """Domain on costs: of the period, what the budget is for, and whose."""
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("date", ">=", self.date_from.isoformat())
            & Domain("date", "<=", self.date_to.isoformat())
        )
        if self.purpose:
            domain &= Domain("purpose", "=", self.purpose)
        if self.user_id:
            domain &= Domain("user_id", "=", self.user_id.id)
        elif self.team_id:
            members = self.team_id.crm_team_member_ids.user_id.ids
            domain &= Domain("team_id", "=", self.team_id.id) | Domain("user_id", "in", members)
        return domain
