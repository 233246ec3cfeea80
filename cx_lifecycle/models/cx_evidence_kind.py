"""The strength of warning signs: what was measured of the company's own past, on kind and sign."""

from odoo import api, fields, models
from odoo.tools import SQL

from .cx_evidence import SAID


class CxWarningKind(models.Model):
    _inherit = "cx.warning.kind"

    evidence_id = fields.Many2one(
        "cx.evidence", compute="_compute_evidence", help="Of the current company, on leaving."
    )
    strength = fields.Char(
        compute="_compute_evidence",
        help="How many times as often customers with this sign left within the horizon as others "
        "of the same rhythm and silence, with a 95 % interval, on the company's own past. It is an "
        "association, not a proof of a cause.",
    )

    @api.depends_context("company", "lang")
    def _compute_evidence(self):
        found = self.env["cx.evidence"].search(
            [
                ("company_id", "=", self.env.company.id), ("question", "=", "leave"),
                ("kind_id", "in", self.ids),
            ]
        )  # fmt: skip
        by_kind = {evidence.kind_id: evidence for evidence in found}
        for kind in self:
            evidence = by_kind.get(kind._origin, found.browse())
            kind.evidence_id = evidence
            kind.strength = evidence._strength() if evidence else self.env._("Not measured yet")


class CxEvidence(models.Model):
    _inherit = "cx.evidence"

    def _strength(self):
        """The strength of a sign in a sentence."""
        self.ensure_one()
        if self.verdict not in SAID:
            return self._words()
        text = self.env._(
            "Customers with this sign leave %(ratio)s times as often (%(low)s to %(high)s; "
            "%(cases)s cases).",
            **self._numbers(),
        )
        if self.verdict == "same":
            return self.env._("%s No difference is shown.", text)
        return text

    @api.model
    def _tell_strength(self, company):
        """Write on every sign of a company how strong its kind is at least; NULL: not shown."""
        self.flush_model()
        self.env["cx.warning"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE cx_warning w SET strength = k.low
                  FROM (SELECT k.id, e.low FROM cx_warning_kind k
                     LEFT JOIN cx_evidence e ON e.kind_id = k.id AND e.question = 'leave'
                           AND e.verdict = 'more' AND e.company_id = %(company)s) AS k
                 WHERE w.kind_id = k.id AND w.company_id = %(company)s
                   AND w.strength IS DISTINCT FROM k.low
                """,
                company=company.id,
            )
        )
        self.env["cx.warning"].invalidate_model(["strength"])
