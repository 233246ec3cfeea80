import base64
import binascii

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.cx_campaign_file_plan import FilePlan
from ..models.cx_campaign_file_read import LARGEST


class CxCampaignImport(models.TransientModel):
    """Import a campaign from a file: what it would make is said before anything is made."""

    _name = "cx.campaign.import"
    _description = "Import a Campaign"

    data = fields.Binary("File", attachment=False)
    filename = fields.Char()
    company_id = fields.Many2one(
        "res.company", readonly=True, default=lambda self: self.env.company
    )
    problem = fields.Text(compute="_compute_summary", help="Why the file cannot be imported.")
    summary = fields.Html(compute="_compute_summary", sanitize=False)
    new_topic = fields.Char(compute="_compute_summary", help="A topic that is not here.")
    topic_choice = fields.Selection(
        [("create", "make it"), ("choose", "take another one")],
        "Topic", default="create", required=True,
    )  # fmt: skip
    topic_id = fields.Many2one("cx.topic", "Other Topic")
    lacks_survey = fields.Text(compute="_compute_summary")
    survey_id = fields.Many2one("survey.survey", "Survey Instead")
    lacks_activity_type = fields.Text(compute="_compute_summary")
    activity_type_id = fields.Many2one(
        "mail.activity.type", "Activity Type Instead",
        domain=[("res_model", "in", [False, "res.partner"])],
    )  # fmt: skip
    lacks_action = fields.Text(compute="_compute_summary")
    action_id = fields.Many2one(
        "ir.actions.server", "Action Instead",
        domain=[("cx_released", "=", True), ("model_id.model", "=", "res.partner")],
    )  # fmt: skip

    @api.depends("data")
    @api.depends_context("lang")
    def _compute_summary(self):
        for wizard in self:
            plan, problem = None, False
            if wizard.data:
                try:
                    plan = wizard._plan()
                except UserError as error:
                    problem = error.args[0]
            wizard.problem = problem
            wizard.summary = plan and wizard._sentences(plan)
            wizard.new_topic = bool(plan and plan.topic) and plan.own(plan.topic)
            for name in ("survey", "activity_type", "action"):
                wizard[f"lacks_{name}"] = plan and "\n".join(plan.missing.get(name, []))

    def _plan(self, **substitutes):
        """What the file would make.

        :raise UserError: it cannot be read
        """
        data = self.with_context(bin_size=False).data
        if not data:
            raise UserError(self.env._("File: choose one."))
        if len(data) > LARGEST * 4 / 3 + 4:
            data = b" " * (LARGEST + 1)  # said in one place
        else:
            try:
                data = base64.b64decode(data)
            except binascii.Error as error:
                raise UserError(self.env._("File: it did not arrive whole. Try again.")) from error
        return FilePlan(self.env, data, substitutes)

    def _sentences(self, plan):
        """The name, what it has, and what is to be looked at."""
        languages = {content["cx_lang"] for step in plan.steps for content in step["contents"]}
        has = self.env._(
            "%(steps)s steps; contents in: %(languages)s.",
            steps=len(plan.steps),
            languages=", ".join(sorted(plan.langs[code] for code in languages))
            or self.env._("no language"),
        )
        notes = Markup("").join(Markup("<li>%s</li>") % note for note in plan.notes)
        return Markup('<p class="mb-1"><strong>%s</strong></p><p>%s</p>%s') % (
            plan.own(plan.words),
            has,
            notes and Markup('<ul class="mb-0">%s</ul>') % notes,
        )

    def action_import(self):
        """Make the campaign, a draft of the current company, and open it."""
        self.ensure_one()
        plan = self._plan(
            survey=self.survey_id, activity_type=self.activity_type_id, action=self.action_id
        )
        choose = self.topic_choice == "choose"
        if plan.topic and choose and not self.topic_id:
            raise UserError(self.env._("Other Topic: choose one, or let it be made."))
        campaign = self.env["cx.campaign"]._make(plan, self.topic_id if choose else None)
        if plan.notes:
            lines = Markup("").join(Markup("<li>%s</li>") % note for note in plan.notes)
            campaign.message_post(
                body=Markup("<p>%s</p><ul>%s</ul>") % (self.env._("Imported. To look at:"), lines)
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "cx.campaign",
            "res_id": campaign.id,
            "views": [(False, "form")],
        }
