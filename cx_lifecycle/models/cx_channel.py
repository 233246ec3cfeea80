from odoo import fields, models


class CxChannel(models.Model):
    """Where customers and company meet: a person, a place or a medium."""

    _name = "cx.channel"
    _description = "Channel"
    _inherit = "cx.coded"

    nature = fields.Selection(
        [("physical", "Physical"), ("digital", "Digital")], required=True, default="digital"
    )
    ownership = fields.Selection(
        [("own", "Own"), ("third", "Third Party")],
        required=True,
        default="own",
        help="Whether the company runs the channel, or somebody else does.",
    )

    _code_unique = models.Constraint("UNIQUE(code)", "A channel with this code exists already.")
