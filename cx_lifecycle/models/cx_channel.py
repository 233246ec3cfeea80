from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


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
    offered = fields.Boolean(
        "Reaches People",
        help="Whether customers can be reached over it: people may prefer it, on the preference "
        "page for instance.",
    )

    _code_unique = models.Constraint("UNIQUE(code)", "A channel with this code exists already.")

    def write(self, vals):
        changed = "offered" in vals and any(way.offered != vals["offered"] for way in self)
        done = super().write(vals)
        if changed:
            # what customers were seen to use counts where one can reach them only
            self.env["cx.customer"]._write_preferred(SQL("true"))
        return done

    def _check_offered(self):
        """Refuse channels over which nobody can be reached."""
        for channel in self.filtered(lambda way: not way.offered):
            raise UserError(
                self.env._(
                    "Channel: nobody can be reached over %s. Choose another, or let marketers "
                    "mark it as one that reaches people.",
                    channel.name,
                )
            )
