"""What a marketer may decide about a participation, and how everybody asks why."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .cx_campaign_act_actions import MARKETER


class CxCampaignRun(models.Model):
    _inherit = "cx.campaign.run"

    def action_stop(self):
        """End participations that are under way, with everything still to be done.

        :raise AccessError: the user is no marketer, or may not read them
        :raise UserError: none of them is under way
        """
        if not self.env.user.has_group(MARKETER):
            raise AccessError(self.env._("Only marketers may stop a participation."))
        self.check_access("read")
        running = self.filtered(lambda run: run.state == "running")
        if not running:
            raise UserError(self.env._("Participants: none of these is under way any more."))
        running.sudo()._stop("by_hand")  # sudo: the machine writes them; asked for above
        return True

    def action_why(self):
        """Open why this customer takes part, what was done, and what was not."""
        self.ensure_one()
        return self.campaign_id._why_dialog(partner_id=self.partner_id.id, run_id=self.id)

    def _check_may_go_on(self):
        """What was stopped stays so. Locks the runs, so that nothing stops them meanwhile."""
        if over := self.campaign_id.filtered(lambda campaign: campaign.state == "finished"):
            raise UserError(
                self.env._("%s is finished: nothing more is done in it.", over[0].name)
            )  # fmt: skip
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, state, reason FROM cx_campaign_run WHERE id = ANY(%s) ORDER BY id"
                " FOR NO KEY UPDATE",
                self.ids,
            )
        )
        for run_id, state, reason in rows:
            if state == "stopped":
                labels = dict(self._fields["reason"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "The participation of %(name)s was stopped (%(reason)s): nothing more is "
                        "done for it.",
                        name=self.browse(run_id).customer_id.display_name,
                        reason=labels.get(reason, ""),
                    )
                )

    def _take_up(self):
        """Participations that had come to their end go on: there is something to do again."""
        today = fields.Date.today()
        self.env.cr.execute(
            SQL(
                "UPDATE cx_campaign_run SET state = 'running', reason = NULL, ended_at = NULL,"
                " ends_on = greatest(ends_on, %s + (SELECT max(s.validity) FROM cx_campaign_step s"
                " WHERE s.campaign_id = cx_campaign_run.campaign_id))"
                " WHERE id = ANY(%s) AND state = 'finished'",
                today, self.ids,
            )
        )  # fmt: skip
        self.invalidate_model()


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    def action_why(self):
        """Open why a customer takes part in this campaign, or not; the customer is chosen there."""
        self.ensure_one()
        return self._why_dialog()

    def _why_dialog(self, **values):
        """The dialog that answers, for this campaign or, without one, for all that run."""
        if self:
            values.update(campaign_id=self.id, company_id=self.company_id.id)
        # made here rather than by the dialog: what it lists can be clicked on at once
        asked = self.env["cx.campaign.why"].create(values)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why?"),
            "res_model": asked._name,
            "res_id": asked.id,
            "views": [(False, "form")],
            "target": "new",
        }
