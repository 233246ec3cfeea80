from odoo import api, fields, models
from odoo.exceptions import ValidationError

MOST = 100
LONGEST = 240  # months


class ResCompany(models.Model):
    _inherit = "res.company"

    cx_calls_per_day = fields.Integer(
        "Calls per Rep and Day",
        default=5,
        help="The night plans at most so many calls for a rep, those worth most first; what is "
        "still open counts. 0: it plans none.",
    )
    cx_activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Activity of a Call",
        help="What the night plans when a customer goes quiet; a call when empty.",
    )
    cx_summary_user_ids = fields.Many2many(
        "res.users",
        "cx_summary_user_rel",
        string="Monthly Summary To",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="On the first of each month they get last month's balance of customers, by mail: of "
        "those that each of them may see.",
    )
    cx_summary_month = fields.Date(
        "Summed Up Until", readonly=True, help="What ended before this day was sent."
    )

    cx_satisfaction_good = fields.Float(
        "Good From", default=7.0, digits=(3, 1), help="A mean satisfaction of so much is good."
    )
    cx_satisfaction_fair = fields.Float(
        "Fair From", default=5.0, digits=(3, 1), help="Less than this is bad."
    )

    cx_keep_months = fields.Integer(
        "Keep for (Months)",
        default=36,
        help="So long after the last purchase, and the last contact that the customer began, free "
        "texts and names of people are kept; then they are emptied, every month, and the counts "
        "stay. 0: they are kept for good. The French authority (CNIL) advises three years after "
        "the end of the relation.",
    )

    @api.constrains("cx_keep_months")
    def _check_keep_months(self):
        for company in self:
            if not 0 <= company.cx_keep_months <= LONGEST:
                raise ValidationError(
                    self.env._(
                        "Keep for (Months): enter a number from 0 to %(most)s, not %(number)s.",
                        most=LONGEST,
                        number=company.cx_keep_months,
                    )
                )

    @api.constrains("cx_satisfaction_good", "cx_satisfaction_fair")
    def _check_satisfaction_limits(self):
        for company in self:
            if not 0 <= company.cx_satisfaction_fair <= company.cx_satisfaction_good <= 10:
                raise ValidationError(
                    self.env._(
                        "Good From and Fair From: enter two numbers from 0 to 10, good not below "
                        "fair."
                    )
                )

    @api.constrains("cx_calls_per_day")
    def _check_calls_per_day(self):
        for company in self:
            self._check_calls(company.cx_calls_per_day)

    @api.model
    def _check_calls(self, number):
        if not 0 <= number <= MOST:
            raise ValidationError(
                self.env._(
                    "Calls per Day: enter a number from 0 to %(most)s, not %(number)s.",
                    most=MOST,
                    number=number,
                )
            )
