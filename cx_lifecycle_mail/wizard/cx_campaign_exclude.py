from odoo import api, fields, models


class CxCampaignExclude(models.TransientModel):
    """A salesperson keeps campaigns away from customers until a day, and says why."""

    _name = "cx.campaign.exclude"
    _description = "Keep Campaigns Away"

    customer_ids = fields.Many2many("cx.customer", required=True, string="Customers")
    until = fields.Date(
        default=lambda self: fields.Date.add(fields.Date.context_today(self), months=3),
        help="Last day without campaigns. What is under way ends now.",
    )
    reason = fields.Char(help="Shown to everybody who asks why the customer does not take part.")
    kept_away = fields.Boolean(compute="_compute_kept_away")

    @api.depends("customer_ids")
    def _compute_kept_away(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            days = wizard.customer_ids.mapped("no_campaigns_until")
            wizard.kept_away = any(day and day >= today for day in days)

    def action_apply(self):
        """Keep campaigns away from all of them."""
        self.ensure_one()
        self.customer_ids.keep_out_of_campaigns(self.until, self.reason)
        return {"type": "ir.actions.act_window_close", "infos": {"cx_saved": True}}

    def action_let_in(self):
        """Let campaigns come again."""
        self.ensure_one()
        self.customer_ids.let_into_campaigns()
        return {"type": "ir.actions.act_window_close", "infos": {"cx_saved": True}}
