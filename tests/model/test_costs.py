"""What was spent, on whom, and what one customer came to."""

from datetime import timedelta
from unittest.mock import patch

from model.common import TODAY, ago
from model.objectives import ObjectiveCase

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

COST = "odoo.addons.cx_lifecycle.models.cx_spending.CxCost._spending_sources"


class CostCase(ObjectiveCase):
    def spend(self, amount, purpose="new", days=5, **values):
        return (
            self.env["cx.spending"]
            .with_user(self.marketer)
            .create(
                {"note": "Fair", "amount": amount, "purpose": purpose, "date": ago(days), **values}
            )
        )

    def assertSpent(self, objective, amount):
        """The number is the total of its list."""
        self.env.invalidate_all()
        self.assertEqual(objective.spent, amount)
        action = objective.action_spent()
        listed = objective.env[action["res_model"]].search(action["domain"])
        self.assertEqual(sum(listed.mapped("amount")), amount)


class TestSpending(CostCase):
    def test_of_the_period_and_the_purpose(self):
        objective, kept = self.objective(), self.objective("kept")
        everything = self.objective("net")
        self.assertFalse(everything.purpose)
        for objective_, amount in ((objective, 0), (kept, 0), (everything, 0)):
            self.assertSpent(objective_, amount)
        self.spend(100), self.spend(20, days=59), self.spend(3, date=TODAY + timedelta(days=40))
        self.spend(1000, days=60), self.spend(1000, date=TODAY + timedelta(days=41))
        self.spend(7, "kept")
        self.assertSpent(objective, 123)
        self.assertSpent(kept, 7)
        self.assertSpent(everything, 130)
        objective.purpose = False
        self.assertSpent(objective, 130)

    def test_of_a_salesperson_and_a_team(self):
        team = self.env["crm.team"].create({"name": "South", "member_ids": [self.rep.id]})
        self.spend(1), self.spend(20, user_id=self.rep.id), self.spend(300, team_id=team.id)
        self.spend(4000, user_id=self.other.id)
        company, south = self.objective(), self.objective(team_id=team.id)
        mine = self.objective(user_id=self.rep.id)
        self.assertSpent(company, 4321)
        self.assertSpent(south, 320)
        self.assertSpent(mine, 20)
        self.assertSpent(mine.with_user(self.rep), 20)

    def test_who_reads_and_writes(self):
        mine = self.spend(1, user_id=self.rep.id)
        self.spend(2)
        for model in ("cx.spending", "cx.cost"):
            found = self.env[model].with_user(self.rep).search([])
            self.assertEqual(found.mapped("amount"), [1], model)
            self.assertEqual(len(self.env[model].with_user(self.marketer).search([])), 2, model)
        for act in (
            lambda: mine.with_user(self.rep).write({"amount": 9}),
            lambda: self.env["cx.spending"].with_user(self.rep).create({"note": "x", "amount": 1}),
            lambda: self.env["cx.costs"].with_user(self.rep).action_open(),
        ):
            with self.assertRaises(AccessError):
                act()
        with self.assertRaisesRegex(ValidationError, "Amount"):
            mine.amount = 0

    def test_companies_apart(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        self.env["cx.spending"].create({"note": "x", "amount": 5, "company_id": branch.id})
        self.spend(1)
        self.assertSpent(self.objective(), 1)
        self.assertEqual(self.env["cx.cost"].with_user(self.marketer).search([]).amount, 1)
        self.env["cx.costs"].with_user(self.marketer).action_open()
        costs = self.env["cx.costs"].search([], order="id desc", limit=1)
        self.assertEqual(sum(costs.line_ids.mapped("spent")), 1)

    def test_other_addons_add_what_they_know(self):
        spending = self.spend(100)
        partner = self.partner("Source")
        more = SQL(
            "SELECT id, 'res.partner', name, %s::date, 11.0, 'new', %s, %s, NULL::int, NULL::int"
            " FROM res_partner WHERE id = %s",
            ago(3), self.company.id, self.company.currency_id.id, partner.id,
        )  # fmt: skip
        own = self.env["cx.cost"]._spending_sources()
        with patch(COST, lambda _self: [*own, more]):
            objective = self.objective()
            self.assertSpent(objective, 111)
            costs = self.env["cx.cost"].with_user(self.marketer).search([("company_id", "=", 1)])
            opened = {(c.action_open()["res_model"], c.action_open()["res_id"]) for c in costs}
            self.assertEqual(opened, {("cx.spending", spending.id), ("res.partner", partner.id)})
            self.assertEqual(len(set(costs.ids)), 2)


class TestCosts(CostCase):
    def costs(self, **values):
        action = self.env["cx.costs"].with_user(self.marketer).action_open()
        costs = self.env["cx.costs"].with_user(self.marketer).browse(action["res_id"])
        if values:
            costs.write(values)
            costs.action_again()
        return costs

    def lines(self, costs):
        return {line.purpose: line for line in costs.line_ids}

    def test_the_cost_of_one(self):
        for _ in range(12):
            self.lived(("new", 50), ("active", 20))
        for _ in range(4):
            self.lived(("lost", 300), ("active", 30))
        self.spend(2400), self.spend(600, "kept"), self.spend(40, "won_back")
        costs = self.costs()
        lines = self.lines(costs)
        self.assertEqual(
            {
                purpose: (line.spent, line.customers, line.cost)
                for purpose, line in lines.items()
            },
            {"new": (2400, 12, 200), "kept": (600, 12, 50), "woken": (0, 0, 0),
             "won_back": (40, 4, 10)},
        )  # fmt: skip
        self.assertEqual(lines["won_back"].verdict, "Too few to say")
        self.assertEqual(lines["woken"].verdict, "Nothing spent")
        self.assertTrue(lines["kept"].best)
        self.assertEqual(costs.line_ids.filtered("best"), lines["kept"])
        self.assertIn("Keeping New Ones, with 20 customers for it (12 for", costs.text)
        for line in lines.values():
            for action, number in (
                (line.action_customers(), line.customers),
                (line.action_spent(), None),
            ):
                records = self.env[action["res_model"]].with_user(self.marketer)
                found = records.search(action["domain"])
                if number is None:
                    self.assertEqual(sum(found.mapped("amount")), line.spent)
                else:
                    self.assertEqual(len(found), number)

    def test_another_period(self):
        for _ in range(10):
            self.lived(("new", 50))
        self.spend(100, days=50), self.spend(900, days=10)
        self.assertEqual(self.lines(self.costs())["new"].cost, 100)
        line = self.lines(self.costs(date_from=ago(60), date_to=ago(40)))["new"]
        self.assertEqual((line.spent, line.customers, line.cost), (100, 10, 10))
        empty = self.costs(date_from=ago(20), date_to=ago(15))
        self.assertEqual(empty.text, "Too few cases to say.")
        with self.assertRaisesRegex(ValidationError, "From"):
            empty.date_from = TODAY

    def test_other_addons_add_rows(self):
        for _ in range(10):
            self.lived(("new", 50))
        self.spend(100)
        Costs = type(self.env["cx.costs"])
        plain = Costs._rows

        def more(model, company, since, until):
            extra = {
                "purpose": "woken", "label": "Letters", "spent": 20.0, "customers": 30,
                "gained": 12.0, "low": 3.0, "high": 21.0, "customers_list": None,
                "spent_list": None,
            }  # fmt: skip
            return [*plain(model, company, since, until), extra]

        with patch.object(Costs, "_rows", more):
            costs = self.costs()
        letters = costs.line_ids.filtered(lambda line: line.label == "Letters")
        self.assertTrue(letters.best and letters.measured)
        self.assertEqual((letters.gained, letters.low, letters.high), (12, 3, 21))
        self.assertFalse((costs.line_ids - letters).filtered("measured"))
        with self.assertRaisesRegex(UserError, "no list"):
            letters.action_customers()

    def test_the_lines_are_made_by_the_machine(self):
        costs = self.costs()
        with self.assertRaises(AccessError):
            costs.line_ids[:1].write({"spent": 1})
        with self.assertRaises(AccessError):
            self.env["cx.costs.line"].with_user(self.marketer).create(
                {"costs_id": costs.id, "label": "x"}
            )

    def test_next_to_nothing_spent_on_many(self):
        """What one costs is less than the smallest coin: no division by it."""
        for _place in range(12):
            self.lived(("new", 5))
        self.spend(0.05)
        costs = self.env["cx.costs"].with_user(self.marketer)
        shown = costs.browse(costs.action_open()["res_id"])
        line = shown.line_ids.filtered("best")
        self.assertEqual((line.purpose, line.cost), ("new", 0.0))
        self.assertIn("240,000 customers", shown.text)
