"""From claimed mails to letters that can be handed over."""

import uuid

from odoo import api, fields, models
from odoo.tools import SQL

from .cx_campaign_deliver import BACKOFF
from .cx_campaign_grow import AFTER

NAMESPACE = uuid.UUID("6d1f0ad8-1f0e-4a5e-9a0e-0d7f2f0b3c51")


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    @api.model
    def _prepare(self, ids):
        """Letters of the claimed mails that may leave now.

        :return: ``{(mail server id or False, sender of a server of one person's own, company id):
            [(id, Letter, envelope sender, whether steps follow)]}``
        """
        self._journaled(self._addressed(ids))
        self._see()
        batches, routes = {}, {}
        for company, acts in self.browse(ids).exists().grouped("company_id").items():
            acts.with_company(company)._choose_content()
            going = self.browse(acts.with_company(company)._sort_out(acts.ids))
            going.with_company(company)._make_traces()
            self._see()
            letters = going.with_company(company)._letters()
            for act in going:
                letter = letters[act.id]
                if isinstance(letter, str):
                    self._fail([act.id], letter)
                    continue
                key = (letter.mail_server_id, letter.email_from, company.id)
                if key not in routes:
                    routes[key] = self._route(letter)
                server, sender = routes[key]
                own = sender if server.owner_user_id else None
                batches.setdefault((server.id, own, company.id), []).append(
                    (act.id, letter, sender, bool(act.step_id.child_ids))
                )
        return batches

    @api.model
    def _see(self):
        """Begin anew, so that what was committed meanwhile is seen and may be changed."""
        self.env["ir.cron"]._commit_progress()
        self.env.invalidate_all(flush=False)

    def _choose_content(self):
        """The content in each recipient's language."""
        chosen = {}
        for act in self:
            mailing = act.step_id._content(act.person_id.lang)
            if mailing and act.mailing_id != mailing:
                chosen[act.id] = mailing.id
        if chosen:
            self._journaled(
                SQL(
                    "UPDATE cx_campaign_act SET mailing_id = c.mailing_id"
                    " FROM unnest(%s::int[], %s::int[]) AS c(id, mailing_id)"
                    " WHERE cx_campaign_act.id = c.id",
                    list(chosen),
                    list(chosen.values()),
                )
            )
            self._see()

    def _make_traces(self):
        """Odoo's own record of each mail, and the Message-ID that all its attempts have."""
        fresh = self.filtered(lambda act: not act.trace_id)
        host = self.env.company.alias_domain_id.name or "localhost"
        message_ids = [
            f"<{uuid.uuid5(NAMESPACE, f'{self.env.cr.dbname}:{act.id}:{act.create_date}')}@{host}>"
            for act in fresh
        ]
        self._journaled(
            SQL(
                """
                WITH letter AS (
                    SELECT a.id, a.person_id, a.email, a.mailing_id, t.message_id, m.campaign_id
                      FROM unnest(%(ids)s::int[], %(message_ids)s::text[]) AS t(id, message_id)
                      JOIN cx_campaign_act a ON a.id = t.id
                      JOIN mailing_mailing m ON m.id = a.mailing_id),
                traced AS (
                    INSERT INTO mailing_trace (trace_type, model, res_id, email, mass_mailing_id,
                           campaign_id, message_id, trace_status, create_date, write_date)
                    SELECT 'mail', 'res.partner', person_id, email, mailing_id, campaign_id,
                           message_id, 'outgoing', %(now)s, %(now)s FROM letter
                 RETURNING id, message_id)
                UPDATE cx_campaign_act SET trace_id = traced.id, message_id = traced.message_id
                  FROM traced JOIN letter ON letter.message_id = traced.message_id
                 WHERE cx_campaign_act.id = letter.id
                """,
                ids=fresh.ids,
                message_ids=message_ids,
                now=fields.Datetime.now(),
            )
        )

    @api.model
    def _fail(self, ids, error):
        """Set acts aside with their error; tried again with growing patience, then failed."""
        now = fields.Datetime.now()
        self._journaled(
            SQL(
                """
                WITH aside AS (
                    UPDATE cx_campaign_act SET tries = tries + 1, error = %(error)s, claim = NULL,
                           state = CASE WHEN tries + 1 >= %(most)s THEN 'failed'
                                   ELSE 'waiting' END,
                           reason = 'error', done_at = %(now)s,
                           due_at = %(now)s + (%(backoff)s::int[])[least(tries + 1, %(most)s)]
                                    * interval '1 minute'
                     WHERE id = ANY(%(ids)s) AND state = 'claimed' RETURNING *)
                %(grow)s
                """,
                error=error[:500],
                most=len(BACKOFF),
                now=now,
                backoff=list(BACKOFF),
                ids=list(ids),
                grow=self._followers(
                    SQL("(SELECT * FROM aside WHERE state = 'failed')"),
                    SQL("%s::text[]", AFTER["failed"]),
                ),
            )
        )
