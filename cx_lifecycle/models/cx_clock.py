from odoo import fields, models


class CxClock(models.Model):
    """The clock of a policy with closures or seasons: how many days that count have passed.

    Of two days, the difference of their units stands for the number of days between them.
    Written by ``cx.policy._wind``; policies without such a clock have no rows.
    """

    _name = "cx.clock"
    _description = "Policy Clock"
    _log_access = False
    _rec_name = "day"
    _order = "policy_id, day"

    policy_id = fields.Many2one("cx.policy", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id")
    day = fields.Date(required=True)
    units = fields.Float(required=True, help="Days that count, up to and including this day.")

    _day_unique = models.UniqueIndex("(policy_id, day)", "A day is once on a clock.")
    _units_index = models.Index("(policy_id, units, day)")
