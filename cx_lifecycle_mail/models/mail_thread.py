from odoo import api, models


def automatic(message):
    """Whether a program answered, and no person: RFC 3834, and what older ones write instead."""
    submitted = (message.get("Auto-Submitted") or "no").strip().lower()
    return (
        not submitted.startswith("no")
        or (message.get("Precedence") or "").strip().lower() == "auto_reply"
        or "X-Autoreply" in message
        or "X-Autorespond" in message
    )


def aware(process):
    """``_message_route_process`` of threads: an absence notice is no answer.

    It does not end the participation.
    """

    def _message_route_process(self, message, message_dict, routes):
        threads = self.with_context(cx_automatic=True) if automatic(message) else self
        return process(threads, message, message_dict, routes)

    _message_route_process.is_aware = True
    return _message_route_process


class CxTopic(models.Model):
    _inherit = "cx.topic"

    def _register_hook(self):
        """Not by extending ``mail.thread``: see ``cx_lifecycle/models/cx_fence.py``."""
        super()._register_hook()
        threads = self.env.registry["mail.thread"]
        if not getattr(threads._message_route_process, "is_aware", False):
            threads._message_route_process = api.model(aware(threads._message_route_process))
