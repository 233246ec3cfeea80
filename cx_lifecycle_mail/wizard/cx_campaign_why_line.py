from odoo import fields, models


class CxCampaignWhyLine(models.TransientModel):
    """One test of an answer: whether it holds, and the fact behind it."""

    _name = "cx.campaign.why.line"
    _description = "Test of an Answer"
    _order = "id"

    wizard_id = fields.Many2one("cx.campaign.why", required=True, index=True, ondelete="cascade")
    code = fields.Char(required=True, help="What was tested.")
    mark = fields.Selection(
        [("yes", "✓"), ("no", "✗"), ("none", "–")], required=True, string="Holds"
    )
    name = fields.Char("What", required=True)
    value = fields.Char("Facts")
    campaign_id = fields.Many2one("cx.campaign", ondelete="cascade")
    run_id = fields.Many2one("cx.campaign.run", ondelete="cascade")

    def action_open(self):
        """Open the answer for one campaign, or the participation that is named."""
        self.ensure_one()
        if self.campaign_id:
            return self.campaign_id._why_dialog(partner_id=self.wizard_id.partner_id.id)
        return {
            "type": "ir.actions.act_window",
            "res_model": "cx.campaign.run",
            "res_id": self.run_id.id,
            "views": [(False, "form")],
        }
