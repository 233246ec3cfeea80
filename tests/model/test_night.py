"""The night touches who is due, survives one bad customer, and works beside others."""

from datetime import datetime, timedelta
from unittest.mock import patch

from model.common import TODAY, LifecycleCase, ago

from odoo.tests import new_test_user
from odoo.tools import mute_logger

LOGGER = "odoo.addons.cx_lifecycle.models.cx_run"


class TestNight(LifecycleCase):
    def test_only_those_due_are_touched(self):
        quiet = self.buy(self.partner("Quiet"), 30, 20, 10)
        busy = self.buy(self.partner("Busy"), 90, 60, 30, 0)
        day = quiet.dormant_on
        self.assertLess(day, busy.dormant_on)
        self.env.cr.execute("UPDATE cx_customer SET write_date = '2020-01-01', due = false")
        self.policy.scanned_at = datetime.now() + timedelta(hours=1)
        run = self.night(as_of=day)
        self.env.invalidate_all()
        self.assertStage(quiet, "dormant", "silence")
        self.assertEqual(quiet.stage_since, day)
        self.assertGreater(quiet.write_date.year, 2020)
        self.assertEqual(busy.write_date.year, 2020, "not due, not written")
        self.assertEqual((run.examined, run.changed, run.errors), (1, 1, 0))
        self.assertEqual(run.state, "done")
        self.assertTrue(run.ended_at)

    def test_a_night_missed_is_caught_up_with_the_true_dates(self):
        customer = self.buy(self.partner(), 30, 20, 10)
        day = customer.dormant_on
        self.night(as_of=day + timedelta(days=20))
        self.assertEqual(customer.stage_since, day)
        self.assertEqual(customer.episode_ids[0].entered_on, day)

    def test_a_second_night_finds_nothing_to_do(self):
        self.buy(self.partner(), 30, 20, 10)
        self.night()
        self.assertEqual(self.night().changed, 0)
        run = self.env["cx.run"].create({"company_id": self.company.id, "kind": "night"})
        run._due(self.company, TODAY)
        self.assertEqual(run.examined, 0)

    @mute_logger(LOGGER, "odoo.sql_db")
    def test_one_bad_customer_is_listed_and_stops_nobody(self):
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(7)])
        for partner in partners:
            self.buy(partner, 30, 20, 10)
        bad = self.of(partners[3])
        self.env.cr.execute(
            "ALTER TABLE cx_customer ADD CONSTRAINT no_dormant"
            " CHECK (id <> %s OR reason <> 'silence')",
            [bad.id],
        )
        day = max(self.of(p).dormant_on for p in partners)
        run = self.night(as_of=day)
        self.env.invalidate_all()
        self.assertEqual(run.errors, 1)
        self.assertIn("no_dormant", bad.error)
        self.assertTrue(bad.error_on)
        self.assertStage(bad, "active")
        for partner in partners - bad.partner_id:
            self.assertStage(self.of(partner), "dormant")
            self.assertFalse(self.of(partner).error)
        listed = self.Customer.search([("error", "!=", False)])
        self.assertEqual(listed, bad)
        self.env.cr.execute("ALTER TABLE cx_customer DROP CONSTRAINT no_dormant")
        self.night(as_of=max(day, bad.review_on))
        self.assertStage(bad, "dormant")
        self.assertFalse(bad.error)

    def test_documents_changed_behind_our_back_are_found(self):
        partner = self.partner()
        customer = self.buy(partner, 30, 20)
        self.policy.scanned_at = datetime.now()
        order = self.order(partner, ago(1)).with_context(cx_no_refresh=True)
        self.env.flush_all()
        order._action_cancel()
        self.assertEqual(customer.purchase_count, 3)
        self.env.cr.execute("UPDATE cx_customer SET write_date = write_date - interval '1 day'")
        self.night()
        self.assertEqual(customer.purchase_count, 2)

    def test_contacts_that_move_mark_their_customers_due(self):
        old, new = self.partner("Old", is_company=True), self.partner("New", is_company=True)
        contact = self.partner("Ann", parent_id=old.id)
        self.buy(contact, 30, 20)
        self.buy(new, 400)
        self.assertFalse((self.of(old) | self.of(new)).filtered("due"))
        contact.parent_id = new
        self.env.flush_all()
        self.assertTrue(self.of(old).due and self.of(new).due)
        self.night()
        self.assertEqual(self.of(old).purchase_count, 0)
        self.assertEqual(self.of(new).purchase_count, 3)
        self.assertFalse((self.of(old) | self.of(new)).filtered("due"))

    def test_an_interrupted_pass_goes_on_where_it_stood(self):
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(6)])
        for partner in partners:
            self.order(partner.with_context(cx_no_refresh=True), ago(30))
        self.env["cx.run"].search([]).state = "done"
        self.env["cx.run"]._request("rebuild", self.company)
        run = self.env["cx.run"].search([("state", "=", "waiting")])
        calls = []

        def one_lot(*_args, **_kwargs):
            calls.append(1)
            return 0.0 if len(calls) == 2 else 100.0

        module = "odoo.addons.cx_lifecycle.models.cx_run_pass"
        with (
            patch(f"{module}.PASS_LOT", 3),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", one_lot),
        ):
            self.assertFalse(run._pass())
            stood = run.last_partner_id
            self.assertTrue(stood)
            self.assertEqual(run.state, "running")
            self.env["cx.run"]._cron_pass()
        self.assertEqual(run.state, "done")
        self.assertGreater(run.last_partner_id, stood)
        self.assertEqual(run.progress, self.env["res.partner"].with_context(
            active_test=False).search_count([]))  # fmt: skip
        for partner in partners:
            self.assertTrue(self.of(partner))

    def test_query_count_does_not_depend_on_the_number_due(self):
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(60)])
        for partner in partners:
            self.buy(partner, 10)
        counts = []
        for group in (partners[:25], partners[25:]):  # lots of one kind
            self.env.cr.execute("UPDATE cx_customer SET due = false")
            self.env.cr.execute(
                "UPDATE cx_customer SET due = true WHERE partner_id = ANY(%s)", [group.ids]
            )
            self.env.invalidate_all()
            run = self.env["cx.run"].create({"company_id": self.company.id, "kind": "night"})
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            run._due(self.company, TODAY)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(run.examined, len(group))
        self.assertEqual(*counts)

    def test_the_job_itself_runs(self):
        customer = self.buy(self.partner(), 30, 20, 10)
        customer.flush_recordset()
        self.env.cr.execute("UPDATE cx_customer SET due = true WHERE id = %s", [customer.id])
        with self.enter_registry_test_mode():
            self.env.ref("cx_lifecycle.cron_night").method_direct_trigger()
            self.env.ref("cx_lifecycle.cron_pass").method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(customer.due)
        self.assertTrue(self.env["cx.run"].search([("kind", "=", "night"), ("state", "=", "done")]))

    def test_run_now_is_for_administrators(self):
        rep = new_test_user(self.env, "rep_run", "sales_team.group_sale_manager")
        admin = new_test_user(self.env, "admin_run", "cx_lifecycle.group_admin")
        with self.assertRaisesRegex(Exception, "administrators"):
            self.env["cx.run"].with_user(rep).action_run_now()
        cron = self.env.ref("cx_lifecycle.cron_night")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.env["cx.run"].with_user(admin).action_run_now()
        after = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)
