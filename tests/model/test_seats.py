"""Buyer roles: who sits where, what is copied, learned, suggested and asked for."""

from model.common import TODAY, LifecycleCase, ago
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger


class SeatCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Seat = cls.env["cx.seat"]
        cls.rep = new_test_user(cls.env, "seat_rep", "sales_team.group_sale_salesman")
        cls.firm = cls.partner("Firm", is_company=True, user_id=cls.rep.id)
        cls.anna = cls.partner("Anna", parent_id=cls.firm.id, function="Engineer")
        cls.bert = cls.partner("Bert", parent_id=cls.firm.id)
        cls.stages = cls.env["crm.stage"].search([])
        cls.early = cls.env["crm.stage"].create({"name": "Early", "sequence": -2})
        cls.late = cls.env["crm.stage"].create({"name": "Late", "sequence": -1})

    @classmethod
    def role(cls, code):
        return cls.env.ref(f"cx_lifecycle.role_{code}")

    @classmethod
    def lead(cls, **values):
        return cls.env["crm.lead"].create(
            {
                "name": "Deal",
                "type": "opportunity",
                "partner_id": cls.firm.id,
                "user_id": cls.rep.id,
                "stage_id": cls.early.id,
                **values,
            }
        )

    @classmethod
    def seat(cls, person, code, holder, **values):
        field = {"crm.lead": "lead_id", "sale.order": "order_id", "res.partner": "account_id"}
        return cls.Seat.create(
            {
                "partner_id": person.id,
                "role_id": cls.role(code).id,
                field[holder._name]: holder.id,
                **values,
            }
        )

    def seats(self, holder):
        return sorted((s.partner_id.name or s.name, s.role_id.code) for s in holder.cx_seat_ids)


class TestSeats(SeatCase):
    def test_several_roles_for_one_and_several_people_for_one_role(self):
        lead = self.lead()
        self.seat(self.anna, "user", lead)
        self.seat(self.anna, "decider", lead)
        self.seat(self.bert, "decider", lead)
        self.assertEqual(lead.cx_seats_filled, 2)

    def test_the_same_person_in_the_same_role_once(self):
        lead = self.lead()
        self.seat(self.anna, "user", lead)
        with self.assertRaisesRegex(Exception, "already"), mute_logger("odoo.sql_db"):
            self.seat(self.anna, "user", lead)

    def test_a_name_without_a_contact(self):
        lead = self.lead(partner_id=False)
        seat = self.Seat.create(
            {"lead_id": lead.id, "role_id": self.role("payer").id, "name": "Mrs Smith"}
        )
        self.assertEqual(seat.display_name, "Mrs Smith (Payer)")

    def test_a_seat_needs_a_person_and_one_holder(self):
        lead = self.lead()
        for vals in (
            {"lead_id": lead.id},
            {"partner_id": self.anna.id},
            {"partner_id": self.anna.id, "lead_id": lead.id, "account_id": self.firm.id},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
            ):
                self.Seat.create({"role_id": self.role("user").id, **vals})
                self.env.flush_all()

    def test_a_customer_is_no_contact_of_another(self):
        with self.assertRaisesRegex(UserError, "is a contact of Firm"):
            self.seat(self.bert, "user", self.anna)

    def test_five_seats_and_what_is_needed(self):
        self.late.write({"cx_role_ids": [(4, self.role("decider").id)]})
        lead = self.lead(stage_id=self.late.id)
        shown = lead.cx_committee
        self.assertEqual(
            [role["code"] for role in shown["roles"]],
            ["prescriber", "user", "buyer", "payer", "decider"],
        )
        self.assertEqual([r["code"] for r in shown["roles"] if r["required"]], ["decider"])
        self.assertEqual((shown["rule"], shown["stage"]), ("warn", "Late"))
        self.assertEqual(shown["partner_id"], self.firm.id)

    def test_another_customer_has_other_people(self):
        other = self.partner("Other", is_company=True)
        for deal in (self.lead(), self.quotation(self.firm)):
            self.assertEqual(deal.cx_committee["partner_id"], self.firm.id)
            deal.partner_id = other
            self.assertEqual(deal.cx_committee["partner_id"], other.id)

    def test_the_company_of_a_seat_is_that_of_its_deal(self):
        there = self.env["res.company"].create({"name": "There"})
        order = self.quotation(self.partner("Somebody"), company=there)
        seat = self.seat(self.anna, "user", order)
        self.assertEqual(seat.company_id, there)
        self.assertEqual(self.seat(self.anna, "user", self.firm).company_id, self.company)

    def test_seats_follow_their_opportunity_to_another_company(self):
        there = self.env["res.company"].create({"name": "There"})
        self.rep.company_ids |= there
        lead, other = self.lead(), self.lead()
        seat, stays = self.seat(self.anna, "user", lead), self.seat(self.anna, "user", other)
        lead.company_id = there
        self.env.cr.flush()
        self.assertEqual((seat.company_id, stays.company_id), (there, other.company_id))
        # Odoo decides by the team, without anybody writing the company
        team = self.env["crm.team"].create({"name": "Here", "company_id": self.company.id})
        lead.team_id = team
        self.env.cr.flush()
        self.assertEqual((lead.company_id, seat.company_id), (self.company, self.company))

    def test_merging_contacts_keeps_each_seat_once(self):
        lead = self.lead()
        self.seat(self.anna, "user", lead)
        self.seat(self.bert, "user", lead)
        self.seat(self.bert, "payer", lead)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.anna | self.bert).ids, self.anna
        )
        lead.invalidate_recordset()
        self.assertEqual(self.seats(lead), [("Anna", "payer"), ("Anna", "user")])


class TestTravel(SeatCase):
    def test_a_quotation_begins_with_the_seats_of_its_opportunity(self):
        lead = self.lead()
        self.seat(self.anna, "user", lead, stance="1", note="keen", since=ago(9))
        self.Seat.create(
            {"lead_id": lead.id, "role_id": self.role("payer").id, "name": "Mrs Smith"}
        )
        order = self.quotation(self.firm, opportunity_id=lead.id)
        self.assertEqual(self.seats(order), [("Anna", "user"), ("Mrs Smith", "payer")])
        copied = order.cx_seat_ids.filtered("partner_id")
        self.assertEqual((copied.stance, copied.note, copied.since), ("1", "keen", ago(9)))
        self.assertEqual(copied.company_id, self.company)
        self.assertEqual(len(lead.cx_seat_ids), 2)

    def test_a_confirmed_order_teaches_the_customer(self):
        order = self.quotation(self.anna)
        self.seat(self.anna, "buyer", order)
        self.assertFalse(self.firm.cx_seat_ids)
        order.action_confirm()
        self.assertEqual(self.seats(self.firm), [("Anna", "buyer")])
        self.assertEqual(self.anna.cx_role_ids, self.role("buyer"))

    def test_a_won_opportunity_teaches_the_customer_and_a_lost_one_does_not(self):
        won, lost = self.lead(), self.lead()
        self.seat(self.anna, "decider", won)
        self.seat(self.bert, "payer", lost)
        lost.action_set_lost()
        won.action_set_won()
        self.assertEqual(self.seats(self.firm), [("Anna", "decider")])

    def test_what_is_known_stays(self):
        self.seat(self.anna, "buyer", self.firm, stance="-1", note="old")
        order = self.quotation(self.firm)
        self.seat(self.anna, "buyer", order, stance="1")
        order.action_confirm()
        [seat] = self.firm.cx_seat_ids
        self.assertEqual((seat.stance, seat.note), ("-1", "old"))

    def test_orders_without_seats_cost_two_queries_at_most(self):
        order = self.quotation(self.firm)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.Seat._copy_to_orders(order)
        self.Seat._learn_from(order)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 2)


class TestSuggestions(SeatCase):
    def test_former_holders_first_then_contacts(self):
        order = self.quotation(self.firm)
        self.seat(self.bert, "decider", order)
        proposed = self.Seat.suggest(self.role("decider").id, self.firm.id)
        self.assertEqual([p["name"] for p in proposed], ["Bert", "Anna"])
        self.assertEqual(proposed[0]["reason"], f"Decider: {order.name}")
        self.assertEqual(proposed[1]["reason"], "Engineer")

    def test_whoever_sits_there_is_not_proposed(self):
        proposed = self.Seat.suggest(self.role("user").id, self.firm.id, [self.anna.id])
        self.assertEqual([p["name"] for p in proposed], ["Bert"])

    def test_nobody_without_customer(self):
        self.assertEqual(self.Seat.suggest(self.role("user").id), [])

    def test_only_what_the_rep_may_read(self):
        other = new_test_user(self.env, "seat_rep2", "sales_team.group_sale_salesman")
        self.seat(self.bert, "decider", self.firm)
        mine = self.Seat.with_user(self.rep).suggest(self.role("decider").id, self.firm.id)
        theirs = self.Seat.with_user(other).suggest(self.role("decider").id, self.firm.id)
        self.assertEqual(mine[0]["reason"], "Decider: Firm")
        self.assertEqual({p["reason"] for p in theirs}, {"Engineer", "Contact"})


class TestStageAsks(SeatCase):
    def test_a_blocking_stage_names_who_is_missing_and_changes_nothing(self):
        roles = self.role("decider") | self.role("payer")
        self.late.write({"cx_role_ids": [(6, 0, roles.ids)], "cx_role_rule": "block"})
        lead = self.lead()
        self.seat(self.anna, "decider", lead)
        with self.assertRaises(ValidationError) as refused:
            lead.stage_id = self.late
        self.assertRegex(str(refused.exception), "Deal: the stage Late .* roles: Payer")
        self.assertEqual(lead.stage_id, self.early)
        self.seat(self.bert, "payer", lead)
        lead.stage_id = self.late
        self.assertEqual(lead.stage_id, self.late)

    def test_it_blocks_new_opportunities_and_those_of_who_sees_no_seats(self):
        self.late.write({"cx_role_ids": [(4, self.role("user").id)], "cx_role_rule": "block"})
        with self.assertRaisesRegex(ValidationError, "User"):
            self.lead(stage_id=self.late.id)
        self.lead(
            stage_id=self.late.id,
            cx_seat_ids=[(0, 0, {"partner_id": self.anna.id, "role_id": self.role("user").id})],
        )

    def test_a_warning_stage_warns_and_lets_pass(self):
        self.late.cx_role_ids = self.role("user")
        lead = self.lead()
        sent = []
        self.patch(
            type(self.env["res.users"]),
            "_bus_send",
            lambda user, kind, message: sent.append(message),
        )
        lead.stage_id = self.late
        self.assertEqual(lead.stage_id, self.late)
        [message] = sent
        self.assertEqual(message["type"], "warning")
        self.assertIn("User", message["message"])

    def test_leads_are_not_asked(self):
        self.late.write({"cx_role_ids": [(4, self.role("user").id)], "cx_role_rule": "block"})
        self.lead(type="lead").stage_id = self.late

    def test_incomplete_by_what_the_stage_asks_or_else_all_five(self):
        self.late.cx_role_ids = self.role("decider")
        asked, free = self.lead(stage_id=self.late.id), self.lead()
        self.assertTrue(asked.cx_incomplete and free.cx_incomplete)
        self.seat(self.anna, "decider", asked)
        self.seat(self.anna, "decider", free)
        self.assertFalse(asked.cx_incomplete)
        self.assertTrue(free.cx_incomplete)
        both = asked | free
        search = self.env["crm.lead"].search
        ours = [("id", "in", both.ids)]
        self.assertEqual(search([*ours, ("cx_incomplete", "=", True)]), free)
        self.assertEqual(search([*ours, ("cx_incomplete", "=", False)]), asked)
        for role in self.env["cx.buyer.role"].search([]) - self.role("decider"):
            self.seat(self.bert, role.code, free)
        self.assertFalse(free.cx_incomplete)
        self.assertEqual(search([*ours, ("cx_incomplete", "=", False)]), both)

    def test_eighty_opportunities_cost_three_queries(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": f"Deal {n}", "type": "opportunity", "partner_id": self.firm.id,
                 "cx_seat_ids": [(0, 0, {"partner_id": self.anna.id,
                                         "role_id": self.role("user").id})]}
                for n in range(80)
            ]
        )  # fmt: skip
        self.env.flush_all()
        self.env.invalidate_all()
        plain = self.queries(leads, ["name", "stage_id"])
        self.env.invalidate_all()
        ours = self.queries(leads, ["name", "stage_id", "cx_seats_filled", "cx_incomplete"])
        self.assertLessEqual(ours - plain, 3)

    def test_a_deal_being_edited_counts_what_is_not_stored_yet(self):
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "type": "opportunity", "partner_id": self.firm.id}
        )
        edited = self.env["crm.lead"].new(
            {"cx_seat_ids": [(0, 0, {"partner_id": self.anna.id,
                                     "role_id": self.role("user").id})]}, origin=lead,
        )  # fmt: skip
        self.assertEqual((edited.cx_seats_filled, lead.cx_seats_filled), (1, 0))

    def queries(self, records, names):
        before = self.env.cr.sql_log_count
        records.read(names)
        return self.env.cr.sql_log_count - before


class TestWinRates(SeatCase):
    def close(self, won, roles, days=1):
        lead = self.lead()
        for code in roles:
            self.seat(self.anna, code, lead, since=ago(days))
        if won:
            lead.action_set_won()
        else:
            lead.action_set_lost()
        return lead

    def test_not_enough_deals(self):
        self.close(True, ["user"])
        rates = self.Seat.win_rates()
        self.assertEqual((rates["deals"], rates["needed"], rates["enough"]), (1, 30, False))

    def test_with_and_without_a_decider(self):
        for number in range(20):
            self.close(number < 12, ["user", "decider"])
        for number in range(10):
            self.close(number < 2, ["user"])
        self.close(True, [])  # nobody noted who was there: says nothing
        self.lead()  # open
        rates = self.Seat.win_rates()
        self.assertEqual((rates["deals"], rates["enough"]), (30, True))
        decider = rates["roles"][str(self.role("decider").id)]
        self.assertEqual((decider["with"]["won"], decider["with"]["deals"]), (12, 20))
        self.assertEqual((decider["without"]["won"], decider["without"]["deals"]), (2, 10))
        # Wilson's interval of 12 in 20
        self.assertAlmostEqual(decider["with"]["low"], 0.3866, 3)
        self.assertAlmostEqual(decider["with"]["high"], 0.7812, 3)
        user = rates["roles"][str(self.role("user").id)]
        self.assertIsNone(user["without"])
        self.assertEqual(user["with"]["deals"], 30)

    def test_who_was_noted_after_the_end_was_not_there(self):
        lead = self.close(True, ["user"], days=5)
        lead.date_closed = f"{ago(3)} 12:00:00"
        self.seat(self.bert, "decider", lead, since=TODAY)
        rates = self.Seat.win_rates()
        decider = rates["roles"][str(self.role("decider").id)]
        self.assertIsNone(decider["with"])
        self.assertEqual(decider["without"]["deals"], 1)

    def test_the_figures_are_the_companys_for_every_rep(self):
        self.close(True, ["user"])
        other = new_test_user(self.env, "seat_rep2", "sales_team.group_sale_salesman")
        self.assertEqual(self.Seat.with_user(other).win_rates()["deals"], 1)
        there = self.env["res.company"].create({"name": "There"})
        self.close(True, ["user"]).write({"company_id": there.id, "user_id": False})
        self.assertEqual(self.Seat.with_user(other).win_rates()["deals"], 1)
        self.assertEqual(self.Seat.with_company(there).win_rates()["deals"], 1)
        outsider = new_test_user(self.env, "seat_outsider", "base.group_user")
        with self.assertRaises(AccessError):
            self.Seat.with_user(outsider).win_rates()


class TestRights(SeatCase):
    def test_own_customers_own_deals(self):
        other = new_test_user(self.env, "seat_rep2", "sales_team.group_sale_salesman")
        lead, order = self.lead(), self.quotation(self.firm, user_id=self.rep.id)
        for holder in (self.firm, lead, order):
            seat = self.seat(self.anna, "user", holder)
            self.assertEqual(seat.with_user(self.rep).stance, "0")
            seat.with_user(self.rep).stance = "1"
            with self.subTest(holder=holder._name), self.assertRaises(AccessError):
                seat.with_user(other).stance = "-1"
            self.assertFalse(self.Seat.with_user(other).search([("id", "=", seat.id)]))

    def test_marketers_read(self):
        marketer = new_test_user(self.env, "seat_marketer", "cx_lifecycle.group_marketer")
        seat = self.seat(self.anna, "user", self.firm)
        self.assertEqual(seat.with_user(marketer).role_id.code, "user")
        with self.assertRaises(AccessError):
            seat.with_user(marketer).stance = "1"

    def test_other_companies_see_nothing(self):
        there = self.env["res.company"].create({"name": "There"})
        stranger = new_test_user(
            self.env, "seat_there", "sales_team.group_sale_manager", company_id=there.id,
            company_ids=[(6, 0, there.ids)],
        )  # fmt: skip
        seat = self.seat(self.anna, "user", self.firm)
        self.assertFalse(self.Seat.with_user(stranger).search([("id", "=", seat.id)]))

    def test_roles_are_searched(self):
        self.seat(self.anna, "user", self.firm)
        search = self.env["res.partner"].search
        family = [("id", "in", (self.anna | self.bert).ids)]
        user = self.role("user")
        self.assertEqual(search([*family, ("cx_role_ids", "=", user.id)]), self.anna)
        self.assertEqual(search([*family, ("cx_role_ids", "ilike", "User")]), self.anna)
        self.assertEqual(search([*family, ("cx_role_ids", "=", False)]), self.bert)
        self.assertEqual(search([*family, ("cx_role_ids", "!=", False)]), self.anna)
        self.assertEqual(search([*family, ("cx_role_ids", "not in", user.ids)]), self.bert)


class TestImport(SeatCase):
    def test_needs_and_seats_by_readable_columns(self):
        rep = self.rep
        seats = self.Seat.with_user(rep).load(
            ["partner_id", "role_id", "account_id", "stance", "since", "note"],
            [["Firm, Anna", "Decider", "Firm", "In favour", str(ago(5)), "since the fair"]],
        )
        self.assertFalse(seats["messages"])
        seat = self.Seat.browse(seats["ids"])
        self.assertEqual(
            (seat.partner_id, seat.role_id.code, seat.stance), (self.anna, "decider", "1")
        )
        pieces = (
            self.env["cx.need.evidence"]
            .with_user(rep)
            .load(
                ["partner_id", "need_id", "weight", "source", "on", "note"],
                [["Firm, Anna", "Money", "Likely", "Survey", str(ago(5)), "question 3"]],
            )
        )
        self.assertFalse(pieces["messages"])
        piece = self.env["cx.need.evidence"].browse(pieces["ids"])
        self.assertEqual((piece.need_id.code, piece.source, piece.weight), ("money", "survey", "2"))

    def test_exported_as_they_are_read(self):
        seat = self.seat(self.anna, "decider", self.firm, stance="1")
        [row] = seat.export_data(["partner_id", "role_id", "account_id", "stance"])["datas"]
        self.assertEqual(row, ["Firm, Anna", "Decider", "Firm", "In favour"])

    def test_a_wrong_line_says_which_column(self):
        result = self.Seat.load(
            ["partner_id", "role_id", "account_id"], [["Firm, Anna", "Boss", "Firm"]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("Role", result["messages"][0]["message"])
