from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CxEpisode(models.Model):
    """One stay of one customer in one stage: the ledger everything else hangs on.

    Rows are only ever added, and closed once; nobody changes or deletes them by hand.
    """

    _name = "cx.episode"
    _description = "Lifecycle Episode"
    _order = "entered_on desc, id desc"
    _rec_name = "stage_id"

    customer_id = fields.Many2one("cx.customer", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, index=True)
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Contact")
    stage_id = fields.Many2one("cx.stage", required=True, ondelete="restrict")
    previous_stage_id = fields.Many2one("cx.stage", "From", ondelete="restrict")
    entered_on = fields.Date(required=True, index=True)
    left_on = fields.Date(help="Empty: the customer is still in this stage.")
    reason = fields.Selection(
        selection=lambda self: self.env["cx.customer"]._reasons(),
        required=True,
        help="The rule that decided.",
    )
    policy_id = fields.Many2one(
        "cx.policy", ondelete="restrict", help="The version of the rules that decided."
    )
    rule_id = fields.Many2one(
        "cx.policy.rule", "Own Rule", index="btree_not_null", ondelete="restrict",
        help="The rule of the company's own that decided, if it was one.",
    )  # fmt: skip
    figures = fields.Json(
        help="What was known at entry: purchases, last (day), usual (days), silence (days), "
        "rarity and chance (shares), value (12 months)."
    )
    rebuilt = fields.Boolean(help="Reconstructed from past purchases rather than lived through.")
    silent = fields.Boolean(
        help="The rules changed, not the customer: nothing starts because of this move."
    )
    as_of = fields.Date(
        store=False,
        search="_search_as_of",
        exportable=False,
        help="To search a day: finds the stage each customer was in when that day ended.",
    )

    _open_unique = models.UniqueIndex(
        "(customer_id) WHERE left_on IS NULL", "A customer is in one stage at a time."
    )
    _order_check = models.Constraint(
        "CHECK(left_on IS NULL OR left_on >= entered_on)", "An episode cannot end before it began."
    )

    def _search_as_of(self, operator, value):
        """Stays that cover a day: begun by then, and ended later or not yet."""
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            Domain("entered_on", "<=", day)
            & (Domain("left_on", "=", False) | Domain("left_on", ">", day))
            for day in value
            if day
        )

    # ------------------------------------------------------------------ words
    def _move_words(self):
        """The move that began the stay, in the reader's language."""
        self.ensure_one()
        stage, before = self.stage_id.name, self.previous_stage_id.name
        if not before:
            return self.env._("First stage: %s", stage)
        return self.env._("From %(from)s to %(to)s", **{"from": before, "to": stage})

    def _reason_words(self):
        """What decided the move, with the figures of that day."""
        self.ensure_one()
        if self.rule_id:
            return self.env._(
                "Your company's rule “%(rule)s” decides: %(stage)s.",
                rule=self.rule_id.sudo().name,  # sudo: the name of a rule, which explains
                stage=self.stage_id.name,
            )
        reason = dict(self._fields["reason"]._description_selection(self.env))[self.reason]
        figures = self.figures or {}
        silence, usual = figures.get("silence"), figures.get("usual")
        if self.reason not in ("silence", "long_silence") or not silence:
            return reason
        words = (
            self.env._("silent %(silence)s d, usual %(usual)s", silence=silence, usual=round(usual))
            if usual
            else self.env._("bought once, %(silence)s d ago", silence=silence)
        )
        return self.env._("%(reason)s: %(figures)s", reason=reason, figures=words)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(self.env._("The history of stages is kept: it cannot be deleted."))
