from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.cx_lifecycle.models.notice import CLOSE, notice

from ..models.cx_campaign_act_actions import MARKETER


class CxCampaignEnter(models.TransientModel):
    """Let contacts enter a campaign by hand: who will, and who will not, is said before."""

    _name = "cx.campaign.enter"
    _description = "Enter a Campaign by Hand"

    partner_ids = fields.Many2many("res.partner", required=True, string="Contacts")
    campaign_id = fields.Many2one(
        "cx.campaign", domain=[("state", "=", "running")], ondelete="cascade"
    )
    enter_count = fields.Integer("Enter", compute="_compute_plan")
    plan = fields.Text("What Will Happen", compute="_compute_plan")

    @api.model
    def default_get(self, fields):
        """The contacts that were selected, be it as customers."""
        values = super().default_get(fields)
        ids, model = self.env.context.get("active_ids"), self.env.context.get("active_model")
        if ids and "partner_ids" not in values:
            if model == "cx.customer":
                ids = self.env["cx.customer"].browse(ids).partner_id.ids
            if model in ("cx.customer", "res.partner"):
                values["partner_ids"] = [Command.set(ids)]
        return values

    @api.depends("partner_ids", "campaign_id")
    def _compute_plan(self):
        for wizard in self:
            wizard.enter_count, wizard.plan = 0, False
            if wizard.campaign_id and wizard.partner_ids:
                would = wizard.campaign_id._would_enter(wizard.partner_ids._origin)
                wizard.enter_count = would["entered"]
                wizard.plan = "\n".join(wizard._words(would, done=False))

    def _words(self, counts, done):
        """What happened, or would happen, line by line.

        Who is held out is told to marketers only: see ``cx.campaign._explain``.
        """
        number, held = counts["entered"], counts["held_out"]
        if done:
            yield self.env._("%s entered.", number)
        else:
            yield self.env._("%s will enter.", number)
        if self.env.user.has_group(MARKETER):
            if held:
                yield self.env._(
                    "Of them, %s are held out: nothing is done, to compare with.", held
                )
        elif number and (share := self.campaign_id._held_out_share()):
            yield self.env._(
                "About %s of them are not chosen, by chance, to measure the effect.",
                self.env["cx.customer"]._percent(share),
            )
        if already := counts["already"]:
            yield self.env._(
                "%s do not: entered today already, or the campaign's condition is not for them.",
                already,
            )
        labels = dict(
            self.env["cx.campaign.run"]._fields["reason"]._description_selection(self.env)
        )
        for reason, count in counts["excluded"].items():
            yield self.env._(
                "%(count)s do not: %(reason)s.", count=count, reason=labels[reason]
            )  # fmt: skip
        if others := counts.get("others"):
            yield self.env._("%s are no customers that you follow.", others)

    def action_apply(self):
        """Let them enter, and say what came of it."""
        self.ensure_one()
        counts = self.campaign_id.enter(self.partner_ids.ids)
        return notice(
            " ".join(self._words(counts, done=True)),
            {**CLOSE, "infos": {"cx_saved": True}},
            title=self.campaign_id.name,
            type="success" if counts["entered"] else "warning",
        )
