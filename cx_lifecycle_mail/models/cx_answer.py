"""What customers answered to questions that are compared, one row for each, read where it is.

Nothing is copied: who is deleted, or answers otherwise, is followed by itself. Of an answer it has
the number, not the words; opening the survey's own answer asks for the reader's rights there.
"""

from odoo import fields, models
from odoo.tools import SQL

from ..engine import listening
from .survey_question import MEASURES

BANDS = [("good", "Good"), ("between", "In Between"), ("bad", "Bad")]


class CxAnswer(models.Model):
    _name = "cx.answer"
    _description = "Answer of a Customer"
    _auto = False
    _log_access = False
    _order = "at desc, id desc"
    _rec_name = "customer_id"
    _depends = {
        "survey.user_input.line": ["value_scale", "skipped", "question_id", "user_input_id"],
        "survey.user_input": [
            "state", "test_entry", "partner_id", "end_datetime", "survey_id", "cx_act_id",
        ],
        "survey.question": ["cx_measure"],
        "res.partner": ["commercial_partner_id", "tz"],
        "cx.customer": ["partner_id", "company_id"],
        "cx.campaign.act": ["company_id", "campaign_id"],
    }  # fmt: skip

    customer_id = fields.Many2one("cx.customer", readonly=True)
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Contact")
    person_id = fields.Many2one("res.partner", readonly=True, help="Who answered.")
    company_id = fields.Many2one("res.company", readonly=True)
    at = fields.Datetime("Answered", readonly=True)
    day = fields.Date(readonly=True, help="The same where the company is.")
    measure = fields.Selection(MEASURES, readonly=True)
    value = fields.Integer("Answer", readonly=True, aggregator="avg")
    band = fields.Selection(
        BANDS, readonly=True,
        help="NPS: 9 and 10, 7 and 8, below. CSAT: 4 and 5, 3, below. CES: 5 to 7, 4, below.",
    )  # fmt: skip
    survey_id = fields.Many2one("survey.survey", readonly=True)
    campaign_id = fields.Many2one("cx.campaign", readonly=True, help="Whose invitation it was.")
    user_input_id = fields.Many2one("survey.user_input", "Answers to the Survey", readonly=True)

    @property
    def _table_query(self):
        """An answer belongs to the company that asked, else to the first one of the customer."""
        bands = SQL(" ").join(
            SQL("WHEN q.cx_measure = %s AND l.value_scale = ANY(%s) THEN %s", measure, values, name)
            for measure, (good, bad) in listening.BANDS.items()
            for name, values in (("good", list(good)), ("bad", list(bad)))
        )
        return SQL(
            """
            SELECT l.id, c.id AS customer_id, p.id AS person_id, c.company_id,
                   i.end_datetime AS at,
                   (i.end_datetime AT TIME ZONE 'UTC' AT TIME ZONE coalesce(z.tz, 'UTC'))::date
                       AS day,
                   q.cx_measure AS measure, l.value_scale AS value,
                   CASE %s ELSE 'between' END AS band,
                   i.survey_id, a.campaign_id, i.id AS user_input_id
              FROM survey_user_input_line l
              JOIN survey_question q ON q.id = l.question_id AND q.cx_measure IS NOT NULL
              JOIN survey_user_input i ON i.id = l.user_input_id AND i.state = 'done'
               AND i.test_entry IS NOT TRUE
         LEFT JOIN cx_campaign_act a ON a.id = i.cx_act_id
              JOIN res_partner p ON p.id = i.partner_id
              JOIN cx_customer c ON c.partner_id = p.commercial_partner_id
               AND c.company_id = coalesce(a.company_id, (
                   SELECT min(o.company_id) FROM cx_customer o
                    WHERE o.partner_id = p.commercial_partner_id))
              JOIN res_company w ON w.id = c.company_id
              JOIN res_partner z ON z.id = w.partner_id
             WHERE l.skipped IS NOT TRUE AND l.value_scale IS NOT NULL
            """,
            bands,
        )

    def action_open_record(self):
        """Open the survey's answers of this person, with the reader's rights there."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "survey.user_input",
            "res_id": self.user_input_id.id,
            "views": [(False, "form")],
        }
