"""The screens of campaigns: every number opens its list, nothing starts or goes unasked."""

from lxml import etree
from model.common import TODAY, LifecycleCase, ago

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

STATES = ["waiting", "claimed", "sending", "done", "uncertain", "refused", "skipped", "failed"]
VIEWS = {
    "cx.campaign": ["list", "kanban", "form", "search"],
    "cx.campaign.step": ["form"],
    "cx.campaign.run": ["list", "kanban", "form", "pivot", "graph", "search"],
    "cx.campaign.act": ["list", "form", "pivot", "graph", "search"],
}


class CampaignScreensCase(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "screens_marketer", "cx_lifecycle.group_marketer")
        cls.rep = new_test_user(cls.env, "screens_rep", "sales_team.group_sale_salesman")
        cls.other = new_test_user(cls.env, "screens_other", "sales_team.group_sale_salesman")
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.campaign = cls.env["cx.campaign"].with_user(cls.marketer).create(
            {
                "name": "Wake",
                "entry": "becomes",
                "stage_id": cls.env.ref("cx_lifecycle.stage_dormant").id,
                "email_from": "care@example.com",
            }
        )  # fmt: skip
        cls.first = cls.step("Call", activity_type_id=cls.call.id, assignee_id=cls.rep.id)
        cls.second = cls.after(cls.first, "Wait", kind="wait")
        cls.third = cls.after(cls.second, "Again", kind="wait", delay=3)

    @classmethod
    def step(cls, name, **values):
        steps = cls.env["cx.campaign.step"].with_user(cls.marketer)
        return steps.create(
            {"campaign_id": cls.campaign.id, "name": name, "kind": "activity", **values}
        )

    @classmethod
    def after(cls, parent, name, **values):
        return cls.step(name, parent_id=parent.id, **{"trigger": "done", **values})

    @classmethod
    def mail(cls, name="Mail", body="<p>Hello</p>", languages=("en_US", "fr_FR"), **values):
        """A step that sends, written in some languages."""
        step = cls.step(name, **{"kind": "mail", **values})
        for lang in languages:
            cls.env["mailing.mailing"].create(
                {
                    "subject": f"{name} {lang}", "cx_step_id": step.id, "cx_lang": lang,
                    "body_arch": body, "body_html": body,
                    "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                }
            )  # fmt: skip
        return step

    def running(self, campaign=None):
        """As if it had been launched, without the machine."""
        campaign = campaign or self.campaign
        campaign.sudo().write({"state": "running", "launched_at": fields.Datetime.now()})
        return campaign

    def participant(self, user=None, arm="treated", **values):
        partner = self.partner("Somebody", user_id=(user or self.rep).id)
        customer = self.buy(partner, 3)
        return self.env["cx.campaign.run"].create(
            {
                "campaign_id": self.campaign.id, "customer_id": customer.id, "arm": arm,
                "company_id": self.company.id, "entry_key": f"request:{customer.id}",
                "state": "running", "entered_at": fields.Datetime.now(), "ends_on": ago(-90),
                **values,
            }
        )  # fmt: skip

    def act(self, run, step, state="waiting", **values):
        now = fields.Datetime.now()
        return self.env["cx.campaign.act"].create(
            {
                "run_id": run.id, "step_id": step.id, "campaign_id": run.campaign_id.id,
                "customer_id": run.customer_id.id, "company_id": run.company_id.id,
                "kind": step.kind, "state": state, "not_before": now, "due_at": now,
                "expires_at": fields.Datetime.add(now, days=7), **values,
            }
        )  # fmt: skip

    def rows(self, action, user):
        """How many rows the list of an action has for a user."""
        model = self.env[action["res_model"]].with_user(user)
        return model.search_count(action["domain"])

    def mine(self, record):
        return record.with_user(self.marketer)


class TestNumbers(CampaignScreensCase):
    def setUp(self):
        super().setUp()
        self.running()
        for number, state in enumerate(STATES):
            for _ in range(number + 1):  # no two states have the same number
                self.act(self.participant(), self.first, state)
        self.act(self.participant(self.other), self.first, "done")
        self.participant(arm="held_out")
        self.participant(self.other, arm="held_out")

    def test_every_number_opens_the_list_it_counts(self):
        # who is held out is for marketers to see
        for user, held_out in ((self.marketer, 2), (self.rep, 0)):
            campaign = self.campaign.with_user(user)
            campaign.invalidate_recordset()
            numbers = {
                "run_count": campaign.action_participants(),
                "held_out_count": campaign.action_participants("held_out"),
                "done_count": campaign.action_acts("done"),
                "waiting_count": campaign.action_acts("waiting"),
                "not_done_count": campaign.action_acts("not_done"),
                "uncertain_count": campaign.action_acts("uncertain"),
            }
            for field, action in numbers.items():
                with self.subTest(user=user.login, field=field):
                    self.assertEqual(campaign[field], self.rows(action, user))
                    if field != "held_out_count":
                        self.assertGreater(campaign[field], 0)
            self.assertEqual(campaign.held_out_count, held_out)

    def test_numbers_of_acts_add_up(self):
        campaign = self.campaign
        counts = ("done_count", "waiting_count", "not_done_count", "uncertain_count")
        self.assertEqual(
            sum(campaign[name] for name in counts), self.rows(campaign.action_acts(), self.marketer)
        )

    def test_numbers_of_a_step_open_its_list(self):
        self.act(self.participant(), self.second, "done")
        step = self.mine(self.first)
        self.assertEqual(step.act_count, self.rows(step.action_acts(), self.marketer))
        for number in ("done", "waiting", "not_done", "uncertain"):
            found = self.rows(step.action_acts(number), self.marketer)
            self.assertEqual(step[f"{number}_count"], found, number)
        self.assertEqual(self.mine(self.second).act_count, 1)

    def test_questions_before_a_change_name_the_waiting(self):
        for change in ("pause", "resume", "finish"):
            action = getattr(self.campaign, f"action_ask_{change}")()
            wizard = Form(
                self.env[action["res_model"]].with_user(self.marketer).with_context(
                    **action["context"]
                )
            ).save()  # fmt: skip
            waiting = self.rows(wizard.action_show(), self.marketer)
            self.assertEqual(wizard.waiting, waiting)
            self.assertIn(str(waiting), wizard.text)
            self.assertIn(str(wizard.running), wizard.text)
        wizard.change = "pause"
        wizard.action_apply()
        self.assertEqual(self.campaign.state, "paused")
        wizard.change = "resume"
        wizard.action_apply()
        self.assertEqual(self.campaign.state, "running")
        wizard.change = "finish"
        wizard.action_apply()
        self.assertEqual(self.campaign.state, "finished")
        self.assertFalse(self.rows(self.campaign.action_acts("waiting"), self.marketer) - 3)


class TestWords(CampaignScreensCase):
    def test_place_and_time_of_steps(self):
        other = self.step("Other", sequence=20, activity_type_id=self.call.id)
        steps = self.first | self.second | self.third | other
        self.assertEqual(steps.mapped("number"), ["1", "1.1", "1.1.1", "2"])
        self.assertEqual(
            steps.mapped("when_text"),
            ["on entry", "right after “Call”", "3 days after “Wait”", "on entry"],
        )

    def test_every_trigger_has_words_with_and_without_delay(self):
        step = self.mail()
        last = self.after(step, "Last", kind="wait")
        for trigger, _label in self.env["cx.campaign.step"]._fields["trigger"].selection:
            for delay in (0, 1, 2):
                last.update({"delay": delay, "delay_unit": "weeks"})
                words = last.new({"parent_id": step.id, "trigger": trigger, "name": "x",
                                  "delay": delay, "delay_unit": "weeks"}).when_text  # fmt: skip
                self.assertTrue(words, trigger)
                self.assertNotIn("%", words)
                self.assertEqual("2 weeks" in words, delay == 2, words)
                self.assertEqual("1 week" in words and "weeks" not in words, delay == 1, words)
                if trigger != "entry":
                    self.assertIn("Mail", words)

    def test_limits_are_said(self):
        field = self.env["ir.model.fields"]._get("cx.customer", "dormant_on")
        self.third.write({"weekday": "0", "hour": "9", "date_field_id": field.id, "date_days": -2})
        for part in ("on Monday", "from 09:00", "2 days ahead of: " + field.field_description):
            self.assertIn(part, self.third.when_text)

    def test_what_a_step_has_to_say(self):
        mail, empty = self.mail(languages=("fr_FR",)), self.mail("Empty", languages=())
        self.assertIn("French", mail.content_text)
        self.assertEqual(empty.content_text, "Nothing written yet")
        self.assertEqual(self.first.content_text, self.call.name)

    def test_a_new_step_finds_its_place_in_the_dialog(self):
        form = Form(self.mine(self.env["cx.campaign.step"]).with_context(
            **self.campaign.action_add_step()["context"]))  # fmt: skip
        self.assertEqual(form.trigger, "entry")
        form.trigger = "done"
        form.parent_id = self.first
        form.trigger = "entry"
        self.assertFalse(form.parent_id)
        action = self.first.action_add_after()
        form = Form(self.mine(self.env["cx.campaign.step"]).with_context(**action["context"]))
        self.assertEqual((form.parent_id, form.trigger), (self.first, "done"))
        form.name = "Next"
        form.kind = "wait"
        self.assertEqual(form.save().number, "1.2")

    def test_contents_open_in_the_editor_one_for_each_language(self):
        step = self.mail(languages=("en_US",))
        action = step.action_add_content()
        self.assertEqual(action["res_model"], "mailing.mailing")
        form = Form(
            self.mine(self.env["mailing.mailing"]).with_context(**action["context"]),
            "mass_mailing.view_mail_mass_mailing_form",
        )
        self.assertEqual(form.cx_lang, "fr_FR")
        content = form.save()
        self.assertEqual(content.cx_step_id, step)
        self.assertFalse(
            self.env["res.partner"].search_count(content._get_recipients_domain()),
            "sent otherwise than by the campaign, it reaches nobody",
        )
        with self.assertRaisesRegex(UserError, "every language"):
            step.action_add_content()
        content.action_cx_remove()
        self.assertEqual(step.mailing_ids.mapped("cx_lang"), ["en_US"])
        self.act(self.participant(), step, "done", mailing_id=step.mailing_ids.id)
        with self.assertRaisesRegex(UserError, "Contents"):
            step.mailing_ids.action_cx_remove()

    def test_a_count_lasts_until_who_enters_is_changed(self):
        figures = {"audience": 9, "enter": 5, "held_out": 1, "excluded": {"blacklisted": 4}}
        self.patch(type(self.campaign), "_audience", lambda *_: figures)
        self.campaign.action_count()
        self.assertEqual(self.campaign.audience, figures)
        cells = [
            [cell.text for cell in row]
            for row in etree.fromstring(self.campaign.audience_text).iter("tr")
        ]
        self.assertEqual(
            [number for _label, number in cells],
            ["9", "−4", "5", "1", "4"],
        )
        self.assertEqual(cells[1][0], "On the block list")
        self.campaign.name = "Other"
        self.assertTrue(self.campaign.audience)
        self.campaign.stage_days = 3
        self.assertFalse(self.campaign.audience)
        self.assertFalse(self.campaign.audience_text)

    def test_every_number_of_the_audience_opens_the_list_it_counts(self):
        for name in ("Ada", "Bea", "Cleo", "Dora"):
            self.buy(self.partner(name, email=f"{name}@example.com"), *range(100, 400, 30))
        blocked = self.buy(self.partner("Eva"), *range(100, 400, 30))
        blocked.hold(self.campaign.stage_id, ago(-30), "Knows better")
        self.campaign.write({"holdout_share": 0.5})
        lines = self.env["cx.campaign.audience.line"].with_user(self.marketer)
        lines = lines.search(self.campaign.action_audience()["domain"])
        numbers = {line.code: line.count for line in lines}
        self.assertGreaterEqual(numbers["audience"], 5)
        self.assertGreaterEqual(numbers["held"], 1)
        self.assertEqual(numbers["enter"], numbers["treated"] + numbers["held_out"])
        for line in lines:
            self.assertEqual(self.rows(line.action_show(), self.marketer), line.count, line.code)
            self.assertTrue(line.label)
        with self.assertRaisesRegex(UserError, "campaign again"):
            self.Customer.search([("campaign_audience", "=", "1; drop")])


class TestLaunch(CampaignScreensCase):
    def setUp(self):
        super().setUp()
        params = self.env["ir.config_parameter"]
        params.set_param("web.base.url", "https://shop.example.com")
        self.env["ir.mail_server"].create({"name": "Ours", "smtp_host": "smtp.example.com"})

    def dialog(self):
        action = self.campaign.action_launch()
        return self.env[action["res_model"]].with_user(self.marketer).browse(action["res_id"])

    def found(self, level):
        """(step, field) of what the dialog says of a level."""
        lines = self.dialog().line_ids.filtered(lambda line: line.level == level)
        return {(line.step_id.name, line.field) for line in lines}

    def assertBlocks(self, *expected):
        self.assertEqual(self.found("block"), set(expected))
        dialog = self.dialog()
        if not expected:
            self.assertFalse(dialog.blocks)
            return
        with self.assertRaisesRegex(UserError, expected[0][1]):
            dialog.action_launch()
        self.assertEqual(self.campaign.state, "draft")

    def test_what_is_complete_is_launched_by_the_dialog(self):
        self.mail()
        dialog = self.dialog()
        self.assertFalse(dialog.line_ids)
        self.assertIn("First: Call", dialog.summary)
        self.assertIn("Nobody enters at the launch", dialog.summary)
        self.assertIn("20:00", dialog.summary)
        self.assertEqual(dialog.action_launch()["tag"], "display_notification")
        self.assertEqual(self.campaign.state, "running")
        with self.assertRaisesRegex(UserError, "already"):
            self.campaign.action_launch()
        with self.assertRaisesRegex(UserError, "already"):
            dialog.action_launch()

    def test_the_dialog_says_how_many_and_when(self):
        figures = {"audience": 9, "enter": 5, "held_out": 1, "excluded": {"blacklisted": 4}}
        self.patch(type(self.campaign), "_audience", lambda *_: figures)
        self.campaign.members = "both"
        self.first.delay = 2
        dialog = self.dialog()
        self.assertEqual((dialog.enter, dialog.held_out), (5, 1))
        self.assertIn("5 customers enter", dialog.summary)
        self.assertIn("1 of them", dialog.summary)
        self.assertIn("2 days after entry. Not before", dialog.summary)
        self.assertIn("On the block list", dialog.audience_text)

    def test_the_real_count_is_shown(self):
        for _ in range(3):
            self.buy(self.partner(), *range(100, 400, 30))
        self.refresh(self.env["res.partner"].search([]), TODAY)
        self.campaign.write({"members": "present", "holdout_share": 0.0})
        dialog = self.dialog()
        dormant = self.Customer.search_count([("stage_id", "=", self.campaign.stage_id.id)])
        self.assertGreaterEqual(dormant, 3)
        self.assertEqual(dialog.audience["audience"], dormant)
        self.assertEqual(
            dialog.audience["audience"], dialog.enter + sum(dialog.audience["excluded"].values())
        )

    def test_a_campaign_without_steps(self):
        (self.third | self.second | self.first).unlink()
        self.assertBlocks((False, "Steps"))

    def test_mails_without_content(self):
        self.mail("Silent", languages=())
        self.mail("Blank", body="<p><br/></p>")
        self.assertBlocks(("Silent", "Contents"), ("Blank", "Contents"))

    def test_activities_without_assignee(self):
        self.step("Somebody", activity_type_id=self.call.id, assignee="user")
        gone = new_test_user(self.env, "screens_gone", "sales_team.group_sale_salesman")
        self.step("Gone", activity_type_id=self.call.id, assignee_id=gone.id)
        gone.active = False
        self.step("Perhaps", activity_type_id=self.call.id)
        self.assertBlocks(("Somebody", "Person"), ("Gone", "Person"))
        self.assertEqual(self.found("ask"), {("Perhaps", "Person")})

    def test_mails_without_sender_or_server(self):
        self.campaign.email_from = False
        self.assertBlocks()
        self.mail()
        self.assertBlocks((False, "Fixed Address"))
        self.campaign.email_from = "care"
        self.assertBlocks((False, "Fixed Address"))
        self.campaign.email_from = "Care <care@example.com>"
        self.assertEqual(self.found("ask"), set())
        self.env["ir.config_parameter"].set_param("web.base.url", "http://shop.example.com")
        self.env["ir.mail_server"].search([]).active = False
        dialog = self.dialog()
        self.assertEqual((dialog.blocks, dialog.asks), (0, 2))
        self.campaign.sudo().mail_server_id = (
            self.env["ir.mail_server"].with_context(active_test=False).search([], limit=1)
        )
        self.assertBlocks((False, "Mail Server"))

    def test_an_author_who_left(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.marketer.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        admin = self.env.ref("base.user_admin")
        action = self.campaign.with_user(admin).action_launch()
        dialog = self.env["cx.campaign.launch"].with_user(admin).browse(action["res_id"])
        self.assertEqual(dialog.line_ids.filtered(lambda li: li.level == "block").field, "Author")
        with self.assertRaises(UserError):
            dialog.action_launch()
        self.campaign.with_user(admin).domain = "[('active', '=', True)]"
        action = self.campaign.with_user(admin).action_launch()
        dialog = self.env["cx.campaign.launch"].with_user(admin).browse(action["res_id"])
        self.assertFalse(dialog.blocks)

    def test_what_would_concern_nobody_ever(self):
        self.campaign.write({"members": "present", "domain": "[('id', '=', 0)]"})
        self.assertBlocks((False, "At Launch"))
        self.campaign.write({"members": "both", "end_on": ago(1)})
        self.assertBlocks((False, "Ends On"))

    def test_what_asks_only(self):
        self.mail(languages=("en_US",))
        self.campaign.holdout_share = 0
        dialog = self.dialog()
        self.assertEqual(
            {(line.step_id.name, line.field) for line in dialog.line_ids},
            {("Mail", "Contents"), (False, "Held Out")},
        )
        self.assertEqual((dialog.blocks, dialog.asks), (0, 2))
        self.assertIn("French", "".join(dialog.line_ids.mapped("text")))
        fix = dialog.line_ids.filtered("step_id").action_fix()
        self.assertEqual(fix["res_model"], "cx.campaign.step")
        self.assertEqual(fix["res_id"], dialog.line_ids.step_id.id)
        dialog.action_launch()
        self.assertEqual(self.campaign.state, "running")

    def test_a_withdrawn_action(self):
        action = self.env["ir.actions.server"].create(
            {"name": "Flag", "model_id": self.env["ir.model"]._get_id("res.partner"),
             "state": "code", "code": "pass", "cx_released": True}
        )  # fmt: skip
        self.step("Flag", kind="action", action_id=action.id)
        self.assertBlocks()
        action.code = "record"
        self.assertBlocks(("Flag", "Action"))

    def test_what_was_changed_meanwhile_is_looked_at_again(self):
        dialog = self.dialog()
        self.env.cr.execute(
            "UPDATE cx_campaign_step SET write_date = write_date + interval '1 second'"
            " WHERE id = %s", [self.third.id],
        )  # fmt: skip
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "changed since"):
            dialog.action_launch()
        self.assertEqual(self.campaign.state, "draft")
        self.dialog().action_launch()


class TestStepRemoval(CampaignScreensCase):
    def ask(self, step):
        action = self.mine(step).action_remove()
        wizards = self.env[action["res_model"]].with_user(self.marketer)
        return wizards.with_context(**action["context"]).create({})

    def test_in_a_draft_a_step_goes_with_what_follows_it(self):
        with self.assertRaisesRegex(UserError, "2 others follow"):
            self.first.unlink()
        wizard = self.ask(self.second)
        self.assertEqual((wizard.steps, wizard.waiting, wizard.done), (2, 0, 0))
        self.assertEqual(wizard.text, "Removes 2 steps: this one and those that follow it.")
        wizard.action_remove()
        self.assertFalse((self.second | self.third).exists())
        self.first.unlink()
        self.assertFalse(self.campaign.step_ids)

    def test_once_launched_what_waits_ends_with_the_reason(self):
        self.running()
        done = self.act(self.participant(), self.second, "done")
        waiting = self.act(done.run_id, self.third)
        waiting |= self.act(self.participant(), self.second)
        claimed = self.act(self.participant(), self.second, "claimed", claim="worker")
        leaving = self.act(self.participant(), self.second, "sending")
        untouched = self.act(self.participant(), self.first)
        with self.assertRaisesRegex(UserError, "3 messages and activities"):
            self.mine(self.second).unlink()
        with self.assertRaisesRegex(UserError, "3 messages and activities"):
            self.mine(self.second).active = False
        fourth = self.after(self.third, "Never", kind="wait")
        wizard = self.ask(self.second)
        self.assertEqual((wizard.steps, wizard.waiting, wizard.done), (3, 3, 2))
        self.assertEqual(self.rows(wizard.action_show(), self.marketer), 3)
        self.assertEqual(self.rows(wizard.action_show_done(), self.marketer), 2)
        for words in ("3 steps", "3 messages", "2 were done"):
            self.assertIn(words, wizard.text)
        wizard.action_remove()
        for act in waiting | claimed:
            self.assertEqual((act.state, act.reason), ("skipped", "step_removed"))
            self.assertTrue(act.done_at)
            self.assertFalse(act.claim)
        self.assertEqual((done.state, leaving.state, untouched.state),
                         ("done", "sending", "waiting"))  # fmt: skip
        self.assertFalse(fourth.exists(), "it never acted")
        self.assertEqual((self.second | self.third).mapped("active"), [False, False])
        self.assertTrue(self.first.active)
        self.assertEqual(self.campaign.step_ids, self.first)

    def test_an_rpc_does_not_get_around_the_question(self):
        self.running()
        with self.assertRaisesRegex(UserError, "button Remove"):
            self.mine(self.third).unlink()
        with self.assertRaisesRegex(UserError, "button Remove"):
            self.mine(self.campaign).write({"step_ids": [Command.delete(self.third.id)]})
        self.assertTrue(self.third.exists())


class TestRights(CampaignScreensCase):
    def test_all_views_open_for_both_roles(self):
        for user in (self.marketer, self.rep):
            for model, kinds in VIEWS.items():
                for kind in kinds:
                    self.assertTrue(self.env[model].with_user(user).get_view(view_type=kind))

    def test_a_rep_reads_campaigns_and_own_participants_without_buttons(self):
        self.running()
        mine, theirs = self.participant(), self.participant(self.other)
        self.act(mine, self.first)
        campaign = self.campaign.with_user(self.rep)
        form = Form(campaign)
        self.assertEqual(form.run_count, 1)
        runs = self.env["cx.campaign.run"].with_user(self.rep)
        self.assertEqual(runs.search([("campaign_id", "=", campaign.id)]), mine)
        self.assertEqual(Form(mine.with_user(self.rep)).arm, "treated")
        with self.assertRaises(AccessError):
            theirs.with_user(self.rep).read(["arm"])
        arch = etree.fromstring(campaign.get_view(view_type="form")["arch"])
        self.assertFalse(arch.xpath("//header//button"))
        shown = {button.get("name") for button in arch.iter("button")}
        self.assertEqual(shown, {"action_participants", "action_acts", "action_why"})
        for name in ("action_launch", "action_count", "action_ask_finish"):
            with self.assertRaises(AccessError):
                getattr(campaign, name)()
        with self.assertRaises(AccessError):
            self.first.with_user(self.rep).action_remove()
        with self.assertRaises(AccessError):
            self.env["cx.campaign.step.remove"].with_user(self.rep).create(
                {"step_id": self.first.id}
            )
        menus = self.env["ir.ui.menu"]
        campaigns = self.env.ref("cx_lifecycle_mail.menu_campaigns").id
        self.assertNotIn(campaigns, menus.with_user(self.rep)._visible_menu_ids())
        self.assertIn(campaigns, menus.with_user(self.marketer)._visible_menu_ids())

    def test_what_is_kept_cannot_be_written_on_the_screen(self):
        for model in ("cx.campaign.run", "cx.campaign.act"):
            for kind in ("list", "form", "kanban"):
                if kind in VIEWS[model]:
                    view = self.env[model].get_view(view_type=kind)
                    arch = etree.fromstring(view["arch"])
                    for right in ("create", "edit", "delete"):
                        self.assertIn(arch.get(right), ("0", "False", "false"), (model, kind))

    def test_a_marketer_finds_all_there_is_to_choose(self):
        """Every field of the forms has a list that the marketer may read."""
        for model in ("cx.campaign", "cx.campaign.step"):
            view = self.env[model].with_user(self.marketer).get_view(view_type="form")
            arch = etree.fromstring(view["arch"])
            names = {node.get("name") for node in arch.xpath("//field[not(ancestor::field)]")}
            for name in names & set(self.env[model]._fields):
                field = self.env[model]._fields[name]
                if field.type in ("many2one", "many2many") and not field.readonly:
                    with self.subTest(model=model, field=name):
                        self.env[field.comodel_name].with_user(self.marketer).name_search("")

    def test_contacts_open(self):
        run = self.participant()
        act = self.act(run, self.first)
        for record in (run, act):
            action = record.with_user(self.rep).action_open_partner()
            self.assertEqual((action["res_model"], action["res_id"]),
                             ("res.partner", run.customer_id.partner_id.id))  # fmt: skip

    def test_each_state_and_reason_can_be_found(self):
        for model, states in (("cx.campaign.act", set(STATES)),
                              ("cx.campaign.run", {"running", "finished", "stopped"})):  # fmt: skip
            arch = etree.fromstring(self.env[model].get_view(view_type="search")["arch"])
            text = " ".join(node.get("domain") or "" for node in arch.iter("filter"))
            self.assertFalse([state for state in states if f"'{state}'" not in text])
            panel = [node.get("name") for node in arch.xpath("//searchpanel/field")]
            self.assertEqual(panel, ["state", "reason"])


class TestAdministration(CampaignScreensCase):
    def action(self, **values):
        return self.env["ir.actions.server"].create(
            {"name": "Flag", "model_id": self.env["ir.model"]._get_id("res.partner"),
             "state": "code", "code": "pass", **values}
        )  # fmt: skip

    def test_only_an_administrator_releases_actions(self):
        action = self.action()
        for user in (self.marketer, self.rep):
            for record in (action.with_user(user), action.with_user(user).sudo()):
                with self.assertRaises(AccessError):
                    record.cx_released = True
            with self.assertRaises(AccessError):
                action.with_user(user).sudo().with_context(default_cx_released=True).create(
                    {"name": "Trick", "model_id": action.model_id.id, "state": "code"}
                )
        admin = new_test_user(self.env, "screens_admin", "base.group_system")
        action.with_user(admin).cx_released = True
        self.assertTrue(action.cx_released)
        self.assertFalse(action.copy().cx_released)

    def test_any_change_withdraws_the_release_of_the_whole(self):
        part = self.action(name="Part")
        whole = self.action(name="Whole", state="multi", child_ids=[Command.set(part.ids)])
        whole.cx_released = True
        part.name = "Other name"
        self.assertTrue(whole.cx_released)
        part.code = "record"
        self.assertFalse(whole.cx_released)
        whole.cx_released = True
        self.action(name="More", parent_id=whole.id)
        self.assertFalse(whole.cx_released)
        whole.cx_released = True
        part.unlink()
        self.assertFalse(whole.cx_released)

    def test_a_marketer_sees_released_actions_only_and_no_code(self):
        hidden, shown = self.action(), self.action(cx_released=True)
        actions = self.env["ir.actions.server"].with_user(self.marketer)
        self.assertEqual(actions.search([("id", "in", (hidden | shown).ids)]), shown)
        with self.assertRaises(AccessError):
            actions.browse(shown.id).read(["code"])
        with self.assertRaises(AccessError):
            actions.browse(shown.id).name = "Mine"
        admin = new_test_user(self.env, "screens_both",
                              "base.group_system,cx_lifecycle.group_marketer")  # fmt: skip
        self.assertTrue(hidden.with_user(admin).read(["code"]))

    def test_the_pause_of_a_mail_server_ends_at_the_button(self):
        server = self.env["ir.mail_server"].create({"name": "Ours", "smtp_host": "smtp"})
        server.write({"cx_paused_until": fields.Datetime.add(fields.Datetime.now(), hours=1),
                      "cx_pauses": 3, "cx_pause_reason": "421"})  # fmt: skip
        server.action_cx_end_pause()
        self.assertEqual((server.cx_paused_until, server.cx_pauses, server.cx_pause_reason),
                         (False, 0, False))  # fmt: skip
        with self.assertRaises(AccessError):
            server.with_user(self.marketer).action_cx_end_pause()

    def test_settings_are_the_companys(self):
        values = {
            "cx_mail_cap": 3, "cx_mail_cap_days": 10, "cx_call_cap": 2, "cx_call_cap_days": 14,
            "cx_quiet_from": 21.5, "cx_quiet_to": 7.0, "cx_holdout_share": 0.05,
            "cx_calendar_id": self.company.resource_calendar_id,
        }  # fmt: skip
        with Form(self.env["res.config.settings"]) as form:
            for name, value in values.items():
                form[name] = value
        form.record.execute()
        for name, value in values.items():
            self.assertEqual(self.company[name], value, name)
