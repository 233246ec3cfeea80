"""Orders and invoices bring their customer up to date, in their own transaction."""

from datetime import timedelta
from unittest.mock import patch

import psycopg2
from model.common import TODAY, LifecycleCase, ago

from odoo.tests import Form
from odoo.tools import mute_logger


class TestEvents(LifecycleCase):
    def count_queries(self, act):
        """Queries that ``act`` sends, everything before it written."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        act()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_confirming_an_order(self):
        partner = self.partner()
        quotation = self.quotation(partner, 250)
        quotation.action_confirm()
        customer = self.of(partner)
        self.assertStage(customer, "new", "first_purchase")
        self.assertEqual(customer.value_12m, 250)
        self.assertEqual(partner.cx_stage_id.code, "new")
        self.assertEqual(partner.cx_value_12m, 250)

    def test_cancelling_gives_the_old_stage_back(self):
        partner = self.partner()
        customer = self.buy(partner, 900, 870, 840)
        order = self.order(partner)
        self.assertStage(customer, "active")
        order._action_cancel()
        self.assertStage(customer, "lost", "long_silence")
        self.assertEqual(customer.last_purchase_on, ago(840))
        self.assertLedger(customer)
        order.action_draft()
        self.assertStage(customer, "lost")

    def test_moving_an_order_to_another_customer(self):
        ada, bea = self.partner("Ada"), self.partner("Bea")
        order = self.order(ada, ago(5))
        order.partner_id = bea
        self.assertEqual(self.of(ada).purchase_count, 0)
        self.assertStage(self.of(ada), "suspect")
        self.assertStage(self.of(bea), "new")

    def test_several_orders_a_day_are_one_purchase(self):
        customer = self.buy(self.partner(), 3, 3, 3)
        self.assertEqual(customer.purchase_count, 1)
        self.assertEqual(customer.value_12m, 300)

    def test_zero_and_refund_days_are_no_purchase(self):
        partner = self.partner()
        self.order(partner, ago(30), 100)
        self.order(partner, ago(20), 0)
        self.order(partner, ago(10), 100)
        self.order(partner, ago(10), -100)
        customer = self.of(partner)
        self.assertEqual(customer.purchase_count, 1)
        self.assertEqual(customer.last_purchase_on, ago(30))

    def test_refund_larger_than_the_sale(self):
        partner = self.partner()
        self.order(partner, ago(5), 100)
        self.order(partner, ago(5), -150)
        customer = self.of(partner)
        self.assertEqual(customer.purchase_count, 0)
        self.assertEqual(customer.value_12m, -50)
        self.assertStage(customer, "suspect")
        self.assertFalse(customer.last_purchase_on)

    def test_who_never_paid_anything_is_not_lost(self):
        self.policy.history_from = ago(2000)
        partner = self.partner()
        self.order(partner, ago(900), 0)
        self.assertStage(self.of(partner), "suspect")
        self.assertFalse(self.of(partner).lost_on)

    def test_orders_in_the_future_wait_for_their_day(self):
        partner = self.partner()
        customer = self.buy(partner, 10)
        day = TODAY + timedelta(days=4)
        self.order(partner, day)
        self.assertEqual(customer.purchase_count, 1)
        self.assertEqual(customer.review_on, day)
        self.night(as_of=day)
        self.assertEqual(customer.purchase_count, 2)
        self.assertStage(customer, "active", "purchase")

    def test_order_dated_before_the_customer_existed(self):
        partner = self.partner()
        customer = self.buy(partner, 4000)
        self.assertEqual(customer.first_purchase_on, ago(4000))
        self.assertStage(customer, "lost")
        self.assertLedger(customer)

    def test_an_older_order_comes_late(self):
        partner = self.partner()
        customer = self.buy(partner, 10)
        self.order(partner, ago(40))
        self.assertStage(customer, "active")
        self.assertEqual(customer.first_purchase_on, ago(40))
        self.assertEqual(customer.last_purchase_on, ago(10))
        self.assertLedger(customer)

    def test_contacts_buy_for_their_company(self):
        firm = self.partner("Firm", is_company=True)
        ann, bob = (self.partner(name, parent_id=firm.id) for name in ("Ann", "Bob"))
        self.order(ann, ago(30))
        self.order(bob, ago(1))
        customer = self.of(firm)
        self.assertEqual(customer.purchase_count, 2)
        self.assertEqual(ann.cx_stage_id.code, "active")
        self.assertFalse(self.Customer.search([("partner_id", "in", (ann | bob).ids)]))

    def test_queries_do_not_grow_with_the_history(self):
        counts = {}
        for history in (1, 5, 30):
            partner = self.partner()
            self.buy(partner, *range(1, history + 1))
            quotation = self.quotation(partner)
            with_us = self.count_queries(lambda q=quotation: q.write({"state": "sale"}))
            other = self.quotation(partner).with_context(cx_no_refresh=True)
            without = self.count_queries(lambda q=other: q.write({"state": "sale"}))
            counts[history] = with_us - without
        self.assertEqual(len(set(counts.values())), 1, counts)
        self.assertLessEqual(counts[1], 20, "an order adds a small number of queries")

    def test_one_order_of_many_is_one_evaluation(self):
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(12)])
        quotations = self.env["sale.order"].concat(*(self.quotation(p) for p in partners))
        few, many = quotations[:2], quotations[2:]
        self.assertEqual(
            *(
                self.count_queries(
                    lambda q=batch: self.Customer._refresh_partners(
                        q.partner_id, self.company, "sale.order"
                    )
                )
                for batch in (few, many)
            )
        )

    @mute_logger("odoo.addons.cx_lifecycle.models.cx_customer_refresh", "odoo.sql_db")
    def test_a_failing_evaluation_does_not_stop_the_sale(self):
        partner = self.partner()
        customer = self.buy(partner, 30)
        quotation = self.quotation(partner)
        with patch.object(type(self.Customer), "_verdict", side_effect=ValueError("odd figures")):
            quotation.action_confirm()
        self.assertEqual(quotation.state, "sale")
        self.assertIn("odd figures", customer.error)
        self.assertEqual(customer.purchase_count, 1)
        self.night(as_of=TODAY + timedelta(days=1))
        self.assertFalse(customer.error)
        self.assertEqual(customer.purchase_count, 2)

    def test_a_conflict_is_retried_not_swallowed(self):
        quotation = self.quotation(self.partner())
        error = psycopg2.errors.SerializationFailure
        with (
            patch.object(type(self.Customer), "_verdict", side_effect=error),
            self.assertRaises(error),
        ):
            quotation.action_confirm()

    def test_the_form_of_an_order_needs_no_lifecycle_role(self):
        form = Form(self.env["sale.order"])
        form.partner_id = self.partner()
        self.assertTrue(form.save().id)


class TestInvoices(LifecycleCase):
    """With invoices counting instead of orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        account = cls.env["account.account"]
        income = account.create({"name": "Income", "code": "CX4000", "account_type": "income"})
        receivable = account.create(
            {
                "name": "Receivable", "code": "CX1200", "account_type": "asset_receivable",
                "reconcile": True,
            }
        )  # fmt: skip
        cls.journal = cls.env["account.journal"].create(
            {"name": "Sales", "code": "CXS", "type": "sale", "default_account_id": income.id}
        )
        cls.env["ir.default"].set(
            "res.partner", "property_account_receivable_id", receivable.id,
            company_id=cls.company.id,
        )  # fmt: skip
        cls.income = income
        cls.env.ref("cx_lifecycle.source_account_move").action_count_instead()

    def invoice(self, partner, day=TODAY, amount=100.0, kind="out_invoice"):
        return self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": partner.id,
                "invoice_date": day,
                "journal_id": self.journal.id,
                "invoice_line_ids": [
                    (0, 0, {
                        "name": "Thing", "quantity": 1, "price_unit": amount,
                        "account_id": self.income.id, "tax_ids": False,
                    })
                ],
            }
        )  # fmt: skip

    def test_posting_and_refunding(self):
        partner = self.partner()
        invoice = self.invoice(partner, ago(3), 100)
        self.assertFalse(self.of(partner).purchase_count)
        invoice.action_post()
        customer = self.of(partner)
        self.assertStage(customer, "new")
        self.assertEqual(customer.value_12m, 100)
        refund = self.invoice(partner, ago(3), 40, "out_refund")
        refund.action_post()
        self.assertEqual(customer.value_12m, 60)
        rest = self.invoice(partner, ago(3), 60, "out_refund")
        rest.action_post()
        self.assertEqual(customer.purchase_count, 0)
        rest.button_draft()
        self.assertEqual(customer.purchase_count, 1)
        rest.button_cancel()
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEqual(customer.value_12m, -40)
        self.assertLedger(customer)

    def test_orders_do_not_count_beside_invoices(self):
        partner = self.partner()
        self.order(partner)
        self.assertFalse(self.of(partner).purchase_count)

    def test_vendor_bills_are_no_purchases(self):
        vendor = self.partner("Vendor")
        before = self.Customer.search_count([])
        bill = self.env["account.move"].new({"move_type": "in_invoice", "partner_id": vendor.id})
        self.assertFalse(bill.is_sale_document())
        self.assertEqual(self.Customer.search_count([]), before)
