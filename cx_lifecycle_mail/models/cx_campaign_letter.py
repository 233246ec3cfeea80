"""The letters that acts send: written for a lot at once, before any of them is handed over."""

import logging
from dataclasses import dataclass

import psycopg2

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import formataddr

from ..engine.plain import tidy
from .cx_campaign_values import Lot

_logger = logging.getLogger(__name__)

LOST = psycopg2.OperationalError  # the transaction as a whole: whoever began it tries again


@dataclass(frozen=True, slots=True)
class Letter:
    """What the message and the choice of a server need.

    ``context`` goes to ``ir.mail_server`` for both: the company's addresses for notifications and
    bounces, and the one address that is valid. ``mail_server_id`` is a wish, False without;
    ``author_id`` the contact of the salesperson who signs, False without.
    """

    subject: str
    html: str
    text: str
    email_from: str
    reply_to: str
    email_to: str
    headers: dict
    context: dict
    mail_server_id: int
    message_id: str
    author_id: int


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    def _letters(self):
        """The letters of acts whose recipient, address, content and trace are known.

        :return: ``{act id: Letter}``, with the reason as a text where there is no letter
        """
        letters = {}
        for (step, mailing), acts in self.grouped(lambda a: (a.step_id, a.mailing_id)).items():
            try:
                with self.env.cr.savepoint():
                    prepared = mailing._cx_prepared()
            except LOST:
                raise
            except Exception as error:  # noqa: BLE001  the letters of other contents go on
                letters.update(dict.fromkeys(acts.ids, _said(error)))
            else:
                letters.update(acts._letters_apart(step, mailing.cx_lang, prepared))
        return letters

    def _letters_apart(self, step, lang, prepared):
        """The letters of one content; what spoils a lot is looked for in halves of it."""
        try:
            with self.env.cr.savepoint():
                return self._letters_of(step, lang, prepared)
        except LOST:
            raise
        except Exception as error:  # noqa: BLE001  the others of the lot go on
            if len(self) == 1:
                return {self.id: _said(error)}
        middle = len(self) // 2
        first, second = self[:middle], self[middle:]
        return {
            **first._letters_apart(step, lang, prepared),
            **second._letters_apart(step, lang, prepared),
        }

    def _letters_of(self, step, lang, prepared):
        lot = Lot(step, self, lang, prepared)
        envelopes = self._envelopes(step.campaign_id)
        letters = {}
        for act in self:
            try:
                letters[act.id] = act._letter(lot, prepared, envelopes[act.id])
            except psycopg2.Error:
                raise
            except Exception as error:  # noqa: BLE001  one recipient, not the lot
                letters[act.id] = _said(error)
        return letters

    def _letter(self, lot, prepared, envelope):
        if not envelope["email_from"]:
            raise UserError(
                self.env._("Fixed Address: enter the address the campaign writes from.")
            )
        links = self._links(self.id, self.email)
        facts = lot.about(self)
        values = lot.values(self)
        values.update(
            {
                "preferences.link": links["preferences"],
                "unsubscribe.link": links["preferences"],
                "mail.pixel": links["pixel"],
                "mail.trace": str(self.trace_id.id),
            }
        )
        subject = " ".join(prepared.subject.render(values, facts).split())
        if not subject:
            raise UserError(self.env._("Subject: nothing is left of it for this recipient."))
        return Letter(
            subject=subject,
            html=prepared.html.render(values, facts),
            # never empty, or Odoo makes one of the HTML
            text=tidy(prepared.plain.render(values, facts)) or subject,
            headers={
                "List-Unsubscribe": f"<{links['one_click']}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Precedence": "list",
                "X-Auto-Response-Suppress": "OOF",
                "X-Odoo-Objects": f"res.partner-{self.person_id.id}",
                **envelope.pop("headers"),
            },
            **envelope,
        )

    # ---------------------------------------------------------------- envelopes
    def _envelopes(self, campaign):
        """From whom, to whom and by which server: ``{act id: fields of a Letter}``."""
        company = campaign.company_id
        # sudo: the company's addresses, whoever sends
        domain = company.sudo()._mail_get_alias_domains(default_company=company)[company.id]
        signers = self._signers(campaign)
        replies = self._replies(signers, company)
        return {
            act.id: {
                "email_from": signers[act.id].email_formatted or campaign.email_from,
                "reply_to": replies[act.id]
                or signers[act.id].email_formatted
                or campaign.email_from,
                "email_to": formataddr((" ".join((act.person_id.name or "").split()), act.email)),
                "headers": {"Return-Path": domain.bounce_email} if domain.bounce_email else {},
                "context": {
                    "domain_notifications_email": domain.default_from_email,
                    "domain_bounce_address": domain.bounce_email,
                    "send_validated_to": [act.email],
                },
                "mail_server_id": campaign.mail_server_id.id,
                "message_id": act.message_id,
                "author_id": signers[act.id].partner_id.id,
            }
            for act in self
        }

    def _signers(self, campaign):
        """The salesperson who signs, or nobody: then the fixed address does."""
        nobody = self.env["res.users"].sudo()  # sudo: names and addresses of colleagues
        signers = dict.fromkeys(self.ids, nobody)
        if campaign.sender == "salesperson":
            for act in self.sudo():  # sudo: as above
                user = act.customer_id.user_id
                if user.active and user.email:
                    signers[act.id] = user
        return signers

    def _replies(self, signers, company):
        """Where answers reach the contact's discussion; empty where no alias is set up."""
        authors = {
            act.person_id.id: (signers[act.id].partner_id or company.partner_id).id for act in self
        }
        # sudo: addresses only, of contacts that are written to anyhow
        people = self.person_id.sudo().with_company(company)
        found = people._notify_get_reply_to_batch(
            defaults=dict.fromkeys(people.ids, False), author_ids=authors
        )
        return {act.id: found[act.person_id.id] for act in self}


def _said(error):
    """An error in one line, for people; what they cannot mend is for the log, too."""
    if isinstance(error, UserError):
        return " ".join(str(error).split())
    _logger.error("Letters of a campaign", exc_info=error)
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
