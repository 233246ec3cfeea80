"""After hours in which nothing was done, a person decides: the database may be a backup."""

from odoo import api, models
from odoo.tools import SQL, format_datetime

GAP = 6  # hours; a backup of the night knows nothing of what the morning sent


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    @api.model
    def _after_a_gap(self):
        """Pause every running campaign if none of the jobs has ended for hours.

        The server stood still, or the database was restored: what was sent since is not known then,
        and would be sent again. The parameter ``cx_lifecycle_mail.gap_hours`` says after how many
        hours; 0 is never.
        """
        # sudo: a number for the machine
        hours = float(self.env["ir.config_parameter"].sudo().get_param(
            "cx_lifecycle_mail.gap_hours", GAP))  # fmt: skip
        if not hours:
            return
        names = ["cron_campaigns", *(f"cron_deliver_{number}" for number in range(1, 5))]
        crons = [self.env.ref(f"cx_lifecycle_mail.{name}").id for name in names]
        # in a transaction of its own: other workers wait for it, and find nothing to send
        paused = self.env["cx.campaign.act"]._journaled(
            SQL(
                "UPDATE cx_campaign g SET state = 'paused', paused_at = last.at"
                " FROM (SELECT max(lastcall) AS at FROM ir_cron WHERE id = ANY(%s)) AS last"
                " WHERE g.state = 'running'"
                " AND last.at < now() AT TIME ZONE 'UTC' - %s * interval '1 hour'"
                " RETURNING g.id, last.at",
                crons,
                hours,
            )
        )
        if not paused:
            return
        self.env["ir.cron"]._commit_progress()
        self.env.invalidate_all(flush=False)
        for campaign in self.browse([row[0] for row in paused]):
            campaign._pause_itself(
                self.env._(
                    "Paused by itself: nothing was done since %(at)s (UTC). The server stood "
                    "still, or the database was restored from a backup: then what was sent since "
                    "is not known, and would be sent once more. Look at what is due, then resume "
                    "it.",
                    at=format_datetime(self.env, paused[0][1], tz="UTC"),
                )
            )
        self.env["ir.cron"]._commit_progress()
