from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from odoo.addons.cx_lifecycle.models.locking import lock


class CxCampaignPublish(models.TransientModel):
    """Publish a draft of changes: what changes, what is missing, and what about those inside."""

    _name = "cx.campaign.publish"
    _description = "Publish Changes of a Campaign"
    _inherit = ["cx.campaign.findings"]

    campaign_id = fields.Many2one("cx.campaign", required=True, readonly=True, ondelete="cascade")
    draft_id = fields.Many2one("cx.campaign", readonly=True, ondelete="set null")
    number = fields.Integer(readonly=True, help="The version that was in force then.")
    difference = fields.Html("Changes", compute="_compute_difference", sanitize=False)
    takes_over = fields.Text(compute="_compute_takes_over", help="Whose rights count from then on.")
    line_ids = fields.One2many("cx.campaign.finding", "publish_id", "To Look At", readonly=True)
    inside = fields.Integer("Under Way", compute="_compute_people", help="Held out ones included.")
    people = fields.Selection(
        [
            ("finish", "They finish what they began, with the steps and texts of before"),
            ("move", "They leave what waits for them, and go on with a step of this version"),
        ],
        "Who Is Inside", default="finish", required=True,
    )  # fmt: skip
    step_id = fields.Many2one(
        "cx.campaign.step", "Go On With", ondelete="set null",
        domain="[('campaign_id', '=', draft_id)]",
    )  # fmt: skip
    plan = fields.Text("What Will Happen", compute="_compute_people")
    note = fields.Text("Why", help="For those who read the versions later.")

    @api.model
    def _begin(self, draft):
        """The dialog for a draft, with what stands against it at this moment."""
        _audience, found = self._examine(draft)
        original = draft.draft_of_id
        # sudo: only made with these findings, here
        dialog = self.sudo().create(
            {
                "campaign_id": original.id,
                "draft_id": draft.id,
                "number": original.version_number,
                **found,
            }
        )
        return dialog.with_env(self.env)

    @api.depends("campaign_id", "draft_id")
    @api.depends_context("lang")
    def _compute_difference(self):
        for wizard in self:
            campaign, draft = wizard.campaign_id, wizard.draft_id
            # what they say is read as superuser below
            (campaign | draft).check_access("read")
            wizard.difference = bool(draft) and campaign._changes_table(
                campaign._definition(), draft._definition()
            )

    @api.depends("campaign_id")
    @api.depends_context("lang", "uid")
    def _compute_takes_over(self):
        for wizard in self:
            author = wizard.campaign_id.user_id.sudo()  # sudo: a name, maybe of somebody gone
            wizard.takes_over = author != self.env.user and self.env._(
                "Conditions are looked at, and steps done, with your rights from then on, and no "
                "longer with those of %s.",
                author.name,
            )

    @api.depends("people", "step_id")
    @api.depends_context("lang")
    def _compute_people(self):
        for wizard in self:
            moving = wizard.people == "move" and wizard.step_id
            wizard.campaign_id.check_access("read")
            # sudo: how many there are, whoever publishes
            counts = wizard.campaign_id.sudo()._inside((moving and moving._key()) or None)
            wizard.inside = counts["treated"] + counts["held_out"]
            wizard.plan = "\n".join(wizard._sentences(counts)) if wizard.inside else False

    def _sentences(self, counts):
        number = lambda name: formatLang(self.env, counts[name], digits=0)  # noqa: E731
        if self.people == "finish":
            yield self.env._(
                "Go on as they began: %(treated)s. Messages and activities that wait for them: "
                "%(waiting)s.",
                treated=number("treated"), waiting=number("waiting"),
            )  # fmt: skip
        elif self.step_id:
            yield self.env._(
                "Go on with “%(step)s”, %(when)s, counted from now: %(moving)s.",
                moving=number("moving"), step=self.step_id.name,
                when=self.step_id.when_text or "",
            )  # fmt: skip
            yield self.env._(
                "Messages and activities that are dropped, with the reason: %s. Activities that "
                "salespeople have already stay.",
                number("dropped"),
            )
            if stay := counts["treated"] - counts["moving"]:
                yield self.env._(
                    "Were done this step before, and finish what they began: %s.",
                    formatLang(self.env, stay, digits=0),
                )
        if counts["held_out"]:
            yield self.env._("Held out, nothing is done for them: %s.", number("held_out"))
        yield self.env._("Nobody who finished or was stopped comes back.")

    def action_show(self):
        """List who is under way."""
        self.ensure_one()
        action = self.campaign_id.action_participants()
        return action | {"domain": [*action["domain"], ("state", "=", "running")]}

    def action_publish(self):
        """Publish what was looked at, unless something blocks or was changed meanwhile."""
        self.ensure_one()
        campaign, draft = self.campaign_id, self.draft_id
        campaign._check_marketer()
        # whoever is second waits for nothing: the first one's version is in force
        lock(campaign, allow_referencing=True)
        campaign.invalidate_recordset()
        self._check_as_seen(campaign, draft)
        step = self.step_id if self.people == "move" else self.step_id.browse()
        if self.people == "move" and (not step or step.campaign_id != draft):
            raise UserError(self.env._("Go On With: choose a step of this version."))
        # sudo: whoever publishes answers for it, see ``action_publish`` of the draft
        draft.sudo().user_id = self.env.uid
        self._refuse_blocked(draft)
        table = self.difference
        version = campaign._publish(draft, self.note)
        # sudo: participants are written by the machine
        moved = campaign.sudo()._move_to(step.sudo()) if step else 0  # sudo: as above
        campaign._tell_published(version, table, step, moved)
        return campaign._open()

    def _check_as_seen(self, campaign, draft):
        known = draft.exists() and draft.draft_of_id == campaign
        if not known or campaign.version_number != self.number:
            raise UserError(
                self.env._(
                    "Somebody has published or discarded changes of %(campaign)s since you opened "
                    "this dialog: version %(number)s is in force. Nothing was published.",
                    campaign=campaign.name, number=campaign.version_number,
                )
            )  # fmt: skip
        campaign._check_alive()
        if self._edition(draft) != self.edition:
            raise UserError(
                self.env._(
                    "The draft of %s was changed since you opened this dialog. Nothing was "
                    "published: close it, look at the draft again, and publish it then.",
                    campaign.name,
                )
            )
