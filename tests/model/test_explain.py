"""The reason in words: right figures, the reader's language, lists that match their numbers."""

from datetime import timedelta

from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import UserError
from odoo.tests import new_test_user


class TestExplain(LifecycleCase):
    def test_sentence_of_a_dormant_customer(self):
        customer = self.buy(self.partner(), *range(500, 150, -25))
        why = customer.why()
        self.assertEqual(why["code"], customer.reason)
        self.assertIn(f"{customer.purchase_count} purchases", why["sentence"])
        self.assertIn(
            f"Silent for {(TODAY - customer.last_purchase_on).days} days", why["sentence"]
        )
        self.assertIn("1 in", why["sentence"])
        self.assertEqual(why["alert"], "quiet")
        tests = {line["label"]: line for line in why["lines"]}
        self.assertTrue(tests["Returning customers still silent"]["met"])
        self.assertEqual(why["decided_on"], customer.stage_since.isoformat())

    def test_sentence_when_on_time_names_the_day_of_dormancy(self):
        customer = self.buy(self.partner(), 30, 20, 10, 1)
        why = customer.why()
        self.assertEqual(why["alert"], "ok")
        self.assertIn("on time", why["sentence"])
        self.assertIn("Becomes dormant on", why["sentence"])
        self.assertFalse(any(line["met"] for line in why["lines"][:2]))

    def test_sentence_of_a_one_time_buyer(self):
        why = self.buy(self.partner(), 92).why()
        self.assertIn("Bought once, 92 days ago", why["sentence"])
        self.assertNotIn("Buys every", why["sentence"])
        self.assertIsNone(why["params"]["usual"])

    def test_sentences_without_purchase(self):
        partner = self.partner()
        quotation = self.quotation(partner)
        self.assertIn("quotation is open", self.of(partner).why()["sentence"])
        quotation._action_cancel()
        self.assertIn("No purchase yet", self.of(partner).why()["sentence"])
        self.assertEqual(self.of(partner).why()["lines"], [])

    def test_tests_agree_with_the_stage(self):
        """On the day before dormancy a test is not met yet, on the day all are."""
        customer = self.buy(self.partner(), *range(400, 40, -20))
        for day, met in ((customer.dormant_on - timedelta(days=1), False),
                         (customer.dormant_on, True)):  # fmt: skip
            customer.invalidate_recordset()
            days = {customer.first_purchase_on, customer.last_purchase_on, day}
            params = customer._params(self.policy, day, self.policy._positions(days))
            lines = customer._tests(params, self.policy)
            self.assertEqual(all(line["met"] for line in lines[:3]), met, day)

    def test_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"].search([("name", "=", "cx_lifecycle")])._update_translations(
            ["fr_FR"]
        )
        customer = self.buy(self.partner(), 500, 475, 450).with_context(lang="fr_FR")
        sentence = customer.why()["sentence"]
        self.assertNotIn("Buys every", sentence)
        self.assertIn("jours", sentence)
        self.assertIn(customer.stage_id.name, ("Perdu", "Dormant"))

    def test_every_number_opens_its_list(self):
        partner = self.partner()
        self.buy(partner, 40, 30, 30, 10)
        self.order(partner, ago(20), 0)
        self.order(partner, TODAY + timedelta(days=3))
        customer = self.of(partner)
        [evidence] = customer.why()["evidence"]
        self.assertEqual((evidence["counted"], evidence["ignored"]), (4, 2))
        for counted in (True, False):
            action = customer.action_purchases(evidence["source_id"], counted)
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(len(found), evidence["counted" if counted else "ignored"])
            self.assertEqual(found.partner_id, partner)
        action = customer.action_purchase_day(ago(30).isoformat())
        self.assertEqual(self.env["sale.order"].search_count(action["domain"]), 2)
        with self.assertRaises(UserError):
            customer.action_purchase_day(ago(31))
        with self.assertRaises(UserError):
            customer.action_purchases(0)

    def test_rhythm_strip(self):
        customer = self.buy(self.partner(), 1000, 30, 20, 20, 10, amount=50)
        strip = customer.rhythm_data
        self.assertEqual(strip["older"], 1)
        self.assertEqual([p["on"] for p in strip["purchases"]],
                         [ago(n).isoformat() for n in (30, 20, 10)])  # fmt: skip
        self.assertEqual([p["amount"] for p in strip["purchases"]], [50, 100, 50])
        self.assertEqual(strip["dormant_on"], customer.dormant_on.isoformat())
        self.assertEqual(strip["expected"]["on"], customer.next_purchase_on.isoformat())
        self.night()
        self.assertFalse(self.of(self.partner("Nobody")).rhythm_data)

    def test_a_list_costs_a_constant_number_of_queries(self):
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(24)])
        for partner in partners:
            self.buy(partner, 30, 3)
        customers = self.Customer.search([("partner_id", "in", partners.ids)])
        fields = ["partner_id", "stage_id", "alert", "why_data", "rhythm_data", "value_12m"]
        counts = []
        customers[:1].read(fields)
        for group in (customers[:3], customers):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            group.read(fields)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(abs(counts[1] - counts[0]), 1, counts)

    def test_stage_durations_add_up(self):
        partner = self.partner()
        for day in (900, 870, 840):
            self.order(partner.with_context(cx_no_refresh=True), ago(day))
        self.refresh(partner)
        seconds = partner.cx_stage_durations
        self.assertEqual(sum(seconds.values()), 900 * 86400)

    def test_contacts_show_their_companys_stage(self):
        firm = self.partner("Firm", is_company=True)
        ann = self.partner("Ann", parent_id=firm.id)
        self.buy(firm, 30, 3)
        self.assertEqual(ann.cx_why["sentence"], firm.cx_why["sentence"])
        self.assertEqual(ann.cx_stage_durations, firm.cx_stage_durations)
        self.assertEqual(ann.action_cx_contest()["context"]["default_customer_ids"],
                         self.of(firm).ids)  # fmt: skip

    def test_a_rep_reads_the_reason_on_the_contact(self):
        rep = new_test_user(self.env, "rep_reads", "sales_team.group_sale_salesman")
        partner = self.partner(user_id=rep.id)
        self.buy(partner, 30, 3)
        values = partner.with_user(rep).read(
            ["cx_stage_id", "cx_why", "cx_rhythm", "cx_stage_durations", "cx_value_12m"]
        )
        self.assertEqual(values[0]["cx_why"]["stage"], "active")
        self.assertTrue(values[0]["cx_rhythm"])

    def test_names_are_data_not_markup(self):
        partner = self.partner("<img src=x onerror=alert(1)>")
        customer = self.buy(partner, 3)
        customer.declare_lost("<b>bye</b>")
        self.assertNotIn("<b>", partner.message_ids[0].body)
        self.assertIn("&lt;b&gt;", partner.message_ids[0].body)
