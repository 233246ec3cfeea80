from odoo import api, models

WATCHED = {"partner_id", "type", "stage_id", "probability", "active", "company_id"}


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        # mails, forms of the website and quick entries come into the first stage: nobody chose it
        chosen = [bool(vals.get("stage_id")) for vals in vals_list]
        leads = super().create(vals_list)
        leads._cx_refresh(leads.partner_id)
        pairs = zip(leads, chosen, strict=True)
        leads._cx_arrived(refuse=leads.browse(lead.id for lead, of_choice in pairs if of_choice))
        return leads

    def write(self, vals):
        partners, companies = self.partner_id, self._cx_companies()
        done = super().write(vals)
        if WATCHED & set(vals):
            self._cx_refresh(partners | self.partner_id, companies)
        if {"stage_id", "type"} & set(vals):
            self._cx_arrived(refuse=self)
        return done

    def unlink(self):
        partners, companies = self.partner_id, self._cx_companies()
        done = super().unlink()
        self.env["cx.customer"]._refresh_partners(partners, companies, self._name)
        return done

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self.env["cx.seat"]._merge_leads(self, opportunities)
        return result

    def _cx_companies(self):
        """The companies that see these leads; one without company is seen by all."""
        if all(lead.company_id for lead in self):
            return self.company_id
        # sudo: every company with a policy, whatever the user's
        return self.env["cx.policy"].sudo().search([("state", "=", "published")]).company_id

    def _cx_refresh(self, partners, companies=None):
        companies = self._cx_companies() | (companies or self.env["res.company"])
        self.env["cx.customer"]._refresh_partners(partners, companies, self._name)
