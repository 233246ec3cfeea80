"""What campaigns cost, beside the other ways of spending."""

from model.common import ago
from model.results import ResultCase

from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestCosts(ResultCase):
    """Campaigns beside the other ways of spending."""

    def rows_of(self, since=200, until=0):
        costs = self.env["cx.costs"].with_user(self.marketer)
        return costs._rows(self.company, ago(since), ago(until))

    def setUp(self):
        super().setUp()
        self.company.write({"cx_message_cost": 0.5, "cx_hour_cost": 40.0})

    def test_what_campaigns_cost_counts_as_spent(self):
        campaign = self.running(cost_fixed=100.0, call_minutes=30)
        campaign.purpose = "won_back"
        ada = self.entered(campaign, 60)
        run = campaign.run_ids
        for step, kind, state in zip(
            (campaign.step_ids, self.step(campaign.sudo(), kind="wait", name="A"),
             self.step(campaign.sudo(), kind="wait", name="B")),
            ("mail", "activity", "survey"), ("done", "done", "skipped"), strict=True,
        ):  # fmt: skip
            self.rows(
                "INSERT INTO cx_campaign_act (run_id, step_id, campaign_id, customer_id,"
                " company_id, kind, state, not_before, due_at, expires_at, done_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, now(), now(), now(), %s) RETURNING id",
                run.id, step.id, campaign.id, self.of(ada).id, self.company.id, kind, state,
                f"{ago(59)} 09:00:00",
            )  # fmt: skip
        self.env.flush_all()
        rows = {row["purpose"]: row for row in self.rows_of() if not row["gained"]}
        self.assertEqual(rows["won_back"]["spent"], 100.0 + 0.5 + 20.0)
        listed = self.env["cx.cost"].with_user(self.marketer)
        costs = listed.search(rows["won_back"]["spent_list"]["domain"])
        self.assertEqual(sum(costs.mapped("amount")), 120.5)
        self.assertEqual(len(set(costs.ids)), 3)
        for cost in costs:
            action = cost.action_open()
            self.assertTrue(self.env[action["res_model"]].browse(action["res_id"]).exists())

    def test_a_campaign_costs_what_one_gained_customer_costs(self):
        campaign = self.running(days=30, cost_fixed=350.0)
        self.many(campaign, "treated", 60, 20)
        self.many(campaign, "held_out", 25, 55)
        self.measured(campaign)
        row = next(row for row in self.rows_of() if row["label"] == campaign.name)
        self.assertEqual((row["customers"], row["gained"]), (60, 35.0))
        self.assertGreater(row["low"], 0)
        action = self.env["cx.costs"].with_user(self.marketer).action_open()
        costs = self.env["cx.costs"].browse(action["res_id"]).with_user(self.marketer)
        line = costs.line_ids.filtered(lambda line: line.label == campaign.name)
        self.assertEqual(line.cost, 10.0)
        listed = line.action_customers()
        self.assertEqual(self.env[listed["res_model"]].search_count(listed["domain"]), 60)

    def test_without_a_visible_gain_it_never_worked_best(self):
        campaign = self.running(days=30, cost_fixed=1.0)
        self.many(campaign, "treated", 26, 54)
        self.many(campaign, "held_out", 24, 56)
        self.measured(campaign)
        action = self.env["cx.costs"].with_user(self.marketer).action_open()
        costs = self.env["cx.costs"].browse(action["res_id"]).with_user(self.marketer)
        line = costs.line_ids.filtered(lambda line: line.label == campaign.name)
        self.assertEqual((line.cost, line.best), (0.0, False))
        self.assertEqual(line.verdict, "No gain to be seen yet")
        self.assertIn("has shown a gain yet", costs.text)

    def test_purpose_follows_whom_it_is_for(self):
        for stage, purpose in (("new", "kept"), ("dormant", "woken"), ("lost", "won_back"),
                               ("prospect", "new")):  # fmt: skip
            self.assertEqual(self.campaign("becomes", stage).purpose, purpose)
        self.assertEqual(self.campaign("going_quiet").purpose, "woken")

    def test_purpose_outlives_another_version(self):
        campaign = self.running()
        campaign.with_user(self.marketer).purpose = "won_back"
        campaign._publish(campaign.with_user(self.marketer)._begin_draft())
        self.assertEqual(campaign.purpose, "won_back")

    def test_looking_often_makes_nothing_work_best(self):
        """A gain that only one look would believe in is none, as it is none to the verdict."""
        campaign = self.running(days=30, cost_fixed=1.0)
        self.many(campaign, "treated", 40, 40)
        self.many(campaign, "held_out", 26, 54)
        answer = self.measured(campaign)
        self.assertGreater(answer["shares"]["low"], 0)
        row = next(row for row in self.rows_of() if row["label"] == campaign.name)
        self.assertGreater(row["gained"], 0)
        self.assertLess(row["low"], 0)

    def test_coupons_count_from_where_purchases_do(self):
        """What the campaign's own coupons took off, also on the day of entry; told, not added."""
        programs = self.env["loyalty.program"]
        ours, other = programs.create(
            [{"name": name, "program_type": "coupons"} for name in ("Ours", "Other")]
        )
        campaign = self.running(days=30)
        campaign.step_ids.sudo().coupon_program = str(ours.id)
        ada = self.entered(campaign, 60, name="Ada")
        for program, day, amount in ((ours, 60, -5.0), (ours, 30, -10.0), (ours, 29, -400.0),
                                     (other, 50, -3000.0)):  # fmt: skip
            card = self.env["loyalty.card"].create({"program_id": program.id})
            order = self.order(ada, ago(day), 100.0)
            line = order.order_line.copy({"order_id": order.id})
            self.rows(
                "UPDATE sale_order_line SET price_subtotal = %s, coupon_id = %s WHERE id = %s"
                " RETURNING id",
                amount, card.id, line.id,
            )  # fmt: skip
        answer = self.measured(campaign)
        self.assertEqual(answer["discounts"], 15.0)
        self.assertEqual(answer["costs"]["total"], 0.0)
