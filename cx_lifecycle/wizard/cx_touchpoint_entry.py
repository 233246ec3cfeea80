from odoo import fields, models


class CxTouchpointEntry(models.TransientModel):
    """A contact with a customer, written down in a few clicks."""

    _name = "cx.touchpoint.entry"
    _description = "Contact Noted"

    partner_id = fields.Many2one("res.partner", "Contact", required=True)
    channel_id = fields.Many2one("cx.channel", required=True)
    interaction_id = fields.Many2one("cx.interaction", "What Happened", required=True)
    at = fields.Datetime("When", required=True, default=fields.Datetime.now)
    satisfaction = fields.Selection(
        [(str(score), str(score)) for score in range(11)],
        help="How satisfied the person was, from 0 to 10. Empty: not known.",
    )
    note = fields.Char("What Was Said")

    def action_save(self):
        """Write it down."""
        self.ensure_one()
        self.env["cx.touchpoint"].log(
            self.partner_id.id,
            self.channel_id.id,
            self.interaction_id.id,
            self.at,
            int(self.satisfaction) if self.satisfaction else None,
            self.note,
        )
        return {"type": "ir.actions.act_window_close", "infos": {"cx_saved": True}}
