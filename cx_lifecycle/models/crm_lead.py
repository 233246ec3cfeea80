from odoo import api, models

WATCHED = {"partner_id", "type", "stage_id", "probability", "active", "company_id"}


class CrmLead(models.Model):
    _inherit = "crm.lead"

    # the night asks what was written since the last one; a few kB, and no update gets slower
    _cx_write_date_index = models.Index("USING brin (write_date)")

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
        partners, seen_by = self.partner_id, self._cx_companies()
        done = super().write(vals)
        if "company_id" in vals:
            self.env["cx.seat"]._follow(self)
        self._cx_refresh(partners | self.partner_id, seen_by, self._cx_companies())
        if {"stage_id", "type"} & set(vals):
            self._cx_arrived(refuse=self)
        return done

    def unlink(self):
        partners, seen_by = self.partner_id, self._cx_companies()
        done = super().unlink()
        self._cx_refresh(partners, seen_by)
        return done

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self.env["cx.seat"]._merge_leads(self, opportunities)
        return result

    def _compute_company_id(self):
        before = {lead: lead.company_id for lead in self}
        result = super()._compute_company_id()
        moved = self.filtered(lambda lead: lead.id and lead.company_id != before[lead])
        if moved:
            self.env["cx.seat"]._follow(moved)
            later = moved.with_context(cx_refresh_at_commit=True)
            left = self.env["res.company"].union(*(before[lead] for lead in moved))
            # where one of them had no company, every company saw it
            every = not all(before[lead] for lead in moved)
            later._cx_refresh(moved.partner_id, (left, every), moved._cx_companies())
        return result

    def _cx_companies(self):
        """The companies of these leads, and whether all companies see one of them."""
        return self.company_id, not all(lead.company_id for lead in self)

    def _cx_refresh(self, partners, *seen_by):
        """Bring customers up to date.

        :param seen_by: what `_cx_companies` said, now and before
        """
        companies, every = zip(*seen_by, strict=True)
        self.env["cx.customer"]._refresh_partners(
            partners, self.env["res.company"].union(*companies), self._name, any(every)
        )
