from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CxCampaignAttempt(models.Model):
    """What a mail server answered, and what a person decided: only ever added."""

    _name = "cx.campaign.attempt"
    _description = "Attempt to Hand Over"
    _order = "id desc"
    _rec_name = "outcome"

    act_id = fields.Many2one("cx.campaign.act", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, index=True)
    at = fields.Datetime(required=True)
    outcome = fields.Selection(
        [
            ("sent", "Taken by the server"),
            ("later", "Refused for now"),
            ("refused", "Refused"),
            ("uncertain", "No answer"),
            ("again", "Sent again by a person"),
            ("settled", "Taken for sent by a person"),
        ],
        required=True,
    )
    smtp_code = fields.Integer("Code")
    text = fields.Char("Answer")
    server = fields.Char(help="Mail server it was handed to.")
    worker = fields.Char(help="Host and process that did it.")
    user_id = fields.Many2one("res.users", "Decided By", ondelete="set null")

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Attempts: only the machine keeps this journal."))
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            raise UserError(self.env._("Attempts: what the journal says stays as it is."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_journal(self):
        raise UserError(self.env._("Attempts: the journal is kept, nothing is deleted from it."))
