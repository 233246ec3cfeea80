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
    def _forget(self, person_ids):
        """Empty the addresses of some persons wherever their mails left them; figures stay.

        What servers answered goes too, for it names the address.
        """
        self.flush_model()
        self.env["mailing.trace"].flush_model()
        self.env["cx.campaign.attempt"].flush_model()
        self.env["survey.user_input"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH asked AS (
                    UPDATE survey_user_input SET email = NULL, nickname = NULL
                     WHERE partner_id = ANY(%(people)s) AND cx_act_id IS NOT NULL),
                theirs AS (
                    UPDATE cx_campaign_act SET email = NULL, error = NULL
                     WHERE person_id = ANY(%(people)s) RETURNING id, trace_id),
                traced AS (
                    UPDATE mailing_trace SET email = NULL, failure_reason = NULL
                     WHERE id IN (SELECT trace_id FROM theirs))
                UPDATE cx_campaign_attempt SET text = NULL
                 WHERE act_id IN (SELECT id FROM theirs) AND text IS NOT NULL
                """,
                people=list(person_ids),
            )
        )
        for name in ("mailing.trace", "cx.campaign.attempt", "survey.user_input"):
            self.env[name].invalidate_model()
        self.invalidate_model()
