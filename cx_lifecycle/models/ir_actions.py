from odoo import fields, models


class IrActionsActWindowView(models.Model):
    _inherit = "ir.actions.act_window.view"

    view_mode = fields.Selection(
        selection_add=[
            ("cx_matrix", "Matrix"),
            ("cx_portfolio", "Portfolio"),
            ("cx_journey", "Journey Map"),
        ],
        ondelete=dict.fromkeys(("cx_matrix", "cx_portfolio", "cx_journey"), "cascade"),
    )
