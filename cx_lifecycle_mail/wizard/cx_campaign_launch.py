from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime, formatLang

from odoo.addons.cx_lifecycle.models.locking import lock
from odoo.addons.cx_lifecycle.models.notice import CLOSE, notice

from ..models.cx_campaign_step import MAILS


class CxCampaignLaunch(models.TransientModel):
    """Launch a campaign: how many people are concerned, what happens first, what is missing."""

    _name = "cx.campaign.launch"
    _description = "Launch a Campaign"
    _inherit = ["cx.campaign.findings"]

    campaign_id = fields.Many2one("cx.campaign", required=True, readonly=True, ondelete="cascade")
    members = fields.Selection(related="campaign_id.members")
    enter = fields.Integer(readonly=True, help="Who would enter, held out ones included.")
    held_out = fields.Integer(readonly=True)
    summary = fields.Text(compute="_compute_texts", help="Who is concerned, and what is first.")
    line_ids = fields.One2many("cx.campaign.finding", "launch_id", "To Look At", readonly=True)

    @api.model
    def _begin(self, campaign):
        """The dialog for a draft, with the count and the findings of this moment."""
        figures, found = self._examine(campaign)
        # sudo: only made with a count, here
        dialog = self.sudo().create(
            {
                "campaign_id": campaign.id,
                "enter": figures.get("enter", 0),
                "held_out": figures.get("held_out", 0),
                **found,
            }
        )
        return dialog.with_env(self.env)

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
        lock(campaign)
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
        self._refuse_blocked(campaign)
        campaign._launch()
        return notice(self.env._("Launched. Customers enter in the background."), CLOSE)
