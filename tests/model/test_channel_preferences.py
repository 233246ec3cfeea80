"""How customers prefer to be reached: what they say counts, else what they are seen to use."""

from datetime import timedelta

from model.test_touchpoint_hand import HandCase
from model.test_touchpoints import NOW

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger


class TestPreferredChannel(HandCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Preference = cls.env["cx.channel.preference"]
        cls.bea = cls.partner("Bea", parent_id=cls.ada.id, email="bea@example.com")

    def meet(self, *channels, interaction="asks", partner=None):
        """Contacts over channels, the oldest first."""
        for number, channel in enumerate(channels):
            at = NOW - timedelta(hours=len(channels) - number)
            self.log(partner, channel, interaction, at=at)

    def prefers(self, customer=None):
        customer = customer or self.customer
        return customer.preferred_channel_id.code, customer.preferred_by

    def test_three_contacts_tell_and_two_do_not(self):
        self.meet("phone", "phone")
        self.assertEqual(self.prefers(), (False, False))
        self.assertFalse(self.customer.preferred_text)
        self.meet("email")
        self.assertEqual(self.prefers(), ("phone", "seen"))
        text = "2 of the last 3 contacts that they began"
        self.assertEqual(self.customer.preferred_text, text)
        contact = self.ada.with_user(self.rep)
        self.assertEqual(contact.cx_preferred_channel_id.code, "phone")
        self.assertEqual(contact.cx_preferred_text, text)

    def test_no_channel_of_half_of_them_is_no_preference(self):
        self.meet("phone", "phone", "email", "email", "shop")
        self.assertEqual(self.prefers(), (False, False))

    def test_habits_change_with_the_last_ten(self):
        self.meet(*["email"] * 10, *["phone"] * 6)
        self.assertEqual(self.prefers(), ("phone", "seen"))
        self.assertEqual(self.customer.preferred_facts, {"count": 6, "of": 10})

    def test_only_what_they_began_over_what_reaches_them(self):
        self.meet(*["website"] * 8, "email", "email", "email")
        self.meet(*["phone"] * 8, interaction="is_called_back")
        self.assertEqual(self.prefers(), ("email", "seen"))
        website = self.env.ref("cx_lifecycle.channel_website")
        website.with_user(self.marketer).offered = True
        self.assertEqual(self.prefers(), ("website", "seen"))

    def test_the_catalogue_may_say_that_another_began(self):
        self.meet("phone", "phone", "phone")
        asks = self.env.ref("cx_lifecycle.interaction_asks").with_user(self.marketer)
        asks.begun_by = "company"
        self.assertEqual(self.prefers(), (False, False))
        asks.begun_by = "customer"
        self.assertEqual(self.prefers(), ("phone", "seen"))

    def test_a_note_that_is_withdrawn_counts_no_more(self):
        self.meet("phone", "phone", "phone")
        self.Touchpoint.search([("customer_id", "=", self.customer.id)], limit=1).unlink()
        self.assertEqual(self.prefers(), (False, False))

    def test_documents_count_when_they_are_read(self):
        for days in (3, 2, 1):
            self.order(self.ada, (NOW - timedelta(days=days)).date())
        self.feed(self.source("order"))
        self.assertEqual(self.prefers(), ("salesperson", "seen"))
        self.source("order").unlink()

    def test_what_is_said_counts_more_than_what_is_seen(self):
        self.meet("phone", "phone", "phone")
        said = self.Preference.with_user(self.rep).say(self.bea.id, "email")
        self.assertEqual(said.origin, "person")
        self.assertEqual(self.prefers(), ("email", "said"))
        self.assertIn("said on", self.customer.preferred_text)
        # the last word of anybody there
        later = self.Preference.say(self.ada.id, "letter")
        self.assertEqual(self.prefers(), ("letter", "said"))
        later.channel_id = self.env.ref("cx_lifecycle.channel_shop")
        self.assertEqual(self.prefers(), ("shop", "said"))
        later.unlink()
        self.assertEqual(self.prefers(), ("email", "said"))
        self.assertFalse(self.Preference.with_user(self.rep).say(self.bea.id, None))
        self.assertEqual(self.prefers(), ("phone", "seen"))

    def test_said_twice_is_said_once(self):
        self.Preference.say(self.ada.id, "email")
        self.Preference.say(self.ada.id, "phone")
        self.Preference.say(self.ada.id, "letter", step="renewal")
        said = self.ada.cx_channel_preference_ids
        self.assertEqual(set(said.mapped("channel_id.code")), {"phone", "letter"})

    def test_by_step(self):
        self.meet("website", "website", "website", interaction="follows_order")
        self.Preference.say(self.ada.id, "letter", step="renewal")
        self.assertEqual(self.prefers(), (False, False))
        lines = self.customer.channel_text.splitlines()
        self.assertEqual(len(lines), 2)
        self.assertEqual(lines[0], "Purchase: Website (3 of the last 3 contacts that they began)")
        self.assertIn("Renewal: Letter (said on", lines[1])
        others = self.partner("Cid") | self.partner("Dan")
        self.refresh(others)
        customers = self.of(others[0]) | self.of(others[1]) | self.customer
        customers.invalidate_recordset()
        customers.mapped("partner_id")
        with self.assertQueryCount(2):
            customers.mapped("channel_text")

    def test_said_before_anything_was_bought(self):
        early = self.partner("Early")
        self.Preference.say(early.id, "phone")
        self.refresh(early)
        self.assertEqual(self.prefers(self.of(early)), ("phone", "said"))

    def test_merged_contacts_keep_the_last_word(self):
        twin = self.partner("Ada again")
        self.refresh(twin)
        self.Preference.say(twin.id, "email")
        self.env["base.partner.merge.automatic.wizard"]._merge((self.ada | twin).ids, self.ada)
        self.assertEqual(self.prefers(self.of(self.ada)), ("email", "said"))

    def test_campaigns_choose_by_it(self):
        self.Preference.say(self.ada.id, "phone")
        fits = (
            self.env["res.partner"]
            .with_user(self.marketer)
            .search([("cx_preferred_channel_id.code", "=", "phone"), ("id", "in", (self.ada.id,))])
        )
        self.assertEqual(fits, self.ada)

    def test_the_survey_asks(self):
        ref = lambda name: self.env.ref(f"cx_lifecycle_mail.survey_channels{name}")  # noqa: E731
        for test_entry in (True, False):
            answer = self.env["survey.user_input"].create(
                {
                    "survey_id": ref("").id, "partner_id": self.bea.id, "test_entry": test_entry,
                    "user_input_line_ids": [
                        (0, 0, {
                            "question_id": ref("_all").id, "answer_type": "suggestion",
                            "suggested_answer_id": ref("_all_email").id,
                        }),
                        (0, 0, {
                            "question_id": ref("_steps").id, "answer_type": "suggestion",
                            "suggested_answer_id": ref("_steps_phone").id,
                            "matrix_row_id": ref("_row_after_sales").id,
                        }),
                    ],
                }
            )  # fmt: skip
            answer.with_user(self.env.ref("base.public_user")).sudo()._mark_done()
            self.assertEqual(bool(self.bea.cx_channel_preference_ids), not test_entry)
        self.assertEqual(self.prefers(), ("email", "said"))
        self.assertIn("After-Sales: Phone (said on", self.customer.channel_text)
        self.assertEqual(set(self.bea.cx_channel_preference_ids.mapped("origin")), {"survey"})

    # ------------------------------------------------------------------ refusals
    def test_bad_input_is_named(self):
        say = self.Preference.with_user(self.rep).say
        for words, arguments in (
            ("Contact: there is no contact", (0, "phone")),
            ("Channel: there is no pigeon", (self.ada.id, "pigeon")),
            ("Channel: nobody can be reached over Website", (self.ada.id, "website")),
            ("Step: there is no later", (self.ada.id, "phone", "later")),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                say(*arguments)
        self.assertFalse(self.ada.cx_channel_preference_ids)

    def test_nobody_forges_where_it_comes_from(self):
        channel = self.env.ref("cx_lifecycle.channel_phone")
        said = self.Preference.with_user(self.rep).create(
            {"person_id": self.ada.id, "channel_id": channel.id, "origin": "page"}
        )
        said.origin = "survey"
        self.assertEqual(said.origin, "person")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_another_rep_neither_sees_nor_says(self):
        self.Preference.say(self.ada.id, "phone")
        theirs = self.Preference.with_user(self.other)
        self.assertFalse(theirs.search([]))
        with self.assertRaises(AccessError):
            theirs.say(self.ada.id, "email")
        own = self.partner("Own", user_id=self.other.id)
        said = theirs.say(own.id, "email")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            said.person_id = self.partner("Somebody's", user_id=self.rep.id)
        self.assertEqual(self.prefers(), ("phone", "said"))
