"""A marketer tries a campaign on two customers, and looks ahead and back."""

from browser.common import TourCase

from odoo.tests import new_test_user, tagged


class ForecastTour(TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(
            cls.env, "tour_marketer", "cx_lifecycle.group_marketer", email="mark@example.com"
        )
        for customer in (cls.epsilon, cls.delta):
            customer.partner_id.email = f"{customer.partner_id.name.split()[0].lower()}@example.com"
        cls.campaign = cls.env["cx.campaign"].with_user(cls.marketer).create(
            {
                "name": "Tour campaign", "entry": "in_stage", "members": "both",
                "stage_id": cls.env.ref("cx_lifecycle.stage_dormant").id, "holdout_share": 0,
                "email_from": "shop@example.com",
                "domain": "[('name', 'like', 'Tours')]",
            }
        )  # fmt: skip
        first = cls.step(name="Hello")
        cls.step(name="Again", parent_id=first.id, trigger="not_opened", delay=5)

    @classmethod
    def step(cls, **values):
        step = cls.env["cx.campaign.step"].with_user(cls.marketer).create(
            {"campaign_id": cls.campaign.id, "kind": "mail", **values}
        )  # fmt: skip
        body = "<p>Hello {{ person.name }}</p>"
        cls.env["mailing.mailing"].with_user(cls.marketer).create(
            {"cx_step_id": step.id, "cx_lang": "en_US", "subject": step.name, "body_arch": body,
             "body_html": body}
        )  # fmt: skip
        return step

    def url(self):
        return f"/odoo/lifecycle-campaigns/{self.campaign.id}"


@tagged("post_install", "-at_install")
class TestForecastDesk(ForecastTour):
    browser_size = "1400x900"

    def test_try_and_dry_run(self):
        runs = self.env["cx.campaign.run"].search_count([])
        self.start_tour(self.url(), "cx_try_and_dry_run", login="tour_marketer")
        self.assertEqual(self.env["cx.campaign.run"].search_count([]), runs)

    def test_replay(self):
        self.start_tour(self.url(), "cx_replay", login="tour_marketer")
