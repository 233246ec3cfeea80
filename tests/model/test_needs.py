"""Needs: evidence is added up, fades, is found again, and comes from purchases too."""

from datetime import timedelta

from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user


class NeedCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Evidence = cls.env["cx.need.evidence"]
        cls.rep = new_test_user(cls.env, "need_rep", "sales_team.group_sale_salesman")
        cls.firm = cls.partner("Firm", is_company=True, user_id=cls.rep.id)
        cls.anna = cls.partner("Anna", parent_id=cls.firm.id)
        cls.bert = cls.partner("Bert", parent_id=cls.firm.id)
        cls.buy(cls.firm, 10)

    @classmethod
    def need(cls, code):
        return cls.env.ref(f"cx_lifecycle.need_{code}")

    @classmethod
    def heard(cls, partner, code, weight="2", days=0, **values):
        return cls.Evidence.create(
            {
                "partner_id": partner.id,
                "need_id": cls.need(code).id,
                "weight": weight,
                "on": ago(days),
                **values,
            }
        )

    def codes(self, partner):
        """The needs shown of a contact, strongest first."""
        partner.invalidate_recordset()
        shown = partner.cx_needs
        return [self.env["cx.need"].browse(need["id"]).code for need in shown["needs"]]


class TestProfile(NeedCase):
    def test_six_needs_with_arguments_and_questions(self):
        needs = self.env["cx.need"].search([])
        self.assertEqual("".join(needs.mapped("letter")), "SONCAS")
        words = needs._arguments_of_all()
        for need in needs:
            self.assertTrue(words[need.id]["argument"] and words[need.id]["question"], need.name)

    def test_evidence_of_all_contacts_is_added_up(self):
        self.heard(self.anna, "money")
        self.heard(self.bert, "security")
        self.heard(self.bert, "security", "1")
        self.assertEqual(self.codes(self.firm), ["security", "money"])
        customer = self.of(self.firm)
        self.assertEqual(customer.need_id, self.need("security"))
        self.assertEqual(customer.need_ids, self.need("security") | self.need("money"))

    def test_a_person_has_needs_of_their_own(self):
        self.heard(self.anna, "money")
        self.heard(self.bert, "security", "3")
        self.assertEqual(self.codes(self.anna), ["money"])
        self.assertEqual(self.codes(self.bert), ["security"])

    def test_what_was_heard_lately_counts_more(self):
        self.heard(self.firm, "money", "3", days=800)
        self.heard(self.firm, "comfort", "1")
        self.assertEqual(self.codes(self.firm), ["comfort", "money"])
        self.assertEqual(self.of(self.firm).need_id, self.need("comfort"))

    def test_strength_in_three_steps(self):
        self.heard(self.firm, "money", "3")
        self.heard(self.firm, "comfort", "2")
        self.heard(self.firm, "pride", "1")
        self.firm.invalidate_recordset()
        self.assertEqual([need["strength"] for need in self.firm.cx_needs["needs"]], [3, 2, 1])

    def test_old_evidence_is_forgotten_by_the_night_of_its_day(self):
        self.heard(self.firm, "money", "1", days=729)
        customer = self.of(self.firm)
        self.assertEqual(customer.need_id, self.need("money"))
        until = self.env["cx.customer.need"].search([("customer_id", "=", customer.id)]).known_until
        self.assertEqual(until, TODAY + timedelta(days=1))
        self.Customer._forget_needs(self.company, until - timedelta(days=1))
        self.assertTrue(customer.need_id)
        self.Customer._forget_needs(self.company, until)
        self.assertFalse(customer.need_id or customer.need_ids)

    def test_stored_and_shown_agree(self):
        for code, weight, days in (
            ("money", "3", 700), ("pride", "1", 100), ("comfort", "2", 365), ("security", "1", 720),
        ):  # fmt: skip
            self.heard(self.firm, code, weight, days)
        customer = self.of(self.firm)
        stored = self.env["cx.customer.need"].search([("customer_id", "=", customer.id)])
        self.assertEqual(stored.mapped("need_id.code"), self.codes(self.firm))
        self.assertEqual(stored[0].need_id, customer.need_id)

    def test_changing_moving_and_deleting_evidence_changes_the_profile(self):
        piece = self.heard(self.firm, "money")
        piece.need_id = self.need("pride")
        self.assertEqual(self.of(self.firm).need_id, self.need("pride"))
        other = self.partner("Other")
        self.buy(other, 3)
        piece.partner_id = other
        self.assertFalse(self.of(self.firm).need_id)
        self.assertEqual(self.of(other).need_id, self.need("pride"))
        piece.unlink()
        self.assertFalse(self.of(other).need_id)

    def test_found_and_grouped(self):
        self.heard(self.firm, "money")
        self.heard(self.firm, "pride", "1")
        customer = self.of(self.firm)
        for code in ("money", "pride"):
            found = self.Customer.search([("need_ids", "in", self.need(code).ids)])
            self.assertIn(customer, found)
            self.assertIn(
                self.firm,
                self.env["res.partner"].search([("cx_need_ids", "=", self.need(code).id)]),
            )
        groups = dict(
            self.Customer._read_group([("id", "=", customer.id)], ["need_ids"], ["__count"])
        )
        self.assertEqual(groups, {self.need("money"): 1, self.need("pride"): 1})
        [[main, count]] = self.Customer._read_group(
            [("id", "=", customer.id)], ["need_id"], ["__count"]
        )
        self.assertEqual((main, count), (self.need("money"), 1))

    def test_who_tells_a_need_becomes_a_customer_at_once(self):
        newcomer = self.partner("Newcomer")
        self.assertFalse(self.of(newcomer))
        self.heard(newcomer, "money")
        self.assertStage(self.of(newcomer), "suspect")
        self.assertEqual(self.of(newcomer).need_id, self.need("money"))

    def test_a_supplier_keeps_evidence_and_stays_nothing(self):
        supplier = self.partner("Supplier", supplier_rank=1)
        self.heard(supplier, "money")
        self.assertFalse(self.of(supplier))

    def test_what_was_heard_before_counts_when_somebody_becomes_a_customer(self):
        supplier = self.partner("Supplier", supplier_rank=1)
        self.heard(supplier, "money")
        self.buy(supplier, 3)
        self.assertEqual(self.of(supplier).need_id, self.need("money"))

    def test_merging_contacts_adds_their_needs_up(self):
        other = self.partner("Firm again", is_company=True)
        self.buy(other, 20)
        self.heard(self.firm, "money", "1")
        self.heard(other, "pride", "3")
        self.env["base.partner.merge.automatic.wizard"]._merge((self.firm | other).ids, self.firm)
        self.assertEqual(self.of(self.firm).need_id, self.need("pride"))
        self.assertEqual(self.codes(self.firm), ["pride", "money"])

    def test_bad_input(self):
        with self.assertRaisesRegex(ValidationError, "in the future"):
            self.heard(self.firm, "money", days=-1)
        with self.assertRaisesRegex(UserError, "Purchased range"):
            self.heard_by_rep("money", source="range")
        self.assertFalse(self.of(self.firm).need_id)

    def heard_by_rep(self, code, **values):
        return self.Evidence.with_user(self.rep).create(
            {"partner_id": self.firm.id, "need_id": self.need(code).id, **values}
        )

    def test_the_author_cannot_be_forged(self):
        piece = self.heard_by_rep("money", user_id=self.env.ref("base.user_admin").id)
        self.assertEqual(piece.user_id, self.rep)

    def test_reps_work_with_their_own_customers(self):
        other = new_test_user(self.env, "need_rep2", "sales_team.group_sale_salesman")
        piece = self.heard_by_rep("money")
        self.assertFalse(self.Evidence.with_user(other).search([("id", "=", piece.id)]))
        with self.assertRaises(AccessError):
            piece.with_user(other).write({"weight": "3"})
        with self.assertRaises(AccessError):
            self.Evidence.with_user(other).create(
                {"partner_id": self.firm.id, "need_id": self.need("pride").id}
            )
        self.firm.invalidate_recordset()
        self.assertFalse(self.firm.with_user(other).cx_needs)
        self.assertFalse(
            self.env["res.partner"].with_user(other).search([("cx_need_ids", "!=", False)])
            & self.firm
        )
        everybody = new_test_user(self.env, "need_rep3", "sales_team.group_sale_salesman_all_leads")
        piece.with_user(everybody).write({"weight": "3"})

    def test_other_companies_know_nothing_of_it(self):
        there = self.env["res.company"].create({"name": "There"})
        self.accept(there)
        self.heard(self.firm, "money")
        self.assertFalse(self.firm.with_company(there).cx_needs)

    def test_queries_do_not_grow_with_the_evidence(self):
        counts = []
        for number in (1, 1, 40):  # the first time fills caches
            for _ in range(number):
                self.heard(self.anna, "money")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(self.firm.cx_needs["needs"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_a_contact_being_edited_shows_what_is_stored(self):
        self.heard(self.anna, "money")
        for partner in (self.firm, self.anna):
            edited = self.env["res.partner"].new({"name": "Other"}, origin=partner)
            self.assertEqual(edited.cx_needs, partner.cx_needs)
        self.assertFalse(self.env["res.partner"].new({"name": "New"}).cx_needs)

    def test_a_form_costs_six_queries_more(self):
        self.heard(self.anna, "money")
        self.env["cx.seat"].create(
            {"partner_id": self.anna.id, "account_id": self.firm.id,
             "role_id": self.env.ref("cx_lifecycle.role_user").id}
        )  # fmt: skip
        plain = {"name": {}, "cx_stage_id": {"fields": {"display_name": {}}}, "cx_why": {},
                 "child_ids": {"fields": {"name": {}}}}  # fmt: skip
        named = {"fields": {"display_name": {}}}
        seat = {"role_id": named, "partner_id": named, "name": {}, "stance": {}, "since": {}}
        ours = {"cx_needs": {}, "cx_committee": {}, "cx_seat_ids": {"fields": seat},
                "cx_role_ids": {"fields": {"display_name": {}, "color": {}}}}  # fmt: skip
        for partner in (self.firm, self.anna):
            for _ in range(2):  # the first time fills caches
                few = self.queries(partner, plain)
                many = self.queries(partner, plain | ours)
            self.assertLessEqual(many - few, 6)

    def queries(self, partner, shown):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        partner.with_user(self.rep).web_read(shown)
        return self.env.cr.sql_log_count - before


class TestGuide(NeedCase):
    def test_arguments_questions_and_evidence_of_one_need(self):
        self.heard(self.anna, "money", note="asks for rebates")
        guide = self.env["cx.need"].with_user(self.rep).guide(self.firm.id, self.need("money").id)
        [need] = guide["needs"]
        self.assertEqual(need["name"], "Money")
        self.assertTrue(need["arguments"] and need["questions"])
        [piece] = need["evidence"]
        self.assertEqual(piece["text"], "Anna: asks for rebates")
        self.assertTrue(guide["can_record"])
        self.assertFalse(guide["can_edit"])

    def test_three_questions_find_the_need_out(self):
        guide = self.env["cx.need"].guide(self.firm.id)
        self.assertEqual([len(need["questions"]) for need in guide["needs"]], [1, 1, 1])
        self.assertFalse(any(need["evidence"] for need in guide["needs"]))

    def test_a_companys_own_arguments_take_the_place_of_the_general_ones(self):
        need = self.need("money")
        before = need._arguments_of_all()[need.id]
        self.env["cx.need.argument"].create({"need_id": need.id, "text": "Ours"})
        after = need._arguments_of_all()[need.id]
        self.assertEqual(after["argument"], ["Ours"])
        self.assertEqual(after["question"], before["question"])
        there = self.env["res.company"].create({"name": "There"})
        self.assertEqual(need.with_company(there)._arguments_of_all()[need.id], before)

    def test_marketers_write_arguments_and_reps_do_not(self):
        marketer = new_test_user(self.env, "need_marketer", "cx_lifecycle.group_marketer")
        vals = {"need_id": self.need("money").id, "text": "Ours"}
        self.env["cx.need.argument"].with_user(marketer).create(vals)
        with self.assertRaises(AccessError):
            self.env["cx.need.argument"].with_user(self.rep).create(vals)

    def test_of_what_is_not_there(self):
        gone = self.partner("Gone")
        gone.unlink()
        with self.assertRaisesRegex(UserError, "does not exist"):
            self.env["cx.need"].guide(gone.id)

    def test_the_six_are_the_vocabulary(self):
        with self.assertRaises(UserError):
            self.need("money").unlink()


class TestRanges(NeedCase):
    """Purchases of categories that carry needs are evidence, after the next night."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.safety = cls.env["product.category"].create(
            {"name": "Safety", "cx_need_ids": [(4, cls.need("security").id)]}
        )
        cls.helmets = cls.env["product.category"].create(
            {"name": "Helmets", "parent_id": cls.safety.id}
        )
        cls.product.categ_id = cls.helmets
        cls.shop = cls.partner("Shop")

    def told(self, partner):
        return self.Evidence.search([("partner_id", "=", partner.id), ("source", "=", "range")])

    def test_a_night_reads_what_was_bought(self):
        self.buy(self.shop, 400, 200, 3)
        self.night()
        piece = self.told(self.shop)
        self.assertEqual(piece.need_id, self.need("security"))
        self.assertEqual((piece.weight, piece.on), ("2", ago(3)))
        self.assertEqual(piece._words(), "Days with purchases: 3, from Safety")
        self.assertEqual(self.of(self.shop).need_id, self.need("security"))

    def test_more_days_weigh_more(self):
        self.buy(self.shop, 1)
        self.night()
        self.assertEqual(self.told(self.shop).weight, "1")
        self.buy(self.shop, 2, 3, 4, 5, 6)
        self.night()
        self.assertEqual(self.told(self.shop).weight, "3")

    def test_only_those_who_bought_are_read_again(self):
        self.buy(self.shop, 3)
        quiet = self.partner("Quiet")
        self.buy(quiet, 5)
        self.night()
        kept = self.told(quiet)
        self.env.flush_all()
        for table, ids in (
            ("cx_customer", self.of(quiet).ids),
            ("sale_order", quiet.sale_order_ids.ids),
        ):
            stamp = "counted_at" if table == "cx_customer" else "write_date"
            self.env.cr.execute(
                f"UPDATE {table} SET {stamp} = now() - interval '2 days' WHERE id = ANY(%s)", [ids]
            )
        self.env.invalidate_all()
        self.buy(self.shop, 1)
        self.night()
        self.assertEqual(self.told(quiet), kept)
        self.assertEqual(self.told(self.shop).on, ago(1))

    def test_other_needs_of_a_category_are_read_for_everybody(self):
        self.buy(self.shop, 3)
        self.night()
        self.safety.cx_need_ids = self.need("comfort")
        self.night()
        self.assertEqual(self.told(self.shop).need_id, self.need("comfort"))
        self.safety.cx_need_ids = False
        self.night()
        self.assertFalse(self.told(self.shop))
        self.assertFalse(self.of(self.shop).need_id)

    def test_what_reps_said_stays(self):
        self.buy(self.shop, 3)
        piece = self.heard(self.shop, "pride")
        self.night()
        self.assertTrue(piece.exists())
        self.assertEqual(self.of(self.shop).need_ids, self.need("pride") | self.need("security"))

    def test_returned_goods_tell_nothing(self):
        self.order(self.shop, ago(3), amount=-50)
        self.night()
        self.assertFalse(self.told(self.shop))

    def test_nobody_writes_purchases_by_hand(self):
        self.buy(self.shop, 3)
        self.night()
        with self.assertRaisesRegex(UserError, "Purchased range"):
            self.told(self.shop).with_user(self.rep).write({"weight": "3"})

    def test_invoices_tell_it_too(self):
        source = self.env.ref("cx_lifecycle.source_account_move")
        self.assertTrue(source._product_steps())
        source.action_count_instead()
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.shop.id,
                "invoice_date": ago(4),
                "invoice_line_ids": [
                    (0, 0, {"product_id": self.product.id, "price_unit": 10, "tax_ids": False})
                ],
            }
        )
        move.action_post()
        self.night()
        self.assertEqual(self.told(self.shop).on, ago(4))

    def test_a_wrong_path_is_refused(self):
        source = self.env.ref("cx_lifecycle.source_sale_order")
        for path in ("partner_id", "order_line", "order_line.name", "nothing.product_id"):
            with self.assertRaisesRegex(ValidationError, "Products"):
                source.product_path = path
