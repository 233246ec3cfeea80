"""A hot survey from a template, and what customers say of it."""

from browser.common import MarketerCase

from odoo.tests import tagged

SCREEN = "/odoo/lifecycle-listening"


class ListeningCase(MarketerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.email = "care@example.com"
        survey = cls.env.ref("cx_lifecycle_mail.survey_cold")
        question = survey.question_ids.filtered("cx_measure")
        for customer, value in ((cls.alpha, 0), (cls.beta, 10), (cls.gamma, 9)):
            answer = survey._create_answer(partner=customer.partner_id, check_attempts=False)
            answer._save_lines(question, str(value))
            answer._mark_done()
        cls.env.flush_all()


@tagged("post_install", "-at_install")
class TestListening(ListeningCase):
    browser_size = "1400x900"

    def test_ask_after_a_purchase(self):
        self.tour("cx_hot_survey", "/odoo/campaign-presets")
        campaign = self.env["cx.campaign"].search([("preset", "=", "hot_purchase")])
        self.assertEqual((campaign.state, campaign.touchpoint_days), ("running", 5))
        self.assertEqual(campaign.sample_share, 0.5)
        self.assertEqual(campaign.user_id, self.marketer)

    def test_what_they_say(self):
        self.tour("cx_listening", SCREEN)

    def test_what_the_own_customers_say(self):
        self.tour("cx_listening_rep", SCREEN, login="tour_rep")


@tagged("post_install", "-at_install")
class TestListeningOnPhone(ListeningCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_what_they_say(self):
        self.tour("cx_listening", SCREEN)
