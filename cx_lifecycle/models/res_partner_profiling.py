"""Who objected to profiling (GDPR, article 21): what ends at once, and what is refused since.

Statements that write figures leave these people out by themselves, see ``scopes.OBJECTED``; here
is what was there before.
"""

from datetime import datetime, time

from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_date

from .res_partner import REP

# All that a customer's row says of the person, and what it says of nobody.
EMPTY = {
    **dict.fromkeys(
        (
            "stage_id", "stage_since", "reason", "first_purchase_on", "last_purchase_on",
            "usual_interval", "next_purchase_on", "next_purchase_from", "next_purchase_to",
            "dormant_on", "lost_on", "average_purchase", "worth", "value_review_on", "review_on",
            "segment_id", "rule_id", "need_id", "error", "error_on",
            "hold_stage_id", "hold_until", "hold_reason", "hold_user_id",
            "declared_lost_on", "declared_lost_reason",
            "snooze_until", "snooze_reason", "snooze_note",
            "satisfaction_last", "satisfaction_on", "satisfaction_mean", "satisfaction_trend",
        )
    ),
    "purchase_count": 0, "gap_log_sum": 0, "gap_log_square_sum": 0, "value_12m": 0,
    "moved_by_rules": False, "due": False,
}  # fmt: skip


class ResPartner(models.Model):
    _inherit = "res.partner"

    cx_no_profiling_since = fields.Date(
        "Objected to Profiling On",
        readonly=True,
        copy=False,
        groups=REP,
        help="This person wants no profile: no stage, needs, value or signs are worked out. "
        "Written by the dialog only.",
    )

    # few people object: whoever leaves them out finds them here alone
    _cx_no_profiling_index = models.Index("(id) WHERE cx_no_profiling_since IS NOT NULL")

    # ------------------------------------------------------------------ dialog
    def action_cx_no_profiling(self):
        """Open the dialog that notes the objection to profiling, or that it is taken back."""
        self.ensure_one()
        back = bool(self.cx_no_profiling_since)
        self._check_cx_profiling(back)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take the Objection Back")
            if back
            else self.env._("Objects to Profiling"),
            "res_model": "cx.no.profiling",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_id": self.id, "default_back": back},
        }

    def _check_cx_profiling(self, back):
        """Reps note objections of contacts that they may write; marketers take them back, too."""
        marketer = self.env.user.has_group("cx_lifecycle.group_marketer")
        if not marketer and (back or not self.env.user.has_group(REP)):
            raise AccessError(
                self.env._("Objection: only marketers and administrators may take one back.")
                if back
                else self.env._("Objection: only sales reps and marketers may note one.")
            )
        self.check_access("read" if marketer else "write")

    def _cx_object(self, wording, proof=None, on=None):
        """This person objects to profiling, from now on; with the caller's rights.

        :param str wording: what the person said
        :param proof: where the evidence is, such as the number of a letter
        :param on: the day on which the person said so; today when empty
        """
        self.ensure_one()
        self._check_cx_profiling(back=False)
        today = fields.Date.context_today(self)
        on = on or today
        if not (wording or "").strip():
            raise ValidationError(self.env._("Wording: write what the person said."))
        if on > today:
            raise ValidationError(self.env._("Said On: choose today or a day before."))
        if self.cx_no_profiling_since:
            raise UserError(self.env._("%s has objected already.", self.display_name))
        self._note_cx_profiling("no", wording, proof, None if on == today else on)
        # sudo: the flag is the machine's, the right to note it was asked for
        self.sudo().cx_no_profiling_since = on
        self._cx_stop_profiling()
        self._log_cx_profiling(
            self.env._("Objected to profiling: no stage and no needs are worked out any more.")
        )

    def _cx_object_no_more(self, wording, proof, on=None):
        """The objection is taken back; what was learned before it does not come back.

        Purchases are read again at once, other documents by the next night.
        """
        self.ensure_one()
        self._check_cx_profiling(back=True)
        if not (wording or "").strip():
            raise ValidationError(self.env._("Wording: write what the person said."))
        if not (proof or "").strip():
            raise ValidationError(
                self.env._("Proof: say where the evidence is, such as the number of a letter.")
            )
        if not self.cx_no_profiling_since:
            raise UserError(self.env._("%s has not objected.", self.display_name))
        self._note_cx_profiling("yes", wording, proof, on)
        self.sudo().cx_no_profiling_since = False  # sudo: as for objecting
        self._cx_profile_again()
        self._log_cx_profiling(self.env._("The objection to profiling was taken back."))

    def _note_cx_profiling(self, answer, wording, proof, on):
        said = {"at": datetime.combine(on, time(12))} if on else {}
        self.env["cx.consent"]._note(
            [
                {
                    "partner_id": self.id,
                    "email": self.email_normalized,
                    "purpose": "profiling",
                    "answer": answer,
                    "wording": wording.strip(),
                    "proof": (proof or "").strip() or False,
                    **said,
                }
            ]
        )

    def _log_cx_profiling(self, text):
        """Leave a note on the contact; the person's own words stand in the journal only."""
        # sudo: marketers may not write contacts; who may note it was asked
        note = self.sudo().message_post(body=text, author_id=self.env.user.partner_id.id)
        note._cx_mark()

    # ----------------------------------------------------------------- effects
    def _cx_stop_profiling(self):
        """Drop what is known of people who objected: at once, whatever the policy says."""
        self.env.flush_all()
        # sudo: bookkeeping on behalf of whoever notes an objection, in every company
        customers = self.env["cx.customer"].sudo()
        self._cx_unlink_evidence(SQL("commercial_partner_id = ANY(%s)", self.ids))
        met = self.env.execute_query(
            SQL(
                "UPDATE cx_touchpoint SET person_id = NULL WHERE person_id = ANY(%s)"
                " RETURNING customer_id",
                self.ids,
            )
        )
        self.env.cr.execute(
            SQL("UPDATE cx_seat SET stance = '0', note = NULL WHERE partner_id = ANY(%s)", self.ids)
        )
        self.env.invalidate_all()
        customers._met_again({row[0] for row in met})
        customers._whose(self)._empty_profile()

    def _cx_profile_again(self):
        """Work out what the purchases of people tell who objected no more."""
        # sudo: as for stopping
        self.env["cx.touchpoint.source"].sudo()._read_people(self.commercial_partner_id)
        self.env["cx.customer"].sudo()._whose(self)._profile_again()  # sudo: as above

    def _cx_object_together(self, others):
        """Contacts become one: if one of them objected, so has this one."""
        # sudo: whoever merges contacts may not write it
        everybody = (self | others).sudo()
        objected = everybody.filtered("cx_no_profiling_since")
        if objected:
            since = min(objected.mapped("cx_no_profiling_since"))
            everybody.cx_no_profiling_since = False
            self.sudo().cx_no_profiling_since = since  # sudo: as above

    def _check_cx_profiled(self, message):
        """Refuse what would make a profile of somebody who objected.

        :param message: function of name and day to the error's text, which names the field
        """
        # sudo: the date of an objection, so that the error can name it
        objected = self.sudo().filtered("cx_no_profiling_since")[:1]
        if objected:
            day = format_date(self.env, objected.cx_no_profiling_since, date_format="medium")
            raise ValidationError(message(objected.display_name, day))
