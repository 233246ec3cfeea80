"""What was measured of the company's own past: what precedes leaving, what goes with loyalty."""

from odoo import api, fields, models
from odoo.fields import Domain
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
    _order = "question, share desc, ratio desc, id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    question = fields.Selection(QUESTIONS, required=True, readonly=True)
    kind_id = fields.Many2one("cx.warning.kind", "Sign", readonly=True, ondelete="cascade")
    channel_id = fields.Many2one("cx.channel", readonly=True, ondelete="cascade")
    interaction_id = fields.Many2one("cx.interaction", readonly=True, ondelete="cascade")
    step_id = fields.Many2one(related="interaction_id.step_id", string="Step")
    unhappy = fields.Boolean(
        "Unhappy", readonly=True, help="Only touchpoints whose satisfaction was below 5."
    )
    seen = fields.Integer(
        "Seen", readonly=True, help="How often a customer had it when a day was looked at."
    )
    exposed = fields.Integer(
        "Cases", readonly=True, help="Of these, those who can be compared with others alike."
    )
    hit_exposed = fields.Integer("Hits", readonly=True, help="Of the cases: who left, or bought.")
    others = fields.Integer(readonly=True, help="Comparable customers without it.")
    hit_others = fields.Integer(readonly=True, help="Of the others: who left, or bought.")
    ratio = fields.Float(
        "Times as Often", digits=(8, 2), readonly=True, aggregator="avg",
        help="How many times as often customers with it left, or bought, as comparable customers "
        "without. Empty: not enough cases, or nobody to compare with.",
    )  # fmt: skip
    low = fields.Float("At Least", digits=(8, 2), readonly=True, aggregator="min")
    high = fields.Float("At Most", digits=(8, 2), readonly=True, aggregator="max")
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
            said = evidence.verdict in SAID
            evidence.interval = (
                self.env._("%(low)s to %(high)s", **evidence._numbers()) if said else ""
            )

    def _numbers(self):
        digits = {name: self._number(self[name]) for name in ("ratio", "low", "high")}
        return {**digits, "cases": self.exposed}

    def _number(self, value):
        # beyond 20 the digits after the point say nothing; the reader's point or comma
        digits = 1 if value < 20 else 0
        return self.env["ir.qweb.field.float"].value_to_html(value, {"precision": digits})

    def _words(self):
        """The verdict in a sentence: an association, never a cause."""
        _ = self.env._
        if self.verdict == "few":
            return _("Not enough cases (%s).", self.seen)
        if self.verdict == "apart":
            return _("Cannot be compared: nearly everybody alike had it, or nobody.")
        numbers = self._numbers()
        if self.verdict == "same":
            return _(
                "No difference shown: %(ratio)s times as often (%(low)s to %(high)s; %(cases)s "
                "cases).",
                **numbers,
            )
        if self.question == "leave" and self.verdict == "more":
            return _(
                "Precedes leaving: %(ratio)s times as often (%(low)s to %(high)s; %(cases)s "
                "cases).",
                **numbers,
            )
        if self.question == "leave":
            return _(
                "Goes with staying: they leave %(ratio)s times as often (%(low)s to %(high)s; "
                "%(cases)s cases).",
                **numbers,
            )
        if self.verdict == "more":
            return _(
                "Goes with buying again: %(ratio)s times as often (%(low)s to %(high)s; %(cases)s "
                "cases).",
                **numbers,
            )
        return _(
            "Goes with buying less: %(ratio)s times as often (%(low)s to %(high)s; %(cases)s "
            "cases).",
            **numbers,
        )

    # ---------------------------------------------------------------- actions
    def action_customers(self):
        """List the living customers who have it today."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_customers")
        return {
            **action,
            "name": self.display_name,
            "path": False,
            "domain": [
                ("exposed_evidence_id", "=", self.id), ("company_id", "=", self.company_id.id)
            ],
            "context": {},
        }  # fmt: skip

    def _had_lately(self):
        """SELECT of the customers who have it today, as those of the past had it."""
        self.ensure_one()
        if self.kind_id:
            self.env["cx.warning"].flush_model()
            return SQL(
                "SELECT customer_id FROM cx_warning WHERE company_id = %s AND kind_id = %s"
                " AND ended_on IS NULL",
                self.company_id.id, self.kind_id.id,
            )  # fmt: skip
        on = self.env["cx.customer"]._today(self.company_id)
        touchpoints = self.env["cx.touchpoint"]
        touchpoints.flush_model()
        usual = SQL(
            "least(ceil(coalesce(nullif(c.usual_interval, 0), %s)), %s)",
            self.env["cx.policy"]._of(self.company_id).median_gap, WINDOW,
        )  # fmt: skip
        unhappy = SQL("AND t.rated AND t.satisfaction < %s", UNHAPPY) if self.unhappy else SQL()
        return SQL(
            "SELECT t.customer_id FROM cx_touchpoint t JOIN cx_customer c ON c.id = t.customer_id"
            " WHERE t.company_id = %s AND t.channel_id = %s AND t.interaction_id = %s"
            " AND t.at > %s - %s * interval '1 day' %s",
            self.company_id.id, self.channel_id.id, self.interaction_id.id, on, usual, unhappy,
        )  # fmt: skip

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

    @api.model
    def action_measure(self):
        """Measure the company's past anew, in the background."""
        return self.env["cx.evidence.run"].action_measure()


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    exposed_evidence_id = fields.Many2one(
        "cx.evidence",
        store=False,
        search="_search_exposed_evidence_id",
        exportable=False,
        help="To search: finds the living customers who have today what a measuring was about.",
    )

    def _search_exposed_evidence_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        living = Domain("stage_id.code", "in", ("new", "active"))
        evidence = self.env["cx.evidence"].search([("id", "in", list(value))])
        return living & Domain.OR(
            Domain("id", "in", SQL("(%s)", one._had_lately())) for one in evidence
        )
