"""People where things get difficult: merged, moved and archived, in two companies, forged."""

from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

SELLER = "sales_team.group_sale_salesman"


class PeopleCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Seat, cls.Evidence = cls.env["cx.seat"], cls.env["cx.need.evidence"]
        cls.rep = new_test_user(cls.env, "people_rep", SELLER, email="rep@example.com")
        cls.other = new_test_user(cls.env, "people_other", SELLER, email="other@example.com")
        cls.firm = cls.partner("Firm", is_company=True, user_id=cls.rep.id, phone="+33 1 99 00 11")
        cls.anna = cls.partner("Anna", parent_id=cls.firm.id)
        cls.bert = cls.partner("Bert", parent_id=cls.firm.id)
        cls.customer = cls.buy(cls.firm, *range(60, 361, 30), amount=500)
        cls.money = cls.env.ref("cx_lifecycle.need_money")

    @classmethod
    def role(cls, code):
        return cls.env.ref(f"cx_lifecycle.role_{code}")

    def lead(self, **values):
        return self.env["crm.lead"].create(
            {"name": "Deal", "type": "opportunity", "partner_id": self.firm.id,
             "user_id": self.rep.id, **values}
        )  # fmt: skip

    def seat(self, code, user=None, **values):
        seats = self.Seat.with_user(user) if user else self.Seat
        return seats.create({"role_id": self.role(code).id, **values})

    def heard(self, partner, user=None):
        pieces = self.Evidence.with_user(user) if user else self.Evidence
        return pieces.create({"partner_id": partner.id, "need_id": self.money.id})

    def calls(self, customer=None):
        domain = [("cx_customer_id", "in", (customer or self.customer).ids)]
        return self.env["mail.activity"].search(domain)

    def afresh(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def merge(self, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((source | target).ids, target)
        self.env.invalidate_all()


class TestForged(PeopleCase):
    def test_nobody_says_which_customer_an_activity_is_about(self):
        secret = self.buy(self.partner("Secret", user_id=self.other.id), 40, 80, 120)
        values = {
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": self.firm.id,
            "user_id": self.rep.id,
            "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
        }
        activities = self.env["mail.activity"].with_user(self.rep)
        with self.assertRaises(AccessError):
            activities.create({**values, "cx_customer_id": secret.id})
        own = activities.create(values)
        for forged in ({"cx_customer_id": secret.id}, {"cx_silent_since": "2000-01-01"}):
            with self.assertRaises(AccessError):
                own.write(forged)

    def test_a_planned_call_tells_others_no_figures(self):
        self.heard(self.firm)
        self.night()
        groups = "base.group_user,base.group_partner_manager"
        plain = new_test_user(self.env, "people_plain", groups)
        call = self.env["mail.activity"].with_user(plain).search([("res_id", "=", self.firm.id)])
        self.assertEqual((call.summary, call.note), ("Going quiet", False))
        with self.assertRaises(AccessError):
            call.read(["cx_customer_id"])
        self.order(self.firm, TODAY)
        said = "".join(self.firm.with_user(plain).message_ids.mapped("body"))
        self.assertIn("Done by itself", said)
        for figure in ("500", "usual", "Money", str(TODAY.year)):
            self.assertNotIn(figure, said)

    def test_evidence_stays_with_its_customer_and_author(self):
        theirs = self.partner("Theirs", user_id=self.other.id)
        self.buy(theirs, 3)
        piece = self.heard(self.firm, self.rep)
        with self.assertRaises(AccessError):
            piece.partner_id = theirs
        piece.write({"commercial_partner_id": theirs.id, "user_id": self.other.id})
        self.assertEqual(piece.sudo().commercial_partner_id, self.firm)
        self.assertEqual(piece.sudo().user_id, self.rep)
        self.assertFalse(self.of(theirs).need_id)

    def test_seats_stay_with_own_customers_and_deals(self):
        theirs = self.partner("Theirs", user_id=self.other.id)
        seat = self.seat("payer", self.rep, account_id=self.firm.id, partner_id=self.anna.id)
        with self.assertRaises(AccessError):
            seat.account_id = theirs

    def test_no_seat_in_a_deal_of_another_company(self):
        there = self.env["res.company"].create({"name": "There"})
        order = self.quotation(self.partner("Foreign"), company=there, user_id=False)
        for company in (self.company.id, False):
            with self.assertRaises(UserError):
                self.seat("payer", self.rep, order_id=order.id, name="Me", company_id=company)
        self.assertFalse(order.cx_seat_ids)

    def test_nobody_deletes_what_purchases_tell(self):
        self.product.categ_id = self.env["product.category"].create(
            {"name": "Rebates", "cx_need_ids": [(4, self.money.id)]}
        )
        self.night()
        piece = self.Evidence.search([("source", "=", "range"), ("partner_id", "=", self.firm.id)])
        with self.assertRaisesRegex(UserError, "Purchased range"):
            piece.with_user(self.rep).unlink()

    def test_a_number_of_calls_out_of_range(self):
        with self.assertRaisesRegex(ValidationError, "0 to 100"):
            self.rep.cx_calls_per_day = 1000


class TestMoved(PeopleCase):
    def test_a_contact_takes_its_needs_along(self):
        elsewhere = self.partner("Elsewhere", is_company=True)
        self.buy(elsewhere, 3)
        self.heard(self.anna)
        self.anna.parent_id = elsewhere
        self.afresh()
        self.night()
        self.assertFalse(self.customer.need_id)
        self.assertEqual(self.of(elsewhere).need_id, self.money)

    def test_a_deleted_contact_takes_its_needs_along(self):
        self.heard(self.anna)
        self.anna.unlink()
        self.afresh()
        self.night()
        self.assertFalse(self.customer.need_id)

    def test_a_person_merged_into_another_firms_contact(self):
        stranger = self.partner("Anna S.")
        piece = self.heard(stranger)
        self.merge(stranger, self.anna)
        self.assertEqual((piece.partner_id, piece.commercial_partner_id), (self.anna, self.firm))
        self.assertEqual(self.customer.need_id, self.money)

    def test_a_customer_merged_into_a_contact_hands_its_seats_on(self):
        shop = self.partner("Shop")
        self.seat("payer", account_id=shop.id, partner_id=self.bert.id)
        self.merge(shop, self.anna)
        self.assertEqual(self.firm.cx_seat_ids.partner_id, self.bert)

    def test_typed_names_are_two_people(self):
        for name in ("Mrs Smith", "Mr Jones"):
            self.seat("payer", account_id=self.firm.id, name=name)
        self.merge(self.partner("Firm again", is_company=True), self.firm)
        self.assertEqual(len(self.firm.cx_seat_ids), 2)

    def test_a_planned_call_survives_a_merge_and_ends_with_the_purchase(self):
        self.night()
        call = self.calls()
        target = self.partner("Firm again", is_company=True, user_id=self.rep.id)
        self.buy(target, 300, 330)
        self.merge(self.firm, target)
        self.assertEqual(call.cx_customer_id, self.of(target))
        self.order(target, TODAY)
        self.assertFalse(call.active)

    def test_opportunities_merged_into_one_share_a_committee(self):
        first, second = self.lead(), self.lead(name="Deal 2")
        self.seat("user", lead_id=first.id, partner_id=self.anna.id, note="kept")
        self.seat("user", lead_id=second.id, partner_id=self.anna.id)
        self.seat("decider", lead_id=second.id, partner_id=self.bert.id)
        merged = (first | second).merge_opportunity()
        merged.invalidate_recordset()
        self.assertEqual(sorted(merged.cx_seat_ids.role_id.mapped("code")), ["decider", "user"])

    def test_copies_keep_the_committee(self):
        lead, order = self.lead(), self.quotation(self.firm)
        for holder, field in ((lead, "lead_id"), (order, "order_id")):
            self.seat("payer", **{field: holder.id}, partner_id=self.anna.id)
            self.assertEqual(holder.copy().cx_seat_ids.partner_id, self.anna)

    def test_a_quotation_with_a_committee_of_its_own_gets_no_second_one(self):
        lead = self.lead()
        self.seat("payer", lead_id=lead.id, name="Mrs Smith")
        line = {"name": "Mrs Smith", "role_id": self.role("payer").id}
        order = self.quotation(self.firm, opportunity_id=lead.id, cx_seat_ids=[(0, 0, line)])
        self.assertEqual(len(order.cx_seat_ids), 1)

    def test_orders_and_opportunities_that_arrive_won_teach_too(self):
        line = [(0, 0, {"partner_id": self.anna.id, "role_id": self.role("payer").id})]
        self.quotation(self.firm, state="sale", cx_seat_ids=line)
        self.assertEqual(self.firm.cx_seat_ids.partner_id, self.anna)
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        line = [(0, 0, {"partner_id": self.bert.id, "role_id": self.role("payer").id})]
        self.lead(stage_id=won.id, cx_seat_ids=line)
        self.firm.invalidate_recordset()
        self.assertEqual(self.firm.cx_seat_ids.partner_id, self.anna | self.bert)


class TestCallsGoOn(PeopleCase):
    def test_an_order_cancelled_after_all_is_a_silence_again(self):
        self.night()
        order = self.order(self.firm, TODAY)
        self.assertFalse(self.calls())
        order.state = "cancel"
        self.assertEqual(self.customer.last_purchase_on, ago(60))
        self.night()
        self.assertTrue(self.calls())

    def test_the_next_salesperson_gets_a_call_of_the_own(self):
        self.night()
        self.firm.user_id = self.other
        self.night()
        self.assertEqual(self.calls().user_id, self.other)

    def test_also_when_the_one_before_has_left(self):
        self.night()
        self.rep.action_archive()
        self.firm.user_id = self.other
        self.night()
        self.assertEqual(self.calls().user_id, self.other)

    def test_delegated_by_hand_it_stays_with_the_colleague(self):
        self.night()
        self.calls().user_id = self.other
        self.night()
        self.assertEqual(self.calls().user_id, self.other)

    def test_who_becomes_part_of_another_firm_is_not_called(self):
        self.night()
        group = self.partner("Group", is_company=True)
        self.firm.write({"is_company": False, "parent_id": group.id})
        self.afresh()
        self.night()
        self.assertFalse(self.calls())

    def test_none_is_left_when_acceptance_is_taken_back(self):
        self.night()
        self.env["cx.first.run"]._of(self.company).accepted_at = False
        self.night()
        self.assertFalse(self.calls())

    def test_what_the_rep_has_planned_is_not_planned_again(self):
        self.firm.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.rep.id, date_deadline=TODAY
        )
        self.night()
        self.assertEqual(len(self.firm.activity_ids), 1)

    def test_tried_again_it_still_ends_with_the_purchase(self):
        self.night()
        wizard = self.env["cx.outcome"].with_user(self.rep)
        wizard.create({"partner_id": self.firm.id}).action_no_answer()
        self.assertEqual(self.firm.activity_ids.user_id, self.rep)
        self.order(self.firm, TODAY)
        self.firm.invalidate_recordset()
        self.assertFalse(self.firm.activity_ids)

    def test_a_leader_may_record_the_outcome(self):
        leader = new_test_user(self.env, "people_boss", f"{SELLER}_all_leads")
        self.night()
        wizard = self.env["cx.outcome"].with_user(leader)
        wizard.create({"partner_id": self.firm.id}).action_reached()
        self.assertFalse(self.calls())

    def test_one_rep_whose_calls_fail_stops_no_other(self):
        broken = self.buy(self.partner("Broken", user_id=self.other.id), *range(60, 361, 30))
        send = type(self.Customer)._send_summary

        def fails(customers, user):
            if user == self.other:
                raise ValueError("no template")
            return send(customers, user)

        self.patch(type(self.Customer), "_send_summary", fails)
        with self.assertLogs("odoo.addons.cx_lifecycle.models.cx_run_people", "ERROR"):
            run = self.night()
        self.assertTrue(self.calls())
        self.assertFalse(self.calls(broken))
        self.assertEqual((run.calls_planned, run.calls_waiting), (1, 1))
        self.assertIn("no template", run.problem)


class TestTwoCompanies(PeopleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.there = cls.env["res.company"].create({"name": "There"})
        cls.accept(cls.there)
        cls.stranger = new_test_user(
            cls.env, "people_there", SELLER, email="there@example.com", company_id=cls.there.id,
            company_ids=[(6, 0, cls.there.ids)],
        )  # fmt: skip

    def plan_there(self):
        chosen, _waiting = self.Customer._calls_due(self.there, TODAY)
        self.Customer._plan_calls(chosen, self.there, TODAY)
        self.afresh()

    def test_the_night_knows_what_is_at_risk_in_every_company(self):
        partner = self.partner("Over there", user_id=self.stranger.id)
        customer = self.buy(partner, *range(60, 361, 30), amount=500, company=self.there)
        # the night's user may know nothing of a company that was added later
        self.env.user.company_ids -= self.there
        self.afresh()
        self.plan_there()
        self.assertTrue(self.calls(customer))
        sent = self.env["mail.message"].search(
            [("partner_ids", "in", self.stranger.partner_id.ids)], order="id desc", limit=1
        )
        self.assertRegex(sent.body, r"At risk within a year: .*[1-9]\d")

    def test_what_another_companys_night_planned_is_not_ours(self):
        self.firm.user_id = self.stranger
        self.buy(self.firm, *range(60, 361, 30), amount=77, company=self.there)
        self.plan_there()
        self.assertNotEqual(self.customer.next_step, "planned")

    def test_whom_the_rep_may_not_read_is_not_proposed(self):
        theirs = self.partner("Xavier", company_id=self.there.id, phone="+33 1 55 55")
        self.firm.phone = False
        lead = self.lead()
        for holder in ({"account_id": self.firm.id}, {"lead_id": lead.id}):
            self.seat("decider", **holder, partner_id=theirs.id)
        self.afresh()
        self.assertNotIn("Xavier", self.customer.with_user(self.rep).next_person or "")
        mine = lead.with_user(self.rep)
        mine.read(["cx_needs", "cx_seat_ids", "cx_committee"])
        proposed = self.Seat.with_user(self.rep).suggest(self.role("decider").id, self.firm.id)
        self.assertEqual({p["name"] for p in proposed}, {"Anna", "Bert"})


class TestProposed(PeopleCase):
    def test_a_decider_with_a_number_comes_before_a_firm_with_mail(self):
        dora = self.partner("Dora", parent_id=self.firm.id, phone="+33155443322")
        self.firm.email = "firm@example.com"
        self.seat("decider", account_id=self.firm.id, partner_id=dora.id)
        self.afresh()
        self.assertEqual(self.customer.next_person, "Dora (Decider)")

    def test_who_works_elsewhere_now_is_called_with_the_firm(self):
        self.seat("decider", account_id=self.firm.id, partner_id=self.bert.id)
        rival = self.partner("Rival", is_company=True)
        self.bert.write({"parent_id": rival.id, "phone": "+33155443322"})
        self.firm.phone = False
        self.afresh()
        self.assertEqual(self.customer.next_person, "Rival, Bert (Decider)")

    def test_who_is_on_the_block_list_is_not_proposed(self):
        dora = self.partner("Dora", parent_id=self.firm.id, phone="+33155443322")
        dora.phone_sanitized = "+33155443322"
        self.seat("decider", account_id=self.firm.id, partner_id=dora.id)
        self.env["phone.blacklist"].add("+33155443322")
        self.afresh()
        self.assertEqual(self.customer.next_person, "Firm")

    def test_old_and_expired_quotations_are_no_reason(self):
        old = self.quotation(self.firm)
        old.date_order = f"{ago(400)} 12:00:00"
        self.quotation(self.firm, validity_date=ago(1))
        self.afresh()
        self.assertEqual(self.customer.next_step, "call")

    def test_needs_to_prepare_for_without_a_customer(self):
        adviser = self.partner("Adviser")
        self.heard(adviser)
        for partner in (self.partner("Supplier", supplier_rank=1).id, False):
            lead = self.lead(partner_id=partner)
            self.seat("prescriber", lead_id=lead.id, partner_id=adviser.id)
            self.afresh()
            self.assertEqual([need["id"] for need in lead.cx_needs["needs"]], self.money.ids)

    def test_who_works_elsewhere_now_is_proposed_with_the_firm(self):
        self.seat("decider", account_id=self.firm.id, partner_id=self.bert.id)
        self.bert.parent_id = self.partner("Rival", is_company=True)
        [first, *_rest] = self.Seat.suggest(self.role("decider").id, self.firm.id)
        self.assertEqual(first["reason"], "Decider: Firm · Rival")

    def test_marketers_see_the_committee_and_do_not_change_it(self):
        marketer = new_test_user(self.env, "people_m", "cx_lifecycle.group_marketer")
        self.assertFalse(self.firm.with_user(marketer).cx_committee["editable"])
        self.assertTrue(self.firm.with_user(self.rep).cx_committee["editable"])
        self.Seat.with_user(marketer).suggest(self.role("payer").id, self.firm.id)

    def test_said_once_though_the_dialog_is_used_twice(self):
        wizard = self.env["cx.outcome"].with_user(self.rep)
        dialog = wizard.create({"partner_id": self.firm.id, "need_id": self.money.id})
        dialog.action_not_now()
        dialog.action_reached()
        self.assertEqual(
            self.Evidence.search_count([("commercial_partner_id", "=", self.firm.id)]), 1
        )


class TestStagesThatAsk(PeopleCase):
    def setUp(self):
        super().setUp()
        self.strict = self.env["crm.stage"].create(
            {"name": "Strict", "sequence": -5, "cx_role_rule": "block",
             "cx_role_ids": [(4, self.role("user").id)]}
        )  # fmt: skip

    def test_a_lead_becomes_an_opportunity_only_with_its_roles(self):
        lead = self.lead(type="lead")
        lead.stage_id = self.strict
        with self.assertRaises(ValidationError):
            lead.convert_opportunity(self.firm)

    def test_a_mail_still_makes_an_opportunity(self):
        lead = self.env["crm.lead"].message_new(
            {"subject": "Hello", "from": "a@example.com", "email_from": "a@example.com",
             "body": "x", "author_id": False, "to": "", "cc": ""}, {"type": "opportunity"},
        )  # fmt: skip
        self.assertEqual(lead.stage_id, self.strict)


class TestRangesInterrupted(PeopleCase):
    def test_who_buys_while_the_reading_is_interrupted_is_read_next(self):
        self.product.categ_id = self.env["product.category"].create(
            {"name": "Rebates", "cx_need_ids": [(4, self.money.id)]}
        )
        early, late = self.partner("Early"), self.partner("Late")
        self.buy(late, 5)
        self.policy.sudo().write(
            {"ranges_at": False, "ranges_partner_id": early.id,
             "ranges_began_at": f"{ago(1)} 02:00:00"}
        )  # fmt: skip
        self.buy(early, 3)
        self.night()  # goes on behind the first, whom it has passed
        self.night()
        for partner in (early, late):
            self.assertTrue(self.Evidence.search([("partner_id", "=", partner.id)]), partner.name)

    def test_a_product_in_another_category_tells_what_was_bought_before(self):
        self.night()
        self.product.categ_id = self.env["product.category"].create(
            {"name": "Rebates", "cx_need_ids": [(4, self.money.id)]}
        )
        self.night()
        self.assertEqual(self.customer.need_id, self.money)
