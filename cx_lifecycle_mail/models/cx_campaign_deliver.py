"""The hand-over: ask, hand to the mail server, record. See docs/campaigns.md.

Each step, as each claim, is a transaction of its own, READ COMMITTED, so that it sees what others
have committed and waits for rows they hold instead of failing. What cannot be known after a crash
is recorded as uncertain, and never sent again by itself.
"""

import logging
import time
import uuid

import psycopg2
from markupsafe import escape

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models.cx_customer_refresh import brief

from .cx_campaign_claim import WORKER
from .cx_campaign_grow import AFTER
from .journal import Journal
from .smtp import Reply, hand_over
from .stopping import at_work, is_stopping

_logger = logging.getLogger(__name__)

SLICE = 25  # seconds after which a worker gives its claims back
BACKOFF = (5, 15, 60, 240, 720)  # minutes until a message refused for now is tried again
PATIENCE = 50  # seconds for which an answer is tried to be recorded when the database is away
# outcomes that are something the server, or its silence, said: the journal of attempts keeps them
ANSWERS = ("sent", "later", "refused", "uncertain")


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    @api.model
    def _journaled(self, query, plans=()):
        """Run a statement in a transaction of its own; its rows.

        :param plans: those it executes, see :class:`.journal.Plan`
        """
        if kept := self.env.context.get("cx_journal"):
            return kept.run(query, plans)
        with Journal(self.env.registry) as journal:
            return journal.run(query, plans)

    # -------------------------------------------------------------------- cron
    @api.model
    def _cron_deliver(self):
        """Hand over the mails that are due, in lots, as long as there is time."""
        with Journal(self.env.registry) as journal:
            acts = self.with_context(cx_journal=journal)
            acts.env["cx.campaign"]._after_a_gap()
            acts._deliver_due()

    @api.model
    def _deliver_due(self):
        progress = self.env["ir.cron"]._commit_progress
        self._recover()
        until = time.monotonic() + SLICE
        left = progress(remaining=self._count_due())
        while left and time.monotonic() < until and not is_stopping():
            with at_work():
                token = uuid.uuid4().hex
                ids = self._claim_patiently(token)
                if not ids:
                    progress(remaining=0)
                    return
                progress()  # what others committed until now is seen from here on
                self._deliver(ids, token, until)
            left = progress(len(ids), remaining=self._count_due())

    # --------------------------------------------------------------------- lot
    def _deliver(self, ids, token, until):
        """Hand over a lot of claimed mails; what there is no time for goes back."""
        with self._in_hand(token):
            letters = self._prepare(ids)
            self.env["ir.cron"]._commit_progress()
            for (server_id, _own, company_id), batch in letters.items():
                if time.monotonic() > until or is_stopping():
                    break
                self._send_batch(server_id, company_id, batch, token, until)

    def _send_batch(self, server_id, company_id, batch, token, until):
        """Hand letters to one mail server over one connection, opened again where it breaks.

        :param batch: ``[(act id, Letter, envelope sender, whether steps follow)]``
        """
        server = self.env["ir.mail_server"].browse(server_id)
        # what recording needs is read here: later, this connection may be the one that was lost
        server_name = server.display_name or None
        self._plan("record")
        session, cut = None, False
        try:
            for act_id, letter, sender, follows in batch:
                if time.monotonic() > until or is_stopping():
                    return
                if session is None or session.sock is None:
                    session = server._cx_connect(sender)
                    if session is None:  # not reached: everything waits, nothing is lost
                        self._wait_for(server, [act_id for act_id, *_rest in batch], token)
                        return
                session.smtp_from = sender  # where Odoo looks for it
                try:
                    with self.env.cr.savepoint(flush=False):
                        envelope = self._built(letter, session)
                except (psycopg2.OperationalError, psycopg2.InterfaceError):
                    raise
                except Exception as error:  # noqa: BLE001  no message can be made of this one
                    self._fail([act_id], brief(error))
                    continue
                try:
                    reply = hand_over(
                        session,
                        *envelope,
                        lambda act_id=act_id: self._allow(act_id, token, company_id),
                    )
                except psycopg2.Error as error:
                    # asking failed, the session was closed before the end: nothing was handed over
                    reply = Reply("stopped", 0, brief(error))
                    self._record(act_id, token, reply, letter, server_name, follows)
                    raise
                if reply.outcome == "refused" and reply.phase == "mail":
                    # the sender is wrong, not the address: none of its mails would be taken
                    reply = Reply("server", reply.code, reply.text, reply.phase)
                self._record(act_id, token, reply, letter, server_name, follows)
                if reply.outcome == "server" and (reply.code or cut):
                    server._cx_pause(reply.text)
                    self._wait_for(server, [act_id for act_id, *_rest in batch], token, act_id)
                    return
                # cut once, without a word: it may be this message, which tries again later
                cut = cut or reply.outcome == "server"
                if reply.outcome == "sent":
                    server._cx_recovered()
        finally:
            if session is not None:
                _close(session)

    def _wait_for(self, server, act_ids, token, last=None):
        """Mails of a server that is not reached wait for it, without counting as tried.

        :param last: of these, the one on which it failed: the others go first next time
        """
        until, trouble = server._cx_waits()
        self._journaled(
            SQL(
                "UPDATE cx_campaign_act SET state = 'waiting', claim = NULL, error = %s,"
                " due_at = CASE WHEN id = %s THEN %s + interval '5 minutes' ELSE %s END"
                " WHERE id = ANY(%s) AND (claim = %s AND state = 'claimed'"
                " OR state = 'waiting' AND due_at < %s)",
                trouble, last, until, until, act_ids, token, until,
            )
        )  # fmt: skip

    # --------------------------------------------------------------- one message
    def _allow(self, act_id, token, company_id):
        """The last question, after the server said it is ready: may this leave?

        Committed when it may: from here on a crash leaves the act ``sending``, then uncertain.
        """
        today = self.env["cx.customer"]._today(self.env["res.company"].browse(company_id))
        lock, allow = self._plan("lock"), self._plan("allow")
        question = allow(act_id, token, fields.Datetime.now(), today)
        rows = self._journaled(SQL("%s; %s", lock(act_id), question), [lock, allow])
        return bool(rows)

    def _record(self, act_id, token, reply, letter, server_name, follows):
        """What the server said; tried for a while when the database is away.

        What cannot be recorded stays ``sending``, and becomes uncertain by the lease. Nothing here
        may read by ``self.env``: its connection may be the one that was lost.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self._record_once(act_id, token, reply, letter, server_name, follows)
                return
            except psycopg2.Error as error:
                # a lost connection is a bare DatabaseError at times, but has no code of the server
                away = error.pgcode is None or isinstance(error, psycopg2.OperationalError)
                if not away or time.monotonic() > deadline:
                    raise
                _logger.warning("Answer for act %s not recorded yet: %s", act_id, error)
                time.sleep(1)

    def _record_once(self, act_id, token, reply, letter, server_name, follows):
        state, reason = {
            "sent": ("done", None),
            "refused": ("refused", "refused"),
            "uncertain": ("uncertain", "unknown_fate"),
        }.get(reply.outcome, ("waiting", None))
        cut = reply.outcome == "server" and not reply.code
        triggers = AFTER.get(state, []) if follows else []
        if triggers and state == "refused" and reply.phase == "rcpt":
            triggers = [*triggers, "bounced"]
        record = self._plan("record")
        self._journaled(
            record(
                act_id,
                token,
                fields.Datetime.now(),
                state,
                reason,
                reply.outcome == "later" or cut,
                reply.outcome if reply.outcome in ANSWERS else None,
                reply.code or None,
                reply.phase or None,
                reply.text.replace("\0", " "),  # which no column takes
                server_name,
                WORKER,
                letter.subject,
                f"<p>{escape(letter.subject)}</p>",
                letter.author_id or None,
                letter.email_from,
                letter.reply_to,
                triggers,
            ),
            [record],
        )


def _close(session):
    """Say goodbye where the server still listens."""
    try:
        session.quit()
    except Exception:  # noqa: BLE001  the connection is of no use any more, whatever it says
        session.close()
