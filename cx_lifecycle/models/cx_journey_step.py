from odoo import fields, models


class CxJourneyStep(models.Model):
    """A step of the way that customers go with the company, from search to renewal."""

    _name = "cx.journey.step"
    _description = "Journey Step"
    _inherit = "cx.coded"

    phase = fields.Selection(
        [("before", "Before"), ("during", "During"), ("after", "After")],
        required=True,
        default="before",
        help="Whether the step comes before, with or after the purchase.",
    )
    moment = fields.Selection(
        [
            ("zmot", "Zero: Search"),
            ("fmot", "First: Decision"),
            ("smot", "Second: First Use"),
            ("tmot", "Third: Sharing"),
        ],
        "Moment of Truth",
        help="The moment of truth that falls into this step; at most one.",
    )
    description = fields.Text(translate=True, help="What customers do in this step.")

    _code_unique = models.Constraint("UNIQUE(code)", "A step with this code exists already.")
