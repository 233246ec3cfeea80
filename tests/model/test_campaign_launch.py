"""A campaign is launched by its dialog only, which says who is concerned and what is missing."""

from model.common import TODAY, ago
from model.screens import CampaignScreensCase
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger


class TestLaunch(CampaignScreensCase):
    def setUp(self):
        super().setUp()
        params = self.env["ir.config_parameter"]
        params.set_param("web.base.url", "https://shop.example.com")
        self.env["ir.mail_server"].create({"name": "Ours", "smtp_host": "smtp.example.com"})

    def dialog(self):
        action = self.campaign.action_launch()
        return self.env[action["res_model"]].with_user(self.marketer).browse(action["res_id"])

    def found(self, level):
        """(step, field) of what the dialog says of a level."""
        lines = self.dialog().line_ids.filtered(lambda line: line.level == level)
        return {(line.step_id.name, line.field) for line in lines}

    def assertBlocks(self, *expected):
        self.assertEqual(self.found("block"), set(expected))
        dialog = self.dialog()
        if not expected:
            self.assertFalse(dialog.blocks)
            return
        with self.assertRaisesRegex(UserError, expected[0][1]):
            dialog.action_launch()
        self.assertEqual(self.campaign.state, "draft")

    def test_what_is_complete_is_launched_by_the_dialog(self):
        self.mail()
        dialog = self.dialog()
        self.assertFalse(dialog.line_ids)
        self.assertIn("First: Call", dialog.summary)
        self.assertIn("Nobody enters at the launch", dialog.summary)
        self.assertIn("20:00", dialog.summary)
        self.assertEqual(dialog.action_launch()["tag"], "display_notification")
        self.assertEqual(self.campaign.state, "running")
        with self.assertRaisesRegex(UserError, "already"):
            self.campaign.action_launch()
        with self.assertRaisesRegex(UserError, "already"):
            dialog.action_launch()

    def test_the_dialog_says_how_many_and_when(self):
        figures = {"audience": 9, "enter": 5, "held_out": 1, "excluded": {"blacklisted": 4}}
        self.patch(type(self.campaign), "_audience", lambda *_: figures)
        self.campaign.members = "both"
        self.first.delay = 2
        dialog = self.dialog()
        self.assertEqual((dialog.enter, dialog.held_out), (5, 1))
        self.assertIn("5 customers enter", dialog.summary)
        self.assertIn("1 of them", dialog.summary)
        self.assertIn("2 days after entry. Not before", dialog.summary)

    def test_the_real_count_is_shown(self):
        for _ in range(3):
            self.buy(self.partner(), *range(100, 400, 30))
        self.refresh(self.env["res.partner"].search([]), TODAY)
        self.campaign.write({"members": "present", "holdout_share": 0.0})
        dialog = self.dialog()
        dormant = self.Customer.search_count([("stage_id", "=", self.campaign.stage_id.id)])
        self.assertGreaterEqual(dormant, 3)
        self.assertEqual(dialog.enter, self.campaign._audience()["enter"])

    def test_a_campaign_without_steps(self):
        (self.third | self.second | self.first).unlink()
        self.assertBlocks((False, "Steps"))

    def test_mails_without_content(self):
        self.mail("Silent", languages=())
        self.mail("Blank", body="<p><br/></p>")
        self.assertBlocks(("Silent", "Contents"), ("Blank", "Contents"))

    def test_activities_without_assignee(self):
        self.step("Somebody", activity_type_id=self.call.id, assignee="user")
        gone = new_test_user(self.env, "screens_gone", "sales_team.group_sale_salesman")
        self.step("Gone", activity_type_id=self.call.id, assignee_id=gone.id)
        gone.active = False
        self.step("Perhaps", activity_type_id=self.call.id)
        self.assertBlocks(("Somebody", "Person"), ("Gone", "Person"))
        self.assertEqual(self.found("ask"), {("Perhaps", "Person")})

    def test_mails_without_sender_or_server(self):
        self.campaign.email_from = False
        self.assertBlocks()
        self.mail()
        self.assertBlocks((False, "Fixed Address"))
        self.campaign.email_from = "care"
        self.assertBlocks((False, "Fixed Address"))
        self.campaign.email_from = "Care <care@example.com>"
        self.assertEqual(self.found("ask"), set())
        self.env["ir.config_parameter"].set_param("web.base.url", "http://shop.example.com")
        self.env["ir.mail_server"].search([]).active = False
        dialog = self.dialog()
        self.assertEqual((dialog.blocks, dialog.asks), (0, 2))
        self.campaign.sudo().mail_server_id = (
            self.env["ir.mail_server"].with_context(active_test=False).search([], limit=1)
        )
        self.assertBlocks((False, "Mail Server"))

    def test_an_author_who_left(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.marketer.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        admin = self.env.ref("base.user_admin")
        action = self.campaign.with_user(admin).action_launch()
        dialog = self.env["cx.campaign.launch"].with_user(admin).browse(action["res_id"])
        self.assertEqual(dialog.line_ids.filtered(lambda li: li.level == "block").field, "Author")
        with self.assertRaises(UserError):
            dialog.action_launch()
        self.campaign.with_user(admin).domain = "[('active', '=', True)]"
        action = self.campaign.with_user(admin).action_launch()
        dialog = self.env["cx.campaign.launch"].with_user(admin).browse(action["res_id"])
        self.assertFalse(dialog.blocks)

    def test_what_would_concern_nobody_ever(self):
        self.campaign.write({"members": "present", "domain": "[('id', '=', 0)]"})
        self.assertBlocks((False, "At Launch"))
        self.campaign.write({"members": "both", "end_on": ago(1)})
        self.assertBlocks((False, "Ends On"))

    def test_what_asks_only(self):
        self.mail(languages=("en_US",))
        self.campaign.holdout_share = 0
        dialog = self.dialog()
        self.assertEqual(
            {(line.step_id.name, line.field) for line in dialog.line_ids},
            {("Mail", "Contents"), (False, "Held Out")},
        )
        self.assertEqual((dialog.blocks, dialog.asks), (0, 2))
        self.assertIn("French", "".join(dialog.line_ids.mapped("text")))
        fix = dialog.line_ids.filtered("step_id").action_fix()
        self.assertEqual(fix["res_model"], "cx.campaign.step")
        self.assertEqual(fix["res_id"], dialog.line_ids.step_id.id)
        dialog.action_launch()
        self.assertEqual(self.campaign.state, "running")

    def test_a_withdrawn_action(self):
        action = self.env["ir.actions.server"].create(
            {"name": "Flag", "model_id": self.env["ir.model"]._get_id("res.partner"),
             "state": "code", "code": "pass", "cx_released": True}
        )  # fmt: skip
        self.step("Flag", kind="action", action_id=action.id)
        self.assertBlocks()
        action.code = "record"
        self.assertBlocks(("Flag", "Action"))

    def test_what_was_changed_meanwhile_is_looked_at_again(self):
        dialog = self.dialog()
        self.env.cr.execute(
            "UPDATE cx_campaign_step SET write_date = write_date + interval '1 second'"
            " WHERE id = %s", [self.third.id],
        )  # fmt: skip
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "changed since"):
            dialog.action_launch()
        self.assertEqual(self.campaign.state, "draft")
        self.dialog().action_launch()

    def test_a_count_that_ends_meanwhile_changes_nothing(self):
        campaign = self.campaign.with_user(self.marketer)
        changed = "UPDATE cx_campaign SET write_date = now() - interval '1 hour' WHERE id = %s"
        self.env.cr.execute(changed, [campaign.id])
        self.env.invalidate_all()
        before = campaign.write_date
        campaign.audience_now({})
        self.assertTrue(campaign.audience_at)
        self.assertEqual(campaign.write_date, before, "an open dialog to launch it stays right")


class TestSize(CampaignScreensCase):
    """Whether anything will be known, and whether it is meant so."""

    def findings(self, audience=None):
        figures = {"audience": 9, "enter": 5, "held_out": 1, "excluded": {}}
        return {
            (check.level, check.field, check.step.name): check.text
            for check in self.campaign._launch_checks(figures | (audience or {}))
        }

    def past(self, stays, bought):
        """So many became dormant half a year ago, so many of them bought soon."""
        dormant, active = (
            self.env.ref(f"cx_lifecycle.stage_{code}") for code in ("dormant", "active")
        )
        self.env["cx.episode"].search([("stage_id", "=", dormant.id)]).sudo().stage_id = active
        customers = [self.buy(self.partner(), 400) for _ in range(stays)]
        stay = {"company_id": self.company.id, "stage_id": dormant.id, "reason": "silence"}
        for number, customer in enumerate(customers):
            left = ago(190) if number < bought else ago(20)
            episodes = self.env["cx.episode"].sudo()
            episodes.create(
                {**stay, "customer_id": customer.id, "entered_on": ago(200), "left_on": left}
            )
            if number < bought:
                episodes.create(
                    {**stay, "customer_id": customer.id, "entered_on": left, "left_on": ago(100),
                     "stage_id": active.id}
                )  # fmt: skip

    def test_how_long_until_the_hold_out_tells(self):
        self.campaign.write({"holdout_share": 0.1, "max_days": 30})
        self.assertFalse(self.campaign.holdout_text, "without a past nobody knows")
        self.past(12, 6)
        self.campaign.invalidate_recordset()
        self.assertEqual(self.campaign._past_stays(), (12, 6))
        months = self.campaign._months_to_tell()
        # of one in ten held out, half buy anyway: about 8,700 at one a month
        self.assertAlmostEqual(months, 8685, delta=60)
        self.assertIn("months", self.campaign.holdout_text)
        self.assertIn(("ask", "Held Out", False), self.findings())
        self.campaign.holdout_share = 0
        self.assertFalse(self.campaign.holdout_text)

    def test_no_duration_is_too_long_for_the_calendar(self):
        self.past(12, 6)
        self.campaign.holdout_share = 0.1
        with Form(self.campaign) as form:
            for days, told in ((31, True), (3651, False), (5_000_000, False), (30, True)):
                form.max_days = days
                self.assertEqual(bool(form.holdout_text), told, days)
        self.campaign.max_days = 3650
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(CheckViolation, "longest_check"),
            self.env.cr.savepoint(),
        ):
            self.campaign.max_days = 3651

    def test_where_everybody_buys_anyway_nothing_can_be_told(self):
        self.campaign.write({"holdout_share": 0.1, "max_days": 30})
        self.past(3, 3)
        self.campaign.invalidate_recordset()
        self.assertEqual(self.campaign._past_stays(), (3, 3))
        self.assertFalse(self.campaign.holdout_text)
        self.assertNotIn(("ask", "Held Out", False), self.findings())

    def test_more_than_usual_is_asked_about(self):
        for number in range(3):
            other = self.campaign.copy({"name": f"Other {number}"})
            other.sudo().write({"launched_at": f"2026-01-0{number + 1}", "state": "finished"})
            for _customer in range(2):
                self.participant(campaign_id=other.id, entered_at=f"2026-01-0{number + 1} 10:00:00")
        about = ("ask", "Only Customers", False)
        self.assertNotIn(about, self.findings({"enter": 6}))
        self.assertIn("it was 2", self.findings({"enter": 7})[about])
        # changes of who enters let in those there now, at once
        campaign = self.running().with_user(self.marketer)
        campaign.action_edit()
        self.campaign = campaign.draft_id
        self.assertNotIn(about, self.findings({"enter": 6}))
        self.assertIn("it was 2", self.findings({"enter": 7})[about])

    def test_steps_nobody_lives_to_see(self):
        self.campaign.max_days = 30
        late = self.first.copy({"parent_id": self.first.id, "trigger": "done", "delay": 5,
                                "delay_unit": "weeks", "name": "Late"})  # fmt: skip
        self.assertIn("35 days", self.findings()["ask", "Delay", "Late"])
        late.delay = 4
        self.assertNotIn(("ask", "Delay", "Late"), self.findings())

    def test_no_cap_at_all_is_asked_about(self):
        self.mail()
        about = ("ask", "Steps", False)
        self.company.cx_mail_cap = 1
        self.assertNotIn(about, self.findings())
        self.company.cx_mail_cap = 0
        self.assertIn("cap", self.findings()[about])
        self.campaign.legal_basis = "service"
        self.assertNotIn(about, self.findings())
