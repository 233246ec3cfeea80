"""A campaign's life: launch, pause, end, and what is done in between."""

import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models.cx_customer_refresh import brief
from odoo.addons.cx_lifecycle.models.timebox import AT_WORK

from .cx_campaign_step import MAILS

_logger = logging.getLogger(__name__)
# when more of the last mails than this were refused, something is wrong with the audience
BREAKER_MAILS = 500
BREAKER_LEAST = 20  # refusals
BREAKER_SHARE = 0.05
ENDED_AT_ONCE = 500  # runs that end in one transaction


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    @api.model
    def _cron_campaigns(self):
        """Look who enters and who leaves, and do what is due and no mail."""
        progress = self.env["ir.cron"]._commit_progress
        runs, acts = self.env["cx.campaign.run"], self.env["cx.campaign.act"]
        self._after_a_gap()
        acts._recover()
        campaigns = self.search([("state", "=", "running")], order="sequence, id")
        for company in runs._companies():  # runs of paused campaigns end too
            while self._guarded(
                lambda company=company: runs._settle_runs(company, limit=ENDED_AT_ONCE),
                f"company {company.id}",
            ):
                pass
        for campaign in campaigns:
            campaign._guarded(campaign._look, f"campaign {campaign.id}")
        if entered := campaigns.filtered(lambda campaign: campaign.last_entry):
            self._trigger_delivery(entered)
        while taken := acts._do_due():
            if not progress(taken, remaining=taken):
                self.env.ref("cx_lifecycle_mail.cron_campaigns")._trigger()
                return
        for company in runs._companies():
            self._guarded(lambda company=company: runs._finish_completed(company), "completed")
        self._guarded(acts._settle_traces, "traces")
        progress(remaining=0)

    def _guarded(self, work, what):
        """Do one part; what breaks there is told, and the others go on.

        :return: what it returned, nothing when it broke
        """
        done = None
        try:
            with self.env.cr.savepoint():
                done = work()
        except psycopg2.OperationalError as error:
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
            _logger.info("Campaigns, %s: next time (%s)", what, brief(error))
        except Exception as error:
            _logger.exception("Campaigns, %s", what)
            if self:
                self.problem = brief(error)
        self.env["ir.cron"]._commit_progress()
        return done

    def _look(self):
        """Let in who is to enter; end the campaign on its day."""
        if self.state != "running":
            return  # somebody paused or finished it since the round began
        today = self.env["cx.customer"]._today(self.company_id)
        if self.end_on and self.end_on < today:
            self._finish()
            return
        if problem := self._author_problem():
            # no activity: whoever would have got it may be gone
            self._stand_still(problem)
            self.message_post(body=self.env._("Paused by itself: %s", problem))
            return
        if self._breaks():
            return
        try:
            report = self._enter()
        except psycopg2.errors.QueryCanceled:
            self._looked_too_long()
            return
        values = {"last_entry_at": fields.Datetime.now(), "problem": False}
        self.write({**values, "last_entry": report})

    def _looked_too_long(self):
        """The condition takes too long: once more, for the server may be busy; then a pause."""
        slow = self._too_slow(AT_WORK)
        if self.problem == slow:
            self._pause_itself(slow)
        else:
            self.problem = slow

    def _pause_itself(self, problem):
        """Stand still until somebody has looked, and tell the author."""
        self._stand_still(problem)
        self.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.user_id.id, note=problem
        )

    def _stand_still(self, problem=False):
        """Pause; what stands already has done so since then."""
        for campaign in self:
            since = campaign.paused_at or fields.Datetime.now()
            campaign.write({"state": "paused", "paused_at": since, "problem": problem})

    def _breaks(self):
        """Pause a campaign whose mails are refused too often, and tell its author."""
        [(refused, mails)] = self.env.execute_query(
            SQL(
                "SELECT count(*) FILTER (WHERE state = 'refused'), count(*) FROM ("
                " SELECT state FROM cx_campaign_act WHERE campaign_id = %s AND kind IN %s"
                " AND state IN ('done', 'refused') AND done_at >= %s"
                " ORDER BY done_at DESC LIMIT %s) AS last",
                self.id,
                MAILS,
                # what was refused before somebody resumed it was looked at
                self.resumed_at or self.launched_at,
                BREAKER_MAILS,
            )
        )
        if refused < BREAKER_LEAST or refused <= mails * BREAKER_SHARE:
            return False
        self._pause_itself(
            self.env._(
                "Paused by itself: %(refused)s of the last %(mails)s mails were refused. Look at "
                "the addresses, then resume it.",
                refused=refused,
                mails=mails,
            )
        )
        return True

    def _trigger_delivery(self, campaigns):
        due = self.env["cx.campaign.act"]._count_due()
        if due:
            for number in range(1, 5):
                self.env.ref(f"cx_lifecycle_mail.cron_deliver_{number}")._trigger()

    # ------------------------------------------------------------------- state
    def _check_marketer(self):
        if not self.env.su and not self.env.user.has_group("cx_lifecycle.group_marketer"):
            raise AccessError(self.env._("Only marketers may launch, pause or end campaigns."))
        self.check_access("write")

    def _launch(self):
        """From now on customers enter; those there already, if the campaign says so."""
        self._check_marketer()
        for campaign in self:
            if campaign.state != "draft":
                raise UserError(self.env._("%s was launched already.", campaign.name))
            if campaign.draft_of_id:
                raise UserError(
                    self.env._("%s is a draft of changes: publish it instead.", campaign.name)
                )
            if not campaign.step_ids:
                raise UserError(self.env._("Steps: add one to %s first.", campaign.name))
            # sudo: as its button does, see MACHINE
            campaign.sudo().write(
                {
                    "state": "running",
                    "launched_at": fields.Datetime.now(),
                    "launched_on": self.env["cx.customer"]._today(campaign.company_id),
                }
            )
            campaign._plan_measuring()
            campaign._freeze()
        self._wake()

    def action_pause(self):
        """Nothing leaves any more, and nobody enters, until it is resumed."""
        self._check_marketer()
        # sudo: as its button does, see MACHINE
        for campaign in self.sudo().filtered(lambda campaign: campaign.state == "running"):
            campaign._stand_still(campaign.problem)

    def action_resume(self):
        """Go on: what waited too long is dropped, with the reason."""
        self._check_marketer()
        # sudo: as its button does, see MACHINE
        self.sudo().filtered(lambda campaign: campaign.state == "paused")._go_on()

    def _go_on(self):
        self.write(
            {
                "state": "running",
                "paused_at": False,
                "resumed_at": fields.Datetime.now(),
                "problem": False,
            }
        )
        self._wake()

    def action_finish(self):
        """End it for everybody who still takes part."""
        self._check_marketer()
        self._finish()

    def _finish(self):
        # sudo: as its button does, see MACHINE
        launched = self.sudo().filtered(lambda campaign: campaign.state in ("running", "paused"))
        launched.write({"state": "finished", "paused_at": False})
        # sudo: participants are written by the machine
        runs = self.env["cx.campaign.run"].sudo().search(
            [("campaign_id", "in", launched.ids), ("state", "=", "running")]
        )  # fmt: skip
        runs._stop("campaign_over")

    def _wake(self):
        """Start the machine now rather than at its next hour."""
        # sudo: starting a job is the marketer's right, reading jobs is not
        self.env.ref("cx_lifecycle_mail.cron_campaigns").sudo()._trigger()
        for number in range(1, 5):
            # sudo: as above
            self.env.ref(f"cx_lifecycle_mail.cron_deliver_{number}").sudo()._trigger()
