"""Back-tests: what the rules would have called, counted by hand, and nothing seen ahead of time."""

from unittest.mock import patch

from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user

from odoo.addons.cx_lifecycle.engine import rhythm
from odoo.addons.cx_lifecycle.models import cx_policy_backtest
from odoo.addons.cx_lifecycle.models.cx_backtest_line import COUNTS

CUT, HORIZON = ago(100), 60  # so what counts as coming back is 99 to 40 days ago
EARLIER = ago(345)  # A comes back, C, F and K do not
# name: the days ago on which the customer bought
PAST = {
    "A": (400, 300),  # silent for 200 days at the cut, and on
    "B": (195,),  # silent for 95, and on
    "C": (350, 200, 50),  # silent for 100, comes back
    "D": (110, 30),  # silent for 10, comes back too late to count
    "E": (120, 41),  # silent for 20, comes back
    "F": (900,),  # silent for more than two years: not judged
    "G": (90, 80),  # bought for the first time after the cut: not judged
    "H": (101, 40),  # comes back on the last day that counts
    "I": (190,),  # silent for exactly 90
    "J": (150, 39),  # silent for 50, comes back one day too late to count
    "K": (480,),  # silent for 380: lost by the fixed rule
}


class BacktestCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = {name: cls.partner(name) for name in PAST}
        for name, days in PAST.items():
            cls.buy(cls.partners[name], *days)
        cls.classPatch(cx_policy_backtest, "FEWEST", 1)

    @classmethod
    def ask(cls, cuts=(CUT,), horizon=HORIZON, policy=None):
        return cls.env["cx.backtest"]._request(policy or cls.policy, list(cuts), horizon)

    def made(self, *args, **kwargs):
        """A back-test that is done."""
        test = self.ask(*args, **kwargs)
        self.assertTrue(test._go_on())
        self.assertEqual(test.state, "done")
        return test

    def line(self, test, setting, cut=CUT):
        return test.line_ids.filtered(lambda li: li.setting == setting and li.cut == cut)

    def figures(self, test):
        """All that was found, without what tells one back-test from another."""
        names = set(test.line_ids._fields) - {
            "id", "backtest_id", "label", "display_name", "create_date", "write_date", "listed",
        }  # fmt: skip
        return sorted(
            (li.setting, str(li.cut), {n: li[n] for n in sorted(names)}) for li in test.line_ids
        )


class TestCounts(BacktestCase):
    def test_fixed_days_by_hand(self):
        test = self.made()
        line = self.line(test, "fixed_90")
        # right: A B I K; false alarm: C; late: D J; left alone: E H
        self.assertEqual([line[name] for name in COUNTS], [4, 1, 2, 2])
        self.assertEqual((line.judged, line.called_dormant), (9, 5))
        self.assertAlmostEqual(line.balanced_accuracy, (4 / 6 + 2 / 3) / 2)
        self.assertAlmostEqual(line.precision, 4 / 5)
        self.assertAlmostEqual(line.recall, 4 / 6)
        self.assertEqual((line.called_lost, line.lost_right, line.lost_false), (1, 1, 0))
        # A 90, B 65 (its 180th day is after the end), I 60, D 0, J 20, K 90
        self.assertAlmostEqual(line.lead_180, (90 + 65 + 60 + 0 + 20 + 90) / 6, 1)
        self.assertAlmostEqual(line.lead_365, (170 + 65 + 60 + 0 + 20 + 275) / 6, 1)
        self.assertEqual(line.lead_90, 0)
        for setting, counts in (("fixed_180", [2, 0, 4, 3]), ("fixed_365", [1, 0, 5, 3])):
            line = self.line(test, setting)
            self.assertEqual([line[name] for name in COUNTS], counts)
        self.assertLess(self.line(test, "fixed_365").lead_90, 0)

    def test_every_setting_judges_the_same_customers(self):
        test = self.made(cuts=[EARLIER, CUT])
        settings = [name for name, _label in test.line_ids._fields["setting"].selection]
        settings.remove("season")
        self.assertEqual(test.summary_ids.mapped("setting"), settings)
        for cut in (EARLIER, CUT):
            lines = test.line_ids.filtered(lambda li, cut=cut: li.cut == cut)
            self.assertEqual(sorted(lines.mapped("setting")), sorted(settings))
            self.assertEqual(len(set(lines.mapped("judged"))), 1)
            self.assertEqual(len({li.right + li.late for li in lines}), 1)
        for line in test.summary_ids:
            both = test.line_ids.filtered(lambda li, s=line.setting: li.setting == s)
            self.assertEqual(line.right, sum(both.mapped("right")))
            self.assertAlmostEqual(
                line.balanced_accuracy, sum(both.mapped("balanced_accuracy")) / 2
            )

    def test_what_is_unknown_is_not_zero(self):
        test = self.made(cuts=[ago(470)])  # K and F are all there is, and nobody comes back
        line = self.line(test, "fixed_90", ago(470))
        self.assertEqual([line[name] for name in COUNTS], [1, 0, 1, 0])
        self.assertEqual(
            self.rows(
                "SELECT balanced_accuracy, precision FROM cx_backtest_line WHERE id = %s", line.id
            ),
            [(None, 1.0)],
        )
        self.assertFalse(test.proposal)
        self.assertFalse(test.proposal_text)

    def test_the_best_number_was_found_in_hindsight(self):
        test = self.made()
        best = self.line(test, "fixed_best")
        accuracies = {
            line[0]: line[1:] for line in test.numbers[str(CUT)] if line[0] == test.best_number
        }
        self.assertEqual(accuracies[test.best_number], [best[name] for name in COUNTS])
        for line in test.line_ids.filtered(lambda li: li.setting.startswith("fixed")):
            self.assertGreaterEqual(best.balanced_accuracy, line.balanced_accuracy)
        self.assertIn(str(test.best_number), best.label)

    def test_the_policy_as_it_is(self):
        self.rule(
            mode="fixed",
            dormant_after=90,
            lost_after=365,
            floor_days=97,
            segment_ids=[
                (0, 0, {"name": "K", "domain": "[('name', '=', 'K')]", "mode": "fixed",
                        "dormant_after": 1000, "lost_after": 2000}),
            ],
            rule_ids=[
                (0, 0, {"name": "All", "min_purchases": 1,
                        "stage_id": self.env.ref("cx_lifecycle.stage_lost").id}),
            ],
        )  # fmt: skip
        line = self.line(self.made(), "present")
        # as fixed 90, but B and I are below the floor and K is in the segment; no own rule
        self.assertEqual([line[name] for name in COUNTS], [1, 1, 5, 2])

    def test_closures_count_for_the_policy_only(self):
        shut = {"name": "Shut", "date_from": ago(189), "date_to": ago(180)}
        self.rule(closure_ids=[(0, 0, shut)], mode="fixed", dormant_after=90)
        test = self.made()
        # ten days less: B and I are not called yet, C is on its 90th day
        present = self.line(test, "present")
        self.assertEqual([present[name] for name in COUNTS], [2, 1, 4, 2])
        self.assertEqual([self.line(test, "fixed_90")[name] for name in COUNTS], [4, 1, 2, 2])

    def test_seasons_need_two_years_and_leave_nothing_behind(self):
        self.assertFalse(self.made([EARLIER]).seasonal)
        drafts = self.env["cx.policy"].search_count([])
        clocks = self.env["cx.clock"].search_count([])
        test = self.made()
        self.assertTrue(test.seasonal)
        self.assertTrue(self.line(test, "season"))
        self.assertEqual(self.env["cx.policy"].search_count([]), drafts)
        self.assertEqual(self.env["cx.clock"].search_count([]), clocks)
        self.assertFalse(self.policy.season_clock)
        self.assertFalse(self.policy.history_from, "the policy itself has learned nothing")


class TestNoPeeking(BacktestCase):
    def test_what_happened_later_changes_nothing(self):
        cuts = [ago(250), CUT]
        before = self.figures(self.made(cuts))
        self.assertEqual(self.figures(self.made(cuts)), before, "the same again")
        for name in "ABDIK":
            self.buy(self.partners[name], 39, 20, 3)
        self.buy(self.partner("New"), 39, 1)
        self.policy._learn(self.Source._days(self.company), TODAY)
        self.assertNotEqual(tuple(self.policy.theta), rhythm.DEFAULT_THETA)
        self.assertEqual(self.figures(self.made(cuts)), before)

    def test_what_the_curve_knew(self):
        """Parameters are those of a fit to the purchases up to the cut."""
        test = self.made()
        told = self.line(test, "rhythm").parameters
        # gaps before the cut: A 100, C 150; too few to know the usual one
        self.assertEqual(told["g0"], rhythm.DEFAULT_GAP)
        days = self.Source._days(self.company)
        learned = self.policy._fit(*self._past(days), start=None)
        self.assertEqual([told[f"th{i}"] for i in range(9)], learned["theta"])
        self.assertEqual(self.policy.median_gap, rhythm.DEFAULT_GAP)
        self.assertEqual(tuple(self.policy.theta), rhythm.DEFAULT_THETA, "nothing was written")

    def _past(self, days):
        past, _first = self.env["cx.backtest"]._past(days, CUT)
        return past, CUT


class TestLists(BacktestCase):
    def test_every_number_opens_the_list_it_counts(self):
        test = self.made(cuts=[ago(191), CUT])
        present = test.summary_ids.filtered(lambda li: li.setting == "present")
        for record in (test, present, *test.line_ids.filtered("listed")):
            for outcome in COUNTS:
                action = record.with_context(cx_outcome=outcome).action_cases()
                found = self.env[action["res_model"]].search_count(action["domain"])
                self.assertEqual(found, record[outcome], (record, outcome))
        self.assertEqual({li.setting for li in test.line_ids if li.listed}, {"present"})

    def test_a_case_tells_what_happened(self):
        self.rule(mode="fixed", dormant_after=90)
        test = self.made()
        cases = {case.customer_id.partner_id.name: case for case in test.case_ids}
        self.assertEqual(set(cases), set("ABCDEHIJK"))
        self.assertEqual(
            [cases["C"][n] for n in ("outcome", "last_on", "called_on", "bought_on")],
            ["false_alarm", ago(200), ago(110), ago(50)],
        )
        self.assertEqual((cases["D"].outcome, cases["D"].called_on), ("late", False))
        self.assertEqual(cases["D"].bought_on, False, "that was after the horizon")
        self.assertEqual(cases["K"].lost_on, ago(115))
        self.assertEqual(cases["K"].action_open_partner()["res_id"], self.partners["K"].id)

    def test_customers_of_the_last_two_are_kept(self):
        first, second, third = self.made(), self.made(), self.made()
        self.assertFalse(first.listed or first.case_ids)
        self.assertTrue(second.listed and second.case_ids and third.case_ids)
        with self.assertRaisesRegex(UserError, "Run Again"):
            first.action_cases()
        self.assertTrue(first.summary_ids)

    def test_a_deleted_contact_leaves_the_count(self):
        test = self.made()
        number = len(test.case_ids)
        self.of(self.partners["G"]).unlink()
        self.env.cr.execute(
            "DELETE FROM cx_customer WHERE id = %s", [self.of(self.partners["B"]).id]
        )
        self.env.invalidate_all()
        self.assertEqual(len(test.case_ids), number)

    def test_who_objected_to_profiling_is_counted_and_not_named(self):
        before = self.made()
        customer = self.of(self.partners["B"])
        self.assertIn(customer, before.case_ids.customer_id)
        number = len(before.case_ids)
        customer.partner_id._cx_object("Leave me", "Letter")
        self.env.invalidate_all()
        after = self.made()
        for test in (before, after):
            self.assertEqual(len(test.case_ids), number)
            self.assertNotIn(customer, test.case_ids.customer_id)


class TestDates(BacktestCase):
    def test_bad_dates_are_refused_with_the_remedy(self):
        for cuts, horizon, message in (
            ([CUT], 0, "Horizon: 0 days.*Enter a number from 1 to 730"),
            ([CUT], 731, "Horizon: 731 days"),
            ([CUT], -3, "Horizon"),
            ([ago(59)], 60, "Latest Date: the 60 days after .* are not over"),
            ([ago(-10)], 60, "Latest Date"),
            ([ago(901), CUT], 60, "Number of Dates.*first purchase.*fewer dates"),
            ([ago(900)], 60, "Number of Dates"),
        ):
            with (
                self.subTest(cuts=cuts, horizon=horizon),
                self.assertRaisesRegex(ValidationError, message),
            ):
                self.ask(cuts, horizon)
        self.assertFalse(self.env["cx.backtest"].search([]))
        with (
            patch.object(cx_policy_backtest, "FEWEST", 12),
            self.assertRaisesRegex(ValidationError, "only 9 customers bought.*At least 12"),
        ):
            self.ask()

    def test_a_company_without_a_past(self):
        other = self.env["res.company"].create({"name": "Fresh"})
        policy = self.env["cx.policy"]._of(other)
        self.assertEqual(policy._usual_cuts(TODAY, policy._usual_horizon()), [])
        with self.assertRaisesRegex(ValidationError, "Number of Dates"):
            self.env["cx.backtest"]._request(policy)

    def test_usual_dates(self):
        self.policy.sudo().median_gap = 25
        self.assertEqual(self.policy._usual_horizon(), 75)
        cuts = self.policy._usual_cuts(TODAY, 75)
        self.assertEqual(cuts, [ago(75 + 91 * place) for place in (3, 2, 1, 0)])
        self.policy.sudo().median_gap = 5
        self.assertEqual(self.policy._usual_horizon(), 30)
        self.policy.sudo().median_gap = 200
        self.assertEqual(self.policy._usual_horizon(), 365)
        # 600 days of history are wanted, and there are 535 before the latest date
        self.assertEqual(self.policy._usual_cuts(TODAY, 365), [])

    def test_the_dialog(self):
        admin = new_test_user(self.env, "admin_back", "cx_lifecycle.group_admin")
        with Form(self.env["cx.backtest.start"].with_user(admin)) as form:
            self.assertEqual(form.policy_id, self.policy.with_user(admin))
            self.assertEqual(form.horizon, 270)
            form.horizon = 60
            self.assertEqual(form.latest, ago(60))
            form.latest, form.number, form.apart = CUT, 2, 91
            start = form.save()
        action = start.action_run()
        test = self.env["cx.backtest"].browse(action["res_id"])
        self.assertEqual(test.cuts, [str(ago(191)), str(CUT)])
        self.assertEqual((test.horizon, test.usual, test.user_id), (60, False, admin))
        for name, value in (("number", 0), ("number", 13), ("apart", 0), ("latest", False)):
            with self.subTest(name):
                wrong = start.copy({name: value})
                with self.assertRaisesRegex(ValidationError, "Number of Dates"):
                    wrong.action_run()


class TestProposal(BacktestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "admin_prop", "cx_lifecycle.group_admin")
        cls.marketer = new_test_user(cls.env, "marketer_prop", "cx_lifecycle.group_marketer")

    def proposing(self, setting, **values):
        test = self.made()
        test.proposal = {
            "setting": setting, "chosen": 0.74, "judged": 0.72, "present_chosen": 0.7,
            "present_judged": 0.69, "fixed": 170, "fixed_chosen": 0.735, "fixed_judged": 0.7,
            "hindsight": False, "ahead": True, "better": True, "fixed_does": True, **values,
        }  # fmt: skip
        return test

    def test_the_words(self):
        text = self.proposing("multiple_2").proposal_text
        self.assertIn("“2 × the own interval” did best on the earlier dates: 74.0%", text)
        self.assertIn("reached 72.0% against 69.0%", text)
        self.assertIn("A fixed number of 170 days would do as well (73.5%)", text)
        self.assertNotIn("would do as well", self.proposing(170).proposal_text)
        text = self.proposing("rhythm", better=False, fixed_does=False).proposal_text
        self.assertIn("Keep the policy as it is. On the earlier dates “Own rhythm” did", text)
        text = self.proposing("rhythm", ahead=False, better=False).proposal_text
        self.assertIn("no other setting did clearly better", text)
        self.assertIn("chosen in hindsight", self.proposing(90, hindsight=True).proposal_text)

    def test_a_draft_says_what_was_judged_and_nothing_is_published(self):
        self.rule(
            closure_ids=[(0, 0, {"name": "Shut", "date_from": ago(20), "date_to": ago(10)})],
            segment_ids=[(0, 0, {"name": "K", "domain": "[('name', '=', 'K')]"})],
            floor_days=20, history_days=100,
        )  # fmt: skip
        for setting, mode, name, value in (
            (170, "fixed", "dormant_after", 170),
            ("multiple_1_5", "multiple", "dormant_multiple", 1.5),
            ("cautious", "rhythm", "chance_limit", 1 / 3),
            ("season", "rhythm", "season_clock", True),
        ):
            with self.subTest(setting):
                action = self.proposing(setting).with_user(self.admin).action_try()
                draft = self.env["cx.policy"].browse(action["res_id"])
                self.assertEqual((draft.state, draft.mode), ("draft", mode))
                self.assertEqual(draft[name], value)
                self.assertFalse(draft.segment_ids or draft.closure_ids)
                self.assertEqual((draft.floor_days, draft.history_days), (7, 100))
                self.assertEqual(draft.user_id, self.admin)
                self.assertFalse(draft._problems())
        self.assertEqual(self.env["cx.policy"]._of(self.company), self.policy)
        action = self.proposing("rhythm").with_user(self.admin).action_try_fixed()
        self.assertEqual(self.env["cx.policy"].browse(action["res_id"]).dormant_after, 170)

    def test_nothing_to_try(self):
        test = self.proposing("rhythm", better=False, fixed_does=False).with_user(self.admin)
        with self.assertRaises(UserError):
            test.action_try()
        with self.assertRaises(UserError):
            test.action_try_fixed()

    def test_who_may(self):
        test = self.proposing("rhythm").with_user(self.marketer)
        self.assertTrue(test.proposal_text and test.summary_ids[0].label)
        self.assertTrue(test.action_chart() and test.action_cases())
        for act in (test.action_try, test.action_try_fixed, test.action_run_again, test.unlink):
            with self.assertRaises(AccessError):
                act()
        again = test.with_user(self.admin).action_run_again()
        again = self.env["cx.backtest"].browse(again["res_id"])
        self.assertEqual((again.cuts, again.horizon), (test.cuts, test.horizon))
        self.assertNotEqual(again, test)


class TestBackground(BacktestCase):
    def test_it_goes_on_where_it_stood(self):
        cuts = [ago(280), ago(191), CUT]
        whole = self.figures(self.made(cuts))
        test = self.ask(cuts)
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_, **__: 0.0):
            self.assertFalse(test._go_on())
        self.assertEqual((test.state, test.progress), ("running", 33))
        self.assertEqual(test.line_ids.mapped("cut"), [ago(280)] * len(test.line_ids))
        with self.assertRaisesRegex(UserError, "running"):
            test.unlink()
        self.env["cx.backtest"]._cron_backtest()
        self.assertEqual((test.state, test.progress), ("done", 100))
        self.assertEqual(self.figures(test), whole)

    def test_a_problem_is_told_and_stops_no_other(self):
        bad, good = self.ask(), self.ask([ago(191)])
        bad.cuts = [str(ago(1500))]
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("cx_lifecycle.cron_backtest").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((bad.state, good.state), ("done", "done"))
        self.assertIn("only 0 customers bought", bad.problem)
        self.assertFalse(good.problem)
        self.assertTrue(good.proposal or good.summary_ids)

    def test_every_month_for_every_policy_in_force(self):
        self.env["cx.policy"]._of(self.env["res.company"].create({"name": "Fresh"}))
        self.env["cx.backtest"]._cron_monthly()
        test = self.env["cx.backtest"].search([])
        self.assertEqual(test.policy_id, self.policy)
        self.assertTrue(test.usual)
        self.assertEqual(test.horizon, 270)
        self.env["cx.backtest"]._cron_monthly()
        self.assertEqual(self.env["cx.backtest"].search([]), test, "one waits already")
        test._go_on()
        self.assertEqual(test.state, "done")

    def test_drift_is_told_to_a_person(self):
        author = new_test_user(self.env, "author_back", "cx_lifecycle.group_admin")
        self.policy.sudo().user_id = author
        before = self.made()
        before.write({"usual": True, "balanced_accuracy": 0.95})
        test = self.ask()
        test.usual = True
        test._go_on()
        self.assertTrue(test.drift)
        self.assertEqual(test.previous_id, before)
        self.assertIn("after 95.0%", test.drift_text)
        self.assertIn("after 95.0%", self.policy.message_ids[0].body)
        [activity] = self.policy.activity_ids
        self.assertEqual(activity.user_id, author)
        again = self.ask()
        again.usual = True
        again._go_on()
        self.assertEqual(again.previous_id, test)
        self.assertFalse(again.drift, "as bad as before is no news")
        chosen = self.made()
        self.assertFalse(chosen.previous_id, "dates chosen by hand are compared with nothing")

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Second"})
        policy = self.env["cx.policy"]._of(other)
        for days in ((200,), (150, 60)):
            self.buy(self.partner("Second's"), *days, company=other)
        mine, theirs = self.made(), self.made(policy=policy)
        self.assertEqual([self.line(mine, "fixed_90")[n] for n in COUNTS], [4, 1, 2, 2])
        self.assertEqual([self.line(theirs, "fixed_90")[n] for n in COUNTS], [1, 0, 0, 1])
        self.assertTrue(mine.listed and theirs.listed)
        self.assertEqual(theirs.case_ids.customer_id.company_id, other)
        admin = new_test_user(self.env, "admin_one", "cx_lifecycle.group_admin")
        for model in ("cx.backtest", "cx.backtest.line", "cx.backtest.case"):
            seen = self.env[model].with_user(admin).search([])
            self.assertEqual(seen.company_id, self.company, model)

    def test_a_draft_can_be_tested_before_it_is_published(self):
        draft = self.policy._draft_from(mode="fixed", dormant_after=90)
        test = self.made(policy=draft)
        self.assertEqual([self.line(test, "present")[n] for n in COUNTS], [4, 1, 2, 2])
        self.assertEqual(draft.state, "draft")
        self.assertEqual(self.line(test, "present").label, f"Version {draft.version} as it is")

    def test_views_open(self):
        test = self.made()
        self.assertTrue(test.display_name.startswith("Back-test of"))
        self.assertIn(str(CUT.year), test.dates)
        self.assertEqual(self.policy.action_backtests()["res_model"], "cx.backtest")
        for model in ("cx.backtest", "cx.backtest.line", "cx.backtest.case"):
            for kind in ("list", "search"):
                self.env[model].get_view(view_type=kind)
        self.env["cx.backtest"].get_view(view_type="form")


class TestPeople(BacktestCase):
    def test_what_people_said_is_told_and_listed(self):
        test = self.made()
        self.assertIn("contested 0 of these calls", test.people_text)
        partner = self.partner("Quiet").with_context(cx_no_refresh=True)
        for number in range(400, 70, -30):
            self.order(partner, ago(number))
        self.refresh(partner, on=ago(100))
        self.refresh(partner)
        customer = self.of(partner)
        self.assertStage(customer, "dormant")
        active = self.env.ref("cx_lifecycle.stage_active")
        customer.hold(active, ago(-30), "They told us so")
        test.invalidate_recordset(["people_text"])
        self.assertIn("contested 1 of these calls", test.people_text)
        self.assertIn("held in another stage: 1", test.people_text)
        action = test.action_objections()
        self.assertEqual(self.env["cx.objection"].search_count(action["domain"]), 1)
