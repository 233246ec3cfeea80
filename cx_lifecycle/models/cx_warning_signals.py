"""Signals computed from purchases: what is bought becomes smaller, or less varied."""

from odoo import models
from odoo.tools import SQL


class CxWarningKind(models.Model):
    _inherit = "cx.warning.kind"

    def _spells_basket_shrinking(self, company, scope, today):
        """The mean of the last two purchases is less than a share of that of the earlier ones."""
        return self._observed(
            SQL(
                """
                SELECT customer_id, day,
                       many >= %(number)s AND lately < %(threshold)s * before / many AS holds,
                       jsonb_build_object('lately', round(lately, 2),
                           'before', round(before / nullif(many, 0), 2), 'number', many) AS facts
                  FROM (
                    SELECT customer_id, day, (amount + previous) / 2 AS lately,
                           total - amount - CASE WHEN near THEN previous ELSE 0 END AS before,
                           many - 1 - near::int AS many
                      FROM (
                        SELECT c.id AS customer_id, d.day, d.amount,
                               lag(d.amount) OVER running AS previous,
                               lag(d.day) OVER running >= d.day - %(within)s AS near,
                               sum(d.amount) OVER recent AS total, count(*) OVER recent AS many
                          FROM (%(days)s) AS d
                          JOIN cx_customer c ON c.partner_id = d.partner_id
                                            AND c.company_id = %(company)s
                         WHERE d.amount > 0 AND d.day <= %(today)s
                        WINDOW running AS (PARTITION BY c.id ORDER BY d.day),
                               recent AS (PARTITION BY c.id ORDER BY d.day
                                   RANGE BETWEEN %(within)s * interval '1 day' PRECEDING
                                             AND CURRENT ROW)) AS bought
                     WHERE previous IS NOT NULL) AS compared
                """,
                days=self.env["cx.purchase.source"]._days(company, scope),
                company=company.id,
                today=today,
                number=self.number,
                threshold=self.threshold,
                within=self.within_days,
            )
        )

    def _spells_fewer_categories(self, company, scope, today):
        """The last purchases are of fewer product categories than as many before them.

        Read of order lines. What was taken back is not counted, and a day whose lines come to
        nothing is no purchase.
        """
        return self._observed(
            SQL(
                """
                WITH line AS MATERIALIZED (
                    SELECT c.id AS customer_id,
                           (o.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day,
                           coalesce(t.categ_id, 0) AS category, l.price_subtotal AS amount,
                           l.product_uom_qty AS quantity
                      FROM sale_order o
                      JOIN res_partner p ON p.id = o.partner_id
                      JOIN cx_customer c ON c.partner_id = p.commercial_partner_id
                                        AND c.company_id = o.company_id
                      JOIN sale_order_line l ON l.order_id = o.id
                      JOIN product_product v ON v.id = l.product_id
                      JOIN product_template t ON t.id = v.product_tmpl_id
                     WHERE o.state = 'sale' AND o.company_id = %(company)s
                       AND l.display_type IS NULL AND %(those)s),
                visit AS (
                    SELECT customer_id, day,
                           row_number() OVER (PARTITION BY customer_id ORDER BY day) AS n
                      FROM line WHERE day <= %(today)s
                  GROUP BY customer_id, day HAVING sum(amount) > 0),
                taken AS (
                    SELECT v.customer_id, v.n, l.category
                      FROM visit v JOIN line l USING (customer_id, day)
                  GROUP BY v.customer_id, v.n, l.category HAVING sum(l.quantity) > 0),
                compared AS (
                    SELECT v.customer_id, v.day,
                           count(DISTINCT b.category) FILTER (
                               WHERE b.n > v.n - %(number)s) AS lately,
                           count(DISTINCT b.category) FILTER (
                               WHERE b.n <= v.n - %(number)s) AS before
                      FROM visit v
                      JOIN taken b ON b.customer_id = v.customer_id
                                  AND b.n > v.n - 2 * %(number)s AND b.n <= v.n
                     WHERE v.n >= 2 * %(number)s
                  GROUP BY v.customer_id, v.day)
                SELECT customer_id, day, lately < %(threshold)s * before AS holds,
                       jsonb_build_object('lately', lately, 'before', before,
                                          'number', %(number)s) AS facts
                  FROM compared
                """,
                zone=company.partner_id.tz or "UTC",
                company=company.id,
                those=scope(SQL("c.partner_id")),
                today=today,
                number=self.number,
                threshold=self.threshold,
            )
        )

    # -------------------------------------------------------- what has changed
    def _changed(self, company, since, today):
        """SELECT of the commercial partners whose spells may be others since a moment."""
        if self.basis == "touchpoint":
            return SQL(
                "SELECT c.partner_id FROM cx_touchpoint t JOIN cx_customer c"
                " ON c.id = t.customer_id WHERE t.write_date >= %s AND t.company_id = %s",
                since,
                company.id,
            )
        return getattr(self, f"_changed_{self.signal}")(company, since, today)

    def _changed_basket_shrinking(self, company, since, _today):
        """The night before has counted the purchases of those who bought."""
        return SQL(
            "SELECT partner_id FROM cx_customer WHERE company_id = %s AND counted_at >= %s",
            company.id,
            since,
        )

    def _changed_fewer_categories(self, company, since, _today):
        return SQL(
            "SELECT p.commercial_partner_id FROM sale_order o JOIN res_partner p"
            " ON p.id = o.partner_id WHERE o.company_id = %s AND o.write_date >= %s",
            company.id,
            since,
        )
