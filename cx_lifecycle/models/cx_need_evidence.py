from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .words import labelled

SOURCES = [
    ("rep", "Sales rep"),
    ("survey", "Survey"),
    ("range", "Purchased range"),
    ("note", "Note"),
]

CUSTOMER = "commercial_partner_id"  # follows the contact


class CxNeedEvidence(models.Model):
    """One reason to think that somebody has a need: who said or did what, when."""

    _name = "cx.need.evidence"
    _description = "Evidence of a Need"
    _order = "on desc, id desc"

    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        required=True,
        index=True,
        ondelete="restrict",  # erasing removes them first: see cx.channel.preference
        help="The person, or the company as a whole, that has the need.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Customer",
        store=True,
        index=True,
        help="The customer that the contact belongs to.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    need_id = fields.Many2one("cx.need", required=True, index=True, ondelete="restrict")
    weight = fields.Selection(
        [("1", "A hint"), ("2", "Likely"), ("3", "Said so plainly")],
        required=True,
        default="2",
        help="1 to 3; half of it is lost every year, so that needs learned long ago fade.",
    )
    source = fields.Selection(
        SOURCES, required=True, default="rep", help="Where it comes from. Purchases are the "
        "machine's: from the needs of the product categories bought.",
    )  # fmt: skip
    on = fields.Date("Date", required=True, default=fields.Date.context_today)
    user_id = fields.Many2one(
        "res.users", "Author", readonly=True, ondelete="set null", default=lambda self: self.env.uid
    )
    note = fields.Char(help="In the person's own words.")
    figures = fields.Json(readonly=True, help="What was bought: days, categories (ids).")

    @api.depends("partner_id", "need_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for piece in self:
            piece.display_name = labelled(
                self.env, piece.need_id.name, piece.partner_id.display_name
            )

    @api.constrains("on")
    def _check_on(self):
        for piece in self:
            if piece.on > fields.Date.context_today(piece):
                raise ValidationError(
                    self.env._(
                        "Date: %s is in the future. Enter the day on which you learned it.",
                        format_date(self.env, piece.on, date_format="medium"),
                    )
                )

    @api.constrains("partner_id", "need_id", "weight", "note")
    def _check_profiled(self):
        (self.partner_id | self.commercial_partner_id)._check_cx_profiled(
            lambda name, day: self.env._(
                "Need: %(name)s objected to profiling on %(day)s, so no need is kept. Leave the "
                "need empty.",
                name=name,
                day=day,
            )
        )

    # ---------------------------------------------------------------- changes
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_by_hand(vals)
                vals.update(user_id=self.env.uid, figures=False)
                vals.pop(CUSTOMER, None)
        pieces = super().create(vals_list)
        if not self.env.su:
            pieces._check_by_hand({})  # nor by a default
        self._add_up(pieces._concerned())
        return pieces

    def write(self, vals):
        if not self.env.su:
            self._check_by_hand(vals)
            vals = {name: vals[name] for name in vals if name not in ("user_id", CUSTOMER)}
        before = self._concerned()
        done = super().write(vals)
        self.check_access("write")  # nor may it be handed to a customer of somebody else
        self._add_up(before + self._concerned())
        return done

    def unlink(self):
        before = self._concerned()
        done = super().unlink()
        self._add_up(before)
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_purchases(self):
        if not self.env.su:
            self._check_by_hand({})

    def _check_by_hand(self, vals):
        if vals.get("source") == "range" or vals.get("figures") or "range" in self.mapped("source"):
            raise UserError(
                self.env._(
                    "Source: “Purchased range” comes from what was bought, nobody writes it by "
                    "hand. Change the needs of the product categories, or choose another source."
                )
            )

    def _concerned(self):
        return [(piece.company_id, piece.commercial_partner_id.id) for piece in self]

    def _add_up(self, concerned):
        """Bring the profiles of customers up to date, one statement per company."""
        for company in {company for company, _partner_id in concerned}:
            partner_ids = {partner_id for c, partner_id in concerned if c == company}
            self.env["cx.customer"]._learn_needs(company, list(partner_ids))

    @api.model
    def _after_merge(self, target):
        """Contacts became one: their evidence belongs to that one's customer now."""
        self.flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                "UPDATE cx_need_evidence SET commercial_partner_id = %s"
                " WHERE partner_id = %s RETURNING company_id",
                target.commercial_partner_id.id,
                target.id,
            )
        )
        self.invalidate_model()
        for company in self.env["res.company"].browse({row[0] for row in rows}):
            self.env["cx.customer"]._learn_needs(company, target.commercial_partner_id.ids)

    # ---------------------------------------------------------------- reading
    @api.model
    def _about(self, partner):
        """Domain of what is known of a contact: of the whole customer, if that is what it is."""
        whole = partner == partner.commercial_partner_id
        name = "commercial_partner_id" if whole else "partner_id"
        return Domain(name, "=", partner.id) & Domain("company_id", "=", self.env.company.id)

    def _words(self):
        """What was said or bought, in the reader's language."""
        self.ensure_one()
        if self.source != "range":
            about = self.partner_id.name if not self.partner_id.is_company else ""
            return ": ".join(filter(None, (about, self.note)))
        figures = self.figures or {}
        categories = self.env["product.category"].browse(figures.get("categories", [])).exists()
        return self.env._(
            "Days with purchases: %(count)s, from %(categories)s",
            count=figures.get("days", 0),
            # sudo: the names of what was bought
            categories=", ".join(categories.sudo().mapped("name")) or "…",
        )
