"""Touchpoints by hand, the catalogue, definitions that cannot work, rights, merging, erasure."""

from datetime import timedelta

from model.common import ago
from model.test_touchpoints import NOW, WHEN, TouchpointCase
from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger


class HandCase(TouchpointCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(cls.env, "touch_rep", "sales_team.group_sale_salesman")
        cls.other = new_test_user(cls.env, "touch_other", "sales_team.group_sale_salesman")
        cls.marketer = new_test_user(cls.env, "touch_marketer", "cx_lifecycle.group_marketer")
        cls.admin = new_test_user(cls.env, "touch_admin", "cx_lifecycle.group_admin")
        cls.ada.user_id = cls.rep

    def log(self, partner=None, channel="phone", interaction="complains", user=None, **values):
        return (
            self.Touchpoint.with_user(user or self.rep)
            .log((partner or self.ada).id, channel, interaction, **values)
            .sudo()
        )

    def known(self, touchpoint):
        return self.rows(
            "SELECT satisfaction, delay_hours, rated FROM cx_touchpoint WHERE id = %s",
            touchpoint.id,
        )[0]


class TestByHand(HandCase):
    def test_a_call_is_noted(self):
        touchpoint = self.log(at="2026-03-14 09:30:00", satisfaction=3, note="Too late")
        self.assertEqual(touchpoint.customer_id, self.customer)
        self.assertEqual(touchpoint.person_id, self.ada)
        self.assertEqual(touchpoint.company_id, self.company)
        self.assertEqual(str(touchpoint.at), "2026-03-14 09:30:00")
        self.assertEqual(touchpoint.channel_id.code, "phone")
        self.assertEqual(touchpoint.step_id.code, "after_sales")
        self.assertEqual(touchpoint.begun_by, "customer")
        self.assertEqual(touchpoint.note, "Too late")
        self.assertEqual(self.known(touchpoint), (3.0, None, True))
        action = touchpoint.action_open_record()
        self.assertEqual((action["res_model"], action["res_id"]), ("cx.touchpoint", touchpoint.id))

    def test_what_is_not_known_is_no_zero(self):
        before = fields.Datetime.now()
        unknown, zero = self.log(), self.log(satisfaction=0)
        self.assertEqual(self.known(unknown), (None, None, False))
        self.assertEqual(self.known(zero), (0.0, None, True))
        mean = self.Touchpoint._read_group(
            [("id", "in", (unknown | zero | self.log(satisfaction=10)).ids)],
            aggregates=["satisfaction:avg"],
        )
        self.assertEqual(mean, [(5.0,)])
        self.assertTrue(before <= unknown.at <= fields.Datetime.now())

    def test_ids_do_as_well_as_codes(self):
        channel = self.env.ref("cx_lifecycle.channel_event")
        interaction = self.env.ref("cx_lifecycle.interaction_tries")
        touchpoint = self.log(channel=channel.id, interaction=interaction.id)
        self.assertEqual(touchpoint.channel_id, channel)
        self.assertEqual(touchpoint.interaction_id, interaction)

    def test_errors_name_what_is_wrong(self):
        nobody = self.partner("Nobody")
        self.env.cr.execute("DELETE FROM cx_customer WHERE partner_id = %s", [nobody.id])
        self.env.invalidate_all()
        cases = [
            ({"channel": "pigeon"}, "Channel: there is no pigeon.*phone"),
            ({"channel": 0}, "Channel"),
            ({"interaction": None}, "Interaction"),
            ({"satisfaction": 11}, "Satisfaction"),
            ({"satisfaction": -1}, "Satisfaction"),
            ({"satisfaction": "very"}, "Satisfaction"),
            ({"at": "yesterday"}, "When"),
            ({"at": NOW + timedelta(days=2)}, "still to come"),
            ({"partner": nobody}, "no customer"),
            ({"partner": self.env["res.partner"].browse(2**30)}, "Contact"),
        ]
        count = self.Touchpoint.search_count([])
        for values, message in cases:
            with self.subTest(values), self.assertRaisesRegex(UserError, message):
                self.log(**values)
        self.assertEqual(self.Touchpoint.search_count([]), count)

    def test_nobody_of_another_customer(self):
        touchpoint = self.log()
        with self.assertRaisesRegex(ValidationError, "Person"):
            touchpoint.copy({"person_id": self.partner("Bob").id})

    def test_the_dialog(self):
        entry = self.env["cx.touchpoint.entry"].with_user(self.rep).create(
            {
                "partner_id": self.ada.id, "note": "Liked it", "satisfaction": "0",
                "channel_id": self.env.ref("cx_lifecycle.channel_showroom").id,
                "interaction_id": self.env.ref("cx_lifecycle.interaction_tries").id,
            }
        )  # fmt: skip
        entry.action_save()
        touchpoint = self.Touchpoint.search([("note", "=", "Liked it")])
        self.assertEqual(self.known(touchpoint), (0.0, None, True))

    def test_the_contact_opens_its_touchpoints(self):
        person = self.partner("Pat", parent_id=self.ada.id)
        mine, theirs = self.log(), self.log(person)
        for contact, found in ((self.ada, mine | theirs), (person, theirs)):
            action = contact.with_user(self.rep).action_cx_touchpoints()
            self.assertEqual(self.Touchpoint.search(action["domain"]), found.sorted("id", True))

    def test_it_stands_in_the_timeline(self):
        self.log(note="Too late", satisfaction=3)
        self.order(self.ada, ago(4))
        self.feed(self.source("order"))
        page = self.ada.with_user(self.rep).cx_timeline(kinds=["touchpoint"])
        [item] = page["items"]
        self.assertEqual(item["text"], "Too late")
        self.assertIn("Complains", item["title"])
        self.assertEqual(item["marks"][0]["code"], "satisfaction")
        self.assertEqual(item["by"], self.rep.name)


class TestRights(HandCase):
    def test_reps_note_and_see_their_own_customers(self):
        touchpoint = self.log()
        read = self.Touchpoint.search([("id", "=", touchpoint.id)])
        for user, seen in ((self.rep, read), (self.other, read.browse()), (self.marketer, read)):
            found = self.Touchpoint.with_user(user).search([("id", "=", touchpoint.id)])
            self.assertEqual(found.sudo(), seen.sudo(), user.login)
        with self.assertRaises(AccessError):
            self.log(user=self.other)
        clerk = new_test_user(self.env, "touch_clerk", "base.group_user")
        with self.assertRaises(AccessError):
            self.log(user=clerk)

    def test_nobody_changes_what_was_read_of_documents(self):
        order = self.order(self.ada, ago(4))
        touchpoint = self.read("order", order)
        source = self.source("order")
        values = {
            "customer_id": self.customer.id, "channel_id": source.channel_id.id,
            "interaction_id": source.interaction_id.id, "source_id": source.id, "res_id": 1,
        }  # fmt: skip
        for user in (self.rep, self.marketer, self.admin):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    touchpoint.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    touchpoint.with_user(user).write({"satisfaction": 10})
                with self.assertRaises(AccessError):
                    self.Touchpoint.with_user(user).create(dict(values))
        by_hand = self.log()
        by_hand.with_user(self.rep).unlink()
        self.assertFalse(by_hand.exists())

    def test_only_administrators_define_sources(self):
        source = self.source("order")
        for user in (self.rep, self.marketer):
            with self.assertRaises(AccessError):
                source.with_user(user).write({"domain": "[]"})
            with self.assertRaises(AccessError):
                source.with_user(user).action_read_again()

    def own(self, user=None, **values):
        return self.Sources.with_user(user or self.env.user).create(
            {
                "name": "Own", "model": "crm.lead",
                "channel_id": self.env.ref("cx_lifecycle.channel_event").id,
                "interaction_id": self.env.ref("cx_lifecycle.interaction_asks").id,
                **values,
            }
        )  # fmt: skip

    def test_nobody_reads_through_a_source_what_is_none_of_theirs(self):
        with self.assertRaisesRegex(ValidationError, "may not read"):
            self.own(user=self.admin, model="account.payment", partner_path="partner_id")
        self.admin.group_ids += self.env.ref("sales_team.group_sale_manager")
        source = self.own(user=self.admin)
        self.assertTrue(source)
        with self.assertRaisesRegex(ValidationError, "Domain.*may not see|Domain.*cannot be read"):
            source.with_user(
                self.admin
            ).domain = '[("user_id.group_ids.rule_groups.domain_force", "ilike", "x")]'

    def test_wrong_definitions_name_the_field(self):
        cases = [
            ({"model": "no.such.model"}, "Documents.*no.such.model"),
            ({"model": "res.users.log"}, "nothing that happened"),
            ({"model": "ir.attachment"}, "nothing that happened"),
            ({"model": "cx.touchpoint"}, "nothing that happened"),
            ({"model": "cx.cost"}, "keeps no documents"),
            ({"partner_path": "nobody_id"}, "Person.*nobody_id"),
            ({"partner_path": "user_id"}, "Person.*user_id"),
            ({"partner_path": "res_id(no.model).partner_id"}, "Person.*res_id"),
            ({"partner_path": "id; DROP TABLE res_partner"}, "Person"),
            ({"model": "mail.message", "partner_path": "res_id(no.model).partner_id"}, "Person"),
            ({"date_path": "name"}, "When.*name"),
            ({"company_path": "partner_id"}, "Company of the Document"),
            ({"satisfaction_path": "tag_ids"}, "Satisfaction"),
            ({"satisfaction_low": 5, "satisfaction_high": 5}, "two different"),
            ({"end_path": "user_id"}, "Answered or Ended"),
            ({"domain": "[('nope', '=', 1)]"}, "Domain"),
            ({"domain": "__import__('os')"}, "Domain"),
            ({"domain": "[('id', '=', 'x')]"}, "Domain"),
        ]
        for values, message in cases:
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, message),
                self.env.cr.savepoint(),
            ):
                self.own(**values)

    def test_a_scale_becomes_ten(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": "x", "partner_id": self.ada.id, "expected_revenue": number}
                for number in (-7, 1, 3, 5, 9)
            ]
        )
        source = self.own(
            satisfaction_path="expected_revenue", satisfaction_low=1, satisfaction_high=5,
            domain=f"[('id', 'in', {leads.ids})]",
        )  # fmt: skip
        scores = {t.res_id: t.satisfaction for t in self.feed(source)}
        self.assertEqual([scores[lead.id] for lead in leads], [0, 0, 5, 10, 10])
        source.write({"satisfaction_low": 5, "satisfaction_high": 1})
        scores = {t.res_id: t.satisfaction for t in self.feed(source)}
        self.assertEqual([scores[lead.id] for lead in leads], [10, 10, 5, 0, 0])


class TestCatalogue(HandCase):
    def test_six_steps_with_their_moments(self):
        steps = self.env["cx.journey.step"].search([])
        self.assertEqual(
            steps.mapped("code"),
            ["search", "selection", "purchase", "use", "after_sales", "renewal"],
        )
        self.assertEqual(set(steps.mapped("moment")) - {False}, {"zmot", "fmot", "smot", "tmot"})
        self.assertEqual(
            set(self.env["cx.interaction"].search([]).step_id.ids), set(steps.ids),
            "each step has an interaction",
        )  # fmt: skip

    def test_codes_stay(self):
        channel = self.env.ref("cx_lifecycle.channel_phone")
        with self.assertRaisesRegex(UserError, "Code"):
            channel.with_user(self.marketer).code = "fon"
        channel.with_user(self.marketer).name = "Hotline"
        with self.assertRaisesRegex(ValidationError, "Code"):
            self.env["cx.channel"].create({"name": "X", "code": "With Space"})
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env["cx.channel"].create({"name": "X", "code": "phone"})

    def test_past_touchpoints_follow_the_catalogue(self):
        order = self.order(self.ada, ago(4))
        by_hand = self.log(interaction="buys")
        fed = self.read("order", order)
        renewal = self.env.ref("cx_lifecycle.step_renewal")
        buys = self.env.ref("cx_lifecycle.interaction_buys")
        buys.with_user(self.marketer).step_id = renewal
        self.assertEqual(by_hand.step_id, renewal)
        self.assertFalse(self.source("order").fed_at)
        self.feed(self.source("order"))
        self.assertEqual(fed.step_id, renewal)

    def test_one_owner_and_target_for_each_kind(self):
        kinds = self.env["cx.touchpoint.kind"].with_user(self.marketer)
        values = {
            "channel_id": self.env.ref("cx_lifecycle.channel_phone").id,
            "interaction_id": self.env.ref("cx_lifecycle.interaction_complains").id,
            "owner_id": self.rep.id, "target_hours": 4,
        }  # fmt: skip
        shared = kinds.create(values)
        self.assertIn("Phone", shared.display_name)
        kinds.create({**values, "company_id": self.company.id})
        for company in (False, self.company.id):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(UniqueViolation),
                self.env.cr.savepoint(),
            ):
                kinds.create({**values, "company_id": company})
        with self.assertRaisesRegex(ValidationError, "Target"):
            shared.target_hours = -1


class TestPeople(HandCase):
    def merge(self, sources, target):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (sources | target).ids, target
        )

    def test_merging_moves_touchpoints(self):
        twin = self.partner("Ada again")
        self.refresh(twin)
        order = self.order(twin, ago(4))
        fed, noted = self.read("order", order), self.log(twin, user=self.env.user)
        self.merge(twin, self.ada)
        for touchpoint in (fed, noted):
            self.assertEqual(touchpoint.customer_id, self.of(self.ada))
            self.assertEqual(touchpoint.person_id, self.ada)
        self.assertEqual(self.feed(self.source("order")).filtered(lambda t: t == fed), fed)

    def test_the_person_goes_that_they_came_stays(self):
        person = self.partner("Pat", parent_id=self.ada.id, email="pat@example.com")
        noted = self.log(person, note="A secret", satisfaction=2)
        message = self.message(self.ada, message_type="email", author_id=person.id)
        source = self.source("mail_in")
        fed = self.read("mail_in", message)
        person.unlink()
        self.assertFalse(noted.note or noted.person_id or fed.person_id)
        self.assertEqual(noted.satisfaction, 2)
        source.whole_at = WHEN - timedelta(days=60)
        self.assertIn(fed, self.feed(source), "the count stays")

    def test_the_customer_goes(self):
        alone = self.partner("Alone")
        self.refresh(alone)
        noted = self.log(alone, note="A secret")
        alone.unlink()
        self.assertTrue(noted.exists())
        self.assertFalse(noted.note or noted.person_id or noted.partner_id)
