"""Who publishes a version, by whose rights it goes on, and in which words it differs."""

from model.test_campaign_versions import MARKETER, VersionCase

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user


class TestWhoPublishes(VersionCase):
    def test_two_publish_the_same_draft(self):
        campaign = self.two_mails()
        draft = self.draft(campaign)
        draft.max_days = 60
        mine = self.dialog(draft)
        theirs = self.dialog(draft, self.second)
        mine.action_publish()
        with self.assertRaisesRegex(UserError, "version 2 is in force"):
            theirs.action_publish()
        self.assertEqual(campaign.version_number, 2)

    def test_what_was_changed_after_it_was_looked_at_is_not_published(self):
        campaign = self.two_mails()
        draft = self.draft(campaign)
        draft.max_days = 60
        wizard = self.dialog(draft)
        self.env.flush_all()
        self.env.cr.execute("UPDATE mailing_mailing SET write_date = write_date + interval '1 s'"
                            " WHERE cx_step_id IN %s", [tuple(draft.step_ids.ids)])  # fmt: skip
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "was changed since"):
            wizard.action_publish()
        self.assertEqual(campaign.version_number, 1)

    def test_the_launch_checks_hold(self):
        campaign = self.two_mails()
        draft = self.draft(campaign)
        self.named(draft, "Second").mailing_ids.unlink()
        wizard = self.dialog(draft)
        self.assertEqual(wizard.blocks, 1)
        line = wizard.line_ids.filtered(lambda line: line.level == "block")
        self.assertEqual(line.action_fix()["res_id"], self.named(draft, "Second").id)
        with self.assertRaisesRegex(UserError, "Nothing is written yet"):
            wizard.action_publish()
        self.assertEqual(campaign.version_number, 1)

    def test_what_was_decided_at_the_launch_is_not_asked_again(self):
        campaign = self.two_mails(members="present", holdout_share=0)
        draft = self.draft(campaign)
        draft.max_days = 60
        wizard = self.dialog(draft)
        self.assertNotIn("Held Out", wizard.line_ids.mapped("field"))
        self.assertFalse(wizard.blocks)  # although nobody else will enter
        wizard.action_publish()
        self.assertEqual(campaign.version_number, 2)

    def test_domains_are_looked_at_with_the_publishers_rights(self):
        campaign = self.two_mails()
        self.assertEqual(campaign.user_id, self.marketer)
        draft = self.draft(campaign)
        draft.domain = "[('email', '!=', False)]"
        self.dialog(draft, self.second).action_publish()
        self.assertEqual(campaign._as_author("res.partner").env.user, self.second)
        self.second.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        self.assertTrue(campaign._author_problem())

    def test_reps_and_other_companies_do_not(self):
        campaign = self.two_mails()
        draft = self.draft(campaign)
        with self.assertRaises(AccessError):
            campaign.with_user(self.rep).action_edit()
        for act in ("action_publish", "action_discard"):
            with self.assertRaises(AccessError):
                getattr(draft.with_user(self.rep), act)()
        with self.assertRaises(AccessError):
            campaign.version_ids.with_user(self.rep).read(["definition"])
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = new_test_user(self.env, "versions_foreign", MARKETER, company_id=company.id,
                                company_ids=[Command.set(company.ids)])  # fmt: skip
        for act in (
            lambda: campaign.with_user(foreign).action_edit(),
            lambda: draft.with_user(foreign).action_publish(),
            lambda: draft.with_user(foreign).action_discard(),
            lambda: campaign.version_ids.with_user(foreign).read(["definition"]),
        ):
            with self.assertRaises(AccessError):
                act()
        wizard = self.dialog(draft)
        with self.assertRaises(AccessError):
            wizard.with_user(self.second).action_publish()

    def test_the_dialog_shows_and_publishes_no_other_draft(self):
        campaign = self.two_mails()
        wizard = self.dialog(self.draft(campaign))
        other = self.two_mails()
        wizard.draft_id = other
        with self.assertRaisesRegex(UserError, "Nothing was published"):
            wizard.action_publish()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.mailing(launch=False, company_id=company.id, topic_id=False)
        for forged in ({"draft_id": foreign.id}, {"campaign_id": foreign.id}):
            for name in ("difference", "plan"):
                wizard = self.dialog(self.draft(campaign))
                wizard.write(forged)
                wizard.invalidate_recordset()
                if (name, *forged) == ("plan", "draft_id"):
                    continue  # it is about the people of the campaign
                with self.subTest(name, **forged), self.assertRaises(AccessError):
                    wizard.read([name])

    def test_a_paused_campaign_is_changed_and_stays_paused(self):
        campaign = self.two_mails()
        campaign.action_pause()
        self.published(campaign, Second="Again 2")
        self.assertEqual((campaign.state, campaign.version_number), ("paused", 2))

    def test_a_campaign_that_finished_meanwhile_is_not_changed(self):
        campaign = self.two_mails()
        draft = self.draft(campaign)
        draft.max_days = 60
        wizard = self.dialog(draft)
        campaign.action_finish()
        with self.assertRaisesRegex(UserError, "finished"):
            wizard.action_publish()


class TestDifference(VersionCase):
    def test_every_kind_of_change_in_words(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        campaign = self.two_mails()
        draft = self.draft(campaign)
        draft.write({"max_days": 60, "stop_deal": True, "domain": "[('id', '>', 0)]",
                     "from_stage_ids": [Command.set(self.stage("active").ids)]})  # fmt: skip
        first, second = draft.step_ids
        first.mailing_ids.write({"body_arch": "<p>Hello dear {{ person.name }}</p>",
                                 "body_html": "<p>Hello dear {{ person.name }}</p>"})  # fmt: skip
        self.content(first, "Bonjour", "fr_FR")
        second.write({"delay": 5, "domain": "[('id', '>', 1)]", "name": "Reminder"})
        second.mailing_ids.subject = "Once more"
        self.step(draft.sudo(), kind="wait", name="Breath")
        table = self.dialog(draft).difference
        for words in (
            "from now on", "for everybody at once", "Longest Duration", "90", "60",
            "Has an Open Deal",
            "Coming From", "Active", "everybody", "Hello <ins>dear</ins> {{ person.name }}",
            "Contents (French / Français)", "Bonjour", "3 days after “First”",
            "5 days after “First”", "Step “Reminder”", "<del>Second</del> <ins>Reminder</ins>",
            "<del>Again 1</del> <ins>Once more</ins>", "Condition", "Step “Breath”, Wait (new)",
        ):  # fmt: skip
            self.assertIn(words, table)
        self.assertNotIn("Held Out", table)

    def test_what_people_write_is_shown_as_text(self):
        campaign = self.two_mails()
        draft = self.draft(campaign)
        draft.step_ids[1].write({"name": "<script>x</script>"})
        draft.domain = "[('name', '!=', '<b>')]"
        table = self.dialog(draft).difference
        self.assertNotIn("<script>", table)
        self.assertNotIn("<b>", table)

    def test_layout_alone_is_told_too(self):
        campaign = self.two_mails()
        draft = self.draft(campaign)
        body = '<p style="color: red">Hello {{ person.name }}</p>'
        draft.step_ids[0].mailing_ids.write({"body_arch": body, "body_html": body})
        self.assertIn("The same words", self.dialog(draft).difference)
