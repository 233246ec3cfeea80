from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

# Who buys, who has bought; the others, or none at all, do not buy yet.
LIVING = ("new", "active")
QUIET = ("dormant", "lost")
MOVEMENTS = [
    ("new", "New"),
    ("won_back", "Won Back"),
    ("dormant", "Gone Dormant"),
    ("lost", "Lost"),
    ("withdrawn", "Withdrawn"),
    ("rules", "By New Rules"),
]


class CxEpisode(models.Model):
    """One stay of one customer in one stage: the ledger everything else hangs on.

    Rows are only ever added, and closed once; nobody changes or deletes them by hand.
    """

    _name = "cx.episode"
    _description = "Lifecycle Episode"
    _order = "entered_on desc, id desc"
    _rec_name = "stage_id"

    customer_id = fields.Many2one("cx.customer", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Contact")
    stage_id = fields.Many2one("cx.stage", required=True, ondelete="restrict")
    previous_stage_id = fields.Many2one("cx.stage", "From", ondelete="restrict")
    entered_on = fields.Date(required=True)
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
    worth = fields.Monetary(
        "Expected a Year",
        readonly=True,
        help="What was expected of the customer in a year, at entry: purchases of the rhythm right "
        "after the last one, times the average purchase. Of those who left without having bought, "
        "because a purchase was cancelled: what was expected before.",
    )
    rebuilt = fields.Boolean(help="Reconstructed from past purchases rather than lived through.")
    silent = fields.Boolean(
        help="The rules changed, not the customer: nothing starts because of this move."
    )
    ended = fields.Boolean(
        readonly=True,
        help="Nothing followed: the contact became part of another customer, or is none any more.",
    )
    movement = fields.Selection(
        MOVEMENTS,
        compute="_compute_movement",
        search="_search_movement",
        help="Who came to those who buy (stages new and active), and who left them. Empty for "
        "other changes of stage. By new rules: the rules changed, not the customer. Withdrawn: "
        "the purchases were cancelled.",
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
    # the portfolio adds up who moved, and who was where, from this index alone
    _entered_index = models.Index(
        "(company_id, entered_on) INCLUDE"
        " (customer_id, previous_stage_id, stage_id, left_on, silent, worth)"
    )
    _ended_index = models.Index("(company_id, left_on) WHERE ended")
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

    # -------------------------------------------------------------- movement
    @api.model
    def _stage_ids(self):
        """Ids of the stages: those who live, the quiet, the dormant, and the lost."""
        by_code = self.env["cx.stage"]._ids_by_code()
        return {
            "living": [by_code[code] for code in LIVING],
            "quiet": [by_code[code] for code in QUIET],
            "dormant": by_code["dormant"],
            "lost": by_code["lost"],
        }

    def _movement(self):
        """What the stay meant for the number of those who buy; False when nothing."""
        code, before = self.stage_id.code, self.previous_stage_id.code
        if (code in LIVING) == (before in LIVING):
            return False
        if self.silent:
            return "rules"
        if code in LIVING:
            return "won_back" if before in QUIET else "new"
        return code if code in QUIET else "withdrawn"

    @api.depends("stage_id", "previous_stage_id", "silent")
    def _compute_movement(self):
        for episode in self:
            episode.movement = episode._movement()

    def _search_movement(self, operator, value):
        if operator != "in":
            return NotImplemented
        ids = self._stage_ids()
        living, lived = (
            Domain(name, "in", ids["living"]) for name in ("stage_id", "previous_stage_id")
        )
        came, left, silent = living & ~lived, ~living & lived, Domain("silent", "=", True)
        back = Domain("previous_stage_id", "in", ids["quiet"])
        domains = {
            "rules": silent & (came | left),
            "new": ~silent & came & ~back,
            "won_back": ~silent & came & back,
            "dormant": ~silent & left & Domain("stage_id", "=", ids["dormant"]),
            "lost": ~silent & left & Domain("stage_id", "=", ids["lost"]),
            "withdrawn": ~silent & left & Domain("stage_id", "not in", ids["quiet"]),
            False: ~(came | left),
        }
        return Domain.OR(domains.get(movement, Domain.FALSE) for movement in value)

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "movement":
            return super()._field_to_sql(alias, field_expr, query)
        # so that lists, pivots and graphs can group by it; tuples, for pivots hash it
        ids = self._stage_ids()
        return SQL(
            "CASE WHEN (%(stage)s IN %(living)s) IS NOT DISTINCT FROM"
            " coalesce(%(before)s IN %(living)s, false) THEN NULL"
            " WHEN %(silent)s THEN 'rules'"
            " WHEN %(stage)s IN %(living)s THEN"
            " CASE WHEN %(before)s IN %(quiet)s THEN 'won_back' ELSE 'new' END"
            " WHEN %(stage)s = %(dormant)s THEN 'dormant' WHEN %(stage)s = %(lost)s THEN 'lost'"
            " ELSE 'withdrawn' END",
            stage=super()._field_to_sql(alias, "stage_id", query),
            before=super()._field_to_sql(alias, "previous_stage_id", query),
            silent=super()._field_to_sql(alias, "silent", query),
            living=tuple(ids["living"]),
            quiet=tuple(ids["quiet"]),
            dormant=ids["dormant"],
            lost=ids["lost"],
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
