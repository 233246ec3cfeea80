"""Seats travel with the deal: from the opportunity to the order, and to the customer."""

from odoo import api, models
from odoo.tools import SQL

MOVED = "cx_lifecycle.leads"  # where a transaction keeps those whose company changed


def one_of(column, sources, target):
    """SQL of a contact as it will be when the sources have become the target."""
    name = SQL.identifier(column)
    return SQL("CASE WHEN %s = ANY(%s) THEN %s ELSE %s END", name, sources.ids, target.id, name)


class CxSeat(models.Model):
    _inherit = "cx.seat"

    @api.model
    def _copy_to_orders(self, orders):
        """Quotations made from an opportunity begin with its committee, unless they have one."""
        if not orders.opportunity_id:
            return
        self._insert(
            "order_id",
            SQL(
                "SELECT s.partner_id, s.name, s.role_id, o.id, o.company_id, s.stance, s.since,"
                " s.note FROM cx_seat s JOIN sale_order o ON o.opportunity_id = s.lead_id"
                " WHERE o.id = ANY(%s) AND NOT EXISTS (SELECT FROM cx_seat t"
                " WHERE t.order_id = o.id) ORDER BY s.id",
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

    @api.model
    def _merge_partners(self, sources, target, people=True):
        """Of seats that become the same when contacts become one, keep the oldest.

        The generic merge would give up all seats of a contact when one of them collides.

        :param people: as persons too, not as customers only
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "DELETE FROM cx_seat WHERE id IN (SELECT id FROM ("
                "SELECT id, row_number() OVER (PARTITION BY %(person)s, %(account)s, role_id,"
                " lead_id, order_id, company_id, CASE WHEN partner_id IS NULL THEN name END"
                " ORDER BY id) AS nth FROM cx_seat"
                " WHERE partner_id = ANY(%(ids)s) OR account_id = ANY(%(ids)s)) AS same"
                " WHERE nth > 1)",
                person=one_of("partner_id", sources if people else sources.browse(), target),
                account=one_of("account_id", sources, target),
                ids=(sources | target).ids,
            )
        )
        self.invalidate_model()

    @api.model
    def _after_merge(self, target):
        """A customer that became a contact hands its seats on to its customer."""
        customer = target.commercial_partner_id
        if customer == target:
            return
        self._merge_partners(target, customer, people=False)
        self.env.cr.execute(
            SQL("UPDATE cx_seat SET account_id = %s WHERE account_id = %s", customer.id, target.id)
        )
        self.invalidate_model()

    @api.model
    def _follow(self, leads):
        """The company of opportunities changed: their seats go along when all is flushed."""
        ids = list(filter(None, leads._ids))  # none of a form that is being filled in
        if not ids:
            return
        hooks = self.env.cr.precommit
        moved = hooks.data.setdefault(MOVED, set())
        if not moved:
            hooks.add(self._follow_noted)
        moved.update(ids)

    @api.model
    def _follow_noted(self):
        self.env["crm.lead"].flush_model(["company_id"])
        self.flush_model()
        self.env.execute_query(
            SQL(
                "UPDATE cx_seat s SET company_id = l.company_id FROM crm_lead l"
                " WHERE l.id = s.lead_id AND l.id = ANY(%s)"
                " AND s.company_id IS DISTINCT FROM l.company_id RETURNING s.id",
                list(self.env.cr.precommit.data.pop(MOVED, ())),
            )
        )
        self.invalidate_model(["company_id"])

    @api.model
    def _merge_leads(self, lead, others):
        """Opportunities become one: so do their committees, and the oldest of equal seats stays."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE cx_seat SET lead_id = %(lead)s, company_id = %(company)s
                 WHERE id IN (SELECT min(id) FROM cx_seat WHERE lead_id = ANY(%(all)s)
                            GROUP BY role_id, coalesce(partner_id::text, name)
                              HAVING NOT bool_or(lead_id = %(lead)s))
                """,
                lead=lead.id,
                company=lead.company_id.id or None,
                all=(lead | others).ids,
            )
        )
        self.invalidate_model()

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
