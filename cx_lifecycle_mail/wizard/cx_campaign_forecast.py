"""The dry run: what a campaign will do in the coming weeks if nobody reacts. Nothing is sent."""

from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models.timebox import AT_WORK, ON_SCREEN, time_box

from ..models.cx_campaign_ahead import Ahead
from ..models.cx_campaign_step import KINDS
from ..models.reasons import REASONS

WEEKS = 8
MOST_WEEKS = 26
LOT = 5000  # customers looked at together; memory grows with it
WHAT = [
    ("enter", "Enters"),
    ("held_out", "Held out"),
    ("excluded", "Does not enter"),
    ("act", "Step"),
]
STATES = [
    ("done", "Done"),
    ("skipped", "Not Done"),
    ("waiting", "After These Weeks"),
]


class CxCampaignForecast(models.TransientModel):
    """A dry run, with one line for each customer and step behind its numbers."""

    _name = "cx.campaign.forecast"
    _description = "Dry Run of a Campaign"

    campaign_id = fields.Many2one("cx.campaign", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="campaign_id.company_id")
    weeks = fields.Integer(default=WEEKS, required=True)
    since = fields.Datetime("As Of", readonly=True)
    first = fields.Date(readonly=True)
    until = fields.Date(readonly=True)
    members = fields.Char(readonly=True, help="Who is looked at: future, present or both.")
    line_ids = fields.One2many("cx.campaign.forecast.line", "forecast_id", readonly=True)
    figures = fields.Json(compute="_compute_figures", help="The numbers, each with its list.")

    _weeks_check = models.Constraint(
        "CHECK(weeks BETWEEN 1 AND 26)", "Weeks: enter a number from 1 to 26."
    )

    @api.model
    def _begin(self, campaign, weeks=WEEKS):
        """The dry run of a campaign, of this moment."""
        campaign.check_access("write")
        forecast = self.sudo().create(  # sudo: only made with its lines, here
            {"campaign_id": campaign.id, "weeks": weeks, "members": campaign._members_shown()}
        ).with_env(self.env)  # fmt: skip
        forecast._run()
        return forecast

    def action_again(self):
        """Look again, for as many weeks as are asked for now."""
        self.ensure_one()
        if not 1 <= self.weeks <= MOST_WEEKS:
            raise ValidationError(self.env._("Weeks: enter a number from 1 to %s.", MOST_WEEKS))
        self.campaign_id.check_access("write")
        self._run()
        return self.campaign_id._opened(self)

    # -------------------------------------------------------------------- work
    def _run(self):
        campaign = self.campaign_id
        if problem := campaign._author_problem():
            raise UserError(problem)
        campaign._flush_entry()
        for model in ("cx.campaign.act", "mailing.trace", "cx.seat", "mailing.mailing"):
            self.env[model].flush_model()
        today = self.env["cx.customer"]._today(campaign.company_id)
        until = today + timedelta(weeks=self.weeks)
        # sudo: acts of other campaigns count too, whoever asks; only this campaign's are shown
        ahead = Ahead(campaign.sudo(), until)
        # sudo: lines are only written here
        self.sudo().write({"since": ahead.now, "first": today, "until": until - timedelta(days=1)})
        lines = self.env["cx.campaign.forecast.line"]
        self.env.cr.execute(SQL("DELETE FROM cx_campaign_forecast_line WHERE forecast_id = %s",
                                self.id))  # fmt: skip
        try:
            with time_box(self.env.cr, AT_WORK):
                self._enter(ahead, until - timedelta(days=1))
            for entering in self._lots(ahead):
                with time_box(self.env.cr, ON_SCREEN):
                    self._insert(ahead, *ahead.live(entering))
        except psycopg2.errors.QueryCanceled:
            raise UserError(campaign._too_slow(AT_WORK)) from None
        lines.invalidate_model()
        self.invalidate_recordset()

    def _enter(self, ahead, last):
        """Lines of who enters now, and on a known day, of who is held out, and who does not."""
        campaign = ahead.campaign
        if campaign.end_on:
            last = min(last, campaign.end_on)
        if last < ahead.today:
            return
        self._enter_for(ahead, campaign._cause(ahead.today), self.members, ahead.today)
        if later := campaign._later(ahead.today, last):
            self._enter_for(ahead, later, self.members)

    def _enter_for(self, ahead, cause, members, day=None):
        """INSERT of the lines for one cause.

        :param day: now; each customer's own day when None
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO cx_campaign_forecast_line (
                    forecast_id, customer_id, what, later, reason, day, create_uid, create_date)
                SELECT %(forecast)s, customer_id,
                       CASE WHEN excluded IS NOT NULL THEN 'excluded'
                            WHEN arm = 'held_out' THEN 'held_out' ELSE 'enter' END,
                       %(later)s, excluded, coalesce(%(day)s::date, day), %(user)s, %(now)s
                  FROM (%(judged)s) AS judged ORDER BY customer_id
                """,
                forecast=self.id,
                later=day is None,
                day=day,
                user=self.env.uid,
                now=ahead.now,
                judged=ahead.campaign._judged(cause, members),
            )
        )

    def _lots(self, ahead):
        """{customer id: moment of entry, or None} of some customers at a time.

        Whoever shares a role's holder with others is looked at together with them: one address
        gets a step once.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer_id, min(day) AS day FROM (
                    SELECT customer_id, day FROM cx_campaign_forecast_line
                     WHERE forecast_id = %(forecast)s AND what = 'enter'
                     UNION ALL
                    SELECT r.customer_id, NULL FROM cx_campaign_run r
                     WHERE r.campaign_id = %(campaign)s AND r.state = 'running'
                       AND r.arm = 'treated') AS those
              GROUP BY customer_id ORDER BY min(day) IS NULL, customer_id
                """,
                forecast=self.id,
                campaign=self.campaign_id.id,
            )
        )
        shared = self._sharing()
        rows.sort(key=lambda row: row[0] not in shared)
        moments = {ahead.today: ahead.now}
        start, size = 0, max(LOT, len(shared))
        while start < len(rows):
            lot = rows[start : start + size]
            start, size = start + size, LOT
            for _customer_id, day in lot:
                if day and day not in moments:
                    moments[day] = ahead.midnight(day)
            yield {customer_id: moments.get(day) for customer_id, day in lot}

    def _sharing(self):
        """The customers for whom one person holds a role that the steps write to."""
        roles = self.campaign_id.step_ids.filtered(lambda step: step.recipient == "role").role_id
        if not roles:
            return set()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id FROM cx_customer c JOIN cx_seat t ON t.account_id = c.partner_id
                   AND t.company_id = c.company_id AND t.role_id = ANY(%s)
                  JOIN res_partner k ON k.id = t.partner_id
                 WHERE c.company_id = %s AND k.email_normalized IN (
                    SELECT k.email_normalized FROM cx_seat t JOIN res_partner k
                        ON k.id = t.partner_id WHERE t.role_id = ANY(%s)
                     GROUP BY k.email_normalized HAVING count(DISTINCT t.account_id) > 1)
                """,
                roles.ids,
                self.campaign_id.company_id.id,
                roles.ids,
            )
        )
        return {row[0] for row in rows}

    def _insert(self, ahead, acts, facts):
        """Lines of what becomes of this campaign's acts."""
        rows = []
        for act in acts:
            if act.run.campaign.id != self.campaign_id.id:
                continue
            known = facts[act.run.customer, act.step.id]
            at = act.at if act.state != "waiting" else act.due
            calls = act.step.kind == "activity" and act.state == "done"
            rows.append(
                (
                    act.run.customer, act.step.id, act.step.kind, act.state, act.reason, at,
                    act.held, ahead.day(at), known.assigned if calls else None,
                    known.person if act.step.is_mail else None,
                )
            )  # fmt: skip
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO cx_campaign_forecast_line (
                    forecast_id, what, create_uid, create_date, customer_id, step_id, kind, state,
                    reason, at, held, day, user_id, person_id)
                SELECT %s, 'act', %s, %s, * FROM unnest(%s::int[], %s::int[], %s::text[],
                       %s::text[], %s::text[], %s::timestamp[], %s::bool[], %s::date[],
                       %s::int[], %s::int[])
                """,
                self.id,
                self.env.uid,
                ahead.now,
                *map(list, zip(*rows, strict=True)),
            )
        )


class CxCampaignForecastLine(models.TransientModel):
    """What a dry run tells of one customer: whether it enters, or what becomes of one step."""

    _name = "cx.campaign.forecast.line"
    _description = "Line of a Dry Run"
    _order = "day, at, id"

    forecast_id = fields.Many2one(
        "cx.campaign.forecast", required=True, index=True, ondelete="cascade"
    )
    customer_id = fields.Many2one("cx.customer", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Contact")
    what = fields.Selection(WHAT, required=True)
    later = fields.Boolean("Estimated", help="Enters on a day to come, if nothing is bought.")
    step_id = fields.Many2one("cx.campaign.step", ondelete="cascade")
    kind = fields.Selection(KINDS)
    state = fields.Selection(STATES)
    reason = fields.Selection(REASONS, "Why Not")
    at = fields.Datetime("When")
    held = fields.Boolean("Had to Wait", help="Too many messages in the period.")
    day = fields.Date(help="Where the company is.")
    user_id = fields.Many2one("res.users", "Assigned To", ondelete="cascade")
    person_id = fields.Many2one("res.partner", "Recipient", ondelete="cascade")
