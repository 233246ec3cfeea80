"""What somebody wants to reach with the customers in a period."""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..engine.objective import following
from . import cx_policy_domain as domains

MEASURES = [
    ("stage", "Customers in a stage"),
    ("new", "New customers"),
    ("kept", "Kept: from new to active"),
    ("woken", "Woken: dormant and back"),
    ("won_back", "Won back: lost and back"),
    ("dormant", "Gone dormant"),
    ("lost", "Lost"),
    ("net", "Balance: came less left"),
]
PURPOSES = [
    ("new", "New Customers"),
    ("kept", "Keeping New Ones"),
    ("woken", "Waking the Dormant"),
    ("won_back", "Winning Back the Lost"),
]
QUIET = ("dormant", "lost")
# what is written by the machine, never as a value
MACHINE = {"author_id", "closed", "closing"}


class CxObjective(models.Model):
    """A target for one stage or one move in a period, with its budget.

    What was reached is counted with the reader's rights, and asked for by one statement for all
    records, see ``cx_objective_figures.py``.
    """

    _name = "cx.objective"
    _description = "Objective"
    _order = "date_to desc, date_from, id"
    _check_company_auto = True

    own_name = fields.Char(help="Written by a person, instead of the words.")
    name = fields.Char(
        compute="_compute_name", inverse="_inverse_name", search="_search_name",
        help="In words, unless you write another name.",
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    date_from = fields.Date(
        "From", required=True,
        default=lambda self: fields.Date.start_of(fields.Date.context_today(self), "quarter"),
    )  # fmt: skip
    date_to = fields.Date(
        "To", required=True, help="The last day.",
        default=lambda self: fields.Date.end_of(fields.Date.context_today(self), "quarter"),
    )  # fmt: skip
    measure = fields.Selection(MEASURES, required=True, default="new")
    stage_id = fields.Many2one(
        "cx.stage", ondelete="restrict", help="In which customers are on the last day."
    )
    unit = fields.Selection(
        [("heads", "Customers"), ("money", "Money")],
        "Counted In",
        required=True,
        default="heads",
        help="Money: in a stage, the purchases of the last twelve months; for moves, the value "
        "expected per year.",
    )
    direction = fields.Selection(
        [("least", "At least"), ("most", "At most")],
        compute="_compute_direction",
        store=True,
        help="At most for customers who leave, at least for all others.",
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", check_company=True, index="btree_not_null", ondelete="restrict",
        help="Only customers of the team's present members.",
    )  # fmt: skip
    user_id = fields.Many2one(
        "res.users", "Salesperson", check_company=True, index="btree_not_null",
        domain=[("share", "=", False)], ondelete="restrict",
        help="Only customers of this salesperson.",
    )  # fmt: skip
    segment = fields.Char(
        "Only Customers", default="[]", required=True,
        help="A condition on the contact, besides. It is looked at with the author's rights.",
    )  # fmt: skip
    author_id = fields.Many2one(
        "res.users", required=True, readonly=True, copy=False,
        default=lambda self: self.env.user,
        help="Whoever wrote the condition last: it is looked at with this person's rights.",
    )  # fmt: skip
    target = fields.Float(required=True, digits=(16, 0), help="In customers, or in money.")
    budget = fields.Monetary(help="What may be spent on it.")
    purpose = fields.Selection(
        PURPOSES, "Budget Is For", compute="_compute_purpose", store=True, readonly=False,
        help="Which spending counts; all of the period when empty.",
    )  # fmt: skip

    # ------------------------------------------------------------- consistency
    @api.depends("measure", "stage_id.code")
    def _compute_direction(self):
        for objective in self:
            left = objective.measure in QUIET or (
                objective.measure == "stage" and objective.stage_id.code in QUIET
            )
            objective.direction = "most" if left else "least"

    @api.depends("measure")
    def _compute_purpose(self):
        known = dict(PURPOSES)
        for objective in self:
            objective.purpose = objective.measure if objective.measure in known else False

    @api.constrains("measure", "stage_id")
    def _check_stage(self):
        for objective in self:
            if objective.measure == "stage" and not objective.stage_id:
                raise ValidationError(self.env._("Stage: choose the stage whose customers count."))

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for objective in self:
            if objective.date_from > objective.date_to:
                raise ValidationError(
                    self.env._("From: the period begins after its end. Choose another day.")
                )

    @api.constrains("target", "budget")
    def _check_numbers(self):
        for objective in self:
            if objective.target <= 0:
                raise ValidationError(self.env._("Target: enter a number above 0."))
            if objective.budget < 0:
                raise ValidationError(self.env._("Budget: enter an amount from 0."))

    @api.constrains("segment")
    def _check_segment(self):
        for objective in self:
            domains.check(objective, "segment", "res.partner")

    @api.constrains("team_id", "user_id")
    def _check_member(self):
        for objective in self:
            team, seller = objective.team_id, objective.user_id
            if team and seller and seller not in team.crm_team_member_ids.user_id:
                raise ValidationError(
                    self.env._(
                        "Salesperson: %(seller)s is not in %(team)s. Choose one of its members, "
                        "or leave the team empty.",
                        seller=seller.name, team=team.name,
                    )
                )  # fmt: skip

    # ------------------------------------------------------------------ author
    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_machine(vals)
        if not self.env.su:
            # nor by a default, of the context or of the user
            own = {"author_id": self.env.uid, "closed": False, "closing": 0.0}
            vals_list = [{**vals, **own} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        self._check_machine(vals)
        done = super().write(vals)
        if "segment" in vals and not self.env.su:
            self.sudo().author_id = self.env.uid  # sudo: whoever wrote it is its author
        return done

    def _check_machine(self, vals):
        """Nobody lends a condition another's rights, or makes up a figure, by writing a value."""
        if self.env.su or not MACHINE & set(vals):
            return
        raise AccessError(
            self.env._(
                "Author, last figure: the author is whoever writes the condition, and figures are "
                "counted. Neither can be chosen."
            )
        )

    def _segmented(self):
        """Whether a condition narrows the customers."""
        return not domains.parsed(self.segment).is_true()

    def _contacts(self):
        """The contacts in the segment, as its author sees them: a query.

        :raise AccessError: the author may not work for the company any more
        """
        author = (self._origin or self).author_id  # never what a form says
        company = self.company_id
        # sudo: to look up what the author may do, whoever asks
        allowed = author.sudo()
        if author.id != SUPERUSER_ID and not (allowed.active and company in allowed.company_ids):
            raise AccessError(
                self.env._(
                    "The condition was written by %(author)s, who may no longer work for "
                    "%(company)s. Write it anew.",
                    author=allowed.name, company=company.name,
                )
            )  # fmt: skip
        # nothing of whoever asks: neither language nor time zone
        context = {"allowed_company_ids": company.ids, "active_test": False}
        contacts = self.env(user=author.id, su=False, context=context)["res.partner"]
        return contacts._search(domains.parsed(self.segment))

    # ----------------------------------------------------------------- actions
    def action_next(self):
        """The same for the following period of the same length, and open it."""
        self.ensure_one()
        since, until = following(self.date_from, self.date_to)
        copied = self.copy({"date_from": since, "date_to": until})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": copied.id,
            "views": [(False, "form")],
        }

    def _sellers(self):
        """Whose customers count: a domain on customers; all of them without team or salesperson."""
        if self.user_id:
            return Domain("partner_id.user_id", "=", self.user_id.id)
        if self.team_id:
            return Domain("partner_id.user_id", "in", self.team_id.crm_team_member_ids.user_id.ids)
        return Domain.TRUE
