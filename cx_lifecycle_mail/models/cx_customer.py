from odoo import api, fields, models
from odoo.exceptions import UserError

# what the editor's placeholder button offers to people who edit no templates
OFFERED = (
    "partner_id", "partner_id.name", "partner_id.complete_name", "partner_id.ref",
    "partner_id.email", "partner_id.phone", "partner_id.website", "partner_id.function",
    "partner_id.street", "partner_id.zip", "partner_id.city", "partner_id.country_id",
    "partner_id.country_id.name", "user_id", "user_id.name", "user_id.email", "user_id.phone",
    "company_id", "company_id.name", "company_id.email", "company_id.phone", "stage_id",
    "stage_since", "first_purchase_on", "last_purchase_on", "purchase_count", "average_purchase",
    "value_12m", "usual_interval", "next_purchase_on",
)  # fmt: skip


class CxCustomer(models.Model):
    _inherit = "cx.customer"

    no_campaigns_until = fields.Date(
        readonly=True, help="Until this day the salesperson keeps campaigns away."
    )
    no_campaigns_reason = fields.Char(readonly=True)

    @api.model
    def _settle_calls(self, company, on, partner_ids=None):
        """In the order's transaction, and at night: what a purchase or a verdict ends."""
        done = super()._settle_calls(company, on, partner_ids)
        # sudo: participants are written by the machine, whoever sold or judged
        self.env["cx.campaign.run"].sudo()._settle_runs(company, partner_ids)
        return done

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

    @api.model
    def mail_allowed_qweb_expressions(self):
        """Contents are no templates: see :mod:`engine.text` for what may really be in them."""
        return super().mail_allowed_qweb_expressions() + tuple(f"object.{path}" for path in OFFERED)
