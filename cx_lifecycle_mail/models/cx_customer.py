from odoo import fields, models
from odoo.exceptions import UserError


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    no_campaigns_until = fields.Date(
        readonly=True, help="Until this day the salesperson keeps campaigns away."
    )
    no_campaigns_reason = fields.Char(readonly=True)

    def action_email(self):
        """Prepare a mailing to the contacts of these customers; nothing is sent yet."""
        partners = self.partner_id
        if not partners:
            raise UserError(self.env._("Choose customers to write to first."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Mailing"),
            "res_model": "mailing.mailing",
            "views": [(False, "form")],
            "context": {
                "default_mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "default_mailing_domain": repr([("id", "in", partners.ids)]),
            },
        }
