"""The jobs of a marketer's day, from the screen to what the database keeps of them."""

from browser.common import CAMPAIGNS, DORMANT, MarketerCase

from odoo.tests import tagged

LONG_DORMANT = [day + 15 for day in DORMANT]


class JobCase(MarketerCase):
    """Two dormant customers, one of them for long, and a draft that would call them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.omega = cls.customer("Omega Tours", cls.rep, LONG_DORMANT, 3)
        cls.env.company.write({"cx_mail_cap": 0, "cx_call_cap": 0})
        cls.campaign = cls.draft("Tour campaign")
        call = cls.env.ref("mail.mail_activity_data_call")
        cls.call = cls.step(cls.campaign, name="Ring", kind="activity", activity_type_id=call.id)
        cls.step(cls.campaign, name="Breath", kind="wait", delay=3, parent_id=cls.call.id,
                 trigger="done")  # fmt: skip

    def launched(self, campaign):
        """Launch, and let those in who would come in the background."""
        campaign._launch()
        campaign._enter()
        return campaign

    def assertPaused(self, *customers):
        """It stands still, and what was under way waits."""
        self.assertEqual(self.campaign.state, "paused")
        runs = self.campaign.run_ids
        self.assertEqual(set(runs.mapped("customer_id.id")), {one.id for one in customers})
        self.assertEqual(set(runs.mapped("state")), {"running"})


@tagged("post_install", "-at_install")
class TestLaunchAndPause(JobCase):
    browser_size = "1400x900"

    def launch_and_pause(self, lang=""):
        self.tour(f"cx_campaign_launch{lang}")
        self.assertEqual((self.campaign.state, self.campaign.stage_days), ("running", 35))
        self.assertEqual(self.campaign.user_id, self.marketer)
        self.assertEqual(self.call.assignee_id, self.rep)
        self.assertFalse(self.campaign.run_ids)
        self.campaign._enter()
        self.tour(f"cx_campaign_pause{lang}")
        self.assertPaused(self.omega)

    def test_in_english(self):
        self.launch_and_pause()

    def test_in_french(self):
        self.in_french(self.marketer)
        self.launch_and_pause("_fr")

    def test_begin_with_nothing(self):
        self.env["cx.campaign"].search([]).unlink()
        self.tour("cx_campaign_none")


@tagged("post_install", "-at_install")
class TestWhy(JobCase):
    browser_size = "1400x900"

    def setUp(self):
        super().setUp()
        self.launched(self.campaign)
        other = self.draft("Lost ones", stage_id=self.env.ref("cx_lifecycle.stage_lost").id)
        self.step(other, name="Breath", kind="wait")
        self.launched(other)
        self.contact = f"/odoo/res.partner/{self.omega.partner_id.id}"

    def test_of_a_campaign(self):
        self.tour("cx_campaign_why", f"{CAMPAIGNS}/{self.campaign.id}")

    def test_of_a_contact(self):
        self.tour("cx_contact_why", self.contact)

    def test_of_a_contact_as_its_rep(self):
        self.tour("cx_contact_why", self.contact, login="tour_rep")


@tagged("post_install", "-at_install")
class TestMarketersPhone(JobCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_read_and_pause(self):
        self.launched(self.campaign)
        self.tour("cx_campaign_phone")
        self.assertPaused(self.epsilon, self.omega)

    def test_read_and_pause_in_french(self):
        self.in_french(self.marketer)
        self.launched(self.campaign)
        self.tour("cx_campaign_phone_fr")
        self.assertPaused(self.epsilon, self.omega)

    def test_what_stands_against_a_launch_in_french(self):
        self.in_french(self.marketer)
        self.tour("cx_findings_phone_fr", f"{CAMPAIGNS}/{self.campaign.id}")
        self.assertEqual(self.campaign.state, "draft")
