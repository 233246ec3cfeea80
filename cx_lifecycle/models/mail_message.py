from odoo import fields, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    cx_note = fields.Boolean(
        "Lifecycle Note", readonly=True, copy=False,
        help="Left by the customer lifecycle on a contact: it goes when the person is erased.",
    )  # fmt: skip

    # few messages are notes of ours, and only erasing asks for them
    _cx_note_index = models.Index("(res_id) WHERE cx_note")

    def _cx_mark(self):
        """These are notes of ours."""
        # sudo: whoever wrote it may not change messages
        self.sudo().cx_note = True
        return self
