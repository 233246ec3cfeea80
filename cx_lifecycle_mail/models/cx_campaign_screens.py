"""What the screens of a campaign show besides its fields, and where their buttons lead."""

from odoo import api, models
from odoo.exceptions import UserError

from .cx_campaign_act import OPEN

# the states behind each number of acts
NUMBERS = {
    "done": ("done",),
    "waiting": OPEN,
    "uncertain": ("uncertain",),
    "not_done": ("skipped", "refused", "failed"),
}


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    # ------------------------------------------------------------- the lists
    def action_participants(self, *arms):
        """List the participants, those of some arms only when any are named."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cx_lifecycle_mail.action_campaign_runs"
        )
        domain = [("campaign_id", "=", self.id)]
        return action | {
            "domain": [*domain, ("arm", "in", arms)] if arms else domain,
            "context": {"cx_one_campaign": True},
        }

    def action_acts(self, *numbers):
        """List the acts behind some of the numbers (see ``NUMBERS``), or all of them."""
        self.ensure_one()
        self.check_access("read")
        return self._acts_action([("campaign_id", "=", self.id)], numbers)

    @api.model
    def _acts_action(self, domain, numbers=()):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cx_lifecycle_mail.action_campaign_acts"
        )
        if numbers:
            states = [state for number in numbers for state in NUMBERS[number]]
            domain = [*domain, ("state", "in", states)]
        return action | {"domain": domain, "context": {"cx_one_campaign": True}}

    # ----------------------------------------------------------- the dialogs
    def action_add_step(self):
        """Open the dialog for a new step that begins on entry, or after ``parent``'s."""
        self.ensure_one()
        return self._new_step()

    def _new_step(self, parent=None):
        steps = self.step_ids
        context = {
            "default_campaign_id": self.id,
            "default_sequence": max(steps.mapped("sequence"), default=0) + 10,
        }
        if parent:
            context |= {"default_parent_id": parent.id, "default_trigger": "done"}
        return self._dialog("cx.campaign.step", self.env._("Add a Step"), **context)

    def action_launch(self):
        """Open the dialog that says who is concerned, what is missing, and launches."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(self.env._("%s was launched already.", self.name))
        if self.draft_of_id:
            return self.action_publish()
        wizard = self.env["cx.campaign.launch"]._begin(self)
        return self._dialog("cx.campaign.launch", self.env._("Launch %s", self.name), wizard.id)

    def action_ask_pause(self):
        """Ask before nothing more is done."""
        return self._ask("pause", self.env._("Pause %s", self.name))

    def action_ask_resume(self):
        """Ask before what waits is done."""
        return self._ask("resume", self.env._("Resume %s", self.name))

    def action_ask_finish(self):
        """Ask before everything open stops for good."""
        return self._ask("finish", self.env._("Finish %s", self.name))

    def _ask(self, change, title):
        self.ensure_one()
        self.check_access("write")
        return self._dialog(
            "cx.campaign.change", title, default_campaign_id=self.id, default_change=change
        )

    @api.model
    def _dialog(self, model, title, res_id=False, **context):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "res_id": res_id,
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }
