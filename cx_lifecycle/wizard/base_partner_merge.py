from odoo import models


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """The contact left over is deleted in the end, but the person is not to be forgotten."""
        merging = self.with_context(cx_merging=True)
        return super(BasePartnerMerge, merging)._merge(partner_ids, dst_partner, extra_checks)

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Merge the partners' customers first, then look at the survivor with all its purchases.

        The generic merge would delete the rows that collide, and their episodes with them.
        """
        dst_partner._cx_object_together(src_partners)
        customers = self.env["cx.customer"]
        companies = customers._merge_partners(src_partners, dst_partner)
        self.env["cx.seat"]._merge_partners(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        customers._refresh_partners(dst_partner, companies, "res.partner")
        customers._prefer(dst_partner.commercial_partner_id)
        self.env["cx.seat"]._after_merge(dst_partner)
        self.env["cx.need.evidence"]._after_merge(dst_partner)
        # sudo: whether one of them objected is for the machine to know
        if dst_partner.sudo().cx_no_profiling_since:
            dst_partner._cx_stop_profiling()
        return result

    def _update_values(self, src_partners, dst_partner):
        """Whoever merges contacts writes their values, but not the day of an objection."""
        target = dst_partner.sudo()  # sudo: nobody else may write it
        since, target.cx_no_profiling_since = target.cx_no_profiling_since, False
        result = super()._update_values(src_partners, dst_partner)
        target.cx_no_profiling_since = since
        return result
