"""What a marketer may decide about an act: now, again, taken for sent, or tried once more.

Each decision is one UPDATE that asks for the state it starts from, so of two people who press at
once one decides, and the other is told.
"""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

MARKETER = "cx_lifecycle.group_marketer"


class CxCampaignAct(models.Model):
    _inherit = "cx.campaign.act"

    def action_send_again(self):
        """Send uncertain mails once more: one further copy each, with the same Message-ID.

        :raise AccessError: the user is no marketer, or may not read them
        :raise UserError: none of them is uncertain any more, or their participation was stopped
        """
        acts = self._decide("uncertain", self._anew())
        acts._note_decision("again")
        self.env["cx.campaign"]._wake()
        return True

    def action_settle(self):
        """Take uncertain mails for sent: what follows them begins, where the participation goes on.

        :raise AccessError: the user is no marketer, or may not read them
        :raise UserError: none of them is uncertain any more
        """
        acts = self._decide(
            "uncertain",
            SQL("state = 'done', reason = NULL, error = NULL, done_at = coalesce(done_at, %s)",
                fields.Datetime.now()),
            anyhow=True,
        )  # fmt: skip
        acts._note_decision("settled")
        acts._ended()
        self.env["cx.campaign"]._wake()
        return True

    def action_now(self):
        """Let waiting acts take place now. Hours, caps, and a date of their step hold all the same.

        :raise AccessError: the user is no marketer, or may not read them
        :raise UserError: none of them waits any more, or their participation was stopped
        """
        now = fields.Datetime.now()
        self._decide(
            "waiting", SQL("due_at = %s, not_before = least(not_before, %s)", now, now)
        )  # fmt: skip
        self.env["cx.campaign"]._wake()
        return True

    def action_retry(self):
        """Try acts that failed once more, as if for the first time.

        :raise AccessError: the user is no marketer, or may not read them
        :raise UserError: none of them failed, or their participation was stopped
        """
        # failures do not keep a participation from its end
        self._decide("failed", self._anew()).run_id._take_up()
        self.env["cx.campaign"]._wake()
        return True

    def action_why(self):
        """Open why this customer got this step, or did not."""
        self.ensure_one()
        return self.run_id.action_why()

    # ----------------------------------------------------------------- helpers
    def _anew(self):
        """SQL of what an act has when it waits for its turn as if for the first time."""
        now = fields.Datetime.now()
        return SQL(
            "state = 'waiting', reason = NULL, error = NULL, done_at = NULL, smtp_code = NULL,"
            " claim = NULL, claimed_at = NULL, tries = 0, due_at = %(now)s, expires_at ="
            " greatest(expires_at, %(now)s + (SELECT s.validity FROM cx_campaign_step s"
            " WHERE s.id = step_id) * interval '1 day')",
            now=now,
        )

    def _decide(self, state, changes, anyhow=False):
        """Change those of these acts that are in a state.

        :param SQL changes: assignments
        :param bool anyhow: also where the participation was stopped: nothing is done by it
        :return: those that were changed, as superuser
        """
        if not self.env.user.has_group(MARKETER):
            raise AccessError(self.env._("Only marketers may decide what becomes of a step."))
        self.check_access("read")
        acts = self.sudo()  # sudo: acts are written by the machine; who may decide was asked above
        if not anyhow:
            acts.run_id._check_may_go_on()
        acts.flush_model()
        rows = acts.env.execute_query(
            SQL(
                "UPDATE cx_campaign_act SET %s WHERE id = ANY(%s) AND state = %s RETURNING id",
                changes, acts.ids, state,
            )
        )  # fmt: skip
        if not rows:
            label = dict(self._fields["state"]._description_selection(self.env))[state]
            raise UserError(
                self.env._(
                    "Nothing is “%s” here any more: somebody else, or the machine, was quicker. "
                    "Load the page again.",
                    label,
                )
            )
        acts.invalidate_model()
        return acts.browse(row[0] for row in rows)

    def _note_decision(self, outcome):
        """Tell the journal who decided what."""
        now = fields.Datetime.now()
        self.env["cx.campaign.attempt"].create(
            [
                {
                    "act_id": act.id,
                    "company_id": act.company_id.id,
                    "at": now,
                    "outcome": outcome,
                    "user_id": self.env.uid,
                }
                for act in self
            ]
        )
