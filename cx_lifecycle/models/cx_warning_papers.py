"""Signals computed from invoices, deliveries and buyer roles."""

from odoo import fields, models
from odoo.tools import SQL

DECIDING = ("buyer", "payer", "decider")
NOTHING = SQL(
    "SELECT NULL::int AS customer_id, NULL::date AS began_on, NULL::date AS ended_on,"
    " NULL::jsonb AS facts WHERE false"
)
NOBODY = SQL("SELECT NULL::int AS partner_id WHERE false")


class CxSeat(models.Model):
    _inherit = "cx.seat"

    belonged = fields.Boolean(
        readonly=True,
        copy=False,
        help="A night saw the person at this customer: who is not there any more has left, unlike "
        "an adviser who never was.",
    )

    def _mark_belonging(self):
        """Remember who belongs to the customer they hold a role for."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE cx_seat s SET belonged = true FROM res_partner p"
                " WHERE p.id = s.partner_id AND s.belonged IS NOT TRUE"
                " AND p.commercial_partner_id = s.account_id"
            )
        )
        self.invalidate_model(["belonged"])


class CxWarningKind(models.Model):
    _inherit = "cx.warning.kind"

    # ---------------------------------------------------------------- invoices
    def _spells_late_payment(self, company, scope, today):
        """Invoices unpaid so many days after they were due, until the last of them is settled."""
        return self._open_intervals(
            SQL(
                """
                SELECT c.id AS customer_id, l.date_maturity + %(within)s AS began_on,
                       CASE WHEN l.reconciled THEN (
                           SELECT max(r.max_date) FROM account_partial_reconcile r
                            WHERE r.debit_move_id = l.id OR r.credit_move_id = l.id) END
                       AS ended_on, l.balance AS amount, l.amount_residual AS left_open,
                       l.date_maturity AS promised, NULL::int AS days
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN cx_customer c ON c.partner_id = m.commercial_partner_id
                                    AND c.company_id = m.company_id
                 WHERE m.move_type = 'out_invoice' AND m.state = 'posted'
                   AND m.company_id = %(company)s AND l.display_type = 'payment_term'
                   -- what is not late yet is no part of what is
                   AND l.balance > 0 AND l.date_maturity + %(within)s <= %(today)s AND %(those)s
                   -- an invoice of nothing has nothing to be paid
                   AND NOT (l.reconciled AND NOT EXISTS (
                       SELECT FROM account_partial_reconcile r
                        WHERE r.debit_move_id = l.id OR r.credit_move_id = l.id))
                """,
                within=self.within_days,
                company=company.id,
                those=scope(SQL("c.partner_id")),
                today=today,
            )
        )

    def _changed_late_payment(self, company, since, today):
        """Whose invoices were written, or have become late meanwhile."""
        return SQL(
            "SELECT commercial_partner_id FROM account_move WHERE move_type = 'out_invoice'"
            " AND company_id = %s AND write_date >= %s"
            " UNION SELECT m.commercial_partner_id FROM account_move_line l"
            " JOIN account_move m ON m.id = l.move_id"
            " WHERE l.company_id = %s AND l.display_type = 'payment_term'"
            " AND l.reconciled IS NOT TRUE AND m.move_type = 'out_invoice'"
            " AND l.date_maturity BETWEEN %s::date - %s - 1 AND %s::date - %s",
            company.id,
            since,
            company.id,
            since,
            self.within_days,
            today,
            self.within_days,
        )

    # -------------------------------------------------------------- deliveries
    def _spells_delivery_late(self, company, scope, today):
        """Deliveries that arrive, or are still awaited, so many days after the promised day."""
        if "stock.picking" not in self.env:
            return NOTHING
        return self._open_intervals(
            SQL(
                """
                SELECT customer_id, promised + %(within)s AS began_on,
                       arrived + %(lasts)s AS ended_on, NULL::numeric AS amount,
                       (arrived IS NULL)::int::numeric AS left_open, promised,
                       coalesce(arrived, %(today)s) - promised AS days
                  FROM (
                    SELECT c.id AS customer_id,
                           (coalesce(k.date_deadline, k.scheduled_date)
                            AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS promised,
                           CASE WHEN k.state = 'done' THEN (k.date_done
                            AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date END AS arrived
                      FROM stock_picking k
                      JOIN stock_location g ON g.id = k.location_dest_id AND g.usage = 'customer'
                      JOIN res_partner p ON p.id = k.partner_id
                      JOIN cx_customer c ON c.partner_id = p.commercial_partner_id
                                        AND c.company_id = k.company_id
                     WHERE k.state NOT IN ('draft', 'cancel') AND k.company_id = %(company)s
                       AND %(those)s) AS delivery
                 WHERE coalesce(arrived, %(today)s) >= promised + greatest(%(within)s, 1)
                """,
                within=self.within_days,
                lasts=self.lasts_days,
                zone=company.partner_id.tz or "UTC",
                company=company.id,
                those=scope(SQL("c.partner_id")),
                today=today,
            )
        )

    def _changed_delivery_late(self, company, since, today):
        if "stock.picking" not in self.env:
            return NOBODY
        return SQL(
            "SELECT p.commercial_partner_id FROM stock_picking k JOIN res_partner p"
            " ON p.id = k.partner_id WHERE k.company_id = %s AND (k.write_date >= %s"
            " OR k.state NOT IN ('draft', 'done', 'cancel')"
            " AND coalesce(k.date_deadline, k.scheduled_date)"
            # a day more: where the clock is behind UTC, the day is not over yet
            " < %s::date + 2 - %s * interval '1 day')",
            company.id,
            since,
            today,
            self.within_days,
        )

    # ------------------------------------------------------------------ people
    def _spells_key_contact_gone(self, company, scope, today):
        """Nobody of the customer holds a role any more that somebody held who has left."""
        self.env["cx.seat"]._mark_belonging()
        return SQL(
            """
            SELECT c.id AS customer_id, %(today)s AS began_on, NULL::date AS ended_on,
                   jsonb_build_object('roles', jsonb_agg(DISTINCT s.role_id)) AS facts
              FROM cx_seat s
              JOIN cx_buyer_role r ON r.id = s.role_id AND r.code IN %(deciding)s
              JOIN res_partner p ON p.id = s.partner_id
              JOIN cx_customer c ON c.partner_id = s.account_id AND c.company_id = s.company_id
             WHERE s.company_id = %(company)s AND c.active AND %(those)s
               AND (NOT p.active OR s.belonged AND p.commercial_partner_id <> s.account_id)
               AND NOT EXISTS (
                   SELECT FROM cx_seat o JOIN res_partner q ON q.id = o.partner_id
                    WHERE o.account_id = s.account_id AND o.company_id = s.company_id
                      AND o.role_id = s.role_id AND q.active
                      AND (q.commercial_partner_id = o.account_id OR o.belonged IS NOT TRUE))
          GROUP BY c.id
            """,
            today=today,
            deciding=DECIDING,
            company=company.id,
            those=scope(SQL("c.partner_id")),
        )
