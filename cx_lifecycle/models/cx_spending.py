"""Money spent on customers: what people write down, and what other addons know of."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .cx_objective import PURPOSES


class CxSpending(models.Model):
    """A sum spent to win, keep, wake or win back customers."""

    _name = "cx.spending"
    _description = "Spending"
    _order = "date desc, id desc"
    _rec_name = "note"
    _check_company_auto = True

    note = fields.Char("What For", required=True, help="For instance: stand at the spring fair.")
    date = fields.Date(required=True, default=fields.Date.context_today)
    amount = fields.Monetary(required=True, help="Without taxes, in the company's currency.")
    purpose = fields.Selection(PURPOSES, required=True, default="new")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    team_id = fields.Many2one(
        "crm.team", "Sales Team", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users", "Salesperson", check_company=True, index="btree_not_null",
        domain=[("share", "=", False)], ondelete="restrict",
        help="Whose customers it was for; everybody's when empty.",
    )  # fmt: skip

    @api.constrains("amount")
    def _check_amount(self):
        for spending in self:
            if spending.amount <= 0:
                raise ValidationError(self.env._("Amount: enter an amount above 0."))


class CxCost(models.Model):
    """All that was spent, from wherever it is kept: rows are read, never written."""

    _name = "cx.cost"
    _description = "Cost"
    _auto = False
    _order = "date desc, id desc"
    _depends = {
        "cx.spending": [
            "note", "date", "amount", "purpose", "company_id", "currency_id", "team_id", "user_id",
        ],
    }  # fmt: skip

    name = fields.Char("What For", readonly=True)
    date = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True)
    purpose = fields.Selection(PURPOSES, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Integer(readonly=True, aggregator=None)

    @api.model
    def _spending_sources(self):
        """SELECTs of what was spent, for other addons to add to.

        Each gives, in this order: origin_id (of a record of its model, int), origin_model,
        name, date, amount, purpose (or NULL), company_id, currency_id, team_id, user_id. The
        amounts are in the company's currency. Add the fields they read to ``_depends``.
        """
        return [
            SQL(
                "SELECT id, 'cx.spending', note, date, amount, purpose, company_id, currency_id,"
                " team_id, user_id FROM cx_spending"
            )
        ]

    @property
    def _table_query(self):
        sources = self._spending_sources()
        # an origin keeps its number whatever else is spent
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT origin_id * %s + %s AS id, *"
                " FROM (%s) AS source (origin_id, origin_model, name, date, amount, purpose,"
                " company_id, currency_id, team_id, user_id)",
                len(sources), place, source,
            )
            for place, source in enumerate(sources)
        )  # fmt: skip

    def action_open(self):
        """Open where it was written down."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.origin_model,
            "res_id": self.origin_id,
            "views": [(False, "form")],
        }
