"""What one new, kept, woken and won-back customer cost, and where money worked best."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_amount, formatLang

from ..engine.objective import cheapest
from ..models.cx_objective import PURPOSES

NEXT = 1000  # in the company's currency: what the next ones would have brought


class CxCosts(models.TransientModel):
    """Spending of a period, beside the customers it was for."""

    _name = "cx.costs"
    _description = "Costs"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    line_ids = fields.One2many("cx.costs.line", "costs_id", readonly=True)
    text = fields.Char("Worked Best", compute="_compute_text")

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Costs")

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for costs in self:
            if costs.date_from > costs.date_to:
                raise ValidationError(
                    self.env._("From: the period begins after its end. Choose another day.")
                )

    @api.model
    def action_open(self):
        """Open the costs of the last twelve months."""
        until = self.env["cx.customer"]._today(self.env.company)
        since = until - relativedelta(years=1) + timedelta(days=1)
        return self.create({"date_from": since, "date_to": until}).action_again()

    def action_again(self):
        """Count for the period that is asked for now."""
        self.ensure_one()
        rows = self._rows(self.company_id, self.date_from, self.date_to)
        # where anything was measured, whoever came anyway is no argument
        measured = any(row["gained"] is not None for row in rows)
        round_ = self.currency_id.round  # what is nothing when rounded was not spent
        best = cheapest(
            [
                (
                    round_(row["spent"]),
                    0 if measured and row["gained"] is None else self._brought(row),
                )
                for row in rows
            ]
        )
        line = self.env["cx.costs.line"].sudo()  # sudo: lines are made here only
        self.sudo().line_ids.unlink()  # sudo: as above
        known = set(line._fields)
        line.create(
            [
                {
                    **{name: value for name, value in row.items() if name in known},
                    "costs_id": self.id,
                    "measured": row["gained"] is not None,
                    "best": place == best,
                }
                for place, row in enumerate(rows)
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Costs"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @api.model
    def _brought(self, row):
        """How many customers a row's money is shared by: the gain where it was measured.

        A gain that may as well be none is no customer at all.
        """
        if row["gained"] is None:
            return row["customers"]
        return row["gained"] if row["low"] > 0 else 0

    @api.model
    def _rows(self, company, since, until):
        """What was spent in a period and whom it was for, to which other addons may add.

        :return: list of ``{purpose, label, spent, customers, gained, low, high,
            customers_list, spent_list}``; gained (how many more there were than without it), low
            and high (its 95 % interval) are None where nothing was measured; the lists are
            ``{model, domain}``, or None
        """
        moves, costs = self.env["cx.episode"], self.env["cx.cost"]
        period = Domain("company_id", "=", company.id)
        since, until = since.isoformat(), until.isoformat()  # as the lists are kept
        paid = period & Domain("date", ">=", since) & Domain("date", "<=", until)
        spent = dict(costs._read_group(paid, ["purpose"], ["amount:sum"]))
        moved = period & Domain("entered_on", ">=", since) & Domain("entered_on", "<=", until)
        rows = []
        for purpose, label in self.env["cx.objective"]._purposes():
            counted = moved & self.env["cx.objective"]._measured(purpose)
            rows.append(
                {
                    "purpose": purpose,
                    "label": label,
                    "spent": spent.get(purpose, 0.0),
                    "customers": moves.search_count(counted),
                    **dict.fromkeys(("gained", "low", "high")),
                    "customers_list": {"model": moves._name, "domain": list(counted)},
                    "spent_list": {
                        "model": costs._name,
                        "domain": list(paid & Domain("purpose", "=", purpose)),
                    },
                }
            )
        return rows

    @api.depends("line_ids.best")
    @api.depends_context("lang")
    def _compute_text(self):
        for costs in self:
            line = costs.line_ids.filtered("best")
            if line:
                costs.text = costs._sentence(line)
            elif any(costs.line_ids.mapped("measured")):
                costs.text = self.env._(
                    "Nothing that was measured has shown a gain yet: nobody can tell where the "
                    "next %s would work best.",
                    costs._money(NEXT),
                )
            else:
                costs.text = self.env._("Too few cases to say.")

    def _money(self, amount):
        return format_amount(self.env, amount, self.currency_id, trailing_zeroes=False)

    def _sentence(self, line):
        number = lambda value, digits=0: formatLang(self.env, value, digits=digits)  # noqa: E731
        customers = line._brought()
        each = NEXT * customers / line.spent
        return self.env._(
            "The next %(next)s worked best here: %(label)s, with %(count)s customers for it "
            "(%(customers)s for %(spent)s).",
            next=self._money(NEXT), label=line.label, count=number(each, 0 if each >= 10 else 1),
            customers=number(customers), spent=self._money(line.spent),
        )  # fmt: skip


class CxCostsLine(models.TransientModel):
    _name = "cx.costs.line"
    _description = "Cost of One Customer"
    _order = "id"

    costs_id = fields.Many2one("cx.costs", required=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="costs_id.currency_id")
    purpose = fields.Selection(PURPOSES)
    label = fields.Char("Spent On", required=True)
    spent = fields.Monetary()
    customers = fields.Integer(help="Who came in this way, whatever brought them.")
    cost = fields.Monetary(
        "Cost of One", compute="_compute_cost",
        help="Spending, shared by these customers; by those gained where that was measured.",
    )  # fmt: skip
    measured = fields.Boolean(help="Compared with customers who were held out.")
    gained = fields.Float(digits=(16, 1), help="How many more there were than without it.")
    low = fields.Float(digits=(16, 1), help="The true gain is hardly less.")
    high = fields.Float(digits=(16, 1), help="The true gain is hardly more.")
    best = fields.Boolean("Worked Best")
    verdict = fields.Char(compute="_compute_cost")
    customers_list = fields.Json()
    spent_list = fields.Json()

    def _brought(self):
        self.ensure_one()
        gained = self.gained if self.measured else None
        return self.costs_id._brought(
            {"customers": self.customers, "gained": gained, "low": self.low}
        )

    @api.depends("spent", "customers", "best", "measured", "gained", "low")
    @api.depends_context("lang")
    def _compute_cost(self):
        for line in self:
            brought = line._brought()
            line.cost = line.spent / brought if brought else 0.0
            if not line.spent:
                line.verdict = self.env._("Nothing spent")
            elif line.measured and not brought:
                line.verdict = self.env._("No gain to be seen yet")
            elif cheapest([(line.spent, brought)]) is None:
                line.verdict = self.env._("Too few to say")
            else:
                line.verdict = self.env._("Worked best") if line.best else False

    def action_customers(self):
        """Open the customers who are counted."""
        return self._open(self.customers_list)

    def action_spent(self):
        """Open what was spent."""
        return self._open(self.spent_list)

    def _open(self, shown):
        self.ensure_one()
        if not shown:
            raise UserError(self.env._("There is no list behind this number."))
        return {
            "type": "ir.actions.act_window",
            "name": self.label,
            "res_model": shown["model"],
            "views": [(False, "list"), (False, "form")],
            "domain": shown["domain"],
        }
