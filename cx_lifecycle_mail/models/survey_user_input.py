from odoo import fields, models


class SurveyUserInput(models.Model):
    _inherit = "survey.user_input"

    cx_act_id = fields.Many2one(
        "cx.campaign.act", "Campaign Act",
        index="btree_not_null", readonly=True, ondelete="set null", copy=False,
        groups="cx_lifecycle.group_rep",
        help="The act of a campaign that invited to answer.",
    )  # fmt: skip

    def _has_field_access(self, field, operation):
        """Whom a campaign asked: only the machine writes it."""
        forged = field.name == "cx_act_id" and operation == "write" and not self.env.su
        return not forged and super()._has_field_access(field, operation)
