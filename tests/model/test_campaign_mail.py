"""Mails through a real mail server on the loopback: to whom, once, and what becomes of them."""

from datetime import timedelta

from faults.sink import Rule
from model.campaigns import SinkCase
from model.common import TODAY

from odoo import fields
from odoo.tests import new_test_user

DORMANT = (340, 280, 220, 160)
NOW = fields.Datetime.now


class MailCase(SinkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.buy(
            cls.partner("Ada", email="Ada <ada@example.com>", user_id=cls.caller.id), *DORMANT
        )
        cls.contact = cls.customer.partner_id

    def mail(self, parent=None, campaign=None, subject="We miss you", **values):
        """A mail step with a content in English."""
        step = self.step(campaign, parent, kind="mail", **values)
        self.content(step, subject)
        return step

    def content(self, step, subject, lang="en_US", body="<p>Hello {{ person.name }}</p>"):
        return self.env["mailing.mailing"].create(
            {
                "cx_step_id": step.id,
                "cx_lang": lang,
                "subject": subject,
                "body_arch": body,
                "body_html": body,
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )

    def mailing(self, subject="We miss you", launch=True, step=None, **values):
        """A launched campaign with one mail."""
        campaign = self.campaign(steps=[], **values)
        self.mail(campaign=campaign, subject=subject, name="Mail", **(step or {}))
        if launch:
            campaign._launch()
        return campaign


class TestMail(MailCase):
    def test_one_mail_with_all_that_belongs_to_it(self):
        campaign = self.mailing()
        self.work()
        self.work()
        self.assertEqual(self.people(), ["ada@example.com"])
        act = campaign.run_ids.act_ids
        self.assertEqual((act.state, act.smtp_code, act.tries), ("done", 250, 0))
        self.assertEqual(act.attempt_ids.mapped("outcome"), ["sent"])
        self.assertEqual(act.trace_id.trace_status, "sent")
        self.assertEqual(act.trace_id.message_id, act.message_id)
        note = self.contact.message_ids.filtered(lambda m: m.message_id == act.message_id)
        self.assertEqual(note.subject, "We miss you")
        self.assertTrue(note.is_internal)
        self.assertEqual(self.taken()[0]["message_id"], act.message_id)

    def test_an_order_between_planning_and_sending(self):
        campaign = self.mailing(step={"delay": 1, "delay_unit": "hours"})
        self.work()
        self.order(self.contact)
        self.later(hours=2)
        self.assertEqual(self.people(), [])
        self.assertEqual(self.acts(campaign), [("Mail", "skipped", "bought")])

    def test_who_said_no_after_it_was_planned(self):
        topic = self.env["cx.topic"].create({"name": "Offers"})
        for say_no, reason in (
            (lambda: self.env["mail.blacklist"]._add("ada@example.com"), "blacklisted"),
            (lambda: self.env["cx.topic.optout"].create(
                {"email": "ada@example.com", "topic_id": topic.id,
                 "company_id": self.company.id}), "opted_out"),
            (lambda: self.env["cx.topic.optout"].create(
                {"email": "ada@example.com", "until": TODAY + timedelta(days=9),
                 "company_id": self.company.id}), "paused"),
        ):  # fmt: skip
            with self.subTest(reason):
                campaign = self.mailing(
                    step={"delay": 1, "delay_unit": "hours"}, topic_id=topic.id, exclusive=False
                )
                self.work()
                say_no()
                self.later(hours=2)
                self.assertEqual(self.acts(campaign), [("Mail", "skipped", reason)])
                self.assertEqual(campaign.run_ids.reason, reason)
                self.env["mail.blacklist"]._remove("ada@example.com")
                self.env["cx.topic.optout"].sudo().search([]).unlink()
        self.assertEqual(self.people(), [])

    def test_the_last_question_sees_what_the_lot_did_not(self):
        """Between the look at the lot and the final dot, somebody else commits."""
        changes = {
            "block list": "INSERT INTO mail_blacklist (email, active)"
            " VALUES ('ada@example.com', true)"
            " ON CONFLICT (email) DO UPDATE SET active = true",
            "purchase": "UPDATE cx_customer SET last_purchase_on = now() WHERE id = %(id)s",
            "pause": "UPDATE cx_campaign SET state = 'paused' WHERE id = %(campaign)s",
            "archived": "UPDATE res_partner SET active = false WHERE id = %(partner)s",
            "address": "UPDATE res_partner SET email_normalized = 'x@y.z' WHERE id = %(partner)s",
            "stopped": "UPDATE cx_campaign_act SET state = 'skipped'"
            " WHERE campaign_id = %(campaign)s",
        }  # fmt: skip
        letters = type(self.Act)._letters
        for name, change in changes.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                campaign = self.mailing(exclusive=False)

                def late(acts, change=change, campaign=campaign):
                    made = letters(acts)
                    acts.env.cr.execute(
                        change, {"id": self.customer.id, "campaign": campaign.id,
                                 "partner": self.contact.id}
                    )  # fmt: skip
                    return made

                self.patch(type(self.Act), "_letters", late)
                self.work()
                self.patch(type(self.Act), "_letters", letters)
                self.assertNotIn("ada@example.com", self.people())
                savepoint.rollback()
                self.env.invalidate_all(flush=False)

    def test_to_one_address_only(self):
        self.contact.email = "ada@example.com, second@example.com"
        self.env["mail.blacklist"]._add("second@example.com")
        self.mailing()
        self.work()
        self.assertEqual(self.people(), ["ada@example.com"])

    def test_twins_get_one(self):
        twin = self.buy(self.partner("Twin", email="ADA@example.com"), *DORMANT)
        first = self.mailing(exclusive=False)
        self.work()
        first.enter(twin.partner_id.ids)
        self.work()
        self.assertEqual(self.people(), ["ada@example.com"])

    def test_to_the_holder_of_a_role(self):
        payer = self.partner("Payer", email="payer@example.com", parent_id=self.contact.id)
        role = self.env.ref("cx_lifecycle.role_payer")
        campaign = self.mailing(step={"recipient": "role", "role_id": role.id}, exclusive=False)
        self.work()
        self.assertEqual(self.acts(campaign), [("Mail", "skipped", "nobody")])
        self.env["cx.seat"].create(
            {"partner_id": payer.id, "role_id": role.id, "account_id": self.contact.id}
        )
        campaign = self.mailing(step={"recipient": "role", "role_id": role.id}, exclusive=False)
        self.work()
        self.assertEqual(self.people(), ["payer@example.com"])

    def test_quiet_hours_wait_where_the_customer_is(self):
        self.contact.tz = "Asia/Tokyo"
        self.company.write({"cx_quiet_from": 0.0, "cx_quiet_to": 23.75})
        campaign = self.mailing(step={"validity": 3})
        self.work()
        act = campaign.run_ids.act_ids
        self.assertIn(act.state, ("waiting", "done"))
        if act.state == "waiting":
            # 23:45 in Tokyo is 14:45 UTC
            self.assertEqual((act.due_at.hour, act.due_at.minute), (14, 45))
            self.assertEqual(self.people(), [])
        self.company.write({"cx_quiet_from": 0.0, "cx_quiet_to": 0.0})
        self.later(days=1)
        self.assertEqual(self.people(), ["ada@example.com"])

    def test_the_cap_over_all_campaigns_by_priority(self):
        self.company.write({"cx_mail_cap": 1, "cx_mail_cap_days": 7})
        low = self.mailing("Low", sequence=20, exclusive=False, step={"validity": 20})
        high = self.mailing("High", sequence=1, exclusive=False)
        self.work()
        self.later(minutes=5)
        self.assertEqual([entry["headers"]["Subject"] for entry in self.taken()], ["High"])
        act = low.run_ids.act_ids
        self.assertEqual((act.state, act.reason), ("waiting", "capped"))
        self.assertGreater(act.due_at, NOW() + timedelta(days=6))
        self.later(days=8)
        self.assertEqual([entry["headers"]["Subject"] for entry in self.taken()], ["High", "Low"])
        self.assertEqual(high.run_ids.reason, "completed")

    def test_what_is_no_advertising_is_neither_capped_nor_counted(self):
        self.company.write({"cx_mail_cap": 1, "cx_mail_cap_days": 7})
        self.mailing("Thanks", sequence=5, exclusive=False, legal_basis="service")
        self.work()
        self.mailing("Offer", sequence=5, exclusive=False)
        self.work()
        self.mailing("Bill", sequence=20, exclusive=False, legal_basis="service")
        self.work()
        self.assertEqual(
            [entry["headers"]["Subject"] for entry in self.taken()], ["Thanks", "Offer", "Bill"]
        )

    def test_capped_until_too_late_is_dropped_with_the_reason(self):
        self.company.write({"cx_mail_cap": 1, "cx_mail_cap_days": 30})
        self.mailing("High", sequence=1, exclusive=False)
        low = self.mailing("Low", sequence=20, exclusive=False, step={"validity": 2})
        self.work()
        self.later(minutes=5)
        self.later(days=3)
        self.assertEqual(self.acts(low), [("Mail", "skipped", "capped")])
        self.assertReconciled(low)

    def test_what_is_heard_of_a_mail_leads_on(self):
        campaign = self.mailing(launch=False, max_days=60)
        mail = campaign.step_ids
        for trigger in ("opened", "clicked", "bounced"):
            self.step(campaign, mail, name=trigger, kind="wait", trigger=trigger)
        for trigger in ("not_opened", "not_clicked"):
            self.step(campaign, mail, name=trigger, kind="wait", trigger=trigger, delay=3)
        campaign._launch()
        self.work()
        trace = campaign.run_ids.act_ids.trace_id
        trace.set_opened()
        trace.set_opened()
        self.later(days=3)
        self.assertEqual(
            sorted(self.acts(campaign)),
            [("Mail", "done", False), ("not_clicked", "done", False),
             ("not_opened", "skipped", "happened"), ("opened", "done", False)],
        )  # fmt: skip
        trace.set_clicked()
        self.work()
        self.assertIn(("clicked", "done", False), self.acts(campaign))

    def test_a_copy_has_the_same_steps_and_contents_and_nobody_in_it(self):
        campaign = self.mailing("First", exclusive=False)
        self.mail(campaign.step_ids, campaign, "Second", name="Reminder", trigger="not_opened")
        self.work()
        copy = campaign.copy()
        self.assertEqual((copy.state, copy.run_count), ("draft", 0))
        self.assertNotEqual(copy.utm_campaign_id, campaign.utm_campaign_id)
        first, second = copy.step_ids.sorted("id")
        self.assertEqual((first.parent_id.id, second.parent_id), (False, first))
        self.assertEqual(copy.step_ids.mailing_ids.mapped("subject"), ["First", "Second"])

    def test_a_reply_ends_it(self):
        campaign = self.mailing(launch=False)
        self.step(campaign, campaign.step_ids, name="Later", kind="wait", delay=5)
        campaign._launch()
        self.work()
        campaign.run_ids.act_ids.trace_id.set_replied()
        self.assertEqual(campaign.run_ids.reason, "replied")
        self.assertIn(("Later", "skipped", "replied"), self.acts(campaign))

    def test_not_sent_never_starts_after_sent(self):
        campaign = self.mailing(launch=False)
        for trigger in ("done", "not_opened", "ended"):
            self.step(campaign, campaign.step_ids[0], name=trigger, kind="wait", trigger=trigger)
        campaign._launch()
        self.sink.rules.append(Rule("rcpt", "550 5.1.1 No such user"))
        self.work()
        self.work()
        self.assertEqual(
            self.acts(campaign), [("Mail", "refused", "refused"), ("ended", "done", False)]
        )


class TestQueries(MailCase):
    def test_a_lot_is_prepared_by_as_many_queries_whatever_its_size(self):
        for number in range(11):
            self.buy(
                self.partner(f"N{number}", email=f"n{number}@example.com", user_id=self.caller.id),
                *DORMANT,
            )
        campaign = self.mailing(step={"delay": 1})
        author = new_test_user(self.env, "queries_author", "cx_lifecycle.group_marketer")
        author.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
        campaign.user_id = author
        self.work()
        acts = campaign.run_ids.act_ids.sudo().sorted("id")
        self.assertEqual(len(acts), 12)
        queries = []
        for lot in (acts[:1], acts[1:4], acts[4:]):  # the first fills what is remembered
            now = NOW()
            lot.write({"state": "claimed", "claim": "mine", "due_at": now, "not_before": now})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            [letters] = self.Act._prepare(lot.ids).values()
            self.assertEqual(len(letters), len(lot))
            queries.append(self.env.cr.sql_log_count - before)
        self.assertEqual(queries[1], queries[2])
        self.assertLess(queries[2], 80)


class TestServer(MailCase):
    """What a mail server may answer, or not."""

    def test_refused_for_good(self):
        self.sink.rules.append(Rule("rcpt", "550 5.1.1 No such user"))
        campaign = self.mailing(exclusive=False)
        self.work()
        act = campaign.run_ids.act_ids
        self.assertEqual((act.state, act.smtp_code, act.reason), ("refused", 550, "refused"))
        self.assertIn("No such user", act.error)
        self.assertEqual(act.trace_id.trace_status, "bounce")
        self.later(days=1)
        self.assertEqual(len(act.attempt_ids), 1)
        self.sink.rules.clear()
        again = self.mailing(exclusive=False)
        self.work()
        self.assertEqual(again.last_entry["excluded"], {"refused_before": 1})
        self.assertEqual(self.people(), [])

    def test_refused_for_now_is_tried_again_with_the_same_message_id(self):
        self.sink.rules.append(Rule("rcpt", "451 4.7.1 Greylisted", times=2))
        campaign = self.mailing()
        self.work()
        act = campaign.run_ids.act_ids
        self.assertEqual((act.state, act.tries, act.smtp_code), ("waiting", 1, 451))
        self.assertAlmostEqual(act.due_at, NOW() + timedelta(minutes=5), delta=timedelta(minutes=1))
        first_id = act.message_id
        self.later(minutes=6)
        self.assertEqual((act.state, act.tries), ("waiting", 2))
        self.later(minutes=16)
        self.assertEqual(act.state, "done")
        self.assertEqual([entry["message_id"] for entry in self.taken()], [first_id])
        self.assertEqual(act.attempt_ids.sorted("id").mapped("outcome"), ["later", "later", "sent"])

    def test_refused_for_now_until_too_late(self):
        self.sink.rules.append(Rule("dot", "452 4.2.2 Mailbox full"))
        campaign = self.mailing(step={"validity": 1})
        self.work()
        self.later(days=2)
        self.assertEqual(self.acts(campaign), [("Mail", "skipped", "expired")])

    def test_the_server_wants_no_more_now(self):
        others = [
            self.buy(self.partner(f"P{n}", email=f"p{n}@example.com"), *DORMANT) for n in range(3)
        ]
        self.sink.rules.append(Rule("mail", "421 4.7.0 Too many", times=1))
        campaign = self.mailing()
        self.work()
        self.assertEqual(self.people(), [])
        self.assertEqual(set(campaign.run_ids.act_ids.mapped("state")), {"waiting"})
        self.assertEqual(set(campaign.run_ids.act_ids.mapped("tries")), {0})
        self.assertGreater(self.server.cx_paused_until, NOW())
        self.assertIn("Too many", self.server.cx_pause_reason)
        self.server.cx_paused_until = NOW()
        self.later(minutes=8)
        self.assertEqual(len(self.people()), len(others) + 1)
        self.assertEqual(self.server.cx_pauses, 0)

    def test_a_server_that_is_down_delays_and_loses_nothing(self):
        campaign = self.mailing()
        self.sink.refuse()
        self.work()
        self.work()
        self.assertEqual(self.server.cx_pauses, 1)
        act = campaign.run_ids.act_ids
        self.assertEqual((act.state, act.tries), ("waiting", 0))
        self.sink.accept()
        self.server.cx_paused_until = NOW()
        self.later(minutes=3)
        self.assertEqual(self.people(), ["ada@example.com"])

    def test_cut_before_the_body_is_tried_again(self):
        self.sink.rules.append(Rule("data", drop=True, times=1))
        campaign = self.mailing()
        self.work()
        act = campaign.run_ids.act_ids
        self.assertEqual((act.state, act.tries), ("waiting", 1))
        self.assertFalse(self.server.cx_paused_until, "it may have been the message")
        self.later(minutes=6)
        self.assertEqual(self.people(), ["ada@example.com"])

    def test_one_recipient_who_cuts_the_line_keeps_nobody_waiting(self):
        for number in range(4):
            self.buy(self.partner(f"P{number}", email=f"p{number}@example.com"), *DORMANT)
        self.sink.rules.append(Rule("rcpt", drop=True, to="ada@example.com"))
        campaign = self.mailing()
        self.work()
        self.assertEqual(self.people(), [f"p{number}@example.com" for number in range(4)])
        act = campaign.run_ids.act_ids.filtered(lambda act: act.customer_id == self.customer)
        self.assertEqual((act.state, act.tries), ("waiting", 1))

    def test_salespeople_share_a_connection_and_keep_their_names(self):
        other = new_test_user(self.env, "camp_other", email="other@shop.example.com")
        self.caller.email = "caller@shop.example.com"
        self.server.from_filter = "shop.example.com"
        self.buy(self.partner("Bob", email="bob@example.com", user_id=other.id), *DORMANT)
        self.mailing(sender="salesperson")
        before = self.sink.connections
        self.work()
        taken = {line["recipient"]: line for line in self.taken()}
        for recipient, sender in (("ada", "caller"), ("bob", "other")):
            line = taken[f"{recipient}@example.com"]
            self.assertIn(f"<{sender}@shop.example.com>", line["headers"]["From"])
            self.assertEqual(line["sender"], f"{sender}@shop.example.com")
        self.assertEqual(self.sink.connections, before + 1)

    def test_a_sender_nobody_takes_is_not_the_recipients_fault(self):
        self.sink.rules.append(Rule("mail", "553 5.7.1 Sender not owned"))
        campaign = self.mailing()
        self.work()
        act = campaign.run_ids.act_ids
        self.assertEqual((act.state, act.tries), ("waiting", 0))
        self.assertIn("Sender not owned", self.server.cx_pause_reason)
        self.sink.rules.clear()
        self.server.cx_paused_until = NOW()
        self.later(minutes=8)
        self.assertEqual(self.people(), ["ada@example.com"])

    def test_a_message_refused_says_nothing_of_the_address(self):
        self.sink.rules.append(Rule("dot", "554 5.6.0 Looks like spam"))
        campaign = self.mailing(exclusive=False)
        self.work()
        act = campaign.run_ids.act_ids
        self.assertEqual((act.state, act.trace_id.trace_status), ("refused", "error"))
        self.sink.rules.clear()
        again = self.mailing("Another", exclusive=False)
        self.work()
        self.assertEqual(again.last_entry["enter"], 1)
        self.assertEqual(self.people(), ["ada@example.com"])

    def test_one_broken_campaign_stops_no_other(self):
        broken = self.mailing("Broken", exclusive=False, step={"domain": "[('name', '=', 'Ada')]"})
        self.patch(
            type(self.Act), "_condition_holds",
            lambda acts, step, those: 1 / 0 if step.campaign_id == broken
            else dict.fromkeys(those.ids, True),
        )  # fmt: skip
        other = self.mailing("Other", exclusive=False)
        self.work()
        self.assertEqual(other.run_ids.act_ids.state, "done")
        act = broken.run_ids.act_ids
        self.assertEqual((act.state, act.reason, act.tries), ("waiting", "error", 1))

    def test_what_cannot_be_built_is_set_aside(self):
        bad = self.buy(self.partner("Bad", email="bad@example.com"), *DORMANT)
        build = type(self.server)._build_email__

        def poisoned(servers, *args, **kwargs):
            if "bad@example.com" in kwargs["email_to"][0]:
                raise KeyError("poison")
            return build(servers, *args, **kwargs)

        self.patch(type(self.server), "_build_email__", poisoned)
        campaign = self.mailing()
        self.work()
        self.assertEqual(self.people(), ["ada@example.com"])
        act = campaign.run_ids.act_ids.filtered(lambda act: act.customer_id == bad)
        self.assertEqual((act.state, act.reason), ("waiting", "error"))

    def test_the_same_customer_again_is_no_twin(self):
        campaign = self.mailing(entry="manual")
        campaign.enter(self.contact.ids, key="a")
        self.work()
        self.later(days=5)
        campaign.enter(self.contact.ids, key="b")
        self.work()
        self.assertEqual(self.people(), ["ada@example.com"] * 2)

    def test_no_answer_is_uncertain_and_never_sent_again_by_itself(self):
        for taken in (True, False):
            with self.subTest(taken=taken):
                self.before = len(self.sink.taken())
                self.sink.rules[:] = [Rule("dot", drop=True, take=taken)]
                campaign = self.mailing(launch=False, exclusive=False)
                self.step(campaign, campaign.step_ids[0], name="After", kind="wait")
                campaign._launch()
                self.work()
                act = campaign.run_ids.act_ids
                self.assertEqual((act.state, act.reason), ("uncertain", "unknown_fate"))
                self.assertEqual(act.attempt_ids.outcome, "uncertain")
                self.sink.rules.clear()
                self.later(days=1)
                self.assertEqual(len(self.people()), int(taken))
                self.assertEqual(self.acts(campaign), [("Mail", "uncertain", "unknown_fate")])
                # somebody opens it: it had arrived
                act.trace_id.set_opened()
                self.work()
                self.assertEqual(
                    self.acts(campaign), [("Mail", "done", False), ("After", "done", False)]
                )
                campaign.action_finish()

    def test_what_a_worker_left_behind(self):
        campaign = self.mailing(step={"delay": 1})
        self.work()
        act = campaign.run_ids.act_ids.sudo()
        long_ago = NOW() - timedelta(hours=1)
        act.write({"state": "claimed", "claim": "gone", "claimed_at": NOW()})
        self.Act._recover()
        self.assertEqual(act.state, "claimed", "its worker may still be at it")
        act.claimed_at = long_ago
        self.Act._recover()
        self.assertEqual((act.state, act.claim), ("waiting", False))
        act.write({"state": "sending", "claim": "gone", "claimed_at": long_ago})
        self.Act._recover()
        self.assertEqual((act.state, act.reason), ("uncertain", "unknown_fate"))
        self.later(days=2)
        self.assertEqual(self.people(), [])

    def test_a_mail_left_behind_that_was_opened_has_arrived(self):
        campaign = self.mailing(launch=False)
        self.step(campaign, campaign.step_ids, name="After", kind="wait")
        campaign._launch()
        self.work()
        act = campaign.run_ids.act_ids.filtered("trace_id").sudo()
        (campaign.run_ids.act_ids - act).unlink()
        act.run_id.write({"state": "running", "reason": False})
        act.write({"state": "sending", "claim": "gone", "claimed_at": NOW() - timedelta(hours=1)})
        act.trace_id.set_opened()
        self.Act._recover()
        self.work()
        self.assertEqual(self.acts(campaign), [("Mail", "done", False), ("After", "done", False)])

    def test_a_slow_worker_that_wakes_up_may_still_tell(self):
        from odoo.addons.cx_lifecycle_mail.models.smtp import Reply

        campaign = self.mailing()
        self.work()
        act = campaign.run_ids.act_ids.sudo()
        act.write({"state": "uncertain", "reason": "unknown_fate", "claim": "mine"})
        letter = type("Letter", (), {"subject": "x", "email_from": "a@b.c", "reply_to": "a@b.c",
                                     "author_id": 0})  # fmt: skip
        self.Act._record(act.id, "others", Reply("sent", 250, "OK"), letter, "Sink", False)
        act.invalidate_recordset()
        self.assertEqual(act.state, "uncertain", "fenced by the token")
        self.Act._record(act.id, "mine", Reply("sent", 250, "OK"), letter, "Sink", False)
        act.invalidate_recordset()
        self.assertEqual(act.state, "done")

    def test_too_many_refusals_pause_it_and_tell_the_author(self):
        for number in range(25):
            self.buy(self.partner(f"P{number}", email=f"p{number}@example.com"), *DORMANT)
        self.sink.rules.append(Rule("rcpt", "550 5.1.1 No such user", share=0.95))
        campaign = self.mailing()
        self.work()
        self.work()
        self.assertEqual(campaign.state, "paused")
        self.assertIn("were refused", campaign.problem)
        self.assertEqual(campaign.activity_ids.user_id, campaign.user_id)
        campaign.action_resume()
        self.later(minutes=1)
        self.assertEqual((campaign.state, campaign.problem), ("running", False))

    def test_one_bad_record_is_set_aside_and_the_others_go(self):
        bad = self.buy(self.partner("Bad", email="bad@example.com"), *DORMANT)
        letters = type(self.Act)._letters

        def poisoned(acts):
            made = letters(acts)
            return {
                act.id: "ValueError: poison" if act.customer_id == bad else made[act.id]
                for act in acts
            }

        self.patch(type(self.Act), "_letters", poisoned)
        campaign = self.mailing()
        self.work()
        self.assertEqual(self.people(), ["ada@example.com"])
        act = campaign.run_ids.act_ids.filtered(lambda act: act.customer_id == bad)
        self.assertEqual((act.state, act.reason, act.error),
                         ("waiting", "error", "ValueError: poison"))  # fmt: skip
        for _again in range(6):
            self.later(days=1)
        self.assertEqual(act.state, "failed")
        self.assertReconciled(campaign)
