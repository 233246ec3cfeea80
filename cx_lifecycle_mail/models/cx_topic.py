from odoo import fields, models


class CxTopic(models.Model):
    """What a person may opt out of, finer than Odoo's block list."""

    _name = "cx.topic"
    _description = "Topic of Messages"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True, help="Shown on the preference page.")
    description = fields.Char(translate=True, help="Shown below the name.")
    company_id = fields.Many2one("res.company", help="Of one company only; of all when empty.")
    active = fields.Boolean(default=True)
