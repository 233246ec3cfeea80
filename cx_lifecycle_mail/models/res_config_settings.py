from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    cx_mail_cap = fields.Integer(related="company_id.cx_mail_cap", readonly=False)
    cx_mail_cap_days = fields.Integer(related="company_id.cx_mail_cap_days", readonly=False)
    cx_call_cap = fields.Integer(related="company_id.cx_call_cap", readonly=False)
    cx_call_cap_days = fields.Integer(related="company_id.cx_call_cap_days", readonly=False)
    cx_quiet_from = fields.Float(related="company_id.cx_quiet_from", readonly=False)
    cx_quiet_to = fields.Float(related="company_id.cx_quiet_to", readonly=False)
    cx_calendar_id = fields.Many2one(related="company_id.cx_calendar_id", readonly=False)
    cx_holdout_share = fields.Float(related="company_id.cx_holdout_share", readonly=False)
