from odoo import models


def automatic(message):
    """Whether a program answered, and no person: RFC 3834, and what older ones write instead."""
    submitted = (message.get("Auto-Submitted") or "no").strip().lower()
    return (
        not submitted.startswith("no")
        or (message.get("Precedence") or "").strip().lower() == "auto_reply"
        or "X-Autoreply" in message
        or "X-Autorespond" in message
    )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """An absence notice is no answer: it does not end the participation."""
        threads = self.with_context(cx_automatic=True) if automatic(message) else self
        return super(MailThread, threads)._message_route_process(message, message_dict, routes)
