"""Steps on the screen: added one after the other, written, and removed with a question."""

from odoo import api, models
from odoo.exceptions import UserError


class CxCampaignStep(models.Model):
    _inherit = "cx.campaign.step"

    @api.onchange("trigger")
    def _onchange_trigger(self):
        if self.trigger == "entry":
            self.parent_id = False

    # ----------------------------------------------------------- the dialogs
    def action_add_after(self):
        """Open the dialog for a new step that follows this one."""
        self.ensure_one()
        return self.campaign_id._new_step(parent=self)

    def action_acts(self, *numbers):
        """List what this step did, for some of its numbers only when any are named."""
        self.ensure_one()
        return self.campaign_id._acts_action([("step_id", "=", self.id)], numbers)

    def action_remove(self):
        """Open the dialog that says what would be removed, and removes."""
        self.ensure_one()
        self.check_access("unlink")
        return self.campaign_id._dialog(
            "cx.campaign.step.remove",
            self.env._("Remove %s", self.name),
            default_step_id=self.id,
        )

    def action_move(self, parent_id, sequence=None):
        """Let this step of a draft follow another one, or begin on entry, with its followers.

        :param parent_id: the step to follow; False: on entry
        :param sequence: its place among those that follow the same step, from 1; last when None
        :raise UserError: the campaign was launched
        :raise ValidationError: it would follow itself, or wait for what that step cannot tell
        """
        self.ensure_one()
        self.check_access("write")
        campaign = self.campaign_id
        if campaign.launched_at:
            raise UserError(
                self.env._(
                    "Steps: %(campaign)s was launched, and people are on their way through it. Add "
                    "a step where you need one, and remove %(step)s.",
                    campaign=campaign.name, step=self.name,
                )
            )  # fmt: skip
        values = {"parent_id": parent_id or False}
        if not parent_id:
            values["trigger"] = "entry"
        elif self.trigger == "entry":
            values["trigger"] = "done"
        self.write(values)
        others = campaign.step_ids.filtered(
            lambda step: step != self and step.parent_id == self.parent_id
        ).sorted(lambda step: (step.sequence, step.id))
        place = len(others) if sequence is None else max(sequence - 1, 0)
        for number, step in enumerate([*others[:place], self, *others[place:]], 1):
            if step.sequence != 10 * number:
                step.sequence = 10 * number

    def action_add_content(self):
        """Open Odoo's mailing editor for one more language, empty."""
        self.ensure_one()
        self.check_access("write")
        written = self.mailing_ids.mapped("cx_lang")
        missing = [code for code, _name in self.env["res.lang"].get_installed()
                   if code not in written]  # fmt: skip
        if not missing:
            raise UserError(self.env._("Contents: %s is written in every language.", self.name))
        own = self.env.lang if self.env.lang in missing else missing[0]
        campaign = self.campaign_id
        sender = campaign.email_from or self.env.user.email_formatted
        if not sender:
            raise UserError(
                self.env._("Fixed Address: enter it in %s first, mails leave from it.",
                           campaign.name)
            )  # fmt: skip
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Content of %s", self.name),
            "res_model": "mailing.mailing",
            "views": [(False, "form")],
            "context": {
                # whatever else a content begins with, see ``_content_values``
                "default_cx_step_id": self.id,
                "default_cx_lang": own,
                "default_reply_to": sender,
            },
        }

    # --------------------------------------------------------------- removal
    def _with_followers(self):
        """These steps and all that hang below them, removed ones too."""
        steps = self.with_context(active_test=False)
        return steps.search([("id", "child_of", steps.ids)]).with_env(self.env)

    def write(self, vals):
        if vals.get("active") is False:
            self._refuse_removal()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_launched(self):
        self._refuse_removal()
        if left := self._with_followers() - self:
            raise UserError(
                self.env._(
                    "Steps: %(count)s others follow what you remove. Remove them too, or let them "
                    "follow another step first.",
                    count=len(left),
                )
            )

    def _refuse_removal(self):
        """Once launched, steps are removed by the dialog only: it ends what waits for them."""
        if self.env.su:
            return
        for campaign in self.campaign_id.filtered("launched_at"):
            steps = (self & campaign.step_ids)._with_followers()
            waiting = self.env["cx.campaign.act"].search_count(steps._waiting_domain())
            raise UserError(
                self.env._(
                    "Steps: %(campaign)s was launched, and %(count)s messages and activities of "
                    "this step and those after it are waiting. Use the button Remove of the step: "
                    "it ends them, with the reason.",
                    campaign=campaign.name,
                    count=waiting,
                )
            )

    def _waiting_domain(self):
        """What ends with these steps; what a mail server is being handed does not."""
        return [("step_id", "in", self.ids), ("state", "in", ("waiting", "claimed"))]
