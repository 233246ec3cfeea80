"""What people do on our screens, in a browser: a rep's morning, a contested stage, a night."""

from browser.common import TourCase

from odoo import fields
from odoo.tests import tagged

POLICIES = "/odoo/action-cx_lifecycle.action_policies"


@tagged("post_install", "-at_install")
class TestDesk(TourCase):
    browser_size = "1400x900"

    def test_customers_are_as_the_tours_expect(self):
        for customer in self.alpha, self.beta, self.gamma:
            self.assertEqual((customer.stage_id.code, customer.alert), ("active", "late"))
        self.assertEqual((self.delta.stage_id.code, self.delta.alert), ("active", "ok"))
        self.assertEqual((self.epsilon.stage_id.code, self.epsilon.alert), ("dormant", "quiet"))

    def test_rep_morning(self):
        self.start_tour("/odoo/going-quiet", "cx_rep_morning", login="tour_rep")
        today = fields.Date.today()
        self.assertEqual(self.beta.snooze_reason, "seasonal")
        self.assertGreater(self.beta.snooze_until, today)
        self.assertFalse(self.alpha.snooze_until)
        call = self.alpha.partner_id.activity_ids
        self.assertEqual(len(call), 1)
        self.assertEqual(call.activity_type_id, self.env.ref("mail.mail_activity_data_call"))
        self.assertEqual(call.user_id, self.rep)

    def test_contest_a_stage(self):
        partner = self.epsilon.partner_id
        self.start_tour(f"/odoo/res.partner/{partner.id}", "cx_rep_contest", login="tour_rep")
        self.assertEqual(self.epsilon.stage_id.code, "active")
        self.assertEqual(self.epsilon.reason, "hold")
        self.assertEqual(self.epsilon.hold_until, fields.Date.to_date("2099-12-31"))
        self.assertEqual(self.epsilon.hold_user_id, self.rep)

    def test_timeline(self):
        self.start_tour(self.eventful(), "cx_rep_timeline", login="tour_rep")

    def test_six_stages(self):
        self.start_tour("/odoo/customers-by-stage", "cx_stages_kanban", login="tour_rep")

    def test_check_a_source_and_run_the_night(self):
        source = self.env.ref("cx_lifecycle.source_sale_order")
        source.check_on = False
        cron = self.env.ref("cx_lifecycle.cron_night")
        asked = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.start_tour("/odoo/settings", "cx_admin_check_and_run", login="admin")
        self.assertGreaterEqual(source.check_count, 50)
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertEqual(triggers, asked + 1)
        self.alpha.due = True
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.start_tour("/odoo/settings", "cx_admin_health", login="admin")

    def test_first_run(self):
        first = self.unaccepted()
        self.start_tour("/odoo/settings", "cx_first_run", login="admin")
        self.assertAccepted(first)

    def test_policy_from_draft_to_published_and_back(self):
        policies = self.env["cx.policy"]
        first = policies._of(self.env.company)
        self.start_tour(POLICIES, "cx_policy_change", login="admin")
        second = policies._of(self.env.company)
        self.assertNotEqual(second, first)
        self.assertEqual((second.mode, second.dormant_after), ("fixed", 40))
        self.assertEqual(second.pending_moves, "silent")
        self.start_tour(POLICIES, "cx_policy_restore", login="admin")
        self.assertEqual(policies.search([("state", "=", "draft")]).mode, "rhythm")

    def test_rep_morning_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        ours = self.env["ir.module.module"].search([("name", "=", "cx_lifecycle")])
        ours._update_translations(["fr_FR"])
        self.rep.lang = "fr_FR"
        self.start_tour("/odoo/going-quiet", "cx_rep_morning_fr", login="tour_rep")
        self.assertEqual(self.beta.snooze_reason, "seasonal")


@tagged("post_install", "-at_install")
class TestPhone(TourCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_rep_morning(self):
        self.start_tour("/odoo/going-quiet", "cx_rep_phone", login="tour_rep")

    def test_timeline(self):
        self.start_tour(self.eventful(), "cx_rep_timeline_phone", login="tour_rep")

    def test_first_run(self):
        first = self.unaccepted()
        self.start_tour("/odoo/first-steps", "cx_first_run_phone", login="admin")
        self.assertAccepted(first)
