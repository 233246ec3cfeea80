from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

SUGGESTED = 8  # people proposed for an empty seat
HOLDERS = ("account_id", "lead_id", "order_id")


class CxSeat(models.Model):
    """A person holding a buyer role: for a customer, in an opportunity, or for an order.

    One person may hold several roles, and several people one role.
    """

    _name = "cx.seat"
    _description = "Seat"
    _order = "role_id, id"

    # restrict: erasing people removes seats, or unnames them, first
    partner_id = fields.Many2one(
        "res.partner", "Person", index=True, ondelete="restrict", help="Who holds the role."
    )
    name = fields.Char(help="Who it is, as long as there is no contact for this person.")
    role_id = fields.Many2one("cx.buyer.role", required=True, index=True)
    account_id = fields.Many2one(
        "res.partner",
        "Customer",
        index="btree_not_null",
        ondelete="restrict",
        help="The customer for whom the role is held in general.",
    )
    lead_id = fields.Many2one("crm.lead", "Opportunity", index="btree_not_null", ondelete="cascade")
    order_id = fields.Many2one("sale.order", index="btree_not_null", ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True,
        readonly=False, index=True, help="That of the order or opportunity, or the current one.",
    )  # fmt: skip
    stance = fields.Selection(
        [("-1", "Against"), ("0", "Neutral"), ("1", "In favour")], required=True, default="0"
    )
    since = fields.Date(required=True, default=fields.Date.context_today)
    note = fields.Char()

    _holder_check = models.Constraint(
        "CHECK(num_nonnulls(account_id, lead_id, order_id) = 1)",
        "A seat belongs to one customer, one opportunity or one order.",
    )
    _person_check = models.Constraint(
        "CHECK(partner_id IS NOT NULL OR coalesce(name, '') <> '')",
        "Person: choose a contact, or type a name.",
    )
    _account_unique = models.Constraint(
        "UNIQUE(account_id, company_id, role_id, partner_id)", "This person has this role already."
    )
    _lead_unique = models.Constraint(
        "UNIQUE(lead_id, role_id, partner_id)", "This person has this role already."
    )
    _order_unique = models.Constraint(
        "UNIQUE(order_id, role_id, partner_id)", "This person has this role already."
    )

    # an opportunity that changes company takes its seats along itself: Odoo computes that company
    # lead by lead, and a dependency would look for seats each time
    @api.depends("lead_id", "order_id.company_id")
    def _compute_company_id(self):
        for seat in self:
            if deal := seat.order_id or seat.lead_id:
                seat.company_id = deal.company_id
            else:
                seat.company_id = seat.company_id or self.env.company

    @api.depends("partner_id.name", "name", "role_id.name")
    def _compute_display_name(self):
        for seat in self:
            person = seat.partner_id.name or seat.name
            seat.display_name = f"{person} ({seat.role_id.name})"

    @api.constrains("account_id")
    def _check_account(self):
        for seat in self:
            if seat.account_id.commercial_partner_id != seat.account_id:
                raise UserError(
                    self.env._(
                        "Customer: %(contact)s is a contact of %(customer)s. Choose %(customer)s.",
                        contact=seat.account_id.name,
                        customer=seat.account_id.commercial_partner_id.name,
                    )
                )

    @api.constrains("company_id", "lead_id", "order_id")
    def _check_deal_company(self):
        for seat in self:
            deal = seat.order_id or seat.lead_id
            if deal and seat.company_id != deal.company_id:
                raise ValidationError(
                    self.env._(
                        "Company: a seat in %s belongs to the company of that deal. Leave the "
                        "company empty.",
                        deal.display_name,
                    )
                )

    @api.constrains("partner_id", "stance", "note")
    def _check_profiled(self):
        self.filtered(lambda s: s.stance != "0" or s.note).partner_id._check_cx_profiled(
            lambda name, day: self.env._(
                "Stance: %(name)s objected to profiling on %(day)s. Choose Neutral, without a "
                "note; who holds the role may be kept.",
                name=name,
                day=day,
            )
        )

    def write(self, vals):
        done = super().write(vals)
        self.check_access("write")  # nor may it be handed to a deal of somebody else
        return done

    # ------------------------------------------------------------ suggestions
    @api.model
    @api.readonly
    def suggest(self, role_id, partner_id=False, taken=()):
        """People for an empty seat: who held the role for this customer before, then contacts.

        :param int role_id: the role to fill
        :param partner_id: contact of the customer, if known
        :param taken: ids of people who hold the role already
        :return: ``[{"partner_id", "name", "reason"}]``, at most eight
        """
        partner = self.env["res.partner"].browse(partner_id or []).exists()
        if not partner:
            return []
        partner.check_access("read")
        customer = partner.commercial_partner_id
        reasons = {}
        for seat in self.search(
            Domain("role_id", "=", role_id)
            & Domain("partner_id", "!=", False)
            & Domain.OR(
                Domain(path, "=", customer.id)
                for path, model in (
                    ("account_id", "res.partner"),
                    ("lead_id.partner_id.commercial_partner_id", "crm.lead"),
                    ("order_id.partner_id.commercial_partner_id", "sale.order"),
                )
                if self.env[model].has_access("read")
            ),
            order="since desc, id desc",
        ):
            person = seat.partner_id
            if person in reasons or not person.has_access("read"):
                continue
            where = seat.order_id.name or seat.lead_id.name or customer.name
            reason = self.env._("%(role)s: %(where)s", role=seat.role_id.name, where=where)
            if person.commercial_partner_id not in (customer, person):  # an adviser, or gone
                reason = f"{reason} · {person.commercial_partner_id.name}"
            reasons[person] = reason
        contacts = partner.search(
            [("commercial_partner_id", "=", customer.id), ("is_company", "=", False),
             ("type", "=", "contact")], limit=SUGGESTED + len(taken), order="id",
        )  # fmt: skip
        for contact in contacts:
            reasons.setdefault(contact, contact.function or self.env._("Contact"))
        return [
            {"partner_id": person.id, "name": person.name, "reason": reason}
            for person, reason in reasons.items()
            if person.id not in taken and person.active
        ][:SUGGESTED]
