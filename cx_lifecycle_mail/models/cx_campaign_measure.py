"""What is looked at before a launch about its size: will anything be known, is it meant so?"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ..engine.power import participants
from .cx_campaign import LONGEST
from .cx_campaign_step import MAILS

GAIN = 0.05  # five buyers more in a hundred: smaller ones take longer to be seen
PATIENCE = 12  # months within which a campaign should tell what it brings
YEAR = 365
LAUNCHES = 3  # so many earlier ones make "usual"
UNUSUAL = 3  # times the usual
DAYS = {"minutes": 1 / 1440, "hours": 1 / 24, "days": 1, "weeks": 7}


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    holdout_text = fields.Char(
        compute="_compute_holdout_text",
        help="How long it takes until a gain of five buyers in a hundred can be told from chance "
        "(95 % sure, seen in four of five cases), as many as entered this stage, and bought by "
        "themselves, in the last twelve months.",
    )

    @api.depends("holdout_share", "entry", "stage_id", "from_stage_ids", "max_days", "company_id")
    @api.depends_context("lang")
    def _compute_holdout_text(self):
        for campaign in self:
            months = campaign._months_to_tell()
            campaign.holdout_text = months and self.env._(
                "A gain of five buyers in a hundred shows after about %s months.",
                formatLang(self.env, months, digits=0),
            )

    def _months_to_tell(self):
        """Months until the hold-out group tells a gain from chance; None where it is unknown."""
        if needed := self._needed_participants():
            number, a_year = needed
            return max(round(number / (a_year / 12)), 1)
        return None

    def _needed_participants(self):
        """Participants until the hold-out group tells a gain from chance, and how many a year has.

        :return: None where it is unknown
        """
        share = max(self.holdout_share, self.company_id.cx_holdout_share)
        if not 0 < share < 1 or self.entry not in ("becomes", "in_stage") or not self.stage_id:
            return None
        if not 1 <= self.max_days <= LONGEST:
            return None  # as it is being typed: it cannot be saved
        stays, bought = self._past_stays()
        if bought == stays:
            return None  # nobody was there, or everybody buys anyway
        return participants(share, bought / stays, GAIN), stays

    def _past_stays(self):
        """Stays of twelve months in the stage, and those that ended by a purchase in time.

        In time: within the longest duration of the campaign. The months are those before it.
        """
        stages = self.env["cx.stage"]._ids_by_code()
        until = self.env["cx.customer"]._today(self.company_id) - timedelta(days=self.max_days)
        came_from = SQL("true")
        if self.from_stage_ids:
            came_from = SQL("e.previous_stage_id = ANY(%s)", self.from_stage_ids.ids)
        self.env["cx.episode"].flush_model()
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT count(*), count(*) FILTER (WHERE e.left_on <= e.entered_on + %(days)s
                       AND EXISTS (SELECT FROM cx_episode n
                                    WHERE n.customer_id = e.customer_id
                                      AND n.entered_on = e.left_on
                                      AND n.stage_id = ANY(%(buyers)s)))
                  FROM cx_episode e
                 WHERE e.company_id = %(company)s AND e.stage_id = %(stage)s AND %(came_from)s
                   AND e.entered_on > %(until)s - %(year)s AND e.entered_on <= %(until)s
                """,
                days=self.max_days,
                buyers=[stages["new"], stages["active"]],
                company=self.company_id.id,
                stage=self.stage_id.id,
                came_from=came_from,
                until=until,
                year=YEAR,
            )
        )
        return row

    # ------------------------------------------------------------------ checks
    def _check_held_out(self):
        """A finding where too few are held out to know anything soon."""
        months = self._months_to_tell()
        if months and months > PATIENCE:
            yield self._finding(
                "ask", "holdout_share",
                self.env._(
                    "So few are held out that a gain of five buyers in a hundred shows after about "
                    "%s months only. Hold out more, or do without the proof.", months,
                ),
            )  # fmt: skip

    def _check_usual(self, audience):
        """A finding where many more enter at once than usual.

        :param audience: what ``_audience()`` answered
        """
        usual = self._usual_launch()
        if usual and audience["enter"] > UNUSUAL * usual:
            yield self._finding(
                "ask", "domain",
                self.env._(
                    "%(enter)s customers would enter at once; at other launches it was %(usual)s. "
                    "Is it meant so?",
                    enter=formatLang(self.env, audience["enter"], digits=0),
                    usual=formatLang(self.env, usual, digits=0),
                ),
            )  # fmt: skip

    def _usual_launch(self):
        """How many entered on the day of their launch in the campaigns before, in the middle.

        :return: None when there were too few of them
        """
        self.env["cx.campaign.run"].flush_model()
        [(number, middle)] = self.env.execute_query(
            SQL(
                "SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY entered) FROM ("
                " SELECT count(*) AS entered FROM cx_campaign g"
                " JOIN cx_campaign_run r ON r.campaign_id = g.id"
                " AND r.entered_at < g.launched_at + interval '1 day'"
                " WHERE g.company_id = %s AND g.id <> %s GROUP BY g.id) AS launches",
                self.company_id.id,
                self._known_as().id or 0,
            )
        )
        return middle if number >= LAUNCHES else None

    def _check_pressure(self):
        """Findings about steps that nothing limits, or that come too late to be done."""
        company = self.company_id
        writes = any(step.kind in MAILS for step in self.step_ids)
        if writes and not company.cx_mail_cap and not self._is_service():
            yield self._finding(
                "ask", "step_ids",
                self.env._(
                    "Nothing limits how many messages a customer gets. Set a cap in the settings."
                ),
            )  # fmt: skip
        for step, days in self._earliest_days().items():
            if days > self.max_days:
                yield self._finding(
                    "ask", "delay",
                    self.env._(
                        "It begins %(days)s days after the entry at the earliest, but a "
                        "participation ends after %(most)s. Shorten the delays, or let it last "
                        "longer.",
                        days=round(days), most=self.max_days,
                    ),
                    step,
                )  # fmt: skip

    def _earliest_days(self):
        """Days from the entry until each step begins at the earliest, by the delays alone."""
        days = {}

        def begins(step):
            if step not in days:
                before = begins(step.parent_id) if step.parent_id else 0
                if step.trigger == "activity_overdue":
                    before += step.parent_id.activity_days + 1
                days[step] = before + (step.delay or 0) * DAYS[step.delay_unit]
            return days[step]

        for step in self.step_ids:
            begins(step)
        return days
