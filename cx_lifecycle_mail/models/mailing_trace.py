from odoo import models


class MailingTrace(models.Model):
    """What Odoo learns of a mail (opened, answered, bounced) moves the campaign on."""

    _inherit = "mailing.trace"

    # each incoming mail asks by it
    _cx_message_index = models.Index("(message_id) WHERE message_id IS NOT NULL")
    _cx_address_index = models.Index("(email) WHERE trace_status = 'bounce'")
    # few are on their way at any time
    _cx_outgoing_index = models.Index("(id) WHERE trace_status = 'outgoing'")

    def _cx_but_automatic(self, domain):
        """Those a domain names, but ours where a program answered: these have only arrived."""
        if not domain or not self.env.context.get("cx_automatic"):
            return domain
        traces = self.search(domain)
        # sudo: as in _cx_happened
        acts = self.env["cx.campaign.act"].sudo().search([("trace_id", "in", traces.ids)])
        acts._arrived()
        return [("id", "in", (traces - acts.trace_id).ids)]

    def set_opened(self, domain=None):
        domain = self._cx_but_automatic(domain)
        traces = super().set_opened(domain=domain)
        traces._cx_happened("opened")
        return traces

    def set_clicked(self, domain=None):
        traces = super().set_clicked(domain=domain)
        traces._cx_happened("clicked")
        return traces

    def set_replied(self, domain=None):
        domain = self._cx_but_automatic(domain)
        traces = super().set_replied(domain=domain)
        traces._cx_happened("replied")
        return traces

    def set_bounced(self, domain=None, bounce_message=False):
        traces = super().set_bounced(domain=domain, bounce_message=bounce_message)
        traces._cx_happened("bounced")
        return traces

    def _cx_happened(self, event):
        if not self:
            return
        # sudo: whoever opens a mail is nobody that is logged in
        acts = self.env["cx.campaign.act"].sudo().search([("trace_id", "in", self.ids)])
        acts._arrived()
        acts._happened(event)
