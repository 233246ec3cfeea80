"""The draft in which a launched campaign is changed, and its publication as the next version."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .cx_campaign_freeze import DEFINED, ONCE


class CxCampaign(models.Model):
    _inherit = "cx.campaign"

    draft_of_id = fields.Many2one(
        "cx.campaign", readonly=True, copy=False, index="btree_not_null",
        ondelete="cascade", help="The launched campaign that this draft changes once published.",
    )  # fmt: skip
    draft_ids = fields.One2many("cx.campaign", "draft_of_id", context={"active_test": False})
    draft_id = fields.Many2one("cx.campaign", "Draft of Changes", compute="_compute_draft_id")

    _draft_unique = models.UniqueIndex(
        "(draft_of_id) WHERE draft_of_id IS NOT NULL",
        "Somebody has begun to change this campaign: open the draft there is.",
    )

    @api.depends("draft_ids")
    def _compute_draft_id(self):
        for campaign in self:
            campaign.draft_id = campaign.draft_ids[:1]

    def _known_as(self):
        """The campaign in which people take part: of a draft of changes, the launched one."""
        self.ensure_one()
        return (self.draft_of_id or self)._origin

    # ------------------------------------------------------------- the buttons
    def action_edit(self):
        """Open the draft of changes, made now if there is none."""
        self.ensure_one()
        self._check_marketer()
        self._check_alive()
        return (self.draft_id or self._begin_draft())._open()

    def action_open_original(self):
        """Open the campaign that this draft changes."""
        self.ensure_one()
        return self.draft_of_id._open()

    def action_publish(self):
        """Open the dialog that says what changes, for whom, and publishes."""
        self.ensure_one()
        self._check_marketer()
        self._check_draft()
        self.draft_of_id._check_alive()
        # sudo: whoever publishes answers for it, and is looked upon as the author from here on
        self.sudo().user_id = self.env.uid
        wizard = self.env["cx.campaign.publish"]._begin(self)
        return self._dialog(wizard._name, self.env._("Publish %s", self.name), wizard.id)

    def action_discard(self):
        """Throw the draft away: the campaign stays as it is."""
        self.ensure_one()
        self._check_marketer()
        self._check_draft()
        original = self.draft_of_id
        self._discard()
        return original._open()

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "cx.campaign",
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "main",
        }

    def _check_draft(self):
        if not self.draft_of_id:
            raise UserError(self.env._("%s is no draft of changes.", self.name))

    def _check_alive(self):
        """Changes are for campaigns that do something: others are edited, or duplicated."""
        if self.state == "draft":
            raise UserError(self.env._("%s was not launched yet: edit it as it is.", self.name))
        if self.state == "finished":
            raise UserError(
                self.env._(
                    "%s is finished, and stays as it was. Duplicate it to begin another one.",
                    self.name,
                )
            )

    # --------------------------------------------------------------- the draft
    def _begin_draft(self):
        """A draft that says what the campaign says now."""
        if not self.version_number:  # launched before there were versions
            self._freeze()
        # sudo: what belongs to whom is written by the machine
        draft = self.sudo().copy(
            {
                "draft_of_id": self.id,
                "user_id": self.env.uid,
                "end_on": self.end_on,
                "utm_campaign_id": self.utm_campaign_id.id,
            }
        )
        return draft.with_env(self.env)

    def _discard(self):
        # sudo: a draft is nobody's alone, and its contents were never sent
        draft = self.sudo().with_context(active_test=False)
        steps = draft.env["cx.campaign.step"].search([("campaign_id", "=", draft.id)])
        steps.mailing_ids.unlink()
        while steps:  # what follows another one goes first
            last = steps - steps.parent_id
            steps -= last
            last.unlink()
        draft.unlink()

    def _publish(self, draft, note=False):
        """Put a draft in force as the next version of this campaign, by whoever acts.

        Who takes part goes on with the steps of before; see ``_move_to`` for those who shall not.

        :return: the version
        """
        self.ensure_one()
        # sudo: see MACHINE; that the writer may is checked by the dialog
        campaign, draft = self.sudo(), draft.sudo()
        steps = campaign.env["cx.campaign.step"].with_context(active_test=False)
        former = steps.search([("campaign_id", "=", campaign.id), ("past", "=", False)])
        former.last_version = campaign.version_number
        coming = steps.search([("campaign_id", "=", draft.id), ("active", "=", True)])
        coming.write(
            {"campaign_id": campaign.id, "version_number": campaign.version_number + 1}
        )  # fmt: skip
        coming.mailing_ids.user_id = self.env.uid
        # what it is for was decided there, and is not worked out anew
        kept = {"purpose": campaign.purpose, "user_id": self.env.uid, "problem": False}
        campaign.write({**draft._authored_values(), **kept})
        self.env.flush_all()
        self.env.invalidate_all()
        draft._discard()
        version = campaign._freeze(note)
        campaign._wake()
        return version

    def _authored_values(self):
        """What a draft says of the campaign itself, as values to be written."""
        values = {}
        for name in set(DEFINED) - ONCE:
            field, value = self._fields[name], self[name]
            many = field.type == "many2many"
            values[name] = [Command.set(value.ids)] if many else field.convert_to_write(value, self)
        return values

    def _tell_published(self, version, table, step, moved):
        """A note on what was published, by whom, and what became of those inside."""
        words = [self.env._("Version %s published.", version.number)]
        if version.note:
            words.append(version.note)
        if step:
            words.append(self.env._("Moved to “%(step)s”: %(moved)s.", moved=moved, step=step.name))
        else:
            words.append(self.env._("Who was inside finishes the version before."))
        lines = Markup("").join(Markup("<p>%s</p>") % word for word in words)
        self.message_post(body=lines + (table or Markup("")))
