"""The margin of purchases, where the documents know it."""

from odoo import api, fields, models
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

    @api.model
    def _days_with_margin(self, company, scope=None):
        """As ``_days``, with the margin of each day: NULL when that of a document is not known."""
        documents = [s._documents(company, scope, margin=True) for s in self._counting(company)]
        if not documents:
            return SQL("SELECT net.*, NULL::numeric AS margin FROM (%s) AS net",
                       self._days(company, scope))  # fmt: skip
        digits = company.currency_id.decimal_places
        return SQL(
            "SELECT partner_id, day, round(sum(amount), %s) AS amount,"
            " CASE WHEN count(*) = count(margin) THEN round(sum(margin), %s) END AS margin"
            " FROM (%s) AS document WHERE partner_id IS NOT NULL GROUP BY partner_id, day",
            digits,
            digits,
            SQL(" UNION ALL ").join(documents),
        )
