"""Questions whose answers are compared over time and companies: NPS, CSAT and CES."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class Scale(NamedTuple):
    """From the worst answer to the best."""

    low: int
    high: int


MEASURES = [
    ("nps", "Recommendation (NPS)"),
    ("csat", "Satisfaction (CSAT)"),
    ("ces", "Ease (CES)"),
]
SCALES = {"nps": Scale(0, 10), "csat": Scale(1, 5), "ces": Scale(1, 7)}


class SurveyQuestion(models.Model):
    _inherit = "survey.question"

    cx_measure = fields.Selection(
        MEASURES, "Measures",
        help="NPS: whether they would recommend you, 0 to 10. CSAT: how satisfied they are, 1 to "
        "5. CES: whether it was easy, 1 to 7, the best being the easiest. The answers are read as "
        "the customer's satisfaction.",
    )  # fmt: skip

    _cx_measure_unique = models.UniqueIndex(
        "(survey_id, cx_measure) WHERE cx_measure IS NOT NULL",
        "Measures: another question of this survey measures the same. Empty one of the two.",
    )

    @api.constrains("cx_measure", "question_type", "scale_min", "scale_max")
    def _check_cx_measure(self):
        labels = dict(self._fields["cx_measure"]._description_selection(self.env))
        for question in self.filtered("cx_measure"):
            scale = SCALES[question.cx_measure]
            asked = (question.scale_min, question.scale_max)
            if question.question_type != "scale" or asked != scale:
                raise ValidationError(
                    self.env._(
                        "Measures: %(measure)s asks for a scale from %(low)s to %(high)s. Choose "
                        "the question type Scale and these values, or empty it.",
                        measure=labels[question.cx_measure], low=scale.low, high=scale.high,
                    )
                )  # fmt: skip

    def write(self, vals):
        changed = "cx_measure" in vals and self.filtered(
            lambda question: question.cx_measure != vals["cx_measure"]
        )
        done = super().write(vals)
        if changed and changed.user_input_line_ids:
            # what was answered means something else now; sudo: sources are the machine's
            self.env["cx.touchpoint.source"].sudo().search(
                [("model", "in", ("survey.user_input", "survey.user_input.line"))]
            )._read_again()
        return done
