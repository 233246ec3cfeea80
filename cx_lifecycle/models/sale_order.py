from odoo import api, models

WATCHED = {"state", "partner_id", "date_order", "company_id"}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # the night asks what was written since the last one; a few kB, and no update gets slower
    _cx_write_date_index = models.Index("USING brin (write_date)")

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        self.env["cx.seat"]._copy_to_orders(orders)
        self.env["cx.seat"]._learn_from(orders.filtered(lambda order: order.state == "sale"))
        orders._cx_refresh(orders.partner_id)
        return orders

    def write(self, vals):
        partners, companies = self.partner_id, self.company_id
        done = super().write(vals)
        if WATCHED & set(vals):
            self._cx_refresh(partners | self.partner_id, companies)
        return done

    def unlink(self):
        partners, companies = self.partner_id, self.company_id
        done = super().unlink()
        self.env["cx.customer"]._refresh_partners(partners, companies, self._name)
        return done

    def _action_confirm(self):
        done = super()._action_confirm()
        self.env["cx.seat"]._learn_from(self)
        return done

    def _cx_refresh(self, partners, companies=None):
        companies = self.company_id | (companies or self.env["res.company"])
        self.env["cx.customer"]._refresh_partners(partners, companies, self._name)
