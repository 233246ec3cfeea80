"""What each participant bought within the campaign's window, whichever arm: the raw result."""

from odoo import fields, models

from .cx_campaign_run import ARMS


class CxCampaignOutcome(models.Model):
    """One customer in one campaign, counted once, from the first entry.

    Later entries of the same customer are no further evidence: whether they come about depends on
    what the campaign did. Written by set-based SQL only.
    """

    _name = "cx.campaign.outcome"
    _description = "Campaign Outcome"
    _order = "entered_on desc, id desc"
    _rec_name = "customer_id"

    run_id = fields.Many2one("cx.campaign.run", required=True, index=True, ondelete="cascade")
    campaign_id = fields.Many2one("cx.campaign", required=True, index=True, ondelete="cascade")
    customer_id = fields.Many2one("cx.customer", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    arm = fields.Selection(ARMS, required=True)
    stage_id = fields.Many2one("cx.stage", "Stage at Entry", ondelete="restrict")
    segment = fields.Char(help="Of the policy, when it was measured first.")
    entered_on = fields.Date("Entered", required=True, help="Where the company is.")
    counts_from = fields.Date(
        required=True,
        help="First day that counts: that of the entry, unless a purchase of that day came first.",
    )
    window_ends_on = fields.Date("Window Until", required=True, help="Last day that counts.")
    measured_on = fields.Date("Measured")
    bought = fields.Boolean(help="After the entry, within the window.")
    bought_on = fields.Date("Bought First")
    purchases = fields.Monetary(
        help="Net purchases (less refunds) after the entry, within the window."
    )
    counted = fields.Monetary(
        help="The same, capped as fixed at the launch: one large order does not decide."
    )
    margin = fields.Monetary(help="Margin of these purchases; empty where it is not known.")
    attributed = fields.Monetary(
        help="Of these purchases, those before which the last thing any campaign did was of this "
        "one. Attribution, no proof."
    )

    _once = models.Constraint(
        "UNIQUE(campaign_id, customer_id)", "A customer counts once in a campaign."
    )

    def action_open_partner(self):
        """Open the contact."""
        return self.customer_id.action_open_partner()
