from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.cx_lifecycle.models.res_partner import of_customer


class ResPartner(models.Model):
    _inherit = "res.partner"

    # whoever says no is looked up by the address, among a million contacts
    _cx_address_index = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")

    cx_no_campaigns_until = fields.Date(**of_customer("no_campaigns_until", string="No Campaigns"))
    cx_no_campaigns_reason = fields.Char(**of_customer("no_campaigns_reason"))

    def _cx_personal_domains(self):
        """Also what Odoo keeps of the mails and surveys of campaigns."""
        domains = super()._cx_personal_domains()
        domains["survey.user_input"] = Domain("partner_id", "=", self.id)
        domains["survey.user_input.line"] = Domain("user_input_id.partner_id", "=", self.id)
        if email := self.email_normalized:
            domains["mailing.trace"] = Domain("email", "=", email)
            domains["mail.blacklist"] = Domain("email", "=", email)
        return domains

    def action_cx_campaigns(self):
        """Open the campaigns that the contact's company took part in; why, when in none."""
        self.ensure_one()
        customer = self.commercial_partner_id.cx_customer_id
        view = self.env.ref("cx_lifecycle_mail.view_run_of_contact_list")
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Campaigns of %s", self.commercial_partner_id.name),
            "res_model": "cx.campaign.run",
            "views": [(view.id, "list"), (False, "form")],
            "domain": [("customer_id", "in", customer.ids)],
        }
        if not self.env["cx.campaign.run"].search_count(action["domain"], limit=1):
            action["help"] = self._cx_no_campaign()
        return action

    def _cx_no_campaign(self):
        """What stands in place of the list when the customer took part in nothing."""
        title = Markup('<p class="o_view_nocontent_smiling_face">%s</p>') % self.env._(
            "In no campaign so far"
        )
        # a record in memory: it asks with the reader's rights, and nothing stays of it
        sentence, checks = self.env["cx.campaign.why"].new({"partner_id": self.id})._answer()
        lines = Markup().join(
            Markup("<p>%s</p>") % self.env._("%(campaign)s: %(why)s", campaign=c.label, why=c.value)
            for c in checks
        )
        return title + (lines or Markup("<p>%s</p>") % sentence)

    def action_cx_why_campaigns(self):
        """Open why the contact's company takes part in campaigns, or not."""
        self.ensure_one()
        return self.env["cx.campaign"]._why_dialog(partner_id=self.id)

    def action_cx_keep_out(self):
        """Open the dialog that keeps campaigns away from the contact's company."""
        return self.commercial_partner_id.cx_customer_id.action_keep_out()

    def action_cx_consents(self):
        """Also what was said for their addresses, whoever the machine took for the speaker."""
        action = super().action_cx_consents()
        people = self.search([("id", "child_of", self.id), ("email_normalized", "!=", False)])
        of_address = Domain("email", "in", people.mapped("email_normalized"))
        return {
            **action,
            "domain": list(Domain(action["domain"]) | of_address),
            "context": {"default_email": self.email_normalized},
        }
