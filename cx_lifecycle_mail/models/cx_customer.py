from odoo import api, fields, models
from odoo.exceptions import UserError


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    no_campaigns_until = fields.Date(
        readonly=True, help="Until this day the salesperson keeps campaigns away."
    )
    no_campaigns_reason = fields.Char(readonly=True)

    @api.model
    def _settle_calls(self, company, on, partner_ids=None):
        """In the order's transaction, and at night: what a purchase or a verdict ends."""
        super()._settle_calls(company, on, partner_ids)
        # sudo: participants are written by the machine, whoever sold or judged
        self.env["cx.campaign.run"].sudo()._settle_runs(company, partner_ids)

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
