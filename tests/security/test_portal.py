"""Customers who log in: no figure of ours by any way, and no mail about their stage."""

from model.common import LifecycleCase

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user


class TestPortal(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, "portal_fence", "base.group_portal,base.group_allow_export"
        )
        cls.person = cls.portal.partner_id
        cls.person.email = "portal@example.com"
        cls.customer = cls.buy(cls.person, *range(100, 400, 30))
        cls.env.flush_all()

    def ways(self, contacts, name):
        """Each way to ask for a field of the own contact."""
        own = [("id", "=", self.person.id)]
        yield "read", lambda: contacts.browse(self.person.id).read([name])
        yield "value", lambda: contacts.browse(self.person.id)[name]
        yield "condition", lambda: contacts.search([*own, (name, "!=", False)])
        yield (
            "path",
            lambda: contacts.search([*own, (f"commercial_partner_id.{name}", "!=", False)]),
        )
        yield "count", lambda: contacts.search_count([*own, (name, "=", False)])
        yield "order", lambda: contacts.search(own, order=f"{name} desc")
        yield "group", lambda: contacts.formatted_read_group(own, [name], ["__count"])
        yield "sum", lambda: contacts.formatted_read_group(own, [], [f"{name}:max"])
        yield "list", lambda: contacts.web_search_read(own, {name: {}})
        yield "form", lambda: contacts.browse(self.person.id).web_read({name: {}})
        yield "export", lambda: contacts.browse(self.person.id).export_data([name])
        yield "write", lambda: contacts.browse(self.person.id).write({name: False})
        yield (
            "users",
            lambda: contacts.env["res.users"].search([(f"partner_id.{name}", "!=", False)]),
        )

    def test_no_field_by_any_way(self):
        """Nor for a colleague without a role, who may read all contacts."""
        self.assertTrue(self.person.cx_stage_id, "there is something to see")
        colleague = new_test_user(
            self.env, "portal_colleague", "base.group_user,base.group_allow_export"
        )
        names = [name for name in self.person._fields if name.startswith("cx_")]
        self.assertGreater(len(names), 20)
        for user in (self.portal, colleague):
            contacts = self.env["res.partner"].with_user(user)
            self.assertFalse(set(names) & set(contacts.fields_get()))
            for name in names:
                for way, look in self.ways(contacts, name):
                    with self.subTest(user=user.login, field=name, way=way):
                        self.assertNothing(way, look)

    def assertNothing(self, way, look):
        try:
            self.fail(look())
        except AccessError:
            return
        except (UserError, ValueError):
            # what cannot be sorted or added up at all is refused as that
            self.assertIn(way, ("order", "group", "sum"))

    def test_nor_on_the_way_from_other_documents(self):
        seller = new_test_user(self.env, "portal_seller", "base.group_user")
        users = self.env["res.users"].with_user(seller)
        with self.assertRaises(AccessError):
            users.formatted_read_group([], ["partner_id.cx_stage_id"], ["__count"])

    def test_no_list_tells_the_addresses_of_others(self):
        stranger = self.partner("Stranger", email="stranger@example.com")
        with self.assertRaises(AccessError):
            stranger.with_user(self.portal).action_cx_consents()
        with self.assertRaises(AccessError):
            self.person.with_user(self.portal).action_cx_consents()

    def test_nobody_outside_is_told_of_a_stage(self):
        """Colleagues follow what is noted; a customer who follows the contact gets no mail."""
        person, company = self.person, self.partner("Firm", email="firm@example.com")
        person.message_subscribe(
            (person | company).ids, self.env["mail.message.subtype"].search([]).ids
        )
        before = self.env["mail.mail"].search([]), self.env["mail.notification"].search([])
        customer = self.customer.with_context(tracking_disable=False)
        customer.hold(self.env.ref("cx_lifecycle.stage_active"), "2099-01-01", "Phoned")
        customer.release_hold()
        customer.declare_lost("Closed")
        customer.withdraw_loss()
        self.refresh(person)
        self.order(person)
        self.env.flush_all()
        after = self.env["mail.mail"].search([]), self.env["mail.notification"].search([])
        told = (after[0] - before[0]).recipient_ids | (after[1] - before[1]).res_partner_id
        self.assertFalse(told & (person | company))
        notes = person.message_ids.filtered(lambda message: "Phoned" in message.body)
        self.assertTrue(notes)
        self.assertTrue(all(note.subtype_id.internal for note in notes))
        messages = self.env["mail.message"].with_user(self.portal)
        self.assertFalse(messages.search([("id", "in", notes.ids)]))
