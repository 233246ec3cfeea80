"""What objectives count, and the lists behind it."""

import random
from datetime import timedelta

from model.common import TODAY, ago
from model.objectives import ObjectiveCase

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user

LIVING, QUIET = ("new", "active"), ("dormant", "lost")
CODES = ["suspect", "prospect", *LIVING, *QUIET]
MOVES = ["new", "kept", "woken", "won_back", "dormant", "lost", "net"]


class TestFigures(ObjectiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lived(("suspect", 90), ("new", 50), ("active", 20), worth=100)
        cls.lived(("new", 80), ("active", 70), ("dormant", 30), ("active", 10), worth=40)
        cls.lived(("new", 500), ("dormant", 300), ("lost", 55), ("active", 3), worth=7)
        cls.lived(("active", 200), ("lost", 6), worth=2)
        cls.lived(("new", 50), ("prospect", 40), worth=1)  # the purchase was cancelled
        cls.lived(("active", 200), ("dormant", 9), worth=1000, silent=(1,))
        cls.lived(("active", 300), ("dormant", 60), worth=5)  # the day before the period

    def assertCounts(self, expected, **values):
        for measure, (heads, money) in expected.items():
            with self.subTest(measure=measure):
                objective = self.objective(measure, **values)
                self.assertTrue(objective.known)
                self.assertEqual((objective.actual_heads, objective.actual), (heads, heads))
                objective.unit = "money"
                self.assertEqual((objective.actual_heads, objective.actual), (heads, money))
                if measure != "net":
                    self.assertListed(objective)

    def test_each_move(self):
        self.assertCounts(
            {
                "new": (2, 101), "kept": (1, 100), "woken": (1, 40), "won_back": (1, 7),
                "dormant": (1, 40), "lost": (2, 9),
                # came 100 + 1 + 40 + 7, left 40 + 2 + 1, and 1000 by the rules
                "net": (0, 100 + 1 + 40 + 7 - 40 - 2 - 1 - 1000),
            }
        )  # fmt: skip

    def test_the_balance_is_the_change_of_those_who_live(self):
        objective = self.objective("net")
        living = lambda day: self.env["cx.episode"].search_count(  # noqa: E731
            [("as_of", "=", day), ("stage_id.code", "in", LIVING)]
        )
        self.assertEqual(objective.actual, living(TODAY) - living(ago(60)))
        # somebody is no customer any more, because the contact became part of another
        merged = self.lived(("new", 30), worth=8).episode_ids
        merged.write({"left_on": ago(4), "ended": True})
        self.env.invalidate_all()
        self.assertEqual(objective.actual, living(TODAY) - living(ago(60)))
        self.assertEqual(objective.actual, 0)
        for unit, key in (("heads", "customers"), ("money", "worth")):
            objective.unit = unit
            self.assertEqual(objective.actual, self.portfolio("balance")["total"]["net"][key])
        merged.ended = False
        merged.left_on = False
        moves = self.env["cx.episode"].search(objective.action_actual()["domain"])
        came = moves.filtered(lambda stay: stay.stage_id.code in LIVING)
        objective.unit = "heads"
        self.env.invalidate_all()
        self.assertEqual(objective.actual, len(came) - len(moves - came))

    def portfolio(self, block, user=None, domain=None):
        """A block of the portfolio over the same days."""
        portfolio = self.env["cx.portfolio"].with_user(user or self.marketer)
        until = (TODAY + timedelta(days=40)).isoformat()
        return portfolio.figures(domain, ago(59).isoformat(), until, [block])[block]

    def test_figures_are_the_portfolios(self):
        total = self.portfolio("balance")["total"]["moves"]
        back = sum(self.objective(measure).actual for measure in ("woken", "won_back"))
        for moved, actual in (
            ("new", self.objective().actual), ("won_back", back),
            ("dormant", self.objective("dormant").actual),
        ):  # fmt: skip
            self.assertEqual(total[moved]["customers"], actual, moved)

    def test_tiles_show_the_targets(self):
        active, lost = self.stage["active"].id, self.stage["lost"].id
        for stage, target, values in (
            (active, 50, {"date_to": TODAY + timedelta(days=400)}),
            (active, 40, {}),
            (active, 30, {"date_to": TODAY + timedelta(days=39)}),  # not until the last day
            (lost, 20, {"user_id": self.rep.id}),
            (lost, 15, {"segment": "[('city', '=', 'Namur')]"}),
            (lost, 10, {"unit": "money"}),
        ):
            self.objective("stage", stage_id=stage, target=target, **values)
        tiles = {tile["code"]: tile for tile in self.portfolio("tiles")}
        self.assertEqual(
            {code: tile["target"] for code, tile in tiles.items() if tile["target"]},
            {"active": 40},
        )
        objective = self.env["cx.objective"].search([("target", "=", 40)])
        self.assertEqual(tiles["active"]["customers"], objective.actual)
        self.assertIn("of 40", tiles["active"]["target_text"])
        part = [("active", "=", True)]
        for tiles in (self.portfolio("tiles", domain=part), self.portfolio("tiles", self.rep)):
            self.assertFalse([tile for tile in tiles if tile["target"]])

    def test_a_stage(self):
        objective = self.objective("stage", stage_id=self.stage["active"].id)
        self.assertEqual(objective.actual, 3)
        self.assertListed(objective, 3)
        # three too before it began: it will stay so
        self.assertEqual(objective.forecast, 3)
        self.assertEqual(objective.expected_now, 7)  # 3 + 7 × 60 %
        self.assertEqual(objective.state, "behind")
        past = self.objective(
            "stage", stage_id=self.stage["dormant"].id, date_from=ago(90), date_to=ago(56)
        )
        self.assertEqual(past.direction, "most")
        self.assertListed(past, 2)
        self.assertEqual((past.actual, past.state), (2, "reached"))

    def test_the_money_of_a_stage_is_known_today_only(self):
        active = self.stage["active"]
        for place, customer in enumerate(self.Customer.search([("stage_id", "=", active.id)])):
            customer.value_12m = 100 * 10**place
        objective = self.objective("stage", stage_id=active.id, unit="money", target=20_000)
        self.assertEqual((objective.actual, objective.actual_heads), (11_100, 3))
        self.assertListed(objective)
        self.assertFalse(objective.foreseen)
        self.assertEqual(objective.state, "behind")
        objective.write({"date_from": ago(90), "date_to": ago(1)})
        self.assertFalse(objective.known or objective.compared or objective.state)
        self.assertIn("no figure", objective.text)

    def test_the_night_keeps_what_a_stage_was_worth(self):
        active = self.stage["active"]
        customers = self.Customer.search([("stage_id", "=", active.id)], order="id")
        customers.value_12m = 50
        customers[0].partner_id.user_id = self.rep
        values = {"stage_id": active.id, "unit": "money", "target": 150}
        objective = self.objective("stage", **values, date_to=ago(1))
        mine = self.objective("stage", **values, date_to=ago(1), user_id=self.rep.id)
        late = self.objective("stage", **values, date_from=ago(90), date_to=ago(8))
        running = self.objective("stage", **values)
        everything = objective | mine | late | running
        self.env["cx.objective"]._close(self.company, TODAY)
        customers.value_12m = 9000
        self.env["cx.objective"]._close(self.company, TODAY)
        self.env.invalidate_all()
        self.assertEqual(everything.mapped("closed"), [True, True, False, False])
        self.assertEqual((objective.actual, objective.state), (150, "reached"))
        self.assertListed(objective, 3)
        self.assertEqual(mine.with_user(self.rep).actual, 50)
        # what was kept is of all customers: who sees some of them is told nothing of it
        self.assertFalse(objective.with_user(self.rep).compared)
        self.assertFalse(objective.with_user(self.rep).known)
        with self.assertRaises(AccessError):
            objective.with_user(self.rep).read(["closing"])
        self.assertFalse(objective.action_next() and objective.copy().closed)
        objective.stage_id = self.stage["dormant"]
        self.assertFalse(objective.closed or objective.known)

    def test_the_night_asks_for_it(self):
        active = self.stage["active"]
        objective = self.objective("stage", stage_id=active.id, unit="money", date_to=ago(1))
        self.night(as_of=TODAY)
        self.assertFalse(objective.closed, "on a day that is rehearsed nothing is kept")
        self.night()
        self.assertTrue(objective.closed)

    def test_unknown_is_not_nothing(self):
        objective = self.objective(
            date_from=TODAY + timedelta(days=1), date_to=TODAY + timedelta(days=9)
        )
        self.assertEqual(objective.state, "waiting")
        self.assertFalse(objective.known or objective.compared or objective.foreseen)
        self.assertFalse(self.env["cx.episode"].search(objective.action_actual()["domain"]))

    def test_pace(self):
        objective = self.objective(target=4)
        self.assertEqual(objective.progress, 50)
        self.assertEqual((objective.expected_now, objective.forecast), (2, 3))  # 2.4 and 3.3
        self.assertEqual(objective.state, "on_track")
        self.assertIn("2 of 4 so far; at this pace 3", objective.text)
        objective.target = 2
        self.assertEqual(objective.state, "reached")
        objective.target = 8
        self.assertEqual(objective.state, "behind")
        lost = self.objective("lost", target=1)
        self.assertEqual((lost.direction, lost.state), ("most", "missed"))
        self.assertIn("2 of at most 1", lost.text)

    def test_states_are_found(self):
        by_state = {
            "reached": self.objective(target=2), "behind": self.objective(target=9),
            "missed": self.objective("lost", target=1),
            "waiting": self.objective(date_from="2999-01-01", date_to="2999-12-31"),
        }  # fmt: skip
        for state, objective in by_state.items():
            self.assertEqual(self.env["cx.objective"].search([("state", "=", state)]), objective)
        late = self.env["cx.objective"].search([("state", "in", ["behind", "missed"])])
        self.assertEqual(late, by_state["behind"] | by_state["missed"])

    def test_sums_of_a_pivot_are_the_figures(self):
        objectives = self.objective() | self.objective("kept") | self.objective("dormant")
        self.spend(30, "kept")
        waiting = self.objective(date_from="2999-01-01", date_to="2999-12-31")
        self.env.invalidate_all()
        found = {
            measure: (actual, spent)
            for measure, actual, spent in (objectives | waiting)._read_group(
                [("id", "in", (objectives | waiting).ids)], ["measure"],
                ["actual:sum", "spent:sum"],
            )
        }  # fmt: skip
        self.assertEqual(found, {"new": (2, 0), "kept": (1, 30), "dormant": (1, 30)})
        fields = self.env["cx.objective"].fields_get(["actual", "spent", "forecast"])
        self.assertEqual([fields[f].get("aggregator") for f in ("actual", "spent")], ["sum"] * 2)

    def test_customers_and_money_are_never_added_up(self):
        made = self.objective(target=3) | self.objective("kept", target=5)
        made |= self.objective(unit="money", target=100)
        sums = lambda *by: made._read_group(  # noqa: E731
            [("id", "in", made.ids)], by, ["target:sum", "actual:sum"]
        )
        self.assertEqual(sums(), [(False, False)])
        self.assertEqual(sums("unit"), [("heads", 8, 3), ("money", 100, 101)])

    def spend(self, amount, purpose, **values):
        return self.env["cx.spending"].create(
            {"note": "x", "amount": amount, "purpose": purpose, **values}
        )

    def test_a_cancelled_purchase(self):
        partner = self.partner()
        new, net = self.objective(), self.objective("net")
        before = net.actual
        order = self.order(partner)
        self.env.invalidate_all()
        self.assertEqual((new.actual, net.actual), (3, before + 1))
        order._action_cancel()
        self.env.invalidate_all()
        self.assertEqual(self.of(partner).stage_id.code, "suspect")
        self.assertEqual((new.actual, net.actual), (3, before))

    def test_the_day_is_the_companys(self):
        company = self.company.partner_id
        company.tz = "Pacific/Kiritimati"  # 25 hours before Pago Pago: always another day
        first = self.Customer._today(self.company)
        objective = self.objective(date_from=first, date_to=first)
        for zone, state in (("Pacific/Kiritimati", "behind"), ("Pacific/Pago_Pago", "waiting")):
            company.tz = zone
            self.env.invalidate_all()
            self.assertEqual(objective.state, state)

    def test_companies_apart(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        self.lived(("new", 5), company=branch)
        self.lived(("new", 5), ("active", 2), company=branch)
        user = new_test_user(
            self.env, "goal_both", "cx_lifecycle.group_marketer",
            company_ids=[self.company.id, branch.id], company_id=self.company.id,
        )  # fmt: skip
        both = self.env["cx.objective"].with_user(user)
        both = both.with_context(allowed_company_ids=[self.company.id, branch.id])
        values = {"date_from": ago(59), "date_to": TODAY, "target": 1}
        here, there = both.create([values, {**values, "company_id": branch.id}])
        self.assertEqual((here.actual, there.actual), (2, 2))
        self.assertListed(here)
        self.assertListed(there)
        self.assertEqual(there.currency_id, branch.currency_id)
        with self.assertRaises(AccessError):
            there.with_user(self.marketer).read(["name"])
        alone = self.env["cx.objective"].with_user(self.marketer)
        self.assertEqual(alone.search([("id", "in", (here | there).ids)]), here)


class TestRecords(ObjectiveCase):
    def test_words(self):
        objective = self.objective(date_from="2027-10-01", date_to="2027-12-31")
        self.assertEqual(objective.name, "New customers · Q4 2027")
        objective.write({"measure": "stage", "stage_id": self.stage["active"].id, "unit": "money"})
        currency = self.company.currency_id.name
        self.assertEqual(
            objective.name, f"Customers in stage Active, in {currency} · Q4 2027"
        )  # fmt: skip
        objective.write({"user_id": self.rep.id, "date_to": "2027-11-15", "unit": "heads"})
        self.assertEqual(
            objective.name, "Customers in stage Active · 10/01/2027 to 11/15/2027 · Ruth"
        )
        self.assertEqual(objective.display_name, objective.name)

    def test_a_name_of_ones_own(self):
        objective = self.objective(name="Conquer the south")
        objective.measure = "kept"
        self.assertEqual(objective.name, "Conquer the south")
        self.assertEqual(self.env["cx.objective"].search([("name", "ilike", "south")]), objective)
        objective.name = False
        self.assertTrue(objective.name.startswith("Kept: from new to active"))
        objective.user_id = self.rep
        self.assertEqual(self.env["cx.objective"].search([("name", "ilike", "ruth")]), objective)

    def test_a_form_proposes_words_and_keeps_none_of_them(self):
        form = Form(self.env["cx.objective"].with_user(self.marketer))
        form.target = 5
        form.measure = "won_back"
        self.assertIn("Won back", form.name)
        self.assertEqual(form.purpose, "won_back")
        objective = form.save()
        self.assertFalse(objective.own_name)

    def test_errors_name_the_field_and_the_remedy(self):
        for values, word in (
            ({"target": 0}, "Target: enter"),
            ({"target": -3}, "Target: enter"),
            ({"date_to": ago(90)}, "From: the period"),
            ({"budget": -1}, "Budget: enter"),
            ({"measure": "stage"}, "Stage: choose"),
        ):
            with self.assertRaisesRegex(ValidationError, word):
                self.objective(**values)

    def test_the_next_period(self):
        objective = self.objective(
            "kept", date_from="2027-10-01", date_to="2027-12-31", budget=500,
            user_id=self.rep.id, segment="[('city', '=', 'Namur')]",
        )  # fmt: skip
        other = new_test_user(self.env, "goal_next", "cx_lifecycle.group_marketer")
        action = objective.with_user(other).action_next()
        copy = self.env["cx.objective"].browse(action["res_id"])
        self.assertEqual(
            (str(copy.date_from), str(copy.date_to), copy.target, copy.budget),
            ("2028-01-01", "2028-03-31", 10, 500),
        )
        self.assertEqual((copy.user_id, copy.segment), (self.rep, objective.segment))
        self.assertEqual(copy.author_id, other)
        self.assertIn("Q1 2028", copy.name)

    def test_queries_do_not_grow_with_objectives(self):
        for _ in range(3):
            self.lived(("new", 40), ("active", 5), user_id=self.rep.id)
        team = self.env["crm.team"].create({"name": "South", "member_ids": [self.rep.id]})
        kinds = [
            {"measure": measure, "segment": segment, **whose}
            for measure in ("stage", *MOVES)
            for segment in ("[]", "[('name', 'ilike', 'some')]")
            for whose in ({}, {"user_id": self.rep.id}, {"team_id": team.id})
        ][:40]
        stage = {"stage_id": self.stage["active"].id}
        made = self.objective(**stage, **kinds[0])
        for kind in (kinds * 2)[1:80]:
            made |= self.objective(**stage, **kind)
        self.assertEqual(len(made), 80)
        names = ["name", "actual", "progress", "forecast", "state", "spent", "text"]
        counts = []
        for few in (made[:40], made[:40], made):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            few.read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertLess(counts[1], 30)


class TestRandom(ObjectiveCase):
    """Random objectives over random lives count what plain Python counts."""

    def setUp(self):
        super().setUp()
        self.dice = random.Random(7)
        self.lives = []
        for _ in range(40):
            days = sorted(self.dice.sample(range(200), self.dice.randint(1, 6)), reverse=True)
            codes = self.dice.choices(CODES, k=1)
            while len(codes) < len(days):
                codes.append(self.dice.choice([c for c in CODES if c != codes[-1]]))
            stays = list(zip(codes, days, strict=True))
            silent = {n for n in range(1, len(days)) if self.dice.random() < 0.15}
            seller = self.dice.choice([self.rep.id, self.other.id, False])
            city = self.dice.choice(["Namur", "Liège"])
            self.lived(*stays, silent=silent, user_id=seller, city=city)
            self.lives.append((stays, silent, seller, city))

    def naive(self, values, since, until):
        """What the definitions say, stay by stay; days are days ago."""
        count = 0
        for stays, silent, seller, city in self.lives:
            if values.get("user_id", seller) != seller or ("segment" in values and city != "Namur"):
                continue
            for place, (code, day) in enumerate(stays):
                before = stays[place - 1][0] if place else None
                count += self.weight(
                    values, code, before, place in silent,
                    inside=until <= day <= since,
                    standing=day >= until and (stays[place + 1:] or [(0, -1)])[0][1] < until,
                )  # fmt: skip
        return count

    def weight(self, values, code, before, silent, inside, standing):
        measure = values["measure"]
        if measure == "stage":
            return int(standing and self.stage[code].id == values["stage_id"])
        if not inside:
            return 0
        change = (code in LIVING) - (before in LIVING)
        if measure == "net":
            return change
        return int(not silent and {
            "new": change == 1 and before not in QUIET,
            "kept": (before, code) == ("new", "active"),
            "woken": before == "dormant" and change == 1,
            "won_back": before == "lost" and change == 1,
            "dormant": change == -1 and code == "dormant",
            "lost": code == "lost" and before in (*LIVING, "dormant"),
        }[measure])  # fmt: skip

    def test_random_objectives(self):
        seen = set()
        for _ in range(60):
            since = self.dice.randrange(200)
            until = self.dice.randrange(-30, since + 1)
            values = {"measure": self.dice.choice(["stage", *MOVES])}
            values["stage_id"] = self.stage[self.dice.choice(CODES)].id
            if self.dice.random() < 0.4:
                values["user_id"] = self.dice.choice([self.rep, self.other]).id
            if self.dice.random() < 0.4:
                values["segment"] = "[('city', '=', 'Namur')]"
            objective = self.objective(**values, date_from=ago(since), date_to=ago(until))
            expected = self.naive(values, since, max(until, 0))
            self.assertEqual(objective.actual, expected, (values, since, until))
            if values["measure"] != "net":
                self.assertListed(objective, expected)
            seen.add((values["measure"], bool(expected)))
        self.assertEqual({measure for measure, some in seen if some}, {"stage", *MOVES})
