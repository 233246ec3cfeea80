"""The content of a launched step is what people get: it is changed in a draft of its campaign."""

from odoo import api, fields, models

from .cx_campaign_freeze import changing

FROZEN = {
    "subject", "preview", "body_arch", "body_html", "cx_lang", "cx_step_id", "email_from",
    "reply_to", "reply_to_mode", "attachment_ids", "mailing_model_id", "mail_server_id", "active",
}  # fmt: skip


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    cx_frozen = fields.Boolean(
        compute="_compute_cx_frozen", help="The content of a campaign that was launched."
    )

    @api.depends("cx_step_id.frozen")
    def _compute_cx_frozen(self):
        for mailing in self:
            # sudo: whether it was launched, whoever reads the mailing
            mailing.cx_frozen = mailing.sudo().cx_step_id.frozen

    @api.model_create_multi
    def create(self, vals_list):
        mailings = super().create(vals_list)
        mailings._cx_refuse_frozen(mailings._fields["cx_step_id"])
        return mailings

    def write(self, vals):
        for mailing in self.filtered("cx_step_id"):
            if field := changing(mailing, vals, FROZEN):
                mailing._cx_refuse_frozen(field)
        done = super().write(vals)
        if vals.get("cx_step_id"):  # what becomes a content is a new one
            self._cx_refuse_frozen(self._fields["cx_step_id"])
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._cx_refuse_frozen(self._fields["cx_step_id"])

    def _cx_refuse_frozen(self, field):
        if not self.env.su and (frozen := self.filtered("cx_frozen")):
            label = field._description_string(self.env)
            frozen[0].cx_step_id.campaign_id._refuse_frozen(label)
