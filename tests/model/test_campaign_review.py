"""What a review of campaigns found: each test holds one finding closed."""

from model.campaigns import CampaignCase
from model.test_campaign_mail import DORMANT, MailCase

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

MARKETER = "cx_lifecycle.group_marketer"


class MarketersCase(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "rev_marketer", MARKETER, email="m@example.com")
        cls.boss = new_test_user(cls.env, "rev_boss", MARKETER, email="b@example.com")
        for user in cls.marketer, cls.boss:
            user.write(
                {"company_ids": [Command.link(cls.company.id)], "company_id": cls.company.id}
            )
        cls.Marketers = cls.env["cx.campaign"].with_user(cls.marketer)
        cls.values = {"name": "Mine", "stage_id": cls.stage("dormant").id}

    def of_boss(self, **values):
        campaign = self.campaign(**values)
        campaign.user_id = self.boss
        return campaign

    def date(self, model, name):
        return self.env["ir.model.fields"]._get(model, name).id


class TestForgery(MarketersCase):
    def assertHonest(self, campaign):
        self.assertEqual((campaign.state, campaign.user_id), ("draft", self.marketer))
        self.assertFalse(campaign.launched_at or campaign.launched_on)

    def test_defaults_of_the_context(self):
        forged = self.Marketers.with_context(
            default_state="running", default_user_id=self.boss.id,
            default_launched_at="2020-01-01 00:00:00", default_launched_on="2020-01-01",
        )  # fmt: skip
        self.assertHonest(forged.create(self.values))

    def test_defaults_of_the_user(self):
        defaults = self.env["ir.default"]
        defaults.set("cx.campaign", "state", "running", user_id=self.marketer.id)
        defaults.set("cx.campaign", "user_id", self.boss.id, user_id=self.marketer.id)
        self.assertHonest(self.Marketers.create(self.values))

    def test_values(self):
        for name, value in ("state", "running"), ("user_id", self.boss.id):
            with self.subTest(name), self.assertRaises(AccessError):
                self.Marketers.create({**self.values, name: value})


class TestAuthorOfSteps(MarketersCase):
    def test_whoever_writes_what_runs_is_the_author(self):
        tag = self.env["res.partner.category"].create({"name": "Woken"})
        role = self.env["cx.buyer.role"].search([], limit=1)
        for values in (
            {"domain": "[('name', 'like', 'A')]"},
            {"tag_ids": [Command.set(tag.ids)]},
            {"tag_change": "remove"},
            {"recipient": "role", "role_id": role.id},
            {"date_field_id": self.date("cx.customer", "last_purchase_on")},
        ):
            with self.subTest(values):
                campaign = self.of_boss()
                campaign.step_ids.with_user(self.marketer).write(values)
                self.assertEqual(campaign.user_id, self.marketer)

    def test_a_new_step(self):
        campaign = self.of_boss()
        campaign.with_user(self.marketer).step_ids = [
            Command.create(
                {"name": "Call", "kind": "activity", "activity_type_id": self.call_type.id}
            )
        ]
        self.assertEqual(campaign.user_id, self.marketer)

    def test_words_change_no_author(self):
        campaign = self.of_boss()
        campaign.step_ids.with_user(self.marketer).write({"name": "Ring", "delay": 3})
        self.assertEqual(campaign.user_id, self.boss)


class TestTopicOfCompany(MarketersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.topic = cls.env["cx.topic"].create({"name": "Offers"})

    def test_of_the_campaign(self):
        self.topic.company_id = self.elsewhere
        with self.assertRaisesRegex(ValidationError, "Offers belongs to Elsewhere"):
            self.campaign(topic_id=self.topic.id)
        campaign = self.campaign(topic_id=self.topic.id, company_id=self.elsewhere.id)
        with self.assertRaisesRegex(ValidationError, "Offers belongs to Elsewhere"):
            campaign.company_id = self.company

    def test_of_the_topic(self):
        self.campaign(topic_id=self.topic.id).active = False
        with self.assertRaisesRegex(ValidationError, "Wake up"):
            self.topic.company_id = self.elsewhere
        self.topic.company_id = self.company


class TestArchive(MarketersCase):
    def test_only_what_is_over(self):
        campaign = self.launched()
        for _state in "running", "paused":
            with self.subTest(campaign.state), self.assertRaisesRegex(UserError, "finish it"):
                campaign.with_user(self.marketer).action_archive()
            campaign.action_pause()
        campaign.action_finish()
        campaign.with_user(self.marketer).action_archive()
        self.assertFalse(campaign.active)


class TestReplies(MailCase):
    def test_a_reply_cannot_both_end_and_go_on(self):
        campaign = self.campaign(steps=[])
        mail = self.mail(campaign=campaign, name="Mail")
        call = self.step(campaign, mail, name="Call", trigger="replied")
        blocks = lambda: [  # noqa: E731
            check.step for check in campaign._launch_checks() if check.field == "Trigger"
        ]
        self.assertEqual(blocks(), [call])
        campaign.stop_reply = False
        self.assertEqual(blocks(), [])


class TestCopy(MarketersCase):
    def test_a_marketer_copies(self):
        for user in self.marketer, self.boss:
            with self.subTest(user.login):
                campaign = self.campaign()
                step = self.step(campaign, campaign.step_ids, kind="mail", name="Mail")
                self.env["mailing.mailing"].create(
                    {"cx_step_id": step.id, "cx_lang": "en_US", "subject": "We miss you"}
                )
                campaign.user_id = user
                copy = campaign.with_user(self.marketer).copy()
                self.assertEqual((copy.state, copy.user_id), ("draft", self.marketer))
                self.assertEqual(copy.step_ids.mapped("name"), ["Activity", "Mail"])
                self.assertEqual(copy.step_ids.mailing_ids.mapped("subject"), ["We miss you"])
                self.assertEqual(campaign.user_id, user)


class TestAuthorGone(MarketersCase):
    def setUp(self):
        super().setUp()
        self.buy(self.partner("Ada"), *DORMANT)
        self.mine = self.of_boss()
        self.mine._launch()

    def assertPaused(self, words):
        self.Campaign._cron_campaigns()
        self.assertEqual((self.mine.state, self.mine.run_count), ("paused", 0))
        self.assertIn(words, self.mine.problem)
        self.assertIn(words, self.mine.message_ids[0].body)

    def test_still_there(self):
        self.assertIs(self.mine._author_problem(), False)
        self.Campaign._cron_campaigns()
        self.assertEqual((self.mine.state, self.mine.run_count), ("running", 1))

    def test_archived(self):
        self.boss.active = False
        self.assertPaused("was archived")
        # the remedy it names
        mine = self.mine.with_user(self.marketer)
        draft = self.Campaign.with_user(self.marketer).browse(mine.action_edit()["res_id"])
        action = draft.action_publish()
        dialog = self.env[action["res_model"]].with_user(self.marketer).browse(action["res_id"])
        self.assertIn("with your rights", dialog.takes_over)
        dialog.action_publish()
        self.mine.action_resume()
        self.Campaign._cron_campaigns()
        self.assertEqual((self.mine.state, self.mine.run_count), ("running", 1))

    def test_without_the_role(self):
        self.boss.group_ids = [Command.unlink(self.env.ref(MARKETER).id)]
        self.assertPaused("no marketer")

    def test_out_of_the_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.boss.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertPaused("does not work for")

    def test_a_date_that_the_author_may_not_read(self):
        self.patch(
            self.registry["cx.customer"]._fields["dormant_on"], "groups", "base.group_system"
        )
        self.mine.step_ids.date_field_id = self.date("cx.customer", "dormant_on")
        self.assertPaused("may not read")


class TestSteps(MarketersCase):
    def test_launched_ones_stay_what_they_are(self):
        campaign, other = self.launched(), self.campaign()
        step = campaign.step_ids.with_user(self.marketer)
        for values in {"kind": "wait"}, {"campaign_id": other.id}:
            with self.subTest(values), self.assertRaisesRegex(UserError, "Edit…|add another one"):
                step.write(values)
        step.write({"kind": "activity", "campaign_id": campaign.id, "name": "Same"})
        other.step_ids.kind = "wait"

    def test_those_that_follow_are_looked_at_too(self):
        campaign, other = self.campaign(), self.campaign()
        call = campaign.step_ids
        self.step(campaign, call, name="Next", trigger="activity_done")
        with self.assertRaisesRegex(ValidationError, "Choose another trigger"):
            call.kind = "wait"
        with self.assertRaisesRegex(ValidationError, "same campaign"):
            call.campaign_id = other

    def test_dates(self):
        campaign = self.campaign()
        self.patch(
            self.registry["cx.customer"]._fields["dormant_on"], "groups", "base.group_system"
        )
        for model, name, words in (
            ("res.users", "write_date", "stored date"),
            ("res.partner", "name", "stored date"),
            ("cx.customer", "dormant_on", "may not read"),
        ):
            for record in campaign, campaign.step_ids:
                what = f"{record._name} {model}.{name}"
                with self.subTest(what), self.assertRaisesRegex(ValidationError, words):
                    record.with_user(self.marketer).date_field_id = self.date(model, name)
        campaign.step_ids.with_user(self.marketer).date_field_id = self.date(
            "cx.customer", "last_purchase_on"
        )
