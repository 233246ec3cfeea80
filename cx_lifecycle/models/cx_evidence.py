"""What was measured of the company's own past: what precedes leaving, what goes with loyalty."""

from odoo import api, fields, models
from odoo.tools import SQL

QUESTIONS = [
    ("leave", "Do they leave?"),
    ("buy", "Do they buy again?"),
]
VERDICTS = [
    ("more", "Goes with more"),
    ("less", "Goes with less"),
    ("same", "No difference shown"),
    ("few", "Not enough cases"),
    ("apart", "Cannot be compared"),
]
SAID = ("more", "less", "same")  # verdicts with figures
UNHAPPY = 5  # a touchpoint rated below is an unhappy one
WINDOW = 730  # days before a day that are looked at, at most, however rarely somebody buys


class CxEvidence(models.Model):
    """One question about one subject: a kind of touchpoint, or a warning sign.

    Written by the measuring only, see ``cx_evidence_run.py``; what the figures are is told in
    ``docs/evidence.md``. They are associations: nobody was made to have a touchpoint by lot.
    """

    _name = "cx.evidence"
    _description = "Evidence on Leaving and Loyalty"
    _order = "question, share desc nulls last, ratio desc nulls last, id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    question = fields.Selection(QUESTIONS, required=True, readonly=True)
    kind_id = fields.Many2one("cx.warning.kind", "Warning Sign", readonly=True, ondelete="cascade")
    channel_id = fields.Many2one("cx.channel", readonly=True, ondelete="cascade")
    interaction_id = fields.Many2one("cx.interaction", readonly=True, ondelete="cascade")
    step_id = fields.Many2one(related="interaction_id.step_id", string="Step")
    unhappy = fields.Boolean(readonly=True, help="Only touchpoints whose satisfaction was below 5.")
    seen = fields.Integer(
        readonly=True, help="How often a customer had it when a day was looked at."
    )
    exposed = fields.Integer(
        "Cases", readonly=True, help="Of these, those who can be compared with others alike."
    )
    hit_exposed = fields.Integer("Hits", readonly=True, help="Of the cases: who left, or bought.")
    others = fields.Integer(readonly=True, help="Comparable customers without it.")
    hit_others = fields.Integer(readonly=True, help="Of the others: who left, or bought.")
    ratio = fields.Float(
        "Times as Often", readonly=True, aggregator="avg",
        help="How many times as often customers with it left, or bought, as comparable customers "
        "without. Empty: not enough cases, or nobody to compare with.",
    )  # fmt: skip
    low = fields.Float("At Least", readonly=True, aggregator="min")
    high = fields.Float("At Most", readonly=True, aggregator="max")
    rate_exposed = fields.Float(
        "With It", readonly=True, aggregator="avg",
        help="Share of the cases who left, or bought; the groups compared weigh the same on both "
        "sides.",
    )  # fmt: skip
    rate_others = fields.Float("Without It", readonly=True, aggregator="avg")
    share = fields.Float(
        "Share of All", readonly=True, aggregator="max",
        help="Of all who left, or bought: the share beyond what would have been so at the rate of "
        "comparable customers without it. It would be due to it if it were the cause.",
    )  # fmt: skip
    chance = fields.Float(
        readonly=True, aggregator="min",
        help="How probable a difference like this or a larger one is by chance, with regard to how "
        "many subjects were looked at (Holm).",
    )  # fmt: skip
    verdict = fields.Selection(VERDICTS, required=True, readonly=True)
    satisfaction = fields.Float(
        digits=(4, 1), readonly=True, aggregator="avg", help="Mean of the last year, from 0 to 10."
    )
    rated = fields.Integer("Ratings", readonly=True, help="Of the last year.")
    measured_on = fields.Date(required=True, readonly=True)
    horizon = fields.Integer("Horizon (Days)", readonly=True)
    text = fields.Char("In Words", compute="_compute_text")
    conclusion = fields.Char(compute="_compute_text")
    interval = fields.Char("95 % Interval", compute="_compute_text")

    _subject_unique = models.UniqueIndex(
        "(company_id, question, coalesce(kind_id, 0), coalesce(channel_id, 0),"
        " coalesce(interaction_id, 0), unhappy)",
        "There is evidence on this already.",
    )

    # ------------------------------------------------------------------ words
    def _subject(self):
        """What the evidence is on, in the reader's language."""
        self.ensure_one()
        if self.kind_id:
            return self.kind_id.name
        names = {"channel": self.channel_id.name, "interaction": self.interaction_id.name}
        if self.unhappy:
            return self.env._("%(channel)s: %(interaction)s, unhappy", **names)
        return self.env._("%(channel)s: %(interaction)s", **names)

    @api.depends("kind_id", "channel_id", "interaction_id", "unhappy")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for evidence in self:
            evidence.display_name = evidence._subject()

    @api.depends("verdict", "ratio", "low", "high", "exposed", "seen", "question")
    @api.depends_context("lang")
    def _compute_text(self):
        for evidence in self:
            evidence.text = evidence._words()
            evidence.conclusion = evidence._conclusion()
            said = evidence.verdict in SAID
            evidence.interval = (
                self.env._("%(low)s to %(high)s", **evidence._numbers()) if said else ""
            )

    def _conclusion(self):
        """The verdict in two or three words: an association, never a cause."""
        if self.verdict not in ("more", "less"):
            return dict(self._fields["verdict"]._description_selection(self.env))[self.verdict]
        return {
            ("leave", "more"): self.env._("Precedes leaving"),
            ("leave", "less"): self.env._("Goes with staying"),
            ("buy", "more"): self.env._("Goes with buying again"),
            ("buy", "less"): self.env._("Goes with buying less"),
        }[self.question, self.verdict]

    def _numbers(self):
        """Ratio and interval as texts, with as many digits as say something."""
        digits = 2 if self.high < 2 else 1 if self.high < 20 else 0
        write = self.env["ir.qweb.field.float"].value_to_html
        numbers = {n: write(self[n], {"precision": digits}) for n in ("ratio", "low", "high")}
        return {**numbers, "cases": self.exposed}

    def _words(self):
        """The verdict in a sentence."""
        if self.verdict == "few":
            return self.env._("Not enough cases (%s).", self.seen)
        if self.verdict == "apart":
            return self.env._("Cannot be compared: nearly everybody alike had it, or nobody.")
        return self.env._(
            "%(conclusion)s: %(ratio)s times as often (%(low)s to %(high)s; %(cases)s cases).",
            conclusion=self._conclusion(),
            **self._numbers(),
        )

    # -------------------------------------------------------------- measuring
    def _key(self):
        """Question and subject, as the measuring names them."""
        ids = (self.kind_id.id, self.channel_id.id, self.interaction_id.id)
        return self.question, (*(number or None for number in ids), self.unhappy)

    @api.model
    def _of_subject(self, subject):
        """Values of a subject (kind, channel, interaction, unhappy)."""
        return dict(
            zip(("kind_id", "channel_id", "interaction_id", "unhappy"), subject, strict=True)
        )

    @api.model
    def _mark_unsaid(self, company):
        """In the database, what is not known is NULL, never 0."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE cx_evidence SET ratio = NULL, low = NULL, high = NULL, rate_exposed = NULL,"
                " rate_others = NULL, chance = NULL, share = NULL"
                " WHERE company_id = %s AND NOT verdict = ANY(%s)",
                company.id,
                list(SAID),
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE cx_evidence SET satisfaction = NULL WHERE company_id = %s AND rated = 0",
                company.id,
            )
        )
        self.invalidate_model()

    def action_measure(self):
        """Measure the current company's past anew, in the background, whatever is selected."""
        return self.env["cx.evidence.run"].action_measure()
