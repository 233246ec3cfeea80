"""What precedes leaving and what goes with loyalty, measured in a shop whose causes are known."""

from datetime import timedelta
from unittest.mock import patch

from model.common import ago
from model.shop import GAP, HORIZON, LOOKED_AT, ShopCase

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.cx_lifecycle.models import cx_evidence_run


class TestKnownCauses(ShopCase):
    def setUp(self):
        super().setUp()
        self.made = self.measure()

    def within(self, evidence, true):
        self.assertLess(evidence.low, true)
        self.assertGreater(evidence.high, true)

    def test_what_was_looked_at(self):
        self.assertFalse(self.made.problem)
        self.assertEqual((self.made.state, self.made.horizon), ("done", HORIZON))
        self.assertEqual(self.made.days, [str(day) for day in LOOKED_AT])
        self.assertFalse(self.made.counted, "the counts have done their work")

    def test_the_true_sign_is_found_and_the_others_are_not(self):
        cause, silent, rare = (self.evidence("leave", sign) for sign in self.signs)
        self.assertEqual(cause.verdict, "more")
        self.within(cause, 2.5)
        self.assertGreater(cause.low, 1.8)
        self.assertTrue(0.05 < cause.share < 0.3)
        self.assertAlmostEqual(cause.rate_exposed / cause.rate_others, cause.ratio, places=4)
        self.assertEqual(silent.verdict, "same")
        self.within(silent, 1.0)
        self.assertGreater(silent.exposed, 500, "it is not the few cases")
        self.assertEqual(rare.verdict, "few")
        [(ratio, chance)] = self.rows(
            "SELECT ratio, chance FROM cx_evidence WHERE id = %s", rare.id
        )
        self.assertIsNone(ratio)
        self.assertIsNone(chance)

    def test_what_goes_with_silence_looks_guilty_where_nobody_is_matched(self):
        """Otherwise the test above would show nothing."""
        Run = type(self.env["cx.evidence.run"])
        whole = Run._count_strata

        def together(run, question):
            everybody, exposed = whole(run, question)
            one = {}
            for groups in everybody.values():
                merge(one, groups)
            return {0: one}, {subject: {0: merged(strata)} for subject, strata in exposed.items()}

        def merge(into, groups):
            for group, counts in groups.items():
                known = into.get(group, type(counts)())
                into[group] = type(counts)(*map(sum, zip(known, counts, strict=True)))

        def merged(strata):
            one = {}
            for groups in strata.values():
                merge(one, groups)
            return one

        self.patch(Run, "_count_strata", together)
        self.measure()
        self.assertEqual(self.evidence("leave", "silent").verdict, "more")

    def test_what_goes_with_buying_again_is_found(self):
        bonus = self.evidence("buy", touchpoint="bonus")
        nothing = self.evidence("buy", touchpoint="nothing")
        self.assertEqual(bonus.verdict, "more")
        self.assertGreater(bonus.rate_exposed, bonus.rate_others + 0.05)
        self.assertEqual(nothing.verdict, "same")
        self.assertEqual(self.evidence("leave", touchpoint="bonus").verdict, "same")

    def test_unhappy_ones_precede_leaving(self):
        unhappy = self.evidence("leave", touchpoint="complaint", unhappy=True)
        self.assertEqual(unhappy.verdict, "more")
        self.within(unhappy, 2.0)
        self.assertIn("unhappy", unhappy.display_name)
        self.assertTrue(unhappy.text.startswith("Precedes leaving: "))

    def test_words(self):
        cause, rare = (self.evidence("leave", sign) for sign in ("cause", "rare"))
        kind = self.signs["cause"]
        numbers = cause._numbers()
        self.assertEqual(
            kind.strength,
            f"Customers with this sign leave {numbers['ratio']} times as often "
            f"({numbers['low']} to {numbers['high']}; {cause.exposed} cases).",
        )
        self.assertEqual(self.signs["rare"].strength, f"Not enough cases ({rare.seen}).")
        self.assertIn("No difference is shown", self.signs["silent"].strength)
        other = self.env["res.company"].create({"name": "Other"})
        self.assertEqual(kind.with_company(other).strength, "Not measured yet")

    def test_strength_is_written_on_the_signs(self):
        found = dict(
            self.rows("SELECT DISTINCT k.code, w.strength FROM cx_warning w JOIN cx_warning_kind k"
                      " ON k.id = w.kind_id WHERE w.company_id = %s", self.company.id)
        )  # fmt: skip
        cause = self.evidence("leave", "cause")
        self.assertAlmostEqual(found["cause"], cause.low, places=4)
        self.assertIsNone(found["rare"])

    def test_measuring_again_keeps_the_records(self):
        before = {one.id: one.ratio for one in self.env["cx.evidence"].search([])}
        self.env.cr.execute("DELETE FROM cx_warning WHERE kind_id = %s", [self.signs["rare"].id])
        gone = self.env["cx.evidence"].search([("kind_id", "=", self.signs["rare"].id)])
        self.measure()
        after = {one.id: one.ratio for one in self.env["cx.evidence"].search([])}
        self.assertEqual(after, {n: r for n, r in before.items() if n not in gone.ids})

    def test_a_number_opens_its_list(self):
        self.env.cr.execute(
            "INSERT INTO cx_warning (kind_id, customer_id, company_id, began_on)"
            " SELECT %s, id, company_id, %s FROM cx_customer WHERE id = ANY(%s)"
            " ON CONFLICT DO NOTHING",
            [self.signs["cause"].id, ago(0), list(self.ids.values())[:50]],
        )
        self.env.cr.execute(
            "UPDATE cx_touchpoint SET at = %s WHERE id IN (SELECT id FROM cx_touchpoint"
            " ORDER BY id DESC LIMIT 300)",
            [f"{ago(GAP - 1)} 09:00:00"],
        )
        self.env.invalidate_all()
        counted = 0
        for evidence in self.env["cx.evidence"].search([]):
            action = evidence.action_customers()
            listed = self.Customer.search(action["domain"])
            self.assertEqual(len(listed), evidence.today, evidence.display_name)
            self.assertLessEqual(set(listed.mapped("stage_id.code")), {"new", "active"})
            counted += evidence.today
        self.assertGreater(counted, 50)
        # the same window as on past days
        self.env.cr.execute("UPDATE cx_touchpoint SET at = %s", [f"{ago(GAP)} 23:00:00"])
        self.env.invalidate_all()
        self.assertFalse(self.evidence("buy", touchpoint="bonus").today)

    def test_figures_of_the_chart(self):
        found = self.env["cx.evidence"].figures()
        by_name = {point["name"]: point for point in found["points"]}
        complaint = by_name[self.evidence("buy", touchpoint="complaint").display_name]
        self.assertEqual(complaint["rank"], 1)
        self.assertTrue(complaint["shown"])
        self.assertLess(complaint["satisfaction"], 5)
        self.assertEqual(len(found["points"]), 3)
        self.assertEqual([cell["rank"] for cell in found["mend"]], [1])
        self.assertIn("When unhappy: Precedes leaving", found["mend"][0]["sentence"])
        self.assertEqual(found["sentence"], "One touchpoint to mend first:")
        self.assertTrue(complaint["satisfaction"] < found["mean"] < 10)
        action = self.env["cx.evidence"].browse(found["mend"][0]["id"]).action_mend()
        improvement = self.env["cx.improvement"].with_context(action["context"]).create({})
        self.assertEqual(improvement.interaction_id, self.kinds["complaint"])
        self.assertEqual(improvement.cell, "Phone · Complains")

    def test_two_companies_and_readers(self):
        other = self.env["res.company"].create({"name": "Other"})
        mine = self.env["cx.evidence"].search([])
        Run = self.env["cx.evidence.run"]
        Run._request(other)
        run = Run.search([("company_id", "=", other.id)])
        self.env.flush_all()
        self.patch(self.env.cr, "rollback", lambda: None)
        self.assertTrue(run._guarded())
        self.assertIn("too short", run.problem)
        self.assertEqual(self.env["cx.evidence"].search([]), mine)
        stranger = new_test_user(
            self.env, "evid_other", "cx_lifecycle.group_marketer",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        Evidence = self.env["cx.evidence"].with_user(stranger).with_company(other)
        self.assertFalse(Evidence.search([]))
        self.assertFalse(Evidence.figures()["points"])
        with self.assertRaises(AccessError):
            mine[0].with_user(stranger).action_customers()
        rep = new_test_user(self.env, "evid_rep", "sales_team.group_sale_salesman")
        self.partners[:5].user_id = self.env.user
        self.env.cr.execute("UPDATE cx_touchpoint SET at = now() AT TIME ZONE 'UTC'")
        self.env.invalidate_all()
        bonus = self.evidence("buy", touchpoint="bonus")
        theirs = bonus.with_user(rep)
        listed = self.Customer.with_user(rep).search(theirs.action_customers()["domain"])
        self.assertEqual(theirs.today, len(listed))
        self.assertFalse(listed.partner_id & self.partners[:5])
        with self.assertRaises(UserError):
            self.env["cx.evidence"].with_user(rep).action_measure()


class TestPanel(ShopCase):
    """A few customers, counted by hand on the last day that is looked at."""

    people = 8
    day = LOOKED_AT[-1]

    @classmethod
    def setUpClass(cls):
        cls.number = 0
        super().setUpClass()

    @classmethod
    def life(cls, partner, customer):
        number, day = cls.number, cls.day
        cls.number += 1
        start = day - timedelta(400)
        days = [day - timedelta(n) for n in (90, 50, 10)]
        ends = {0: day + timedelta(20), 1: day + timedelta(HORIZON), 2: day, 5: day + timedelta(9)}
        if number == 3:
            days.append(day + timedelta(30))
        if number == 4:
            days.append(day + timedelta(70))
        cls.purchases += [(partner, on) for on in days]
        cls.stays.append((customer, start, ends.get(number)))
        if number == 3:  # begun long before, over the next day; and on the day itself
            cls.spells.append(("cause", customer, day - timedelta(300), day + timedelta(1)))
            cls.touchpoints.append(("bonus", customer, day, 4))
        if number == 4:  # over before, but begun within the usual interval; and too early
            cls.spells.append(("cause", customer, day - timedelta(20), day - timedelta(9)))
            cls.touchpoints.append(("bonus", customer, day - timedelta(41), 9))
        if number == 6:  # over before; and the day after
            cls.spells.append(("cause", customer, day - timedelta(200), day))
            cls.touchpoints.append(("bonus", customer, day + timedelta(1), 9))

    def setUp(self):
        super().setUp()
        self.env.cr.execute(
            "UPDATE cx_episode SET silent = true WHERE customer_id = %s AND left_on IS NULL",
            [self.customers[5]],
        )
        self.made = self.env["cx.evidence.run"].create(
            {"company_id": self.company.id, "on": ago(0), "horizon": HORIZON}
        )
        self.stage()

    @property
    def customers(self):
        return [self.ids[partner] for partner in self.partners.ids]

    def stage(self):
        purchases = self.env["cx.run"]._stage_days(self.company)
        self.made._stage_panel(self.day, purchases)
        self.made._stage_exposures(self.day)

    def panel(self, columns):
        found = self.rows(
            'SELECT customer_id, leave_stratum, buy_stratum, "left", bought, usual FROM cx_panel'
        )
        rows = {customer: figures for customer, *figures in found}
        names = ("leave_stratum", "buy_stratum", "left", "bought", "usual")
        place = names.index(columns)
        return [rows[one][place] if one in rows else "absent" for one in self.customers]

    def test_what_came_of_it(self):
        self.assertEqual(
            self.panel("left"), [True, True, "absent", False, False, None, False, False]
        )
        # the usual interval of all: (40 + 80) / 3
        self.assertEqual(self.panel("usual")[3], 40.0)
        self.assertEqual(
            self.panel("bought"), [False, False, "absent", True, False, False, False, False]
        )

    def test_an_interval_that_is_not_over_tells_nothing(self):
        self.made.on = self.day + timedelta(39)
        self.stage()
        self.assertEqual(self.panel("bought")[3:5], [None, None])

    def test_later_purchases_change_nobodys_stratum(self):
        before = self.panel("leave_stratum"), self.panel("buy_stratum")
        self.assertEqual(len(set(before[0]) - {"absent"}), 1)
        self.purchases.extend((partner, ago(3)) for partner in self.partners.ids[3:5])
        self.addCleanup(self.purchases.__delitem__, slice(-2, None))
        self.stage()
        self.assertEqual((self.panel("leave_stratum"), self.panel("buy_stratum")), before)

    def test_exposures(self):
        exposed = self.rows(
            "SELECT customer_id, kind_id, interaction_id, unhappy FROM cx_exposed ORDER BY 1, 2, 4"
        )
        three, four = self.customers[3:5]
        sign, bonus = self.signs["cause"].id, self.kinds["bonus"].id
        self.assertEqual(
            exposed,
            [(three, sign, None, False), (three, None, bonus, False), (three, None, bonus, True),
             (four, sign, None, False)],
        )  # fmt: skip

    def test_days_of_touchpoints_are_the_companys(self):
        self.company.partner_id.tz = "Pacific/Auckland"  # half a day ahead of UTC
        self.env.flush_all()
        three, four = self.customers[3:5]
        for customer, at in (
            (three, f"{self.day} 13:00:00"),  # the day after
            (four, f"{self.day - timedelta(40)} 13:00:00"),  # the interval's first day
        ):
            self.env.cr.execute(
                "UPDATE cx_touchpoint SET at = %s WHERE customer_id = %s", [at, customer]
            )
        self.stage()
        self.assertEqual(
            self.rows("SELECT DISTINCT customer_id FROM cx_exposed WHERE kind_id IS NULL"),
            [(four,)],
        )

    def test_today_by_the_companys_days(self):
        today = self.Customer._today(self.company)
        self.env.cr.execute(
            "UPDATE cx_touchpoint SET at = %s", [f"{today - timedelta(40)} 13:00:00"]
        )
        self.env.cr.execute("UPDATE cx_customer SET usual_interval = 40")
        self.env.invalidate_all()
        self.env["cx.evidence"].search([]).unlink()
        bonus = self.env["cx.evidence"].create(
            {"company_id": self.company.id, "question": "buy", "verdict": "few",
             "channel_id": self.env.ref("cx_lifecycle.channel_phone").id,
             "interaction_id": self.kinds["bonus"].id, "measured_on": ago(0)}
        )  # fmt: skip
        self.assertEqual(bonus.today, 0)
        self.company.partner_id.tz = "Pacific/Auckland"
        with patch.object(type(self.Customer), "_today", lambda *_args: today):
            self.env.invalidate_all()
            self.assertGreater(bonus.today, 0)

    def test_signs_that_nobody_looks_for_tell_nothing(self):
        self.env.cr.execute("UPDATE cx_warning SET ended_on = NULL")
        self.signs["cause"].active = False
        self.env.flush_all()
        self.stage()
        self.assertFalse(self.rows("SELECT 1 FROM cx_exposed WHERE kind_id IS NOT NULL"))
        kept = self.signs["cause"].id
        had = self.env["cx.evidence"]._had_today(self.company)
        self.assertNotIn((kept,), self.env.execute_query(SQL("SELECT kind_id FROM (%s) h", had)))


class TestRuns(ShopCase):
    people = 40

    def test_a_stop_costs_nothing(self):
        Run = self.env["cx.evidence.run"]
        Run._request(self.company)
        run = Run.search([("state", "=", "waiting")])
        counted = []
        whole = type(run)._count_day
        self.patch(
            type(run), "_count_day",
            lambda this, day, purchases: (counted.append(day), whole(this, day, purchases))[1],
        )  # fmt: skip
        with patch.object(type(run), "_commit", lambda *_args, **_kwargs: 0.0):
            for _attempt in range(len(LOOKED_AT)):
                self.assertFalse(run._go_on())
        self.assertEqual(run.state, "running")
        self.assertTrue(run._go_on())
        self.assertEqual(counted, LOOKED_AT)
        self.assertEqual(run.state, "done")

    def test_asked_twice_measured_once(self):
        Run = self.env["cx.evidence.run"]
        Run._cron_monthly()
        Run._cron_monthly()
        self.assertEqual(Run.search_count([("company_id", "=", self.company.id)]), 1)
        Run._cron_measure()
        self.assertFalse(Run.search([("state", "!=", "done")]))

    def test_what_breaks_is_told(self):
        Run = self.env["cx.evidence.run"]
        Run._request(self.company)
        run = Run.search([("state", "=", "waiting")])

        def breaks(_run, _found):
            raise UserError("Nobody knows")

        self.patch(type(run), "_replace", breaks)
        self.patch(self.env.cr, "rollback", lambda: None)
        Run._cron_measure()
        self.assertEqual((run.state, run.problem), ("done", "Nobody knows"))
        self.assertEqual(self.env["cx.evidence"].figures()["problem"], "Nobody knows")

    def test_what_is_deleted_while_it_is_counted(self):
        Run = self.env["cx.evidence.run"]
        Run._request(self.company)
        run = Run.search([("state", "=", "waiting")])
        whole = type(run)._conclude

        def deletes(this):
            self.signs["cause"].unlink()
            whole(this)

        self.patch(type(run), "_conclude", deletes)
        Run._cron_measure()
        self.assertFalse(run.problem)
        self.assertTrue(self.env["cx.evidence"].search([("company_id", "=", self.company.id)]))

    def test_few_are_remembered(self):
        for _number in range(cx_evidence_run.KEPT + 2):
            self.measure()
        runs = self.env["cx.evidence.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(runs), cx_evidence_run.KEPT)
