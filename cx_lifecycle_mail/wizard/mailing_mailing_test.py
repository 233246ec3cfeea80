from odoo import models


class MailingMailingTest(models.TransientModel):
    _inherit = "mailing.mailing.test"

    def send_mail_test(self):
        """Odoo's test would render a content with its own engine, for any record."""
        self.mass_mailing_id._cx_refuse()
        return super().send_mail_test()
