"""The portfolio's figures: each block, each list, and whoever may not ask."""

import json
from datetime import date

from freezegun import freeze_time
from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from odoo.addons.cx_lifecycle.models import cx_portfolio
from odoo.addons.cx_lifecycle.models.cx_portfolio import BLOCKS

# days on which the customers of every test buy
LIVES = {
    "Weekly": tuple(range(400, 0, -7)),
    "Monthly": tuple(range(700, 10, -30)),
    "Gone": (900, 870, 840, 810),
    "Lately": (420, 400, 380, 360, 340, 300, 280, 260, 240),
    "Once": (45,),
    "Back": (800, 780, 760, 740, 20),
    "Young": (75, 60, 45, 30, 15),
}


def lists(value):
    """(figure's dict, list) of every list in an answer."""
    if isinstance(value, dict):
        if "list" in value:
            yield value, value["list"]
        for part in value.values():
            yield from lists(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from lists(part)


class PortfolioCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Portfolio = cls.env["cx.portfolio"]
        cls.partners = cls.env["res.partner"].create([{"name": name} for name in LIVES])
        for partner, days in zip(cls.partners, LIVES.values(), strict=True):
            for number in days:
                cls.order(partner.with_context(cx_no_refresh=True), ago(number))
        cls.refresh(cls.partners, rebuilt=True)
        cls.rep = new_test_user(cls.env, "rep_portfolio", "sales_team.group_sale_salesman")
        cls.marketer = new_test_user(cls.env, "mark_portfolio", "cx_lifecycle.group_marketer")

    def length(self, listed, user=None):
        """How many records a list opens with."""
        json.dumps(listed)  # it goes to a browser
        model = self.env[listed["model"]].with_user(user or self.env.user)
        return model.search_count(listed["domain"])

    def check_lists(self, figures, user=None):
        """Every number is as long as its list; the number of lists."""
        number = 0
        for figure, listed in lists(figures):
            expected = next(
                figure[name] for name in ("listed", "customers", "total", "value") if name in figure
            )
            self.assertEqual(self.length(listed, user), expected, listed)
            number += 1
        return number


class TestPortfolio(PortfolioCase):
    def figures(self, **options):
        return self.Portfolio.figures(**{"since": ago(365), "until": TODAY, **options})

    def test_every_number_is_as_long_as_its_list(self):
        ours = [("partner_id", "in", self.partners.ids)]
        for until in (TODAY, ago(100)):
            for domain in (ours, ["|", *ours, ("id", "=", 0)]):
                figures = self.Portfolio.figures(domain, ago(500), until)
                self.assertGreater(self.check_lists(figures), 100)
                json.dumps(figures)

    def test_the_answer_names_what_it_is_about(self):
        figures = self.Portfolio.figures(blocks=[])
        self.assertEqual(figures["until"], TODAY.isoformat())
        self.assertEqual(figures["today"], TODAY.isoformat())
        first = date(TODAY.year - (TODAY.month < 12), TODAY.month % 12 + 1, 1)
        self.assertEqual(figures["since"], first.isoformat(), "twelve months, the last not over")
        self.assertEqual(figures["company"], self.company.name)
        self.assertEqual(figures["currency_id"], self.company.currency_id.id)
        self.assertNotIn("tiles", figures)
        self.assertEqual(set(BLOCKS) - set(self.Portfolio.figures()), set())

    def test_few_and_many_customers_have_the_same_figures(self):
        ours = [("partner_id", "in", self.partners.ids)]
        few = [self.figures(), self.figures(domain=ours), self.figures(until=ago(50))]
        self.patch(cx_portfolio, "FEW", 3)
        many = [self.figures(), self.figures(domain=ours), self.figures(until=ago(50))]
        self.assertEqual(few, many)

    # ----------------------------------------------------------------- tiles
    def test_tiles_are_the_stages_in_order(self):
        ours = [("partner_id", "in", self.partners.ids)]
        figures = self.figures(domain=ours, blocks=["tiles"])
        tiles = figures["tiles"]
        self.assertEqual(
            [tile["code"] for tile in tiles],
            ["suspect", "prospect", "new", "active", "dormant", "lost"],
        )
        customers = self.Customer.search(ours)
        for tile in tiles:
            there = customers.filtered(lambda c, code=tile["code"]: c.stage_id.code == code)
            self.assertEqual(tile["customers"], len(there))
            self.assertAlmostEqual(tile["value"], sum(there.mapped("value_12m")))
            before = self.Customer.stage_counts(ago(366), ours)[tile["code"]]
            self.assertEqual(tile["change"], len(there) - before)
            self.assertEqual((tile["target"], tile["target_text"]), (None, False))
        living = [tile["customers"] for tile in tiles if tile["code"] in ("new", "active")]
        self.assertEqual(figures["living"]["until"], sum(living))

    def test_tiles_of_the_past_know_no_value(self):
        ours = [("partner_id", "in", self.partners.ids)]
        tiles = self.figures(domain=ours, until=ago(100), blocks=["tiles"])["tiles"]
        counts = self.Customer.stage_counts(ago(100), ours)
        self.assertEqual({tile["code"]: tile["customers"] for tile in tiles}, counts)
        self.assertEqual({tile["value"] for tile in tiles}, {None})

    def test_targets_are_others_to_know(self):
        asked = []

        def targets(_self, domain, since, until):
            asked.append((domain, since, until))
            return {"active": 12}

        self.patch(type(self.Portfolio), "_targets", targets)
        tiles = self.figures(blocks=["tiles"])["tiles"]
        self.assertEqual(asked, [([], ago(365), TODAY)])
        active = next(tile for tile in tiles if tile["code"] == "active")
        self.assertEqual(active["target"], 12)
        self.assertEqual(active["target_text"], f"{active['customers']} of 12")

    # ----------------------------------------------------------------- flows
    def test_flows_are_told_customer_by_customer(self):
        ours = [("partner_id", "in", self.partners.ids)]
        customers = self.Customer.search(ours)
        flows = self.figures(domain=ours, blocks=["flows"])["flows"]
        before, after = customers.stage_on(ago(366)), customers.stage_on(TODAY)
        expected = {}
        for customer in customers:
            key = f"{before[customer.id] or 'none'}|{after[customer.id] or 'none'}"
            expected[key] = expected.get(key, 0) + 1
        self.assertEqual({key: cell["value"] for key, cell in flows["cells"].items()}, expected)
        self.assertGreater(len(expected), 3)
        self.assertEqual(sum(row["total"] for row in flows["rows"]), len(customers))
        self.assertEqual(
            " ".join(row["key"] for row in flows["rows"]),
            "suspect prospect new active dormant lost none",
        )
        for row in flows["rows"]:
            shares = [
                c["share"] for k, c in flows["cells"].items() if k.startswith(row["key"] + "|")
            ]
            self.assertAlmostEqual(sum(shares), 1 if row["total"] else 0)

    # ------------------------------------------------------------- retention
    def test_cohorts_are_followed_month_by_month(self):
        ours = [("partner_id", "in", self.partners.ids)]
        retention = self.Portfolio.figures(ours, ago(1000), TODAY, ["retention"])["retention"]
        self.assertEqual(len(retention["rows"]), 24)
        retention = self.Portfolio.figures(ours, ago(365), TODAY, ["retention"])["retention"]
        customers = self.Customer.search([*ours, ("first_purchase_on", ">=", ago(365))])
        self.assertEqual(sum(row["total"] for row in retention["rows"]), len(customers))
        month = self.of(self.partners[4]).first_purchase_on.strftime("%Y-%m")  # Once
        [row] = [row for row in retention["rows"] if row["key"] == month]
        self.assertEqual(row["total"], 2 if ago(75).strftime("%Y-%m") == month else 1)
        cell = retention["cells"][f"{month}|0"]
        self.assertEqual((cell["value"], cell["text"], cell["few"]), (1.0, "100%", True))
        ages = [int(key.split("|")[1]) for key in retention["cells"]]
        self.assertEqual([int(col["key"]) for col in retention["cols"]], list(range(max(ages) + 1)))

    def test_a_month_is_told_of_once_it_is_over(self):
        partner = self.partner("Calendar")
        self.order(partner.with_context(cx_no_refresh=True), date(2026, 1, 15))
        for today, cells in (("2026-02-27", 1), ("2026-02-28", 2), ("2026-03-01", 2)):
            with freeze_time(f"{today} 12:00:00"):
                self.refresh(partner)
                found = self.Portfolio.figures(
                    [("partner_id", "=", partner.id)], "2026-01-01", today, ["retention"]
                )["retention"]
            self.assertEqual([key for key in found["cells"] if key.startswith("2026-01|")],
                             [f"2026-01|{age}" for age in range(cells)])  # fmt: skip

    # --------------------------------------------------------------- at risk
    def test_at_risk_is_the_reps_list(self):
        late = self.partner("Late", user_id=self.rep.id)
        self.buy(late, *range(345, 40, -30), amount=500)
        ours = [("partner_id", "in", (self.partners | late).ids)]
        found = self.figures(domain=ours, blocks=["at_risk"])["at_risk"]
        self.assertEqual(self.check_lists(found), len(found))
        mine = next(part for part in found if part["user_id"] == self.rep.id)
        self.assertEqual((mine["name"], mine["customers"]), (self.rep.name, 1))
        self.assertAlmostEqual(mine["value"], self.of(late).value_at_risk, 2)
        self.assertEqual(found[0], mine, "most at risk first")

    # ------------------------------------------------------------- questions
    def test_wrong_questions_are_refused_with_the_remedy(self):
        for wrong, words in (
            ({"domain": [("nothing", "=", 1)]}, "Filter"),
            ({"domain": "partner_id"}, "Filter"),
            ({"domain": [("partner_id", "like")]}, "Filter"),
            ({"domain": [("partner_id.foo", "=", 1)]}, "Filter"),
            ({"domain": {"a": 1}}, "Filter"),
            ({"since": "soon"}, "Day"),
            ({"until": "2026-02-30"}, "Day"),
            ({"since": TODAY, "until": ago(1)}, "Period"),
            ({"since": "1990-01-01"}, "Period"),
            ({"blocks": ["tiles", "weather"]}, "weather"),
            ({"blocks": "tiles"}, "Blocks"),
            ({"blocks": ["_frame"]}, "Blocks"),
        ):
            with self.subTest(wrong=wrong), self.assertRaisesRegex(UserError, words):
                self.figures(**wrong)

    def test_who_may_not_read_customers_gets_no_answer(self):
        for group in ("base.group_user", "base.group_portal", "base.group_public"):
            user = new_test_user(self.env, f"other_{group[11:]}", group)
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.Portfolio.with_user(user).figures()

    def test_reps_see_their_own(self):
        other = new_test_user(self.env, "rep_other", "sales_team.group_sale_salesman")
        self.partners[:3].user_id = other
        own = self.partners[3:]
        own.user_id = self.rep
        figures = self.Portfolio.with_user(self.rep).figures(since=ago(900))
        self.assertGreater(self.check_lists(figures, self.rep), 50)
        mine = self.Portfolio.figures([("user_id", "in", [self.rep.id, False])], ago(900))
        for block in ("tiles", "balance", "flows", "retention", "at_risk"):
            for (one, _l), (two, _m) in zip(lists(figures[block]), lists(mine[block]), strict=True):
                keys = set(one) & {"customers", "value", "total", "worth"}
                self.assertEqual({k: one[k] for k in keys}, {k: two[k] for k in keys}, block)
        self.assertIsNone(figures["forecast"]["past"])
        self.assertEqual(figures["forecast"]["months"], mine["forecast"]["months"])

    def test_other_companies_are_not_counted(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.accept(other)
        here = self.figures()
        self.env.user.company_ids |= other
        partner = self.partner("There")
        self.buy(partner, 40, 30, 20, company=other)
        both = self.Portfolio.with_context(allowed_company_ids=[self.company.id, other.id])
        self.assertEqual(both.figures(since=ago(365), until=TODAY), here)
        there = self.Portfolio.with_context(allowed_company_ids=[other.id, self.company.id])
        figures = there.figures(since=ago(365), until=TODAY)
        self.assertEqual(figures["company"], "Elsewhere")
        self.assertEqual(figures["living"], {"since": 0, "until": 1})
        self.assertEqual(figures["balance"]["total"]["moves"]["new"]["customers"], 1)

    def test_an_empty_company(self):
        empty = self.env["res.company"].create({"name": "Empty"})
        self.env.user.company_ids |= empty
        figures = self.Portfolio.with_context(allowed_company_ids=[empty.id]).figures()
        self.assertEqual(figures["living"], {"since": 0, "until": 0})
        self.assertEqual(sum(tile["customers"] for tile in figures["tiles"]), 0)
        self.assertEqual(figures["flows"]["cells"], {})
        self.assertEqual(figures["retention"]["cells"], {})
        self.assertEqual(figures["at_risk"], [])
        self.assertEqual(figures["forecast"]["months"][2]["amount"], 0)
        self.assertIn("nobody came, nobody left", figures["balance"]["sentence"])
        self.check_lists(figures)

    # ------------------------------------------------------------------ cost
    def test_a_few_statements_whatever_the_number(self):
        # besides its own: the names of the stages, the policy, and the forecast of the past
        asked = {"tiles": 1, "balance": 0, "flows": 2, "retention": 1, "at_risk": 2, "forecast": 3}
        self.Portfolio.figures()  # fills the caches of stages, fields and rules
        for user in (self.marketer, self.rep):
            portfolio = self.Portfolio.with_user(user)
            portfolio.figures()
            always = self.statements(portfolio, [])
            self.assertEqual(always, 4)  # a setting, who is meant, who stands where, who moved
            # whoever sees all customers is shown the targets of objectives
            targets = {"tiles": 1} if user == self.marketer else {}
            for block, allowed in asked.items():
                with self.subTest(block=block, user=user.login):
                    more = self.statements(portfolio, [block]) - always
                    past = block == "forecast" and user == self.marketer
                    self.assertEqual(more, allowed + past + targets.get(block, 0))
        more = self.env["res.partner"].create([{"name": f"More {n}"} for n in range(20)])
        before = self.statements(self.Portfolio, list(BLOCKS))
        for partner in more:
            self.buy(partner, 100, 50)
        self.Portfolio.figures()
        self.assertEqual(self.statements(self.Portfolio, list(BLOCKS)), before)

    def statements(self, portfolio, blocks):
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        portfolio.figures(blocks=blocks)
        return self.env.cr.sql_log_count - before

    def test_it_may_be_asked_of_a_replica(self):
        self.assertTrue(type(self.Portfolio).figures._readonly)
        self.env.flush_all()
        with self.env.cr.savepoint() as savepoint:
            self.env.cr.execute("SET TRANSACTION READ ONLY")
            self.Portfolio.figures()
            savepoint.rollback()
