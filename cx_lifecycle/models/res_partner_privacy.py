"""What a person may ask of us: to be told, to be left in peace, to be forgotten."""

from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_cx_consents(self):
        """List what this person, and the people at this company, said about their data."""
        self.ensure_one()
        self.check_access("read")
        self.env["cx.consent"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_consents")
        return {**action, "domain": [("partner_id", "child_of", self.id)]}
