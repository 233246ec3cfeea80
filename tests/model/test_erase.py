"""A person is forgotten: neither the name nor the address is left in our tables, the counts are."""

from datetime import timedelta

from model.common import TODAY, ago
from model.test_touchpoint_hand import HandCase

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user
from odoo.tools import SQL

NAME, ADDRESS = "Ada Lovelace", "ada.lovelace@example.com"


class EraseCase(HandCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin.group_ids += cls.env.ref("base.group_partner_manager")
        cls.need = cls.env["cx.need"].search([], limit=1)
        cls.role = cls.env["cx.buyer.role"].search([], limit=1)
        cls.firm = cls.partner("Firm", is_company=True, user_id=cls.rep.id)
        cls.carl = cls.partner("Carl Carlson", parent_id=cls.firm.id)
        cls.buyer = cls.buy(cls.firm, 90, 60, 30)

    def known(self, **values):
        """A person of whom everything is noted that can be; alone, or at a company."""
        person = self.partner(NAME, email=f"Ada <{ADDRESS}>", user_id=self.rep.id, **values)
        firm = person.commercial_partner_id
        self.refresh(firm)
        customer = self.of(firm)
        env = self.env(user=self.rep.id)
        env["cx.need.evidence"].create(
            {"partner_id": person.id, "need_id": self.need.id, "note": f"{NAME} said so"}
        )
        env["cx.need.evidence"].create(
            {"partner_id": firm.id, "need_id": self.need.id, "note": f"See {ADDRESS.upper()}."}
        )
        self.log(person, note="Complained loudly, ada.lovelace@example.com", satisfaction=1)
        self.log(firm, note=f"{NAME.lower()} was there", satisfaction=3)
        env["cx.channel.preference"].say(person.id, "phone")
        customer.with_user(self.rep).hold("active", TODAY + timedelta(days=5), f"{NAME} asked")
        customer.with_user(self.rep).snooze(
            TODAY + timedelta(days=9), "other", f"Because of {NAME}"
        )
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "partner_id": firm.id, "type": "opportunity"}
        )
        seats = self.env["cx.seat"]
        common = {"role_id": self.role.id, "note": f"{NAME} decides"}
        seats.create({**common, "partner_id": person.id, "account_id": firm.id})
        seats.create({**common, "partner_id": person.id, "lead_id": lead.id})
        seats.create({**common, "name": NAME, "lead_id": lead.id})
        self.env["cx.warning"].sudo().create(
            {
                "kind_id": self.env["cx.warning.kind"].search([], limit=1).id,
                "customer_id": customer.id, "company_id": self.company.id, "began_on": ago(9),
                "closed_reason": f"{NAME} called", "closed_at": "2026-01-01",
            }
        )  # fmt: skip
        self.env["cx.consent"]._note(
            [
                {
                    "partner_id": person.id, "email": ADDRESS, "purpose": "profiling",
                    "answer": "yes", "wording": f"I, {NAME}, agree", "proof": f"Letter of {NAME}",
                }
            ]
        )  # fmt: skip
        self.env.flush_all()
        return person

    def found(self, *texts):
        """(table, column) of our tables where one of some texts is written."""
        columns = self.rows(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_name LIKE 'cx\\_%%' AND table_schema = current_schema"
            " AND data_type IN ('text', 'character varying', 'json', 'jsonb')"
        )
        found = []
        for table, column in columns:
            query = SQL(
                "SELECT count(*) FROM %s WHERE %s::text ILIKE ANY(%s)",
                SQL.identifier(table), SQL.identifier(column), [f"%{text}%" for text in texts],
            )  # fmt: skip
            [(count,)] = self.env.execute_query(query)
            found += [(table, column)] * bool(count)
        return found

    def links(self, person):
        """Our tables that point to a person."""
        found = []
        for Model in self.env.values():
            if not Model._name.startswith("cx.") or not Model._auto or Model._transient:
                continue
            for field in Model._fields.values():
                if field.store and field.type == "many2one" and field.comodel_name == "res.partner":
                    query = SQL(
                        "SELECT count(*) FROM %s WHERE %s = %s",
                        SQL.identifier(Model._table), SQL.identifier(field.name), person.id,
                    )  # fmt: skip
                    found += [(Model._name, field.name)] * bool(self.env.execute_query(query)[0][0])
        return found

    def figures(self):
        """What statistics tell: of past days, of the portfolio, of contacts and of evidence."""
        self.env.flush_all()
        counts = [self.Customer.stage_counts(ago(days)) for days in (400, 150, 45, 10, 1)]
        episodes = self.rows("SELECT stage_id, entered_on, left_on, count(*) FROM cx_episode"
                             " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")  # fmt: skip
        tables = [
            self.rows(f"SELECT count(*) FROM {table}")
            for table in ("cx_customer", "cx_touchpoint", "cx_warning", "cx_objection",
                          "cx_consent", "cx_evidence", "cx_objective")
        ]  # fmt: skip
        deals = self.rows("SELECT count(*) FROM cx_seat WHERE lead_id IS NOT NULL")
        rated = self.rows("SELECT avg(satisfaction), count(satisfaction) FROM cx_touchpoint")
        return counts, episodes, tables, deals, rated

    def dialog(self, person, user=None, **values):
        context = {"default_partner_id": person.id}
        dialogs = self.env["cx.erase"].with_user(user or self.admin).with_context(**context)
        with Form(dialogs) as form:
            for name, value in values.items():
                form[name] = value
        return form.record

    def erase(self, person, **values):
        self.dialog(person, sure=True, **values).action_erase()
        self.env.flush_all()
        self.env.invalidate_all()


class TestErase(EraseCase):
    def assertForgotten(self, person):
        self.assertFalse(self.found(NAME, ADDRESS, "Complained loudly"))
        self.assertFalse(self.links(person))

    def test_all_of_it_is_there_before(self):
        """Else the scan proves nothing."""
        person = self.known()
        found = {f"{table}.{column}" for table, column in self.found(NAME, ADDRESS)}
        self.assertLessEqual(
            {
                "cx_need_evidence.note", "cx_touchpoint.note", "cx_customer.hold_reason",
                "cx_customer.snooze_note", "cx_objection.note", "cx_seat.name", "cx_seat.note",
                "cx_warning.closed_reason", "cx_consent.email", "cx_consent.wording",
                "cx_consent.proof",
            },
            found,
        )  # fmt: skip
        self.assertLessEqual(
            {
                ("cx.customer", "partner_id"), ("cx.touchpoint", "person_id"),
                ("cx.need.evidence", "partner_id"), ("cx.seat", "partner_id"),
                ("cx.seat", "account_id"), ("cx.channel.preference", "person_id"),
                ("cx.consent", "partner_id"),
            },
            set(self.links(person)),
        )  # fmt: skip

    def test_a_deleted_contact(self):
        for values in ({}, {"parent_id": self.firm.id}):
            person = self.known(**values)
            before = self.figures()
            person.unlink()
            self.assertForgotten(person)
            self.assertEqual(self.figures(), before)

    def test_the_dialog_deletes_where_nothing_keeps_the_contact(self):
        person = self.known()
        before = self.figures()
        self.erase(person)
        self.assertFalse(person.exists())
        self.assertForgotten(person)
        self.assertEqual(self.figures(), before)

    def test_documents_keep_the_contact(self):
        person = self.known(comment="Loud", phone="0123")
        self.buy(person, 200, 100, 50)
        orders = self.env["sale.order"].search([("partner_id", "=", person.id)])
        before = self.figures()
        self.erase(person)
        self.assertForgotten(person)
        self.assertEqual(self.figures(), before)
        self.assertEqual((person.name, person.active), (NAME, False))
        self.assertFalse(person.email or person.phone or person.comment or person.cx_customer_id)
        self.assertEqual(orders.partner_id, person)
        self.night()
        self.env["cx.run"]._request("rebuild", self.company)._pass()
        self.assertFalse(self.of(person), "documents tell no profile anew")
        self.assertEqual(self.figures()[0], before[0])

    def test_a_contact_that_is_left(self):
        person = self.known()
        self.erase(person, contact="keep")
        self.assertForgotten(person)
        self.assertEqual((person.active, person.email_normalized), (True, ADDRESS))
        self.assertEqual(person.cx_no_profiling_since, TODAY)
        self.buy(person, 9)
        self.assertFalse(self.of(person))

    def test_notes_of_ours_on_the_contact_go(self):
        person = self.known(parent_id=self.firm.id)
        foreign = self.firm.message_post(body=f"{NAME} owes us 3 euros")
        held = self.firm.message_ids.filtered("cx_note")
        self.assertIn(NAME, "".join(held.mapped("body")))
        other = self.env["mail.message"]
        self.buyer.with_user(self.rep).hold("active", TODAY + timedelta(days=5), "Carl is ill")
        other = self.firm.message_ids.filtered("cx_note") - held
        self.erase(person, contact="keep")
        self.assertFalse(held.exists())
        self.assertTrue(foreign.exists(), "what others wrote is not ours to delete")
        self.assertTrue(other.exists(), "nor what is about somebody else")

    def test_who_else_is_written_of_stays(self):
        self.env["cx.need.evidence"].create(
            {"partner_id": self.carl.id, "need_id": self.need.id, "note": "Adaptable"}
        )
        mine = self.log(self.carl, note="Adalbert called")
        elsewhere = self.env["cx.seat"].create(
            {
                "name": NAME, "role_id": self.role.id, "lead_id": self.env["crm.lead"].create(
                    {"name": "D", "partner_id": self.ada.id, "type": "opportunity"}
                ).id,
            }
        )  # fmt: skip
        person = self.known(parent_id=self.firm.id)
        customer = self.buyer
        self.erase(person)
        self.assertEqual(mine.note, "Adalbert called")
        self.assertEqual(elsewhere.name, NAME, "a namesake at another customer")
        notes = self.env["cx.need.evidence"].search([("commercial_partner_id", "=", self.firm.id)])
        self.assertEqual(set(notes.mapped("note")), {"Adaptable", False})
        self.assertStage(customer, "active")
        self.assertEqual(customer.partner_id, self.firm)

    def test_merging_forgets_nobody(self):
        person = self.known(parent_id=self.firm.id)
        twin = self.partner(NAME, email=ADDRESS, parent_id=self.firm.id)
        before = self.found(NAME, ADDRESS)
        self.env["cx.consent"]._note(
            [{"email": ADDRESS, "purpose": "profiling", "answer": "yes", "wording": "Of nobody"}]
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((twin | person).ids, twin)
        self.assertFalse(person.exists())
        self.assertEqual(self.found(NAME, ADDRESS), before)
        self.assertTrue(self.found("Of nobody"))
        self.assertIn(("cx.touchpoint", "person_id"), self.links(twin))

    def test_an_address_that_another_has_is_theirs_too(self):
        person = self.known()
        twin = self.partner("Twin", email=ADDRESS)
        self.env["cx.consent"]._note(
            [{"email": ADDRESS, "purpose": "profiling", "answer": "yes", "wording": "One of us"}]
        )
        person.unlink()
        self.assertTrue(self.found("One of us"))
        twin.unlink()
        self.assertFalse(self.found("One of us", ADDRESS))

    def test_what_is_said_beforehand_is_what_happens(self):
        person = self.known()
        self.order(person, ago(3))
        dialog = self.dialog(person)
        shown = dialog._tried()
        self.assertTrue(self.links(person), "looking changes nothing")
        self.assertIn(str(shown["texts"]), dialog.goes)
        self.assertIn("Sales Order: 1", dialog.stays)
        with self.assertRaises(UserError):
            dialog.action_erase()
        self.assertTrue(self.links(person))
        self.erase(person)
        [record] = self.env["cx.purge"].search([("kind", "=", "erasure")], limit=1)
        self.assertEqual(record.counts, shown)
        self.assertEqual((record.user_id, record.company_id), (self.admin, self.company))
        self.assertFalse(self.found(NAME, ADDRESS))

    def test_who_may(self):
        person = self.known()
        for user in (self.rep, self.marketer):
            with self.assertRaises(AccessError):
                self.dialog(person, user)
        login = new_test_user(self.env, "erase_login", "base.group_portal")
        with self.assertRaises(UserError):
            self.erase(login.partner_id)
