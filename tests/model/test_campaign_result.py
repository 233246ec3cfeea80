"""What a campaign brought: who counts, what counts, what it cost, and when something is said."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from model.common import TODAY, ago
from model.results import ResultCase
from psycopg2 import IntegrityError
from scipy import stats

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.cx_lifecycle_mail.engine import effect
from odoo.addons.cx_lifecycle_mail.models import cx_campaign_measuring as measuring
from odoo.addons.cx_lifecycle_mail.models import cx_campaign_result_words


@tagged("post_install", "-at_install")
class TestOutcome(ResultCase):
    def test_only_the_days_after_entry_within_the_window(self):
        campaign = self.running(days=30)
        ada = self.entered(campaign, 60)
        campaign.run_ids.bought_before = ago(60)
        self.order(ada, ago(60), 1.0)  # what let the customer in
        self.order(ada, ago(59), 20.0)
        self.order(ada, ago(30), 300.0)  # the last day
        self.order(ada, ago(29), 4000.0)
        self.measured(campaign)
        found = self.outcome(campaign, ada)
        self.assertEqual((found.purchases, found.bought, found.bought_on), (320.0, True, ago(59)))
        self.assertEqual((found.entered_on, found.window_ends_on), (ago(60), ago(30)))

    def test_the_day_of_entry_counts_unless_a_purchase_came_first(self):
        campaign = self.running(days=30)
        ada, bob = self.entered(campaign, 60, name="Ada"), self.entered(campaign, 60, name="Bob")
        run = campaign.run_ids.filtered(lambda run: run.partner_id == bob)
        run.bought_before = ago(60)
        for partner in (ada, bob):
            self.order(partner, ago(60), 40.0)
        answer = self.measured(campaign)
        self.assertEqual(self.outcome(campaign, ada).purchases, 40.0)
        self.assertEqual(self.outcome(campaign, bob).purchases, 0.0)
        self.assertEqual(answer["curve"]["treated"][0], 20.0)

    def test_refunds_lower_it(self):
        """Net purchases, below nothing too: a refund of what was bought before counts as well."""
        self.env.ref("cx_lifecycle.source_account_move").action_count_instead()
        campaign = self.running(days=30)
        ada = self.entered(campaign, 60)
        for kind, day, amount in (("out_invoice", 50, 100.0), ("out_refund", 40, 130.0)):
            self.env["account.move"].create(
                {
                    "move_type": kind, "partner_id": ada.id, "invoice_date": ago(day),
                    "invoice_line_ids": [Command.create(
                        {"product_id": self.product.id, "price_unit": amount, "tax_ids": False})],
                }
            ).action_post()  # fmt: skip
        self.measured(campaign)
        found = self.outcome(campaign, ada)
        self.assertEqual((found.purchases, found.bought), (-30.0, True))

    def test_a_customer_counts_once(self):
        """From the first entry, in whatever arm; later ones are no further evidence."""
        campaign = self.running(days=30)
        ada = self.entered(campaign, 150)
        first = campaign.run_ids
        self.rows(
            "INSERT INTO cx_campaign_run (campaign_id, customer_id, company_id, entry_key, arm,"
            " state, entered_at, ends_on) SELECT campaign_id, customer_id, company_id, 'again',"
            " arm, state, entered_at + interval '60 days', ends_on FROM cx_campaign_run"
            " WHERE campaign_id = %s RETURNING id",
            campaign.id,
        )
        self.order(ada, ago(80), 500.0)
        answer = self.measured(campaign)
        found = self.outcome(campaign, ada)
        self.assertEqual((len(found), found.run_id, found.purchases), (1, first, 0.0))
        self.assertEqual(answer["arms"][0]["number"], 1)

    def test_windows_that_are_open_do_not_count(self):
        campaign = self.running(days=30)
        self.entered(campaign, 31)
        self.entered(campaign, 30, name="Last Day")
        self.entered(campaign, 5, "held_out", name="New")
        answer = self.measured(campaign)
        self.assertEqual([arm["number"] for arm in answer["arms"]], [1, 0])
        self.assertEqual(answer["open"], {"number": 2, "first": str(TODAY)})
        self.assertEqual(answer["verdict"], "early")
        self.assertIn("first window", answer["sentence"])

    def test_late_papers_change_what_was_bought(self):
        campaign = self.running(days=30)
        ada = self.entered(campaign, 60)
        self.measured(campaign)
        self.assertFalse(self.outcome(campaign, ada).bought)
        self.order(ada, ago(45), 70.0)
        self.a_night_later(campaign)
        self.Campaign._cron_measure()
        self.assertEqual(self.outcome(campaign, ada).purchases, 70.0)

    def a_night_later(self, campaigns):
        campaigns.sudo().measured_at -= timedelta(days=1)

    def test_a_night_measures_once(self):
        """The job comes back until nothing remains: what is done is not due again."""
        campaign = self.running(days=30)
        self.entered(campaign, 5)
        self.Campaign._cron_measure()
        self.assertTrue(campaign.measured_at)
        earlier = campaign.measured_at - timedelta(hours=1)
        campaign.sudo().measured_at = earlier
        self.Campaign._cron_measure()
        self.assertEqual(campaign.measured_at, earlier)
        self.a_night_later(campaign)
        self.Campaign._cron_measure()
        self.assertGreater(campaign.measured_at, earlier)

    def test_what_breaks_keeps_no_other_waiting(self):
        broken, other = self.running(days=30), self.running(days=30)
        for campaign in (broken, other):
            self.entered(campaign, 5)
        measure = type(self.Campaign)._first_entries

        def breaks(campaign):
            return SQL("SELECT 1 / 0") if campaign == broken else measure(campaign)

        self.patch(type(self.Campaign), "_first_entries", breaks)
        with mute_logger("odoo.sql_db", measuring.__name__):
            self.Campaign._cron_measure()
        self.assertIn("division by zero", broken.measure_problem)
        self.assertTrue(broken.measured_at)  # it waits for the next night
        self.assertEqual(len(other.outcome_ids), 1)
        self.assertFalse(other.measure_problem)

    def test_not_looked_at_since_the_window_ended(self):
        """However long nobody measured, what was seen halfway is not left so."""
        campaign = self.running(days=30)
        ada = self.entered(campaign, 60 + measuring.LATE)
        self.measured(campaign)
        self.order(ada, ago(40 + measuring.LATE), 70.0)
        self.rows("UPDATE cx_campaign_outcome SET measured_on = %s RETURNING id",
                  ago(50 + measuring.LATE))  # fmt: skip
        self.env.invalidate_all(flush=False)
        self.assertTrue(campaign._unmeasured())
        self.a_night_later(campaign)
        self.Campaign._cron_measure()
        self.assertEqual(self.outcome(campaign, ada).purchases, 70.0)
        self.assertFalse(campaign._unmeasured())

    def test_what_is_long_over_is_not_read_again(self):
        campaign = self.running(days=30)
        ada = self.entered(campaign, 60 + measuring.LATE)
        self.measured(campaign)
        self.assertFalse(campaign._unmeasured())
        self.order(ada, ago(50 + measuring.LATE), 70.0)
        before = campaign.measured_at
        self.Campaign._cron_measure()
        self.assertFalse(self.outcome(campaign, ada).bought)
        self.assertEqual(campaign.measured_at, before)
        self.entered(campaign, 3, name="New")
        self.assertTrue(campaign._unmeasured())

    def test_amounts_are_capped_for_the_verdict_only(self):
        campaign = self.running(days=30)
        campaign.sudo().amount_cap = 150.0
        ada = self.entered(campaign, 60)
        self.order(ada, ago(50), 100.0)
        self.order(ada, ago(40), 900.0)
        answer = self.measured(campaign)
        found = self.outcome(campaign, ada)
        self.assertEqual((found.purchases, found.counted), (1000.0, 150.0))
        self.assertEqual((answer["arms"][0]["purchases"], answer["arms"][0]["mean"]), (1000, 150))
        # the curve ends where the mean is
        self.assertEqual(answer["curve"]["treated"][9:20:10], [100.0, 150.0])
        self.assertEqual(answer["curve"]["treated"][-1], 150.0)
        bob = self.entered(campaign, 60, name="Bob")
        self.order(bob, ago(50), 10.0)
        self.order(bob, ago(40), -900.0)  # nor does one large refund decide
        answer = self.measured(campaign)
        found = self.outcome(campaign, bob)
        self.assertEqual((found.purchases, found.counted), (-890.0, -150.0))
        self.assertEqual((answer["arms"][0]["mean"], answer["curve"]["treated"][-1]), (0.0, 0.0))

    def test_the_cap_is_fixed_at_the_launch(self):
        """What 19 of 20 buyers stayed below; none without a past."""
        campaign = self.campaign("manual", result_days=90)
        campaign._launch()
        self.assertEqual(campaign.amount_cap, 0.0)
        for place in range(measuring.LEAST_PAST):
            self.order(self.partner(f"P{place}"), ago(10), 10.0 * (place + 1))
        other = self.campaign("manual", result_days=90)
        other._launch()
        self.assertAlmostEqual(other.amount_cap, 950.5)  # between the 95th and the 96th of 100
        self.assertEqual(campaign.amount_cap, 0.0)
        with self.assertRaises(AccessError):
            other.with_user(self.marketer).amount_cap = 1.0
        with self.assertRaises(UserError):
            other.with_user(self.marketer).result_days = 10

    def test_of_the_company_alone(self):
        """Purchases from another company are none; days are those of the company's place."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        campaign = self.running(days=30)
        ada = self.entered(campaign, 60)
        self.order(ada, ago(50), 100.0, company=other)
        self.company.partner_id.tz = "Pacific/Auckland"  # noon in Greenwich is the next day there
        self.measured(campaign)
        found = self.outcome(campaign, ada)
        self.assertEqual((found.purchases, found.entered_on), (0.0, ago(59)))

    def test_deleted_and_merged_contacts(self):
        campaign = self.running(days=30)
        ada = self.entered(campaign, 60, name="Ada")
        bob = self.entered(campaign, 50, name="Bob")
        self.order(bob, ago(40), 80.0)
        self.measured(campaign)
        self.Customer._merge_partners(bob, ada)
        self.assertEqual(len(campaign.outcome_ids), 1)
        self.assertEqual(campaign.outcome_ids.entered_on, ago(60))
        carl = self.entered(campaign, 55, name="Carl")
        self.order(carl, ago(50), 30.0)
        self.measured(campaign)
        gone = self.outcome(campaign, carl)
        self.rows("UPDATE cx_customer SET partner_id = NULL WHERE id = %s RETURNING id",
                  gone.customer_id.id)  # fmt: skip
        self.env.invalidate_all(flush=False)
        self.measured(campaign)
        self.assertEqual(gone.purchases, 30.0)  # the count stays, the person does not

    def test_margin_of_the_documents(self):
        """Where each purchase knows its margin, it is added up; where one does not, it is empty."""
        source = self.Source.search([("model", "=", "sale.order")])
        campaign = self.running(days=30)
        ada = self.entered(campaign, 60)
        self.order(ada, ago(50), 100.0)
        self.measured(campaign)
        self.assertFalse(self.outcome(campaign, ada).margin)
        source.margin_path = "amount_total"
        self.measured(campaign)
        self.assertEqual(self.outcome(campaign, ada).margin, 100.0)
        with self.assertRaisesRegex(ValidationError, "Margin"):
            source.margin_path = "partner_id"

    def test_measuring_many_costs_no_more_queries(self):
        campaign = self.running(days=30)
        counts = []
        for number in (3, 30):
            for place in range(number):
                self.entered(campaign, 60, name=f"{number} {place}")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            campaign._measure()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(campaign.outcome_ids), 33)
        self.assertEqual(*counts)
        self.assertLess(counts[0], 25)


@tagged("post_install", "-at_install")
class TestResult(ResultCase):
    def test_gained(self):
        """Golden: the numbers are those of the known procedures on the same customers."""
        campaign = self.running(days=30)
        self.many(campaign, "treated", 60, 20)
        self.many(campaign, "held_out", 25, 55)
        answer = self.measured(campaign)
        self.assertEqual(answer["verdict"], "gained")
        self.assertEqual(campaign.with_user(self.marketer).verdict, "gained")
        treated = [100.0 + place for place in range(60)] + [0.0] * 20
        held = [100.0 + place for place in range(25)] + [0.0] * 55
        welch = stats.ttest_ind(treated, held, equal_var=False).confidence_interval(0.95)
        found = answer["amounts"]
        self.assertAlmostEqual(found["value"], sum(treated) / 80 - sum(held) / 80)
        self.assertEqual(
            (found["low"], found["high"]),
            (pytest.approx(welch.low, rel=0.03), pytest.approx(welch.high, rel=0.03)),
        )
        self.assertAlmostEqual(answer["shares"]["value"], 35 / 80)
        self.assertAlmostEqual(answer["gain"]["value"], found["value"] * 80)
        self.assertRegex(answer["sentence"], r"^Gained: each customer treated bought for .* more")

    def test_lost(self):
        campaign = self.running(days=30)
        self.many(campaign, "treated", 25, 55)
        self.many(campaign, "held_out", 60, 20)
        answer = self.measured(campaign)
        self.assertEqual(answer["verdict"], "lost")
        self.assertRegex(answer["sentence"], "^Lost: .* less than those held out")

    def test_cannot_tell_yet(self):
        campaign = self.running(days=30)
        self.many(campaign, "treated", 26, 54)
        self.many(campaign, "held_out", 24, 56)
        answer = self.measured(campaign)
        self.assertEqual(answer["verdict"], "unknown")
        self.assertRegex(answer["sentence"], "^Cannot tell yet: .* per participant so far")
        self.assertIn("nobody enters", answer["sentence"])
        for place in range(8):
            self.entered(campaign, 3 + place, name=f"Late {place}")
        self.assertIn("it takes years", self.measured(campaign)["sentence"])
        with patch.object(cx_campaign_result_words, "MOST_WEEKS", 100_000):
            answer = self.measured(campaign)
        self.assertRegex(answer["sentence"], r"About [\d,]+ more weeks at this pace")

    def test_too_few_buyers(self):
        campaign = self.running(days=30)
        self.many(campaign, "treated", 30, 10)
        self.many(campaign, "held_out", effect.LEAST - 1, 30)
        answer = self.measured(campaign)
        self.assertEqual((answer["verdict"], answer["amounts"]), ("unknown", None))
        self.assertIn(f"it takes {effect.LEAST} of each", answer["sentence"])
        self.assertTrue(answer["shares"])  # of shares, something can be said

    def test_nobody_held_out(self):
        campaign = self.running(days=30)
        self.many(campaign, "treated", 30, 10)
        answer = self.measured(campaign)
        self.assertEqual(answer["verdict"], "nobody")
        self.assertIsNone(answer["gain"])
        self.assertIsNone(answer["returned"])

    def test_never_measured(self):
        answer = self.running().with_user(self.marketer).result()
        self.assertEqual(answer["verdict"], "nobody")
        self.assertFalse(answer["measured"])
        self.assertEqual([arm["number"] for arm in answer["arms"]], [0, 0])

    def test_too_early_for_anybody_to_be_held_out(self):
        """A campaign that holds out is not said to hold out nobody because it just began."""
        campaign = self.running(holdout_share=0.3)
        answer = campaign.with_user(self.marketer).result()
        self.assertEqual(answer["verdict"], "early")
        self.assertIn("nobody who is held out", answer["sentence"])

    def test_no_pace_where_nobody_enters(self):
        campaign = self.running(days=30)
        self.many(campaign, "treated", 26, 54)
        self.many(campaign, "held_out", 24, 56)
        for place in range(8):
            self.entered(campaign, 3 + place, name=f"Late {place}")
        campaign.with_user(self.marketer).action_pause()
        self.assertIn("nobody enters", self.measured(campaign)["sentence"])

    def test_costs_and_return(self):
        self.company.write({"cx_message_cost": 0.5, "cx_hour_cost": 40.0, "cx_margin_share": 0.4})
        campaign = self.running(days=30, cost_fixed=100.0, call_minutes=30)
        self.many(campaign, "treated", 60, 20)
        self.many(campaign, "held_out", 25, 55)
        step = campaign.step_ids
        treated = campaign.run_ids.filtered(lambda run: run.arm == "treated").sorted("id")
        # three mails, one of unknown fate; one call; one mail never left, one after the window
        for run, kind, state, day in zip(
            treated,
            ("mail", "mail", "mail", "activity", "mail", "mail"),
            ("done", "done", "uncertain", "done", "skipped", "done"),
            (59, 58, 57, 56, 55, 20),
            strict=False,
        ):
            self.act(run, step, kind, state, day)
        answer = self.measured(campaign)
        costs = answer["costs"]
        self.assertEqual((costs["messages"], costs["calls"]), (3, 1))
        self.assertEqual((costs["fixed"], costs["message"], costs["call"]), (100.0, 1.5, 20.0))
        self.assertEqual(costs["total"], 121.5)
        self.assertEqual((answer["margin_share"], answer["margin_source"]), (0.4, "settings"))
        for name in ("value", "low", "high"):
            worth = answer["gain"][name] * 0.4
            self.assertAlmostEqual(answer["returned"][name], (worth - 121.5) / 121.5)

    def test_days_end_where_the_company_is(self):
        """What is done late on the last day there counts, whatever day it is in Greenwich."""
        self.company.write({"cx_message_cost": 0.5})
        self.company.partner_id.tz = "Pacific/Honolulu"
        campaign = self.running(days=30)
        self.entered(campaign, 60)
        for day in (29, 28):  # eleven in the evening of the last day, and of the one after
            step = self.step(campaign.sudo(), kind="wait", name=str(day))
            self.act(campaign.run_ids, step, "mail", "done", day)
        self.assertEqual(self.measured(campaign)["costs"]["messages"], 1)

    def act(self, run, step, kind, state, day):
        at = f"{ago(day)} 09:00:00"
        self.rows(
            "INSERT INTO cx_campaign_act (run_id, step_id, campaign_id, customer_id, company_id,"
            " kind, state, not_before, due_at, expires_at, done_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            run.id, step.id, run.campaign_id.id, run.customer_id.id, run.company_id.id, kind,
            state, at, at, at, at,
        )  # fmt: skip
        self.env.invalidate_all(flush=False)

    def test_attribution_is_apart(self):
        """By the window, by the last touch of any campaign, by a link; none is the result."""
        campaign, other = self.running(days=30), self.running(days=30)
        ada, bob, eve = (self.entered(campaign, 60, name=name) for name in ("Ada", "Bob", "Eve"))
        for partner, amount in ((ada, 100.0), (bob, 10.0), (eve, 1.0)):
            self.order(partner, ago(40), amount)
        runs = {run.partner_id: run for run in campaign.run_ids}
        self.act(runs[ada], campaign.step_ids, "mail", "done", 59)
        self.act(runs[bob], campaign.step_ids, "mail", "done", 59)
        later = self.entered(other, 50, name="Bob's twin")
        run = other.run_ids
        self.rows("UPDATE cx_campaign_run SET customer_id = %s WHERE id = %s RETURNING id",
                  self.of(bob).id, run.id)  # fmt: skip
        self.env.invalidate_all(flush=False)
        self.act(run, other.step_ids, "activity", "done", 45)
        self.order(later, ago(20), 7000.0, campaign_id=campaign.utm_campaign_id.id)
        self.marketer.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        rows = {row["code"]: row for row in self.measured(campaign)["attribution"]}
        self.assertEqual((rows["window"]["number"], rows["window"]["amount"]), (3, 111.0))
        self.assertEqual((rows["last"]["number"], rows["last"]["amount"]), (1, 100.0))
        self.assertEqual((rows["link"]["number"], rows["link"]["amount"]), (1, 7000.0))

    def test_every_number_opens_its_list(self):
        campaign = self.running(days=30)
        self.many(campaign, "treated", 25, 5)
        self.many(campaign, "held_out", 22, 8)
        self.entered(campaign, 60, "treated", "lost", name="Another stage")
        self.entered(campaign, 3, "treated", name="Open")
        answer = self.measured(campaign)
        asked = campaign.with_user(self.marketer)

        def listed(*words):
            action = asked.action_result(*words)
            return self.env[action["res_model"]].with_user(self.marketer).search_count(
                action["domain"]
            )  # fmt: skip

        for row in answer["arms"]:
            self.assertEqual(listed("participants", row["arm"]), row["number"])
            self.assertEqual(listed("buyers", row["arm"]), row["buyers"])
        self.assertEqual(listed("open"), answer["open"]["number"])
        self.assertEqual(len(answer["groups"]), 2)
        for row in answer["groups"]:
            for arm, part in zip(("treated", "held_out"), row["arms"], strict=True):
                self.assertEqual(listed(row["group"], arm, row["value"]), part["number"])
        for row in answer["attribution"]:
            if row["code"] != "link":
                self.assertEqual(listed(row["code"]), row["number"])
        self.assertEqual(sum(row["arms"][0]["number"] for row in answer["groups"]), 31)
        for bad in (("nonsense",), ("participants", "nobody"), ("id",), ("open", "1; DROP"),
                    ([],), ("stage_id", None, "lost"), ({},),
                    ("segment", None, {"a": 1}), ("stage_id", "treated", [1])):  # fmt: skip
            with self.assertRaises(UserError):
                asked.action_result(*bad)

    def test_the_curve(self):
        """Cumulated per participant; who entered lately counts as far as they have come."""
        campaign = self.running(days=30)
        ada, bob = self.entered(campaign, 60, name="Ada"), self.entered(campaign, 60, name="Bob")
        self.order(ada, ago(58), 100.0)
        self.order(bob, ago(50), 50.0)
        self.entered(campaign, 1, name="Today")  # the first day is not over: it says nothing
        late = self.entered(campaign, 5, name="Late")
        self.order(late, ago(4), 30.0)
        self.entered(campaign, 60, "held_out", name="Held")
        curve = self.measured(campaign)["curve"]
        self.assertEqual(len(curve["treated"]), 30)
        self.assertEqual(curve["treated"][0], 10.0)  # 30 of three on the first day
        self.assertEqual(curve["treated"][1], 43.33)  # and 100 of three on the second
        self.assertEqual(curve["treated"][-1], 68.33)  # and 50 of two on the tenth
        self.assertEqual(set(curve["held_out"]), {0.0})

    def test_for_marketers_only(self):
        campaign = self.running()
        rep = new_test_user(self.env, "result_rep", "cx_lifecycle.group_rep")
        for call in ("result", "action_measure"):
            with self.assertRaises(AccessError):
                getattr(campaign.with_user(rep), call)()
        with self.assertRaises(AccessError):
            campaign.with_user(rep).action_result("participants")
        with self.assertRaises(AccessError):
            campaign.with_user(rep).read(["verdict"])
        for name in ("outcome_ids", "result_curve"):
            with self.assertRaises(AccessError):
                campaign.with_user(rep).read([name])
        with self.assertRaises(AccessError):
            self.Outcome.with_user(rep).search([])
        with self.assertRaises(AccessError):
            self.Outcome.with_user(self.marketer).create({})

    def test_bad_settings(self):
        for values in ({"result_days": 0}, {"result_days": 731}, {"cost_fixed": -1.0},
                       {"call_minutes": 1441}):  # fmt: skip
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                self.campaign("manual", **values)
                self.env.flush_all()
