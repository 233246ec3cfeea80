"""What a review with fresh eyes found: each once broke, none may again."""

from datetime import timedelta
from unittest.mock import patch

from model.common import TODAY, LifecycleCase, ago

from odoo.exceptions import UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

RUNS = "odoo.addons.cx_lifecycle.models.cx_run"


class TestReview(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.env.user.company_ids |= cls.other
        cls.other_policy = cls.env["cx.policy"]._of(cls.other)
        cls.env["cx.run"].search([]).state = "done"

    def asked(self):
        return self.env["cx.run"].search([("state", "=", "waiting")]).company_id

    def test_nobody_starts_a_rebuild_without_the_right(self):
        for group in ("base.group_portal", "base.group_user", "cx_lifecycle.group_marketer"):
            user = new_test_user(self.env, group, group)
            with self.assertRaises(UserError):
                self.env["res.config.settings"].with_user(user).browse().action_cx_rebuild()
        self.assertFalse(self.asked())

    @mute_logger(RUNS)
    def test_a_company_that_breaks_stops_no_other(self):
        self.other_policy.scanned_at = "2020-01-01"  # its turn is first
        customer = self.buy(self.partner(), 30, 20)
        self.env.flush_all()
        self.env.cr.execute("UPDATE cx_customer SET due = true WHERE id = %s", [customer.id])
        honest = type(self.Source)._written

        def broken(source, company, since):
            if company == self.other:
                raise ValueError("the field is gone")
            return honest(source, company, since)

        with (
            patch.object(type(self.Source), "_written", broken),
            patch.object(self.env.cr, "rollback", lambda: None),
        ):
            self.env["cx.run"]._cron_night()
        self.env.invalidate_all()
        self.assertFalse(customer.due)
        run = self.env["cx.run"].search([("company_id", "=", self.other.id)], limit=1)
        self.assertIn("the field is gone", run.problem)

    @mute_logger(RUNS, "odoo.sql_db")
    def test_a_bad_customer_does_not_stop_a_pass(self):
        good, bad = self.buy(self.partner("Good"), 3), self.buy(self.partner("Bad"), 3)
        self.env.cr.execute(
            "ALTER TABLE cx_customer ADD CONSTRAINT no_more CHECK (id <> %s OR value_12m < 101)",
            [bad.id],
        )
        for customer in (good, bad):
            self.order(customer.partner_id.with_context(cx_no_refresh=True), ago(3))
        [run] = self.env["cx.run"]._request("evaluate", self.company)
        self.assertTrue(run._pass())
        self.env.invalidate_all()
        self.assertEqual((good.value_12m, bad.value_12m), (200, 100))
        self.assertIn("no_more", bad.error)
        self.assertEqual(run.errors, 1)

    def test_other_dates_of_the_same_purchases_end_no_verdict(self):
        lost, held = self.buy(self.partner("Lost"), 30, 9), self.buy(self.partner("Held"), 30, 9)
        lost.declare_lost("Moved away")
        held.hold(self.env.ref("cx_lifecycle.stage_dormant"), TODAY, "Seasonal")
        orders = self.env["sale.order"].search(
            [("partner_id", "in", (lost | held).partner_id.ids)]
        ).with_context(cx_no_refresh=True)  # fmt: skip
        for order in orders:
            order.date_order += timedelta(days=4)  # as invoices of the orders would be
        [run] = self.env["cx.run"]._request("rebuild", self.company)
        run._pass()
        self.assertStage(lost, "lost", "declared")
        self.assertStage(held, "dormant", "hold")
        self.assertEqual(lost.last_purchase_on, ago(5))

    def test_merging_a_lost_twin_with_a_buyer(self):
        lost, buyer = self.partner("Lost"), self.partner("Buyer")
        gone = self.buy(lost, 90)
        gone.declare_lost("Closed")
        gone.declared_lost_on = ago(60)
        self.buy(buyer, 30, 5)
        self.env["base.partner.merge.automatic.wizard"]._merge((lost | buyer).ids, lost)
        self.assertStage(self.of(lost), "active", "purchase")

    def test_who_leaves_a_company_takes_the_purchases_along(self):
        firm = self.partner("Firm", is_company=True)
        ann = self.partner("Ann", parent_id=firm.id)
        self.buy(ann, 30, 5)
        self.policy.last_partner_id = ann.id + 5000
        ann.parent_id = False
        self.night()
        self.assertEqual(self.of(firm).purchase_count, 0)
        self.assertEqual(self.of(ann).purchase_count, 2)
        self.assertEqual(ann.cx_stage_id.code, "active")

    def test_a_document_that_changes_company_leaves_the_old_one(self):
        partner = self.partner()
        lead = self.env["crm.lead"].create(
            {"name": "x", "type": "opportunity", "partner_id": partner.id, "team_id": False,
             "user_id": False, "company_id": self.company.id}
        )  # fmt: skip
        self.assertStage(self.of(partner), "prospect")
        lead.company_id = self.other
        self.assertStage(self.of(partner), "suspect")
        self.assertStage(self.of(partner, self.other), "prospect")
        lead.company_id = False
        self.assertStage(self.of(partner), "prospect")
        self.assertStage(self.of(partner, self.other), "prospect")

    def test_a_source_that_changes_company_is_looked_at_in_both(self):
        source = self.env.ref("cx_lifecycle.source_sale_order")
        source.company_id = self.company
        self.env["cx.run"].search([]).state = "done"
        source.company_id = self.other
        self.assertEqual(self.asked(), self.company | self.other)

    def test_the_sellers_own_error_is_theirs(self):
        """What Odoo refuses to write is told as Odoo tells it, not as an evaluation of ours."""
        order = self.quotation(self.partner())
        with self.assertRaises(Exception) as caught, mute_logger("odoo.sql_db"):
            order.write({"state": "sale", "date_order": False})
            self.env.flush_all()
        self.assertNotIn("InFailedSqlTransaction", type(caught.exception).__name__)

    def test_a_young_company_learns_from_its_first_purchases(self):
        self.policy.history_from = False
        self.buy(self.partner(), 30, 5)
        self.env["cx.run"]._cron_night()
        self.assertIn(self.company, self.asked())
        self.env["cx.run"]._cron_pass()
        self.assertEqual(self.policy.history_from, ago(30))
        self.env["cx.run"]._cron_night()
        self.assertNotIn(self.company, self.asked())
