"""How a campaign fares: the signs that somebody should look, in words; one query for a list."""

from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime, formatLang

from odoo.addons.cx_lifecycle.engine.proportion import interval

from .cx_campaign_step import MAILS

LEVELS = [("ok", "All well"), ("watch", "Look at it"), ("bad", "Does not work")]
LATE = 2  # hours after which what is due has waited too long
RECENT = 30  # days that count as now
BEFORE = 365  # days before those that they are compared with
REFUSED_SHARE = 0.02  # well below what pauses a campaign by itself
REFUSED_LEAST = 5
BLAME_DAYS = 30  # an opt-out is laid to the last mail before it, within so many days
LIVE = ("running", "paused")


class Sign(NamedTuple):
    """One thing that somebody should look at: watch or bad, and why."""

    level: str
    text: str


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    health = fields.Selection(
        LEVELS, compute="_compute_health", search="_search_health",
        groups="cx_lifecycle.group_marketer", help="Of campaigns that run or are paused.",
    )  # fmt: skip
    health_text = fields.Text(
        "Why", compute="_compute_health", groups="cx_lifecycle.group_marketer"
    )

    @api.depends("state", "problem")
    @api.depends_context("lang", "tz")
    def _compute_health(self):
        live = self.filtered(lambda campaign: campaign.state in LIVE)
        facts = live._health_facts()
        for campaign in self:
            signs = campaign._signs(facts[campaign.id]) if campaign.id in facts else []
            levels = {sign.level for sign in signs}
            # who pauses a campaign knows that it does nothing
            fine = "ok" if campaign.state == "running" else False
            campaign.health = next((level for level in ("bad", "watch") if level in levels), fine)
            campaign.health_text = "\n".join(sign.text for sign in signs)

    @api.model
    def _search_health(self, operator, value):
        if operator != "in":
            return NotImplemented
        live = self.search([("state", "in", LIVE)])
        found = live.filtered(lambda campaign: campaign.health in value)
        if False in value:
            return ["!", ("id", "in", live.filtered(lambda c: c.health not in value).ids)]
        return [("id", "in", found.ids)]

    # ------------------------------------------------------------------- facts
    def _health_facts(self):
        """``{campaign id: {fact: value}}``, those of ``_health_query`` by their names."""
        if not self.ids:
            return {}
        for model in ("cx.campaign.act", "cx.topic.optout", "mail.blacklist"):
            self.env[model].flush_model()
        self.env.cr.execute(self._health_query(fields.Datetime.now()))
        return {row["campaign_id"]: row for row in self.env.cr.dictfetchall()}

    def _health_query(self, now):
        recent = now - timedelta(days=RECENT)
        return SQL(
            """
            WITH counted AS (
                SELECT a.campaign_id, count(*) FILTER (WHERE %(late)s) AS late,
                       count(*) FILTER (WHERE %(late)s AND a.kind IN %(mails)s) AS late_mails,
                       min(a.due_at) FILTER (WHERE %(late)s) AS oldest,
                       count(*) FILTER (WHERE a.state = 'failed') AS failed,
                       count(*) FILTER (WHERE a.state = 'uncertain') AS uncertain,
                       count(*) FILTER (WHERE a.state = 'waiting' AND a.error <> ''
                                        AND a.not_before < %(limit)s) AS again,
                       count(*) FILTER (WHERE a.state = 'refused' AND a.done_at >= %(recent)s)
                       AS refused,
                       count(*) FILTER (WHERE a.state = 'done' AND a.kind IN %(mails)s
                                        AND a.done_at >= %(recent)s) AS sent,
                       count(*) FILTER (WHERE a.state = 'done' AND a.kind IN %(mails)s
                                        AND a.done_at >= %(before)s AND a.done_at < %(recent)s)
                       AS sent_before
                  FROM cx_campaign_act a WHERE a.campaign_id = ANY(%(ids)s) GROUP BY 1),
            optouts AS (
                SELECT campaign_id, count(DISTINCT email) FILTER (WHERE at >= %(recent)s) AS now,
                       count(DISTINCT email) FILTER (WHERE at < %(recent)s) AS before
                  FROM (%(blamed)s) AS blamed WHERE campaign_id = ANY(%(ids)s) GROUP BY 1)
            SELECT g.id AS campaign_id, late, late_mails, oldest, failed, uncertain, again, refused,
                   sent, sent_before, o.now AS optouts, o.before AS optouts_before, jobs.*
              FROM cx_campaign g LEFT JOIN counted ON counted.campaign_id = g.id
         LEFT JOIN optouts o ON o.campaign_id = g.id
             CROSS JOIN (%(jobs)s) AS jobs
             WHERE g.id = ANY(%(ids)s)
            """,
            late=SQL("a.state = 'waiting' AND a.due_at < %s", now - timedelta(hours=LATE)),
            limit=now - timedelta(hours=LATE),
            recent=recent,
            before=recent - timedelta(days=BEFORE),
            mails=MAILS,
            ids=self.ids,
            blamed=self._blamed(recent - timedelta(days=BEFORE)),
            jobs=self._jobs_query(),
        )

    @api.model
    def _blamed(self, since):
        """SELECT of email, at, campaign_id: who wanted no more, and after which campaign's mail."""
        return SQL(
            """
            SELECT said.email, said.at, last.campaign_id
              FROM (SELECT email, at, company_id FROM cx_topic_optout
                     WHERE at >= %(since)s AND source IN ('one_click', 'page')
                 UNION ALL
                    SELECT email, create_date, NULL FROM mail_blacklist
                     WHERE active AND create_date >= %(since)s) AS said
      CROSS JOIN LATERAL (
                SELECT a.campaign_id FROM cx_campaign_act a
                 WHERE a.email = said.email
                   AND a.state IN ('sending', 'done', 'uncertain', 'refused')
                   AND a.done_at <= said.at
                   AND a.done_at > said.at - %(days)s * interval '1 day'
                   AND a.company_id = coalesce(said.company_id, a.company_id)
              ORDER BY a.done_at DESC LIMIT 1) AS last
            """,
            since=since,
            days=BLAME_DAYS,
        )

    @api.model
    def _jobs_query(self):
        """SELECT of one row: whether the scheduled actions are switched on, and ran when."""
        xmlid = self.env["ir.model.data"]._xmlid_to_res_id
        deliver = [xmlid(f"cx_lifecycle_mail.cron_deliver_{number}") for number in range(1, 5)]
        main = xmlid("cx_lifecycle_mail.cron_campaigns")
        return SQL(
            """
            SELECT coalesce(bool_or(active) FILTER (WHERE id = %(main)s), false) AS main_on,
                   max(lastcall) FILTER (WHERE id = %(main)s) AS main_at,
                   coalesce(bool_or(active) FILTER (WHERE id = ANY(%(deliver)s)), false)
                   AS deliver_on,
                   max(lastcall) FILTER (WHERE id = ANY(%(deliver)s)) AS deliver_at
              FROM ir_cron WHERE id = %(main)s OR id = ANY(%(deliver)s)
            """,
            main=main,
            deliver=deliver,
        )

    # ------------------------------------------------------------------- signs
    def _signs(self, facts):
        """What somebody should look at, the gravest first."""
        number = lambda name: formatLang(self.env, facts[name] or 0, digits=0)  # noqa: E731
        signs = []
        if self.problem and self.state == "paused":
            signs.append(Sign("bad", self.problem))
        elif self.problem:
            signs.append(Sign("bad", self.env._(
                "The last look at who enters failed, and nobody entered: %s", self.problem
            )))  # fmt: skip
        if self.state == "running":
            signs += self._signs_of_machine(facts, number)
        if facts["again"]:
            signs.append(Sign("watch", self.env._(
                "%s have failed or were refused for now, and are tried again.", number("again")
            )))  # fmt: skip
        if facts["failed"]:
            signs.append(Sign("watch", self.env._(
                "%s failed for good. Open Errors: what is mended can be tried once more.",
                number("failed"),
            )))  # fmt: skip
        if facts["uncertain"]:
            signs.append(Sign("watch", self.env._(
                "%s are uncertain: decide under Errors whether they are sent again.",
                number("uncertain"),
            )))  # fmt: skip
        return [*signs, *self._signs_of_readers(facts)]

    def _signs_of_machine(self, facts, number):
        """What is due is not done, or nobody looks who enters."""
        job = "deliver" if facts["late_mails"] else "main"
        if facts["late"]:
            hours = (fields.Datetime.now() - facts["oldest"]).total_seconds() // 3600
            words = self.env._(
                "%(count)s messages and steps are due and not done, one for %(hours)s hours.",
                count=number("late"),
                hours=formatLang(self.env, hours, digits=0),
            )
            yield Sign("bad", f"{words} {self._job_words(job, facts)}")
        elif not facts["main_on"]:
            yield Sign("bad", self.env._("Nobody enters.") + " " + self._job_words("main", facts))
        elif not facts["deliver_on"]:
            words = self.env._("No mail leaves.")
            yield Sign("bad", f"{words} {self._job_words('deliver', facts)}")

    @api.model
    def _jobs_trouble(self):
        """Sentences on scheduled actions that are switched off, or have not run for hours."""
        self.env.cr.execute(self._jobs_query())
        [facts] = self.env.cr.dictfetchall()
        limit = fields.Datetime.now() - timedelta(hours=LATE)
        for job in ("main", "deliver"):
            last = facts[f"{job}_at"]
            if not facts[f"{job}_on"] or (last and last < limit):
                yield self._job_words(job, facts)

    @api.model
    def _job_words(self, job, facts):
        """Whether a scheduled action is switched on, and when it ran last."""
        name = {
            "main": self.env._("Campaigns: who enters, who leaves, what is due"),
            "deliver": self.env._("Campaigns: deliver mails"),
        }[job]
        if not facts[f"{job}_on"]:
            return self.env._(
                "The scheduled action “%s” is switched off; an administrator of Odoo switches it "
                "on.",
                name,
            )
        if not facts[f"{job}_at"]:
            return self.env._("The scheduled action “%s” has never run to its end.", name)
        at = format_datetime(self.env, facts[f"{job}_at"], dt_format="short")
        return self.env._("The scheduled action “%(name)s” last ran on %(at)s.", name=name, at=at)

    def _signs_of_readers(self, facts):
        """Addresses that are refused, people who want no more: only where it is no accident."""
        refused, sent = facts["refused"] or 0, facts["sent"] or 0
        percent = lambda share: formatLang(self.env, 100 * share, digits=1)  # noqa: E731
        low, _high = interval(refused, refused + sent)
        if refused >= REFUSED_LEAST and low > REFUSED_SHARE:
            yield Sign("watch", self.env._(
                "%(share)s %% of the mails of the last %(days)s days were refused: look at the "
                "addresses.",
                share=percent(refused / (refused + sent)), days=RECENT,
            ))  # fmt: skip
        optouts, before = facts["optouts"] or 0, facts["optouts_before"] or 0
        mails, mails_before = sent, facts["sent_before"] or 0
        low = interval(min(optouts, mails), mails)[0]
        high = interval(min(before, mails_before), mails_before)[1]
        if low > high:
            yield Sign("watch", self.env._(
                "More people than before want no more: %(now)s %% of the mails of the last "
                "%(days)s days, %(before)s %% before.",
                now=percent(optouts / mails), before=percent(before / mails_before), days=RECENT,
            ))  # fmt: skip
