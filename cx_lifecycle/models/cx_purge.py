from odoo import api, fields, models

from .words import labelled


class CxPurge(models.Model):
    """One purge of old personal data, or one person erased: how much went, and of nobody."""

    _name = "cx.purge"
    _description = "Purge or Erasure"
    _order = "id desc"
    _rec_name = "kind"

    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [("retention", "Monthly purge"), ("erasure", "Person erased")], required=True
    )
    state = fields.Selection(
        [("running", "Running"), ("done", "Done")], required=True, default="running"
    )
    started_at = fields.Datetime("Started", required=True, default=fields.Datetime.now)
    ended_at = fields.Datetime("Ended")
    user_id = fields.Many2one("res.users", "By", ondelete="set null", help="Empty: the machine.")
    before = fields.Date(
        "Quiet Since", help="Customers without purchase or contact of theirs since this day."
    )
    customers = fields.Integer(help="Customers looked at who have been quiet for so long.")
    counts = fields.Json(help="How many rows were emptied or deleted, by what they are.")
    words = fields.Text("What Went", compute="_compute_words")
    last_customer_id = fields.Integer(help="Where a purge that was interrupted goes on.")

    @api.depends("counts")
    @api.depends_context("lang")
    def _compute_words(self):
        labels = self._labels()
        for purge in self:
            counts = (purge.counts or {}).items()
            purge.words = self._told({labels.get(kind, kind): count for kind, count in counts})

    @api.model
    def _told(self, counts):
        """Lines of {label: number}, without what is 0."""
        return "\n".join(
            labelled(self.env, label, count) for label, count in counts.items() if count
        )

    @api.model
    def _labels(self):
        """{kind of rows: what they are, for people}; other addons know more."""
        return {
            "customers": self.env._("Histories that lead to the person no more"),
            "texts": self.env._("Free texts emptied"),
            "notes": self.env._("Notes on the contact deleted"),
            "evidence": self.env._("Needs noted, deleted or without the name"),
            "seats": self.env._("Buyer roles, deleted or without the name"),
            "preferences": self.env._("Preferred channels deleted"),
            "touchpoints": self.env._("Contacts (touchpoints) without the name"),
            "consents": self.env._("Rows of the consent journal without the name"),
        }

    def _add(self, counts):
        """Add what a lot emptied."""
        known = dict(self.counts or {})
        for kind, count in counts.items():
            known[kind] = known.get(kind, 0) + count
        self.counts = known
