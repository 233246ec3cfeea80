"""Movements and the balance: who came, who left, and that it adds up whatever happens."""

import random
from datetime import date, timedelta

from freezegun import freeze_time
from model.common import TODAY, LifecycleCase, ago
from model.test_portfolio import PortfolioCase

from odoo.addons.cx_lifecycle.models.cx_episode import LIVING, MOVEMENTS

KINDS = [kind for kind, _label in MOVEMENTS]
START = date(2026, 1, 1)


class TestMovements(LifecycleCase):
    def meant(self, customer):
        return [e.movement for e in customer.episode_ids.sorted(lambda e: (e.entered_on, e.id))]

    def test_what_each_change_of_stage_means(self):
        partner = self.partner()
        for number in (1000, 990, 980, 970, 20, 10):
            self.order(partner.with_context(cx_no_refresh=True), ago(number))
        self.refresh(partner, rebuilt=True)
        # new, active, dormant, lost, active
        self.assertEqual(self.meant(self.of(partner)), ["new", False, "dormant", False, "won_back"])

    def test_straight_to_lost(self):
        customer = self.buy(self.partner(), 30, 20, 10)
        customer.declare_lost("Moved away")
        self.assertEqual(self.meant(customer)[-1], "lost")
        customer.withdraw_loss()
        self.assertEqual(self.meant(customer)[-1], "won_back")

    def test_cancelled_purchases_withdraw_and_take_the_worth_along(self):
        partner = self.partner()
        self.refresh(partner)
        customer = self.buy(partner, 3)
        worth = customer.worth
        self.assertGreater(worth, 0)
        self.env["sale.order"].search([("partner_id", "=", partner.id)])._action_cancel()
        self.refresh(partner)
        self.assertStage(customer, "suspect")
        self.assertEqual(self.meant(customer), [False, False, "new", "withdrawn"])
        self.assertEqual(customer.worth, 0)
        self.assertEqual(customer.episode_ids.sorted("id")[-1].worth, worth)

    def test_no_customer_any_more_is_an_end_and_may_begin_anew(self):
        partner = self.partner()
        customer = self.buy(partner, 3)
        partner.employee = True
        self.env["sale.order"].search([("partner_id", "=", partner.id)])._action_cancel()
        self.assertFalse(customer.stage_id)
        last = customer.episode_ids.sorted("id")[-1]
        self.assertEqual((last.stage_id.code, last.ended, last.left_on), ("new", True, TODAY))
        self.order(partner, TODAY)
        self.assertStage(customer, "new")
        prospect, again = customer.episode_ids.sorted("id")[-2:]  # a quotation before the order
        self.assertFalse(prospect.previous_stage_id, "nothing went before")
        self.assertEqual((again.movement, again.entered_on), ("new", TODAY))

    def test_rules_that_change_are_told_apart(self):
        customer = self.buy(self.partner(), 30, 20, 10)
        draft = self.policy._draft_from(floor_days=5, rarity_one_in=1.2, chance_limit=0.99)
        self.publish(draft)
        self.assertStage(customer, "dormant")
        self.assertEqual(self.meant(customer)[-1], "rules")

    def test_what_another_brings_along_is_not_the_own_path(self):
        """The next stage of a customer follows its own, not one of a contact merged into it."""
        kept, other = self.partner("Kept"), self.partner("Other")
        customer = self.buy(kept, 30, 20, 10)
        self.buy(other, 200, 190, 180)
        self.assertStage(self.of(other), "dormant")
        self.env["base.partner.merge.automatic.wizard"]._merge((kept | other).ids, kept)
        absorbed = customer.episode_ids.filtered("ended")
        self.assertEqual((absorbed.stage_id.code, absorbed.left_on), ("dormant", TODAY))
        customer.declare_lost("Gone")
        last = customer.episode_ids.sorted("id")[-1]
        self.assertEqual((last.previous_stage_id.code, last.movement), ("active", "lost"))

    def test_searched_grouped_and_computed_alike(self):
        for number, partner in enumerate(
            self.env["res.partner"].create([{"name": f"P{n}"} for n in range(4)])
        ):
            self.buy(partner, *range(900, 500, -10 - number), *range(60 * number, 0, -20))
        self.buy(self.partner(), 5).declare_lost("Gone")
        episodes = self.env["cx.episode"]
        every = episodes.search([])
        for kind in [*KINDS, False]:
            found = episodes.search([("movement", "=", kind)])
            self.assertEqual(found, every.filtered(lambda e, kind=kind: e.movement == kind), kind)
            others = episodes.search([("movement", "!=", kind)])
            self.assertEqual(others, every - found)
        groups = dict(episodes._read_group([], ["movement"], ["__count"]))
        self.assertEqual(
            groups, {kind: n for kind in [*KINDS, False]
                     if (n := len(every.filtered(lambda e, kind=kind: e.movement == kind)))},
        )  # fmt: skip
        self.assertGreaterEqual(len(groups), 4)


class TestBalance(PortfolioCase):
    def living(self, day, ours):
        counts = self.Customer.stage_counts(day, ours)
        return sum(counts[code] for code in LIVING)

    def reconciles(self, ours, since, until):
        """What came less what left is the change of those who live, in each month; how much."""
        figures = self.Portfolio.figures(ours, since, until, ["balance", "tiles"])
        months = figures["balance"]["months"]
        moved = 0
        for month in [*months, {**figures["balance"]["total"], "since": since, "until": until}]:
            first, last = date.fromisoformat(str(month["since"])), month["until"]
            change = self.living(last, ours) - self.living(first - timedelta(1), ours)
            self.assertEqual(month["net"]["customers"], change, month["since"])
            for kind, move in month["moves"].items():
                self.assertEqual(self.length(move["list"]), move["listed"], move["list"])
                if kind != "rules":
                    self.assertEqual(move["customers"], move["listed"])
                moved += move["listed"]
        for part in ("customers", "worth"):
            nets = sum(month["net"][part] for month in months)
            self.assertAlmostEqual(nets, figures["balance"]["total"]["net"][part], 2)
        living = figures["living"]
        self.assertEqual(figures["balance"]["total"]["net"]["customers"],
                         living["until"] - living["since"])  # fmt: skip
        tiles = {tile["code"]: tile for tile in figures["tiles"]}
        self.assertEqual(sum(tiles[code]["change"] for code in LIVING),
                         living["until"] - living["since"])  # fmt: skip
        return moved

    def test_the_months_add_up(self):
        ours = [("partner_id", "in", self.partners.ids)]
        self.assertGreater(self.reconciles(ours, ago(1000), TODAY), 15)
        self.reconciles(ours, ago(400), ago(33))
        self.reconciles(ours, TODAY, TODAY)

    def test_money_is_what_those_who_moved_are_expected_to_buy(self):
        ours = [("partner_id", "in", self.partners.ids)]
        total = self.Portfolio.figures(ours, ago(1000), TODAY, ["balance"])["balance"]["total"]
        episodes = self.env["cx.episode"].search([("customer_id.partner_id", "in", ours[0][2])])
        for kind, move in total["moves"].items():
            theirs = episodes.filtered(lambda e, kind=kind: e.movement == kind)
            self.assertAlmostEqual(move["worth"], sum(theirs.mapped("worth")), 2)
        gains = total["moves"]["new"]["worth"] + total["moves"]["won_back"]["worth"]
        losses = total["moves"]["dormant"]["worth"] + total["moves"]["lost"]["worth"]
        self.assertAlmostEqual(total["net"]["worth"], gains - losses, 2)
        self.assertGreater(losses, 0)

    def test_months_are_clipped_and_named(self):
        months = self.Portfolio.figures([], "2026-01-15", "2026-03-31", ["balance"])["balance"]
        self.assertEqual(
            [(m["since"], m["until"], m["label"], m["partial"]) for m in months["months"]],
            [
                ("2026-01-15", "2026-01-31", "Jan 2026", True),
                ("2026-02-01", "2026-02-28", "Feb 2026", False),
                ("2026-03-01", "2026-03-31", "Mar 2026", False),
            ],
        )
        self.assertTrue(months["sentence"].startswith("01/15/2026 to 03/31/2026:"))
        months = self.Portfolio.figures([], "2026-01-01", "2026-03-31", ["balance"])["balance"]
        self.assertTrue(months["sentence"].startswith("January 2026 to March 2026:"))
        months = self.Portfolio.figures([], "2026-02-01", "2026-02-28", ["balance"])["balance"]
        self.assertTrue(months["sentence"].startswith("February 2026:"))

    def test_the_sentence_says_who_replaces_whom(self):
        says = {}
        company = self.env["res.company"].create({"name": "Talk"})
        self.env.user.company_ids |= company
        portfolio = self.Portfolio.with_context(allowed_company_ids=[company.id])
        frame = portfolio._frame([], ago(30), TODAY)
        for name, came, left in (
            ("nobody", (0, 0), (0, 0)), ("fewer", (3, 10.0), (5, 100.0)),
            ("smaller", (5, 10.0), (3, 100.0)), ("better", (3, 100.0), (5, 10.0)),
            ("more", (5, 100.0), (3, 10.0)),
        ):  # fmt: skip
            zero = {"customers": 0, "worth": 0.0, "listed": 0}
            moves = dict.fromkeys(KINDS, zero) | {
                "new": {"customers": came[0], "worth": came[1]},
                "dormant": {"customers": left[0], "worth": left[1]},
            }
            says[name] = portfolio._balance_sentence(frame, {"moves": moves})
        self.assertEqual(len(set(says.values())), 5)
        self.assertIn("3 came, 5 left", says["fewer"])
        self.assertIn("do not replace", says["fewer"])
        self.assertIn("(-2, ", says["fewer"])
        self.assertIn("-90", says["fewer"].replace("\N{NO-BREAK SPACE}", ""))
        self.assertIn("(+2, ", says["more"])

    # ------------------------------------------------- whatever may happen
    def test_it_adds_up_whatever_happens(self):
        for seed in (1, 2):
            with self.subTest(seed=seed):
                ours = self.live(random.Random(seed))
                with freeze_time(START + timedelta(days=400)):
                    moved = self.reconciles(ours, START, START + timedelta(days=399))
                    self.assertGreater(moved, 40)
                    self.reconciles(ours, date(2026, 3, 10), date(2026, 7, 20))
                    figures = self.Portfolio.figures(ours, date(2026, 5, 1), date(2026, 9, 30))
                    self.assertGreater(self.check_lists(figures), 50)
                    kinds = figures["balance"]["total"]["moves"]
                    self.assertEqual(set(kinds), set(KINDS))

    def live(self, chance):
        """A year in which people buy, cancel, leave, are held, archived and merged."""
        partners = self.env["res.partner"].create([{"name": f"R{n}"} for n in range(14)])
        everybody = partners
        acts = {
            "buy": 24, "cancel": 4, "hold": 3, "lose": 2, "archive": 1, "employ": 1, "merge": 1,
            "rules": 1,
        }  # fmt: skip
        day = START
        while day < START + timedelta(days=399):
            day += timedelta(days=chance.randint(1, 6))
            with freeze_time(f"{day} 12:00:00"):
                for _number in range(chance.randint(1, 3)):
                    [act] = chance.choices(list(acts), acts.values())
                    partner = chance.choice(partners)
                    partners -= getattr(self, f"act_{act}")(partner, partners, day, chance) or \
                        self.env["res.partner"]  # fmt: skip
                self.refresh(partners, on=day)
        return [("id", "in", self.Customer.with_context(active_test=False).search(
            [("partner_id", "in", everybody.exists().ids)]).ids)]  # fmt: skip

    def act_buy(self, partner, _partners, day, chance):
        quiet = partner.with_context(cx_no_refresh=True)
        self.order(quiet, day, amount=chance.choice([10, 33.33, 500]))

    def act_cancel(self, partner, _partners, _day, chance):
        orders = self.env["sale.order"].search([("partner_id", "=", partner.id)])
        for order in orders:
            if chance.random() < 0.8:
                order.with_context(cx_no_refresh=True).write({"state": "cancel"})

    def act_hold(self, partner, _partners, day, chance):
        code = chance.choice(["prospect", "active", "dormant", "lost"])
        self.of(partner).hold(code, day + timedelta(days=chance.randint(1, 40)), "So it is")

    def act_lose(self, partner, _partners, _day, _chance):
        self.of(partner).declare_lost("Said so")

    def act_archive(self, partner, _partners, _day, _chance):
        partner.active = not partner.active

    def act_employ(self, partner, _partners, _day, _chance):
        partner.employee = not partner.employee

    def act_merge(self, partner, partners, _day, chance):
        other = chance.choice(partners)
        if other == partner or len(partners) < 9:
            return None
        self.env.flush_all()
        self.env["base.partner.merge.automatic.wizard"]._merge((partner | other).ids, partner)
        return other

    def act_rules(self, _partner, partners, day, chance):
        policy = self.env["cx.policy"]._of(self.company)
        policy.pending_moves = "silent"
        self.rule(ceiling_days=chance.choice([0, 15, 30]))
        self.refresh(partners, on=day)
        policy.pending_moves = False
        self.env.flush_all()
