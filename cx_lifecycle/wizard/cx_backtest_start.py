from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..models.cx_policy_backtest import APART, CUTS, MOST_CUTS


class CxBacktestStart(models.TransientModel):
    """Ask for a back-test: of which version, from which past days, how far ahead of them."""

    _name = "cx.backtest.start"
    _description = "Run a Back-Test"

    def _default_policy(self):
        published = [("company_id", "=", self.env.company.id), ("state", "=", "published")]
        return self.env["cx.policy"].search(published, limit=1)

    policy_id = fields.Many2one(
        "cx.policy", required=True, default=lambda self: self._default_policy(), ondelete="cascade",
        domain=[("state", "!=", "retired")],
        help="The version to test: the one in force, or a draft before it is published.",
    )  # fmt: skip
    horizon = fields.Integer(
        "Horizon (Days)",
        compute="_compute_horizon", store=True, readonly=False,
        help="Whoever buys within so many days after a date had not been lost on that date. "
        "Usually three times the company's usual interval.",
    )  # fmt: skip
    latest = fields.Date(
        "Latest Date",
        compute="_compute_latest", store=True, readonly=False,
        help="The last past day to judge; the horizon after it must be over.",
    )  # fmt: skip
    number = fields.Integer(
        "Number of Dates", compute="_compute_number", store=True, readonly=False,
        help="The setting is chosen on all dates but the latest, and judged on the latest.",
    )  # fmt: skip
    apart = fields.Integer("Days Between Them", default=APART, required=True)
    dates = fields.Char(compute="_compute_dates")

    @api.depends("policy_id")
    def _compute_horizon(self):
        for start in self:
            start.horizon = start.policy_id._usual_horizon() if start.policy_id else 0

    @api.depends("policy_id", "horizon")
    def _compute_latest(self):
        for start in self:
            today = self.env["cx.customer"]._today(start.policy_id.company_id or self.env.company)
            start.latest = fields.Date.subtract(today, days=max(start.horizon, 0))

    @api.depends("policy_id")
    def _compute_number(self):
        for start in self:
            policy = start.policy_id
            today = self.env["cx.customer"]._today(policy.company_id or self.env.company)
            usual = policy and policy._usual_cuts(today, policy._usual_horizon())
            start.number = len(usual) if usual else CUTS

    @api.depends("latest", "number", "apart")
    def _compute_dates(self):
        for start in self:
            start.dates = " · ".join(
                format_date(self.env, cut, date_format="medium") for cut in start._cuts()
            )

    def _cuts(self):
        """The chosen days, oldest first; empty when they make no sense."""
        if not (self.latest and 1 <= self.number <= MOST_CUTS and 1 <= self.apart <= 3650):
            return []
        places = reversed(range(self.number))
        return [fields.Date.subtract(self.latest, days=self.apart * place) for place in places]

    def action_run(self):
        """Ask for the back-test, and open it: it is made in the background."""
        self.ensure_one()
        self.policy_id.check_access("write")
        cuts = self._cuts()
        if not cuts:
            raise ValidationError(
                self.env._(
                    "Number of Dates: enter 1 to %(most)s; Days Between Them: enter 1 to 3650; "
                    "Latest Date: enter a past day.",
                    most=MOST_CUTS,
                )
            )
        test = self.env["cx.backtest"]._request(self.policy_id, cuts, self.horizon)
        return test._open()
