from odoo import api, models

WATCHED = {"partner_id", "type", "stage_id", "probability", "active", "company_id"}


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._cx_refresh(leads.partner_id)
        return leads

    def write(self, vals):
        before = self.partner_id
        done = super().write(vals)
        if WATCHED & set(vals):
            self._cx_refresh(before | self.partner_id)
        return done

    def unlink(self):
        partners, companies = self.partner_id, self.company_id or self.env.company
        done = super().unlink()
        self.env["cx.customer"]._refresh_partners(partners, companies, self._name)
        return done

    def _cx_refresh(self, partners):
        companies = self.company_id or self.env.company
        self.env["cx.customer"]._refresh_partners(partners, companies, self._name)
