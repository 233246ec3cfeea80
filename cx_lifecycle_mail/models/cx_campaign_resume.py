"""A pause ends: what waited is done now, moved by the length of the pause, or left out.

Each choice is one SELECT of what becomes of the acts that wait: the preview counts its rows, and
the change writes them.
"""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models.locking import lock

from .cx_campaign_move import goes_on
from .cx_campaign_step import MAILS

CHOICES = [
    ("now", "Send now: what is due is done at once, as hours and caps allow"),
    ("shift", "Shift all dates by the length of the pause"),
    ("skip", "Skip what is past, and go on with what is still to come"),
]
DAYS = 14  # days told one by one
# what becomes of acts that leave on no day
DROPPED = ("missed", "expired", "over")


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    def _resume(self, choice):
        """End the pause of one campaign.

        :param str choice: see ``CHOICES``
        :return: the figures of what was done, as :meth:`_resume_figures`
        :raise AccessError: the user is no marketer
        :raise UserError: it is not paused any more
        """
        self.ensure_one()
        self._check_marketer()
        campaign = self.sudo()  # sudo: as its button does, see MACHINE
        lock(campaign)
        campaign.invalidate_recordset()
        if campaign.state != "paused":
            raise UserError(
                self.env._(
                    "%s is not paused any more: somebody else was quicker. Nothing was changed.",
                    self.name,
                )
            )
        now = fields.Datetime.now()
        figures = campaign._resume_figures(choice, now)
        if choice == "shift":
            campaign._shift_waiting(now)
        elif choice == "skip":
            campaign._skip_past(now)
        campaign._go_on()
        return figures

    # --------------------------------------------------------------- the plan
    def _waiting_plan(self, choice, now):
        """SELECT of what becomes of each act that waits.

        It has id, run_id, customer_id, step_id, kind, ``missed`` (it is left out), ``dated`` (the
        customer's date is looked up when it is due), not_before, due_at, expires_at, ends_on.

        A step on a date of the customer, and what begins on entry on an anniversary, keep theirs.
        What came about during the pause moves by the part of it that was left.
        """
        self.ensure_one()
        return SQL(
            """
            SELECT a.id, a.run_id, a.customer_id, a.step_id, a.kind, kept.dated, r.version_number,
                   -- a date that was not looked up yet may still come
                   %(skip)s AND a.due_at <= %(now)s AND NOT (kept.dated AND a.not_before
                   = a.create_date + coalesce(s.delay, 0) * ('1 ' || s.delay_unit)::interval)
                   AS missed,
                   a.not_before + moved.by AS not_before, a.due_at + moved.by AS due_at,
                   -- whether its date is past is asked by the date
                   a.expires_at + CASE WHEN kept.dated THEN stood.for ELSE moved.by END
                   AS expires_at,
                   r.ends_on + %(days)s AS ends_on
              FROM cx_campaign_act a
              JOIN cx_campaign_run r ON r.id = a.run_id
              JOIN cx_campaign_step s ON s.id = a.step_id
              JOIN cx_campaign g ON g.id = a.campaign_id
     CROSS JOIN LATERAL (SELECT CASE WHEN %(shift)s
                         THEN %(now)s - greatest(%(since)s, a.create_date)
                         ELSE interval '0' END AS for) AS stood
     CROSS JOIN LATERAL (SELECT s.date_field_id IS NOT NULL AS dated,
                         g.entry = 'anniversary' AND s.trigger = 'entry' AS on_the_day) AS kept
     CROSS JOIN LATERAL (SELECT CASE WHEN kept.dated OR kept.on_the_day
                         THEN interval '0' ELSE stood.for END AS by) AS moved
             WHERE a.campaign_id = %(campaign)s AND a.state IN ('waiting', 'claimed')
            """,
            skip=choice == "skip",
            shift=choice == "shift",
            now=now,
            since=self._stands_since(now),
            days=self._run_days(now) if choice == "shift" else SQL("0"),
            campaign=self.id,
        )

    def _stands_since(self, now):
        return SQL("%s::timestamp", self.paused_at or now)

    def _run_days(self, now):
        """SQL: by how many days run ``r`` may last longer; begun days count, so that it suffices.

        Of those held out too: both arms take part equally long.
        """
        return SQL(
            "ceil(extract(epoch FROM %s - greatest(%s, r.entered_at)) / 86400)::int",
            now,
            self._stands_since(now),
        )

    def _followers_plan(self, now):
        """SELECT of the acts that follow those of ``plan`` that are left out, whatever came."""
        return self.env["cx.campaign.act"]._begun_acts(
            SQL("SELECT run_id, customer_id, step_id, version_number, NULL::timestamp AS deadline"
                " FROM plan WHERE missed"),
            SQL("s.parent_id = begun.step_id AND s.trigger = 'ended' AND %s",
                goes_on("s", "begun")),
            now=now,
        )  # fmt: skip

    # -------------------------------------------------------------- the preview
    def _resume_figures(self, choice, now=None):
        """What a choice comes to.

        :return: ``{"days": {iso day: {"mails": n, "others": n}}, "later": {...}, "dated": n,
            "missed": n, "expired": n, "over": n}``: the first of ``days`` is today where the
            company is; dated are due, on a date of the customer that is looked up then; missed are
            left out, expired are not valid any more, over end with their participation
        """
        self.ensure_one()
        now = now or fields.Datetime.now()
        self._flush_waiting()
        today = self.env["cx.customer"]._today(self.company_id)
        days = [str(today + timedelta(days=number)) for number in range(DAYS)]
        nothing = lambda: {"mails": 0, "others": 0}  # noqa: E731
        figures = {"days": {day: nothing() for day in days}, "later": nothing(), "dated": 0}
        figures |= dict.fromkeys(DROPPED, 0)
        for verdict, mails, day, count in self.env.execute_query(self._resume_query(choice, now)):
            if verdict != "day":
                figures[verdict] += count
            else:
                of = figures["days"].get(str(day), figures["later"])
                of["mails" if mails else "others"] += count
        return figures

    def _resume_query(self, choice, now):
        """Rows of (verdict, whether it is a mail, day where the company is, how many)."""
        return SQL(
            """
            WITH plan AS MATERIALIZED (%(plan)s),
            followers AS (%(followers)s),
            everything AS (
                SELECT kind, missed, dated, due_at, expires_at, ends_on FROM plan
                 UNION ALL
                SELECT f.kind, false, s.date_field_id IS NOT NULL, f.due_at, f.expires_at,
                       r.ends_on
                  FROM followers f JOIN cx_campaign_run r ON r.id = f.run_id
                  JOIN cx_campaign_step s ON s.id = f.id),
            dates AS (
                SELECT *, (greatest(due_at, %(now)s) AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                       AS day FROM everything)
            SELECT verdict, kind IN %(mails)s, CASE WHEN verdict = 'day' THEN day END, count(*)
              FROM (SELECT *, CASE
                           WHEN missed THEN 'missed'
                           WHEN ends_on <= day OR day > %(last)s THEN 'over'
                           WHEN due_at <= %(now)s AND expires_at <= %(now)s THEN 'expired'
                           WHEN dated AND due_at <= %(now)s THEN 'dated'
                           ELSE 'day' END AS verdict FROM dates) AS judged
             GROUP BY 1, 2, 3
            """,
            plan=self._waiting_plan(choice, now),
            followers=self._followers_plan(now),
            now=now,
            zone=self.company_id.partner_id.tz or "UTC",
            mails=MAILS,
            last=SQL("%s::date", self.end_on or "infinity"),
        )

    # --------------------------------------------------------------- the change
    def _shift_waiting(self, now):
        """Move what waits, and the ends of participations, by the length of the pause."""
        self.env.cr.execute(
            SQL(
                "UPDATE cx_campaign_act a SET not_before = plan.not_before, due_at = plan.due_at,"
                # whoever has it in hand would still do it now
                " expires_at = plan.expires_at, state = 'waiting', claim = NULL"
                " FROM (%s) AS plan"
                " WHERE plan.id = a.id AND a.state IN ('waiting', 'claimed')",
                self._waiting_plan("shift", now),
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE cx_campaign_run r SET ends_on = r.ends_on + %s"
                " WHERE r.campaign_id = %s AND r.state = 'running'",
                self._run_days(now),
                self.id,
            )
        )
        self.env["cx.campaign.run"].invalidate_model()
        self.env["cx.campaign.act"].invalidate_model()

    def _skip_past(self, now):
        """Leave out what would be due by now; what follows in any case begins."""
        rows = self.env.execute_query(
            SQL(
                "UPDATE cx_campaign_act a SET state = 'skipped', reason = 'missed', claim = NULL,"
                " done_at = %s FROM (%s) AS plan WHERE plan.id = a.id AND plan.missed"
                " AND a.state IN ('waiting', 'claimed') RETURNING a.id",
                now,
                self._waiting_plan("skip", now),
            )
        )
        acts = self.env["cx.campaign.act"]
        self.env.cr.execute(acts._grow([row[0] for row in rows], ["ended"]))
        acts.invalidate_model()

    def _flush_waiting(self):
        for model in ("cx.campaign", "cx.campaign.step", "cx.campaign.run", "cx.campaign.act"):
            self.env[model].flush_model()
