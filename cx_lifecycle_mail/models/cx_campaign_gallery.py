"""The presets as a gallery: what each does, in words, and what came of it in this database."""

from markupsafe import Markup

from odoo import api, fields, models

from .cx_campaign_step import MAILS

# changes of a campaign that are not published yet are no campaign of their own
NO_DRAFTS = [("draft_of_id", "=", False)]


class CxCampaignPreset(models.Model):
    _inherit = "cx.campaign.preset"

    steps_text = fields.Html("Steps in Words", compute="_compute_steps_text", sanitize=False)
    campaign_count = fields.Integer("Campaigns", compute="_compute_figures")
    participant_count = fields.Integer(
        "Participants", compute="_compute_figures", help="Without those held out."
    )
    sent_count = fields.Integer("Mails Sent", compute="_compute_figures")
    bought_count = fields.Integer(
        "Bought", compute="_compute_figures", help="Whose participation ended with a purchase."
    )

    @api.depends("step_ids")
    @api.depends_context("lang")
    def _compute_steps_text(self):
        for preset in self:
            preset.steps_text = Markup('<ol class="ps-3 mb-0">%s</ol>') % Markup("").join(
                Markup("<li>%s</li>") % words for words in preset.step_ids._words()
            )

    # ----------------------------------------------------------------- figures
    def _compute_figures(self):
        """What the reader may see of it: of the companies that are chosen."""
        codes = self.mapped("code")
        campaigns = dict(
            self.env["cx.campaign"]
            .with_context(active_test=False)
            ._read_group([("preset", "in", codes), *NO_DRAFTS], ["preset"], ["__count"])
        )
        figures = {
            name: self._by_code(*self._counted(name)) for name in ("participant", "sent", "bought")
        }
        for preset in self:
            preset.campaign_count = campaigns.get(preset.code, 0)
            for name, counts in figures.items():
                preset[f"{name}_count"] = counts.get(preset.code, 0)

    @api.model
    def _counted(self, name):
        """(model, domain) of what a number counts, for all presets."""
        treated = [("arm", "=", "treated")]
        return {
            "participant": ("cx.campaign.run", treated),
            "bought": ("cx.campaign.run", [*treated, ("reason", "=", "bought")]),
            "sent": ("cx.campaign.act", [("kind", "in", MAILS), ("state", "=", "done")]),
        }[name]

    def _by_code(self, model, domain):
        groups = self.env[model]._read_group(
            [*domain, ("campaign_id.preset", "in", self.mapped("code"))],
            ["campaign_id"],
            ["__count"],
        )
        counts = {}
        for campaign, count in groups:
            counts[campaign.preset] = counts.get(campaign.preset, 0) + count
        return counts

    def action_campaigns(self):
        """List the campaigns that were made from it, archived ones too."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle_mail.action_campaigns")
        return action | {
            "domain": [("preset", "=", self.code), *NO_DRAFTS],
            "context": {"active_test": False},
        }

    def action_figures(self, name):
        """List what a number counts: participant, sent or bought."""
        self.ensure_one()
        self.check_access("read")
        model, domain = self._counted(name)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cx_lifecycle_mail.action_campaign_acts"
            if model == "cx.campaign.act"
            else "cx_lifecycle_mail.action_campaign_runs"
        )
        # campaigns that were archived count too
        of_it = [*domain, ("campaign_id.preset", "=", self.code)]
        return action | {"domain": of_it, "context": {}}


class CxCampaignPresetStep(models.Model):
    _inherit = "cx.campaign.preset.step"

    def _words(self):
        """Each step in words, as the campaign made from it will say: what, and when."""
        steps = self.env["cx.campaign.step"]
        kinds = dict(steps._fields["kind"]._description_selection(self.env))
        made, words = {}, []
        for line in self:  # those that follow others come after them
            parent = made.get(line.parent_id, steps)
            step = made[line] = steps.new({**line.values, "name": line.name, "parent_id": parent})
            words.append(
                self.env._(
                    "%(step)s (%(kind)s): %(when)s",
                    step=line.name, kind=kinds[step.kind], when=step.when_text,
                )
            )  # fmt: skip
        return words
