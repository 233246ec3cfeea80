from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .words import labelled

UNASKED = [
    ("no_salesperson", "Nobody follows this customer"),
    ("archived", "The customer is archived"),
    ("lost", "The customer is declared lost"),
    ("known", "It began too long ago when it was found"),
]


class CxWarning(models.Model):
    """One spell of a warning sign of one customer: from the day it began until it was over.

    Spells of the past are kept too, for the strength of a sign is measured on them. Rows are
    written by set-based SQL, see ``cx_warning_sql.py``; people only dismiss them.
    """

    _name = "cx.warning"
    _description = "Warning Sign"
    _order = "began_on desc, id desc"
    _rec_name = "kind_id"

    kind_id = fields.Many2one(
        "cx.warning.kind",
        "Warning Sign",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    customer_id = fields.Many2one(
        "cx.customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Contact")
    user_id = fields.Many2one(related="customer_id.partner_id.user_id", string="Salesperson")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    began_on = fields.Date(
        "Since", required=True, readonly=True, help="The day, where the company is, it began."
    )
    ended_on = fields.Date(
        "Over Since", readonly=True, help="The first day without it. Empty: it is still there."
    )
    until_on = fields.Date(
        "Ends On", readonly=True, help="The day on which it is over if nothing else happens."
    )
    facts = fields.Json(
        readonly=True, help="The figures that the sentence is made of; nothing about a person."
    )
    strength = fields.Float(
        readonly=True,
        aggregator="max",
        help="How many times more often customers with this sign left than others of the same "
        "rhythm, at the lower bound of what the company's own past tells. Empty: not known.",
    )
    standing = fields.Boolean(
        compute="_compute_standing",
        search="_search_standing",
        help="It is still there, and nobody has said that it does not matter.",
    )
    words = fields.Char("In Words", compute="_compute_words")

    closed_by_id = fields.Many2one(
        "res.users", "Dismissed By", readonly=True, copy=False, ondelete="set null"
    )
    closed_at = fields.Datetime("Dismissed At", readonly=True, copy=False)
    closed_reason = fields.Char("Why Dismissed", readonly=True, copy=False)
    closed_until = fields.Date(
        "Dismissed Until",
        readonly=True,
        copy=False,
        help="It is shown again from this day if it is still there then. Empty: not again.",
    )
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, index="btree_not_null", ondelete="set null",
        help="What somebody was asked to do about it.",
    )  # fmt: skip
    asked_at = fields.Datetime(
        readonly=True, copy=False, help="When somebody was asked to act, or could not be."
    )
    unasked = fields.Selection(
        UNASKED, "Nobody Asked", readonly=True, copy=False, help="Why nobody was asked to act."
    )

    _spell_unique = models.Constraint(
        "UNIQUE(kind_id, customer_id, began_on)", "A sign begins once on a day."
    )
    _order_check = models.Constraint(
        "CHECK(ended_on IS NULL OR ended_on >= began_on)", "A sign cannot end before it began."
    )
    # what stands is looked for by every list of customers
    _standing_index = models.Index("(customer_id) WHERE ended_on IS NULL")
    _kind_standing_index = models.Index("(kind_id, company_id) WHERE ended_on IS NULL")
    _began_index = models.Index("(company_id, kind_id, began_on)")
    _customer_index = models.Index("(customer_id, began_on)")

    # --------------------------------------------------------------- standing
    @api.depends("ended_on", "closed_at", "closed_until")
    def _compute_standing(self):
        today = fields.Date.context_today(self)
        for warning in self:
            until = warning.closed_until
            shown = not warning.closed_at or (until and until <= today)
            warning.standing = not warning.ended_on and shown

    def _search_standing(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        standing = Domain("ended_on", "=", False) & (
            Domain("closed_at", "=", False) | Domain("closed_until", "<=", today)
        )
        return Domain.OR(standing if wanted else ~standing for wanted in value)

    @api.depends("facts", "kind_id", "ended_on")
    @api.depends_context("lang")
    def _compute_words(self):
        for warning in self:
            warning.words = warning._words()

    @api.depends("kind_id", "facts")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for warning in self:
            words = warning._words()
            name = warning.kind_id.name or ""
            warning.display_name = labelled(self.env, name, words) if words else name

    # ------------------------------------------------------------------ looks
    @api.model
    def _look_soon(self):
        """Open what touchpoints written since the last look show, and ask who is to act.

        For jobs that have just read touchpoints; what breaks is told on the kind.

        :return: how many signs were opened
        """
        # there are a dozen of them
        kinds = self.env["cx.warning.kind"].search(
            [("basis", "=", "touchpoint"), ("looked_at", "!=", False)]
        )
        return sum(kind._look_quickly() for kind in kinds)

    @api.model
    def _join(self, customers):
        """Customers become one: of a sign that several of them have, one is left.

        Of what begins on one day, and of what stands; those that people dismissed or were asked
        about stay first. The next look finds out how long it really lasted.
        """
        self.env.cr.execute(
            SQL(
                "DELETE FROM cx_warning WHERE id IN (SELECT id FROM ("
                "SELECT id, ended_on, row_number() OVER (PARTITION BY kind_id, began_on"
                " ORDER BY closed_at IS NULL, asked_at IS NULL, ended_on IS NOT NULL, id) AS nth,"
                " row_number() OVER (PARTITION BY kind_id, ended_on IS NULL"
                " ORDER BY closed_at IS NULL, asked_at IS NULL, began_on, id) AS open_nth"
                " FROM cx_warning WHERE customer_id = ANY(%s)) AS same"
                " WHERE nth > 1 OR ended_on IS NULL AND open_nth > 1)",
                customers.ids,
            )
        )

    @api.model
    def _close_all(self, customers):
        """Of these customers no sign stands any more."""
        standing = [("customer_id", "in", customers.ids), ("ended_on", "=", False)]
        # sudo: signs are the machine's
        for company, theirs in self.sudo().search(standing).grouped("company_id").items():
            today = self.env["cx.customer"]._today(company)
            theirs.write({"ended_on": today, "until_on": False})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if not self.env.su:
            raise UserError(self.env._("Signs of the past are kept: dismiss them instead."))
