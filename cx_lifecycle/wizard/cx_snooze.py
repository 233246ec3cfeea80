from odoo import fields, models

from ..models.cx_customer_hold import SNOOZE_REASONS


class CxSnooze(models.TransientModel):
    """Not now: postpone a call, with a reason that later tells false alarms from true ones."""

    _name = "cx.snooze"
    _description = "Not Now"

    customer_ids = fields.Many2many("cx.customer", required=True, string="Customers")
    until = fields.Date(
        "Not Before",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), weeks=2),
    )
    reason = fields.Selection(SNOOZE_REASONS, required=True)
    note = fields.Char()

    def action_apply(self):
        """Postpone all customers."""
        self.ensure_one()
        self.customer_ids.snooze(self.until, self.reason, self.note)
        return {"type": "ir.actions.act_window_close", "infos": {"cx_saved": True}}
