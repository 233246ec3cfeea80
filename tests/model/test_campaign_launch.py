"""A campaign is launched by its dialog only, which says who is concerned and what is missing."""

from model.common import TODAY, ago
from model.screens import CampaignScreensCase

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user


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
