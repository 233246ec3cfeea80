"""Seats travel with the deal: from the opportunity to the order, and to the customer."""

from odoo import api, models
from odoo.tools import SQL


class CxSeat(models.Model):
    _inherit = "cx.seat"

    @api.model
    def _copy_to_orders(self, orders):
        """Quotations made from an opportunity begin with its committee."""
        if not orders.opportunity_id:
            return
        self._insert(
            "order_id",
            SQL(
                "SELECT s.partner_id, s.name, s.role_id, o.id, o.company_id, s.stance, s.since,"
                " s.note FROM cx_seat s JOIN sale_order o ON o.opportunity_id = s.lead_id"
                " WHERE o.id = ANY(%s) ORDER BY s.id",
                orders.ids,
            ),
        )
        orders.invalidate_recordset(["cx_seat_ids"])

    @api.model
    def _learn_from(self, deals):
        """The customers of won opportunities or confirmed orders learn who decided what.

        What is known already stays as it is; a typed name is no contact to learn.
        """
        if not deals:
            return
        holder = "order_id" if deals._name == "sale.order" else "lead_id"
        self._insert(
            "account_id",
            SQL(
                "SELECT DISTINCT ON (p.commercial_partner_id, s.role_id, s.partner_id)"
                " s.partner_id, NULL, s.role_id, p.commercial_partner_id,"
                " coalesce(d.company_id, %s), s.stance, s.since, NULL"
                " FROM cx_seat s JOIN %s d ON d.id = s.%s"
                " JOIN res_partner p ON p.id = d.partner_id"
                " WHERE d.id = ANY(%s) AND s.partner_id IS NOT NULL"
                " ORDER BY p.commercial_partner_id, s.role_id, s.partner_id, s.since DESC",
                self.env.company.id,
                SQL.identifier(deals._table),
                SQL.identifier(holder),
                deals.ids,
            ),
        )

    def _insert(self, holder, rows):
        """Add seats from a SELECT, those that are not there yet."""
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["sale.order"].flush_model(["opportunity_id", "company_id", "partner_id"])
        self.env["crm.lead"].flush_model(["company_id", "partner_id"])
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "INSERT INTO cx_seat (partner_id, name, role_id, %s, company_id, stance, since,"
                " note, create_uid, write_uid, create_date, write_date)"
                " SELECT s.*, %s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'"
                " FROM (%s) AS s ON CONFLICT DO NOTHING",
                SQL.identifier(holder),
                self.env.uid,
                self.env.uid,
                rows,
            )
        )
        self.invalidate_model()
