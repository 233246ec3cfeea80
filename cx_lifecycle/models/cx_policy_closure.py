from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CxPolicyClosure(models.Model):
    """Days on which nobody can buy: they do not count as silence."""

    _name = "cx.policy.closure"
    _inherit = ["cx.policy.line"]
    _description = "Policy Closure"
    _order = "date_from, id"

    name = fields.Char("Closed for", required=True, translate=True)
    date_from = fields.Date("First Day", required=True)
    date_to = fields.Date("Last Day", required=True)
    yearly = fields.Boolean(
        "Every Year", default=True, help="The same days each year; the year of the dates is free."
    )

    @api.constrains("date_from", "date_to", "yearly")
    def _check_days(self):
        for closure in self:
            length = (closure.date_to - closure.date_from).days + 1
            if length < 1:
                raise ValidationError(
                    self.env._(
                        "Last Day: %s ends before it begins. Exchange the two days.", closure.name
                    )
                )
            if length > (300 if closure.yearly else 3650):
                raise ValidationError(
                    self.env._(
                        "Last Day: %s leaves hardly a day on which customers can buy. Shorten it.",
                        closure.name,
                    )
                )
