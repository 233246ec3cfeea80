"""What the first steps say: what was found, what is done, and what is missing."""

from odoo import api, fields, models
from odoo.tools import format_date, format_time, formatLang

from .cx_policy_limits import ENOUGH_BUYERS


class CxFirstRun(models.Model):
    _inherit = "cx.first.run"

    sources_text = fields.Text(compute="_compute_sources", help="What was counted, per source.")
    sources_done = fields.Boolean(compute="_compute_sources")
    sources_note = fields.Char(compute="_compute_notes", help="Confirmed by whom, and when.")
    history_text = fields.Text(compute="_compute_history", help="What was learned.")
    history_done = fields.Boolean(compute="_compute_history")
    history_note = fields.Char(compute="_compute_history", help="When the past was read.")
    pass_waiting = fields.Boolean(compute="_compute_history", help="A pass is asked for.")
    pass_progress = fields.Integer(
        compute="_compute_history", help="Percentage of contacts gone through."
    )
    pass_problem = fields.Char(compute="_compute_history")
    stage_ids = fields.Many2many("cx.stage", string="Stages", compute="_compute_stages")
    customer_count = fields.Integer("Customers", compute="_compute_stages")
    stages_text = fields.Char(compute="_compute_stages", help="How many are in which stage.")
    reviewed_note = fields.Char(compute="_compute_notes", help="Looked at by whom, and when.")
    accepted_note = fields.Char(compute="_compute_notes", help="Accepted by whom, and when.")
    review_done = fields.Boolean(compute="_compute_missing")
    review_old = fields.Boolean(
        compute="_compute_missing", help="Stages were decided anew since somebody looked."
    )
    missing = fields.Text(
        compute="_compute_missing", help="What has to be done before the stages can be accepted."
    )

    # ---------------------------------------------------------------- sources
    @api.depends("sources_at")
    def _compute_sources(self):
        for first in self:
            sources = first._sources()
            first.sources_done = bool(first.sources_at and sources)
            first.sources_text = "\n".join(map(self._source_sentence, sources)) or self.env._(
                "Nothing counts as a purchase yet."
            )

    def _source_sentence(self, source):
        if not source.check_on:
            return self.env._("%s: not checked yet.", source.name)
        if not source.check_count:
            return self.env._("%s: there are none.", source.name)
        return self.env._(
            "%(documents)s: %(count)s, from %(first)s to %(last)s; %(orphans)s without a customer.",
            documents=source.name, count=self._number(source.check_count),
            first=self._day(source.check_first_on), last=self._day(source.check_last_on),
            orphans=self._number(source.check_orphans),
        )  # fmt: skip

    # ---------------------------------------------------------------- history
    @api.depends("company_id")
    def _compute_history(self):
        for first in self:
            policy = self.env["cx.policy"]._of(first.company_id)
            waiting, last = first._pass_going_on(), first._last_pass()
            first.pass_waiting = bool(waiting)
            first.pass_progress = 100 * waiting.progress // waiting.total if waiting.total else 0
            first.pass_problem = waiting.problem
            # the nights know everybody too, where there never was anything to go through
            first.history_done = not waiting and bool(last or policy.scanned_at)
            first.history_text = first.history_note = False
            if first.history_done:
                first.history_text = first._history_sentences(policy)
                first.history_note = self.env._(
                    "Read in the background on %s.",
                    self._moment(last.ended_at or policy.scanned_at),
                )

    def _history_sentences(self, policy):
        """What the company's own purchases say, or that they say too little."""
        bought = [("company_id", "=", self.company_id.id), ("purchase_count", ">", 0)]
        customers = self.env["cx.customer"].with_context(active_test=False).search_count(bought)
        if not (customers and policy.history_from):
            return self.env._(
                "Nobody has bought yet. Stages follow from the first purchases on; until there "
                "are enough of them, built-in values stand in for a rhythm of your own."
            )
        since = self.env._(
            "%(customers)s customers have bought since %(first)s, %(buyers)s of them on two days "
            "or more.",
            customers=self._number(customers), first=self._day(policy.history_from),
            buyers=self._number(policy.buyers),
        )  # fmt: skip
        if policy.learned_from == "company":
            learned = self.env._(
                "Your median interval is %(gap)s days, learned from %(silences)s silences.",
                gap=self._number(round(policy.median_gap)),
                silences=self._number(policy.fitted_silences),
            )
        else:
            learned = self.env._(
                "That is little to learn from: from %(enough)s on, the rhythm is your own. Until "
                "then built-in values lead, with a usual interval of %(gap)s days.",
                enough=ENOUGH_BUYERS, gap=self._number(round(policy.median_gap)),
            )  # fmt: skip
            return f"{since} {learned}"
        return f"{learned} {since}"

    # ----------------------------------------------------------------- stages
    @api.depends("company_id")
    def _compute_stages(self):
        stages = self.env["cx.stage"].search([], order="sequence, id", limit=6)
        for first in self:
            here = stages.with_company(first.company_id)
            first.stage_ids = stages
            first.customer_count = sum(here.mapped("customer_count"))
            shares = [
                self.env._(
                    "%(share)s %(stage)s",
                    share=self.env["cx.customer"]._percent(stage.customer_share),
                    stage=stage.name.lower(),
                )
                for stage in here.sorted("customer_count", reverse=True)
                if stage.customer_count
            ]
            first.stages_text = self.env._(
                "%(count)s customers: %(shares)s",
                count=self._number(first.customer_count), shares=", ".join(shares),
            ) if shares else self.env._("There are no customers yet.")  # fmt: skip

    # ------------------------------------------------------------- acceptance
    @api.depends("sources_at", "reviewed_at", "accepted_at")
    def _compute_missing(self):
        for first in self:
            ended = first._last_pass().ended_at
            looked = first.reviewed_at and (not ended or first.reviewed_at >= ended)
            first.review_done = bool(first.accepted_at or looked)
            first.review_old = bool(first.reviewed_at and not first.review_done)
            steps = (
                (first.sources_done, self.env._("Confirm what counts as a purchase (step 1).")),
                (first.history_done, self.env._("Wait until the history is read (step 2).")),
                (first.review_done, self.env._("Look at ten customers at random (step 3).")),
            )
            first.missing = "\n".join(text for done, text in steps if not done)

    # ------------------------------------------------------------------ words
    @api.depends("sources_at", "reviewed_at", "accepted_at")
    def _compute_notes(self):
        for first in self:
            first.sources_note = first.sources_at and self.env._(
                "Confirmed by %(who)s on %(when)s.",
                who=self._who(first.sources_user_id), when=self._moment(first.sources_at),
            )  # fmt: skip
            first.reviewed_note = first.reviewed_at and self.env._(
                "%(count)s customers looked at, last by %(who)s on %(when)s.",
                count=self._number(first.reviewed),
                who=self._who(first.reviewed_user_id), when=self._moment(first.reviewed_at),
            )  # fmt: skip
            first.accepted_note = first.accepted_at and self.env._(
                "Accepted by %(who)s on %(when)s.",
                who=self._who(first.accepted_user_id), when=self._moment(first.accepted_at),
            )  # fmt: skip

    def _who(self, user):
        return user.sudo().name or self.env._("somebody")  # sudo: a colleague's name, nothing else

    def _moment(self, moment):
        """A day that no month is taken for, and the time where the reader is."""
        return self.env._(
            "%(day)s at %(time)s",
            day=self._day(fields.Datetime.context_timestamp(self, moment).date()),
            time=format_time(self.env, moment, time_format="short"),
        )

    def _day(self, day):
        return format_date(self.env, day, date_format="medium")

    def _number(self, number):
        return formatLang(self.env, number, digits=0)
