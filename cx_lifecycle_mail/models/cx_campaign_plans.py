"""The statements of each single mail, planned once for a connection: that costs more than they."""

import hashlib

from odoo import api, models
from odoo.tools import SQL, ormcache

from .cx_campaign_deliver import BACKOFF
from .cx_campaign_move import goes_on
from .journal import Plan


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    @api.model
    @ormcache("name")
    def _plan(self, name):
        """The :class:`.journal.Plan` lock, allow or record; each other text has another name."""
        query = getattr(self, f"_{name}_query")()
        digest = hashlib.sha256(repr((query.code, query.params)).encode()).hexdigest()
        return Plan(f"cx_{name}_{digest[:16]}", query)

    @api.model
    def _lock_query(self):
        """One at a time for the customer and address of an act ($1): cap and twins are counted."""
        return SQL(
            "SELECT pg_advisory_xact_lock(1129842768, key) FROM (SELECT DISTINCT"
            " unnest(ARRAY[customer_id, hashtext(email)]) AS key FROM cx_campaign_act"
            " WHERE id = $1::int ORDER BY key) AS keys"
        )

    @api.model
    def _allow_query(self):
        """Of an act ($1) held by a claim ($2), now ($3) and on a day ($4): it may leave."""
        now = SQL("$3::timestamp")
        return SQL(
            "UPDATE cx_campaign_act SET state = 'sending', claimed_at = %(now)s,"
            " done_at = %(now)s, reason = NULL, error = NULL"
            " WHERE id = $1::int AND state = 'claimed' AND claim = $2::text"
            " AND EXISTS (%(may)s) RETURNING id",
            now=now,
            may=self._may_leave(SQL("$1::int"), now, SQL("$4::date")),
        )

    @api.model
    def _record_query(self):
        """What became of an act ($1) held by a claim ($2), now ($3); values as in ``_record_once``.

        Whoever ended or decided it meanwhile is right; what the server said is kept all the same.
        """
        return SQL(
            """
            WITH told AS (
                UPDATE cx_campaign_act SET state = $4::text, reason = $5::text,
                       tries = tries + $6::boolean::int, smtp_code = $8::int,
                       smtp_phase = $9::text, error = CASE WHEN $4 <> 'done' THEN $10::text END,
                       claim = CASE WHEN $4 <> 'waiting' THEN claim END,
                       due_at = CASE WHEN $6 THEN %(now)s
                                + (%(backoff)s::int[])[least(tries + 1, %(most)s)]
                                * interval '1 minute' ELSE due_at END,
                       done_at = CASE WHEN $4 <> 'waiting' THEN %(now)s END
                 WHERE id = $1::int AND claim = $2::text
                   AND state IN ('sending', 'claimed', 'uncertain')
             RETURNING *),
            attempted AS (
                INSERT INTO cx_campaign_attempt (act_id, company_id, at, outcome, smtp_code, text,
                       server, worker, create_date)
                SELECT id, company_id, %(now)s, $7::text, $8, $10, $11::text, $12::text, %(now)s
                  FROM cx_campaign_act WHERE id = $1 AND $7 IS NOT NULL),
            noted AS (%(note)s),
            traced AS (%(trace)s),
            grown AS (%(grow)s)
            SELECT id FROM told
            """,
            now=SQL("$3::timestamp"),
            backoff=list(BACKOFF),
            most=len(BACKOFF),
            note=self._note_query(),
            trace=self._trace_query(),
            grow=self._insert(
                SQL("SELECT t.run_id, t.customer_id, t.step_id, r.state, r.version_number,"
                    " NULL::timestamp AS deadline"
                    " FROM told t JOIN cx_campaign_run r ON r.id = t.run_id"),
                SQL("s.parent_id = begun.step_id AND begun.state = 'running'"
                    " AND s.trigger = ANY($18::text[]) AND %s", goes_on("s", "begun")),
                now=SQL("$3::timestamp"),
            ),
        )  # fmt: skip

    @api.model
    def _note_query(self):
        """A note on the contact: answers to the mail find their way by its Message-ID."""
        return SQL(
            """
            INSERT INTO mail_message (message_id, model, res_id, subject, body, message_type,
                   subtype_id, is_internal, author_id, email_from, reply_to, date, create_date,
                   write_date, record_company_id, cx_note)
            SELECT message_id, 'res.partner', person_id, $13::text, $14::text, 'auto_comment',
                   %(subtype)s, true, $15::int, $16::text, $17::text, %(now)s, %(now)s, %(now)s,
                   company_id, true
              FROM told WHERE $4 = 'done' AND person_id IS NOT NULL
            """,
            subtype=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note"),
            now=SQL("$3::timestamp"),
        )

    @api.model
    def _trace_query(self):
        """Odoo's own record of the mail; opened before it was recorded stays opened."""
        return SQL(
            """
            UPDATE mailing_trace t SET
                   sent_datetime = CASE WHEN $4 = 'done' THEN %(now)s ELSE sent_datetime END,
                   trace_status = CASE
                       WHEN $4 = 'done' AND trace_status IN ('outgoing', 'process', 'pending',
                                                             'error') THEN 'sent'
                       WHEN $4 = 'done' THEN trace_status
                       -- it is the address; otherwise the message was refused
                       WHEN $9 = 'rcpt' THEN 'bounce' ELSE 'error' END,
                   failure_type = CASE WHEN $4 = 'done' THEN NULL
                       WHEN $9 = 'rcpt' THEN 'mail_bounce' ELSE 'unknown' END,
                   failure_reason = CASE WHEN $4 = 'done' THEN failure_reason ELSE $10 END
              FROM told WHERE t.id = told.trace_id AND $4 IN ('done', 'refused')
            """,
            now=SQL("$3::timestamp"),
        )
