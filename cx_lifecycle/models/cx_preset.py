"""Trade presets: rules, source and words that suit a trade, as data to begin from."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .cx_policy_limits import LIMITS, MODES


class CxPreset(models.Model):
    """What suits a trade: limits of silence, what counts as a purchase, words for the stages.

    A preset only ever makes a draft; publishing is another step, after the simulation.
    """

    _name = "cx.preset"
    _description = "Trade Preset"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        required=True, translate=True, help="Whom it suits, and why these values."
    )
    sequence = fields.Integer(default=10)
    limits = fields.Json(
        required=True,
        help="Limits of silence by their field in cx.policy; the others have their defaults.",
    )
    source_model = fields.Char(
        help="Technical name of the documents that should count; empty: those that do already."
    )
    stage_ids = fields.One2many("cx.preset.stage", "preset_id", "Words for the Stages")

    @api.constrains("limits")
    def _check_limits(self):
        """The policy's own checks, on a draft that is not saved."""
        for preset in self:
            limits = preset.limits
            if not isinstance(limits, dict) or (unknown := set(limits) - set(LIMITS)):
                raise ValidationError(
                    self.env._(
                        "%(preset)s: a policy has no limit called %(names)s.",
                        preset=preset.name,
                        names=", ".join(sorted(unknown)) if isinstance(limits, dict) else limits,
                    )
                )
            if limits.get("mode", "rhythm") not in MODES:
                raise ValidationError(
                    self.env._(
                        "%(preset)s: silence cannot be measured by %(mode)s.",
                        preset=preset.name,
                        mode=limits["mode"],
                    )
                )
            self.env["cx.policy"].new(preset._all_limits())._check_limits()

    def _all_limits(self):
        """Every limit of silence: the preset's, and the defaults of the others."""
        defaults = self.env["cx.policy"].default_get(list(LIMITS))
        return {name: defaults.get(name, 0) for name in LIMITS} | self.limits

    def _source(self, company):
        """The source that would have to be switched on for a company, or none."""
        sources = self.env["cx.purchase.source"].with_context(active_test=False)
        ours = [("company_id", "in", [False, company.id]), ("sign", "=", "1")]
        found = sources.search([("model", "=", self.source_model), *ours])
        if not self.source_model or any(found.mapped("active")):
            return sources
        return found.filtered("installed").sorted(lambda s: not s.company_id)[:1]

    def _draft(self, company):
        """A draft with these limits: the one made before, while nobody has changed them."""
        limits = self._all_limits()
        policies = self.env["cx.policy"]
        published = policies._of(company)
        # the draft is a copy made by the machine: whether they may is asked first
        published.with_env(self.env).check_access("write")
        made = [
            ("company_id", "=", company.id), ("state", "=", "draft"), ("preset_id", "=", self.id),
        ]  # fmt: skip
        for draft in policies.search(made):
            if not draft.tonight and all(draft[name] == limits[name] for name in limits):
                return draft
        draft = published._draft_from(preset_id=self.id, **limits)
        draft = draft.with_env(self.env)
        self._copy_words(self, draft, ["name"])
        return draft

    def _words_differ(self):
        """The lines whose stage is not described by these words yet."""
        return self.stage_ids.filtered(
            lambda line: (
                line.description != line.stage_id.description
                or (line.name and line.name != line.stage_id.name)
            )
        )

    def _use_words(self):
        """Describe the stages in the trade's own words, in every language that is installed."""
        for line in self.stage_ids:
            names = ["description", "name"] if line.name else ["description"]
            self._copy_words(line, line.stage_id, names)

    def _copy_words(self, source, target, names):
        for code, _name in self.env["res.lang"].get_installed():
            words = source.with_context(lang=code)
            target.with_context(lang=code).write({name: words[name] for name in names})

    def action_apply(self):
        """Open the dialog that says what this preset would do, and does it."""
        self.ensure_one()
        wizard = self.env["cx.preset.apply"]._begin(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Apply %s", self.name),
            "res_model": "cx.preset.apply",
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }


class CxPresetStage(models.Model):
    """The words of a trade for one stage."""

    _name = "cx.preset.stage"
    _description = "Words of a Trade"
    _order = "preset_id, stage_id"

    preset_id = fields.Many2one("cx.preset", required=True, index=True, ondelete="cascade")
    stage_id = fields.Many2one("cx.stage", required=True, ondelete="cascade")
    name = fields.Char(translate=True, help="Empty: the stage keeps its name.")
    description = fields.Text(required=True, translate=True)

    _stage_unique = models.Constraint(
        "UNIQUE(preset_id, stage_id)", "A preset has words for each stage once."
    )


class CxPolicy(models.Model):
    _inherit = "cx.policy"

    preset_id = fields.Many2one(
        "cx.preset", readonly=True, copy=False, ondelete="set null",
        help="The trade preset that this draft was made from.",
    )  # fmt: skip
