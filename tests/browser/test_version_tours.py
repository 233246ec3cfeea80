"""A marketer changes a campaign that runs: in a draft, looked at, published, and compared."""

from browser.common import TourCase

from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestVersions(TourCase):
    browser_size = "1400x900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("web.base.url", "https://shop.example.com")
        cls.marketer = new_test_user(
            cls.env, "tour_versions", "cx_lifecycle.group_marketer", email="m@example.com"
        )
        cls.campaign = cls.env["cx.campaign"].create(
            {
                "name": "Wake up", "entry": "manual", "email_from": "care@example.com",
                "holdout_share": 0.0,
            }
        )  # fmt: skip
        steps = cls.env["cx.campaign.step"]
        first = steps.create({"campaign_id": cls.campaign.id, "name": "Breath", "kind": "wait",
                              "delay": 9})  # fmt: skip
        steps.create({"campaign_id": cls.campaign.id, "name": "Again", "kind": "wait",
                      "delay": 3, "parent_id": first.id, "trigger": "done"})  # fmt: skip
        cls.mail = steps.create({"campaign_id": cls.campaign.id, "name": "Letter", "kind": "mail",
                                 "parent_id": first.id, "trigger": "ended"})  # fmt: skip
        cls.content = cls.env["mailing.mailing"].create(
            {"cx_step_id": cls.mail.id, "cx_lang": "en_US", "subject": "Hello",
             "body_arch": "<p>Hello</p>", "body_html": "<p>Hello</p>"}
        )  # fmt: skip
        cls.campaign._launch()
        cls.alpha.partner_id.email = "alpha@example.com"
        cls.campaign.enter(cls.alpha.partner_id.ids)

    def setUp(self):
        super().setUp()
        self.place = f"/odoo/action-cx_lifecycle_mail.action_campaigns/{self.campaign.id}"

    def test_edit_publish_and_compare(self):
        self.start_tour(self.place, "cx_campaign_versions", login="tour_versions")
        self.campaign.invalidate_recordset()
        self.assertEqual((self.campaign.version_number, self.campaign.max_days), (2, 60))
        self.assertEqual(self.campaign.user_id, self.marketer)
        waiting = self.campaign.run_ids.act_ids.filtered(lambda act: act.state == "waiting")
        self.assertEqual(waiting.step_id.name, "Again")
        self.assertFalse(waiting.step_id.past)

    def test_discard(self):
        self.start_tour(self.place, "cx_campaign_discard", login="tour_versions")
        self.assertFalse(self.env["cx.campaign"].search([("draft_of_id", "!=", False)]))

    def test_a_launched_content_is_read(self):
        place = f"/odoo/mailing.mailing/{self.content.id}"
        self.start_tour(place, "cx_campaign_content_read", login="tour_versions")
