"""What people said about messages: the journal's rows of topics, pauses and everything."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from . import consent


class CxConsent(models.Model):
    _inherit = "cx.consent"

    purpose = fields.Selection(
        selection_add=[
            ("topic", "Messages about a topic"),
            ("pause", "Messages, for a while"),
            ("messages", "All messages of campaigns"),
        ],
        ondelete={"topic": "cascade", "pause": "cascade", "messages": "cascade"},
    )
    topic_id = fields.Many2one("cx.topic", ondelete="restrict", index="btree_not_null")
    origin = fields.Selection(
        selection_add=[
            ("one_click", "Unsubscribe button of the mail program"),
            ("page", "Preference page"),
            ("file", "File that was imported"),
        ],
        ondelete={"one_click": "cascade", "page": "cascade", "file": "cascade"},
    )

    # each mail on the basis of a yes asks for the last word
    _address_index = models.Index("(email, company_id, at) WHERE email IS NOT NULL")

    @api.model
    def _say_yes(self, rows):
        """Addresses say yes to topics: what they had refused of these ends, too.

        The same words on the same evidence are said once.

        :param list rows: values as :meth:`_note` takes them, with ``email`` (normalized),
            ``company_id``, ``topic_id`` and ``origin``
        :return: the new rows, as superuser
        """
        optouts = self.env["cx.topic.optout"]
        said = self.browse()
        for row in rows:
            if self._said_already(row):
                continue
            company = self.env["res.company"].browse(row["company_id"])
            topic = self.env["cx.topic"].browse(row["topic_id"])
            speaker = {"partner_id": self._speaker_of(row["email"], company).id}
            said |= self._note([{**speaker, **row, "purpose": "topic", "answer": "yes"}])
            # what is said is written down above, with its words
            optouts.with_context(cx_said={"silent": True})._opt_in(row["email"], topic, company)
        return said

    @api.model
    def _said_already(self, row):
        """Whether the journal has the very same row; the page asks for a yes that is missing."""
        if row["origin"] == "page":
            return False
        # sudo: the journal is the machine's
        rows = self.sudo().search(
            Domain("email", "=", row["email"])
            & Domain("company_id", "=", row["company_id"])
            & Domain("topic_id", "=", row["topic_id"])
        )
        same = ("wording", "proof", "at", "origin")
        return any(
            said.answer == "yes" and all(said[name] == row[name] for name in same) for said in rows
        )

    @api.model
    def _speaker_of(self, email, company):
        """The one contact of a company with an address; empty when there are several, or none."""
        # sudo: who has the address, whoever notes it
        contacts = self.env["res.partner"].sudo().search(
            [("email_normalized", "=", email), ("company_id", "in", (False, company.id))], limit=2
        )  # fmt: skip
        return contacts if len(contacts) == 1 else contacts.browse()

    @api.model
    def _unasked(self, email, topics, company):
        """Those of some topics that only a yes lets through, and the address said none.

        Where another campaign writes about a topic without asking for a yes, none is missing.
        """
        campaigns = self.env["cx.campaign"]
        campaigns.flush_model()
        self.flush_model()
        of_topic = SQL(
            "FROM cx_campaign g WHERE g.topic_id = t.id AND g.company_id = %s"
            " AND g.state IN ('running', 'paused')",
            company.id,
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT t.id FROM cx_topic t WHERE t.id = ANY(%(topics)s)"
                " AND EXISTS (SELECT %(of_topic)s AND g.legal_basis = 'consent')"
                " AND NOT EXISTS (SELECT %(of_topic)s"
                " AND g.legal_basis IS DISTINCT FROM 'consent') AND NOT %(said)s",
                topics=topics.ids,
                of_topic=of_topic,
                said=consent.said_yes(email, SQL("t.id"), company.id),
            )
        )
        return topics.browse(row[0] for row in rows)
