"""Where customers stood on any day: as it was lived, for those who may know, in one query."""

from ast import literal_eval

from lxml import etree
from model.common import TODAY, LifecycleCase, ago

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import new_test_user

CODES = ["suspect", "prospect", "new", "active", "dormant", "lost"]
# days on which five customers buy, out of the last 420
LIVES = (
    (400, 390, 380, 40),
    (410, 300),
    tuple(range(419, 0, -30)),
    (350,),
    (200, 190, 180, 175, 20),
)


class TestAsOf(LifecycleCase):
    def live(self):
        """Customers followed night by night; and each one's stage at the end of each day."""
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(len(LIVES))])
        lived = {}
        for number in range(420, -1, -1):
            day = ago(number)
            for partner, days in zip(partners, LIVES, strict=True):
                if number in days:
                    self.order(partner.with_context(cx_no_refresh=True), day)
                customer = self.of(partner)
                if number in days or (customer.review_on and customer.review_on <= day):
                    self.refresh(partner, on=day)
                    customer = self.of(partner)
                lived[partner.id, day] = customer.stage_id.code or None
        return partners, lived

    def test_every_day_is_as_it_was_lived(self):
        partners, lived = self.live()
        customers = self.Customer.search([("partner_id", "in", partners.ids)])
        self.assertGreaterEqual(len(set(lived.values())), 4)
        ours = [("id", "in", customers.ids)]
        for number in range(425, -1, -1):
            day = ago(number)
            told = customers.stage_on(day)
            self.assertEqual(told, {c.id: lived.get((c.partner_id.id, day)) for c in customers})
            counts = self.Customer.stage_counts(day.isoformat(), ours)
            self.assertEqual(list(counts), CODES)
            self.assertEqual(counts, {code: list(told.values()).count(code) for code in CODES}, day)
            if number % 30 == 0:
                self.assertEqual(counts, self.listed(day, customers))

    def listed(self, day, customers):
        """How long the list of each stage is that our menu opens for a day."""
        found = self.env["cx.episode"].search(
            [("as_of", "=", day), ("customer_id", "in", customers.ids)]
        )
        return {code: len(found.filtered(lambda e, c=code: e.stage_id.code == c)) for code in CODES}

    def test_today_is_what_the_customers_show(self):
        one, two = self.buy(self.partner("A"), 30, 20, 3), self.buy(self.partner("B"), 3)
        customers = one | two
        self.assertEqual(customers.stage_on(TODAY), {one.id: "active", two.id: "new"})
        domain = [("active", "=", True)]
        self.assertEqual(
            self.Customer.stage_counts(domain=domain),
            {code: self.Customer.search_count([("stage_id.code", "=", code)]) for code in CODES},
        )

    def test_who_is_archived_since_counts_as_then(self):
        customer = self.buy(self.partner(), 30, 20, 3)
        ours = [("id", "=", customer.id)]
        customer.partner_id.active = False
        self.refresh(customer.partner_id)
        self.assertFalse(customer.active)
        self.assertEqual(self.Customer.stage_counts(domain=ours)["active"], 1)
        without = self.Customer.stage_counts(domain=[*ours, ("active", "=", True)])
        self.assertEqual(without, dict.fromkeys(CODES, 0))

    def test_merging_leaves_the_past_as_it_was(self):
        one, two = self.partner("A"), self.partner("B")
        for partner, days in ((one, (9,)), (two, (60, 50, 40, 3))):
            for number in days:
                self.order(partner.with_context(cx_no_refresh=True), ago(number))
        self.refresh(one | two)
        before = self.Customer.stage_counts(ago(1))
        one, two = self.of(one), self.of(two)
        self.assertEqual((one | two).stage_on(ago(1)), {one.id: "new", two.id: "active"})
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (one | two).partner_id.ids, two.partner_id
        )
        self.assertEqual(self.Customer.stage_counts(ago(1)), before)
        self.assertEqual(two.exists().stage_on(TODAY), {two.id: "active"})

    def test_relative_days_and_several(self):
        partner = self.partner()
        for number in (500, 490, 480, 20, 10):
            self.order(partner.with_context(cx_no_refresh=True), ago(number))
        self.refresh(partner)
        customer = self.of(partner)
        Episode = self.env["cx.episode"]
        ours = Domain("customer_id", "=", customer.id)
        today = Episode.search(ours & Domain("as_of", "=", "today"))
        self.assertEqual(today, customer.episode_ids.filtered(lambda e: not e.left_on))
        both = Episode.search(ours & Domain("as_of", "in", ["today", "today -25d"]))
        self.assertEqual(both.mapped("stage_id.code"), ["active", "lost"])
        others = Episode.search(ours & Domain("as_of", "!=", "today"))
        self.assertEqual(others, customer.episode_ids - today)
        self.assertFalse(Episode.search(ours & Domain("as_of", "=", False)))
        with self.assertRaises(UserError):
            Episode.search([("as_of", ">", "today")])

    def test_the_menu_opens_the_stages_of_a_month_ago(self):
        partner = self.partner()
        for number in (500, 490, 480, 20, 10):
            self.order(partner.with_context(cx_no_refresh=True), ago(number))
        self.refresh(partner)
        action = self.env.ref("cx_lifecycle.action_as_of")
        wanted = [key for key in literal_eval(action.context) if "as_of" in key]
        views = self.env[action.res_model].get_views([(action.search_view_id.id, "search")])
        field = views["models"][action.res_model]["fields"]["as_of"]
        self.assertTrue(field["searchable"])
        self.assertFalse(field["groupable"] or field["sortable"])
        search = etree.fromstring(views["views"]["search"]["arch"])
        [name] = (key.removeprefix("search_default_") for key in wanted)
        [domain] = search.xpath(f"//filter[@name='{name}']/@domain")
        found = self.env[action.res_model].search(
            Domain(literal_eval(domain)) & Domain("partner_id", "=", partner.id)
        )
        self.assertEqual(found.stage_id.code, "lost")

    def test_one_query_whatever_the_number(self):
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(12)])
        for partner in partners:
            self.buy(partner, 30, 3)
        customers = self.Customer.search([("partner_id", "in", partners.ids)])
        self.env.flush_all()
        for some in (customers[:2], customers):
            some.stage_on(TODAY)  # the ids of the six stages are known
            self.env.invalidate_all()
            with self.assertQueryCount(1):
                some.stage_on(TODAY)
            self.env.invalidate_all()
            with self.assertQueryCount(1):
                self.Customer.stage_counts(ago(3), [("partner_id.name", "like", "P")])

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids |= other
        partner = self.partner()
        here = self.buy(partner, 3)
        there = self.buy(partner, 60, 30, 3, company=other)
        domain = [("partner_id", "=", partner.id)]
        user = new_test_user(
            self.env, "two", "cx_lifecycle.group_marketer", company_id=self.company.id,
            company_ids=[Command.set((self.company | other).ids)],
        )  # fmt: skip
        seen = self.Customer.with_user(user)
        both = seen.with_context(allowed_company_ids=(self.company | other).ids)
        only = seen.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(both.stage_counts(domain=domain)["active"], 1)
        self.assertEqual(both.stage_counts(domain=domain)["new"], 1)
        self.assertEqual(only.stage_counts(domain=domain), dict.fromkeys(CODES, 0) | {"new": 1})
        self.assertEqual(both.browse([here.id, there.id]).stage_on(TODAY),
                         {here.id: "new", there.id: "active"})  # fmt: skip
        with self.assertRaises(AccessError):
            only.browse(there.id).stage_on(TODAY)

    def test_a_rep_counts_the_own_customers(self):
        rep = new_test_user(self.env, "as_of_rep", "sales_team.group_sale_salesman")
        mine = self.buy(self.partner("Mine", user_id=rep.id), 3)
        theirs = self.buy(self.partner("Theirs", user_id=self.env.uid), 3)
        domain = [("id", "in", (mine | theirs).ids)]
        self.assertEqual(self.Customer.stage_counts(domain=domain)["new"], 2)
        seen = self.Customer.with_user(rep)
        self.assertEqual(seen.stage_counts(domain=domain)["new"], 1)
        self.assertEqual(mine.with_user(rep).stage_on(TODAY), {mine.id: "new"})
        with self.assertRaises(AccessError):
            (mine | theirs).with_user(rep).stage_on(TODAY)
        nobody = new_test_user(self.env, "as_of_nobody", "base.group_user")
        for ask in (mine.with_user(nobody).stage_on, self.Customer.with_user(nobody).stage_counts):
            with self.assertRaises(AccessError):
                ask(TODAY)

    def test_what_is_no_day_is_refused_with_a_remedy(self):
        customer = self.buy(self.partner(), 3)
        for day in ("yesterday", "2027-13-01", "31/03/2027", 20270331, True, "", None):
            with self.assertRaisesRegex(UserError, "year-month-day"):
                customer.stage_on(day)
        for ask in (self.Customer.stage_counts, lambda d: customer.chance_of_purchase(30, d)):
            with self.assertRaisesRegex(UserError, "year-month-day"):
                ask("soon")
