"""The message of a letter, byte for byte where it matters."""

import email
from email import policy
from types import SimpleNamespace

from model.common import LifecycleCase

from odoo.addons.cx_lifecycle_mail.models.cx_campaign_letter import Letter

LINK = "https://shop.example.com/cx/unsubscribe/1234567/" + "0123456789abcdef" * 4
LONG = "Élégante et légère, la nouvelle collection arrive à la boutique et vous attend déjà ici"


class TestMessage(LifecycleCase):
    def built(self, **values):
        letter = {
            "subject": "We miss you",
            "html": "<p>Élan</p>" + "<p>word</p>" * 300 + "\n.\n",
            "text": "Élan\n.\n",
            "email_from": '"The Shop, Ltd" <hello@shop.example.com>',
            "reply_to": "Zoé <zoe@shop.example.com>",
            "email_to": '"Ames, Ann (\\"A\\")" <ann@example.com>',
            "headers": {
                "List-Unsubscribe": f"<{LINK}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
            "context": {"send_validated_to": ["ann@example.com"]},
            "mail_server_id": False,
            "message_id": f"<{'0a1b2c3d-' * 9}@localhost>",
            "author_id": False,
        }
        session = SimpleNamespace(from_filter=False, smtp_from="hello@shop.example.com")
        return self.env["cx.campaign.act"]._built(Letter(**{**letter, **values}), session)

    def test_long_links_stay_links(self):
        _sender, recipient, message = self.built()
        self.assertEqual(recipient, "ann@example.com")
        lines = message.split(b"\r\n")
        self.assertIn(f"List-Unsubscribe: <{LINK}>".encode(), lines)
        self.assertIn(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click", lines)

    def test_nothing_else_changes(self):
        _sender, _recipient, message = self.built(subject=LONG)
        head, _blank, _body = message.partition(b"\r\n\r\n")
        self.assertTrue(head.isascii())
        self.assertLessEqual(max(map(len, message.split(b"\r\n"))), 998)
        read = email.message_from_bytes(message, policy=policy.default)
        self.assertEqual(read["Subject"], LONG)
        self.assertEqual(read["Reply-To"], "Zoé <zoe@shop.example.com>")
        self.assertEqual(read["To"].addresses[0].display_name, 'Ames, Ann ("A")')
        self.assertEqual(read["From"].addresses[0].addr_spec, "hello@shop.example.com")
        self.assertEqual(read.get_content_type(), "multipart/alternative")
        plain, page = read.iter_parts()
        self.assertEqual(plain.get_content().splitlines(), ["Élan", "."])
        self.assertIn("<p>Élan</p>", page.get_content())

    def test_another_addon_that_builds_messages_keeps_its_word(self):
        own = self.built()[2]
        servers = type(self.env["ir.mail_server"])
        builds = servers._build_email__

        def signed(self, *args, **values):
            whole = builds(self, *args, **values)
            whole["X-Signature"] = "signed"
            return whole

        self.patch(servers, "_build_email__", signed)
        sender, recipient, message = self.built()
        self.assertEqual((sender, recipient), ("hello@shop.example.com", "ann@example.com"))
        self.assertIn(b"X-Signature: signed\r\n", message)
        self.assertIn(f"List-Unsubscribe: <{LINK}>\r\n".encode(), message)
        theirs, ours = (email.message_from_bytes(m, policy=policy.default) for m in (message, own))
        for name in ("From", "To", "Reply-To", "Subject", "Message-Id", "List-Unsubscribe-Post"):
            self.assertEqual(theirs[name], ours[name], name)
        for part, other in zip(theirs.iter_parts(), ours.iter_parts(), strict=True):
            self.assertEqual(part.get_content_type(), other.get_content_type())
            self.assertEqual(part.get_content().split(), other.get_content().split())

    def test_no_line_is_smuggled_in(self):
        with self.assertRaises(ValueError):
            self.built(subject="Hello\r\nBcc: eve@example.com")
