from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_datetime, formatLang

from odoo.addons.cx_lifecycle.models.notice import CLOSE, notice

from ..models.cx_campaign_step import MAILS


class CxCampaignLaunch(models.TransientModel):
    """Launch a campaign: how many people are concerned, what happens first, what is missing."""

    _name = "cx.campaign.launch"
    _description = "Launch a Campaign"

    campaign_id = fields.Many2one("cx.campaign", required=True, readonly=True, ondelete="cascade")
    members = fields.Selection(related="campaign_id.members")
    edition = fields.Char(readonly=True, help="When what was looked at was changed last.")
    enter = fields.Integer(readonly=True, help="Who would enter, held out ones included.")
    held_out = fields.Integer(readonly=True)
    summary = fields.Text(compute="_compute_texts", help="Who is concerned, and what is first.")
    line_ids = fields.One2many("cx.campaign.launch.line", "launch_id", "To Look At", readonly=True)
    blocks = fields.Integer(compute="_compute_levels", help="How many findings block.")
    asks = fields.Integer(compute="_compute_levels", help="How many findings only ask.")

    @api.model
    def _begin(self, campaign):
        """The dialog for a draft, with the count and the findings of this moment."""
        audience, failure = None, None
        try:
            audience = campaign._audience()
        except (AccessError, UserError, ValidationError) as error:
            failure = str(error)
        checks = campaign._launch_checks(audience)
        # an author who left is a finding already, and why it could not be counted
        told = campaign._author_problem() or any(check.text == failure for check in checks)
        if failure and not told:
            checks.insert(0, campaign._finding("block", "domain", failure))
        figures = audience or {}
        # sudo: only made with a count, here
        dialog = self.sudo().create(
            {
                "campaign_id": campaign.id,
                "edition": self._edition(campaign),
                "enter": figures.get("enter", 0),
                "held_out": figures.get("held_out", 0),
                "line_ids": [
                    (0, 0, {"sequence": place, "level": check.level, "field": check.field,
                            "text": check.text, "step_id": check.step.id})
                    for place, check in enumerate(checks)
                ],
            }
        )  # fmt: skip
        return dialog.with_env(self.env)

    @api.model
    def _edition(self, campaign):
        """When the campaign, its steps or their contents were changed last."""
        steps = campaign.step_ids
        records = [campaign, *steps, *steps.mailing_ids]
        return f"{max(record.write_date for record in records).isoformat()} of {len(records)}"

    @api.depends("line_ids.level")
    def _compute_levels(self):
        for wizard in self:
            levels = wizard.line_ids.mapped("level")
            wizard.blocks, wizard.asks = levels.count("block"), levels.count("ask")

    @api.depends("campaign_id", "enter", "held_out")
    @api.depends_context("lang", "tz")
    def _compute_texts(self):
        for wizard in self:
            wizard.summary = "\n".join([wizard._who(), *wizard._first()])

    def _who(self):
        number = lambda n: formatLang(self.env, n, digits=0)  # noqa: E731
        if self.campaign_id.entry == "manual":
            return self.env._("Nobody enters by itself: people are chosen by hand.")
        if not self.enter:
            return self.env._(
                "Nobody enters at the launch: customers enter from now on, as it happens to them."
            )
        if not self.held_out:
            return self.env._("%s customers enter at the launch.", number(self.enter))
        return self.env._(
            "%(enter)s customers enter at the launch; %(held_out)s of them are held out and get "
            "nothing, to compare with.",
            enter=number(self.enter), held_out=number(self.held_out),
        )  # fmt: skip

    def _first(self):
        """Which steps begin on entry, and when that is for those who enter at the launch."""
        campaign = self.campaign_id
        now = fields.Datetime.now()
        kinds = dict(campaign.step_ids._fields["kind"]._description_selection(self.env))
        for step in campaign.step_ids.filtered(lambda s: s.trigger == "entry"):
            words = self.env._(
                "First: %(step)s (%(kind)s), %(when)s.",
                step=step.name, kind=kinds[step.kind], when=step.when_text,
            )  # fmt: skip
            if self.enter and step.delay:
                due = fields.Datetime.add(now, **{step.delay_unit: step.delay})
                at = format_datetime(self.env, due, dt_format="short")
                words += " " + self.env._("Not before %s.", at)
            yield words
        company = campaign.company_id
        if any(s.kind in MAILS for s in campaign.step_ids) and (
            company.cx_quiet_from != company.cx_quiet_to
        ):
            yield self.env._(
                "Nothing is sent from %(begin)s to %(end)s, where the customer is.",
                begin=self._clock(company.cx_quiet_from), end=self._clock(company.cx_quiet_to),
            )  # fmt: skip

    @api.model
    def _clock(self, hours):
        minutes = round(hours * 60)
        return f"{minutes // 60}:{minutes % 60:02}"

    def action_launch(self):
        """Launch what was looked at, unless something blocks or was changed meanwhile."""
        self.ensure_one()
        campaign = self.campaign_id
        campaign.check_access("write")
        campaign.lock_for_update()
        campaign.invalidate_recordset()
        if campaign.state != "draft":
            raise UserError(self.env._("%s was launched already.", campaign.name))
        if self._edition(campaign) != self.edition:
            raise UserError(
                self.env._(
                    "%s was changed since you opened this dialog. Nothing was launched: close it, "
                    "look at the campaign again, and launch it then.",
                    campaign.name,
                )
            )
        blocks = [c for c in campaign._launch_checks(campaign._audience()) if c.level == "block"]
        if blocks:
            raise UserError("\n".join(self._sentence(check) for check in blocks))
        campaign._launch()
        return notice(self.env._("Launched. Customers enter in the background."), CLOSE)

    @api.model
    def _sentence(self, check):
        if not check.step:
            return self.env._("%(field)s: %(text)s", field=check.field, text=check.text)
        return self.env._(
            "Step %(step)s, %(field)s: %(text)s",
            step=check.step.name, field=check.field, text=check.text,
        )  # fmt: skip
