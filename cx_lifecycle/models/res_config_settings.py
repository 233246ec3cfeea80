from odoo import fields, models

from .notice import notice


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    cx_accepted = fields.Boolean(
        compute="_compute_cx_accepted", help="Whether reps see the stages of this company."
    )
    cx_last_run_id = fields.Many2one("cx.run", compute="_compute_cx_health")
    cx_last_run_at = fields.Datetime("Last Night", compute="_compute_cx_health")
    cx_last_minutes = fields.Float("Duration", compute="_compute_cx_health")
    cx_last_examined = fields.Integer("Examined", compute="_compute_cx_health")
    cx_last_changed = fields.Integer("Changed", compute="_compute_cx_health")
    cx_error_count = fields.Integer("Errors", compute="_compute_cx_health")
    cx_next_run_at = fields.Datetime("Next Night", compute="_compute_cx_health")
    cx_overdue = fields.Boolean(
        compute="_compute_cx_health", help="No night has ended for more than 26 hours."
    )
    cx_pass_progress = fields.Integer(
        compute="_compute_cx_health", help="Percentage of a pass over everybody, 0 when none runs."
    )
    cx_pass_waiting = fields.Boolean(compute="_compute_cx_health")
    cx_satisfaction_good = fields.Float(related="company_id.cx_satisfaction_good", readonly=False)
    cx_satisfaction_fair = fields.Float(related="company_id.cx_satisfaction_fair", readonly=False)
    cx_keep_months = fields.Integer(related="company_id.cx_keep_months", readonly=False)
    cx_calls_per_day = fields.Integer(related="company_id.cx_calls_per_day", readonly=False)
    cx_activity_type_id = fields.Many2one(
        related="company_id.cx_activity_type_id", readonly=False,
        domain=[("res_model", "in", [False, "res.partner"])],
    )  # fmt: skip
    cx_summary_user_ids = fields.Many2many(
        related="company_id.cx_summary_user_ids", readonly=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )  # fmt: skip

    def _compute_cx_accepted(self):
        self.cx_accepted = self.env["cx.first.run"]._accepted(self.env.company)

    def _compute_cx_health(self):
        runs = self.env["cx.run"]
        company = self.env.company
        night = runs.search(
            [("company_id", "=", company.id), ("kind", "=", "night"), ("state", "=", "done")],
            limit=1,
        )
        whole = runs.search(
            [("company_id", "=", company.id), ("kind", "!=", "night"), ("state", "!=", "done")],
            limit=1,
        )
        errors = self.env["cx.customer"].search_count(
            [("company_id", "=", company.id), ("error", "!=", False)]
        )
        # sudo: when the job runs next is no secret to who opens the settings
        cron = self.env.ref("cx_lifecycle.cron_night").sudo()
        limit = fields.Datetime.subtract(fields.Datetime.now(), hours=26)
        for settings in self:
            settings.cx_last_run_id = night
            settings.cx_last_run_at = night.ended_at
            settings.cx_last_minutes = night.duration
            settings.cx_last_examined = night.examined
            settings.cx_last_changed = night.changed
            settings.cx_error_count = errors
            settings.cx_next_run_at = cron.nextcall
            settings.cx_overdue = not night.ended_at or night.ended_at < limit
            settings.cx_pass_waiting = bool(whole)
            settings.cx_pass_progress = 100 * whole.progress / whole.total if whole.total else 0

    def action_cx_run_now(self):
        """Start the night now, and say so: it works in the background."""
        self.env["cx.run"].action_run_now()
        return notice(
            self.env._(
                "Started in the background. Reload this page in a minute to see what it did."
            )
        )

    def action_cx_rebuild(self):
        """Rebuild stages and history from past purchases."""
        self.env["cx.run"]._check_administrator()
        self.env["cx.run"]._request("rebuild", self.env.company)

    def action_cx_errors(self):
        """List the customers that could not be evaluated."""
        self.env["cx.customer"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_customers")
        return action | {"domain": [("error", "!=", False)], "context": {}}
