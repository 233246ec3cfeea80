"""What differs between two versions of a campaign, as people read it."""

from model.test_campaign_versions import VersionCase

from odoo import Command


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
