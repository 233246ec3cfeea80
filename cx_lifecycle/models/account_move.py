from odoo import models

WATCHED = {"state", "partner_id", "invoice_date"}


class AccountMove(models.Model):
    _inherit = "account.move"

    # the night asks what was written since the last one; a few kB, and no update gets slower
    _cx_write_date_index = models.Index("USING brin (write_date)")

    def write(self, vals):
        if not WATCHED & set(vals):
            return super().write(vals)
        sales = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        before = sales.partner_id
        done = super().write(vals)
        self.env["cx.customer"]._refresh_partners(
            before | sales.partner_id, sales.company_id, self._name
        )
        return done
