from datetime import timedelta

import psycopg2

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models.cx_customer_refresh import brief

PAUSES = (1, 5, 15, 60)  # minutes, longer with every failure in a row


class IrMailServer(models.Model):
    """A server that is not reached is left alone for a while, with all its messages."""

    _inherit = "ir.mail_server"

    cx_paused_until = fields.Datetime(
        "Campaigns Wait Until", readonly=True, copy=False,
        help="The server was not reached, or asked to come back later.",
    )  # fmt: skip
    cx_pauses = fields.Integer(
        "Failures in a Row", readonly=True, copy=False, help="Each makes the next pause longer."
    )
    cx_pause_reason = fields.Char(readonly=True, copy=False)

    def _cx_connect(self, smtp_from):
        """A session with this server (that of the configuration when empty).

        :return: None when it waits, or was not reached just now: then it waits from now on
        """
        if self.cx_paused_until and self.cx_paused_until > fields.Datetime.now():
            return None
        try:
            session = self._connect__(mail_server_id=self.id or None, smtp_from=smtp_from)
        except psycopg2.Error:
            raise  # our database's trouble, not the mail server's
        except Exception as error:  # noqa: BLE001  whatever keeps it from being reached
            self._cx_pause(brief(error))
            return None
        if session is None:
            self._cx_pause("Sending is switched off.")
        return session

    def _cx_pause(self, reason):
        """Leave the server alone for a while: several workers that fail at once count as one."""
        self._cx_journal(
            SQL(
                """
                UPDATE ir_mail_server SET cx_pauses = coalesce(cx_pauses, 0) + 1,
                       cx_pause_reason = %(reason)s, cx_paused_until = %(now)s
                       + (%(pauses)s::int[])[least(coalesce(cx_pauses, 0) + 1, %(most)s)]
                       * interval '1 minute'
                 WHERE id = %(id)s AND coalesce(cx_paused_until, '-infinity') <= %(now)s
                """,
                reason=reason,
                now=fields.Datetime.now(),
                pauses=list(PAUSES),
                most=len(PAUSES),
                id=self.id or 0,
            )
        )

    def _cx_recovered(self):
        """It answers again."""
        if self.cx_pauses:
            self._cx_journal(
                SQL(
                    "UPDATE ir_mail_server SET cx_pauses = 0, cx_pause_reason = NULL,"
                    " cx_paused_until = NULL WHERE id = %s",
                    self.id,
                )
            )

    def _cx_waits(self):
        """(until when (UTC) its messages wait, why)."""
        soon = fields.Datetime.now() + timedelta(minutes=PAUSES[0])
        rows = self.env["cx.campaign.act"]._journaled(
            SQL(
                "SELECT cx_paused_until, cx_pause_reason FROM ir_mail_server WHERE id = %s"
                " AND cx_paused_until > %s",
                self.id or 0,
                fields.Datetime.now(),
            )
        )
        return rows[0] if rows else (soon, None)

    def _cx_journal(self, query):
        self.env["cx.campaign.act"]._journaled(query)
        self.invalidate_recordset(["cx_paused_until", "cx_pauses", "cx_pause_reason"])

    def action_cx_end_pause(self):
        """Let campaigns use these servers again at once."""
        self.write({"cx_paused_until": False, "cx_pauses": 0, "cx_pause_reason": False})
