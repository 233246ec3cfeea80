"""What counts as a purchase: shipped sources, own ones, and definitions that cannot work."""

from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user


class TestSources(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls.env.ref("cx_lifecycle.source_sale_order")
        cls.invoices = cls.env.ref("cx_lifecycle.source_account_move")
        cls.pos = cls.env.ref("cx_lifecycle.source_pos_order")

    def won(self, **values):
        """Opportunities won, as a source of somebody's own."""
        return self.Source.create(
            {
                "name": "Deals won",
                "model": "crm.lead",
                "partner_path": "partner_id",
                "date_path": "date_closed",
                "amount_path": "expected_revenue",
                "domain": '[("won_status", "=", "won")]',
                "company_id": self.company.id,
                **values,
            }
        )

    def test_shipped_sources_can_be_used(self):
        for source in (self.orders, self.invoices, self.pos):
            self.assertTrue(source.installed)
            source._check_definition()
            source.action_check()
        self.assertTrue(self.orders.active and self.pos.active)
        self.assertFalse(self.invoices.active, "orders and invoices never both count")

    def test_check_counts(self):
        partner = self.partner()
        before = self.orders
        before.action_check()
        count = before.check_count
        self.buy(partner, 4000, 1)
        self.quotation(partner)
        self.orders.action_check()
        self.assertEqual(self.orders.check_count, count + 2)
        self.assertEqual(self.orders.check_first_on, ago(4000))
        self.assertEqual(self.orders.check_last_on, max(ago(1), self.orders.check_last_on))
        self.assertEqual(self.orders.check_orphans, 0)

    def test_check_tells_documents_without_customer(self):
        source = self.won()
        self.env["crm.lead"].create(
            {"name": "Nobody", "type": "opportunity", "expected_revenue": 5, "probability": 100,
             "date_closed": f"{ago(3)} 10:00:00",
             "stage_id": self.env["crm.stage"].create({"name": "W", "is_won": True}).id}
        )  # fmt: skip
        source.action_check()
        self.assertEqual(source.check_orphans, 1)

    def test_only_one_of_orders_and_invoices_counts(self):
        with self.assertRaisesRegex(ValidationError, "Count these instead"):
            self.invoices.active = True
        self.invoices.action_count_instead()
        self.assertTrue(self.invoices.active)
        self.assertFalse(self.orders.active)
        self.orders.action_count_instead()
        self.assertTrue(self.orders.active)
        self.assertFalse(self.invoices.active)

    def test_refunds_may_be_counted_beside_orders(self):
        self.Source.create(
            {
                "name": "Credit notes",
                "model": "account.move",
                "date_path": "invoice_date",
                "amount_path": "amount_untaxed",
                "currency_path": "currency_id",
                "sign": "-1",
                "domain": '[("move_type", "=", "out_refund"), ("state", "=", "posted")]',
            }
        )
        self.assertTrue(self.orders.active)

    def test_switching_asks_for_a_rebuild(self):
        self.env["cx.run"].search([]).state = "done"
        self.invoices.action_count_instead()
        run = self.env["cx.run"].search([("state", "=", "waiting")])
        self.assertEqual(run.mapped("kind"), ["rebuild"])
        self.assertEqual(run.company_id, self.company)

    def test_own_source_counts(self):
        source = self.won()
        partner = self.partner()
        won = self.env["crm.stage"].create({"name": "Done", "is_won": True})
        self.env["crm.lead"].create(
            {"name": "Deal", "type": "opportunity", "partner_id": partner.id, "stage_id": won.id,
             "probability": 100, "expected_revenue": 500, "date_closed": f"{ago(12)} 10:00:00"}
        )  # fmt: skip
        self.refresh(partner)
        customer = self.of(partner)
        self.assertStage(customer, "new")
        self.assertEqual(customer.value_12m, 500)
        source.sign = "-1"
        self.refresh(partner)
        self.assertEqual(customer.purchase_count, 0)
        self.assertEqual(customer.value_12m, -500)

    def test_paths_may_follow_links(self):
        source = self.Source.create(
            {
                "name": "Order lines",
                "model": "sale.order.line",
                "partner_path": "order_id.partner_id",
                "date_path": "order_id.date_order",
                "amount_path": "price_subtotal",
                "currency_path": "order_id.currency_id",
                "domain": '[("state", "=", "sale")]',
            }
        )
        self.orders.active = False
        customer = self.buy(self.partner(), 8, amount=70)
        self.refresh(customer.partner_id or self.env["res.partner"].search([], limit=1))
        partner = self.env["res.partner"].search([("name", "=", "Ada")], order="id desc", limit=1)
        self.refresh(partner)
        self.assertEqual(self.of(partner).last_purchase_on, ago(8))
        self.assertEqual(self.of(partner).value_12m, 70)
        source.action_check()

    def test_point_of_sale_orders_count(self):
        partner = self.partner()
        config = self.env["pos.config"].create({"name": "Shop"})
        session = self.env["pos.session"].create({"config_id": config.id, "user_id": self.env.uid})
        self.env["pos.order"].create(
            {
                "session_id": session.id, "company_id": self.company.id, "partner_id": partner.id,
                "amount_tax": 0, "amount_total": 35, "amount_paid": 35, "amount_return": 0,
                "state": "paid", "date_order": f"{ago(2)} 12:00:00",
            }
        )  # fmt: skip
        self.refresh(partner)
        self.assertEqual(self.of(partner).value_12m, 35)
        self.assertEqual(self.of(partner).last_purchase_on, ago(2))

    def test_invoiced_documents_count_once(self):
        self.orders.active = False
        self.pos.invoice_path = "account_move"
        scope = self.pos._documents(self.company).code
        self.invoices.action_count_instead()
        self.assertNotEqual(self.pos._documents(self.company).code, scope)
        self.assertIn("account_move", self.pos._documents(self.company).code)

    def test_wrong_definitions_name_the_field_and_change_nothing(self):
        cases = [
            ({"model": "no.such.model"}, "Documents.*no.such.model"),
            ({"partner_path": "nobody_id"}, "Customer.*nobody_id"),
            ({"partner_path": "user_id"}, "Customer.*user_id"),
            ({"date_path": "name"}, "Date.*name"),
            ({"amount_path": "tag_ids"}, "Amount.*tag_ids"),
            ({"amount_path": "partner_id.name.x"}, "Amount.*"),
            ({"currency_path": "partner_id"}, "Currency.*partner_id"),
            ({"date_path": "id; DROP TABLE res_partner"}, "Date"),
            ({"domain": "[('nope', '=', 1)]"}, "Domain"),
            ({"domain": "__import__('os')"}, "Domain"),
            ({"domain": "[("}, "Domain"),
        ]
        count = self.Source.with_context(active_test=False).search_count([])
        for values, message in cases:
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, message),
                self.env.cr.savepoint(),
            ):
                self.won(**values)
        self.assertEqual(self.Source.with_context(active_test=False).search_count([]), count)

    def test_documents_without_company_need_one(self):
        with self.assertRaisesRegex(ValidationError, "Company"):
            self.Source.create(
                {"name": "Answers", "model": "survey.user_input", "date_path": "create_date",
                 "amount_path": "scoring_total"}
            )  # fmt: skip

    def test_a_source_waits_for_its_app(self):
        source = self.Source.with_context(install_mode=True).create(
            {"name": "Rentals", "model": "rental.contract", "date_path": "day",
             "amount_path": "total"}
        )  # fmt: skip
        self.assertFalse(source.installed)
        self.assertStage(self.buy(self.partner(), 1), "new")
        with self.assertRaisesRegex(UserError, "install the app"):
            source.action_check()

    def test_only_administrators_define_sources(self):
        rep = new_test_user(self.env, "rep_source", "sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            self.orders.with_user(rep).domain = "[]"
        admin = new_test_user(self.env, "admin_source", "cx_lifecycle.group_admin")
        self.orders.with_user(admin).name = "Orders"

    def test_no_source_no_purchase(self):
        customer = self.buy(self.partner(), 3)
        self.Source.search([]).active = False
        self.refresh(customer.partner_id)
        self.assertStage(customer, "suspect")
        self.assertEqual(customer.purchase_count, 0)
        self.assertGreaterEqual(TODAY, customer.stage_since)
