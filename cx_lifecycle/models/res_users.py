from odoo import api, fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    cx_own_calls = fields.Boolean(
        "Own Number of Calls", help="This rep gets another number of calls than the others."
    )
    cx_calls_per_day = fields.Integer(
        "Calls per Day", help="The night plans at most so many calls for this rep. 0: none."
    )

    @api.constrains("cx_calls_per_day")
    def _check_cx_calls_per_day(self):
        for user in self:
            self.env["res.company"]._check_calls(user.cx_calls_per_day)
