"""Figures of objectives that are computed, where lists, pivots and graphs ask the database."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class CxObjective(models.Model):
    _inherit = "cx.objective"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        # a company has some dozens of them
        objectives = self.search([])  # pylint: disable=no-search-all
        return Domain("id", "in", objectives.filtered(lambda o: o.state in value).ids)

    def _read_group_select(self, aggregate_spec, query):
        total = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec not in ("target:sum", "actual:sum"):
            return total
        # customers and money, or money of several kinds, are never added up
        unit, currency = (
            self._field_to_sql(self._table, name, query) for name in ("unit", "currency_id")
        )
        return SQL(
            "CASE WHEN min(%(unit)s) = max(%(unit)s) AND (min(%(unit)s) = 'heads'"
            " OR min(%(currency)s) = max(%(currency)s)) THEN %(total)s END",
            unit=unit, currency=currency, total=total,
        )  # fmt: skip

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr not in ("actual", "spent"):
            return super()._field_to_sql(alias, field_expr, query)
        # so that pivots and graphs can add it up: the figures themselves, not the formula again
        objectives = self.search([])  # pylint: disable=no-search-all
        values = [
            (objective.id, objective[field_expr])
            for objective in objectives
            if field_expr == "spent" or objective.known
        ]
        if not values:
            return SQL("NULL::numeric")
        return SQL(
            "(SELECT f.value FROM (VALUES %s) AS f (id, value) WHERE f.id = %s)",
            SQL(", ").join(SQL("(%s, %s::numeric)", *row) for row in values),
            SQL.identifier(alias, "id"),
        )
