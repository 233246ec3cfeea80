"""Odoo's own records of mails follow their acts, and lose the address with the person."""

from odoo import api, models
from odoo.tools import SQL


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    @api.model
    def _settle_traces(self):
        """End the traces of acts that ended otherwise than by an answer of a mail server.

        Not done: cancelled. Failed: an exception. Taken for sent by a person: sent.
        """
        self.flush_model()
        self.env["mailing.trace"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE mailing_trace t SET
                       trace_status = CASE a.state WHEN 'skipped' THEN 'cancel'
                                      WHEN 'failed' THEN 'error' ELSE 'sent' END,
                       failure_type = CASE WHEN a.state = 'failed' THEN 'unknown' END,
                       failure_reason = CASE WHEN a.state = 'failed' THEN a.error END,
                       sent_datetime = CASE WHEN a.state = 'done' THEN a.done_at END
                  FROM cx_campaign_act a
                 WHERE a.trace_id = t.id AND t.trace_status = 'outgoing'
                   AND a.state IN ('skipped', 'failed', 'done')
                """
            )
        )
        if self.env.cr.rowcount:
            self.env["mailing.trace"].invalidate_model()

    @api.model
    def _forget(self, person_ids, addresses=(), customer_ids=()):
        """Empty the addresses of some persons wherever their mails left them; figures stay.

        :param addresses: normalized ones that are nobody else's
        :param customer_ids: customers that these persons are themselves
        :return: how many acts it is about
        """
        people, mails = list(person_ids), list(addresses)
        self.env["survey.user_input"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE survey_user_input SET email = NULL, nickname = NULL"
                " WHERE cx_act_id IS NOT NULL AND (partner_id = ANY(%s) OR lower(email) = ANY(%s))",
                people,
                mails,
            )
        )
        self.env["survey.user_input"].invalidate_model()
        count = self._forget_acts(
            SQL(
                "(person_id = ANY(%s) OR email = ANY(%s) OR customer_id = ANY(%s))"
                " AND (email IS NOT NULL OR error IS NOT NULL)",
                people,
                mails,
                list(customer_ids),
            )
        )
        self.env.cr.execute(
            SQL("UPDATE cx_campaign_act SET person_id = NULL WHERE person_id = ANY(%s)", people)
        )
        self.invalidate_model()
        return count

    @api.model
    def _forget_acts(self, those):
        """Empty the addresses of some acts, and what servers answered, for it names them.

        :param SQL those: condition on ``cx_campaign_act``
        :return: how many there were
        """
        for model in ("cx.campaign.act", "mailing.trace", "cx.campaign.attempt"):
            self.env[model].flush_model()
        [(count,)] = self.env.execute_query(
            SQL(
                """
                WITH theirs AS (
                    UPDATE cx_campaign_act SET email = NULL, error = NULL
                     WHERE %s RETURNING id, trace_id),
                traced AS (
                    UPDATE mailing_trace SET email = NULL, failure_reason = NULL
                     WHERE id IN (SELECT trace_id FROM theirs)),
                said AS (
                    UPDATE cx_campaign_attempt SET text = NULL
                     WHERE act_id IN (SELECT id FROM theirs) AND text IS NOT NULL)
                SELECT count(*) FROM theirs
                """,
                those,
            )
        )
        for model in ("mailing.trace", "cx.campaign.attempt"):
            self.env[model].invalidate_model()
        self.invalidate_model()
        return count
