"""What was said goes into the journal of consent, with the words that were before the person.

Whoever calls tells them by the context ``cx_said``: ``words`` ({"topic:7", "pause" or
"nothing:1": text}), ``person`` (a contact's id), or ``silent`` where it is written down already.
"""

from odoo import api, fields, models


class CxTopicOptout(models.Model):
    _inherit = "cx.topic.optout"

    def _write_down(self, answer):
        """Keep in the journal that these rows came (no) or went (yes); all are of one company."""
        said = self._circumstances_told()
        if said.get("silent") or not self:
            return
        speaker = self._speaker(self.company_id)
        self.env["cx.consent"]._note(
            [
                {
                    **optout._row_of(answer, said),
                    "wording": self._worded(said, optout._choice())
                    or (answer == "no" and optout.reason)
                    or optout.with_env(speaker)._sentence(answer == "yes"),
                }
                for optout in self
            ]
        )

    def _row_of(self, answer, said):
        """The row of the journal that this one makes, without its words."""
        origin = self.source if answer == "no" else "page" if said else "person"
        row = {
            "partner_id": said.get("person") or self._contact_of(self.email, self.company_id),
            "email": self.email,
            "company_id": self.company_id.id,
            "purpose": "topic" if self.topic_id else "pause",
            "topic_id": self.topic_id.id,
            "answer": answer,
            "origin": origin,
            "user_id": False,
        }
        if origin == "person" and self.env.context.get("import_file"):
            row["origin"] = "file"
        if origin == "person":
            row["user_id"] = self.user_id.id if answer == "no" else self._colleague()
        return row

    def _choice(self):
        """The name under which a page shows what this row says."""
        if self.topic_id:
            return f"topic:{self.topic_id.id}"
        return "pause"

    @api.model
    def _write_down_all(self, email, company, answer, origin=None, reason=None):
        """The same of all messages: the block list."""
        said = self._circumstances_told()
        sentence = self._speaker(company)._("%s wants no more messages at all", email)
        if answer == "yes":
            sentence = self._speaker(company)._("%s wants messages again", email)
        self.env["cx.consent"]._note(
            [
                {
                    "partner_id": said.get("person") or self._contact_of(email, company),
                    "email": email,
                    "company_id": company.id,
                    "purpose": "messages",
                    "answer": answer,
                    "origin": origin or ("page" if said else "person"),
                    "user_id": False,
                    "wording": self._worded(said, "nothing:1") or reason or sentence,
                    "at": fields.Datetime.now(),
                }
            ]
        )

    @api.model
    def _circumstances_told(self):
        """What the caller tells; nothing of it for who is logged in, who could tell anything."""
        told = self.env.context.get("cx_said")
        return told if self.env.su and isinstance(told, dict) else {}

    @api.model
    def _worded(self, said, choice):
        return (said.get("words") or {}).get(choice)

    @api.model
    def _contact_of(self, email, company):
        return self.env["cx.consent"]._speaker_of(email, company).id

    @api.model
    def _colleague(self):
        return False if self.env.su else self.env.uid

    @api.model
    def _agree(self, email, topics, company):
        """An address says yes, on the page, to topics that need it."""
        said = self._circumstances_told()
        self.env["cx.consent"]._say_yes(
            [
                {
                    "email": email,
                    "company_id": company.id,
                    "topic_id": topic.id,
                    "origin": "page",
                    "user_id": False,
                    "wording": self._worded(said, f"topic:{topic.id}") or topic.name,
                    **({"partner_id": said["person"]} if said.get("person") else {}),
                }
                for topic in topics
            ]
        )
