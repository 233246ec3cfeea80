"""A step of a campaign: what is done, when, and for whom."""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.cx_lifecycle.models import cx_policy_domain as domains

KINDS = [
    ("mail", "E-mail"),
    ("survey", "Survey invitation"),
    ("activity", "Activity of a salesperson"),
    ("tag", "Tags of the contact"),
    ("action", "Server action"),
    ("wait", "Wait"),
    ("stop", "End of the participation"),
]
MAILS = ("mail", "survey")
TRIGGERS = [
    ("entry", "on entry"),
    ("done", "after it was sent, planned or done"),
    ("ended", "after it, whatever came of it"),
    ("else", "when its condition does not hold"),
    ("opened", "when opened"),
    ("clicked", "when clicked"),
    ("replied", "when replied"),
    ("bounced", "when bounced"),
    ("not_opened", "when not opened"),
    ("not_clicked", "when not clicked"),
    ("not_replied", "when not replied"),
    ("activity_done", "when the activity is done"),
    ("activity_cancelled", "when the activity is cancelled"),
    ("activity_overdue", "when the activity is overdue"),
]
# what runs, or reads customers, with the rights of the campaign's author
AUTHORED = {
    "campaign_id", "domain", "date_field_id", "recipient", "role_id", "coupon_program", "tag_ids",
    "tag_change", "action_id",
}  # fmt: skip
OF_MAILS = {"opened", "clicked", "replied", "bounced", "not_opened", "not_clicked", "not_replied"}
OF_ACTIVITIES = {"activity_done", "activity_cancelled", "activity_overdue"}
HOURS = [(str(hour), f"{hour:02}:00") for hour in range(24)]
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


def check_date_field(record):
    """Refuse what is no stored date of a customer, or one that its writer may not read."""
    field = record.date_field_id.sudo()  # sudo: what it is, whoever writes
    if not field:
        return
    fits = field.ttype in ("date", "datetime") and field.store
    if field.model not in ("cx.customer", "res.partner") or not fits:
        raise ValidationError(
            record.env._("Date: choose a stored date of the customer or its contact.")
        )
    model = record.env[field.model]
    if record.env.uid != SUPERUSER_ID:
        model = model.sudo(False)  # constraints run as superuser: this asks for the writer
    if not model._has_field_access(model._fields[field.name], "read"):
        raise ValidationError(
            record.env._("Date: you may not read %s. Choose another one.", field.field_description)
        )


class CxCampaignStep(models.Model):
    """One step; those that follow it hang below. Steps that acted are archived, not deleted."""

    _name = "cx.campaign.step"
    _description = "Campaign Step"
    _order = "campaign_id, sequence, id"

    campaign_id = fields.Many2one("cx.campaign", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="campaign_id.company_id")
    parent_id = fields.Many2one(
        "cx.campaign.step", "After", index=True, ondelete="restrict",
        domain="[('campaign_id', '=', campaign_id), ('id', '!=', id)]",
    )  # fmt: skip
    child_ids = fields.One2many("cx.campaign.step", "parent_id", "Followed By")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(KINDS, default="mail", required=True)

    # ------------------------------------------------------------------- when
    trigger = fields.Selection(TRIGGERS, default="entry", required=True)
    delay = fields.Integer(help="After the trigger; for “when not …”, how long to wait for it.")
    delay_unit = fields.Selection(
        [("minutes", "minutes"), ("hours", "hours"), ("days", "days"), ("weeks", "weeks")],
        default="days",
        required=True,
    )
    date_field_id = fields.Many2one(
        "ir.model.fields", "Date",
        ondelete="cascade",
        domain=[
            ("model", "in", ("cx.customer", "res.partner")),
            ("ttype", "in", ("date", "datetime")),
            ("store", "=", True),
        ],
        help="Not before this date of the customer, plus the days beside.",
    )  # fmt: skip
    date_days = fields.Integer("Days After the Date", help="Before it when negative.")
    weekday = fields.Selection(WEEKDAYS, help="Where the customer is; any day when empty.")
    hour = fields.Selection(HOURS, help="Where the customer is; any hour when empty.")
    validity = fields.Integer(
        "Valid (Days)", default=7, required=True,
        help="How long it may wait for an allowed hour, a mail server or its turn; then it is "
        "dropped, with the reason.",
    )  # fmt: skip
    domain = fields.Char(
        "Condition", default="[]", required=True,
        help="On the contact, looked at when the step is due, with the author's rights.",
    )  # fmt: skip

    # ------------------------------------------------------------------- mail
    mailing_ids = fields.One2many(
        "mailing.mailing", "cx_step_id", "Contents", help="One for each language."
    )
    recipient = fields.Selection(
        [("customer", "the customer"), ("role", "whoever holds a buyer role")],
        default="customer",
        required=True,
    )
    role_id = fields.Many2one("cx.buyer.role", ondelete="restrict")
    survey_id = fields.Many2one("survey.survey", ondelete="restrict")
    coupon_program = fields.Selection(
        selection="_coupon_programs",
        string="Personal Coupon",
        help="Of this program, one is made for each customer who gets the mail.",
    )

    # --------------------------------------------------------------- activity
    activity_type_id = fields.Many2one("mail.activity.type", ondelete="restrict")
    activity_summary = fields.Char("Summary", translate=True)
    activity_note = fields.Html("Note", translate=True)
    activity_days = fields.Integer("Deadline (Days)", help="After the day it is planned.")
    assignee = fields.Selection(
        [
            ("salesperson", "the customer's salesperson"),
            ("leader", "the leader of the sales team"),
            ("user", "always the same person"),
        ],
        default="salesperson",
        required=True,
    )
    assignee_id = fields.Many2one(
        "res.users", "Person", ondelete="restrict",
        help="Also of customers without salesperson.",
    )  # fmt: skip

    # ------------------------------------------------------------------ others
    tag_ids = fields.Many2many("res.partner.category", string="Tags")
    tag_change = fields.Selection(
        [("add", "add"), ("remove", "remove")], default="add", required=True
    )
    action_id = fields.Many2one(
        "ir.actions.server", ondelete="restrict",
        domain=[("cx_released", "=", True), ("model_id.model", "=", "res.partner")],
        help="One that an administrator released for campaigns. It runs with the author's rights.",
    )  # fmt: skip

    _delay_check = models.Constraint(
        # beyond, dates end that are counted with them
        "CHECK(delay BETWEEN 0 AND 100000 AND validity BETWEEN 1 AND 365"
        " AND activity_days BETWEEN 0 AND 36500 AND date_days BETWEEN -36500 AND 36500)",
        "Delay: from 0 to 100000; days: up to 36500; validity: 1 to 365 days.",
    )

    @api.model
    def _coupon_programs(self):
        """Programs that make personal codes, where the loyalty app is installed."""
        marketer = self.env.su or self.env.user.has_group("cx_lifecycle.group_marketer")
        if "loyalty.program" not in self.env or not marketer:
            return []
        coupons = Domain("program_type", "=", "coupons")
        if not self.env.su:
            coupons &= Domain("company_id", "in", [False, *self.env.companies.ids])
        # sudo: names only; whether the author may make coupons is asked when they are made
        programs = self.env["loyalty.program"].sudo().search(coupons)
        return [(str(program.id), program.name) for program in programs]

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps._take_over()
        return steps

    def write(self, vals):
        self._refuse_another(vals)
        done = super().write(vals)
        if AUTHORED & set(vals):
            self._take_over()
        return done

    def _take_over(self):
        """Whoever wrote what runs with the author's rights is the author: nobody lends them."""
        if not self.env.su:
            campaigns = self.campaign_id.sudo()  # sudo: the author is written by the machine
            campaigns.filtered(lambda c: c.user_id != self.env.user).user_id = self.env.uid

    def _refuse_another(self, vals):
        """Once launched, what a step did and what waits for it stay of its kind."""
        for step in self.filtered("campaign_id.launched_at"):
            if any(
                name in vals and step._fields[name].convert_to_write(step[name], step) != vals[name]
                for name in ("kind", "campaign_id")
            ):
                raise UserError(
                    self.env._(
                        "Kind, campaign: %(campaign)s was launched, and step %(step)s stays what "
                        "and where it is. Remove it, and add another one.",
                        campaign=step.campaign_id.name, step=step.name,
                    )
                )  # fmt: skip

    @api.constrains("parent_id", "campaign_id", "trigger", "kind", "active")
    def _check_place(self):
        if self._has_cycle():
            raise ValidationError(self.env._("After: a step cannot follow itself."))
        for step in self | self.child_ids:
            parent = step.parent_id
            if parent and parent.campaign_id != step.campaign_id:
                raise ValidationError(self.env._("After: choose a step of the same campaign."))
            if (step.trigger == "entry") == bool(parent):
                raise ValidationError(
                    self.env._(
                        "When: step %s begins on entry or follows another one; choose one of both.",
                        step.name,
                    )
                )
            wrong = (
                (step.trigger in OF_MAILS and parent.kind not in MAILS)
                or (step.trigger in OF_ACTIVITIES and parent.kind != "activity")
            )  # fmt: skip
            if wrong:
                raise ValidationError(
                    self.env._(
                        "When: %(parent)s cannot be opened, answered or done as step %(step)s "
                        "asks for. Choose another trigger.",
                        parent=parent.name, step=step.name,
                    )
                )  # fmt: skip

    @api.constrains("domain")
    def _check_domain(self):
        for step in self:
            domains.check(step, "domain", "res.partner")

    @api.constrains("date_field_id")
    def _check_date(self):
        for step in self:
            check_date_field(step)

    @api.constrains("kind", "role_id", "recipient", "survey_id", "tag_ids", "action_id")
    def _check_kind(self):
        for step in self:
            missing = {
                "survey": not step.survey_id and self.env._("Survey"),
                "tag": not step.tag_ids and self.env._("Tags"),
                "action": not step.action_id and self.env._("Action"),
                "activity": not step.activity_type_id and self.env._("Activity Type"),
            }.get(step.kind)
            if step.kind in MAILS and step.recipient == "role" and not step.role_id:
                missing = self.env._("Buyer Role")
            if missing:
                raise ValidationError(
                    self.env._(
                        "%(field)s: choose one for step %(step)s.", field=missing, step=step.name
                    )
                )
            if step.kind == "action" and not step.action_id.cx_released:
                raise ValidationError(
                    self.env._(
                        "Action: %s was not released for campaigns by an administrator.",
                        step.action_id.name,
                    )
                )

    def _copy_to(self, campaign, parent=None):
        """The same steps in another campaign, with their contents and all that follows them."""
        for step in self:
            values = {"campaign_id": campaign.id, "parent_id": parent and parent.id}
            if campaign.draft_of_id:  # a version of the same step
                values["lineage"] = step._key()
            twin = step.copy(values)
            for mailing in step.mailing_ids:
                mailing.copy({"cx_step_id": twin.id, "cx_lang": mailing.cx_lang})
            step.child_ids._copy_to(campaign, twin)
