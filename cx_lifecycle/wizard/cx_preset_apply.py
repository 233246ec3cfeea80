from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, formatLang


class CxPresetApply(models.TransientModel):
    """What a trade preset would do, said before it is done."""

    _name = "cx.preset.apply"
    _description = "Apply a Trade Preset"

    preset_id = fields.Many2one("cx.preset", required=True, readonly=True, ondelete="cascade")
    description = fields.Text(related="preset_id.description")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    difference = fields.Html(
        compute="_compute_plan", sanitize=False, help="What the draft says differently."
    )
    source_id = fields.Many2one("cx.purchase.source", compute="_compute_plan")
    source_text = fields.Text(compute="_compute_plan")
    switch_source = fields.Boolean("Count these documents", default=True)
    words_text = fields.Text(compute="_compute_plan")
    copy_words = fields.Boolean("Describe the stages so", default=True)

    @api.model
    def _begin(self, preset):
        """The dialog for a preset; documents of which there are none are not proposed."""
        source = preset._source(self.env.company)
        found = bool(source and source._count(self.env.company))
        return self.create({"preset_id": preset.id, "switch_source": found})

    @api.depends("preset_id", "company_id")
    def _compute_plan(self):
        for wizard in self:
            wizard.company_id.check_access("read")
            preset, published = wizard.preset_id, self.env["cx.policy"]._of(wizard.company_id)
            trial = published.new(preset._all_limits(), origin=published)
            wizard.difference = trial.with_env(self.env)._difference_table(published)
            wizard.source_id = preset._source(wizard.company_id)
            wizard.source_text = wizard._source_sentence()
            wizard.words_text = "\n".join(
                self.env._(
                    "%(stage)s: %(words)s",
                    stage=line.name or line.stage_id.name,
                    words=line.description,
                )
                for line in preset._words_differ()
            )

    def _source_sentence(self):
        if not self.source_id:
            return False
        sentences = [
            self.env._(
                "“%(documents)s” would count instead of other documents of the same sales; there "
                "are %(count)s. All stages are then rebuilt in the background.",
                documents=self.source_id.name,
                count=formatLang(self.env, self.source_id._count(self.company_id), digits=0),
            )
        ]
        if not self.source_id.company_id and self.env.user.has_group("base.group_multi_company"):
            sentences.append(self.env._("This concerns all companies that share this source."))
        return " ".join(sentences)

    def action_apply(self):
        """Make the draft, switch what counts and the words if wanted, and open the draft."""
        self.ensure_one()
        preset = self.preset_id
        draft = preset._draft(self.company_id)
        if problems := draft._problems():
            raise ValidationError("\n".join(problems))
        if self.switch_source and self.source_id:
            self.source_id.action_count_instead()
        if self.copy_words:
            preset._use_words()
        return draft._open()


class CxPurchaseSource(models.Model):
    _inherit = "cx.purchase.source"

    def _count(self, company):
        """How many documents would count for a company."""
        documents = self._documents(company)
        query = SQL("SELECT count(*) FROM (%s) AS document", documents)
        return self.env.execute_query(query)[0][0]
