from odoo import fields, models


class CxErase(models.TransientModel):
    _inherit = "cx.erase"

    suppress = fields.Boolean(
        "Never Write to the Address Again",
        default=True,
        help="Also if it is imported again. Who had refused something is never written to again "
        "in any case. Of the address itself only a number is kept that nobody can read.",
    )

    def _tried(self):
        return super(CxErase, self.with_context(cx_suppress=self.suppress))._tried()

    def action_erase(self):
        return super(CxErase, self.with_context(cx_suppress=self.suppress)).action_erase()
