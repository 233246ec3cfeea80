from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.quality import Counts

COUNTS = ("right", "false_alarm", "late", "left_alone")
LOST = ("called_lost", "lost_right", "lost_false")
SHARES = ("balanced_accuracy", "precision", "recall")
# Fixed rules that others are compared with, in days.
LEADS = (90, 180, 365)


class CxBacktestLine(models.Model):
    """What one setting had called on one past day, or on average over all of them."""

    _name = "cx.backtest.line"
    _description = "Back-Test Result"
    _order = "backtest_id desc, cut desc, sequence, id"
    _rec_name = "label"

    backtest_id = fields.Many2one("cx.backtest", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="backtest_id.company_id")
    sequence = fields.Integer()
    cut = fields.Date("Date", help="The past day that was judged; empty: all of them together.")
    setting = fields.Selection(
        string="Kind of Setting",
        selection=[
            ("present", "The policy as it is"),
            ("rhythm", "Own rhythm"),
            ("cautious", "Own rhythm, cautious (chance 1/3)"),
            ("season", "Own rhythm, season clock"),
            ("fixed_90", "Fixed: 90 days"),
            ("fixed_180", "Fixed: 180 days"),
            ("fixed_365", "Fixed: 365 days"),
            ("fixed_best", "Fixed: best number in hindsight"),
            ("multiple_1_5", "1.5 × the own interval"),
            ("multiple_2", "2 × the own interval"),
            ("multiple_3", "3 × the own interval"),
        ],
        required=True,
    )
    label = fields.Char("Setting", compute="_compute_label")
    parameters = fields.Json(
        help="What the formulas were given, as learned up to the day; of the policy as it is, "
        "what counts for customers without a segment."
    )
    judged = fields.Integer("Customers", help="Who had bought in the two years before the date.")
    called_dormant = fields.Integer(
        help="Customers that this setting called dormant or lost by the date."
    )
    called_lost = fields.Integer(help="Those of them that it called lost.")
    right = fields.Integer(help="Called dormant or lost, and did not buy within the horizon.")
    false_alarm = fields.Integer(
        "False Alarms", help="Called dormant or lost, but bought within the horizon."
    )
    late = fields.Integer(help="Not called by the date, and did not buy within the horizon.")
    left_alone = fields.Integer(
        "Rightly Left Alone", help="Not called by the date, and bought within the horizon."
    )
    lost_right = fields.Integer(
        "Lost: Right", help="Called lost, and did not buy within the horizon."
    )
    lost_false = fields.Integer(
        "Lost: False Alarms", help="Called lost, but bought within the horizon."
    )
    balanced_accuracy = fields.Float(
        aggregator="avg",
        help="Mean of two shares: of those who stayed silent, how many had been called; of those "
        "who came back, how many had been left alone. 50% is guessing.",
    )
    precision = fields.Float(
        aggregator="avg",
        help="Of those called dormant, this share did not buy within the horizon.",
    )
    recall = fields.Float(
        aggregator="avg",
        help="Of those who did not buy within the horizon, this share had been called.",
    )
    lead_90 = fields.Float(
        "Lead on 90 Days",
        digits=(8, 1),
        aggregator="avg",
        help="Days by which this setting called those who stayed silent earlier than a fixed 90 "
        "days, on average; below 0: later. Counted up to the end of the horizon.",
    )
    lead_180 = fields.Float(
        "Lead on 180 Days", digits=(8, 1), aggregator="avg", help="The same for 180 days."
    )
    lead_365 = fields.Float(
        "Lead on 365 Days", digits=(8, 1), aggregator="avg", help="The same for 365 days."
    )
    listed = fields.Boolean(
        compute="_compute_listed", help="Whether the customers counted can still be listed."
    )

    _setting_unique = models.UniqueIndex(
        "(backtest_id, setting, coalesce(cut, '-infinity'))",
        "A setting is judged once on each day.",
    )

    @api.depends("setting", "backtest_id.best_number", "backtest_id.policy_id")
    @api.depends_context("lang")
    def _compute_label(self):
        for line in self:
            line.label = line.backtest_id._label(line.setting)

    @api.depends("setting", "backtest_id.listed")
    def _compute_listed(self):
        for line in self:
            line.listed = line.setting == "present" and line.backtest_id.listed

    def _counts(self):
        self.ensure_one()
        return Counts(*(self[name] for name in COUNTS))

    @api.model
    def _make(self, vals_list):
        """Lines from their figures; a share or lead of None is stored as unknown, not as 0."""
        lines = self.create(vals_list)
        lines.flush_recordset()
        for name in (*SHARES, *(f"lead_{days}" for days in LEADS)):
            unknown = [
                line.id for line, vals in zip(lines, vals_list, strict=True) if vals[name] is None
            ]
            if unknown:
                self.env.cr.execute(
                    SQL(
                        "UPDATE cx_backtest_line SET %s = NULL WHERE id = ANY(%s)",
                        SQL.identifier(name), unknown,
                    )
                )  # fmt: skip
        lines.invalidate_recordset()
        return lines

    def action_cases(self):
        """List the customers that this line counts, by what happened to them."""
        self.ensure_one()
        return self.backtest_id._list_cases(self.cut, self.env.context.get("cx_outcome"))
