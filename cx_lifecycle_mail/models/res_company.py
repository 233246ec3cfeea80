from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    cx_mail_cap = fields.Integer(
        "Messages at Most", default=2,
        help="Campaign messages to one customer within the period; 0: no limit.",
    )  # fmt: skip
    cx_mail_cap_days = fields.Integer("Within (Days)", default=7)
    cx_call_cap = fields.Integer(
        "Activities at Most", default=1,
        help="Campaign activities with one customer within the period; 0: no limit.",
    )  # fmt: skip
    cx_call_cap_days = fields.Integer("Activities Within (Days)", default=7)
    cx_survey_gap_days = fields.Integer(
        "Days Between Surveys", default=30,
        help="A customer is invited to another survey after so many days at the earliest, whoever "
        "invites, campaigns or the Surveys app; 0: no limit.",
    )  # fmt: skip
    cx_contact_months = fields.Integer(
        "Months Without a Sign of Life", default=36,
        help="Advertising goes to nobody whose last purchase, click, reply or contact of their own "
        "is older; 0: never too old.",
    )  # fmt: skip
    cx_quiet_from = fields.Float(
        "Quiet From", default=20.0, help="Where the customer is; nothing is sent until the end."
    )
    cx_quiet_to = fields.Float("Quiet Until", default=8.0)
    cx_calendar_id = fields.Many2one(
        "resource.calendar", "Sending Days",
        help="Nothing is sent on days without working hours, nor on its public holidays; any day "
        "when empty.",
    )  # fmt: skip
    cx_holdout_share = fields.Float(
        "Held Out of Everything",
        help="Share of customers that no campaign treats, to see what all of them bring.",
    )
    cx_message_cost = fields.Float(
        "Cost of a Message", digits=(12, 5),
        help="Of one mail or invitation that was sent, in the company's currency.",
    )  # fmt: skip
    cx_hour_cost = fields.Monetary(
        "Cost of an Hour", help="Of a salesperson, for the activities of campaigns."
    )
    cx_margin_share = fields.Float(
        "Usual Margin",
        help="Share of the net purchases that is margin, where documents do not tell; empty: "
        "unknown, and what a campaign returned is told in purchases.",
    )

    _cx_cost_check = models.Constraint(
        "CHECK(coalesce(cx_message_cost, 0) >= 0 AND coalesce(cx_hour_cost, 0) >= 0"
        " AND coalesce(cx_margin_share, 0) BETWEEN 0 AND 1)",
        "Costs: amounts from 0 up; usual margin: a share from 0 to 100 %.",
    )
    _cx_pressure_check = models.Constraint(
        "CHECK(cx_mail_cap >= 0 AND cx_call_cap >= 0 AND cx_mail_cap_days BETWEEN 1 AND 365"
        " AND cx_call_cap_days BETWEEN 1 AND 365)",
        "Pressure: a number from 0 up within 1 to 365 days.",
    )
    _cx_survey_gap_check = models.Constraint(
        "CHECK(cx_survey_gap_days BETWEEN 0 AND 365)",
        "Days Between Surveys: enter 0 to 365 days.",
    )
    _cx_contact_check = models.Constraint(
        "CHECK(cx_contact_months BETWEEN 0 AND 1200)",
        "Months Without a Sign of Life: enter 0 to 1200 months.",
    )
    _cx_quiet_check = models.Constraint(
        "CHECK(cx_quiet_from >= 0 AND cx_quiet_from < 24"
        " AND cx_quiet_to >= 0 AND cx_quiet_to < 24)",
        "Quiet hours: from 0:00 to 23:59.",
    )
    _cx_holdout_check = models.Constraint(
        "CHECK(cx_holdout_share >= 0 AND cx_holdout_share <= 0.5)",
        "Held out of everything: a share from 0 to 50 %.",
    )
