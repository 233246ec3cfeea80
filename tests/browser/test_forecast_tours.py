"""A marketer tries a campaign on two customers, and looks ahead and back."""

from browser.common import CAMPAIGNS, MarketerCase

from odoo.tests import tagged


class ForecastTour(MarketerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for customer in (cls.epsilon, cls.delta):
            customer.partner_id.email = f"{customer.partner_id.name.split()[0].lower()}@example.com"
        cls.campaign = cls.draft("Tour campaign")
        first = cls.mail(name="Hello")
        cls.mail(name="Again", parent_id=first.id, trigger="not_opened", delay=5)

    @classmethod
    def mail(cls, **values):
        step = cls.step(cls.campaign, kind="mail", **values)
        body = "<p>Hello {{ person.name }}</p>"
        cls.env["mailing.mailing"].with_user(cls.marketer).create(
            {"cx_step_id": step.id, "cx_lang": "en_US", "subject": step.name, "body_arch": body,
             "body_html": body}
        )  # fmt: skip
        return step

    def tour(self, name):
        super().tour(name, f"{CAMPAIGNS}/{self.campaign.id}")


@tagged("post_install", "-at_install")
class TestForecastDesk(ForecastTour):
    browser_size = "1400x900"

    def test_try_and_dry_run(self):
        runs = self.env["cx.campaign.run"].search_count([])
        self.tour("cx_try_and_dry_run")
        self.assertEqual(self.env["cx.campaign.run"].search_count([]), runs)

    def test_replay(self):
        self.tour("cx_replay")
