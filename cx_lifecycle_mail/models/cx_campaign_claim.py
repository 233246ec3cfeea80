"""Which acts a worker has in its hands: taken, given back, and what was left behind in them."""

import os
import socket
import time
from contextlib import contextmanager
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from .cx_campaign_grow import AFTER
from .cx_campaign_step import MAILS

LOT = 100  # mails claimed at once; half as many cost 7 % more each
GLANCES, GLANCE = 5, 0.02  # times, and seconds between them, to look for what is free
LEASE = 600  # seconds a claim, or a hand-over without an answer, is believed in
WORKER = f"{socket.gethostname()}:{os.getpid()}"


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    @api.model
    def _count_due(self, kinds=MAILS):
        [(count,)] = self._journaled(
            SQL(
                "SELECT count(*) FROM (SELECT FROM cx_campaign_act a"
                " JOIN cx_campaign g ON g.id = a.campaign_id WHERE a.state = 'waiting'"
                " AND a.due_at <= %s AND a.kind IN %s AND g.state IN ('running', 'finished')"
                " LIMIT 10000) AS due",
                fields.Datetime.now(),
                kinds,
            )
        )
        return count

    @api.model
    def _claim(self, token, kinds=MAILS):
        """Take the next acts into this worker's hands; their ids, those due longest first."""
        return [
            row[0]
            for row in self._journaled(
                SQL(
                    """
                    UPDATE cx_campaign_act SET state = 'claimed', claim = %(token)s,
                           claimed_at = %(now)s
                     WHERE id IN (
                        SELECT due.id FROM cx_campaign g
                    -- so that what waits in campaigns that stand still is not even looked at
                    CROSS JOIN LATERAL (
                        SELECT a.id, a.due_at FROM cx_campaign_act a
                         WHERE a.campaign_id = g.id AND a.state = 'waiting'
                           AND a.due_at <= %(now)s AND a.kind IN %(kinds)s
                      ORDER BY a.due_at, a.id LIMIT %(lot)s FOR UPDATE SKIP LOCKED) AS due
                         -- of a campaign that ended meanwhile too: it is dropped, with the reason
                         WHERE g.state IN ('running', 'finished')
                      ORDER BY due.due_at, due.id LIMIT %(lot)s)
                 RETURNING id
                    """,
                    token=token,
                    now=fields.Datetime.now(),
                    kinds=kinds,
                    lot=LOT,
                )
            )
        ]

    @api.model
    def _claim_patiently(self, token):
        """Likewise; where another worker is choosing at this very moment, once more after it."""
        for _try in range(GLANCES):
            if (ids := self._claim(token)) or not self._count_due():
                return ids
            time.sleep(GLANCE)
        return []

    @contextmanager
    def _in_hand(self, token):
        """Work on what was claimed; what was not got to goes back, whatever happens."""
        try:
            yield
        except psycopg2.errors.SerializationFailure:
            # somebody ended a participation at the same moment: the lot is looked at again
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
        except Exception:
            # what this transaction holds would keep what is given back waiting, for ever
            self.env.cr.rollback()
            raise
        finally:
            self._give_back(token)

    def _give_back(self, token, until=None):
        """What this worker still holds is free again.

        :param until: moment (UTC) before which nobody needs to look
        """
        self._journaled(
            SQL(
                "UPDATE cx_campaign_act SET state = 'waiting', claim = NULL,"
                " due_at = greatest(due_at, %s) WHERE claim = %s AND state = 'claimed'",
                until,
                token,
            )
        )

    @api.model
    def _lease(self):
        # sudo: a number for the machine
        return int(self.env["ir.config_parameter"].sudo().get_param(
            "cx_lifecycle_mail.lease", LEASE))  # fmt: skip

    @api.model
    def _recover(self):
        """Take back what workers left behind: claims are free again, hand-overs are uncertain.

        A mail that was opened has arrived.
        """
        long_ago = fields.Datetime.now() - timedelta(seconds=self._lease())
        self._journaled(
            SQL(
                "UPDATE cx_campaign_act SET state = 'waiting', claim = NULL"
                " WHERE state = 'claimed' AND claimed_at < %s",
                long_ago,
            )
        )
        self._journaled(
            SQL(
                """
                WITH left_behind AS (
                    SELECT a.id, t.trace_status IN ('open', 'reply')
                           OR t.links_click_datetime IS NOT NULL AS arrived
                      FROM cx_campaign_act a LEFT JOIN mailing_trace t ON t.id = a.trace_id
                     WHERE a.state = 'sending' AND a.claimed_at < %(long_ago)s
                       FOR UPDATE OF a SKIP LOCKED),
                doubtful AS (
                    UPDATE cx_campaign_act a
                       SET state = CASE WHEN l.arrived THEN 'done' ELSE 'uncertain' END,
                           reason = CASE WHEN NOT l.arrived IS TRUE THEN 'unknown_fate' END
                      FROM left_behind l WHERE l.id = a.id
                 RETURNING a.*),
                grown AS (%(grow)s),
                told AS (
                    INSERT INTO cx_campaign_attempt (act_id, company_id, at, outcome, text, worker)
                    SELECT id, company_id, %(now)s, 'uncertain',
                           'The worker ended before it recorded an answer.', %(worker)s
                      FROM doubtful)
                SELECT count(*) FROM doubtful
                """,
                long_ago=long_ago,
                now=fields.Datetime.now(),
                worker=WORKER,
                grow=self._followers(
                    SQL("doubtful"),
                    SQL(
                        "CASE WHEN a.state = 'done' THEN %s::text[] ELSE %s::text[] END",
                        AFTER["done"],
                        AFTER["uncertain"],
                    ),
                ),
            )
        )
