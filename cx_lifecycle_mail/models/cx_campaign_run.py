from odoo import fields, models

from .reasons import REASONS

ARMS = [("treated", "Treated"), ("held_out", "Held out")]


class CxCampaignRun(models.Model):
    """One customer's passage through a campaign, for one cause.

    Written by set-based SQL only: the database refuses a second passage for the same cause.
    """

    _name = "cx.campaign.run"
    _description = "Campaign Participant"
    _order = "id desc"
    _rec_name = "customer_id"

    campaign_id = fields.Many2one("cx.campaign", required=True, index=True, ondelete="restrict")
    customer_id = fields.Many2one("cx.customer", required=True, index=True, ondelete="cascade")
    exclusive = fields.Boolean(
        help="No other campaign that says so too, at the same time. Never of those held out: they "
        "are free for others, as they would be without this campaign."
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Contact")
    entry_key = fields.Char(
        required=True,
        help="The cause: episode:<id>, silence:<last purchase>, purchase:<number>, "
        "year:<year of the date>, request:<key>.",
    )
    episode_id = fields.Many2one("cx.episode", ondelete="set null", index="btree_not_null")
    arm = fields.Selection(
        ARMS, required=True, help="Held out: nothing is done, to compare with. Fixed by a hash."
    )
    state = fields.Selection(
        [("running", "Under Way"), ("finished", "Finished"), ("stopped", "Stopped")],
        required=True,
    )
    reason = fields.Selection(REASONS, help="Why it ended.")
    entered_at = fields.Datetime("Entered", required=True)
    ended_at = fields.Datetime("Ended")
    ends_on = fields.Date(required=True, help="Longest duration.")
    stage_id = fields.Many2one("cx.stage", "Stage at Entry", ondelete="restrict")
    bought_before = fields.Date(help="The last purchase at entry; a later one is “bought again”.")
    user_id = fields.Many2one("res.users", "Entered By", ondelete="set null")
    act_ids = fields.One2many("cx.campaign.act", "run_id", "Acts")

    _entry_unique = models.Constraint(
        "UNIQUE(campaign_id, customer_id, entry_key)", "Nobody enters twice for the same cause."
    )
    _running_unique = models.UniqueIndex(
        "(campaign_id, customer_id) WHERE state = 'running'",
        "Nobody takes part twice in a campaign at the same time.",
    )
    _exclusive_unique = models.UniqueIndex(
        "(customer_id) WHERE state = 'running' AND exclusive",
        "The campaign, and another one the customer takes part in, allow no other beside them.",
    )
    _ends_index = models.Index("(ends_on) WHERE state = 'running'")
    _campaign_index = models.Index("(campaign_id, state, arm)")
