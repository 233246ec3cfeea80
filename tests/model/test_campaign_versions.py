"""A launched campaign is changed in a draft and published: who is inside, comes, is done."""

from ast import literal_eval

from model.test_campaign_mail import DORMANT, MailCase

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

MARKETER = "cx_lifecycle.group_marketer"


class VersionCase(MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("web.base.url", "https://shop.example.com")
        cls.marketer = new_test_user(cls.env, "versions_marketer", MARKETER, email="m@example.com")
        cls.second = new_test_user(cls.env, "versions_second", MARKETER, email="s@example.com")
        cls.rep = new_test_user(cls.env, "versions_rep", "sales_team.group_sale_salesman")

    def two_mails(self, **values):
        """A launched campaign: a mail on entry, another three days later; Ada is inside."""
        campaign = self.campaign(steps=[], email_from="care@example.com", **values)
        campaign.user_id = self.marketer
        first = self.mail(campaign=campaign, subject="Hello 1", name="First")
        self.mail(first, campaign, subject="Again 1", name="Second", delay=3)
        campaign._launch()
        self.work()
        return campaign.with_user(self.marketer)

    def draft(self, campaign, user=None):
        action = campaign.with_user(user or self.marketer).action_edit()
        return self.env["cx.campaign"].with_user(user or self.marketer).browse(action["res_id"])

    def named(self, campaign, name):
        return campaign.step_ids.filtered(lambda step: step.name == name)

    def dialog(self, draft, user=None, move_to=None):
        action = draft.with_user(user or self.marketer).action_publish()
        wizard = self.env[action["res_model"]].with_user(user or self.marketer)
        wizard = wizard.browse(action["res_id"])
        if move_to:
            wizard.write({"people": "move", "step_id": move_to.id})
        return wizard

    def published(self, campaign, move_to=None, **subjects):
        """Publish other subjects: ``First="Hello 2"``; the people move to a step by its name."""
        draft = self.draft(campaign)
        for name, subject in subjects.items():
            self.named(draft, name).mailing_ids.subject = subject
        step = self.named(draft, move_to) if move_to else None
        self.dialog(draft, move_to=step).action_publish()
        campaign.invalidate_recordset()
        return campaign

    def enters(self, name):
        """One more who is dormant."""
        customer = self.buy(self.partner(name, email=f"{name.lower()}@example.com"), *DORMANT)
        self.work()
        return customer

    def runs_of(self, customer):
        return self.Run.search([("customer_id", "=", customer.id)])

    def got(self, name="ada"):
        """The subjects of what somebody got, in order."""
        return [
            entry["headers"]["Subject"]
            for entry in self.taken()
            if entry["recipient"] == f"{name}@example.com"
        ]


class TestFrozen(VersionCase):
    def test_a_launch_freezes_the_first_version(self):
        campaign = self.two_mails()
        [version] = campaign.version_ids
        self.assertEqual((campaign.version_number, version.number), (1, 1))
        self.assertEqual(version.user_id, self.env.user)
        self.assertEqual(version.published_at, campaign.launched_at)
        self.assertFalse(version.difference)
        frozen = version.definition
        self.assertEqual(frozen, campaign._definition())
        self.assertEqual(frozen["campaign"]["stage_id"]["id"], self.stage("dormant").id)
        first, second = frozen["steps"]
        self.assertEqual((first["after"], second["after"]), (None, first["key"]))
        self.assertEqual(second["values"]["delay"], 3)
        self.assertIn("Hello {{ person.name }}", first["contents"]["en_US"]["body_html"])
        self.assertEqual(campaign.run_ids.version_number, 1)

    def test_nothing_that_was_published_is_written(self):
        campaign = self.two_mails()
        other = {
            "entry": "in_stage", "stage_id": self.stage("lost").id, "stage_days": 2,
            "from_stage_ids": [Command.set(self.stage("new").ids)], "quiet_by": "rarity",
            "quiet_days": 3, "date_days": 1, "stop_sign": True,
            "warning_kind_ids": [Command.set(self.env.ref("cx_lifecycle.warning_bad_score").ids)],
             "domain": "[('id', '>', 0)]", "members": "future",
            "date_field_id": self.env.ref("base.field_res_partner__create_date").id,
            "cooldown_days": 3, "exclusive": False, "legal_basis": "service",
            "stop_purchase": False, "stop_stage": True, "stop_reply": False, "stop_hold": False,
            "stop_lost": False,
            "stop_deal": True, "end_on": "2099-12-31", "max_days": 3, "sender": "fixed",
            "email_from": "x@example.com", "mail_server_id": self.server.id,
            "topic_id": self.env["cx.topic"].create({"name": "T"}).id, "holdout_share": 0.2,
            "result_days": 30, "sample_share": 0.5, "touchpoint_days": 9,
            "touchpoint_interaction_ids": [Command.set(self.env["cx.interaction"].search([]).ids)],
            "touchpoint_channel_ids": [Command.set(self.env["cx.channel"].search([]).ids)],
        }  # fmt: skip
        self.assertEqual(set(other), set(campaign._definition()["campaign"]))
        for name, value in other.items():
            label = campaign._fields[name]._description_string(self.env)
            with self.subTest(name), self.assertRaisesRegex(UserError, "Edit…") as refused:
                campaign.write({name: value})
            self.assertTrue(str(refused.exception).startswith(f"{label}: "))
        # what is there already may be sent along
        campaign.write({"name": "Other name", "sequence": 3, "max_days": campaign.max_days,
                        "from_stage_ids": [Command.set([])]})  # fmt: skip

    def test_no_step_is_written_added_or_removed(self):
        campaign = self.two_mails()
        first, second = campaign.step_ids
        other = {
            "trigger": "opened", "delay": 9, "delay_unit": "weeks", "date_days": 1,
            "date_field_id": self.env.ref("base.field_res_partner__create_date").id,
            "weekday": "1", "hour": "9", "validity": 2, "domain": "[('id', '>', 0)]",
            "recipient": "role", "role_id": self.env.ref("cx_lifecycle.role_buyer").id,
            "activity_type_id": self.call_type.id, "activity_days": 2, "assignee": "user",
            "assignee_id": self.caller.id, "tag_change": "remove", "parent_id": False,
            "tag_ids": [Command.set(self.env["res.partner.category"].create({"name": "T"}).ids)],
            "activity_summary": "Call", "activity_note": "<p>Now</p>",
            "survey_id": self.env.ref("cx_lifecycle_mail.survey_hot").id,
            "action_id": self.env["ir.actions.server"].search([], limit=1).id,
        }  # fmt: skip
        for name, value in other.items():
            with self.subTest(name), self.assertRaisesRegex(UserError, "Edit…"):
                second.write({name: value})
        with self.assertRaisesRegex(UserError, "Kind"):
            second.write({"kind": "wait"})
        with self.assertRaisesRegex(UserError, "Edit…"):
            self.env["cx.campaign.step"].with_user(self.marketer).create(
                {"campaign_id": campaign.id, "name": "Third", "kind": "wait"}
            )
        with self.assertRaisesRegex(UserError, "button Remove"):
            second.unlink()
        with self.assertRaisesRegex(UserError, "Edit…"):
            second.update_field_translations("activity_summary", {"en_US": "Call"})
        second.update_field_translations("name", {"en_US": "Reminder"})
        first.write({"sequence": 99})
        self.assertEqual(second.name, "Reminder")

    def test_no_content_is_written_added_or_removed(self):
        campaign = self.two_mails()
        content = campaign.step_ids[0].mailing_ids
        self.assertTrue(content.cx_frozen)
        for name in ("subject", "preview", "body_arch", "body_html", "email_from", "reply_to"):
            with self.subTest(name), self.assertRaisesRegex(UserError, "Edit…"):
                content.write({name: "<p>other@example.com</p>"})
        with self.assertRaisesRegex(UserError, "Edit…"):
            content.unlink()
        self.env["res.lang"]._activate_lang("fr_FR")
        with self.assertRaisesRegex(UserError, "Edit…"):
            content.create({"cx_step_id": campaign.step_ids[0].id, "cx_lang": "fr_FR"})
        with self.assertRaisesRegex(UserError, "Edit…"):
            content.action_archive()
        content.favorite = True  # what is Odoo's own is not what people get

    def test_nobody_forges_a_version(self):
        campaign = self.two_mails()
        draft = self.draft(campaign)
        for vals in ({"version_number": 9}, {"draft_of_id": False}):
            with self.assertRaises(AccessError):
                draft.write(vals)
        step = draft.step_ids[0]
        for name in ("lineage", "version_number", "last_version", "past"):
            with self.assertRaises(AccessError):
                step.write({name: 7})
            with self.assertRaises(AccessError):
                step.create({"campaign_id": draft.id, "name": "X", "kind": "wait", name: 7})
        version = campaign.version_ids
        for act in (lambda: version.write({"note": "x"}), version.unlink, version.copy):
            with self.assertRaises(AccessError):
                act()

    def test_a_finished_campaign_stays_as_it_was(self):
        campaign = self.two_mails()
        campaign.action_finish()
        with self.assertRaisesRegex(UserError, "finished"):
            campaign.write({"max_days": 3})
        with self.assertRaisesRegex(UserError, "finished"):
            campaign.action_edit()

    def test_removing_a_step_at_once_is_a_version_too(self):
        campaign = self.two_mails()
        second = self.named(campaign, "Second")
        action = second.action_remove()
        self.env[action["res_model"]].with_user(self.marketer).create(
            {"step_id": second.id}
        ).action_remove()
        self.assertEqual(campaign.version_number, 2)
        version = campaign.version_ids[0]
        self.assertEqual(version.user_id, self.marketer)
        self.assertIn("Second", version.note)
        self.assertIn("(removed)", version.difference)
        with self.assertRaisesRegex(UserError, "Edit…"):
            second.action_unarchive()
        self.later(days=3)
        self.assertEqual(self.got(), ["Hello 1"])
        self.assertEqual(self.runs_of(self.enters("Bob")).version_number, 2)

    def test_removing_a_step_at_once_ends_it_in_every_version(self):
        """Who goes by a former version does not get what was removed for those inside."""
        campaign = self.two_mails()
        self.published(campaign, Second="Again 2")
        self.enters("Bob")
        second = self.named(campaign, "Second")
        wizard = self.env["cx.campaign.step.remove"].with_user(self.marketer)
        wizard = wizard.create({"step_id": second.id})
        self.assertEqual((wizard.steps, wizard.waiting, wizard.done), (1, 2, 0))
        wizard.action_remove()
        self.later(days=3)
        self.assertEqual((self.got(), self.got("bob")), (["Hello 1"], ["Hello 1"]))
        self.assertEqual(campaign.step_ids.mapped("name"), ["First"])


class TestDraft(VersionCase):
    def test_the_draft_says_what_the_campaign_says_and_is_one(self):
        campaign = self.two_mails(end_on="2099-12-31")
        draft = self.draft(campaign)
        self.assertEqual(draft.draft_of_id, campaign)
        self.assertEqual(draft._definition(), campaign._definition())
        self.assertEqual(draft.utm_campaign_id, campaign.utm_campaign_id)
        self.assertEqual(self.draft(campaign, self.second), draft)
        self.assertEqual(campaign.draft_id, draft)
        self.assertFalse(self.dialog(draft).difference)

    def test_it_does_nothing_by_itself_and_is_not_listed(self):
        campaign = self.two_mails()
        draft = self.draft(campaign)
        self.assertEqual(draft.action_launch()["res_model"], "cx.campaign.publish")
        with self.assertRaisesRegex(UserError, "publish it instead"):
            draft._launch()
        action = self.env["ir.actions.act_window"]._for_xml_id("cx_lifecycle_mail.action_campaigns")
        listed = self.env["cx.campaign"].search(literal_eval(action["domain"]))
        self.assertIn(campaign, listed)
        self.assertNotIn(draft, listed)
        for name, value in {"members": "future", "holdout_share": 0.5, "name": "X"}.items():
            with self.assertRaisesRegex(UserError, "whatever its version"):
                draft.write({name: value})

    def test_its_audience_is_that_of_the_campaign(self):
        campaign = self.two_mails(cooldown_days=30)
        draft = self.draft(campaign)
        # Ada takes part already, for this very cause
        self.assertEqual(draft._audience("both"), campaign._audience("both"))
        self.assertEqual(draft._audience("both")["audience"], 0)

    def test_what_was_launched_before_there_were_versions_gets_its_first(self):
        campaign = self.two_mails()
        campaign.sudo().version_ids.unlink()
        campaign.sudo().version_number = 0
        self.published(campaign, Second="Again 2")
        self.assertEqual(campaign.version_ids.mapped("number"), [2, 1])
        self.later(days=3)
        self.assertEqual(self.got(), ["Hello 1", "Again 1"])

    def test_a_discarded_draft_leaves_nothing_behind(self):
        campaign = self.two_mails()
        models = ("cx.campaign", "cx.campaign.step", "mailing.mailing", "utm.campaign",
                  "cx.campaign.version")  # fmt: skip
        before = {model: self.env[model].with_context(active_test=False).search_count([])
                  for model in models}  # fmt: skip
        draft = self.draft(campaign)
        self.assertGreater(self.env["mailing.mailing"].search_count([]), before["mailing.mailing"])
        self.assertEqual(draft.action_discard()["res_id"], campaign.id)
        after = {model: self.env[model].with_context(active_test=False).search_count([])
                 for model in models}  # fmt: skip
        self.assertEqual(after, before)
        self.assertEqual(campaign.version_number, 1)
        self.later(days=3)
        self.assertEqual(self.got(), ["Hello 1", "Again 1"])

    def test_a_copy_of_a_draft_is_a_campaign_of_its_own(self):
        copy = self.draft(self.two_mails()).copy()
        self.assertFalse(copy.draft_of_id)
        self.assertFalse(any(copy.step_ids.mapped("lineage")))
        self.assertTrue(copy.utm_campaign_id)


class TestPublish(VersionCase):
    def test_who_is_inside_finishes_and_who_comes_gets_the_new(self):
        campaign = self.two_mails()
        self.published(campaign, First="Hello 2", Second="Again 2")
        self.enters("Bob")
        self.later(days=3)
        self.assertEqual(self.got(), ["Hello 1", "Again 1"])
        self.assertEqual(self.got("bob"), ["Hello 2", "Again 2"])
        self.assertEqual(sorted(campaign.run_ids.mapped("version_number")), [1, 2])
        self.assertEqual(campaign.run_count, 2)
        self.assertEqual(campaign.done_count, 4)
        self.assertEqual(len(campaign.step_ids), 2)
        self.assertReconciled(campaign.sudo())
        former = self.env["cx.campaign.step"].search(
            [("campaign_id", "=", campaign.id), ("past", "=", True)], order="id"
        )
        self.assertEqual(former.mapped("display_name"), ["First (version 1)", "Second (version 1)"])

    def test_a_step_of_before_that_somebody_opens_still_leads_on(self):
        campaign = self.campaign(steps=[], email_from="care@example.com", stop_reply=False)
        first = self.mail(campaign=campaign, subject="Hello 1", name="First")
        self.mail(first, campaign, subject="Thanks 1", name="Second", trigger="opened")
        campaign._launch()
        self.work()
        self.published(campaign.with_user(self.marketer), Second="Thanks 2")
        campaign.run_ids.act_ids.trace_id.set_opened()
        self.work()
        self.assertEqual(self.got(), ["Hello 1", "Thanks 1"])

    def test_people_moved_get_the_step_once_and_nothing_of_the_old(self):
        campaign = self.two_mails()
        draft = self.draft(campaign)
        third = self.mail(campaign=draft.sudo(), subject="Third 2", name="Third")
        follower = self.mail(third, draft.sudo(), subject="Fourth 2", name="Fourth", delay=1)
        wizard = self.dialog(draft, move_to=third)
        self.assertEqual(wizard.inside, 1)
        self.assertIn("Go on with “Third”, on entry, counted from now: 1.", wizard.plan)
        self.assertIn("dropped, with the reason: 1.", wizard.plan)
        wizard.action_publish()
        run = campaign.run_ids
        self.assertEqual(run.version_number, 2)
        self.assertEqual(
            self.acts(campaign.sudo()),
            [("First", "done", False), ("Second", "skipped", "moved"), ("Third", "waiting", False)],
        )
        self.work()
        self.later(days=5)
        self.later(days=5)
        self.assertEqual(self.got(), ["Hello 1", "Third 2", "Fourth 2"])
        self.assertEqual(run.act_ids.step_id & follower, follower)
        self.assertEqual((run.state, run.reason), ("finished", "completed"))
        self.assertReconciled(campaign.sudo())

    def test_an_old_mail_that_is_opened_after_the_move_leads_nowhere(self):
        campaign = self.campaign(steps=[], email_from="care@example.com")
        first = self.mail(campaign=campaign, subject="Hello 1", name="First")
        self.mail(first, campaign, subject="Thanks 1", name="Second", trigger="opened")
        campaign._launch()
        self.work()
        campaign = campaign.with_user(self.marketer)
        draft = self.draft(campaign)
        wait = self.step(draft.sudo(), kind="wait", name="Wait", delay=2)
        self.dialog(draft, move_to=wait).action_publish()
        campaign.sudo().run_ids.act_ids.trace_id.set_opened()
        self.work()
        self.assertEqual(self.acts(campaign.sudo()), [("First", "done", False),
                                                      ("Wait", "waiting", False)])  # fmt: skip
        self.later(days=2)
        self.assertEqual(campaign.run_ids.reason, "completed")
        self.assertEqual(self.got(), ["Hello 1"])

    def test_what_slipped_through_between_two_versions_is_not_sent(self):
        """A mail that was just recorded may let grow what a move did not see yet."""
        campaign = self.two_mails()
        waiting = campaign.sudo().run_ids.act_ids.filtered(lambda act: act.state == "waiting")
        draft = self.draft(campaign)
        wait = self.step(draft.sudo(), kind="wait", name="Wait", delay=20)
        self.dialog(draft, move_to=wait).action_publish()
        waiting.write({"state": "waiting", "reason": False, "done_at": False})
        self.later(days=3)
        self.assertEqual((waiting.state, waiting.reason), ("skipped", "moved"))
        self.assertEqual(self.got(), ["Hello 1"])

    def test_what_left_while_people_moved_does_not_leave_twice(self):
        """A mail that came about and left after the move had looked is not seen by it."""
        campaign = self.two_mails()
        act = campaign.sudo().run_ids.act_ids.filtered(lambda act: act.state == "waiting")
        draft = self.draft(campaign)
        self.dialog(draft, move_to=self.named(draft, "Second")).action_publish()
        act.write({"state": "done", "reason": False})
        self.later(days=3)
        self.assertEqual(self.got(), ["Hello 1"])
        again = campaign.sudo().run_ids.act_ids.filtered(lambda act: act.version_number == 2)
        self.assertEqual((again.state, again.reason), ("skipped", "moved"))

    def test_whoever_got_the_step_is_not_moved_to_it(self):
        campaign = self.two_mails()
        held = self.enters("Bob")
        self.enters("Cleo")
        self.env.cr.execute("UPDATE cx_campaign_run SET arm = 'held_out' WHERE customer_id = %s",
                            [held.id])  # fmt: skip
        self.env.cr.execute("DELETE FROM cx_campaign_act WHERE customer_id = %s", [held.id])
        self.env.invalidate_all()
        self.assertEqual(self.got("cleo"), ["Hello 1"])
        draft = self.draft(campaign)
        self.named(draft, "First").mailing_ids.subject = "Hello 2"
        wizard = self.dialog(draft, move_to=self.named(draft, "First"))
        self.assertIn("counted from now: 0.", wizard.plan)
        self.assertIn("done this step before, and finish what they began: 2.", wizard.plan)
        self.assertIn("Held out, nothing is done for them: 1.", wizard.plan)
        wizard.action_publish()
        self.work()
        self.later(days=3)
        self.assertEqual(self.got("ada"), ["Hello 1", "Again 1"])
        self.assertEqual(self.got("bob"), ["Hello 1"])  # before it was held out, in this test
        self.assertFalse(self.runs_of(held).act_ids)

    def test_finished_people_never_come_back(self):
        campaign = self.two_mails()
        self.later(days=3)
        run = campaign.run_ids
        self.work()
        self.assertEqual(run.state, "finished")
        entered = run.ended_at
        draft = self.draft(campaign)
        third = self.step(draft.sudo(), kind="wait", name="Third")
        draft.write({"cooldown_days": 0, "domain": "[('id', '>', 0)]"})
        wizard = self.dialog(draft, move_to=third)
        self.assertFalse(wizard.inside)
        wizard.action_publish()
        self.work()
        self.later(days=30)
        self.assertEqual(campaign.run_ids, run)
        self.assertEqual((run.state, run.ended_at), ("finished", entered))
        self.assertEqual(len(run.act_ids), 2)

    def test_a_third_version_over_people_of_the_first(self):
        campaign = self.two_mails()
        self.published(campaign, Second="Again 2")
        self.published(campaign, Second="Again 3")
        self.assertEqual(campaign.version_number, 3)
        self.later(days=3)
        self.assertEqual(self.got(), ["Hello 1", "Again 1"])
        checks = campaign.sudo().run_ids._explain()
        self.assertEqual(len([c for c in checks if c.code.startswith("act_")]), 2)

    def test_the_address_of_two_customers_gets_a_step_once_whatever_the_version(self):
        campaign = self.two_mails()
        self.later(days=3)
        self.published(campaign, First="Hello 2")
        self.buy(self.partner("Twin", email="ada@example.com"), *DORMANT)
        self.work()
        self.assertEqual(self.got(), ["Hello 1", "Again 1"])

    def test_author_note_date_and_numbers_of_each_version(self):
        campaign = self.two_mails()
        draft = self.draft(campaign)
        draft.max_days = 60
        wizard = self.dialog(draft, self.second)
        wizard.note = "Shorter"
        wizard.action_publish()
        campaign.invalidate_recordset()
        version = campaign.version_ids[0]
        self.assertEqual(
            (version.number, version.user_id, version.note), (2, self.second, "Shorter")
        )
        self.assertEqual(campaign.user_id, self.second)
        self.assertIn("Longest Duration", version.difference)
        self.assertIn("Version 2 published", campaign.message_ids[0].body)
        self.enters("Bob")
        self.assertEqual(campaign.version_ids.mapped("run_count"), [1, 1])
        rows = self.env["cx.campaign.run"].search(version.action_participants()["domain"])
        self.assertEqual(rows.customer_id.partner_id.name, "Bob")
        self.assertEqual(version.action_compare()["res_id"], version.id)

    def test_campaign_values_hold_at_once(self):
        campaign = self.two_mails(stop_purchase=False)
        draft = self.draft(campaign)
        draft.stop_purchase = True
        self.dialog(draft).action_publish()
        self.buy(self.contact, 0)
        self.assertEqual(campaign.run_ids.reason, "bought")


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
            wizard = self.dialog(self.draft(campaign))
            with self.subTest(**forged), self.assertRaises(AccessError):
                wizard.write(forged)

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
