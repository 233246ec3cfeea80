from odoo import models


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Merge the partners' customers first, then look at the survivor with all its purchases.

        The generic merge would delete the rows that collide, and their episodes with them.
        """
        customers = self.env["cx.customer"]
        companies = customers._merge_partners(src_partners, dst_partner)
        self.env["cx.seat"]._merge_partners(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        customers._refresh_partners(dst_partner, companies, "res.partner")
        customers._prefer(dst_partner.commercial_partner_id)
        self.env["cx.seat"]._after_merge(dst_partner)
        self.env["cx.need.evidence"]._after_merge(dst_partner)
        return result
