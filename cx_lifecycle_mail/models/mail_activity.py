from odoo import api, fields, models

from odoo.addons.cx_lifecycle.models.machine_field import own_defaults


class MailActivity(models.Model):
    _inherit = "mail.activity"

    cx_act_id = fields.Many2one(
        "cx.campaign.act", "Campaign Act",
        index="btree_not_null", readonly=True, ondelete="set null",
        groups="cx_lifecycle.group_rep",
        help="The act of a campaign that planned this activity; it ends with the participation.",
    )  # fmt: skip

    @api.model
    def default_get(self, fields):
        return own_defaults(self, ["cx_act_id"], super().default_get(fields))

    def _has_field_access(self, field, operation):
        """Which act an activity answers to decides what follows: only the machine writes it."""
        forged = field.name == "cx_act_id" and operation == "write" and not self.env.su
        return not forged and super()._has_field_access(field, operation)

    def _action_done(self, feedback=False, attachment_ids=None):
        """What a step of a campaign waits for has happened."""
        # sudo: whoever does the activity need not see the campaign
        acts = self.sudo().cx_act_id
        done = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        acts._cx_outcome("done")
        return done

    def unlink(self):
        """A cancelled activity was not done."""
        # sudo: as above
        acts = self.sudo().cx_act_id
        done = super().unlink()
        acts._cx_outcome("cancelled")
        return done

    def _cx_end_of_run(self, reason):
        """The participation ended: activities end at once, with a note that says why.

        :param str reason: a code of ``reasons.REASONS``; who bought makes them done
        """
        for activity in self:
            call = activity.with_context(lang=activity.user_id.lang)
            if reason == "bought":
                call._action_done(feedback=call.env._("Done by itself: the customer has bought."))
                continue
            label = dict(call.env["cx.campaign.run"].fields_get(["reason"])["reason"]["selection"])
            call.env["res.partner"].browse(call.res_id).message_post(
                body=call.env._(
                    "The activity “%(summary)s” was cancelled: %(reason)s",
                    summary=call.summary, reason=label[reason],
                ),
                subtype_xmlid="mail.mt_note",
            )  # fmt: skip
            call.unlink()
