"""First steps: sources, history, proposed stages, acceptance. Until then reps see no stage."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .cx_run import UNFINISHED
from .locking import lock

EXAMPLES = 10  # customers shown at a time
BEFORE_ANY = -(2**31)  # lower than any hash, which PostgreSQL makes of four bytes


class CxFirstRun(models.Model):
    """How far a company is on the way from its sources to stages that its reps see.

    One row per company, made when somebody asks; no row means: not accepted. Written by the
    methods below only, so that nobody can forge who accepted and when.
    """

    _name = "cx.first.run"
    _description = "First Steps"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sources_at = fields.Datetime("Sources Confirmed", readonly=True)
    sources_user_id = fields.Many2one(
        "res.users", "Sources Confirmed By", readonly=True, ondelete="set null"
    )
    reviewed_at = fields.Datetime("Stages Looked At", readonly=True)
    reviewed_user_id = fields.Many2one(
        "res.users", "Stages Looked At By", readonly=True, ondelete="set null"
    )
    reviewed = fields.Integer(
        "Examples Shown", readonly=True, help="Random customers that were looked at so far."
    )
    last_example = fields.Integer(
        default=BEFORE_ANY, readonly=True,
        help="Customers are shown in the order of a hash of their number: the next are above it.",
    )  # fmt: skip
    accepted_at = fields.Datetime("Accepted", readonly=True)
    accepted_user_id = fields.Many2one(
        "res.users", "Accepted By", readonly=True, ondelete="set null"
    )

    _company_unique = models.Constraint(
        "UNIQUE(company_id)", "The first steps of this company were begun meanwhile. Try again."
    )

    @api.depends("company_id")
    def _compute_display_name(self):
        for first in self:
            first.display_name = self.env._("First Steps of %s", first.company_id.name)

    # ------------------------------------------------------------- acceptance
    @api.model
    def _of(self, company):
        """The row of a company, made when there is none."""
        rows = self.sudo()  # sudo: rows are made by the machine
        first = rows.search([("company_id", "=", company.id)]) or rows.create(
            {"company_id": company.id}
        )
        return first.with_env(self.env)

    @api.model
    def _accepted(self, company):
        """Whether reps may see the stages of a company."""
        accepted = [("company_id", "=", company.id), ("accepted_at", "!=", False)]
        # sudo: whether there is something to see is no secret
        return bool(self.sudo().search_count(accepted, limit=1))

    def _accept(self):
        """Show the stages to reps, in their lists and on contacts; the number of contacts done.

        Of very many customers the contacts follow in the background.
        """
        self.ensure_one()
        first = self.sudo()  # sudo: who accepted, and when, is written by nothing else
        first.write({"accepted_at": fields.Datetime.now(), "accepted_user_id": self.env.uid})
        first.flush_recordset()
        self._note(self.env._("Stages accepted: reps see them from now on."))
        # sudo: starting the job is the administrators' right, reading jobs is not
        self.env.ref("cx_lifecycle.cron_outlook").sudo()._trigger()
        return self.env["cx.customer"]._show(self.company_id)

    def _take_back(self):
        """Hide the stages from reps again, everywhere and at once."""
        self.ensure_one()
        first = self.sudo()  # sudo: as above
        first.write({"accepted_at": False, "accepted_user_id": False})
        first.flush_recordset()
        self._note(self.env._("Acceptance taken back: reps see no stage any more."))
        self.env["cx.customer"]._hide(self.company_id)

    def _note(self, text):
        """Keep who did it in the history of the policy in force."""
        policy = self.env["cx.policy"]._of(self.company_id)
        policy.message_post(body=text, author_id=self.env.user.partner_id.id)

    def _check_administrator(self):
        """Reading is not enough to call a method: the right to accept is asked for."""
        if not self.env.user.has_group("cx_lifecycle.group_admin"):
            raise AccessError(
                self.env._("Only lifecycle administrators may go through the first steps.")
            )
        self.check_access("read")

    # ---------------------------------------------------------------- actions
    @api.model
    def action_open(self):
        """Open the first steps of the current company."""
        self._check_administrator()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("First Steps"),
            "res_model": self._name,
            "res_id": self._of(self.env.company).id,
            "views": [(False, "form")],
        }

    def action_check_sources(self):
        """Count the documents of every source that counts."""
        self._check_administrator()
        sources = self._sources()
        if not sources:
            raise UserError(
                self.env._("Nothing counts as a purchase yet. Open Purchase Sources and add one.")
            )
        sources.with_company(self.company_id).action_check()

    def action_sources_right(self):
        """Confirm what counts as a purchase."""
        self._check_administrator()
        self._confirm_sources()

    def _confirm_sources(self):
        # sudo: who confirmed, and when, is written by nothing else
        self.sudo().write({"sources_at": fields.Datetime.now(), "sources_user_id": self.env.uid})

    def action_read_history(self):
        """Read all past purchases, in the background."""
        self._check_administrator()
        self.env["cx.run"]._request("rebuild", self.company_id)

    def action_policy(self):
        """Open the rules in force, from which a draft can be begun."""
        self._check_administrator()
        return self.env["cx.policy"]._of(self.company_id).with_env(self.env)._open()

    def action_customers(self):
        """Open all customers by stage."""
        self._check_administrator()
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_customers")
        return action | {"domain": [("company_id", "=", self.company_id.id)]}

    def action_examples(self):
        """Open ten customers taken at random, other ones each time, and note who looked."""
        self._check_administrator()
        ids, last = self._next_examples()
        # sudo: who looked, and when, is written by nothing else
        self.sudo().write(
            {
                "reviewed_at": fields.Datetime.now(),
                "reviewed_user_id": self.env.uid,
                "reviewed": self.reviewed + len(ids),
                "last_example": last,
            }
        )
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_examples")
        return action | {"domain": [("id", "in", ids)]}

    def _next_examples(self):
        """Ids of the next customers in an order that is fixed and means nothing; and the last.

        Those who have bought, for the others have no rhythm to look at; where nobody has, anybody.
        """
        customers = self.env["cx.customer"]
        customers.flush_model()
        for bought in (SQL("purchase_count > 0"), SQL("true")):
            rows = self.env.execute_query(
                SQL(
                    "SELECT id, hashint4(id) FROM cx_customer WHERE company_id = %s AND active"
                    " AND stage_id IS NOT NULL AND %s"
                    # once all were shown, the first ones come again
                    " ORDER BY hashint4(id) <= %s, hashint4(id), id LIMIT %s",
                    self.company_id.id, bought, self.last_example, EXAMPLES,
                )
            )  # fmt: skip
            if rows:
                return [row[0] for row in rows], rows[-1][1]
        return [], BEFORE_ANY

    def action_accept(self):
        """Let reps see the stages."""
        self._check_administrator()
        lock(self)
        if self.missing:
            raise UserError(self.missing)
        if not self.accepted_at:
            self._accept()

    def action_take_back(self):
        """Hide the stages from reps again."""
        self._check_administrator()
        lock(self)
        if self.accepted_at:
            self._take_back()

    # ------------------------------------------------------------------ state
    def _sources(self):
        """The sources that count, with the reader's rights."""
        return self.env["cx.purchase.source"]._counting(self.company_id).with_env(self.env)

    def _pass(self, *domain, order):
        runs = self.env["cx.run"].sudo()  # sudo: how far a pass is, and nothing else
        return runs.search([("company_id", "=", self.company_id.id), *domain], order=order, limit=1)

    def _pass_going_on(self):
        """The pass over everybody that was asked for and is not over."""
        return self._pass(*UNFINISHED, order="id")

    def _last_pass(self):
        """The pass over everybody that ended last."""
        done = (("state", "=", "done"), ("kind", "!=", "night"))
        return self._pass(*done, order="ended_at desc, id desc")


class CxPurchaseSource(models.Model):
    _inherit = "cx.purchase.source"

    def action_check(self):
        """Count the documents; once all that count were counted, the first step is done."""
        # also of no source at all: what follows is written by the machine
        self.check_access("write")
        done = super().action_check()
        company = self.company_id[:1] or self.env.company
        first = self.env["cx.first.run"]._of(company)
        # sudo: whoever checked the last one is who did the step
        if not first.sudo().sources_at and all(first._sources().mapped("check_on")):
            first._confirm_sources()
        return done


class ResCompany(models.Model):
    _inherit = "res.company"

    # what the record rules of reps look at; one row at most
    cx_first_run_ids = fields.One2many(
        "cx.first.run", "company_id", groups="cx_lifecycle.group_admin"
    )
