"""Several companies, currencies and time zones."""

from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import AccessError
from odoo.tests import new_test_user


class TestCompanies(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.env.user.company_ids |= cls.other
        cls.env["cx.policy"]._of(cls.other)
        cls.accept(cls.other)

    def test_one_customer_per_company_that_sells(self):
        partner = self.partner()
        here = self.buy(partner, 60, 30, 1)
        there = self.buy(partner, 1, company=self.other)
        self.assertNotEqual(here, there)
        self.assertStage(here, "active")
        self.assertStage(there, "new")
        self.assertEqual((here.purchase_count, there.purchase_count), (3, 1))
        self.assertEqual(partner.with_company(self.company).cx_stage_id.code, "active")
        self.assertEqual(partner.with_company(self.other).cx_stage_id.code, "new")
        found = (
            self.env["res.partner"]
            .with_company(self.other)
            .search([("cx_stage_id.code", "=", "new"), ("id", "=", partner.id)])
        )
        self.assertEqual(found, partner)

    def test_users_see_the_stages_of_their_company(self):
        partner = self.partner()
        here = self.buy(partner, 1)
        there = self.buy(partner, 30, 1, company=self.other)
        user = new_test_user(
            self.env, "here_only", "sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id, company_ids=[(6, 0, self.company.ids)],
        )  # fmt: skip
        seen = self.Customer.with_user(user).search([("partner_id", "=", partner.id)])
        self.assertEqual(seen, here)
        self.assertEqual(self.env["cx.episode"].with_user(user).search([]).company_id, self.company)
        for act in ("read", "chance_of_purchase", "why"):
            with self.assertRaises(AccessError):
                record = there.with_user(user)
                {"read": lambda r=record: r.read(["stage_id"]),
                 "chance_of_purchase": lambda r=record: r.chance_of_purchase(30),
                 "why": lambda r=record: r.why()}[act]()  # fmt: skip

    def test_orders_in_another_currency_are_converted_on_their_day(self):
        currency = self.env["res.currency"].create(
            {
                "name": "CXX", "symbol": "X", "rounding": 0.01,
                "rate_ids": [
                    (0, 0, {"name": ago(100), "rate": 2.0, "company_id": self.company.id}),
                    (0, 0, {"name": ago(10), "rate": 4.0, "company_id": self.company.id}),
                ],
            }
        )  # fmt: skip
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": currency.id, "company_id": self.company.id}
        )
        partner = self.partner()
        for day in (200, 50, 5):
            order = self.quotation(partner, 80, pricelist_id=pricelist.id)
            order.order_line.price_unit = 80
            order.write({"state": "sale", "date_order": f"{ago(day)} 12:00:00"})
            self.assertEqual(order.currency_id, currency)
        expected = sum(
            currency._convert(80, self.company.currency_id, self.company, ago(day))
            for day in (200, 50, 5)
        )
        self.assertEqual(expected, 40 + 40 + 20)
        self.assertEqual(self.of(partner).value_12m, expected)
        self.assertEqual(self.of(partner).currency_id, self.company.currency_id)

    def test_the_day_is_the_companys(self):
        partner = self.partner()
        order = self.order(partner, ago(10))
        order.date_order = f"{ago(10)} 22:30:00"
        customer = self.of(partner)
        self.assertEqual(customer.last_purchase_on, ago(10))
        self.company.partner_id.tz = "Asia/Tokyo"
        self.refresh(partner)
        self.assertEqual(customer.last_purchase_on, ago(9))
        self.company.partner_id.tz = "America/Los_Angeles"
        order.date_order = f"{ago(10)} 03:00:00"
        self.assertEqual(customer.last_purchase_on, ago(11))

    def test_a_new_company_gets_its_policy_at_the_first_sale(self):
        third = self.env["res.company"].create({"name": "Third"})
        self.env.user.company_ids |= third
        self.buy(self.partner(), 1, company=third)
        self.assertTrue(self.env["cx.policy"].search([("company_id", "=", third.id)]))

    def test_sources_of_one_company_do_not_count_for_another(self):
        source = self.env.ref("cx_lifecycle.source_sale_order")
        source.company_id = self.other
        partner = self.partner()
        self.order(partner, ago(3))
        self.assertFalse(self.of(partner).purchase_count)
        self.assertStage(self.buy(partner, 3, company=self.other), "new")


class TestPartners(LifecycleCase):
    """Contacts that merge, move, are archived or deleted."""

    def merge(self, partners, into):
        self.env["base.partner.merge.automatic.wizard"]._merge(partners.ids, into)

    def test_merging_keeps_every_episode_once(self):
        ada, twin = self.partner("Ada"), self.partner("Ada B.")
        self.buy(ada, 900, 870)
        self.buy(twin, 30, 10, 1)
        episodes = (self.of(ada) | self.of(twin)).episode_ids
        kept = self.of(ada)
        self.merge(ada | twin, ada)
        self.assertFalse(twin.exists())
        self.assertEqual(self.Customer.search([("partner_id", "=", ada.id)]), kept)
        self.assertEqual(ada.cx_customer_id, kept)
        self.assertEqual(kept.purchase_count, 5)
        self.assertStage(kept, "active")
        self.assertEqual(episodes.exists(), episodes, "no row is lost")
        self.assertLessEqual(episodes, kept.episode_ids)
        self.assertEqual(len(kept.episode_ids.filtered(lambda e: not e.left_on)), 1)

    def test_merging_into_a_partner_without_customer(self):
        ada, blank = self.partner("Ada"), self.partner("Blank")
        customer = self.buy(ada, 30, 1)
        self.merge(ada | blank, blank)
        self.assertEqual(self.of(blank), customer)
        self.assertEqual(blank.cx_stage_id.code, "active")

    def test_merging_takes_over_a_hold(self):
        ada, twin = self.partner("Ada"), self.partner("Ada B.")
        self.buy(ada, 900)
        self.buy(twin, 880).hold(self.env.ref("cx_lifecycle.stage_active"), TODAY, "Knows us")
        self.merge(ada | twin, ada)
        self.assertStage(self.of(ada), "active", "hold")
        self.assertEqual(self.of(ada).hold_reason, "Knows us")

    def test_archived_customers_leave_the_lists_and_come_back(self):
        ada = self.partner()
        customer = self.buy(ada, 3)
        ada.active = False
        self.assertFalse(customer.active)
        self.assertNotIn(customer, self.Customer.search([]))
        self.night()
        self.assertStage(customer, "new")
        ada.active = True
        self.assertTrue(customer.active)

    def test_deleting_a_contact_keeps_the_counts_and_loses_the_person(self):
        ada = self.partner("Ada Secret")
        self.night()
        customer = self.of(ada)
        episodes = customer.episode_ids
        ada.unlink()
        self.env.flush_all()
        self.assertTrue(customer.exists() and episodes.exists())
        self.assertFalse(customer.partner_id)
        self.assertFalse(customer.active)
        self.assertEqual(self.night().errors, 0)

    def test_becoming_a_contact_of_a_company(self):
        firm, ada = self.partner("Firm", is_company=True), self.partner("Ada")
        self.buy(firm, 100)
        old = self.buy(ada, 5)
        ada.parent_id = firm
        self.env.flush_all()
        self.assertFalse(old.active)
        self.night()
        self.assertEqual(self.of(firm).purchase_count, 2)
        self.assertEqual(ada.cx_stage_id, self.of(firm).stage_id)
        self.assertEqual(old.purchase_count, 0)

    def test_a_copy_of_a_contact_is_nobody_yet(self):
        ada = self.partner()
        self.buy(ada, 3)
        self.assertFalse(ada.copy().cx_customer_id)

    def test_filters_groups_and_averages_on_contacts(self):
        ada, bea = self.partner("Ada", ref="cx"), self.partner("Bea", ref="cx")
        self.buy(ada, 60, 40, 1)
        self.buy(bea, 900)
        contacts = self.env["res.partner"]
        ours = [("ref", "=", "cx")]
        groups = dict(contacts._read_group(ours, ["cx_stage_id"], ["__count"]))
        self.assertEqual({s.code: n for s, n in groups.items()}, {"active": 1, "lost": 1})
        self.assertEqual(contacts.search([*ours, ("cx_alert", "=", "quiet")]), bea)
        self.assertEqual(contacts.search(ours, order="cx_last_purchase_on")[0], bea)
        [(average,)] = contacts._read_group(ours, [], ["cx_usual_interval:avg"])
        self.assertAlmostEqual(average, self.of(ada).usual_interval, 4)

    def test_alert_groups_as_it_filters(self):
        for number in range(3):
            self.buy(self.partner(f"Late {number}"), *range(300, 100, -20))
            self.buy(self.partner(f"Lost {number}"), 900)
            self.buy(self.partner(f"Fine {number}"), 3)
        self.env["crm.lead"].create(
            {"name": "x", "type": "opportunity", "partner_id": self.partner("Hope").id}
        )
        held = self.buy(self.partner("Held"), 900)
        held.hold(self.env.ref("cx_lifecycle.stage_dormant"), TODAY, "Knows us")
        self.assertEqual(held.alert, "ok")
        groups = dict(self.Customer._read_group([], ["alert"], ["__count"]))
        for alert in ("ok", "late", "quiet", False):
            found = self.Customer.search([("alert", "=", alert)])
            self.assertEqual(set(found.mapped("alert")), {alert} if found else set())
            self.assertEqual(len(found), groups.get(alert, 0))
        self.assertGreaterEqual(groups["quiet"], 3)

    def test_portal_users_see_nothing_of_it(self):
        ada = self.partner()
        self.buy(ada, 3)
        portal = new_test_user(self.env, "portal_ada", "base.group_portal")
        with self.assertRaises(AccessError):
            self.Customer.with_user(portal).search([])
        with self.assertRaises(AccessError):
            ada.with_user(portal).read(["cx_stage_id"])
        fields = portal.partner_id.with_user(portal).fields_get()
        self.assertFalse([name for name in fields if name.startswith("cx_")])
