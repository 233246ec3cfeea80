"""The audience on the screen: who would enter, who not and why, each number with its list."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import formatLang

# a count made before any of these changed says nothing
COUNTED = {
    "entry", "stage_id", "from_stage_ids", "stage_days", "quiet_by", "quiet_days", "date_field_id",
    "date_days", "domain", "members", "cooldown_days", "exclusive", "topic_id", "company_id",
    "stop_hold", "stop_lost", "stop_deal", "holdout_share",
}  # fmt: skip
TOTALS = ("audience", "enter")
ENTERING = (*TOTALS, "held_out", "treated")


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    audience = fields.Json(readonly=True, copy=False, help="Who would enter, as last counted.")
    audience_at = fields.Datetime("Counted", readonly=True, copy=False)
    audience_text = fields.Html(
        "Audience Now", compute="_compute_audience_text", sanitize=False,
        help="Who would enter, and who not, with the first reason that applies to each.",
    )  # fmt: skip
    last_entry_text = fields.Html(
        "Last Entries", compute="_compute_last_entry_text", sanitize=False
    )

    def write(self, vals):
        if COUNTED & set(vals):
            vals = {"audience": False, "audience_at": False, **vals}
        return super().write(vals)

    @api.depends("audience")
    @api.depends_context("lang")
    def _compute_audience_text(self):
        for campaign in self:
            campaign.audience_text = campaign._audience_table(campaign.audience)

    @api.depends("last_entry")
    @api.depends_context("lang")
    def _compute_last_entry_text(self):
        for campaign in self:
            campaign.last_entry_text = campaign._audience_table(campaign.last_entry, done=True)

    @api.model
    def _audience_label(self, code):
        """What a line of the audience says: a number of people, or why they do not enter."""
        return {
            "audience": self.env._("Audience"),
            "enter": self.env._("Will enter"),
            "entered": self.env._("Entered"),
            "held_out": self.env._("of them held out, to compare with"),
            "treated": self.env._("of them treated"),
        }.get(code) or dict(
            self.env["cx.campaign.act"]._fields["reason"]._description_selection(self.env)
        ).get(code, code)

    @api.model
    def _audience_lines(self, figures):
        """[(code, number)] of what ``_audience()`` or ``_enter()`` answered, as they add up."""
        lines = [("audience", figures["audience"]), *figures["excluded"].items()]
        lines.append(("enter", figures["enter"]))
        if figures["held_out"]:
            lines.append(("held_out", figures["held_out"]))
            lines.append(("treated", figures["enter"] - figures["held_out"]))
        return lines

    @api.model
    def _audience_table(self, figures, done=False):
        """The same lines as a table for the eye; False when nothing was counted.

        :param done: they have entered, and not only would
        """
        if not figures:
            return False
        rows = Markup("").join(
            Markup('<tr class="%s"><td class="pe-4">%s</td><td class="text-end">%s%s</td></tr>')
            % (
                "fw-bold border-top" if code in TOTALS else "",
                self._audience_label("entered" if done and code == "enter" else code),
                "" if code in ENTERING else "−",
                formatLang(self.env, number, digits=0),
            )
            for code, number in self._audience_lines(figures)
        )
        return Markup("<table><tbody>%s</tbody></table>") % rows

    # ---------------------------------------------------------------- counting
    def _members_shown(self):
        """Whom a count looks at: of a draft, those there now in any case."""
        future = self.state == "draft" and self.members == "future"
        return "both" if future else self.members

    def action_count(self):
        """Count who would enter now, and keep the answer for everybody to read."""
        self.ensure_one()
        self.check_access("write")
        figures = self._audience(self._members_shown())
        self.write({"audience": figures, "audience_at": fields.Datetime.now()})

    def action_audience(self):
        """Count again, and list the numbers: each opens the customers it counts."""
        self.action_count()
        lines = self.env["cx.campaign.audience.line"]._begin(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Audience of %s", self.name),
            "res_model": lines._name,
            "views": [(False, "list")],
            "domain": [("id", "in", lines.ids)],
        }
