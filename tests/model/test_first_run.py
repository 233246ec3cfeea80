"""From the sources to stages that reps see: each step is done by somebody, on some day."""

from unittest.mock import patch

from model.common import LifecycleCase, ago

from odoo.exceptions import UserError
from odoo.tests import new_test_user

from odoo.addons.cx_lifecycle.models import cx_customer_shown, cx_first_run

ADMIN = "sales_team.group_sale_salesman_all_leads,cx_lifecycle.group_admin"


class FirstRunCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "first_admin", ADMIN, name="Ann Admin")
        cls.shop = cls.env["res.company"].create({"name": "A New Shop"})
        cls.user.company_ids |= cls.shop
        cls.first = cls.env["cx.first.run"]._of(cls.shop).with_user(cls.user)
        cls.first = cls.first.with_company(cls.shop)

    @classmethod
    def shop_buy(cls, name, *days):
        return cls.buy(cls.partner(name), *days, company=cls.shop)

    def read_the_past(self):
        """The background job that the second step waits for."""
        run = self.env["cx.run"]._request("rebuild", self.shop)
        run._pass()
        self.first.invalidate_recordset()
        return run


class TestSteps(FirstRunCase):
    def test_a_new_company_has_accepted_nothing(self):
        self.assertFalse(self.env["cx.first.run"]._accepted(self.shop))
        self.assertFalse(self.first.accepted_at)
        self.assertEqual(self.env["cx.first.run"]._of(self.shop), self.first)
        self.assertEqual(len(self.first.missing.splitlines()), 3)
        with self.assertRaisesRegex(UserError, "step 1.*\n.*step 2.*\n.*step 3"):
            self.first.action_accept()

    def test_sources_are_done_once_all_were_counted(self):
        self.shop_buy("Ada", 400, 10)
        sources = self.Source._counting(self.shop)
        sources.check_on = False
        self.first.invalidate_recordset()
        self.assertFalse(self.first.sources_done)
        self.assertIn("Confirmed orders: not checked yet.", self.first.sources_text)
        sources[:-1].with_user(self.user).with_company(self.shop).action_check()
        self.assertFalse(self.first.sources_done)
        self.first.action_check_sources()
        self.first.invalidate_recordset()
        self.assertTrue(self.first.sources_done)
        self.assertIn("Confirmed orders: 2, from", self.first.sources_text)
        self.assertRegex(self.first.sources_note, "Confirmed by Ann Admin on .*20")

    def test_sources_are_done_when_somebody_says_so(self):
        self.first.action_sources_right()
        self.assertTrue(self.first.sources_done)
        self.assertEqual(self.first.sources_user_id, self.user)
        self.Source._counting(self.shop).active = False
        self.first.invalidate_recordset()
        self.assertFalse(self.first.sources_done, "nothing counts any more")
        with self.assertRaisesRegex(UserError, "Nothing counts"):
            self.first.action_check_sources()

    def test_history_waits_for_the_background(self):
        self.shop_buy("Ada", 400, 370)
        self.assertFalse(self.first.history_done)
        self.first.action_read_history()
        self.first.invalidate_recordset()
        self.assertTrue(self.first.pass_waiting)
        run = self.env["cx.run"].search([("company_id", "=", self.shop.id)])
        run.write({"total": 200, "progress": 50, "problem": "Disk full"})
        self.first.invalidate_recordset()
        self.assertEqual((self.first.pass_progress, self.first.pass_problem), (25, "Disk full"))
        run._pass()
        self.first.invalidate_recordset()
        self.assertTrue(self.first.history_done)
        self.assertFalse(self.first.pass_waiting)
        self.assertIn("Read in the background on", self.first.history_note)

    def test_little_history_is_said(self):
        self.shop_buy("Ada", 400, 370)
        self.shop_buy("Bea", 3)
        self.read_the_past()
        text = self.first.history_text
        self.assertIn("2 customers have bought since", text)
        self.assertIn("1 of them on two days or more", text)
        self.assertIn("built-in values lead", text)
        self.assertNotIn("median", text)

    def test_no_history_is_said(self):
        self.read_the_past()
        self.assertIn("Nobody has bought yet", self.first.history_text)

    def test_the_companys_own_rhythm_is_told(self):
        for number in range(55):
            self.shop_buy(f"P{number}", *range(number % 7, 300, 38))
        self.read_the_past()
        self.assertRegex(
            self.first.history_text,
            r"^Your median interval is 38 days, learned from \d+ silences\. 55 customers have "
            r"bought since .*, 55 of them on two days or more\.$",
        )


class TestReview(FirstRunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(13):
            cls.shop_buy(f"P{number}", 300, 280, number)
        for number in range(4):
            cls.shop_buy(f"Q{number}", 2)
        cls.shop_buy("Gone", 2000, 1990)
        cls.bought = cls.Customer.search(
            [("company_id", "=", cls.shop.id), ("purchase_count", ">", 0)]
        )

    def test_every_number_opens_the_list_it_counts(self):
        customers = self.Customer.with_user(self.user).with_company(self.shop)
        everybody = customers.search(self.first.action_customers()["domain"])
        self.assertEqual(len(everybody), self.first.customer_count)
        self.assertGreaterEqual(everybody, self.bought)
        stages = self.first.stage_ids
        self.assertEqual(len(stages), 6)
        self.assertEqual(sum(stages.mapped("customer_count")), len(everybody))
        self.assertAlmostEqual(sum(stages.mapped("customer_share")), 1)
        for stage in stages:
            listed = customers.search(stage.action_customers()["domain"])
            self.assertEqual(len(listed), stage.customer_count, stage.name)
            self.assertEqual(listed.stage_id, stage if listed else stage.browse())
        self.assertIn(f"{len(everybody)} customers: ", self.first.stages_text)

    def examples(self):
        [(_field, _in, ids)] = self.first.action_examples()["domain"]
        return self.Customer.browse(ids)

    def test_ten_others_each_time(self):
        first, second = self.examples(), self.examples()
        self.assertEqual((len(first), len(second)), (10, 10))
        # eighteen have bought: the second look shows the eight others before it begins anew
        self.assertEqual(first | second, self.bought)
        self.assertEqual(len(self.examples() & second), 2)
        self.assertEqual(self.first.reviewed, 30)
        self.assertRegex(self.first.reviewed_note, "30 customers looked at, last by Ann Admin on")

    def test_where_nobody_has_bought_anybody_is_shown(self):
        other = self.env["res.company"].create({"name": "Empty"})
        self.user.company_ids |= other
        self.partner("Suspect")
        first = self.env["cx.first.run"]._of(other).with_user(self.user).with_company(other)
        self.assertEqual(first.action_examples()["domain"][0][2], [])
        self.assertTrue(first.review_done, "there was nobody to look at")
        self.env["cx.run"]._request("rebuild", other)._pass()
        self.assertTrue(first.action_examples()["domain"][0][2])

    def test_stages_decided_anew_are_looked_at_anew(self):
        self.examples()
        self.assertTrue(self.first.review_done)
        run = self.read_the_past()
        run.ended_at = "2099-01-01 00:00:00"
        self.first.invalidate_recordset()
        self.assertFalse(self.first.review_done)
        self.assertTrue(self.first.review_old)
        self.examples()
        self.first.sudo().reviewed_at = "2099-01-02 00:00:00"
        self.assertTrue(self.first.review_done)

    def test_the_rules_can_be_opened(self):
        action = self.first.action_policy()
        self.assertEqual(action["res_id"], self.env["cx.policy"]._of(self.shop).id)


class TestAcceptance(FirstRunCase):
    def ready(self):
        self.customer = self.shop_buy("Ada", 30, 20, 10)
        self.read_the_past()
        self.first.action_sources_right()
        self.first.action_examples()
        self.contact = self.customer.partner_id.with_company(self.shop)

    def test_accepted_and_taken_back(self):
        self.ready()
        self.assertFalse(self.first.missing)
        self.assertFalse(self.contact.cx_stage_id)
        self.first.action_accept()
        self.assertEqual(self.contact.cx_stage_id.code, "active")
        self.assertEqual(self.first.accepted_user_id, self.user)
        self.assertIn("Accepted by Ann Admin on", self.first.accepted_note)
        policy = self.env["cx.policy"]._of(self.shop)
        self.assertIn("Stages accepted", policy.message_ids[0].body)
        self.assertEqual(policy.message_ids[0].author_id, self.user.partner_id)
        accepted = self.first.accepted_at
        self.first.action_accept()
        self.assertEqual(self.first.accepted_at, accepted, "twice is once")
        self.first.action_take_back()
        self.assertFalse(self.first.accepted_at)
        self.assertFalse(self.contact.cx_stage_id)
        self.assertIn("taken back", policy.message_ids[0].body)
        self.assertStage(self.customer, "active")

    def test_other_companies_pointers_stay(self):
        self.ready()
        here = self.buy(self.contact.with_company(self.company), 3)
        self.first.action_accept()
        self.first.action_take_back()
        contact = self.contact.with_company(self.company)
        self.assertEqual(contact.cx_customer_id, here)
        self.assertFalse(self.contact.cx_customer_id)

    def test_no_contact_is_touched_besides_its_pointer(self):
        self.ready()
        [before] = self.rows("SELECT write_date, write_uid FROM res_partner WHERE id = %s",
                             self.contact.id)  # fmt: skip
        self.first.action_accept()
        [after] = self.rows("SELECT write_date, write_uid FROM res_partner WHERE id = %s",
                            self.contact.id)  # fmt: skip
        self.assertEqual(after, before)

    def test_of_very_many_the_contacts_follow_in_the_background(self):
        self.ready()
        with patch.object(cx_customer_shown, "AT_ONCE", 0):
            self.first.action_accept()
        self.assertFalse(self.contact.cx_stage_id)
        run = self.env["cx.run"].search(
            [("company_id", "=", self.shop.id), ("state", "=", "waiting")]
        )
        self.assertEqual(run.kind, "evaluate")
        run._pass()
        self.assertEqual(self.contact.cx_stage_id.code, "active")
        self.assertLedger(self.customer)

    def test_who_was_overlooked_is_caught_up_with(self):
        """A sale at the moment of accepting, or of taking back, does not see it."""
        self.ready()
        first = self.first.sudo()
        first.write({"accepted_at": ago(1), "accepted_user_id": self.user.id})
        first.flush_recordset()
        self.assertFalse(self.contact.cx_stage_id)
        self.refresh(self.contact, company=self.shop)
        self.assertTrue(self.contact.cx_stage_id)
        first.accepted_at = False
        first.flush_recordset()
        self.refresh(self.contact, company=self.shop)
        self.assertFalse(self.contact.cx_stage_id)
        self.assertEqual(self.rows("SELECT cx_customer_id FROM res_partner WHERE id = %s",
                                   self.contact.id), [(None,)])  # fmt: skip

    def test_empty_lists_say_what_is_missing(self):
        rep = new_test_user(
            self.env, "first_rep", "sales_team.group_sale_salesman", company_id=self.shop.id,
            company_ids=[(6, 0, self.shop.ids)],
        )  # fmt: skip
        for name in ("action_customers", "action_quiet", "action_episodes"):
            action = self.env.ref(f"cx_lifecycle.{name}")
            for user, words in ((self.user, "action_first_steps"), (rep, "not shown yet")):
                # as the web client's request reads it
                asked = action.with_user(user).with_company(self.shop).sudo()
                self.assertIn(words, asked.read(["help", "res_model", "context"])[0]["help"])
        self.ready()
        self.first.action_accept()
        asked = self.env.ref("cx_lifecycle.action_quiet").with_user(rep).sudo()
        self.assertIn("Nobody is late", asked.read(["help", "res_model", "context"])[0]["help"])

    def test_settings_show_the_way_until_accepted(self):
        settings = self.env["res.config.settings"].with_company(self.shop)
        self.assertFalse(settings.new({}).cx_accepted)
        self.ready()
        self.first.action_accept()
        self.assertTrue(settings.new({}).cx_accepted)

    def test_the_menu_opens_the_current_companys(self):
        server = self.env.ref("cx_lifecycle.action_first_steps")
        action = server.with_user(self.user).with_company(self.shop).run()
        self.assertEqual((action["res_model"], action["res_id"]), ("cx.first.run", self.first.id))

    def test_examples_fit_their_button(self):
        self.assertEqual(cx_first_run.EXAMPLES, 10, "the button says Look at 10")
