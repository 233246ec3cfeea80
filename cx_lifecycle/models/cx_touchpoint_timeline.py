"""What was written down by hand, in a customer's timeline; documents stand there already."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .timeline import Stream


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    def _timeline_streams(self):
        return {
            **super()._timeline_streams(),
            "touchpoint": Stream(
                self.env._("Contacts Noted"), "fa-handshake-o",
                self._timeline_touchpoints, self._timeline_touchpoint_words,
            ),
        }  # fmt: skip

    def _timeline_touchpoints(self, _frame):
        touchpoints = self.env["cx.touchpoint"]
        domain = Domain("customer_id", "=", self.id) & Domain("source_id", "=", False)
        # read by `_timeline_touchpoint_words` with the reader's rights
        query = touchpoints._search(domain, bypass_access=True)
        return query.select(
            SQL("%s AS at", touchpoints._field_to_sql(query.table, "at", query)),
            SQL.identifier(query.table, "id"),
            SQL("NULL AS facts"),
        )

    def _timeline_touchpoint_words(self, _frame, rows):
        """What was done over which channel, who wrote it down, and how satisfied they were."""
        touchpoints = self._timeline_readable("cx.touchpoint", [row.id for row in rows])
        people = self._timeline_people(touchpoints.person_id.ids)
        return {
            touchpoint.id: {
                "title": self.env._(
                    "%(interaction)s (%(channel)s)",
                    interaction=touchpoint.interaction_id.name,
                    channel=touchpoint.channel_id.name,
                ),
                "text": touchpoint.note or "",
                "by": touchpoint.create_uid.sudo().name or "",  # sudo: a colleague's name
                "contact": people.get(touchpoint.person_id.id, ""),
                "marks": self._timeline_score(touchpoint),
                "open": self._timeline_open(touchpoint, "action_open_record"),
            }
            for touchpoint in touchpoints
        }

    def _timeline_score(self, touchpoint):
        if not touchpoint.rated:
            return []
        score = f"{touchpoint.satisfaction:g}"
        return [{"code": "satisfaction", "label": self.env._("Satisfaction %s of 10", score)}]
