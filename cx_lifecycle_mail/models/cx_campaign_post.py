"""A letter on its way: by which server, and as which message."""

from datetime import datetime, timezone
from email.message import Message
from email.policy import SMTP
from email.utils import format_datetime

from odoo import api, models

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ..engine.message import message, plain


class PlainLines(type(SMTP)):
    """Odoo's policy for messages, but plain headers leave in one line, as they are."""

    def _fold(self, name, value, *args, **kwargs):
        if line := plain(name, value):
            return line + self.linesep
        return super()._fold(name, value, *args, **kwargs)


PLAIN_LINES = PlainLines(linesep=SMTP.linesep)


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
        """The message: envelope sender, recipient, bytes.

        Odoo decides on the addresses and on what the headers say of them, as for any mail.

        :raise ValueError: a line break in a header
        """
        servers = self.env["ir.mail_server"].with_context(**letter.context)
        if type(servers)._build_email__ is not IrMail_Server._build_email__:
            return self._built_by_odoo(servers, letter, session)
        head = Message()
        head["Message-Id"] = letter.message_id
        head["Subject"] = letter.subject
        head["From"] = letter.email_from
        head["Reply-To"] = letter.reply_to
        head["To"] = letter.email_to
        head["Date"] = format_datetime(datetime.now(timezone.utc))
        for name, value in letter.headers.items():
            head[name] = value
        sender, recipients, head = servers._prepare_email_message__(head, session)
        return sender, recipients[0], message(head.items(), str(letter.text), str(letter.html))

    @api.model
    def _built_by_odoo(self, servers, letter, session):
        """Likewise, where another addon has a word in how messages are built: it keeps it."""
        whole = servers._build_email__(
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
        sender, recipients, whole = servers._prepare_email_message__(whole, session)
        return sender, recipients[0], whole.as_bytes(policy=PLAIN_LINES)
