from odoo import fields, models


class CxCustomerNeed(models.Model):
    """One need of one customer: the sum of its evidence. Written by one statement only."""

    _name = "cx.customer.need"
    _description = "Customer's Need"
    _table = "cx_customer_need"  # also the relation behind need_ids of cx.customer
    _order = "score desc, need_id"
    _rec_name = "need_id"
    _log_access = False

    customer_id = fields.Many2one(
        "cx.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="customer_id.company_id")
    need_id = fields.Many2one("cx.need", required=True, readonly=True, ondelete="cascade")
    score = fields.Float(
        required=True,
        readonly=True,
        help="Sum of the weights as they would be worth on a common day; the order of needs is "
        "the order of scores, whatever the day.",
    )
    known_until = fields.Date(
        required=True, readonly=True, index=True, help="Day on which the evidence is forgotten."
    )

    _need_unique = models.Constraint(
        "UNIQUE(customer_id, need_id)", "A need is added up once per customer."
    )
