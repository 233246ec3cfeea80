"""Campaigns begin from a gallery, which says what came of each; copies and archives work."""

from model.campaigns import CampaignCase

from odoo.exceptions import UserError
from odoo.tests import new_test_user

STATES = ("draft", "running", "paused", "finished")


class TestGallery(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "gallery_marketer", "cx_lifecycle.group_marketer")
        cls.preset = cls.env.ref("cx_lifecycle_mail.campaign_preset_wake_dormant")
        for number in range(3):
            contact = cls.partner(f"P{number}", email=f"p{number}@example.com")
            cls.buy(contact, 340, 280, 220, 160)

    def used(self):
        action = self.preset.with_user(self.user).action_use()
        return self.Campaign.browse(action["res_id"])

    def figures(self, user=None):
        preset = self.preset.with_user(user or self.user)
        preset.invalidate_recordset()
        return {name: preset[f"{name}_count"]
                for name in ("campaign", "participant", "sent", "bought")}  # fmt: skip

    def acted(self, campaign):
        """Three participants: one bought, one is under way, one is held out; a mail was sent."""
        campaign.holdout_share = 0
        campaign._launch()
        campaign._enter(members="both")
        runs = campaign.run_ids
        self.assertEqual(len(runs), 3)
        runs[0]._stop("bought")
        runs[1].act_ids.filtered(lambda act: act.kind == "mail")[:1].state = "done"
        runs[2].act_ids.unlink()
        runs[2].arm = "held_out"

    def test_what_came_of_it(self):
        self.assertEqual(set(self.figures().values()), {0})
        campaign = self.used()
        self.assertEqual(campaign.preset, self.preset.code)
        copy = campaign.copy()
        self.assertEqual(copy.preset, self.preset.code)
        self.acted(campaign)
        copy.active = False
        told = {"campaign": 2, "participant": 2, "sent": 1, "bought": 1}
        self.assertEqual(self.figures(), told)

    def test_every_number_opens_the_list_it_counts(self):
        self.acted(self.used())
        preset = self.preset.with_user(self.user)
        for name, number in self.figures().items():
            action = (
                preset.action_campaigns() if name == "campaign" else preset.action_figures(name)
            )
            model = self.env[action["res_model"]].with_user(self.user)
            found = model.with_context(**action["context"]).search_count(action["domain"])
            self.assertEqual(found, number, name)

    def test_other_companies_do_not_count(self):
        self.acted(self.used())
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "gallery_stranger", "cx_lifecycle.group_marketer",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        self.assertEqual(set(self.figures(stranger).values()), {0})

    def test_many_presets_cost_as_few_queries_as_one(self):
        self.used()
        presets = self.env["cx.campaign.preset"].search([])
        for some in (presets[0], presets):
            some.mapped("code")
            self.env.invalidate_all()
            some.mapped("code")
            self.env.flush_all()
            with self.assertQueryCount(5):
                some.mapped("campaign_count")

    def test_steps_in_words(self):
        for preset in self.env["cx.campaign.preset"].search([]):
            for line in preset.step_ids:
                self.assertIn(line.name, preset.steps_text)
            self.assertNotIn("another step", preset.steps_text)
        self.assertIn("E-mail", self.preset.steps_text)
        self.assertIn("after entry", self.preset.steps_text)


class TestListMenu(CampaignCase):
    def setUp(self):
        super().setUp()
        self.user = new_test_user(self.env, "list_marketer", "cx_lifecycle.group_marketer")
        steps = [{"name": "First"}]
        self.campaigns = self.Campaign
        for state in STATES:
            campaign = self.campaign(name=state.title(), steps=steps, exclusive=False)
            self.step(campaign, campaign.step_ids, name="Second", kind="wait", delay=2)
            if state != "draft":
                campaign._launch()
            if state == "paused":
                campaign.action_pause()
            if state == "finished":
                campaign.action_finish()
            self.campaigns |= campaign
        self.assertEqual(tuple(self.campaigns.mapped("state")), STATES)

    def test_each_can_be_duplicated(self):
        copies = self.campaigns.with_user(self.user).copy()
        for campaign, copy in zip(self.campaigns, copies, strict=True):
            self.assertEqual(copy.state, "draft")
            self.assertFalse(copy.launched_at or copy.paused_at or copy.resumed_at)
            self.assertEqual(copy.user_id, self.user)
            self.assertEqual(copy.step_ids.mapped("name"), campaign.step_ids.mapped("name"))
            self.assertEqual(copy.step_ids[1].parent_id, copy.step_ids[0])
            self.assertIn(campaign.name, copy.name)

    def test_what_goes_on_is_not_archived(self):
        for campaign in self.campaigns.with_user(self.user):
            if campaign.state in ("running", "paused"):
                with self.assertRaisesRegex(UserError, f"{campaign.name} still has participants"):
                    campaign.action_archive()
            else:
                campaign.action_archive()
                self.assertFalse(campaign.active)
                campaign.action_unarchive()
                self.assertTrue(campaign.active)

    def test_of_many_the_one_that_goes_on_is_named(self):
        with self.assertRaisesRegex(UserError, "Running still has participants"):
            self.campaigns.with_user(self.user).action_archive()
        self.assertEqual(self.campaigns.mapped("active"), [True] * 4)

    def test_the_kind_of_a_step_stays_once_launched(self):
        form = self.env["cx.campaign.step"].get_view(
            self.env.ref("cx_lifecycle_mail.view_campaign_step_form").id, "form"
        )["arch"]
        self.assertRegex(form, r'name="kind"[^>]*readonly="act_count or frozen"')
        for campaign in self.campaigns:
            step = campaign.step_ids[1].with_user(self.user)
            self.assertEqual(step.frozen, campaign.state != "draft")
            if campaign.state == "draft":
                step.kind = "stop"
            else:
                with self.assertRaisesRegex(UserError, "Kind: "):
                    step.kind = "stop"
