"""A letter on its way: by which server, and as which message."""

import email.policy

from odoo import api, models

LONGEST_LINE = 998  # RFC 5322 2.1.1


class PlainLines(type(email.policy.SMTP)):
    """Odoo's policy for messages, but headers of plain ASCII leave in one line, as they are.

    Folding makes encoded words of a link that is longer than a line. Whoever reads
    ``List-Unsubscribe`` does not decode them (RFC 2047 section 5): one click would do nothing.
    """

    def _fold(self, name, value, *args, **kwargs):
        line = f"{name}: {value}"
        if line.isascii() and line.isprintable() and len(line) <= LONGEST_LINE:
            return line + self.linesep
        return super()._fold(name, value, *args, **kwargs)


PLAIN_LINES = PlainLines(linesep=email.policy.SMTP.linesep)


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
        return sender, recipients[0], message.as_bytes(policy=PLAIN_LINES)
