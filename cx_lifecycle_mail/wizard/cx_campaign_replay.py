"""Whom a campaign would have met in the last twelve months, and who bought anyway."""

import psycopg2
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from odoo.addons.cx_lifecycle.models.timebox import AT_WORK, time_box

WITHIN = 30  # days within which a purchase would have come anyway


class CxCampaignReplay(models.TransientModel):
    """The past twelve months, as if the campaign had run: nothing is done, it only counts."""

    _name = "cx.campaign.replay"
    _description = "Last Twelve Months"

    campaign_id = fields.Many2one("cx.campaign", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="campaign_id.company_id")
    since = fields.Date(readonly=True)
    until = fields.Date(readonly=True)
    line_ids = fields.One2many("cx.campaign.replay.line", "replay_id", readonly=True)
    figures = fields.Json(compute="_compute_figures", help="The numbers, each with its list.")

    @api.model
    def _begin(self, campaign):
        """Look back from today.

        :raise UserError: nobody enters by itself, or the condition takes too long
        """
        campaign.check_access("write")
        if campaign.entry == "manual":
            raise UserError(
                self.env._(
                    "Entry: nobody enters this campaign by itself, so the past says nothing."
                )
            )
        today = self.env["cx.customer"]._today(campaign.company_id)
        since, until = today - relativedelta(months=12), today - relativedelta(days=1)
        # sudo: only made with its lines, here
        replay = self.sudo().create(
            {"campaign_id": campaign.id, "since": since, "until": until}
        ).with_env(self.env)  # fmt: skip
        self.env.flush_all()
        # sudo: purchases count whoever asks, as they do for stages
        query = campaign.sudo()._met(since, until, WITHIN)
        try:
            with time_box(self.env.cr, AT_WORK):
                self.env.cr.execute(
                    SQL(
                        "INSERT INTO cx_campaign_replay_line (replay_id, customer_id, day,"
                        " bought_on, create_uid, create_date) SELECT %s, customer_id, day,"
                        " bought_on, %s, %s FROM (%s) AS met ORDER BY day, customer_id",
                        replay.id, self.env.uid, fields.Datetime.now(), query,
                    )
                )  # fmt: skip
        except psycopg2.errors.QueryCanceled:
            raise UserError(campaign._too_slow(AT_WORK)) from None
        replay.invalidate_recordset()
        return replay

    @api.depends("campaign_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for replay in self:
            name = replay.campaign_id.name
            replay.display_name = self.env._("Last Twelve Months of %s", name)

    @api.depends("line_ids")
    @api.depends_context("lang")
    def _compute_figures(self):
        lines = self.env["cx.campaign.replay.line"]
        for replay in self:
            rows = lines._read_group(
                [("replay_id", "=", replay.id)], ["day:month"], ["__count", "bought_on:count"]
            )
            months = [
                {
                    "code": fields.Date.to_string(month),
                    "label": format_date(self.env, month, date_format="MMMM yyyy"),
                    "met": met,
                    "bought": bought,
                }
                for month, met, bought in rows
            ]
            replay.figures = {
                "within": WITHIN,
                "months": months,
                "met": sum(month["met"] for month in months),
                "bought": sum(month["bought"] for month in months),
                "notes": list(replay._notes()),
            }

    def action_lines(self, what, month=None):
        """List what one number counts.

        :param str what: met or bought
        :param str month: the first day of a month; of all months when empty
        """
        self.ensure_one()
        domain = Domain("replay_id", "=", self.id)
        if what == "bought":
            domain &= Domain("bought_on", "!=", False)
        if month:
            first = fields.Date.to_date(month)
            domain &= Domain("day", ">=", first)
            domain &= Domain("day", "<", first + relativedelta(months=1))
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "cx.campaign.replay.line",
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
            "domain": list(domain),
        }

    def _notes(self):
        """What the past does not know, and is taken as of today."""
        campaign = self.campaign_id
        yield self.env._(
            "As of today: the condition on the contact, who is archived, blocked, kept out or has "
            "opted out (they are left out), and the address."
        )
        yield {
            "becomes": self._stage_note(),
            "in_stage": self._stage_note(),
            "going_quiet": self.env._(
                "After each purchase of the past, the day of going quiet is worked out by the "
                "rules and rhythms of today."
            ),
            "touchpoint": self.env._("Touchpoints are those that are known today."),
            "warning": self.env._(
                "Signs are those that today's kinds find in the past; those that cannot be known "
                "of the past begin when they were first seen."
            ),
            "anniversary": self.env._("The date is the one that is known today."),
        }.get(campaign.entry) or self.env._("Purchases are counted as the sources tell them today.")
        yield self.env._(
            "Not looked at: other campaigns, the time after an earlier participation, stages held, "
            "open deals, and who would have been held out."
        )
        yield self.env._(
            "Whoever was met in the last %s days may still buy: these numbers still grow.", WITHIN
        )

    def _stage_note(self):
        return self.env._(
            "Moves between stages are those of the history, rebuilt ones too; moves that only new "
            "rules made are left out."
        )


class CxCampaignReplayLine(models.TransientModel):
    """A customer whom the campaign would have met, on which day, and the purchase after it."""

    _name = "cx.campaign.replay.line"
    _description = "Would Have Been Met"
    _order = "day, id"

    replay_id = fields.Many2one("cx.campaign.replay", required=True, index=True, ondelete="cascade")
    customer_id = fields.Many2one("cx.customer", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Contact")
    day = fields.Date("Would Have Entered", required=True)
    bought_on = fields.Date("Bought", help="The first purchase within 30 days after it.")
