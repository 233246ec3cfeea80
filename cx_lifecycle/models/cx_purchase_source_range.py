"""What was bought tells needs: purchases of categories that carry needs become evidence."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .scopes import willing

# A need shown on so many days of purchases weighs 2, and 3; on fewer, it is a hint.
OFTEN, VERY_OFTEN = 3, 6


class CxPurchaseSource(models.Model):
    _inherit = "cx.purchase.source"

    product_path = fields.Char(
        "Products",
        help="Field that leads to the products bought, over the lines: for instance "
        "order_line.product_id. Empty: these documents tell no needs.",
    )

    @api.constrains("model", "product_path")
    def _check_product_path(self):
        """Refuse a path that leads to no products."""
        for source in self.filtered(lambda s: s.installed and s.product_path):
            if not source._product_steps():
                raise ValidationError(
                    self.env._(
                        "Products: %(path)s does not lead from %(model)s over its lines to a "
                        "product. Write a path like order_line.product_id.",
                        path=source.product_path,
                        model=source.model,
                    )
                )
            for field in source._product_steps():
                source._check_field_readable("product_path", field)

    def _product_steps(self):
        """The field of the lines and the one of the product, or None where there are none."""
        names = self.product_path.split(".")
        lines = self.env[self.model]._fields.get(names[0])
        if len(names) != 2 or not lines or lines.type != "one2many" or not lines.store:
            return None
        product = self.env[lines.comodel_name]._fields.get(names[1])
        if not product or product.comodel_name != "product.product" or not product.store:
            return None
        return lines, product

    def _bought_categories(self, company, scope):
        """SELECT of partner_id, day, and category bought, of the documents that count."""
        lines, product = self._product_steps()
        line = self.env[lines.comodel_name]
        line.flush_model([lines.inverse_name, product.name])
        return SQL(
            "SELECT d.partner_id, d.day, t.categ_id FROM (%s) AS d"
            " JOIN %s l ON %s = d.id"
            " JOIN product_product p ON p.id = %s"
            " JOIN product_template t ON t.id = p.product_tmpl_id WHERE d.amount > 0",
            self._documents(company, scope),
            SQL.identifier(line._table),
            SQL.identifier("l", lines.inverse_name),
            SQL.identifier("l", product.name),
        )


class CxNeedEvidence(models.Model):
    _inherit = "cx.need.evidence"

    @api.model
    def _from_purchases(self, company, scope, on):
        """Write anew what the purchases of the customers in a scope tell: one row per need."""
        sources = self.env["cx.purchase.source"]._counting(company).filtered("product_path")
        self.env.cr.execute(
            SQL(
                "DELETE FROM cx_need_evidence WHERE company_id = %s AND source = 'range' AND %s",
                company.id,
                scope(SQL("commercial_partner_id")),
            )
        )
        if sources:
            bought = SQL(" UNION ALL ").join(
                source._bought_categories(company, willing(scope)) for source in sources
            )
            self.env.cr.execute(self._tell(company, bought, on))
        self.invalidate_model()

    @api.model
    def _ranges_tell(self, company):
        """Whether any purchase tells, or has told, a need."""
        self.env.flush_all()
        [(tell,)] = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM cx_need_product_category_rel) OR EXISTS (SELECT FROM"
                " cx_need_evidence WHERE company_id = %s AND source = 'range')",
                company.id,
            )
        )
        return tell

    def _tell(self, company, bought, on):
        """INSERT of one row per customer and need, from a SELECT of what was bought when."""
        return SQL(
            """
            INSERT INTO cx_need_evidence (
                partner_id, commercial_partner_id, company_id, need_id, weight, source, "on",
                figures, create_date, write_date, create_uid, write_uid)
            SELECT partner_id, partner_id, %(company)s, need_id,
                   CASE WHEN days >= %(very_often)s THEN '3' WHEN days >= %(often)s THEN '2'
                        ELSE '1' END, 'range', last_on,
                   jsonb_build_object('days', days, 'categories', categories),
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', %(uid)s, %(uid)s
              FROM (SELECT b.partner_id, n.need_id, count(DISTINCT b.day) AS days,
                           max(b.day) AS last_on,
                           to_jsonb(array_agg(DISTINCT top.id)) AS categories
                      FROM (%(bought)s) AS b
                      JOIN product_category c ON c.id = b.categ_id
                      JOIN product_category top ON c.parent_path LIKE top.parent_path || '%%'
                      JOIN cx_need_product_category_rel n ON n.category_id = top.id
                     WHERE b.day <= %(on)s
                  GROUP BY b.partner_id, n.need_id) AS told
            """,
            company=company.id,
            bought=bought,
            often=OFTEN,
            very_often=VERY_OFTEN,
            on=on,
            uid=self.env.uid,
        )


class CxPolicy(models.Model):
    _inherit = "cx.policy"

    ranges_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="Purchases counted before this moment have told the needs they tell. Empty: all are "
        "read again tonight.",
    )
    ranges_began_at = fields.Datetime(
        readonly=True, copy=False, help="When the reading that is under way began."
    )
    ranges_partner_id = fields.Integer(
        readonly=True, copy=False, help="Up to this contact that reading has come."
    )

    @api.model
    def _range_changed(self):
        """Categories carry other needs now: the next night reads all purchases again."""
        # sudo: bookkeeping of the nights, for every company
        published = self.sudo().search(
            [("state", "=", "published"), "|", ("ranges_at", "!=", False),
             ("ranges_began_at", "!=", False)]
        )  # fmt: skip
        published.write({"ranges_at": False, "ranges_began_at": False})
