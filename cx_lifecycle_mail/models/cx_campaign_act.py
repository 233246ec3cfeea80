from odoo import fields, models

from .cx_campaign_step import KINDS
from .reasons import REASONS

STATES = [
    ("waiting", "Waiting"),
    ("claimed", "In the Hands of a Worker"),
    ("sending", "Being Handed Over"),
    ("done", "Done"),
    ("uncertain", "Uncertain"),
    ("refused", "Refused"),
    ("skipped", "Not Done"),
    ("failed", "Failed"),
]
OPEN = ("waiting", "claimed", "sending")


class CxCampaignAct(models.Model):
    """One step for one run. It is the outbox too: its row is the claim before a mail leaves.

    waiting → claimed → sending → done, refused, uncertain, or waiting again (refused for now);
    waiting or claimed → skipped, with the reason; failed after too many errors. Times in UTC.
    """

    _name = "cx.campaign.act"
    _description = "Campaign Act"
    _order = "id desc"
    _rec_name = "step_id"

    run_id = fields.Many2one("cx.campaign.run", required=True, index=True, ondelete="cascade")
    step_id = fields.Many2one("cx.campaign.step", required=True, index=True, ondelete="restrict")
    campaign_id = fields.Many2one("cx.campaign", required=True, ondelete="restrict")
    customer_id = fields.Many2one("cx.customer", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, index=True)
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Contact")
    kind = fields.Selection(KINDS, required=True)
    state = fields.Selection(STATES, required=True)
    reason = fields.Selection(REASONS, help="Why it was not done, or waits.")
    error = fields.Char(help="What failed, or what the mail server said.")

    not_before = fields.Datetime(
        "Planned", required=True, help="By the step alone, without hours, caps and retries."
    )
    due_at = fields.Datetime("Due", required=True, help="When it is looked at next.")
    expires_at = fields.Datetime("Valid Until", required=True)
    done_at = fields.Datetime(help="Or decided that it is not.")
    tries = fields.Integer(help="Attempts that failed or were refused for now.")
    claim = fields.Char(help="The worker that holds it.")
    claimed_at = fields.Datetime()

    person_id = fields.Many2one(
        "res.partner", "Recipient", index="btree_not_null", ondelete="set null"
    )
    email = fields.Char(help="The one address it goes to, normalized.")
    message_id = fields.Char("Message-ID", help="The same for every attempt.")
    smtp_code = fields.Integer("SMTP Code")
    smtp_phase = fields.Char(
        "SMTP Phase", help="What was answered: about the sender (mail), recipient (rcpt), message."
    )
    mailing_id = fields.Many2one(
        "mailing.mailing", "Content", index="btree_not_null", ondelete="set null"
    )
    trace_id = fields.Many2one("mailing.trace", ondelete="set null", index="btree_not_null")
    activity_id = fields.Many2one("mail.activity", ondelete="set null", index="btree_not_null")
    outcome = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("cancelled", "Cancelled")],
        help="Of a planned activity.",
    )
    attempt_ids = fields.One2many("cx.campaign.attempt", "act_id", "Attempts")

    _step_unique = models.Constraint("UNIQUE(run_id, step_id)", "A step is done once for a run.")
    _due_index = models.Index("(campaign_id, due_at, id) WHERE state = 'waiting'")
    # whose turn it is, where the company allows so many only
    _turn_index = models.Index("(customer_id, due_at) WHERE state IN ('waiting', 'claimed')")
    _held_index = models.Index("(claimed_at) WHERE state IN ('claimed', 'sending')")
    _campaign_index = models.Index("(campaign_id, state)")
    # what the cap counts, and who was refused
    _customer_index = models.Index(
        "(customer_id, done_at) WHERE state IN ('sending', 'done', 'uncertain')"
    )
    _address_index = models.Index(
        "(email, done_at) WHERE state IN ('sending', 'done', 'uncertain', 'refused')"
    )
