"""The lists behind the numbers of objectives."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CxEpisode(models.Model):
    _inherit = "cx.episode"

    objective_id = fields.Many2one(
        "cx.objective",
        store=False,
        search="_search_objective",
        exportable=False,
        help="To search an objective: finds the stays that it counts.",
    )

    def _search_objective(self, operator, value):
        """The stays behind an objective's number, of those the reader may see."""
        if operator != "in":
            return NotImplemented
        ids = [number for number in value if isinstance(number, int) and number]
        objectives = self.env["cx.objective"].search([("id", "in", ids)])
        return Domain.OR(objective._listed() for objective in objectives)


class CxObjective(models.Model):
    _inherit = "cx.objective"

    def _listed(self):
        """Domain of the stays that are counted; none when nothing can be."""
        today = self.env["cx.customer"]._today(self.company_id)
        if not self._countable(today):
            return Domain.FALSE
        if self.measure == "stage":
            return self._stays(min(today, self.date_to))
        moves = self._moves(today)
        return moves | self._endings(today) if self.measure == "net" else moves

    def action_actual(self):
        """Open the customers behind the number."""
        self.ensure_one()
        if self.problem:
            raise UserError(self.problem)
        context = {"search_default_group_movement": 1} if self.measure == "net" else {}
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "cx.episode",
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
            "domain": [("objective_id", "=", self.id)],
            "context": context,
        }

    def action_spent(self):
        """Open what was spent on it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Spent: %s", self.name),
            "res_model": "cx.cost",
            "views": [(False, "list"), (False, "pivot")],
            "domain": list(self._spending()),
        }
