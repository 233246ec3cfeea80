from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, format_datetime, formatLang

from odoo.addons.cx_lifecycle.models.notice import CLOSE, notice

from ..models.cx_campaign_resume import CHOICES, DROPPED

CHANGES = [("pause", "Pause"), ("resume", "Resume"), ("finish", "Finish")]


class CxCampaignChange(models.TransientModel):
    """Ask before a campaign is paused, resumed or finished, with the number concerned."""

    _name = "cx.campaign.change"
    _description = "Pause, Resume or Finish a Campaign"

    campaign_id = fields.Many2one("cx.campaign", required=True, readonly=True, ondelete="cascade")
    change = fields.Selection(CHANGES, required=True, readonly=True)
    choice = fields.Selection(CHOICES, "What Waited", default="now", required=True)
    waiting = fields.Integer(compute="_compute_numbers", help="Messages and activities not done.")
    running = fields.Integer(compute="_compute_numbers", help="Participants under way.")
    text = fields.Text(compute="_compute_numbers")
    preview = fields.Html(
        compute="_compute_preview", sanitize=False, help="What would happen on which day."
    )

    @api.depends("campaign_id", "change")
    @api.depends_context("lang")
    def _compute_numbers(self):
        runs = self.env["cx.campaign.run"]
        for wizard in self:
            campaign = wizard.campaign_id
            wizard.waiting = campaign.waiting_count
            wizard.running = runs.search_count(
                [("campaign_id", "=", campaign.id), ("state", "=", "running")]
            )
            wizard.text = wizard._sentence()

    @api.depends("campaign_id", "change", "choice")
    @api.depends_context("lang")
    def _compute_preview(self):
        for wizard in self:
            wizard.campaign_id.check_access("read")
            resumes = wizard.change == "resume" and wizard.choice
            wizard.preview = resumes and wizard._preview(
                wizard.campaign_id._resume_figures(wizard.choice)
            )

    # ------------------------------------------------------------------- words
    def _number(self, number):
        return formatLang(self.env, number, digits=0)

    def _sentence(self):
        numbers = {"waiting": self._number(self.waiting), "running": self._number(self.running)}
        if self.change == "pause":
            return self.env._(
                "%(running)s participants are under way, %(waiting)s messages and activities wait. "
                "Nothing is done and nobody enters until you resume, and then you choose what "
                "becomes of what waited.",
                **numbers,
            )
        if self.change == "resume":
            return " ".join(
                filter(
                    None,
                    [
                        self._since(),
                        self.env._(
                            "%(running)s participants are under way, %(waiting)s messages and "
                            "activities wait.",
                            **numbers,
                        ),
                    ],
                )
            )
        return self.env._(
            "%(running)s participants are under way, %(waiting)s messages and activities wait. "
            "All of them are stopped for good: a finished campaign does not begin again.",
            **numbers,
        )

    def _since(self):
        since = self.campaign_id.paused_at
        at = since and format_datetime(self.env, since, dt_format="short")
        return at and self.env._("Paused since %s.", at)

    def _preview(self, figures):
        """The figures of a choice as a headline, a table of days, and what is dropped."""
        today, *days = figures["days"].items()
        mails, others = today[1]["mails"], today[1]["others"]
        headline = (
            self.env._("%s mails would leave today.", self._number(mails))
            if mails
            else self.env._("No mail would leave today.")
        )
        lines = [Markup('<p class="fw-bold mb-1">%s</p>') % headline]
        if others:
            lines.append(
                self._line(self.env._("%s other steps would be done today.", self._number(others)))
            )
        lines += [self._line(words) for words in self._besides(figures)]
        lines.append(self._days_table([today, *days], figures["later"]))
        return Markup("").join(lines)

    def _line(self, words):
        return Markup('<p class="mb-1">%s</p>') % words

    def _besides(self, figures):
        """Sentences on what the table does not show."""
        if entering := self._entering():
            yield self.env._(
                "Besides, %s customers enter whose cause arose meanwhile; their first steps come "
                "as their delays say.",
                self._number(entering),
            )
        if count := figures["dated"]:
            yield self.env._(
                "%s wait for a date of the customer, which does not move: it is looked up at once.",
                self._number(count),
            )
        told = {
            "missed": self.env._("%s are skipped: their time is past."),
            "expired": self.env._("%s are dropped: they are not valid any more."),
            "over": self.env._(
                "%s are dropped: their participation, or the campaign, ends before they are due."
            ),
        }
        for reason in DROPPED:
            if figures[reason]:
                yield told[reason] % self._number(figures[reason])

    def _entering(self):
        """How many would enter at once; None where that cannot be told here."""
        try:
            return self.campaign_id._audience()["enter"]
        except (AccessError, UserError):
            return None  # the campaign says it itself, at the first look

    def _days_table(self, days, later):
        """Of each day on which something happens: mails, other steps."""
        today = self.env._("Today")
        rows = [
            (format_date(self.env, day, date_format="EEE d MMM") if place else today, of)
            for place, (day, of) in enumerate(days)
            if any(of.values())
        ]
        if any(later.values()):
            rows.append((self.env._("Later"), later))
        if not rows:
            return ""
        cell = Markup('<td class="text-end ps-4">%s</td>')
        head = Markup(
            '<thead><tr><th>%s</th><th class="text-end ps-4">%s</th>'
            '<th class="text-end ps-4">%s</th></tr></thead>'
        ) % (self.env._("Day"), self.env._("Mails"), self.env._("Other Steps"))
        body = Markup("").join(
            Markup("<tr><td>%s</td>%s%s</tr>")
            % (label, cell % self._number(of["mails"]), cell % self._number(of["others"]))
            for label, of in rows
        )
        return Markup('<table class="mt-2">%s<tbody>%s</tbody></table>') % (head, body)

    # ----------------------------------------------------------------- actions
    def action_show(self):
        """List what waits."""
        return self.campaign_id.action_acts("waiting")

    def action_apply(self):
        """Do what was asked about."""
        self.ensure_one()
        self.campaign_id.check_access("write")
        if self.change == "resume":
            return self._tell(self.campaign_id._resume(self.choice))
        if self.change == "pause":
            self.campaign_id.action_pause()
        else:
            self.campaign_id.action_finish()
        return {"type": "ir.actions.act_window_close"}

    def _tell(self, figures):
        """What was done, counted again when it was."""
        today = next(iter(figures["days"].values()))
        return notice(
            self.env._(
                "Resumed. Today: %(mails)s mails and %(others)s other steps, as hours and caps "
                "allow. Dropped: %(dropped)s.",
                mails=self._number(today["mails"]),
                others=self._number(today["others"]),
                dropped=self._number(sum(figures[reason] for reason in DROPPED)),
            ),
            CLOSE,
        )
