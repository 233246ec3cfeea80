from odoo import fields, models


class CxBacktestCase(models.Model):
    """One customer on one past day: what the policy as it is had called, and what happened.

    Written by SQL, one row per customer judged and day, so that each number opens its list. Of
    older back-tests only the numbers are kept.
    """

    _name = "cx.backtest.case"
    _description = "Back-Tested Customer"
    _log_access = False
    _order = "cut desc, id"
    _rec_name = "customer_id"

    backtest_id = fields.Many2one("cx.backtest", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="backtest_id.company_id")
    cut = fields.Date("Date", required=True)
    customer_id = fields.Many2one("cx.customer", index="btree_not_null", ondelete="set null")
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Contact")
    outcome = fields.Selection(
        [
            ("right", "Right"),
            ("false_alarm", "False alarm"),
            ("late", "Late"),
            ("left_alone", "Rightly left alone"),
        ],
        required=True,
        help="Right: called dormant, and did not buy within the horizon. False alarm: called, but "
        "bought. Late: not called by the date, and did not buy.",
    )
    last_on = fields.Date("Last Purchase", help="The last one up to the date.")
    called_on = fields.Date("Called Dormant", help="Empty: not called by the date.")
    lost_on = fields.Date("Called Lost", help="Empty: not called lost by the date.")
    bought_on = fields.Date("Bought Again", help="The first purchase within the horizon.")

    _cut_index = models.Index("(backtest_id, cut, outcome)")

    def action_open_partner(self):
        """Open the customer's contact form."""
        self.ensure_one()
        return self.customer_id.action_open_partner()
