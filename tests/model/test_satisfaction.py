"""The last satisfaction on the customer: it follows the touchpoints, whoever writes them."""

from datetime import datetime, timedelta

from model.common import TODAY, ago
from model.test_touchpoints import TouchpointCase

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user

from odoo.addons.cx_lifecycle.models.scopes import everybody


def rated_source(case):
    """Opportunities whose colour stands for a satisfaction."""
    return case.Sources.create(
        {
            "name": "Told", "model": "crm.lead", "domain": "[('name', 'like', 'told')]",
            "channel_id": case.env.ref("cx_lifecycle.channel_phone").id,
            "interaction_id": case.env.ref("cx_lifecycle.interaction_rates").id,
            "satisfaction_path": "color", "satisfaction_low": 0, "satisfaction_high": 10,
        }
    )  # fmt: skip


class TestSatisfaction(TouchpointCase):
    def note(self, score, days=0, person=None, **values):
        at = datetime.combine(ago(days), datetime.min.time())
        return self.Touchpoint.log(
            (person or self.ada).id, "phone", "rates", at=at, satisfaction=score, **values
        )

    def told(self, customer=None):
        customer = customer or self.customer
        return (customer.satisfaction_last, customer.satisfaction_on,
                customer.satisfaction_mean, customer.satisfaction_trend)  # fmt: skip

    # ---------------------------------------------------------------- the figures
    def test_nothing_is_known_without_an_answer(self):
        self.Touchpoint.log(self.ada.id, "phone", "asks")
        self.assertEqual(self.told(), (False, False, False, False))

    def test_zero_is_an_answer(self):
        self.note(0)
        self.assertEqual(self.told(), (0.0, TODAY, False, False))
        self.assertIsNot(self.customer.satisfaction_last, False)
        found = self.Customer.search([("satisfaction_last", "<=", 3)])
        self.assertEqual(found, self.customer)
        partners = self.env["res.partner"].search([("cx_satisfaction_last", "<", 5)])
        self.assertEqual(partners, self.ada)
        [read] = self.ada.read(["cx_satisfaction_last", "cx_satisfaction_mean"])
        self.assertEqual(read["cx_satisfaction_last"], 0.0)
        self.assertIs(read["cx_satisfaction_mean"], False)

    def test_exported_unknown_is_empty(self):
        self.note(0)
        silent = self.buy(self.partner("Silent"), 3)
        rows = (self.customer | silent).export_data(["satisfaction_last"])["datas"]
        self.assertEqual(rows, [[0.0], [""]])

    def test_nothing_new_looks_at_nobody_again(self):
        for days, score in enumerate((1, 2, 2), start=1):  # their mean has no end
            self.note(score, days=days)
        self.note(5)
        self.customer.due = False
        self.Customer._rate(self.customer.ids)
        self.assertFalse(self.customer.due)

    def test_who_never_answered_is_found_by_no_comparison(self):
        silent = self.buy(self.partner("Silent"), 3)
        self.note(4)
        for condition in (("<=", 10), (">=", 0), ("<", 5), ("=", 4)):
            found = self.Customer.search([("satisfaction_last", *condition)])
            self.assertEqual(found, self.customer, condition)
            self.assertEqual((self.customer | silent).filtered_domain(
                [("satisfaction_last", *condition)]), self.customer)  # fmt: skip
        self.assertIn(silent, self.Customer.search([("satisfaction_last", "=", False)]))
        self.assertFalse(self.Customer.search([("satisfaction_last", "in", [0.0, 3.0])]))

    def test_trend_against_the_year_before(self):
        self.note(2, days=500)  # longer ago than a year before the last one
        self.note(9, days=300)
        self.note(7, days=100)
        self.note(7.5, days=10)
        self.assertEqual(self.told(), (7.5, ago(10), 8.0, "same"))
        self.note(7, days=5)
        self.assertEqual(self.customer.satisfaction_trend, "same")
        self.assertAlmostEqual(self.customer.satisfaction_mean, 7.8333, 3)
        self.note(3, days=4)
        self.assertEqual(self.customer.satisfaction_trend, "worse")
        self.note(10, days=1)
        self.assertEqual(self.customer.satisfaction_trend, "better")
        self.note(1, days=50)  # written down late: the last one stays the last
        self.assertEqual((self.customer.satisfaction_last, self.customer.satisfaction_on),
                         (10.0, ago(1)))  # fmt: skip

    def test_the_day_is_the_company_s(self):
        self.company.partner_id.tz = "Asia/Tokyo"
        late = datetime.combine(ago(3), datetime.min.time()) + timedelta(hours=20)
        self.Touchpoint.log(self.ada.id, "phone", "rates", at=late, satisfaction=6)
        self.assertEqual(self.customer.satisfaction_on, ago(2))

    # ------------------------------------------------------------- kept right by
    def test_a_note_taken_back(self):
        self.note(8, days=9)
        last = self.note(1)
        last.unlink()
        self.assertEqual(self.told(), (8.0, ago(9), False, False))

    def lead(self, color, partner=None):
        return self.env["crm.lead"].create(
            {"name": "told", "partner_id": (partner or self.ada).id, "color": color}
        )

    def test_the_feed(self):
        source, lead = rated_source(self), self.lead(2)
        bob = self.buy(self.partner("Bob"), 4)
        self.feed(source)
        self.assertEqual(self.customer.satisfaction_last, 2.0)
        lead.color = 9
        self.feed(source)
        self.assertEqual(self.customer.satisfaction_last, 9.0)
        lead.partner_id = bob.partner_id
        self.feed(source)
        self.assertEqual(self.told(), (False, False, False, False))
        self.assertEqual(bob.satisfaction_last, 9.0)
        lead.name = "fits no more"
        self.feed(source)
        self.assertIs(bob.satisfaction_last, False)

    def test_a_source_that_tells_nothing_any_more(self):
        source = rated_source(self)
        self.lead(4)
        self.feed(source)
        source.satisfaction_path = False
        self.feed(source)
        self.assertIs(self.customer.satisfaction_last, False)
        source.satisfaction_path = "color"
        self.feed(source)
        self.assertEqual(self.customer.satisfaction_last, 4.0)
        source.unlink()
        self.assertIs(self.customer.satisfaction_last, False)

    def test_merged_contacts(self):
        twin = self.partner("Ada again")
        self.refresh(twin)
        self.note(9, days=40)
        self.note(3, days=2, person=twin)
        self.env["base.partner.merge.automatic.wizard"]._merge((self.ada | twin).ids, self.ada)
        self.assertEqual(self.told(self.of(self.ada)), (3.0, ago(2), 9.0, "worse"))

    def test_erased_with_the_person(self):
        self.note(3)
        self.ada.unlink()
        self.env.invalidate_all()
        self.assertEqual(self.told(), (False, False, False, False))
        self.Customer._rate(self.customer.ids)
        self.assertEqual(self.told(), (False, False, False, False))

    # --------------------------------------------------------------- what it is for
    def test_rules_may_ask_for_it(self):
        sad = "[('cx_satisfaction_last', '<', 3)]"
        stage = self.env.ref("cx_lifecycle.stage_dormant").id
        self.rule(rule_ids=[(0, 0, {"name": "Sad", "domain": sad, "stage_id": stage})])
        customer = self.buy(self.ada, 40, 20, 2)
        self.assertStage(customer, "active")
        self.note(1)
        self.assertTrue(customer.due, "the night looks at it")
        self.refresh(self.ada)
        self.assertStage(customer, "dormant", "rule")

    def test_what_rules_decide_stays_refused(self):
        for field in ("cx_stage_since", "cx_why"):
            with self.assertRaises(ValidationError):
                self.rule(rule_ids=[(0, 0, {
                    "name": "x", "domain": f"[('{field}', '!=', False)]",
                    "stage_id": self.env.ref("cx_lifecycle.stage_dormant").id})])  # fmt: skip
        self.policy.state = "published"

    def test_reps_see_it_others_do_not(self):
        self.note(3)
        rep = new_test_user(self.env, "sat_rep", "sales_team.group_sale_salesman")
        self.assertEqual(self.ada.with_user(rep).cx_satisfaction_last, 3.0)
        plain = new_test_user(self.env, "sat_plain", "base.group_user")
        self.assertNotIn("cx_satisfaction_last", self.ada.with_user(plain).fields_get())

    def test_queries_do_not_depend_on_how_many(self):
        source = rated_source(self)
        people = [self.partner(f"P{n}") for n in range(12)]
        for person in people:
            self.refresh(person)

        def cost(some):
            for person in some:
                self.lead(3, person)
            self.env.flush_all()
            self.feed(source)  # the columns of the source are read
            for lead in self.env["crm.lead"].search([("name", "=", "told")])[: len(some)]:
                lead.color = 7 if lead.color != 7 else 2
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            source._write_touchpoints(everybody)
            return self.env.cr.sql_log_count - before

        few, many = cost(people[:2]), cost(people)
        self.assertEqual(few, many)


class TestListenHourly(TouchpointCase):
    def setUp(self):
        super().setUp()
        self.Sources.search([]).write({"fed_at": False})
        self.told = rated_source(self)

    def test_what_was_said_is_read_others_wait_for_the_night(self):
        orders = self.source("order")
        lead = self.env["crm.lead"].create({"name": "told", "partner_id": self.ada.id})
        self.env.flush_all()
        self.Sources._cron_listen()
        self.assertFalse(self.told.fed_at, "its past is read by the job of the night")
        self.feed(self.told)
        self.feed(orders)
        self.order(self.ada)
        lead.color = 3
        self.env.flush_all()
        self.Sources._cron_listen()
        self.assertEqual(self.customer.satisfaction_last, 3.0)
        self.assertFalse(self.Touchpoint.search([("source_id", "=", orders.id)]))

    def test_nothing_said_costs_little(self):
        self.feed(self.told)
        self.told.fed_at += timedelta(hours=1)
        self.env.flush_all()
        fed = self.told.fed_at
        self.Sources._cron_listen()
        self.assertEqual(self.told.fed_at, fed, "it was not even begun")
