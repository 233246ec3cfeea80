from odoo import api, models

WATCHED = {"partner_id", "type", "stage_id", "probability", "active", "company_id"}


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        # mails, forms of the website and quick entries come into the first stage: nobody chose it
        chosen = [bool(vals.get("stage_id")) for vals in vals_list]
        leads = super().create(vals_list)
        leads._cx_refresh(leads.partner_id, leads._cx_companies())
        pairs = zip(leads, chosen, strict=True)
        leads._cx_arrived(refuse=leads.browse(lead.id for lead, of_choice in pairs if of_choice))
        return leads

    def write(self, vals):
        if not WATCHED & set(vals):
            return super().write(vals)
        partners, companies = self.partner_id, self._cx_companies()
        done = super().write(vals)
        if "company_id" in vals:
            self.env["cx.seat"]._follow(self)
        self._cx_refresh(partners | self.partner_id, companies, self._cx_companies())
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

    def _compute_company_id(self):
        before = {lead: lead.company_id for lead in self}
        result = super()._compute_company_id()
        if moved := self.filtered(lambda lead: lead.company_id != before[lead]):
            self.env["cx.seat"]._follow(moved)
        return result

    def _cx_companies(self):
        """The companies that see these leads; None where one of them is seen by all."""
        return self.company_id if all(lead.company_id for lead in self) else None

    def _cx_refresh(self, partners, *companies):
        """Bring customers up to date.

        :param companies: what `_cx_companies` said, now and before
        """
        every = None in companies
        self.env["cx.customer"]._refresh_partners(
            partners, None if every else self.env["res.company"].union(*companies), self._name
        )
