"""The forecast: by the curve, against a case done by hand, and against what came."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from model.common import TODAY, LifecycleCase, ago
from model.test_portfolio import PortfolioCase

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from odoo.addons.cx_lifecycle.engine import balance, formula, rhythm
from odoo.addons.cx_lifecycle.models import cx_portfolio_outlook

FIGURES = ("buyers", "purchases", "amount", "leavers", "leavers_worth")


class TestForecast(PortfolioCase):
    def forecast(self, domain=None, **options):
        if domain is None:
            domain = [("partner_id", "in", self.partners.ids)]
        return self.Portfolio.figures(domain, blocks=["forecast"], **options)["forecast"]

    def by_hand(self, customer, ends, policy=None):
        """What is expected of one customer, on numbers, from the stored figures."""
        row = formula.compute(
            rhythm.CURVE,
            x=float(customer.purchase_count - 1),
            tx=float((customer.last_purchase_on - customer.first_purchase_on).days),
            sl=customer.gap_log_sum,
            sq=customer.gap_log_square_sum,
            **(policy or self.policy)._limits_for(customer.segment_id)._numbers(),
        )
        row.silence = float((TODAY - customer.last_purchase_on).days)
        days = [float((end - TODAY).days) for end in ends]
        found = formula.compute(balance.levels(*balance.nodes(days)), **vars(row))
        ahead = customer.dormant_on and (customer.dormant_on - TODAY).days
        told = []
        for month, end in enumerate(ends, 1):
            leaves = 0.0
            if customer.stage_id.code in ("new", "active") and TODAY < customer.dormant_on <= end:
                leaves = 1 - rhythm.chance(row, max(row.silence, 1e-9), float(ahead))
            purchases = getattr(found, f"purchases_{month}")
            told.append(
                (
                    getattr(found, f"buyers_{month}"), purchases,
                    purchases * customer.average_purchase, leaves, leaves * customer.worth,
                )
            )  # fmt: skip
        return told

    def test_sums_of_what_the_curve_says_of_each(self):
        ends = [TODAY + relativedelta(months=month) for month in (1, 2, 3)]
        told = self.forecast()
        self.assertEqual([month["until"] for month in told["months"]], [str(end) for end in ends])
        hands = [self.by_hand(self.of(partner), ends) for partner in self.partners]
        for number, month in enumerate(told["months"]):
            sums = [sum(values) for values in zip(*(hand[number] for hand in hands), strict=True)]
            for name, value in zip(FIGURES, sums, strict=True):
                self.assertAlmostEqual(month[name], value, delta=0.0501, msg=name)
        last = told["months"][2]
        self.assertGreater(last["buyers"], 2)
        self.assertGreater(last["purchases"], 6, "one of them buys every week")
        self.assertGreater(last["leavers"], 0)
        self.assertIsNone(told["sample"])

    def test_buyers_are_the_chances_that_are_told_elsewhere(self):
        customers = self.Customer.search([("partner_id", "in", self.partners.ids)])
        until = TODAY + relativedelta(months=3)
        chances = customers.chance_of_purchase((until - TODAY).days)
        told = self.forecast()["months"][2]
        self.assertAlmostEqual(told["buyers"], sum(filter(None, chances.values())), delta=0.0501)

    def test_segments_are_judged_by_their_own_curve(self):
        self.partners[:2].comment = "slow"
        slow = {"name": "Slow", "domain": '[("comment", "ilike", "slow")]'}
        self.rule(segment_ids=[(0, 0, slow)])
        segment = self.policy.segment_ids
        segment.sudo().write({"median_gap": 300.0})
        self.refresh(self.partners)
        self.assertEqual(self.of(self.partners[0]).segment_id, segment)
        ends = [TODAY + relativedelta(months=month) for month in (1, 2, 3)]
        hands = [self.by_hand(self.of(partner), ends)[2] for partner in self.partners]
        told = self.forecast()["months"][2]
        for name, values in zip(FIGURES, zip(*hands, strict=True), strict=True):
            self.assertAlmostEqual(told[name], sum(values), delta=0.0501, msg=name)

    def test_days_that_do_not_count_bring_nothing(self):
        """On a clock with a closure of the coming month, nobody is expected before its end."""
        open_until = self.forecast()["months"][0]["buyers"]
        closure = {"name": "Works", "date_from": TODAY + timedelta(1),
                   "date_to": TODAY + relativedelta(months=1), "yearly": False}  # fmt: skip
        self.rule(closure_ids=[(0, 0, closure)])
        self.refresh(self.partners)
        told = self.forecast()["months"]
        self.assertGreater(open_until, 0.5)
        self.assertLess(told[0]["buyers"], 0.1)
        self.assertGreater(told[2]["buyers"], 0.5)

    def test_of_very_many_a_sample_stands_for_all(self):
        names = [{"name": f"Many {number}"} for number in range(120)]
        partners = self.env["res.partner"].create(names)
        for number, partner in enumerate(partners):
            self.order(partner.with_context(cx_no_refresh=True), ago(5 + number % 50), 100)
            self.order(partner.with_context(cx_no_refresh=True), ago(60 + number % 50), 100)
        self.refresh(partners)
        ours = [("partner_id", "in", partners.ids)]
        exact = self.forecast(ours)
        self.patch(cx_portfolio_outlook, "SAMPLE", 60)
        sampled = self.forecast(ours)
        self.assertEqual(sampled, self.forecast(ours), "no chance in it")
        self.assertTrue(30 < sampled["sample"]["customers"] < 90)
        self.assertTrue(0 < sampled["sample"]["error"] < 0.1)
        for name in ("buyers", "purchases", "amount"):
            off = sampled["months"][2][name] / exact["months"][2][name] - 1
            self.assertLess(abs(off), 4 * sampled["sample"]["error"] + 0.02, name)

    def test_the_sentence(self):
        with self.env.cr.savepoint():
            sentence = self.forecast()["sentence"]
        self.assertRegex(sentence, r"^Expected until .* buy, .* times in all, for .*\$")
        self.assertIn("Going dormant:", sentence)


class TestOutlook(LifecycleCase):
    """A shop of sixty customers, of which the past is known to the day."""

    NOW = date(2026, 7, 10)
    MADE_ON, UNTIL = date(2026, 3, 31), date(2026, 6, 30)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Outlook = cls.env["cx.outlook"]
        cls.partners = cls.env["res.partner"].create([{"name": f"O{n}"} for n in range(60)])
        quiet = cls.partners.with_context(cx_no_refresh=True)
        for number, partner in enumerate(quiet):
            # every 14 to 40 days; a third stops in February
            last = date(2026, 2, 25) if number % 3 == 0 else date(2026, 7, 8)
            day = date(2025, 4, 1) + timedelta(days=number)
            while day <= last:
                cls.order(partner, day, 50 + number)
                day += timedelta(days=14 + number % 27)
        with freeze_time(f"{cls.NOW} 12:00:00"):
            cls.refresh(cls.partners, rebuilt=True)

    def made(self):
        with freeze_time(f"{self.NOW} 12:00:00"):
            return self.Outlook._make_missing(self.policy, self.NOW)

    def bought(self):
        """The facts, from the orders: who, how often and for how much in the three months."""
        orders = self.env["sale.order"].search(
            [("partner_id", "in", self.partners.ids), ("state", "=", "sale")]
        )
        within = orders.filtered(lambda o: self.MADE_ON < o.date_order.date() <= self.UNTIL)
        return len(within.partner_id), len(within), sum(within.mapped("amount_untaxed"))

    def test_made_with_what_was_known_then(self):
        outlook = self.made()
        self.assertEqual((outlook.made_on, outlook.until), (self.MADE_ON, self.UNTIL))
        self.assertEqual(outlook.customers, 60)
        self.assertEqual((outlook.buyers, outlook.purchases, outlook.amount), self.bought())
        figures = {name: outlook[name] for name in outlook._fields if name.endswith("_expected")}
        # what came later changes the facts, and nothing that was expected
        self.Outlook.sudo().search([]).unlink()
        for partner in self.partners:
            self.order(partner.with_context(cx_no_refresh=True), date(2026, 5, 5), 5000)
        again = self.made()
        self.assertEqual(figures, {name: again[name] for name in figures})
        self.assertEqual(again.buyers, 60)

    def test_close_to_what_came(self):
        outlook = self.made()
        for name in ("buyers", "purchases", "amount"):
            self.assertAlmostEqual(outlook[f"{name}_expected"] / outlook[name], 1, delta=0.2)
        # of the third that had stopped, these were not dormant yet
        self.assertGreaterEqual(outlook.leavers, 2)
        self.assertGreater(outlook.leavers_expected, 0.5)

    def test_it_is_made_once_and_only_with_past_enough(self):
        self.assertTrue(self.made())
        self.assertFalse(self.made())
        young = self.env["res.company"].create({"name": "Young"})
        policy = self.env["cx.policy"]._of(young)
        self.assertFalse(self.Outlook._make_missing(policy, self.NOW))

    def test_the_night_makes_it_and_leaves_no_draft(self):
        policies = self.env["cx.policy"].search_count([])
        with freeze_time(f"{self.NOW} 05:10:00"):
            self.Outlook._cron_outlook()
        self.assertEqual(self.Outlook.search([]).made_on, self.MADE_ON)
        self.assertEqual(self.env["cx.policy"].search_count([]), policies)

    def test_one_company_that_fails_does_not_stop_the_others(self):
        made = []

        def fails(_self, policy, _today):
            made.append(policy.company_id)
            raise ZeroDivisionError

        self.env["cx.policy"]._of(self.env["res.company"].create({"name": "Second"}))
        self.patch(type(self.Outlook), "_make_missing", fails)
        self.patch(self.env.cr, "rollback", lambda: None)
        with self.assertLogs("odoo.addons.cx_lifecycle.models.cx_outlook", "ERROR"):
            self.Outlook._cron_outlook()
        in_force = self.env["cx.policy"].search_count([("state", "=", "published")])
        self.assertEqual(len(made), in_force)

    def test_the_portfolio_shows_it_to_who_may_see_all(self):
        outlook = self.made()
        marketer = new_test_user(self.env, "mark_outlook", "cx_lifecycle.group_marketer")
        rep = new_test_user(self.env, "rep_outlook", "sales_team.group_sale_salesman")
        with freeze_time(f"{self.NOW} 12:00:00"):
            ask = self.env["cx.portfolio"].with_user(marketer).figures
            past = ask(blocks=["forecast"])["forecast"]["past"]
            self.assertEqual(past["made_on"], "2026-03-31")
            self.assertEqual(past["buyers"]["actual"], outlook.buyers)
            self.assertAlmostEqual(past["amount"]["expected"], outlook.amount_expected)
            self.assertRegex(past["sentence"], r"03/31/2026.*06/30/2026.*forecast off by [+-]\d+%")
            some = ask([("purchase_count", ">", 3)], blocks=["forecast"])
            self.assertIsNone(some["forecast"]["past"])
            theirs = self.env["cx.portfolio"].with_user(rep).figures(blocks=["forecast"])
            self.assertIsNone(theirs["forecast"]["past"])
        with self.assertRaises(AccessError):
            outlook.with_user(rep).read(["buyers"])
        outlook.write({"amount": 0.0})
        self.assertIn("nothing was bought", outlook._sentence())
