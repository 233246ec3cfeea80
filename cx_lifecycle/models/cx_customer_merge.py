"""Two contacts turn out to be one: their customers and histories become one too."""

from odoo import models
from odoo.tools import SQL

# what was planned with a customer, said of it, and done with it
FOLLOWING = (
    ("mail.activity", "cx_customer_id"),
    ("cx.objection", "customer_id"),
    ("cx.touchpoint", "customer_id"),
    ("cx.warning", "customer_id"),
)


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def _merge_partners(self, sources, target):
        """Combine the customers of some partners with that of another, in each company.

        :return: the companies concerned
        """
        target = target.commercial_partner_id
        # sudo: merging contacts is a right of its own, and every company's rows are concerned
        rows = self.sudo().with_context(active_test=False)
        found = rows.search([("partner_id", "in", (sources | target).ids)], order="id")
        groups = found.grouped("company_id")
        for group in groups.values():
            kept = group.filtered(lambda c: c.partner_id == target)[:1] or group[:1]
            kept._absorb(group - kept, target, sources)
        return self.env["res.company"].union(*groups)

    def _absorb(self, others, partner, sources):
        """Take over the episodes and verdicts of others, then remove them."""
        self.ensure_one()
        company = self.company_id
        bought = max(filter(None, (self | others).mapped("last_purchase_on")), default=None)
        for customer in self | others:
            if bought and customer.declared_lost_on and bought > customer.declared_lost_on:
                customer.write({"declared_lost_on": False, "declared_lost_reason": False})
        for name in ("hold", "declared_lost", "snooze", "proposed"):
            fields = [f for f in self._fields if f.startswith(f"{name}_")]
            donor = others.filtered(lambda c, f=fields: any(c[n] for n in f))[:1]
            if donor and not any(self[n] for n in fields):
                self.write({n: donor[n] for n in fields})
        self.env.flush_all()  # what is cached is forgotten in the end
        self.env.cr.execute(
            SQL(
                "UPDATE cx_episode SET customer_id = %s, ended = ended IS TRUE OR left_on IS NULL,"
                " left_on = coalesce(left_on, greatest(entered_on, %s))"
                " WHERE customer_id = ANY(%s)",
                self.id,
                self._today(company),
                others.ids,
            )
        )
        self.env["cx.warning"]._join(self | others)
        for model, column in FOLLOWING:
            rows = self.env[model]
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(column)s = %(kept)s WHERE %(column)s = ANY(%(others)s)",
                    table=SQL.identifier(rows._table), column=SQL.identifier(column),
                    kept=self.id, others=others.ids,
                )
            )  # fmt: skip
        self._rate(self.ids)
        # the purchases of the others are not new ones: they end no hold
        self.env.cr.execute(
            SQL(
                "UPDATE cx_customer SET partner_id = %s, due = true, last_purchase_on ="
                " (SELECT max(last_purchase_on) FROM cx_customer WHERE id = ANY(%s)) WHERE id = %s",
                partner.id,
                (self | others).ids,
                self.id,
            )
        )
        self.env.cr.execute(SQL("DELETE FROM cx_customer WHERE id = ANY(%s)", others.ids))
        if self.env["cx.first.run"]._accepted(company):
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner SET cx_customer_id = coalesce(cx_customer_id, '{}'::jsonb)"
                    " || jsonb_build_object(%s::text, %s) WHERE id = ANY(%s)",
                    company.id,
                    self.id,
                    (sources | partner).ids,
                )
            )
        self.env.invalidate_all(flush=False)
