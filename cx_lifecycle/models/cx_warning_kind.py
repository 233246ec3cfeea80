"""Kinds of warning signs: how each is found, as data that marketers change."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from . import cx_policy_domain as domains

BASES = [
    ("touchpoint", "Touchpoints that fit a condition"),
    ("fact", "A condition on the customer as it is now"),
    ("signal", "A signal computed from past records"),
]
FACTS = [("cx.customer", "The customer's figures"), ("res.partner", "The contact")]
SIGNALS = [
    ("basket_shrinking", "Purchases become smaller"),
    ("fewer_categories", "Fewer product categories are bought"),
    ("late_payment", "Invoices are paid late"),
    ("delivery_late", "Deliveries arrive late"),
    ("key_contact_gone", "Who decides, buys or pays has left"),
]
# What only the machine writes: how far a kind was read.
MACHINE = {
    "user_id", "looked_at", "whole_at", "began_at", "whole", "read_to", "error", "opened_count",
}  # fmt: skip
# What makes other spells of the same past.
DEFINITION = {
    "company_id", "basis", "signal", "fact_model", "domain", "number", "within_days", "lasts_days",
    "threshold", "closed_by_interaction_ids", "ends_answered",
}  # fmt: skip
# Whose conditions are looked at with the rights of whoever wrote them.
AUTHORED = {"basis", "fact_model", "domain", "company_id"}


class CxWarningKind(models.Model):
    """A sign that a customer may leave, and how it is found.

    The condition is looked at with the rights of its author. What each number means depends on
    how the sign is found: see the help of the fields, and ``docs/warnings.md``.
    """

    _name = "cx.warning.kind"
    _description = "Kind of Warning Sign"
    _inherit = "cx.coded"

    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: the customers of all companies."
    )
    user_id = fields.Many2one(
        "res.users", "Author", readonly=True, copy=False, default=lambda self: self.env.user,
        help="Whoever wrote the condition last: it is looked at with this person's rights.",
    )  # fmt: skip
    basis = fields.Selection(BASES, "Found By", required=True, default="touchpoint")
    signal = fields.Selection(SIGNALS)
    fact_model = fields.Selection(FACTS, "Condition On", default="cx.customer")
    model = fields.Char(compute="_compute_model", help="What the condition is about.")
    domain = fields.Char("Condition", required=True, default="[]")
    number = fields.Integer(
        "At Least", default=1,
        help="Touchpoints: how many that fit make a sign. Smaller purchases: how many earlier ones "
        "are needed to compare with. Fewer categories: how many purchases are compared with as "
        "many before. Mails: how many unopened in a row.",
    )  # fmt: skip
    within_days = fields.Integer(
        "Days", default=365,
        help="Touchpoints: within so many days. Purchases: how far back the earlier ones count. "
        "Invoices and deliveries: so many days after the promised day. Mails: those of so many "
        "days count.",
    )  # fmt: skip
    lasts_days = fields.Integer(
        "Lasts (Days)", default=90,
        help="The sign is over so many days after what last showed it, if nothing else ends it. "
        "Late deliveries: so many days after the goods arrived.",
    )  # fmt: skip
    threshold = fields.Float(
        default=0.6, digits=(6, 3),
        help="Purchases: the sign begins where the last ones are less than this share of the "
        "earlier ones, in amount or in number of categories. 0.6 means 60 %.",
    )  # fmt: skip
    closed_by_interaction_ids = fields.Many2many(
        "cx.interaction", string="Ended By", help="A touchpoint of one of these ends the sign."
    )
    ends_answered = fields.Boolean(
        "Ends When Answered",
        help="A touchpoint that was answered or ended, as a ticket that was closed, is no sign any "
        "more from that day.",
    )
    activity = fields.Boolean(
        "Plan an Activity",
        help="When the sign appears, the customer's salesperson is asked to act at once.",
    )
    responsible_id = fields.Many2one(
        "res.users", "Otherwise Ask", domain=[("share", "=", False)], ondelete="set null",
        index="btree_not_null",
        help="Who is asked about customers whom no salesperson follows. Empty: nobody is.",
    )  # fmt: skip
    warning_ids = fields.One2many("cx.warning", "kind_id", readonly=True)

    # where the reading stands
    looked_at = fields.Datetime(
        readonly=True, copy=False,
        help="What was written before this moment is known. Empty: the past is still to be read.",
    )  # fmt: skip
    whole_at = fields.Datetime(
        "Read in Whole", readonly=True, copy=False, help="When all of the past was last read."
    )
    began_at = fields.Datetime(
        readonly=True, copy=False, help="When the pass that is under way began; empty: none is."
    )
    whole = fields.Boolean(
        readonly=True, copy=False, help="Whether that pass reads all customers, or the changed."
    )
    read_to = fields.Integer(
        readonly=True, copy=False, help="The last contact that this pass has looked at."
    )
    opened_count = fields.Integer(
        "Found", readonly=True, copy=False, help="Signs that the last look found."
    )
    error = fields.Char(readonly=True, copy=False, help="Why it could not be looked at.")

    _code_unique = models.Constraint(
        "UNIQUE(code)", "A warning sign with this code exists already."
    )
    _number_check = models.Constraint("CHECK(number >= 1)", "At Least: enter a number from 1.")
    _lasts_check = models.Constraint(
        "CHECK(lasts_days >= 1)", "Lasts: enter a number of days from 1."
    )
    _within_check = models.Constraint(
        "CHECK(within_days >= 0)", "Days: enter a number of days from 0."
    )
    _threshold_check = models.Constraint(
        "CHECK(threshold > 0 AND threshold <= 1)", "Threshold: enter a share above 0, up to 1."
    )
    _signal_check = models.Constraint(
        "CHECK(basis <> 'signal' OR signal IS NOT NULL)", "Signal: choose which one is computed."
    )

    @api.depends("basis", "fact_model")
    def _compute_model(self):
        for kind in self:
            facts = kind.basis == "fact"
            kind.model = (kind.fact_model or "cx.customer") if facts else "cx.touchpoint"

    @api.constrains("domain", "basis", "fact_model")
    def _check_domain(self):
        for kind in self:
            if kind.basis != "signal":
                domains.check(kind, "domain", kind.model)
            if kind.basis == "touchpoint" and not domains.parsed(kind.domain):
                raise ValidationError(
                    self.env._("Condition: say which touchpoints of %s are a sign.", kind.name)
                )

    # ---------------------------------------------------------------- changes
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_machine(vals)
            # nor by a default, of the context or of the user
            own = {**dict.fromkeys(MACHINE, False), "user_id": self.env.uid}
            vals_list = [{**own, **vals} for vals in vals_list]
        kinds = super().create(vals_list)
        kinds._read_again()
        return kinds

    def write(self, vals):
        if not self.env.su:
            self._check_machine(vals)
        done = super().write(vals)
        if AUTHORED & set(vals) and not self.env.su:
            self.sudo().user_id = self.env.uid  # sudo: whoever wrote it is its author
        if company_id := vals.get("company_id"):
            self._end_elsewhere(company_id)
        if DEFINITION & set(vals) or vals.get("active"):
            self._read_again()
        return done

    def _end_elsewhere(self, company_id):
        """End what stands in other companies: nobody looks there any more whether it is over."""
        # sudo: signs are the machine's
        signs = self.env["cx.warning"].sudo().search(
            [("kind_id", "in", self.ids), ("company_id", "!=", company_id),
             ("ended_on", "=", False)]
        )  # fmt: skip
        for company, theirs in signs.grouped("company_id").items():
            today = self.env["cx.customer"]._today(company)
            theirs.write({"ended_on": today, "until_on": False})
        self.env["cx.warning"].sudo()._settle()  # sudo: as above

    def _check_machine(self, vals):
        """Nobody lends a condition another's rights by writing a value."""
        if forged := MACHINE & set(vals):
            raise UserError(
                self.env._("%s: only the machine writes this.", ", ".join(sorted(forged)))
            )

    def action_read_again(self):
        """Read the past again by the rules of now, in the background."""
        self.check_access("write")
        self._read_again()

    def action_warnings(self):
        """Open the signs of this kind."""
        self.ensure_one()
        self.env["cx.warning"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_warnings")
        return {**action, "domain": [("kind_id", "=", self.id)], "context": {}}

    def _as_author(self, model, company):
        """A model as the author of the condition sees it, in one company.

        :raise UserError: when the author may not work for the company any more
        """
        self.ensure_one()
        author = self.user_id
        seen = domains.seen_by(author, company, model)
        if seen is None:
            raise UserError(
                self.env._(
                    "The condition of %(kind)s is looked at with the rights of %(author)s, who may "
                    "not work for %(company)s. Write the condition again, or choose a company.",
                    kind=self.name,
                    author=author.sudo().name,  # sudo: a name, for the message
                    company=company.name,
                )
            )
        return seen
