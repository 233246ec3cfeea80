"""The margin of purchases, where the documents know it."""

from odoo import fields, models
from odoo.tools import SQL

MARGIN = "margin"  # as the apps that compute one call it, on orders and on receipts


class CxPurchaseSource(models.Model):
    _inherit = "cx.purchase.source"

    margin_path = fields.Char(
        "Margin",
        help="Field with the margin of the document, in the currency of its amount. Empty: the "
        "field “margin”, on documents that have one; without any, the margin is not known.",
    )

    def _margin_field(self):
        """Path of the margin, or None."""
        if self.margin_path:
            return self.margin_path
        field = self.env[self.model]._fields.get(MARGIN)
        fits = field and field.store and field.type in ("monetary", "float")
        return MARGIN if fits else None

    def _margin_to_sql(self, query, day, company):
        """The signed margin in the company's currency; NULL where it is not known."""
        path = self._margin_field()
        if not path:
            return SQL("NULL::numeric")
        return SQL(
            "CASE WHEN %s IS NOT NULL THEN %s END",
            self._path_to_sql(query, path),
            self._amount_to_sql(query, day, company, path),
        )
