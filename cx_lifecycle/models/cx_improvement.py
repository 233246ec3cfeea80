"""Improvement actions: what is changed about some touchpoints, by whom, and what came after."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

STATES = [
    ("planned", "Planned"),
    ("running", "Running"),
    ("done", "Done"),
    ("dropped", "Dropped"),
]
OPEN = ("planned", "running")
MEASURED = {"figures", "measured_on"}  # what only measuring writes
# which touchpoints are compared
MEANT = {"company_id", "step_id", "channel_id", "interaction_id", "date_from", "date_to"}
TODO = "mail.mail_activity_data_todo"


class CxImprovement(models.Model):
    """Something that is changed about a cell of the journey: a step, a channel, an interaction.

    What was before is shown beside what came after, see ``cx_improvement_figures.py``.
    """

    _name = "cx.improvement"
    _description = "Improvement Action"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char("Improvement", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    step_id = fields.Many2one("cx.journey.step", tracking=True, ondelete="restrict")
    channel_id = fields.Many2one("cx.channel", tracking=True, ondelete="restrict")
    interaction_id = fields.Many2one("cx.interaction", tracking=True, ondelete="restrict")
    cell = fields.Char("Touchpoints", compute="_compute_cell")
    user_id = fields.Many2one(
        "res.users", "Owner", tracking=True, ondelete="set null", index="btree_not_null",
        domain=[("share", "=", False)], default=lambda self: self.env.user, check_company=True,
        help="Who sees to it; gets an activity.",
    )  # fmt: skip
    date_from = fields.Date(
        "Start", required=True, tracking=True, default=fields.Date.context_today,
        help="From this day on, it is as it shall be: what was before is compared with what comes "
        "after.",
    )  # fmt: skip
    date_to = fields.Date(
        "End", tracking=True, help="The last day that counts as after. Empty: up to today."
    )
    expected = fields.Text("Expected Effect", help="What shall be better, in your own words.")
    target = fields.Float(
        "Target Satisfaction", digits=(4, 1), help="From 0 to 10; 0: there is no target."
    )
    state = fields.Selection(STATES, default="planned", required=True, tracking=True)

    _dates_check = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "End: enter the start or a later day."
    )
    _target_check = models.Constraint(
        "CHECK(target BETWEEN 0 AND 10)", "Target Satisfaction: enter a number from 0 to 10."
    )

    @api.constrains("step_id", "channel_id", "interaction_id")
    def _check_cell(self):
        for improvement in self:
            if not (improvement.step_id or improvement.channel_id or improvement.interaction_id):
                raise ValidationError(
                    self.env._(
                        "Touchpoints: say which ones are improved by a step, a channel or an "
                        "interaction."
                    )
                )

    @api.depends("step_id", "channel_id", "interaction_id")
    @api.depends_context("lang")
    def _compute_cell(self):
        for improvement in self:
            words = (improvement.step_id, improvement.channel_id, improvement.interaction_id)
            improvement.cell = " · ".join(word.name for word in words if word)

    def _touchpoints(self):
        """The domain of the touchpoints it is about."""
        self.ensure_one()
        cell = Domain("company_id", "=", self.company_id.id)
        for name in ("step_id", "channel_id", "interaction_id"):
            if self[name]:
                cell &= Domain(name, "=", self[name].id)
        return cell

    # --------------------------------------------------------------- activity
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_measured(vals)
            # nor by a default of the context
            vals_list = [{**vals, **dict.fromkeys(MEASURED, False)} for vals in vals_list]
        improvements = super().create(vals_list)
        improvements._ask_owner()
        return improvements

    def _check_measured(self, vals):
        """Nobody claims an effect by writing it."""
        if forged := MEASURED & set(vals):
            raise UserError(
                self.env._(
                    "%s: only measuring writes this. Use Measure Now.", ", ".join(sorted(forged))
                )
            )

    def write(self, vals):
        if not self.env.su:
            self._check_measured(vals)
        done = super().write(vals)
        if MEANT & set(vals):  # what was measured is about other touchpoints
            self.sudo().write(dict.fromkeys(MEASURED, False))  # sudo: the machine's figures
        if "user_id" in vals:
            self.activity_unlink([TODO])
            self._ask_owner()
        elif vals.get("state") == "done":
            self.activity_feedback([TODO])
        elif vals.get("state") == "dropped":
            self.activity_unlink([TODO])
        return done

    def _ask_owner(self):
        """Put what is open on its owner's list, due when it starts."""
        for improvement in self.filtered(lambda one: one.user_id and one.state in OPEN):
            improvement.activity_schedule(
                TODO, improvement.date_from, improvement.name, user_id=improvement.user_id.id
            )
