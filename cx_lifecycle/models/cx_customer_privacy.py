"""A customer of whom no profile may be made: what the row said is emptied, its history stops."""

from odoo import api, models
from odoo.tools import SQL

from .res_partner_profiling import EMPTY
from .scopes import ids_scope


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    @api.model
    def _whose(self, partners):
        """The customers that some contacts are themselves, in all companies, archived ones too."""
        everybody = self.with_context(active_test=False)
        return everybody.search([("partner_id", "in", partners.ids)])

    def _empty_profile(self):
        """Forget all figures, close what stands, and end planned calls; past stays remain.

        Does by itself what the next evaluation would do, so that no broken policy keeps it up.
        """
        if not self:
            return
        self.env.flush_all()
        values = SQL(", ").join(SQL("%s = %s", SQL.identifier(n), v) for n, v in EMPTY.items())
        self.env.cr.execute(SQL("UPDATE cx_customer SET %s WHERE id = ANY(%s)", values, self.ids))
        self.env.cr.execute(
            SQL("DELETE FROM cx_customer_need WHERE customer_id = ANY(%s)", self.ids)
        )
        # what rules would have called counts, and is nobody's call
        self.env.cr.execute(
            SQL(
                "UPDATE cx_backtest_case SET customer_id = NULL WHERE customer_id = ANY(%s)",
                self.ids,
            )
        )
        for company, customers in self.grouped("company_id").items():
            self.env.cr.execute(
                SQL(
                    "UPDATE cx_episode SET left_on = greatest(entered_on, %s), ended = true"
                    " WHERE customer_id = ANY(%s) AND left_on IS NULL",
                    self._today(company),
                    customers.ids,
                )
            )
        self.env["cx.warning"]._close_all(self)
        # they had begun contacts themselves: no channel is told of these any more
        self.env.cr.execute(
            SQL(
                "UPDATE cx_touchpoint SET person_id = NULL WHERE customer_id = ANY(%s)"
                " AND person_id IS NOT NULL",
                self.ids,
            )
        )
        self.env.invalidate_all()
        self._write_preferred(SQL("s.id = ANY(%s)", self.ids))
        for company, customers in self.grouped("company_id").items():
            self._settle_calls(company, self._today(company), customers.partner_id.ids)

    def _profile_again(self):
        """What purchases, contacts and answers of these customers tell, from now on again."""
        for company, customers in self.grouped("company_id").items():
            scope, today = ids_scope(customers.partner_id.ids), self._today(company)
            self._refresh_partners(customers.partner_id, company, "res.partner")
            if self.env["cx.need.evidence"]._ranges_tell(company):
                self.env["cx.need.evidence"]._from_purchases(company, scope, today)
            self._write_needs(company, scope, today)
        self._rate(self.ids)
        self._met_again(self.ids)
