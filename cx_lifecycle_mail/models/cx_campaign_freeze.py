"""What a launch freezes: it is changed in a draft, and published as another version."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# what a version of a campaign says, in the order in which it is told; all of it is frozen
DEFINED = (
    "entry", "stage_id", "from_stage_ids", "stage_days", "quiet_by", "quiet_days", "date_field_id",
    "date_days", "touchpoint_interaction_ids", "touchpoint_channel_ids", "touchpoint_days",
    "warning_kind_ids", "sample_share", "domain", "members", "cooldown_days", "exclusive",
    "legal_basis", "stop_purchase", "stop_stage", "stop_reply", "stop_hold", "stop_lost",
    "stop_deal", "stop_sign", "end_on", "max_days", "sender", "email_from",
    "mail_server_id", "topic_id", "holdout_share", "result_days",
)  # fmt: skip
# decided once, at the launch: a comparison with another share, or with people who were there
# before, would compare nothing
ONCE = {"members", "holdout_share", "result_days"}
# what holds for everybody as soon as it is published; the rest is looked at on entry only
AT_ONCE = {
    "legal_basis", "stop_purchase", "stop_stage", "stop_reply", "stop_hold", "stop_lost",
    "stop_deal", "stop_sign", "end_on", "sender", "email_from", "mail_server_id", "topic_id",
}  # fmt: skip
STEP_TEXTS = ("name", "activity_summary", "activity_note")  # one for each language
STEP_DEFINED = (
    "kind", "trigger", "delay", "delay_unit", "date_field_id", "date_days", "weekday", "hour",
    "validity", "domain", "recipient", "role_id", "survey_id", "coupon_program",
    "activity_type_id", "activity_days", "assignee", "assignee_id", "tag_change", "tag_ids",
    "action_id",
)  # fmt: skip
# the name and the place in the list change nothing that is done
STEP_FROZEN = {*STEP_DEFINED, *STEP_TEXTS, "parent_id"} - {"name"}
STEP_MACHINE = {"lineage", "version_number", "last_version", "past"}


def changing(record, vals, names):
    """The first of some fields that would get another value, or None."""
    for name in names & set(vals):
        field = record._fields[name]
        now, then = (
            field.convert_to_cache(value, record, validate=False)
            for value in (record[name], vals[name])
        )
        if (now or None) != (then or None):
            return field
    return None


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    def write(self, vals):
        if not self.env.su:
            for campaign in self:
                frozen = {*DEFINED} if campaign.launched_at else set()
                if field := changing(campaign, vals, frozen):
                    campaign._refuse_frozen(field._description_string(self.env))
                once = {*ONCE, "company_id", "name"} if campaign.draft_of_id else set()
                if field := changing(campaign, vals, once):
                    raise UserError(
                        self.env._(
                            "%(field)s: stays as it is in %(campaign)s, whatever its version.",
                            field=field._description_string(self.env),
                            campaign=campaign.draft_of_id.name,
                        )
                    )
        return super().write(vals)

    def _refuse_frozen(self, label):
        """What people take part in is not changed under them.

        :param label: of the field
        """
        self.ensure_one()
        if self.state == "finished":
            raise UserError(
                self.env._(
                    "%(field)s: %(campaign)s is finished, and stays as it was. Duplicate it to "
                    "begin another one.",
                    field=label, campaign=self.name,
                )
            )  # fmt: skip
        raise UserError(
            self.env._(
                "%(field)s: %(campaign)s was launched, and does what was published. Press Edit… in "
                "the campaign: it makes a draft, which you change and publish.",
                field=label, campaign=self.name,
            )
        )  # fmt: skip


class CxCampaignStep(models.Model):
    _inherit = "cx.campaign.step"

    lineage = fields.Integer(
        readonly=True, copy=False, help="The same in all versions of a step: the first one's id."
    )
    version_number = fields.Integer(
        "Version", default=1, readonly=True, copy=False, help="With which it came."
    )
    last_version = fields.Integer(
        readonly=True, copy=False, help="The last one it belongs to; 0 as long as it does."
    )
    past = fields.Boolean(
        "Former", compute="_compute_past", store=True, index=True,
        help="Of a former version: who takes part in that one goes on, nobody begins with it.",
    )  # fmt: skip
    frozen = fields.Boolean(compute="_compute_frozen", help="Launched, or of a former version.")

    @api.depends("last_version")
    def _compute_past(self):
        for step in self:
            step.past = bool(step.last_version)

    @api.depends("campaign_id.launched_at")
    def _compute_frozen(self):
        for step in self:
            step.frozen = bool(step.campaign_id.launched_at)

    @api.depends("name", "past")
    def _compute_display_name(self):
        named = super()._compute_display_name()
        for step in self.filtered("past"):
            step.display_name = self.env._(
                "%(step)s (version %(number)s)", step=step.name, number=step.version_number
            )
        return named

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_machine(vals_list)
            # nor by a default, of the context or of the user
            vals_list = [{**dict.fromkeys(STEP_MACHINE, 0), **vals} for vals in vals_list]
            for vals in vals_list:
                vals["version_number"] = 1
        steps = super().create(vals_list)
        if not self.env.su and (launched := steps.campaign_id.filtered("launched_at")):
            launched[0]._refuse_frozen(launched._fields["step_ids"]._description_string(self.env))
        return steps

    def write(self, vals):
        if not self.env.su:
            self._check_machine([vals])
            for step in self.filtered("frozen"):
                if vals.get("active") and not step.active:  # what was removed stays so
                    step.campaign_id._refuse_frozen(
                        step.campaign_id._fields["step_ids"]._description_string(self.env)
                    )
                if field := changing(step, vals, STEP_FROZEN):
                    step.campaign_id._refuse_frozen(field._description_string(self.env))
        return super().write(vals)

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        """Translations of what is done are frozen too; those of the name are not."""
        if field_name in STEP_FROZEN and self.frozen and not self.env.su:
            field = self._fields[field_name]
            self.campaign_id._refuse_frozen(field._description_string(self.env))
        return super()._update_field_translations(field_name, translations, digest, source_lang)

    def _check_machine(self, vals_list):
        """To which version a step belongs is decided by publishing."""
        if forged := STEP_MACHINE & {name for vals in vals_list for name in vals}:
            raise AccessError(
                self.env._("%s: written by publishing only.", ", ".join(sorted(forged)))
            )
