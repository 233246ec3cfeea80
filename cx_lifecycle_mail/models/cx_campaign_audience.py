"""The audience on the screen: who would enter, who not and why, each number with its list."""

from markupsafe import Markup
from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, formatLang

from odoo.addons.cx_lifecycle.models import cx_policy_domain as domains

# a count made before any of these changed says nothing
COUNTED = {
    "entry", "stage_id", "from_stage_ids", "stage_days", "quiet_by", "quiet_days", "date_field_id",
    "date_days", "warning_kind_ids", "domain", "members", "cooldown_days", "exclusive", "topic_id",
    "legal_basis",
    "company_id", "stop_hold", "stop_lost", "stop_deal", "holdout_share", "sample_share",
    "touchpoint_interaction_ids", "touchpoint_channel_ids", "touchpoint_days",
}  # fmt: skip
TOTALS = ("audience", "enter")
ENTERING = (*TOTALS, "held_out", "treated")


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    audience = fields.Json(readonly=True, copy=False, help="Who would enter, as last counted.")
    audience_at = fields.Datetime("Counted", readonly=True, copy=False)
    last_entry_text = fields.Html(
        "Last Entries", compute="_compute_last_entry_text", sanitize=False
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # nor by a default, of the context or of the user
            vals_list = [{"audience": False, "audience_at": False, **vals} for vals in vals_list]
        return super().create(vals_list)

    def _check_machine(self, vals):
        """What was counted is no value either: forecasts begin with it."""
        done = super()._check_machine(vals)
        if not self.env.su and (vals.get("audience") or vals.get("audience_at")):
            raise AccessError(self.env._("Audience: press Count instead."))
        return done

    def write(self, vals):
        if COUNTED & set(vals):
            vals = {"audience": False, "audience_at": False, **vals}
        return super().write(vals)

    @api.depends("last_entry")
    @api.depends_context("lang")
    def _compute_last_entry_text(self):
        for campaign in self:
            campaign.last_entry_text = campaign._audience_table(campaign.last_entry)

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
    def _audience_table(self, figures):
        """Who entered at a look, and who did not, as a table; False when there was none."""
        if not figures:
            return False
        rows = Markup("").join(
            Markup('<tr class="%s"><td class="pe-4">%s</td><td class="text-end">%s%s</td></tr>')
            % (
                "fw-bold border-top" if code in TOTALS else "",
                self._audience_label("entered" if code == "enter" else code),
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

    def audience_now(self, changes):
        """Who would enter if a form were saved, by the rights of who looks on.

        Only a count of what is saved already, the first since it was changed, is kept.

        :param dict changes: what the form holds and has not saved, as saving would write it
        :return: ``{"lines": [{"code", "label", "count"}]}``, as they add up: codes of ``ENTERING``
            enter, those of ``TOTALS`` are sums, others are reasons why somebody does not; or
            ``{"problem": text}``, for people
        :raise AccessError: the user is no marketer, or may not read the campaign
        """
        self.ensure_one()
        if not self.env.user.has_group("cx_lifecycle.group_marketer"):
            raise AccessError(self.env._("Audience: only marketers see who is in it."))
        self.check_access("read")
        values = {name: changes[name] for name in COUNTED if name in changes}
        draft = self.new({**values, "user_id": self.env.uid}, origin=self) if values else self
        try:
            with self.env.cr.savepoint():
                if values:
                    if not draft.company_id:
                        raise UserError(self.env._("Company: choose whose customers take part."))
                    draft._check_entry()
                    draft._check_touchpoint()
                    domains.check(draft, "domain", "res.partner")
                figures = draft._audience(draft._members_shown())
        except UserError as error:
            return {"problem": str(error)}
        if not values and not self.audience_at and self.has_access("write"):
            self._keep_audience(figures)
        return {
            "lines": [
                {"code": code, "label": self._audience_label(code), "count": count}
                for code, count in self._audience_lines(figures)
            ]
        }

    def _keep_audience(self, figures):
        """Keep a count. The campaign was not changed by it: a dialog that is open stays right."""
        self.env.cr.execute(
            SQL(
                "UPDATE cx_campaign SET audience = %s, audience_at = %s WHERE id = %s",
                Json(figures), fields.Datetime.now(), self.id,
            )
        )  # fmt: skip
        self.invalidate_recordset(["audience", "audience_at"])

    def action_audience_line(self, code):
        """List the customers behind one number of the audience."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle.action_customers")
        label = self._audience_label(code)
        place = f"{self.id} {self._members_shown()} {code}"
        return action | {
            "name": label,
            "display_name": label,
            "domain": [("campaign_audience", "=", place)],
            "context": {},
            "views": [(False, "list"), (False, "kanban"), (False, "pivot"), (False, "graph")],
        }
