from odoo import api, fields, models


class CxCampaignAudienceLine(models.TransientModel):
    """One number of a campaign's audience, and the way to the customers it counts."""

    _name = "cx.campaign.audience.line"
    _description = "Number of an Audience"
    _order = "id"

    campaign_id = fields.Many2one("cx.campaign", required=True, ondelete="cascade")
    members = fields.Char(required=True, help="Who is looked at: future, present or both.")
    code = fields.Char(required=True)
    label = fields.Char("Customers", compute="_compute_label")
    count = fields.Integer("Number", required=True)

    @api.model
    def _begin(self, campaign):
        """The lines of the last count of a campaign."""
        # sudo: only made by a count
        lines = self.sudo().create(
            [
                {
                    "campaign_id": campaign.id,
                    "members": campaign._members_shown(),
                    "code": code,
                    "count": count,
                }
                for code, count in campaign._audience_lines(campaign.audience)
            ]
        )
        return lines.with_env(self.env)

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_label(self):
        for line in self:
            line.label = line.campaign_id._audience_label(line.code)

    def action_show(self):
        """List the customers behind this number."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_customers")
        place = f"{self.campaign_id.id} {self.members} {self.code}"
        return action | {
            "name": self.label,
            "display_name": self.label,
            "domain": [("campaign_audience", "=", place)],
            "context": {},
            "views": [(False, "list"), (False, "kanban"), (False, "pivot"), (False, "graph")],
        }
