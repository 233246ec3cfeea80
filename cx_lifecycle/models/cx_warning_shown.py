"""Signs on customers: in lists, on cards and on the contact, the strongest first."""

from odoo import api, fields, models
from odoo.tools import SQL

from .res_partner import of_customer


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    warning_ids = fields.One2many("cx.warning", "customer_id", "All Warning Signs", readonly=True)
    warnings_data = fields.Json(
        "Warning Signs",
        compute="_compute_warnings_data",
        help="The signs that stand, strongest first: id, code, name, words, strength.",
    )
    warning_kind_id = fields.Many2one(
        "cx.warning.kind", "Strongest Warning Sign", compute="_compute_warning_kind"
    )
    warning_strength = fields.Float(
        compute="_compute_warning_kind",
        help="Of the strongest sign that stands and is known to precede leaving; 0 without one.",
    )

    @api.depends("warning_ids.standing", "warning_ids.strength")
    @api.depends_context("lang", "tz", "uid")
    def _compute_warnings_data(self):
        data = {customer.id: [] for customer in self}
        for sign in self._standing_signs():
            data[sign.customer_id.id].append(
                {
                    "id": sign.id,
                    "code": sign.kind_id.code,
                    "name": sign.kind_id.name,
                    "words": sign.words,
                    "strength": sign.strength,
                }
            )
        for customer in self:
            customer.warnings_data = data.get(customer.id) or data.get(customer._origin.id)

    @api.depends("warning_ids.standing", "warning_ids.strength")
    @api.depends_context("tz", "uid")
    def _compute_warning_kind(self):
        strongest = {}
        for sign in self._standing_signs():
            strongest.setdefault(sign.customer_id.id, sign)
        for customer in self:
            sign = strongest.get(customer.id, self.env["cx.warning"])
            customer.warning_kind_id = sign.kind_id
            customer.warning_strength = sign.strength if sign.strength > 1 else 0.0

    def _standing_signs(self):
        """What stands of some customers, strongest first, in a query that does not depend on how
        many there are."""
        signs = self.env["cx.warning"].search_fetch(
            [("customer_id", "in", self.ids), ("standing", "=", True)],
            order="strength desc nulls last, began_on desc, id desc",
        )
        # those switched off are not shown
        return signs.filtered("kind_id.active")

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr not in ("warning_kind_id", "warning_strength"):
            return super()._field_to_sql(alias, field_expr, query)
        # so that lists come ordered and grouped by them
        value = {
            "warning_kind_id": SQL("w.kind_id"),
            "warning_strength": SQL("w.strength"),
        }[field_expr]
        found = SQL(
            "(SELECT %s FROM cx_warning w JOIN cx_warning_kind k ON k.id = w.kind_id AND k.active"
            " WHERE w.customer_id = %s AND %s ORDER BY w.strength DESC NULLS LAST,"
            " w.began_on DESC, w.id DESC LIMIT 1)",
            value,
            SQL.identifier(alias, "id"),
            self.env["cx.warning"]._stands(fields.Date.context_today(self)),
        )
        if field_expr == "warning_kind_id":
            return found
        # asked once: nothing above 1 counts as nothing
        return SQL("coalesce(nullif(greatest(%s, 1), 1), 0)", found)


class CxWarning(models.Model):
    _inherit = "cx.warning"

    @api.model
    def _stands(self, today):
        """SQL of whether the sign ``w`` stands on a day, and nobody has dismissed it."""
        return SQL("(w.ended_on IS NULL AND (w.closed_at IS NULL OR w.closed_until <= %s))", today)


class ResPartner(models.Model):
    _inherit = "res.partner"

    cx_warnings = fields.Json(**of_customer("warnings_data", string="Warning Signs"))
