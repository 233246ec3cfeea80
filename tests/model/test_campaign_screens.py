"""The screens of campaigns: every number opens its list, nothing starts or goes unasked."""

from lxml import etree
from model.common import ago
from model.screens import CampaignScreensCase

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from odoo.addons.cx_lifecycle_mail.engine import holdout

STATES = ["waiting", "claimed", "sending", "done", "uncertain", "refused", "skipped", "failed"]
VIEWS = {
    "cx.campaign": ["list", "kanban", "form", "search"],
    "cx.campaign.step": ["form"],
    "cx.campaign.run": ["list", "kanban", "form", "pivot", "graph", "search"],
    "cx.campaign.act": ["list", "form", "pivot", "graph", "search"],
}


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
            self.assertEqual(campaign.held_out_count, held_out, "reps do not see them")
            self.assertEqual(campaign.run_count, 39 if held_out else 36)

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
        self.assertEqual(content.subject, step.name)
        self.assertEqual(content.campaign_id, self.campaign.utm_campaign_id)
        self.assertFalse(
            self.env[content.mailing_model_real].search_count(content._get_recipients_domain()),
            "sent otherwise than by the campaign, it reaches nobody",
        )
        with self.assertRaisesRegex(UserError, "every language"):
            step.action_add_content()
        content.action_cx_remove()
        self.assertEqual(step.mailing_ids.mapped("cx_lang"), ["en_US"])
        self.act(self.participant(), step, "done", mailing_id=step.mailing_ids.id)
        with self.assertRaisesRegex(UserError, "archive it, their figures stay"):
            step.mailing_ids.action_cx_remove()

    def test_a_count_lasts_until_who_enters_is_changed(self):
        figures = {"audience": 9, "enter": 5, "held_out": 1, "excluded": {"blacklisted": 4}}
        self.patch(type(self.campaign), "_audience", lambda *_: figures)
        answer = self.campaign.audience_now({})
        self.assertEqual(self.campaign.audience, figures)
        self.assertEqual([line["count"] for line in answer["lines"]], [9, 4, 5, 1, 4])
        self.assertEqual(answer["lines"][1]["label"], "On the block list")
        self.campaign.name = "Other"
        self.assertTrue(self.campaign.audience)
        self.campaign.stage_days = 3
        self.assertFalse(self.campaign.audience)
        self.campaign.audience_now({"stage_days": 9})
        self.assertFalse(self.campaign.audience, "of what is not saved, nothing is kept")

    def test_what_is_not_saved_is_counted_as_if_it_were(self):
        for name in ("Ada", "Bea", "Cleo"):
            self.buy(self.partner(name, email=f"{name}@example.com"), *range(100, 400, 30))
        held = self.buy(self.partner("Held"), *range(100, 400, 30))
        held.hold(self.campaign.stage_id, ago(-30), "Knows better")
        campaign = self.campaign.with_user(self.marketer)
        active = self.env.ref("cx_lifecycle.stage_active")
        for changes in (
            {"domain": "[('name', 'in', ('Ada', 'Bea'))]"},
            {"stop_hold": False},
            {"stage_id": active.id},
            {"stage_days": 30},
            {"from_stage_ids": [(4, active.id)]},
            {"holdout_share": 0.9},
            {"entry": "going_quiet", "quiet_by": "days", "quiet_days": 5},
        ):
            with self.subTest(changes):
                before = campaign.read(["domain", "stage_id", "user_id", "audience", "write_date"])
                preview = campaign.audience_now(changes)
                campaign.invalidate_recordset()
                self.assertEqual(campaign.read(list(before[0])), before, "nothing is kept")
                with self.env.cr.savepoint() as savepoint:
                    campaign.write(changes)
                    self.assertEqual(preview, campaign.audience_now({}))
                    savepoint.rollback()
                self.env.invalidate_all()

    def test_a_form_that_cannot_be_counted_says_why(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        campaign = self.campaign.with_user(self.marketer)
        for changes, text in (
            ({"domain": "[('nothing', '=', 1)]"}, "Only Customers"),
            ({"domain": "__import__('os')"}, "Only Customers"),
            ({"stage_id": False}, "Stage"),
            ({"entry": "anniversary"}, "Date"),
            ({"entry": "going_quiet", "company_id": False}, "Company"),
            ({"company_id": elsewhere.id}, "Companies"),
        ):
            with self.subTest(changes):
                self.assertIn(text, campaign.audience_now(changes)["problem"])
        with self.assertRaises(AccessError):
            self.campaign.with_user(self.rep).audience_now({})

    def test_every_number_of_the_audience_opens_the_list_it_counts(self):
        people = [
            self.buy(self.partner(name, email=f"{name}@example.com"), *range(100, 400, 30))
            for name in ("Ada", "Bea", "Cleo", "Dora")
        ]
        blocked = self.buy(self.partner("Eva"), *range(100, 400, 30))
        blocked.hold(self.campaign.stage_id, ago(-30), "Knows better")
        # the draw follows numbers of records: a share that leaves two of these four out
        salt = f"campaign:{self.campaign.id}"
        drawn = sorted(holdout.position(salt, who.partner_id.id) for who in people)
        self.campaign.write({"holdout_share": min((drawn[1] + drawn[2]) / 2, 0.9)})
        campaign = self.campaign.with_user(self.marketer)
        lines = campaign.audience_now({})["lines"]
        numbers = {line["code"]: line["count"] for line in lines}
        self.assertGreaterEqual(numbers["audience"], 5)
        self.assertGreaterEqual(numbers["held"], 1)
        self.assertEqual(numbers["enter"], numbers["treated"] + numbers["held_out"])
        for line in lines:
            action = campaign.action_audience_line(line["code"])
            self.assertEqual(self.rows(action, self.marketer), line["count"], line)
            self.assertTrue(line["label"])
        for text in ("1; drop", "² both", f"{10**20} both", " both"):
            with self.assertRaisesRegex(UserError, "campaign again"):
                self.Customer.search([("campaign_audience", "=", text)])
        with self.assertRaises(AccessError):  # who is held out is none of their business
            self.Customer.with_user(self.rep).search(
                [("campaign_audience", "=", f"{self.campaign.id} both held_out")]
            )


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
        fourth = self.after(self.third, "Never", kind="wait")
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
        self.env.invalidate_all()
        self.assertEqual(self.second.with_user(self.rep).number, "1.1")
        self.assertEqual(Form(self.first.with_user(self.rep)).when_text, "on entry")
        runs = self.env["cx.campaign.run"].with_user(self.rep)
        self.assertEqual(runs.search([("campaign_id", "=", campaign.id)]), mine)
        self.assertEqual(Form(mine.with_user(self.rep)).arm, "treated")
        with self.assertRaises(AccessError):
            theirs.with_user(self.rep).read(["arm"])
        arch = etree.fromstring(campaign.get_view(view_type="form")["arch"])
        self.assertFalse(arch.xpath("//header//button"))
        shown = {button.get("name") for button in arch.iter("button")}
        self.assertLessEqual({"action_participants", "action_acts"}, shown)
        marketers = "launch add_step add_after remove ask_pause ask_finish".split()
        self.assertFalse(shown & {f"action_{name}" for name in marketers})
        for name in ("action_launch", "action_ask_finish"):
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
