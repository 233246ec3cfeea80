"""Who enters a campaign, once for each cause, and why the others do not."""

from datetime import timedelta

from model.campaigns import CampaignCase
from model.common import TODAY, ago

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user


class TestEntry(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quiet = cls.buy(cls.partner("Quiet"), 340, 280, 220, 160)
        cls.fresh = cls.buy(cls.partner("Fresh"), 60, 40, 20, 1)

    def test_stages_of_the_fixture(self):
        self.assertEqual(self.quiet.stage_id.code, "dormant")
        self.assertEqual(self.fresh.stage_id.code, "active")

    def test_launched_in_the_second_in_which_the_stay_was_rebuilt(self):
        """Launches are known to the second, stays to the microsecond."""
        campaign = self.launched(members="both")
        self.env.cr.execute(
            "UPDATE cx_episode SET rebuilt = true, create_date = %s WHERE customer_id = %s",
            [campaign.launched_at + timedelta(milliseconds=400), self.quiet.id],
        )
        self.env.invalidate_all()
        campaign._look()
        self.assertEqual(campaign.run_ids.customer_id, self.quiet)

    def test_members_of_today_and_of_tomorrow(self):
        for members, entered in (("future", 0), ("present", 1), ("both", 1)):
            campaign = self.launched(members=members, exclusive=False)
            campaign._look()
            self.assertEqual(campaign.run_count, entered, members)

    def test_a_stay_enters_once(self):
        campaign = self.launched()
        for _again in range(3):
            campaign._look()
        self.assertEqual(campaign.run_ids.customer_id, self.quiet)
        self.assertEqual(campaign.run_ids.entry_key, f"episode:{campaign.run_ids.episode_id.id}")
        self.assertEqual(campaign.last_entry["enter"], 0)

    def test_the_next_dormancy_enters_again(self):
        campaign = self.launched()
        campaign._look()
        self.order(self.quiet.partner_id)
        self.assertEqual(campaign.run_ids.reason, "bought")
        self.refresh(self.quiet.partner_id, on=TODAY + timedelta(days=900))
        self.assertIn(self.quiet.stage_id.code, ("dormant", "lost"))
        lost = self.launched(stage="lost", exclusive=False)
        lost._look()
        self.assertEqual(lost.run_ids.customer_id, self.quiet)

    def test_rebuilt_history_starts_nothing_after_the_launch(self):
        campaign = self.launched(members="future")
        old = self.buy(self.partner("Old"), 340, 280, 220, 160)
        self.assertEqual(old.stage_id.code, "dormant")
        old.episode_ids.sudo().write({"rebuilt": True})
        campaign._look()
        self.assertFalse(campaign.run_ids)

    def test_first_reason_counts(self):
        self.quiet.partner_id.email = "quiet@example.com"
        self.env["mail.blacklist"]._add("quiet@example.com")
        no_mail = self.buy(self.partner("No Mail"), 340, 280, 220, 160)
        survey = self.env["survey.survey"].create({"title": "How are you?"})
        campaign = self.campaign(steps=[{"kind": "survey", "survey_id": survey.id}])
        self.assertEqual(
            campaign._audience(),
            {"audience": 2, "enter": 0, "held_out": 0,
             "excluded": {"no_address": 1, "blacklisted": 1}},
        )  # fmt: skip
        campaign.launched_at = fields.Datetime.now()
        campaign._enter()
        self.assertFalse(campaign.run_ids)
        self.assertTrue(no_mail)

    def test_one_address_enters_once(self):
        survey = self.env["survey.survey"].create({"title": "How are you?"})
        self.quiet.partner_id.email = "one@example.com"
        twin = self.buy(self.partner("Twin", email="ONE@example.com"), 340, 280, 220, 160)
        campaign = self.campaign(steps=[{"kind": "survey", "survey_id": survey.id}])
        self.assertEqual(campaign._audience()["excluded"], {"duplicate": 1})
        campaign._launch()
        campaign._look()
        self.assertEqual(campaign.run_ids.customer_id, min(self.quiet, twin, key=lambda c: c.id))
        campaign._look()
        self.assertEqual(campaign.last_entry["excluded"], {"duplicate": 1})

    def test_who_is_held_postponed_or_lost_stays_out(self):
        campaign = self.campaign()
        self.quiet.hold("dormant", TODAY + timedelta(days=9), "Seasonal")
        self.assertEqual(campaign._audience()["excluded"], {"held": 1})
        campaign.stop_hold = False
        self.assertEqual(campaign._audience()["enter"], 1)
        self.quiet.sudo().no_campaigns_until = TODAY
        self.assertEqual(campaign._audience()["excluded"], {"excluded": 1})
        self.quiet.sudo().no_campaigns_until = ago(1)
        self.quotation(self.quiet.partner_id)
        self.assertEqual(campaign._audience()["enter"], 1)
        campaign.stop_deal = True
        self.assertEqual(campaign._audience()["excluded"], {"open_deal": 1})

    def test_one_campaign_at_a_time_by_priority(self):
        second, first = self.launched(sequence=20), self.launched(sequence=5)
        self.work()
        self.assertEqual((first.run_count, second.run_count), (1, 0))
        self.assertEqual(second.last_entry["excluded"], {"other_campaign": 1})
        third = self.launched(exclusive=False)
        self.work()
        self.assertEqual(third.run_count, 1)

    def test_not_again_within_the_cooldown(self):
        campaign = self.launched(entry="manual", cooldown_days=10)
        partner = self.quiet.partner_id
        self.assertEqual(campaign.enter(partner.ids, key="a")["entered"], 1)
        campaign.run_ids._stop("by_hand")
        self.assertEqual(campaign.enter(partner.ids, key="b")["excluded"], {"cooldown": 1})
        campaign.run_ids.sudo().ended_at = fields.Datetime.now() - timedelta(days=11)
        self.assertEqual(campaign.enter(partner.ids, key="b")["entered"], 1)

    def test_by_hand_once_for_a_request(self):
        campaign = self.launched(entry="manual")
        partners = (self.quiet | self.fresh).partner_id
        self.assertEqual(
            campaign.enter(partners.ids, key="fair"),
            {"entered": 2, "held_out": 0, "already": 0, "excluded": {}},
        )
        self.assertEqual(campaign.enter(partners.ids, key="fair")["already"], 2)
        self.assertEqual(campaign.run_ids.user_id, self.env.user)

    def test_by_hand_only_own_customers_of_a_running_campaign(self):
        rep = new_test_user(self.env, "camp_rep", "sales_team.group_sale_salesman")
        campaign = self.launched(entry="manual")
        self.quiet.partner_id.user_id = self.env.user
        with self.assertRaises(UserError):
            campaign.with_user(rep).enter(self.quiet.partner_id.ids)
        self.quiet.partner_id.user_id = rep
        self.assertEqual(campaign.with_user(rep).enter(self.quiet.partner_id.ids)["entered"], 1)
        campaign.action_pause()
        with self.assertRaises(UserError):
            campaign.with_user(rep).enter(self.quiet.partner_id.ids, key="again")
        nobody = new_test_user(self.env, "camp_user", "base.group_user")
        with self.assertRaises(AccessError):
            campaign.with_user(nobody).enter(self.quiet.partner_id.ids)

    def test_going_quiet_before_dormant(self):
        campaign = self.launched(entry="going_quiet", members="both", quiet_days=14)
        campaign._look()
        self.assertFalse(campaign.run_ids)
        days = (self.fresh.dormant_on - TODAY).days
        campaign.quiet_days = days
        campaign._look()
        self.assertEqual(campaign.run_ids.entry_key, f"silence:{self.fresh.last_purchase_on}")
        campaign._look()
        self.assertEqual(campaign.run_count, 1)

    def test_first_and_second_purchase(self):
        first = self.launched(entry="first_purchase", members="future", exclusive=False)
        second = self.launched(entry="second_purchase", members="future", exclusive=False)
        partner = self.partner("Newcomer")
        self.order(partner)
        first._look(), second._look()
        self.assertEqual((first.run_count, second.run_count), (1, 0))
        customer = self.of(partner)
        self.order(partner, ago(30))  # found later
        self.assertEqual(customer.purchase_count, 2)
        first._look(), second._look()
        self.assertEqual((first.run_count, second.run_count), (1, 1))

    def test_anniversary_each_year_and_on_leap_days(self):
        field = self.env["ir.model.fields"]._get("cx.customer", "first_purchase_on")
        campaign = self.campaign(
            entry="anniversary", date_field_id=field.id, date_days=0, exclusive=False
        )
        campaign.write({"launched_on": "2027-01-01", "launched_at": "2027-01-01 00:00:00"})
        for day, on, key in (
            ("2025-06-15", "2027-06-15", "year:2027"),
            ("2024-02-29", "2027-02-28", "year:2027"),
            ("2024-02-29", "2028-02-29", "year:2028"),
        ):
            self.quiet.sudo().first_purchase_on = day
            cause = campaign._cause(fields.Date.to_date(on))
            campaign._enter(cause)
            self.assertIn(key, campaign.run_ids.mapped("entry_key"), on)
            before = campaign.run_count
            campaign._enter(cause)
            self.assertEqual(campaign.run_count, before)
            campaign.run_ids._stop("by_hand")

    def test_held_out_by_a_stable_hash(self):
        campaign = self.launched(holdout_share=0.9)
        self.company.cx_holdout_share = 0.5
        others = [self.buy(self.partner(f"P{n}"), 340, 280, 220, 160) for n in range(12)]
        first = campaign._audience()
        campaign._look()
        self.assertEqual(campaign.held_out_count, first["held_out"])
        self.assertGreater(campaign.held_out_count, 0)
        self.assertEqual(campaign.run_count, len(others) + 1)
        self.work()
        self.assertReconciled(campaign)
        held = campaign.run_ids.filtered(lambda run: run.arm == "held_out")
        self.assertFalse(held.act_ids)
        self.assertFalse(
            self.env["mail.activity"].search([("res_id", "in", held.partner_id.ids),
                                              ("cx_act_id", "!=", False)])
        )  # fmt: skip

    def test_by_the_authors_rights_and_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        marketer = new_test_user(self.env, "camp_marketer", "cx_lifecycle.group_marketer")
        hidden = self.buy(self.partner("Hidden", company_id=self.company.id), 340, 280, 220, 160)
        hidden.partner_id.sudo().company_id = other
        campaign = self.campaign()
        campaign.with_user(marketer).domain = "[('name', 'like', 'i')]"
        self.assertEqual(campaign.user_id, marketer)
        audience = campaign.with_user(marketer)._audience()
        campaign._launch()
        self.env["cx.campaign"].search([])._cron_campaigns()
        self.assertEqual(campaign.run_ids.customer_id, self.quiet)
        self.assertEqual(audience["enter"], campaign.run_count)

    def test_an_author_who_left_stops_the_campaign_with_a_word(self):
        marketer = new_test_user(self.env, "camp_gone", "cx_lifecycle.group_marketer")
        campaign = self.campaign()
        campaign.with_user(marketer).domain = "[('name', 'like', 'Q')]"
        campaign._launch()
        other = self.env["res.company"].create({"name": "Other"})
        marketer.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.work()
        self.assertEqual(campaign.state, "paused")
        self.assertIn("does not work for", campaign.problem)
        self.assertFalse(campaign.run_ids)

    def test_conditions_are_literals_of_readable_fields(self):
        marketer = new_test_user(self.env, "camp_lit", "cx_lifecycle.group_marketer")
        campaign = self.campaign()
        for domain in ("[('name', '=', user.name)]", "__import__('os')", "[('nothing', '=', 1)]"):
            with self.assertRaises(ValidationError):
                campaign.with_user(marketer).domain = domain

    def test_nobody_launches_or_lends_rights_by_writing_a_value(self):
        marketer = new_test_user(self.env, "camp_forge", "cx_lifecycle.group_marketer")
        campaign = self.campaign().with_user(marketer)
        for values in (
            {"state": "running"},
            {"user_id": self.env.ref("base.user_admin").id},
            {"launched_at": "2020-01-01 00:00:00"},
        ):
            with self.assertRaises(AccessError):
                campaign.write(values)
            with self.assertRaises(AccessError):
                self.Campaign.with_user(marketer).create({"name": "Forged", **values})
        campaign._launch()
        self.assertEqual(campaign.state, "running")
        campaign.action_pause()
        campaign.action_resume()
        campaign.action_finish()
        self.assertEqual(campaign.state, "finished")

    def test_the_block_list_counts_on_entry_as_in_the_end(self):
        self.quiet.partner_id.email = "quiet@example.com"
        self.env["mail.blacklist"]._add("quiet@example.com")
        campaign = self.launched()
        campaign._look()
        self.assertEqual(campaign.last_entry["excluded"], {"blacklisted": 1})

    def test_new_rules_make_nobody_quiet(self):
        campaign = self.campaign(entry="going_quiet", members="future", quiet_days=0)
        campaign.write({"launched_on": ago(20), "launched_at": f"{ago(20)} 00:00:00"})
        self.fresh.sudo().dormant_on = ago(3)
        self.policy.published_at = f"{ago(1)} 10:00:00"
        self.assertEqual(campaign._audience()["enter"], 0)
        self.policy.published_at = f"{ago(30)} 10:00:00"
        self.assertEqual(campaign._audience()["enter"], 1)

    def test_missing_parts_are_named(self):
        for values in (
            {"entry": "becomes", "stage_id": False},
            {"entry": "anniversary", "date_field_id": False},
        ):
            with self.assertRaises(ValidationError):
                self.campaign().write(values)

    def test_queries_do_not_grow_with_customers(self):
        campaign = self.launched(members="both")
        campaign._look()
        with self.assertQueryCount(30):
            campaign._look()
        for n in range(20):
            self.buy(self.partner(f"More {n}"), 340, 280, 220, 160)
        self.env.flush_all()
        with self.assertQueryCount(30):
            campaign._look()
        self.assertEqual(campaign.run_count, 21)
