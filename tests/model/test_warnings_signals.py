"""Computed signals: each one's spells on small data, worked out by hand."""

from datetime import timedelta

from model.common import TODAY, ago
from model.warnings_case import WarningCase, noon


def later(day, days):
    return day + timedelta(days=days)


class TestBasketShrinking(WarningCase):
    def setUp(self):
        super().setUp()
        self.basket = self.kind("basket_shrinking")

    def bought(self, *purchases, name="Ada", company=None, **values):
        """Orders of (days ago, amount); the customer they make."""
        partner = self.partner(name)
        for days, amount in purchases:
            self.order(partner, ago(days), amount, company, **values)
        return self.of(partner, company)

    def test_it_begins_with_the_purchase_and_ends_with_a_better_one(self):
        ada = self.bought((300, 100), (250, 100), (200, 100), (150, 100), (120, 50), (100, 50),
                          (60, 150))  # fmt: skip
        # after 120: (100 + 50) / 2 = 75 of 100; after 100: 50 of 100; after 60: 100 of 90
        self.assertEqual(self.computed(self.basket), {ada: [(ago(100), ago(60))]})
        self.read(self.basket)
        sign = self.Warning.search([("customer_id", "=", ada.id)])
        self.assertEqual(sign.facts, {"lately": 50.0, "before": 100.0, "number": 4})
        self.assertIn("50.00", sign.words)
        self.assertIn("100.00 before", sign.words)

    def test_it_lasts_while_purchases_stay_small_and_so_long_after(self):
        ada = self.bought((300, 100), (290, 100), (280, 100), (270, 100), (260, 50), (250, 40),
                          (240, 45))  # fmt: skip
        self.assertEqual(self.computed(self.basket), {ada: [(ago(250), ago(60))]})
        self.basket.lasts_days = 300
        [[(began, ended)]] = self.computed(self.basket).values()
        self.assertEqual((began, (ended - TODAY).days), (ago(250), 60))
        self.read(self.basket)
        self.assertEqual(self.spells(self.basket, ada), [(ago(250), None)])

    def test_four_earlier_ones_are_needed_not_long_ago(self):
        self.bought((300, 100), (290, 100), (280, 100), (20, 10), (10, 10))
        self.bought((900, 100), (890, 100), (280, 100), (270, 100), (20, 10), (10, 10), name="Bob")
        self.assertFalse(self.computed(self.basket))
        self.basket.within_days = 1000
        self.assertEqual(
            list(self.computed(self.basket).values()), [[(ago(10), later(ago(10), 180))]]
        )

    def test_exactly_the_share_is_no_sign(self):
        self.bought((300, 100), (250, 100), (200, 100), (150, 100), (120, 60), (100, 60))
        self.assertFalse(self.computed(self.basket))

    def test_amounts_are_the_companys(self):
        """Net of what was taken back on the day, and in its currency."""
        currency = self.env.ref("base.EUR") if self.company.currency_id.name != "EUR" else \
            self.env.ref("base.USD")  # fmt: skip
        currency.active = True
        self.env["res.currency.rate"].create(
            {"name": ago(400), "currency_id": currency.id, "rate": 0.5,
             "company_id": self.company.id}
        )  # fmt: skip
        prices = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id, "company_id": self.company.id}
        )
        ada = self.partner()
        for days in (300, 250, 200, 150):
            self.order(ada, ago(days), 50, pricelist_id=prices.id)  # worth 100
        for days in (50, 40):
            self.order(ada, ago(days), 90)
        self.assertFalse(self.computed(self.basket))
        for days in (50, 40):
            self.order(ada, ago(days), -50)  # 40 are left
        self.assertEqual(
            self.computed(self.basket), {self.of(ada): [(ago(40), later(ago(40), 180))]}
        )
        # a day on which more came back than was bought is no purchase
        self.order(ada, ago(30), -500)
        self.assertEqual(
            self.computed(self.basket), {self.of(ada): [(ago(40), later(ago(40), 180))]}
        )

    def test_each_company_its_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["cx.policy"]._of(other)
        small = ((300, 100), (250, 100), (200, 100), (150, 100), (120, 10), (100, 10))
        here, there = self.bought(*small[:4]), self.bought(*small, name="Bob", company=other)
        for days, amount in small[4:]:
            self.order(here.partner_id, ago(days), amount, other)
        self.assertFalse(self.computed(self.basket))
        self.assertEqual(list(self.computed(self.basket, other)), [there])

    def test_the_night_looks_at_who_bought(self):
        ada = self.bought((300, 100), (250, 100), (200, 100), (150, 100))
        self.read(self.basket)
        self.env.cr.execute("UPDATE cx_customer SET create_date = '2020-01-01',"
                            " counted_at = '2020-01-01'")  # fmt: skip
        self.look(self.basket)
        for days in (20, 10):
            self.order(ada.partner_id, ago(days), 20)
        self.env.flush_all()
        self.look(self.basket)
        self.assertEqual(self.spells(self.basket, ada), [(ago(10), None)])
        # archived customers keep what was known
        ada.partner_id.active = False
        self.look(self.basket)
        self.assertEqual(self.spells(self.basket, ada), [(ago(10), None)])


class TestFewerCategories(WarningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.things = [
            cls.env["product.product"].create(
                {"name": name, "type": "service", "taxes_id": False,
                 "categ_id": cls.env["product.category"].create({"name": name}).id}
            )
            for name in ("Paper", "Ink", "Chairs")
        ]  # fmt: skip

    def takes(self, partner, days, *numbers, quantity=1):
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    (0, 0, {"product_id": self.things[n].id, "price_unit": 10,
                            "product_uom_qty": quantity})
                    for n in numbers
                ],
            }
        )  # fmt: skip
        order.write({"state": "sale", "date_order": f"{ago(days)} 12:00:00"})

    def test_three_purchases_against_three_before(self):
        kind, ada, bob = self.kind("fewer_categories"), self.partner(), self.partner("Bob")
        for days, numbers in ((90, (0, 1)), (80, (2,)), (70, (0,)), (60, (0, 1)), (50, (0,)),
                              (40, (0, 1)), (30, (0,)), (20, (0, 1, 2))):  # fmt: skip
            self.takes(ada, days, *numbers)
            self.takes(bob, days, 0)
        # after 40: paper and ink of three; after 30: two of three (paper, ink, of 80 70 60: three)
        # after 20: three of two
        customer = self.of(ada)
        self.assertEqual(self.computed(kind), {customer: [(ago(40), ago(20))]})
        self.read(kind)
        sign = self.Warning.search([("customer_id", "=", customer.id)])
        self.assertEqual((sign.facts["lately"], sign.facts["before"]), (2, 3))

    def test_what_came_back_is_not_counted(self):
        kind, ada = self.kind("fewer_categories", number=1), self.partner()
        self.takes(ada, 90, 0, 1, 2)
        self.takes(ada, 80, 0, 1, 2)
        self.assertFalse(self.computed(kind))
        self.takes(ada, 80, 1, 2, quantity=-1)
        [[(began, _ended)]] = self.computed(kind).values()
        self.assertEqual(began, ago(80))
        # a draft is no purchase, nor is the order of another company
        self.takes(ada, 70, 0, 1, 2)
        self.env["sale.order"].search([], order="id desc", limit=1).state = "cancel"
        self.assertEqual(len(self.computed(kind)), 1)
        other = self.env["res.company"].create({"name": "Other"})
        self.env["cx.policy"]._of(other)
        self.assertFalse(self.computed(kind, other))


class TestLatePayment(WarningCase):
    def invoice(self, customer, due, amount=100.0, kind="out_invoice", **values):
        move = self.env["account.move"].create(
            {
                "move_type": kind, "partner_id": customer.partner_id.id,
                "invoice_date": ago(due), "invoice_date_due": ago(due),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    (0, 0, {"name": "x", "price_unit": amount, "tax_ids": False})],
                **values,
            }
        )  # fmt: skip
        move.action_post()
        return move

    def pay(self, move, days, **values):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"payment_date": ago(days), **values}).action_create_payments()

    def setUp(self):
        super().setUp()
        self.late = self.kind("late_payment")
        self.ada = self.customer()

    def test_from_so_many_days_after_it_was_due_until_it_is_paid(self):
        self.invoice(self.ada, 5)
        self.pay(self.invoice(self.ada, 100), 90)  # in time enough
        late = self.invoice(self.ada, 80)
        self.pay(late, 70, amount=40)
        self.assertEqual(self.computed(self.late)[self.ada][0], (ago(65), None))
        self.pay(late, 50)
        found = self.computed(self.late)[self.ada]
        self.assertIn((ago(65), ago(50)), found)
        self.read(self.late)
        # what is due in ten days only is no sign yet
        self.assertEqual(self.spells(self.late, self.ada), [(ago(65), ago(50))])

    def test_several_at_once_are_one_sign(self):
        first, second = self.invoice(self.ada, 80), self.invoice(self.ada, 60, 30)
        self.pay(first, 40)
        self.read(self.late)
        self.assertEqual(self.spells(self.late, self.ada), [(ago(65), None)])
        sign = self.standing(self.late, self.ada)
        self.assertEqual((sign.facts["number"], sign.facts["open"]), (2, 30))
        self.assertIn("2 invoices", sign.words)
        self.pay(second, 0)
        self.look(self.late)
        self.assertEqual(self.spells(self.late, self.ada), [(ago(65), TODAY)])

    def test_what_is_not_due_yet_is_no_part_of_it(self):
        self.invoice(self.ada, 80)
        self.invoice(self.ada, -20, 500)
        self.invoice(self.ada, 5, 900)
        self.read(self.late)
        facts = self.standing(self.late, self.ada).facts
        self.assertEqual((facts["number"], facts["amount"], facts["open"]), (1, 100, 100))

    def test_what_was_settled_long_ago_may_be_open_again(self):
        bob = self.customer("Bob")
        old = self.invoice(self.ada, 1400)
        self.read(self.late)
        self.pay(old, 0)
        self.look(self.late)
        self.assertEqual(self.spells(self.late, self.ada), [(ago(1385), TODAY)])
        old.line_ids.remove_move_reconcile()
        self.invoice(bob, 80)
        self.look(self.late)
        self.assertEqual(self.spells(self.late, self.ada), [(ago(1385), None)])
        self.assertTrue(self.standing(self.late, bob))

    def test_refunds_drafts_and_bills_are_no_sign(self):
        self.invoice(self.ada, 80, kind="out_refund")
        self.invoice(self.ada, 80, kind="in_invoice")
        self.invoice(self.ada, 80).button_draft()
        self.invoice(self.ada, 80, amount=0)
        self.assertFalse(self.computed(self.late))
        # an invoice that a credit note settles is over on that day
        sold = self.invoice(self.ada, 80)
        refund = self.invoice(self.ada, 30, kind="out_refund")
        lines = (sold | refund).line_ids.filtered(lambda line: line.display_type == "payment_term")
        lines.filtered(lambda line: not line.reconciled).reconcile()
        self.assertEqual(self.computed(self.late), {self.ada: [(ago(65), ago(30))]})

    def test_it_is_found_when_it_becomes_late(self):
        self.read(self.late)
        self.invoice(self.ada, 15)
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move SET write_date = '2020-01-01'")
        self.env.cr.execute("UPDATE cx_customer SET create_date = '2020-01-01'")
        self.look(self.late)
        self.assertEqual(self.spells(self.late, self.ada), [(TODAY, None)])


class TestDeliveryLate(WarningCase):
    def delivery(self, customer, promised, arrived=None):
        kind = self.env["stock.picking.type"].search(
            [("code", "=", "outgoing"), ("company_id", "=", self.company.id)], limit=1
        )
        picking = self.env["stock.picking"].create(
            {
                "partner_id": customer.partner_id.id, "picking_type_id": kind.id,
                "location_id": kind.default_location_src_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )  # fmt: skip
        picking.flush_recordset()
        self.env.cr.execute(
            "UPDATE stock_picking SET date_deadline = %s, state = %s, date_done = %s WHERE id = %s",
            [noon(promised), "assigned" if arrived is None else "done",
             None if arrived is None else noon(arrived), picking.id],
        )  # fmt: skip
        picking.invalidate_recordset()
        return picking

    def test_awaited_or_arrived_too_late(self):
        kind = self.kind("delivery_late")
        self.assertEqual((kind.within_days, kind.lasts_days), (1, 30))
        ada, bob, eve = self.customer(), self.customer("Bob"), self.customer("Eve")
        self.delivery(ada, 60, 55)
        self.delivery(ada, 50, 50)
        self.delivery(ada, 20)
        self.delivery(bob, 10, 10)
        self.delivery(bob, 0)
        self.delivery(eve, 10).state = "cancel"
        self.assertEqual(self.computed(kind), {ada: [(ago(59), ago(25)), (ago(19), None)]})
        self.read(kind)
        sign = self.standing(kind, ada)
        self.assertIn("not arrived", sign.words)
        self.env.cr.execute(
            "UPDATE stock_picking SET state = 'done', date_done = %s WHERE state = 'assigned'"
            " AND partner_id = %s",
            [noon(2), ada.partner_id.id],
        )
        self.look(kind)
        sign.invalidate_recordset()
        self.assertEqual(sign.until_on, later(ago(2), 30))
        self.assertIn("18 days late", sign.words)

    def test_where_the_clock_is_behind_the_night_sees_all_that_is_late(self):
        """Promised for yesterday evening there, which is today in UTC."""
        kind, ada = self.kind("delivery_late"), self.customer()
        self.company.partner_id.tz = "America/Los_Angeles"
        picking = self.delivery(ada, 0)
        self.env.cr.execute(
            "UPDATE stock_picking SET date_deadline = %s, write_date = '2020-01-01' WHERE id = %s",
            [f"{TODAY} 05:00:00", picking.id],
        )
        found = self.computed(kind, today=TODAY)
        self.assertEqual(found, {ada: [(TODAY, None)]})
        changed = kind._changed(self.company, noon(0), TODAY)
        self.assertIn((ada.partner_id.id,), self.env.execute_query(changed))

    def test_without_stock_there_is_no_sign(self):
        kind = self.kind("delivery_late")
        self.patch(type(self.env), "__contains__", lambda env, name: name != "stock.picking")
        self.assertFalse(self.computed(kind))


class TestKeyContactGone(WarningCase):
    def seat(self, customer, person, role="decider"):
        return self.env["cx.seat"].create(
            {
                "account_id": customer.partner_id.id, "partner_id": person.id,
                "role_id": self.env.ref(f"cx_lifecycle.role_{role}").id,
            }
        )  # fmt: skip

    def test_who_decides_has_left(self):
        kind = self.kind("key_contact_gone")
        firm, other = self.customer("Firm", is_company=True), self.partner("Else", is_company=True)
        dan, use, adviser = (
            self.partner(name, parent_id=parent.id)
            for name, parent in (("Dan", firm.partner_id), ("Use", firm.partner_id),
                                 ("Adviser", other))
        )  # fmt: skip
        self.seat(firm, dan)
        self.seat(firm, use, "user")
        self.seat(firm, adviser, "payer")
        self.read(kind)
        self.assertFalse(self.spells(kind, firm))
        use.active = False  # a role that decides nothing
        self.look(kind)
        self.assertFalse(self.spells(kind, firm))
        dan.parent_id = other
        self.look(kind)
        self.assertEqual(self.spells(kind, firm), [(TODAY, None)])
        self.assertIn("Decider", self.standing(kind, firm).words)
        # somebody else decides now
        eve = self.partner("Eve", parent_id=firm.partner_id.id)
        self.seat(firm, eve)
        self.look(kind)
        self.assertFalse(self.standing(kind, firm))
        eve.active = False
        self.look(kind)
        self.assertTrue(self.standing(kind, firm))
