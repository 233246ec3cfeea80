from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    cx_own_calls = fields.Boolean(
        "Own Number of Calls", help="This rep gets another number of calls than the others."
    )
    cx_calls_per_day = fields.Integer(
        "Calls per Day", help="The night plans at most so many calls for this rep. 0: none."
    )
