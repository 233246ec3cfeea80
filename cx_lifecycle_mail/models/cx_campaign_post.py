"""A letter on its way: by which server, as which message, and what stays of it with the contact."""

from markupsafe import Markup, escape

from odoo import api, models
from odoo.tools import SQL


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    @api.model
    def _route(self, letter):
        """By which server a letter goes, chosen as Odoo does for any mail.

        :return: (ir.mail_server, empty for the one of the configuration; envelope sender)
        """
        servers = self.env["ir.mail_server"].with_context(**letter.context)
        if letter.mail_server_id:
            return servers.browse(letter.mail_server_id), letter.email_from
        server, sender = servers._find_mail_server(letter.email_from)
        return server or servers.browse(), sender

    @api.model
    def _built(self, letter, session):
        """The message as Odoo builds it: envelope sender, recipient, bytes."""
        servers = self.env["ir.mail_server"].with_context(**letter.context)
        message = servers._build_email__(
            email_from=letter.email_from,
            email_to=[letter.email_to],
            subject=letter.subject,
            body=letter.html,
            body_alternative=letter.text,
            subtype="html",
            subtype_alternative="plain",
            reply_to=letter.reply_to,
            message_id=letter.message_id,
            headers=letter.headers,
        )
        sender, recipients, message = servers._prepare_email_message__(message, session)
        return sender, recipients[0], message.as_bytes()

    @api.model
    def _note(self, act_id, letter, now):
        """INSERT of a note on the contact: answers to the mail find their way by its Message-ID."""
        body = Markup("<p>%s</p>") % escape(letter.subject)
        return SQL(
            """
            INSERT INTO mail_message (message_id, model, res_id, subject, body, message_type,
                   subtype_id, is_internal, author_id, email_from, reply_to, date, create_date,
                   write_date, record_company_id)
            SELECT message_id, 'res.partner', person_id, %(subject)s, %(body)s, 'auto_comment',
                   %(note)s, true, %(author)s, %(email_from)s, %(reply_to)s, %(now)s, %(now)s,
                   %(now)s, company_id
              FROM cx_campaign_act WHERE id = %(id)s AND person_id IS NOT NULL
            """,
            id=act_id,
            subject=letter.subject,
            body=body,
            note=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note"),
            author=letter.author_id or None,
            email_from=letter.email_from,
            reply_to=letter.reply_to,
            now=now,
        )
