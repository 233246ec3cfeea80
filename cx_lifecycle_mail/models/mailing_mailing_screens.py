"""The contents of a step, opened and removed from its dialog."""

from odoo import api, models
from odoo.exceptions import UserError


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    def action_cx_edit(self):
        """Open Odoo's mailing editor on this content."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mailing.mailing",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_cx_remove(self):
        """Delete this content of a step, unless somebody got it."""
        self.unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used_by_step(self):
        # sudo: whoever got it, also customers of others
        acts = self.env["cx.campaign.act"].sudo()
        if acts.search_count([("mailing_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Contents: messages of a campaign were made from this content. Change it "
                    "instead of removing it: their statistics stay."
                )
            )
