from odoo import fields, models


class CxContest(models.TransientModel):
    """The rep knows better: hold a stage until a date, or say that the customer is lost."""

    _name = "cx.contest"
    _description = "Contest a Stage"

    customer_ids = fields.Many2many("cx.customer", required=True, string="Customers")
    verdict = fields.Selection(
        [
            ("hold", "Keep in a stage"),
            ("lost", "Lost: the customer said so"),
            ("rules", "Let the rules decide again"),
        ],
        required=True,
        default="hold",
    )
    stage_id = fields.Many2one(
        "cx.stage",
        default=lambda self: self.env["cx.stage"].search([("code", "=", "active")]),
    )
    until = fields.Date(
        default=lambda self: fields.Date.add(fields.Date.context_today(self), months=3),
        help="Last day of the hold. A purchase ends it before.",
    )
    reason = fields.Char(help="Shown to everybody who looks at the customer.")

    def action_apply(self):
        """Carry the verdict out on all customers."""
        self.ensure_one()
        if self.verdict == "hold":
            self.customer_ids.hold(self.stage_id, self.until, self.reason)
        elif self.verdict == "lost":
            self.customer_ids.declare_lost(self.reason)
        else:
            self.customer_ids.release_hold()
            self.customer_ids.withdraw_loss()
        return {"type": "ir.actions.act_window_close", "infos": {"cx_saved": True}}
