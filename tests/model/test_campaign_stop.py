"""A participation ends the moment its reason to be is gone, and nothing is left open."""

from datetime import timedelta

from model.campaigns import CampaignCase
from model.common import TODAY

from odoo import fields

DORMANT = (340, 280, 220, 160)  # days ago: once in two months, silent for five


class TestStop(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.buy(cls.partner("Quiet", email="quiet@example.com"), *DORMANT)

    def running(self, **values):
        """A campaign whose call is planned, and a second one is to follow."""
        steps = values.pop("steps", [{"name": "Call"}])
        campaign = self.launched(steps=steps, **values)
        self.step(campaign, campaign.step_ids[0], name="Later", delay=5)
        self.work()
        self.assertEqual(
            self.acts(campaign), [("Call", "done", False), ("Later", "waiting", False)]
        )
        return campaign

    def assertStopped(self, campaign, reason):
        self.assertEqual(campaign.run_ids.mapped("reason"), [reason])
        self.assertEqual(
            self.acts(campaign), [("Call", "done", False), ("Later", "skipped", reason)]
        )
        self.assertReconciled(campaign)

    def open_activities(self):
        return self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", self.customer.partner_id.id)]
        )

    def test_bought_again_ends_all_in_the_orders_transaction(self):
        campaign = self.running()
        self.assertEqual(len(self.open_activities()), 1)
        self.order(self.customer.partner_id)
        self.assertStopped(campaign, "bought")
        self.assertFalse(self.open_activities())
        self.assertEqual(campaign.run_ids.act_ids.filtered("activity_id").outcome, "done")
        note = self.customer.partner_id.message_ids[:1].body
        self.assertIn("the customer has bought", str(note))

    def test_where_buying_does_not_stop_it(self):
        campaign = self.running(stop_purchase=False)
        self.order(self.customer.partner_id)
        self.assertEqual(campaign.run_ids.state, "running")

    def test_the_order_of_the_day_of_entry_is_not_bought_again(self):
        partner = self.partner("Newcomer")
        self.order(partner)
        campaign = self.launched(entry="first_purchase")
        self.work()
        self.order(partner)
        self.assertEqual(campaign.run_ids.state, "running")

    def test_queries_of_an_order_do_not_grow_with_acts(self):
        def cost(name, campaigns):
            customer = self.buy(self.partner(name), *DORMANT)
            for _number in range(campaigns):
                self.launched(entry="manual", exclusive=False).enter(customer.partner_id.ids)
            quotation = self.quotation(customer.partner_id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            quotation.write({"state": "sale"})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost("Warm", 1)
        one, five = cost("One", 1), cost("Five", 5)
        self.assertEqual(five, one)
        self.assertLessEqual(one - cost("None", 0), 4)

    def test_held_lost_excluded(self):
        for act, reason in (
            (lambda: self.customer.hold("dormant", TODAY + timedelta(days=3), "Seasonal"), "held"),
            (lambda: self.customer.declare_lost("Closed shop"), "lost"),
        ):
            campaign = self.running(exclusive=False)
            act()
            self.assertStopped(campaign, reason)
            self.assertFalse(self.open_activities())
            self.customer.release_hold()
            self.customer.withdraw_loss()

    def test_stage_left(self):
        campaign = self.running(stop_stage=True, stop_lost=False)
        self.refresh(self.customer.partner_id, on=TODAY + timedelta(days=900))
        self.Run._settle_runs(self.company)
        self.assertStopped(campaign, "stage_left")

    def test_blacklisted_archived_over_and_too_long(self):
        campaign = self.running(exclusive=False)
        self.env["mail.blacklist"]._add("quiet@example.com")
        self.work()
        self.assertStopped(campaign, "blacklisted")
        self.env["mail.blacklist"]._remove("quiet@example.com")
        campaign = self.running(exclusive=False)
        campaign.run_ids.sudo().ends_on = TODAY
        self.work()
        self.assertStopped(campaign, "too_long")
        campaign = self.running(exclusive=False)
        campaign.action_finish()
        self.assertStopped(campaign, "campaign_over")
        campaign = self.running(exclusive=False)
        self.customer.partner_id.active = False
        self.night()
        self.assertStopped(campaign, "no_contact")

    def test_open_deal(self):
        campaign = self.running(stop_deal=True)
        self.quotation(self.customer.partner_id)
        self.work()
        self.assertStopped(campaign, "open_deal")

    def test_a_held_out_run_ends_like_the_others(self):
        campaign = self.launched(holdout_share=0.9)
        self.company.cx_holdout_share = 0.5
        for number in range(10):
            self.buy(self.partner(f"P{number}"), *DORMANT)
        self.work()
        held = campaign.run_ids.filtered(lambda run: run.arm == "held_out")[0]
        self.order(held.partner_id)
        self.assertEqual((held.state, held.reason), ("stopped", "bought"))

    def test_what_the_night_finds(self):
        """An order written behind our back ends the run at night at the latest."""
        campaign = self.running()
        order = self.quotation(self.customer.partner_id)
        self.env.cr.execute(
            "UPDATE sale_order SET state = 'sale', date_order = now(),"
            " write_date = now() AT TIME ZONE 'UTC' + interval '1 hour' WHERE id = %s",
            (order.id,),
        )
        self.env.invalidate_all()
        self.night()
        self.assertStopped(campaign, "bought")

    def test_a_run_without_anything_left_is_finished(self):
        campaign = self.launched(steps=[{"name": "Call"}])
        self.work()
        self.assertEqual(campaign.run_ids.state, "running", "the call is open")
        self.open_activities().action_feedback(feedback="Talked")
        self.work()
        self.assertEqual((campaign.run_ids.state, campaign.run_ids.reason),
                         ("finished", "completed"))  # fmt: skip

    def test_a_paused_campaign_does_nothing_and_ends_nothing(self):
        campaign = self.running()
        campaign.action_pause()
        self.later(days=6)
        self.assertEqual(self.acts(campaign)[1], ("Later", "waiting", False))
        campaign.action_resume()
        self.work()
        self.assertEqual(self.acts(campaign)[1], ("Later", "done", False))

    def test_what_waited_too_long_while_paused_is_dropped_with_the_reason(self):
        campaign = self.running()
        campaign.action_pause()
        self.later(days=30)
        campaign.action_resume()
        self.work()
        self.assertEqual(self.acts(campaign)[1], ("Later", "skipped", "expired"))

    def test_merged_customers_take_part_once(self):
        first = self.running()
        other = self.buy(self.partner("Double", email="double@example.com"), *DORMANT)
        first.enter(other.partner_id.ids, key="by hand")
        first.run_ids.filtered(lambda run: run.customer_id == other)._stop("by_hand")
        second = self.launched(entry="manual")
        second.enter(other.partner_id.ids)
        self.assertEqual(second.last_entry, False)
        loose = self.launched(entry="manual", exclusive=False)
        loose.enter(other.partner_id.ids)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer | other).partner_id.ids, self.customer.partner_id
        )
        self.env.invalidate_all()
        kept = self.of(self.customer.partner_id)
        running = self.Run.search([("customer_id", "=", kept.id), ("state", "=", "running")])
        self.assertEqual(running.campaign_id, first | loose)
        self.assertEqual(len(running), 2)
        ended = self.Run.search([("campaign_id", "in", (first | second).ids),
                                 ("state", "=", "stopped")])  # fmt: skip
        self.assertEqual(set(ended.mapped("reason")), {"no_contact", "by_hand"})
        self.assertEqual(ended.customer_id, kept)

    def test_two_companies_do_not_stop_each_other(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.accept(other)
        campaign = self.running()
        self.order(self.customer.partner_id, company=other)
        self.assertEqual(campaign.run_ids.state, "running")
        self.assertEqual(campaign.run_ids.entered_at.date(), fields.Date.today())
