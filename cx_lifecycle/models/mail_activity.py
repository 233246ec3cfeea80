from odoo import fields, models
from odoo.tools import format_date


class MailActivity(models.Model):
    _inherit = "mail.activity"

    cx_customer_id = fields.Many2one(
        "cx.customer",
        "Going Quiet",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
        help="The customer whose silence made the night plan this activity. It ends by itself when "
        "the customer buys.",
    )
    cx_silent_since = fields.Date(
        readonly=True, help="The customer's last purchase when the activity was planned."
    )

    def _cx_end(self, ended):
        """End a planned call that is needed no more, with a note in the rep's language.

        :param str ended: bought (then it is done), or why it is cancelled: lost, held, postponed,
            opted_out, on_time
        """
        self.ensure_one()
        call = self.with_context(lang=self.user_id.lang)
        customer = call.cx_customer_id
        if ended == "bought":
            call._action_done(
                feedback=call.env._(
                    "Done by itself: bought on %s.",
                    format_date(call.env, customer.last_purchase_on, date_format="medium"),
                )
            )
            return
        notes = {
            "lost": call.env._("The call was cancelled: the customer is lost."),
            "held": call.env._("The call was cancelled: the stage is held by a person."),
            "postponed": call.env._("The call was cancelled: it was postponed."),
            "opted_out": call.env._(
                "The call was cancelled: the contact asked not to be contacted."
            ),
            "on_time": call.env._("The call was cancelled: the customer is on time by the rules."),
        }
        customer.partner_id.message_post(body=notes[ended], subtype_xmlid="mail.mt_note")
        call.unlink()
