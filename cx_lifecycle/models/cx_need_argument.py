from odoo import fields, models


class CxNeedArgument(models.Model):
    """What to say to somebody with a need, or what to ask to find the need out."""

    _name = "cx.need.argument"
    _description = "Selling Argument"
    _order = "need_id, kind, sequence, id"
    _rec_name = "text"

    need_id = fields.Many2one("cx.need", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [("argument", "Argument"), ("question", "Question to ask")],
        required=True,
        default="argument",
    )
    text = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="A company's own arguments take the place of those without company, and so do its "
        "questions.",
    )
