from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.mail.tools.discuss import Store

from .machine_field import own_defaults
from .res_partner import REP

MACHINE = ("cx_customer_id", "cx_silent_since")


class MailActivity(models.Model):
    _inherit = "mail.activity"

    cx_customer_id = fields.Many2one(
        "cx.customer",
        "Going Quiet",
        index="btree_not_null",
        readonly=True,
        groups=REP,
        ondelete="set null",
        help="The customer whose silence made the night plan this activity. It ends by itself when "
        "the customer buys.",
    )
    cx_silent_since = fields.Date(
        readonly=True,
        groups=REP,
        help="The customer's last purchase when the activity was planned.",
    )

    @api.model
    def default_get(self, fields):
        return own_defaults(self, MACHINE, super().default_get(fields))

    def _has_field_access(self, field, operation):
        """Which customer a call is about decides when it ends: only the machine writes it."""
        forged = field.name in MACHINE and operation == "write" and not self.env.su
        return not forged and super()._has_field_access(field, operation)

    def _to_store_defaults(self, target):
        """Tell the web client which activities end with the outcome of a call."""
        allowed = self.env["cx.outcome"].has_access("create")
        return [
            *super()._to_store_defaults(target),
            Store.Attr(
                "cx_outcome", lambda activity: allowed and activity.res_model == "res.partner"
            ),
        ]

    def action_cx_outcome(self):
        """Open the dialog that keeps what was learned, and ends this activity with it."""
        self.ensure_one()
        self.check_access("read")
        if self.res_model != "res.partner":
            raise UserError(
                self.env._(
                    "“%s” is not planned with a contact: there is no outcome to keep. Mark it "
                    "done instead.",
                    self.display_name,
                )
            )
        action = self.env["res.partner"].browse(self.res_id).action_cx_outcome()
        action["context"]["default_activity_id"] = self.id
        return action

    def _cx_end(self, ended):
        """End a planned call that is needed no more, with a note in the rep's language.

        The note says no figures: whoever may read the contact reads it.

        :param str ended: bought (then it is done), or why it is cancelled: lost, held, postponed,
            opted_out, on_time, handed_over, gone
        """
        self.ensure_one()
        call = self.with_context(lang=self.user_id.lang)
        customer = call.cx_customer_id
        if ended in ("bought", "handed_over"):  # a new silence, or a new salesperson: a new call
            customer.proposed_on = False
        if ended == "bought":
            call._action_done(feedback=call.env._("Done by itself: the customer has bought."))
            return
        notes = {
            "lost": call.env._("The call was cancelled: the customer is lost."),
            "held": call.env._("The call was cancelled: the stage is held by a person."),
            "postponed": call.env._("The call was cancelled: it was postponed."),
            "opted_out": call.env._(
                "The call was cancelled: the contact asked not to be contacted."
            ),
            "on_time": call.env._("The call was cancelled: the customer is on time by the rules."),
            "handed_over": call.env._("The call was cancelled: the salesperson has changed."),
        }
        if ended in notes:
            customer.partner_id.message_post(body=notes[ended], subtype_xmlid="mail.mt_note")
        call.unlink()
