from odoo import models


class CrmLead2opportunityPartnerMass(models.TransientModel):
    _inherit = "crm.lead2opportunity.partner.mass"

    def action_mass_convert(self):
        # leads are converted one by one: their customers are looked at once, at the end
        lot = self.with_context(cx_refresh_at_commit=True)
        return super(CrmLead2opportunityPartnerMass, lot).action_mass_convert()
