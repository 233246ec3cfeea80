"""Letters to be looked at: as they would be written, with nothing made for them."""

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError

from .cx_campaign_letter import _said
from .cx_campaign_values import MADE, Lot
from .mailing_prepared import OURS

# where a link of the recipient's own would lead
NOWHERE = "#"


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    @api.model
    def _preview(self, step, mailing, customer, person, email):
        """The letter of a step for one recipient: no act, trace, link, answer or coupon is made.

        It is shown to whoever may read what is in it, not by the rights of the author alone.

        :return: dict of ``to``, ``lang``, ``email_from``, ``subject`` and ``html``; or ``problem``
        """
        # sudo: without, the reader's own rights count
        if not person.sudo(False).has_access("read"):
            return {"to": "", "problem": self.env._("You may not read who gets it.")}
        letter = {"to": f"{person.name} <{email}>", "lang": mailing.cx_lang}
        try:
            with self.env.cr.savepoint(flush=False):
                return letter | self._previewed(step, mailing, customer, person, email)
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001  this letter, not the others
            return letter | {"problem": _said(error)}

    def _previewed(self, step, mailing, customer, person, email):
        act = self.new(
            {"customer_id": customer.id, "person_id": person.id, "email": email,
             "step_id": step.id, "campaign_id": step.campaign_id.id}
        )  # fmt: skip
        prepared, reader = mailing._cx_untracked(), self.env(su=False)
        if problem := step._refused(prepared.variables - OURS, reader):
            raise UserError(problem)
        made = {path: {act.id: NOWHERE if path.endswith(".link") else f"[{path}]"} for path in MADE}
        lot = Lot(step, act, mailing.cx_lang, prepared, made, reader)
        facts, values = lot.about(act), lot.values(act)
        values |= {"preferences.link": NOWHERE, "unsubscribe.link": NOWHERE}
        subject = " ".join(prepared.subject.render(values, facts).split())
        if not subject:
            raise UserError(self.env._("Subject: nothing is left of it for this recipient."))
        signer = act._signers(step.campaign_id).get(act.id)
        sender = (signer and signer.email_formatted) or step.campaign_id.email_from
        if not sender:
            raise UserError(
                self.env._("Fixed Address: enter the address the campaign writes from.")
            )
        return {
            "email_from": sender,
            "subject": subject,
            "html": prepared.html.render(values, facts),
        }
