from odoo import fields, models

from .cx_campaign_health import LIVE


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    cx_mail_cap = fields.Integer(related="company_id.cx_mail_cap", readonly=False)
    cx_mail_cap_days = fields.Integer(related="company_id.cx_mail_cap_days", readonly=False)
    cx_call_cap = fields.Integer(related="company_id.cx_call_cap", readonly=False)
    cx_call_cap_days = fields.Integer(related="company_id.cx_call_cap_days", readonly=False)
    cx_survey_gap_days = fields.Integer(related="company_id.cx_survey_gap_days", readonly=False)
    cx_contact_months = fields.Integer(related="company_id.cx_contact_months", readonly=False)
    cx_quiet_from = fields.Float(related="company_id.cx_quiet_from", readonly=False)
    cx_quiet_to = fields.Float(related="company_id.cx_quiet_to", readonly=False)
    cx_calendar_id = fields.Many2one(related="company_id.cx_calendar_id", readonly=False)
    cx_holdout_share = fields.Float(related="company_id.cx_holdout_share", readonly=False)
    cx_currency_id = fields.Many2one(related="company_id.currency_id", string="Currency of Costs")
    cx_message_cost = fields.Float(related="company_id.cx_message_cost", readonly=False)
    cx_hour_cost = fields.Monetary(
        related="company_id.cx_hour_cost", readonly=False, currency_field="cx_currency_id"
    )
    cx_margin_share = fields.Float(related="company_id.cx_margin_share", readonly=False)
    cx_campaign_attention = fields.Integer(
        compute="_compute_cx_campaign_health", help="Campaigns at which somebody should look."
    )
    cx_campaign_jobs = fields.Text(
        compute="_compute_cx_campaign_health", help="Whether their scheduled actions work."
    )

    def _compute_cx_campaign_health(self):
        campaigns = self.env["cx.campaign"].search(
            [("company_id", "=", self.env.company.id), ("state", "in", LIVE)]
        )
        attention = campaigns.filtered(lambda campaign: campaign.health in ("watch", "bad"))
        jobs = "\n".join(campaigns._jobs_trouble()) if campaigns else False
        for settings in self:
            settings.cx_campaign_attention = len(attention)
            settings.cx_campaign_jobs = jobs

    def action_cx_campaign_attention(self):
        """List the campaigns at which somebody should look."""
        self.env["cx.campaign"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle_mail.action_campaigns")
        return action | {"context": {"search_default_attention": 1}}
