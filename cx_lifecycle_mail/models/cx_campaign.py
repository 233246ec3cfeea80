"""A campaign: who enters, what is done, when it stops."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.cx_lifecycle.models import cx_policy_domain as domains

from .cx_campaign_step import check_date_field

# what decides who enters; the domain is the author's, see ``_as_author``
AUTHORED = {"domain", "entry", "stage_id", "date_field_id"}
# what is written by the machine and by the actions of people, never as a value
MACHINE = {
    "state", "user_id", "utm_campaign_id", "launched_at", "launched_on", "resumed_at",
    "paused_at", "last_entry_at", "last_entry", "problem", "version_number", "draft_of_id",
    "amount_cap", "planned_number", "measured_at", "measure_problem", "result_curve",
}  # fmt: skip
LONGEST = 3650  # days that a participation may last
STATES = [
    ("draft", "Draft"),
    ("running", "Running"),
    ("paused", "Paused"),
    ("finished", "Finished"),
]
ENTRIES = [
    ("becomes", "When the stage becomes"),
    ("in_stage", "While in the stage"),
    ("going_quiet", "When going quiet"),
    ("first_purchase", "At the first purchase"),
    ("second_purchase", "At the second purchase"),
    ("anniversary", "On the anniversary of a date"),
    ("touchpoint", "After a touchpoint"),
    ("warning", "When a warning sign appears"),
    ("manual", "By hand only"),
]


class CxCampaign(models.Model):
    """Whom to follow with which steps, until what happens. Nothing is sent from a draft."""

    _name = "cx.campaign"
    _description = "Lifecycle Campaign"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", "Author", required=True, readonly=True, copy=False,
        default=lambda self: self.env.user,
        help="Whoever wrote the audience last: it is looked at with this person's rights.",
    )  # fmt: skip
    utm_campaign_id = fields.Many2one(
        "utm.campaign", "UTM Campaign", readonly=True, copy=False, ondelete="restrict",
        help="Under which orders and visits are attributed.",
    )  # fmt: skip
    preset = fields.Char(
        "Made From", readonly=True, index="btree_not_null",
        help="Code of the preset it began with; copies keep it.",
    )  # fmt: skip
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, copy=False, tracking=True, index=True
    )
    sequence = fields.Integer(
        "Priority", default=10, help="When a customer may get one message only, the lowest wins."
    )
    topic_id = fields.Many2one(
        "cx.topic", ondelete="restrict", help="What people may opt out of; all mail when empty."
    )
    step_ids = fields.One2many(
        "cx.campaign.step", "campaign_id", "Steps", domain=[("past", "=", False)]
    )
    run_ids = fields.One2many("cx.campaign.run", "campaign_id", "Participants")

    # ------------------------------------------------------------------ entry
    entry = fields.Selection(ENTRIES, default="becomes", required=True, tracking=True)
    stage_id = fields.Many2one("cx.stage", ondelete="restrict", help="The stage that is entered.")
    from_stage_ids = fields.Many2many(
        "cx.stage", string="Coming From", help="The stage before; any when empty."
    )
    stage_days = fields.Integer(
        "For (Days)", help="Only who has been in the stage for so many days at least."
    )
    quiet_by = fields.Selection(
        [("days", "days before dormant"), ("rarity", "silence became rare")],
        default="days",
        required=True,
        help="A number of days before silence makes the customer dormant, or the day on which "
        "few customers with this rhythm would still be silent.",
    )
    quiet_days = fields.Integer("Days Before", default=14)
    date_field_id = fields.Many2one(
        "ir.model.fields", "Date",
        ondelete="cascade",
        domain=[
            ("model", "in", ("cx.customer", "res.partner")),
            ("ttype", "in", ("date", "datetime")),
            ("store", "=", True),
        ],
        help="A date of the customer or its contact that returns every year.",
    )  # fmt: skip
    # deleted or switched off, a sign must not make all of them count
    warning_kind_ids = fields.Many2many(
        "cx.warning.kind", string="Warning Signs", ondelete="restrict",
        context={"active_test": False}, help="Signs that start it; any when empty.",
    )  # fmt: skip
    date_days = fields.Integer("Days After", help="After the anniversary; before it when negative.")
    domain = fields.Char(
        "Only Customers",
        default="[]",
        required=True,
        help="A condition on the contact, besides. It is looked at with the author's rights.",
    )
    members = fields.Selection(
        [
            ("future", "From now on"),
            ("both", "Those there now, and from now on"),
            ("present", "Only those there now"),
        ],
        "At Launch",
        default="future",
        required=True,
    )
    cooldown_days = fields.Integer(
        "Not Again Within (Days)", default=30,
        help="After the end of a participation. The same cause never enters twice anyhow.",
    )  # fmt: skip
    exclusive = fields.Boolean(
        "One Campaign at a Time", default=True,
        help="Nobody enters while taking part in another campaign that says so too.",
    )  # fmt: skip
    launched_at = fields.Datetime("Launched", readonly=True, copy=False)
    launched_on = fields.Date(readonly=True, copy=False)
    paused_at = fields.Datetime("Paused Since", readonly=True, copy=False)
    resumed_at = fields.Datetime("Resumed", readonly=True, copy=False)
    last_entry_at = fields.Datetime("Last Look", readonly=True, copy=False)
    last_entry = fields.Json(
        readonly=True, copy=False, help="Of the last look: how many entered, and who did not, why."
    )
    problem = fields.Char(readonly=True, copy=False, help="Why the last look failed.")

    # ------------------------------------------------------------------- stop
    stop_purchase = fields.Boolean("Buys Again", default=True)
    stop_stage = fields.Boolean("Leaves the Stage", help="The stage of entry.")
    stop_reply = fields.Boolean("Replies", default=True)
    stop_hold = fields.Boolean("Stage Is Held by a Person", default=True)
    stop_lost = fields.Boolean("Says Goodbye", default=True, help="Declared lost.")
    stop_sign = fields.Boolean("Warning Sign Is Over", help="The sign that started it.")
    stop_deal = fields.Boolean(
        "Has an Open Deal", help="An open opportunity or quotation of its salesperson."
    )
    end_on = fields.Date(
        "Ends On", copy=False, help="Last day: what is still open when it is over stops."
    )
    max_days = fields.Integer(
        "Longest Duration (Days)", default=90, required=True, help="Of one participation."
    )

    # ------------------------------------------------------ sender, measurement
    sender = fields.Selection(
        [("salesperson", "the customer's salesperson"), ("fixed", "always")],
        default="salesperson",
        required=True,
        help="Who signs; customers without salesperson get the fixed address.",
    )
    email_from = fields.Char(
        "Fixed Address", default=lambda self: self.env.user.email_formatted or ""
    )
    mail_server_id = fields.Many2one(
        "ir.mail_server", help="Empty: chosen by Odoo for the sender's address."
    )
    holdout_share = fields.Float(
        "Held Out", default=0.1, help="Share of those who enter that gets nothing, to compare with."
    )

    run_count = fields.Integer("Number of Participants", compute="_compute_counts")
    held_out_count = fields.Integer("Participants Held Out", compute="_compute_counts")
    done_count = fields.Integer("Done", compute="_compute_counts")
    waiting_count = fields.Integer("Waiting", compute="_compute_counts")
    not_done_count = fields.Integer("Not Done", compute="_compute_counts")
    uncertain_count = fields.Integer("Uncertain", compute="_compute_counts")

    _share_check = models.Constraint(
        "CHECK(holdout_share >= 0 AND holdout_share <= 0.9)",
        "Held Out: enter a share from 0 to 90 %.",
    )
    _longest_check = models.Constraint(
        "CHECK(max_days BETWEEN 1 AND 3650)",
        "Longest Duration (Days): enter 1 to 3650 days.",
    )
    _days_check = models.Constraint(
        # beyond a hundred years, dates end that are counted with them
        "CHECK(cooldown_days BETWEEN 0 AND 36500"
        " AND stage_days BETWEEN 0 AND 36500 AND quiet_days BETWEEN 0 AND 36500"
        " AND date_days BETWEEN -36500 AND 36500)",
        "Durations: enter days from 0 to 36500.",
    )

    # ------------------------------------------------------------ consistency
    @api.constrains("domain")
    def _check_domain(self):
        for campaign in self:
            domains.check(campaign, "domain", "res.partner")

    @api.constrains("entry", "stage_id", "date_field_id")
    def _check_entry(self):
        for campaign in self:
            if campaign.entry in ("becomes", "in_stage") and not campaign.stage_id:
                raise ValidationError(self.env._("Stage: choose the stage that starts it."))
            if campaign.entry == "anniversary" and not campaign.date_field_id:
                raise ValidationError(
                    self.env._("Date: choose the date whose anniversary starts it.")
                )
            check_date_field(campaign)

    @api.constrains("topic_id", "company_id")
    def _check_topic(self):
        for campaign in self:
            topic = campaign.topic_id.sudo()  # sudo: of which company it is, whoever writes
            if topic.company_id and topic.company_id != campaign.company_id:
                raise ValidationError(
                    self.env._(
                        "Topic: %(topic)s belongs to %(other)s. Choose one of %(company)s, or one "
                        "of all companies.",
                        topic=topic.name, other=topic.company_id.name,
                        company=campaign.company_id.name,
                    )
                )  # fmt: skip

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_machine(vals)
        if not self.env.su:
            # nor by a default, of the context or of the user
            own = {**dict.fromkeys(MACHINE, False), "state": "draft", "user_id": self.env.uid}
            vals_list = [{**own, **vals} for vals in vals_list]
        campaigns = super().create(vals_list)
        for campaign in campaigns.sudo():  # sudo: what the machine writes
            if campaign.draft_of_id:
                continue  # it counts under the campaign that it changes
            campaign.utm_campaign_id = self.env["utm.campaign"].create(
                {"title": campaign.name, "user_id": campaign.user_id.id}
            )
        return campaigns

    def write(self, vals):
        self._check_machine(vals)
        if "company_id" in vals and any(campaign.launched_at for campaign in self):
            raise UserError(self.env._("Company: a launched campaign stays in its company."))
        if "active" in vals and not vals["active"]:
            self._refuse_archiving()
        done = super().write(vals)
        if AUTHORED & set(vals) and not self.env.su:
            self.sudo().user_id = self.env.uid  # sudo: whoever wrote it is its author
        return done

    def _check_machine(self, vals):
        """Nobody launches a campaign, or lends it another's rights, by writing a value."""
        if forged := not self.env.su and MACHINE & set(vals):
            raise AccessError(
                self.env._(
                    "%s: launch, pause, resume and finish a campaign by its buttons.",
                    ", ".join(sorted(forged)),
                )
            )

    def _refuse_archiving(self):
        """Whatever is not seen any more must not go on writing to people."""
        for campaign in self:
            if campaign.state in ("running", "paused"):
                raise UserError(
                    self.env._(
                        "%s still has participants, or may get some: finish it, then archive it.",
                        campaign.name,
                    )
                )

    def copy(self, default=None):
        """A draft with the same steps and contents."""
        copies = super().copy(default)
        for campaign, copy in zip(self, copies, strict=True):
            campaign.step_ids.filtered(lambda step: not step.parent_id)._copy_to(copy)
        return copies

    @api.ondelete(at_uninstall=False)
    def _keep_what_was_sent(self):
        if self.env["cx.campaign.run"].search_count([("campaign_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("Somebody took part in this campaign: archive it, its figures stay.")
            )

    def _as_author(self, model):
        """A model as the campaign's author sees it, in the campaign's company."""
        return domains.as_author(self, model)

    # ---------------------------------------------------------------- figures
    @api.depends("run_ids.state", "run_ids.arm")
    def _compute_counts(self):
        runs = dict.fromkeys(self.ids, 0)
        held = dict.fromkeys(self.ids, 0)
        for campaign, arm, count in self.env["cx.campaign.run"]._read_group(
            [("campaign_id", "in", self.ids)], ["campaign_id", "arm"], ["__count"]
        ):
            runs[campaign.id] += count
            held[campaign.id] += count if arm == "held_out" else 0
        acts = {
            (campaign.id, state): count
            for campaign, state, count in self.env["cx.campaign.act"]._read_group(
                [("campaign_id", "in", self.ids)], ["campaign_id", "state"], ["__count"]
            )
        }
        for campaign in self:
            count = lambda *states, of=campaign.id: sum(acts.get((of, s), 0) for s in states)  # noqa: E731
            campaign.run_count = runs.get(campaign.id, 0)
            campaign.held_out_count = held.get(campaign.id, 0)
            campaign.done_count = count("done")
            campaign.waiting_count = count("waiting", "claimed", "sending")
            campaign.uncertain_count = count("uncertain")
            campaign.not_done_count = count("skipped", "refused", "failed")
