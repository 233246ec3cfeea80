from odoo import fields, models


class CxWarningDismiss(models.TransientModel):
    """Seen, not important: a reason, and until when."""

    _name = "cx.warning.dismiss"
    _description = "Seen, Not Important"

    warning_ids = fields.Many2many("cx.warning", required=True, string="Warning Signs")
    reason = fields.Char(required=True)
    until = fields.Date(
        "Show Again From",
        help="If the sign is still there then. Empty: it is not shown again; a new cause is.",
    )

    def action_apply(self):
        """Dismiss the signs."""
        self.ensure_one()
        self.warning_ids.dismiss(self.reason, self.until)
        return {"type": "ir.actions.act_window_close", "infos": {"cx_saved": True}}
