from odoo import fields, models


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    cx_paused_until = fields.Datetime(
        "Campaigns Wait Until", readonly=True, copy=False,
        help="The server was not reached, or asked to come back later.",
    )  # fmt: skip
    cx_pauses = fields.Integer(
        "Failures in a Row", readonly=True, copy=False, help="Each makes the next pause longer."
    )
    cx_pause_reason = fields.Char(readonly=True, copy=False)
