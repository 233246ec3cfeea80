from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    cx_act_id = fields.Many2one(
        "cx.campaign.act", "Campaign Act",
        index="btree_not_null", readonly=True, ondelete="set null",
        groups="cx_lifecycle.group_rep",
        help="The act of a campaign that planned this activity; it ends with the participation.",
    )  # fmt: skip

    def _has_field_access(self, field, operation):
        """Which act an activity answers to decides what follows: only the machine writes it."""
        forged = field.name == "cx_act_id" and operation == "write" and not self.env.su
        return not forged and super()._has_field_access(field, operation)
