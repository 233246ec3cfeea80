"""How acts come about: on entry, after others, and when something happens."""

from odoo import api, fields, models
from odoo.tools import SQL

from .cx_campaign_move import goes_on

# what follows an act by what became of it; "ended" follows in any case
AFTER = {
    "done": ["done", "ended", "not_opened", "not_clicked", "not_replied", "activity_overdue"],
    "uncertain": ["ended"],
    "refused": ["ended"],
    "skipped": ["ended"],
    "failed": ["ended"],
}


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    @api.model
    def _insert(self, begun, steps, now=None):
        """INSERT of an act of each step for each run that has begun; see ``_begun_acts``."""
        return SQL(
            """
            INSERT INTO cx_campaign_act (
                run_id, step_id, campaign_id, customer_id, company_id, kind, state, not_before,
                due_at, expires_at, tries, create_date)
            -- whose turn it is goes by the acts' numbers
            %s ORDER BY begun.run_id, s.sequence, s.id ON CONFLICT (run_id, step_id) DO NOTHING
            """,
            self._begun_acts(begun, steps, now),
        )

    @api.model
    def _begun_acts(self, begun, steps, now=None):
        """SELECT of an act of each step for each run that has begun.

        :param SQL begun: SELECT of run_id, customer_id and deadline, the moment (UTC) from which an
            activity is overdue, or NULL; it may name a CTE
        :param SQL steps: condition on ``begun`` and step ``s``
        :param SQL now: the moment (UTC), where this one is not meant
        """
        return SQL(
            """
            SELECT begun.run_id, s.id, s.campaign_id, begun.customer_id, g.company_id, s.kind,
                   'waiting', planned.at AS not_before, planned.at AS due_at,
                   planned.at + s.validity * interval '1 day' AS expires_at, 0, %(now)s
              FROM (%(begun)s) AS begun
              JOIN cx_campaign_step s ON %(steps)s AND s.active
              JOIN cx_campaign g ON g.id = s.campaign_id
     CROSS JOIN LATERAL (SELECT coalesce(CASE
                       WHEN s.trigger = 'activity_overdue' THEN begun.deadline END, %(now)s)
                       + coalesce(s.delay, 0) * ('1 ' || s.delay_unit)::interval AS at) AS planned
            """,
            now=now or fields.Datetime.now(),
            begun=begun,
            steps=steps,
        )

    @api.model
    def _grow(self, act_ids, triggers, within=False):
        """INSERT of what follows some acts, of runs that go on.

        :param within: only steps whose validity has not passed since the act was done
        """
        acts = SQL("(SELECT * FROM cx_campaign_act WHERE id = ANY(%s))", list(act_ids))
        return self._followers(acts, SQL("%s::text[]", list(triggers)), within)

    @api.model
    def _followers(self, acts, triggers, within=False):
        """Likewise, where the statement that changes the acts says which.

        What follows an act comes in the transaction that ends it, or a crash in between loses it.

        :param SQL acts: whole acts: the name of a CTE that returns them, or a subquery
        :param SQL triggers: an array of them, by the columns of act ``a``
        """
        return self._insert(
            SQL(
                "SELECT a.run_id, a.customer_id, a.step_id, a.done_at, r.state, r.version_number,"
                " (v.date_deadline + 1)::timestamp AS deadline, %s AS triggers"
                " FROM %s AS a JOIN cx_campaign_run r ON r.id = a.run_id"
                " LEFT JOIN mail_activity v ON v.id = a.activity_id",
                triggers,
                acts,
            ),
            SQL(
                "s.parent_id = begun.step_id AND begun.state = 'running'"
                " AND s.trigger = ANY(begun.triggers)"
                " AND %s AND (NOT %s OR begun.done_at + s.validity * interval '1 day' > %s)",
                goes_on("s", "begun"),
                within,
                fields.Datetime.now(),
            ),
        )

    def _ended(self):
        """Let grow what follows these acts, by what became of them."""
        if not self:
            return
        self.flush_model()
        for (state, reason), acts in self.grouped(lambda act: (act.state, act.reason)).items():
            triggers = AFTER[state] + (["else"] if reason == "condition" else [])
            self.env.cr.execute(self._grow(acts.ids, triggers))
        self.invalidate_model()

    def _happened(self, event):
        """Something happened to acts that were done: what waits for it begins.

        :param str event: opened, clicked, replied, bounced, activity_done, activity_cancelled
        """
        if not self:
            return
        self.flush_model()
        # what comes later than a step waits for it counts no more
        self.env.cr.execute(self._grow(self.ids, [event], within=True))
        if self.env.cr.rowcount:
            self.invalidate_model()
            # sudo: whoever opens a mail starts the machine
            self.env.ref("cx_lifecycle_mail.cron_campaigns").sudo()._trigger()
            self.env.ref("cx_lifecycle_mail.cron_deliver_1").sudo()._trigger()  # sudo: as above
        if event == "replied":
            self.run_id.filtered(
                lambda run: run.state == "running" and run.campaign_id.stop_reply
            )._stop("replied")

    def _arrived(self):
        """A mail of which something was heard has left: what was uncertain is known now."""
        known = self.filtered(lambda act: act.state == "uncertain")
        known.write({"state": "done", "reason": False})
        known._ended()

    def _cx_outcome(self, outcome):
        """A planned activity was done or cancelled.

        :param str outcome: done or cancelled
        """
        acts = self.filtered(lambda act: act.outcome == "open")
        acts.outcome = outcome
        acts._happened(f"activity_{outcome}")
