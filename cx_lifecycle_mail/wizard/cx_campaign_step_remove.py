from odoo import api, fields, models
from odoo.tools import formatLang


class CxCampaignStepRemove(models.TransientModel):
    """Remove a step and what follows it: what waits ends, what was done stays."""

    _name = "cx.campaign.step.remove"
    _description = "Remove a Step"

    step_id = fields.Many2one("cx.campaign.step", required=True, readonly=True, ondelete="cascade")
    steps = fields.Integer(compute="_compute_numbers", help="The step and those that follow it.")
    waiting = fields.Integer(compute="_compute_numbers", help="What would be ended.")
    done = fields.Integer(compute="_compute_numbers", help="What was done, and stays.")
    text = fields.Text(compute="_compute_numbers")

    @api.depends("step_id")
    @api.depends_context("lang")
    def _compute_numbers(self):
        acts = self.env["cx.campaign.act"]
        for wizard in self:
            steps = wizard._steps()
            now = steps.filtered("active").grouped("past")
            wizard.steps = len(now.get(wizard.step_id.past, ()))
            wizard.waiting = acts.search_count(steps._waiting_domain())
            wizard.done = acts.search_count(wizard._done_domain())
            wizard.text = wizard._sentence()

    def _steps(self):
        """The step and those that follow it, for whoever goes by a former version too."""
        return self.step_id._in_all_versions()._with_followers()

    def _done_domain(self):
        return [
            ("step_id", "in", self._steps().ids),
            ("state", "in", ("sending", "done", "uncertain")),
        ]

    def _sentence(self):
        if self.steps == 1:
            words = self.env._("Removes 1 step.")
        else:
            words = self.env._("Removes %s steps: this one and those that follow it.", self.steps)
        if not self.step_id.campaign_id.launched_at:
            return words
        return words + " " + self.env._(
            "%(waiting)s messages and activities are waiting: they end, and say why. %(done)s were "
            "done: they stay, with their figures.",
            waiting=formatLang(self.env, self.waiting, digits=0),
            done=formatLang(self.env, self.done, digits=0),
        )  # fmt: skip

    def action_show(self):
        """List what waits and would be ended."""
        return self.step_id.campaign_id._acts_action(self._steps()._waiting_domain())

    def action_show_done(self):
        """List what was done and stays."""
        return self.step_id.campaign_id._acts_action(self._done_domain())

    def action_remove(self):
        """End what waits, archive the steps that ever acted, delete those that never did."""
        self.ensure_one()
        self.step_id.check_access("unlink")
        # sudo: nothing else ends acts or removes steps of a launched campaign
        steps = self._steps().sudo()
        acts = self.env["cx.campaign.act"].sudo()  # sudo: as above
        acts.search(steps._waiting_domain()).write(
            {
                "state": "skipped",
                "reason": "step_removed",
                "done_at": fields.Datetime.now(),
                "claim": False,
                "claimed_at": False,
            }
        )
        groups = acts._read_group([("step_id", "in", steps.ids)], ["step_id"])
        acted = steps.browse([step.id for (step,) in groups])
        # what leads to a step that stays, stays with it
        kept = steps.filtered(lambda step: step._with_followers() & acted)
        kept.active = False
        campaign, name = self.step_id.campaign_id, self.step_id.name
        (steps - kept).unlink()
        if campaign.launched_at:
            campaign._freeze(self.env._("Removed from those inside too: %s", name))
        return {"type": "ir.actions.act_window_close"}
