"""An objective in words, in the reader's language."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date, formatLang

from ..engine.objective import whole

PERIODS = {"year": "y", "quarter": "QQQ y", "month": "MMMM y"}


class CxObjective(models.Model):
    _inherit = "cx.objective"

    text = fields.Char(
        "In Words", compute="_compute_text", help="What was reached, and what it will come to."
    )

    # ------------------------------------------------------------------- name
    @api.depends(
        "own_name", "measure", "stage_id", "unit", "date_from", "date_to", "team_id", "user_id"
    )
    @api.depends_context("lang")
    def _compute_name(self):
        for objective in self:
            objective.name = objective.own_name or objective._words()

    def _inverse_name(self):
        for objective in self:
            # empty, or left as proposed: the words go on following what is chosen
            named = objective.name and objective.name != objective._words()
            objective.own_name = objective.name if named else False
        self.invalidate_recordset(["name"])  # the words come back at once

    def _search_name(self, operator, value):
        """By what was written, and by whose and which it is: the rest is said when it is read."""
        written = Domain("own_name", operator, value)
        if operator not in ("ilike", "="):
            return written
        return Domain.OR(
            [
                written,
                Domain("stage_id.name", operator, value),
                Domain("user_id.name", operator, value),
                Domain("team_id.name", operator, value),
            ]
        )

    def _words(self):
        what = dict(self._fields["measure"]._description_selection(self.env)).get(self.measure, "")
        if self.measure == "stage" and self.stage_id:
            what = self.env._("Customers in stage %s", self.stage_id.name)
        if self.unit == "money":
            what = self.env._("%(what)s, in %(money)s", what=what, money=self.currency_id.name)
        whose = ", ".join(filter(None, (self.user_id.name, self.team_id.name)))
        parts = [what, self._period_words(), whose]
        return " · ".join(part for part in parts if part)

    def _period_words(self):
        if not (self.date_from and self.date_to):
            return ""
        if period := whole(self.date_from, self.date_to):
            return format_date(self.env, self.date_from, date_format=PERIODS[period])
        return self.env._(
            "%(since)s to %(until)s",
            since=format_date(self.env, self.date_from),
            until=format_date(self.env, self.date_to),
        )

    # ------------------------------------------------------------------- text
    @api.depends("actual", "forecast", "state", "problem")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_text(self):
        for objective in self:
            objective.text = objective.problem or objective._sentence()

    def _amount(self, number):
        if self.unit == "money":
            return format_amount(self.env, number, self.currency_id, trailing_zeroes=False)
        return formatLang(self.env, number, digits=0)

    def _sentence(self):
        if self.state == "waiting":
            return self.env._("Begins on %s.", format_date(self.env, self.date_from))
        if not self.known:
            return self.env._("There is no figure for this.")
        actual, target = self._amount(self.actual), self._amount(self.target)
        if self.partial:
            return self.env._("%s by your own customers; the target is of all.", actual)
        reached = (
            self.env._("%(actual)s of at most %(target)s", actual=actual, target=target)
            if self.direction == "most"
            else self.env._("%(actual)s of %(target)s", actual=actual, target=target)
        )
        today = self.env["cx.customer"]._today(self.company_id)
        if today > self.date_to or not self.foreseen:
            return self.env._("%s.", reached)
        return self.env._(
            "%(reached)s so far; at this pace %(forecast)s on %(day)s.",
            reached=reached,
            forecast=self._amount(self.forecast),
            day=format_date(self.env, self.date_to),
        )
