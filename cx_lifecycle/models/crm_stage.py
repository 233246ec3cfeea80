from odoo import fields, models


class CrmStage(models.Model):
    _inherit = "crm.stage"

    cx_role_ids = fields.Many2many(
        "cx.buyer.role",
        "cx_buyer_role_crm_stage_rel",
        "stage_id",
        "role_id",
        "Buyer Roles Needed",
        help="Who has to be known before an opportunity comes to this stage.",
    )
    # not required: Odoo makes stages before this addon is loaded, when it updates others
    cx_role_rule = fields.Selection(
        [("warn", "Warn"), ("block", "Refuse the stage")],
        "When One Is Missing",
        default="warn",
    )
