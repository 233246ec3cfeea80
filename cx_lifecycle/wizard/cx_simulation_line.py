from odoo import api, fields, models


class CxSimulationLine(models.TransientModel):
    """One customer that would move."""

    _name = "cx.simulation.line"
    _description = "Simulated Move"
    _order = "value_12m desc, id"
    _rec_name = "partner_id"

    simulation_id = fields.Many2one("cx.simulation", required=True, index=True, ondelete="cascade")
    customer_id = fields.Many2one("cx.customer", "Lifecycle", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Customer", ondelete="cascade")
    from_stage_id = fields.Many2one("cx.stage", "Now", ondelete="cascade")
    to_stage_id = fields.Many2one("cx.stage", "Then", ondelete="cascade")
    reason = fields.Selection(selection=lambda self: self.env["cx.customer"]._reasons())
    dormant_on = fields.Date()
    lost_on = fields.Date()
    value_12m = fields.Monetary("Value (12 Months)")
    currency_id = fields.Many2one("res.currency")
    why = fields.Char(compute="_compute_why", help="The customer's silence in a few words.")

    @api.depends("customer_id")
    def _compute_why(self):
        self.customer_id.mapped("why_data")
        for line in self:
            line.why = (line.customer_id.why_data or {}).get("short", "")

    def action_open_partner(self):
        """Open the customer's contact form."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }
