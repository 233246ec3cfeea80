"""The buying committee of a deal, or of a customer: who holds which of the five roles."""

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .res_partner import REP

WARNED = 3  # opportunities named in one warning


class CxCommittee(models.AbstractModel):
    """What opportunities, orders and customers share: seats, and what is missing."""

    _name = "cx.committee"
    _description = "Buying Committee"

    cx_committee = fields.Json(
        "Committee", compute="_compute_cx_committee", groups=REP, help="What cx_committee shows."
    )

    cx_needs = fields.Json(
        "Needs to Prepare For",
        compute="_compute_cx_needs",
        groups=REP,
        help="What cx_needs shows: the needs of the people seated, or else of the customer.",
    )

    @api.depends("partner_id", "cx_seat_ids.partner_id")
    @api.depends_context("lang", "tz", "company", "uid")
    def _compute_cx_needs(self):
        for deal in self:
            seated = [person.cx_needs for person in deal.cx_seat_ids.partner_id._origin]
            found = {}
            for need in (need for whose in seated if whose for need in whose["needs"]):
                known = found.setdefault(need["id"], need)
                if known["strength"] < need["strength"]:
                    found[need["id"]] = need
            customer = deal.partner_id.commercial_partner_id._origin
            if found:
                needs = sorted(found.values(), key=lambda need: -need["strength"])
                whose = customer or deal.cx_seat_ids.partner_id._origin[:1]
                deal.cx_needs = {"partner_id": whose.id, "needs": needs}
            else:
                deal.cx_needs = customer.cx_needs

    def _cx_stage(self):
        """The sales stage that asks for roles, if any."""
        return self.env["crm.stage"]

    @api.depends("partner_id", "cx_seat_ids")
    @api.depends_context("lang", "uid")
    def _compute_cx_committee(self):
        for deal in self:
            deal.cx_committee = self.env["cx.buyer.role"]._committee(
                deal.partner_id, deal._cx_stage()
            )


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "cx.committee"]

    cx_seat_ids = fields.One2many("cx.seat", "order_id", "Buying Committee", groups=REP, copy=True)

    @api.onchange("opportunity_id")
    def _onchange_cx_opportunity(self):
        """A new quotation shows the opportunity's committee before it is saved."""
        if not self._origin and not self.cx_seat_ids:
            names = ("partner_id", "name", "role_id", "stance", "since", "note")
            self.cx_seat_ids = [
                Command.create({name: seat[name] for name in names})
                for seat in self.opportunity_id.cx_seat_ids
            ]


class ResPartner(models.Model):
    _inherit = "res.partner"

    cx_seat_ids = fields.One2many("cx.seat", "account_id", "Buying Committee", groups=REP)
    cx_committee = fields.Json(
        "Committee", compute="_compute_cx_committee", groups=REP, help="What cx_committee shows."
    )
    cx_role_ids = fields.Many2many(
        "cx.buyer.role",
        string="Buyer Roles",
        compute="_compute_cx_role_ids",
        search="_search_cx_role_ids",
        groups=REP,
        help="The roles this person holds for the customer, whatever the deal.",
    )

    @api.depends("cx_seat_ids", "cx_customer_id")
    @api.depends_context("lang", "company", "uid")
    def _compute_cx_committee(self):
        for partner in self:
            # until the company has accepted, and for who is no customer, there is nothing to show
            shown = bool(partner.cx_customer_id)
            partner.cx_committee = shown and self.env["cx.buyer.role"]._committee(partner)

    @api.depends_context("uid", "company")
    def _compute_cx_role_ids(self):
        found = self.env["cx.seat"]._read_group(
            self._cx_general() & Domain("partner_id", "in", self.ids),
            ["partner_id"], ["role_id:recordset"],
        )  # fmt: skip
        roles = dict(found)
        for partner in self:
            partner.cx_role_ids = roles.get(partner._origin, False)

    def _search_cx_role_ids(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        seats, general = self.env["cx.seat"], self._cx_general()
        holders = seats.search(general & Domain("role_id", operator, value))
        domain = Domain("id", "in", holders.partner_id.ids)
        if operator == "in" and False in value:
            domain |= Domain("id", "not in", seats.search(general).partner_id.ids)
        return domain

    @api.model
    def _cx_general(self):
        """Domain of the seats held whatever the deal, in the current company."""
        return Domain("account_id", "!=", False) & Domain("company_id", "=", self.env.company.id)


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "cx.committee"]

    cx_seat_ids = fields.One2many("cx.seat", "lead_id", "Buying Committee", groups=REP, copy=True)
    cx_seats_filled = fields.Integer(
        "Roles Known", compute="_compute_cx_seats_filled", groups=REP,
        help="How many of the five buyer roles somebody holds in this opportunity.",
    )  # fmt: skip
    cx_role_missing = fields.Boolean(
        compute="_compute_cx_seats_filled", groups=REP,
        help="The stage asks for a role that nobody holds.",
    )  # fmt: skip
    cx_incomplete = fields.Boolean(
        "Committee Incomplete", compute="_compute_cx_seats_filled", search="_search_cx_incomplete",
        groups=REP, help="Somebody is missing: of the roles that the stage asks for, or, where it "
        "asks for none, of all five. Closed deals miss nobody any more.",
    )  # fmt: skip

    def _cx_stage(self):
        return self.stage_id

    @api.depends(
        "partner_id", "cx_seat_ids", "stage_id", "stage_id.cx_role_ids", "stage_id.cx_role_rule"
    )
    def _compute_cx_committee(self):
        return super()._compute_cx_committee()

    @api.depends("cx_seat_ids.role_id", "stage_id", "won_status")
    def _compute_cx_seats_filled(self):
        every = self.env["cx.buyer.role"]._all()
        stored = dict(
            self.env["cx.seat"]._read_group(
                [("lead_id", "in", self.ids)], ["lead_id"], ["role_id:recordset"]
            )
        )
        for lead in self:
            # what is being edited is in no table yet
            seated = stored.get(lead, every.browse()) if lead.id else lead.cx_seat_ids.role_id
            lead.cx_seats_filled = len(seated)
            asked, pending = lead.stage_id.cx_role_ids, lead.won_status == "pending"
            lead.cx_role_missing = pending and bool(asked - seated)
            lead.cx_incomplete = pending and bool((asked or every) - seated)

    def _search_cx_incomplete(self, operator, value):
        if operator != "in":
            return NotImplemented
        every = self.env["cx.buyer.role"]._all()
        incomplete = Domain.FALSE
        # a handful of them
        for stage in self.env["crm.stage"].search([]):  # pylint: disable=no-search-all
            asked = stage.cx_role_ids or every
            full = Domain.AND(Domain("cx_seat_ids.role_id", "=", role.id) for role in asked)
            incomplete |= Domain("stage_id", "=", stage.id) & ~full
        incomplete &= Domain("won_status", "=", "pending")
        return incomplete if True in value else ~incomplete

    def _cx_arrived(self, refuse):
        """Opportunities came to another stage: look who is missing, and learn from won ones.

        :param refuse: of these, where the stage does not let them in; of others it only warns
        """
        warnings = []
        # sudo: what the stage asks for, and who is there, also for who may see no seats
        opportunities = self.sudo().filtered(lambda lead: lead.type == "opportunity")
        for lead in opportunities.filtered("stage_id.cx_role_ids"):
            missing = lead.stage_id.cx_role_ids - lead.cx_seat_ids.role_id
            if not missing:
                continue
            message = self.env._(
                "%(lead)s: the stage %(stage)s needs to know who holds these roles: %(roles)s. "
                "Name them under Buying Committee.",
                lead=lead.name,
                stage=lead.stage_id.name,
                roles=", ".join(missing.mapped("name")),
            )
            if lead.stage_id.cx_role_rule == "block" and lead.id in refuse.ids:
                raise ValidationError(message)
            warnings.append(message)
        if warnings:
            message = "\n".join(warnings[:WARNED])
            self.env.user._bus_send("simple_notification", {"type": "warning", "message": message})
        self.env["cx.seat"]._learn_from(self.filtered("stage_id.is_won"))
