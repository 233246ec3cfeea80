"""How versions come about and follow each other: drafts, publishing, restoring."""

from odoo import fields, models


class CxPolicy(models.Model):
    _inherit = "cx.policy"

    def _promote(self):
        """Put this version in the place of the published one, with what the nights know."""
        self.ensure_one()
        now = fields.Datetime.now()
        # sudo: which version is in force is written by nothing else
        policies = self.sudo()
        old = policies.search(
            [("company_id", "=", self.company_id.id), ("state", "=", "published")]
        )
        known = {
            name: old[name]
            for name in (
                "history_from",
                "scanned_at",
                "last_partner_id",
                "ranges_at",
                "ranges_began_at",
                "ranges_partner_id",
            )
        }
        old.write({"state": "retired", "retired_at": now})
        old.flush_recordset()
        policies.write({"state": "published", "published_at": now, **(known if old else {})})
        # whatever else was to be published tonight was made for the version that is retired now
        policies.search([("company_id", "=", self.company_id.id), ("tonight", "=", True)]).write(
            {"tonight": False}
        )
        self.flush_recordset()
        return old

    def _publish(self, announce=None):
        """Put this draft in force and look at everybody again, in the background.

        :param announce: let the moves set off what follows a change of stage
        """
        self.ensure_one()
        announce = self.announce if announce is None else announce
        old = self._promote()
        recount = old.clock_key != self.clock_key
        self.pending_moves = "announced" if announce else "silent"
        self.message_post(body=self.env._("Published in place of version %s.", old.version))
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return self.env["cx.run"]._request("evaluate", self.company_id, recount=recount)

    def action_publish(self):
        """Open the dialog that says what would change, and publishes."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["cx.publish"]._begin(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Publish %s", self.display_name),
            "res_model": "cx.publish",
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_withdraw(self):
        """Do not publish this draft tonight."""
        self.check_access("write")
        self.sudo().tonight = False  # sudo: written by nothing else

    def action_new_version(self):
        """Begin a draft from this version, and open it."""
        self.ensure_one()
        self.check_access("write")
        return self._draft_from()._open()

    def action_restore(self):
        """Begin a draft that says what this retired version said, and open it."""
        self.ensure_one()
        self.check_access("write")
        draft = self._draft_from()
        draft.message_post(
            body=self.env._("Restored from version %s.", self.version),
            author_id=self.env.user.partner_id.id,
        )
        return draft._open()

    def _draft_from(self, **values):
        """A draft with this version's rules and rhythm; learned values are today's."""
        published = self._of(self.company_id)
        # sudo: the copy takes over learned values; who may write policies was asked before
        draft = self.sudo().copy({"based_on_id": published.id, "user_id": self.env.uid, **values})
        if self != published:
            draft._take_rhythm(published)
        return draft.with_env(self.env)

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "cx.policy",
            "res_id": self.id,
            "views": [(False, "form")],
        }
