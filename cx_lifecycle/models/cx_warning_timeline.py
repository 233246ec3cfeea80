"""Warning signs in a customer's timeline, on the day they began."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .timeline import Stream


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def _timeline_streams(self):
        return {
            **super()._timeline_streams(),
            "warning": Stream(
                self.env._("Warning Signs"), "fa-exclamation-triangle",
                self._timeline_warnings, self._timeline_warning_words,
            ),
        }  # fmt: skip

    def _timeline_warnings(self, frame):
        signs = self.env["cx.warning"]
        # read by `_timeline_warning_words` with the reader's rights
        query = signs._search(Domain("customer_id", "=", self.id), bypass_access=True)
        return query.select(
            SQL("%s AS at", frame.end(signs._field_to_sql(query.table, "began_on", query))),
            SQL.identifier(query.table, "id"),
            SQL("NULL AS facts"),
        )

    def _timeline_warning_words(self, _frame, rows):
        """The sign with what shows it, until when it stood, and who dismissed it why."""
        signs = self._timeline_readable("cx.warning", [row.id for row in rows])
        result = {}
        for sign in signs:
            marks = []
            if sign.ended_on:
                label = self.env._("Over since %s", sign._day(sign.ended_on))
                marks.append({"code": "over", "label": label})
            if sign.closed_at:
                label = self.env._("Dismissed: %s", sign.closed_reason)
                marks.append({"code": "dismissed", "label": label})
            result[sign.id] = {
                "on": sign.began_on.isoformat(),
                "title": sign.kind_id.name,
                "text": sign.words,
                "by": sign.closed_by_id.sudo().name or "",  # sudo: a colleague's name
                "marks": marks,
                "open": self._timeline_dialog(
                    sign, sign.kind_id.name, "cx_lifecycle.view_warning_form"
                ),
            }
        return result
