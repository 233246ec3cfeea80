"""The tree of steps: every number opens the list it counts, and says what it means."""

import random
from collections import Counter
from datetime import timedelta

from model.screens import CampaignScreensCase

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError

STATES = ["waiting", "claimed", "sending", "done", "uncertain", "refused", "skipped", "failed"]
OPEN, NOT_DONE = STATES[:3], STATES[5:]
REASONS = ["expired", "capped", "opted_out", "condition"]
HEARD = ["sent", "open", "reply", "bounce"]
NUMBERS = ["reached", "sent", "opened", "clicked", "replied", "bounced", "bought", "waiting",
           "uncertain", "not_done", "failed"]  # fmt: skip


def meaning(act):
    """The numbers that count an act, by the words of the documentation."""
    run, trace, state = act.run_id, act.trace_id, act.state
    done = state == "done"
    numbers = {
        "reached": True,
        "sent": done,
        "opened": done and (trace.trace_status in ("open", "reply") or trace.links_click_datetime),
        "clicked": done and trace.links_click_datetime,
        "replied": done and trace.trace_status == "reply",
        "bounced": done and trace.trace_status == "bounce",
        "bought": done and run.reason == "bought" and run.ended_at >= act.done_at,
        "waiting": state in OPEN,
        "uncertain": state == "uncertain",
        "not_done": state in NOT_DONE,
        "failed": state == "failed",
    }
    return [number for number, counted in numbers.items() if counted]


class BoardCase(CampaignScreensCase):
    def board(self, user=None, campaign=None):
        self.env.invalidate_all()
        return (campaign or self.campaign).with_user(user or self.marketer).steps_board()

    def card(self, step, user=None):
        return next(card for card in self.board(user)["steps"] if card["id"] == step.id)

    def count(self, step, number, user=None):
        """How many rows the list behind a number has."""
        user = user or self.marketer
        action = self.campaign.with_user(user).action_step_list(step.id, number)
        return self.rows(action, user)

    def numbers(self, card):
        """{number: count} of all that a card shows."""
        lines = [*card["figures"], *card["notes"], *card["reasons"]]
        return {line["code"]: line["count"] for line in lines} | {"not_done": card["not_done"]}


class TestNumbers(BoardCase):
    def live(self, seed):
        """A campaign of a random tree, and what may have come of it for some people."""
        dice = random.Random(seed)
        self.running()
        steps = [self.first, self.second, self.third]
        for number in range(dice.randint(2, 4)):
            kind = dice.choice(["mail", "survey"])
            survey = self.env["survey.survey"].create({"title": "How?"}) if kind == "survey" else {}
            parent = dice.choice(steps)
            steps.append(self.mail(f"Mail {number}", kind=kind, survey_id=survey and survey.id,
                                   parent_id=parent.id, trigger="ended"))  # fmt: skip
        now = fields.Datetime.now()
        for _person in range(dice.randint(8, 14)):
            run = self.participant(dice.choice([self.rep, self.other]))
            if dice.random() < 0.4:
                run.write({"state": "stopped", "reason": dice.choice(["bought", "replied"]),
                           "ended_at": now - timedelta(hours=dice.randint(0, 9))})  # fmt: skip
            for step in dice.sample(steps, dice.randint(0, len(steps))):
                self.random_act(dice, run, step, now)
        return steps

    def random_act(self, dice, run, step, now):
        state = dice.choice([*STATES, "done", "done", "done"])
        values = {"reason": dice.choice(REASONS) if state in NOT_DONE else False}
        if state not in OPEN:
            values["done_at"] = now - timedelta(hours=dice.randint(0, 9))
        if step.kind in ("mail", "survey"):
            values["trace_id"] = self.env["mailing.trace"].create(
                {
                    "model": "res.partner", "res_id": run.partner_id.id, "email": "a@example.com",
                    "mass_mailing_id": step.mailing_ids[0].id, "trace_status": dice.choice(HEARD),
                    "links_click_datetime": dice.choice([now, False]),
                }
            ).id  # fmt: skip
        self.act(run, step, state, **values)

    def check(self, steps):
        for user in (self.marketer, self.rep):
            seen = self.env["cx.campaign.act"].with_user(user).search([])
            for step in steps:
                card, acts = self.card(step, user), seen.filtered(lambda a, s=step: a.step_id == s)
                numbers = self.numbers(card)
                meant = Counter(number for act in acts.sudo() for number in meaning(act))
                for number, count in numbers.items():
                    with self.subTest(user=user.login, step=step.name, number=number):
                        self.assertEqual(self.count(step, number, user), count)
                        if number in NUMBERS:
                            self.assertEqual(count, meant[number])
                self.assertFalse({"waiting", "uncertain", "failed"} & set(meant) - set(numbers))
                rest = ("sent", "waiting", "uncertain", "not_done")
                self.assertEqual(numbers["reached"], sum(numbers.get(one, 0) for one in rest))
                self.assertEqual(
                    card["not_done"], sum(reason["count"] for reason in card["reasons"])
                )

    def test_every_number_opens_the_list_it_counts(self):
        for seed in (1, 2, 3):
            with self.subTest(seed=seed):
                self.check(self.live(seed))

    def test_which_numbers_a_step_has(self):
        mail = self.mail()
        self.running()
        cards = {step: [line["code"] for line in self.card(step)["figures"]]
                 for step in (mail, self.first, self.second)}  # fmt: skip
        self.assertEqual(cards[mail], NUMBERS[:7])
        self.assertEqual(cards[self.first], ["reached", "sent", "bought"])
        self.assertEqual(cards[self.second], ["reached", "sent"])
        self.campaign.sudo().stop_purchase = False
        codes = [line["code"] for line in self.card(mail)["figures"]]
        self.assertNotIn("bought", codes, "nobody notices: unknown is not 0")

    def test_shares_are_of_the_sent(self):
        mail = self.mail()
        self.running()
        trace = self.env["mailing.trace"].create(
            {"model": "res.partner", "res_id": 1, "trace_status": "open"}
        )
        self.act(self.participant(), mail, "done", trace_id=trace.id)
        self.act(self.participant(), mail, "done")
        self.act(self.participant(), mail, "skipped", reason="expired")
        shares = {line["code"]: line["share"] for line in self.card(mail)["figures"]}
        self.assertEqual(
            (shares["reached"], shares["sent"], shares["opened"], shares["clicked"]),
            (False, 66.7, 50, 0),
        )
        empty = {line["share"] for line in self.card(self.second)["figures"]}
        self.assertEqual(empty, {False})

    def test_whoever_bought_before_did_not_buy_because_of_it(self):
        self.running()
        now = fields.Datetime.now()
        for hours, bought in ((-1, 0), (0, 1), (1, 2)):
            run = self.participant(state="stopped", reason="bought",
                                   ended_at=now + timedelta(hours=hours))  # fmt: skip
            self.act(run, self.first, "done", done_at=now)
            self.assertEqual(self.numbers(self.card(self.first))["bought"], bought)

    def test_what_was_not_done_says_why(self):
        self.running()
        for reason, people in (("expired", 3), ("opted_out", 1), ("capped", 2)):
            for _ in range(people):
                self.act(self.participant(), self.first, "skipped", reason=reason)
        reasons = self.card(self.first)["reasons"]
        self.assertEqual([line["code"] for line in reasons],
                         ["not_done:expired", "not_done:capped", "not_done:opted_out"])  # fmt: skip
        self.assertEqual(reasons[0]["label"], "It was too late")
        action = self.campaign.action_step_list(self.first.id, "not_done")
        self.assertEqual(action["context"]["group_by"], ["reason"])
        action = self.campaign.action_step_list(self.first.id, "not_done:capped")
        self.assertEqual(action["name"], "Call: Too many messages in the period, until it was "
                                         "too late")  # fmt: skip
        self.assertEqual(action["display_name"], action["name"], "the breadcrumb says it")

    def test_as_many_queries_for_many_steps_as_for_few(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            campaign = self.mine(self.campaign)
            before = self.cr.sql_log_count
            campaign.steps_board()
            return self.cr.sql_log_count - before

        self.running()
        self.mail(parent_id=self.first.id, trigger="done")
        self.act(self.participant(), self.first, "done")
        queries()  # what is read once and kept
        few = queries()
        parent = self.first
        for number in range(20):
            parent = self.after(parent, f"Wait {number}", kind="wait", domain="[('id', '>', 0)]")
            self.mail(parent_id=parent.id, trigger="done")
            self.act(self.participant(), parent, "done")
        self.assertEqual(queries(), few)

    def test_lists_of_others_are_refused(self):
        campaign = self.mine(self.campaign)
        other = self.mine(self.campaign.copy())
        for step_id, number in ((other.step_ids[0].id, "sent"), (self.first.id, "everything"),
                                (self.first.id, "not_done; drop")):  # fmt: skip
            with self.assertRaisesRegex(UserError, "load the page again"):
                campaign.action_step_list(step_id, number)
        acts = self.env["cx.campaign.act"]
        for text in (
            "",
            "1",
            "x sent",
            "² sent",
            f"{10**20} sent",
            f"{self.first.id} sent:expired",
            "1 drop",
        ):
            with self.assertRaisesRegex(UserError, "open the list from the campaign"):
                acts.search([("step_number", "=", text)])
        nobody = self.env.ref("base.public_user")
        for call in (lambda c: c.steps_board(), lambda c: c.action_step_list(1, "sent")):
            with self.assertRaises(AccessError):
                call(self.campaign.with_user(nobody))


class TestBoard(BoardCase):
    def test_what_a_card_says(self):
        self.third.domain = "[('id', '>', 0)]"
        board = self.board()
        self.assertEqual(
            [(card["number"], card["parent_id"]) for card in board["steps"]],
            [("1", False), ("1.1", self.first.id), ("1.1.1", self.second.id)],
        )
        card = board["steps"][2]
        self.assertEqual((card["name"], card["kind_label"]), ("Again", "Wait"))
        self.assertEqual(card["when"], "3 days after “Wait”")
        self.assertEqual([one["is_limited"] for one in board["steps"]], [False, False, True])
        self.assertNotIn("figures", card)

    def test_who_may_change_what(self):
        rights = lambda user=None: [self.board(user)[key] for key in ("can_edit", "can_move")]  # noqa: E731
        self.assertEqual(rights(), [True, True])
        self.assertEqual(rights(self.rep), [False, False])
        self.running()
        self.assertEqual(rights(), [True, False])
        self.campaign.sudo().state = "finished"
        self.assertEqual(rights(), [False, False])

    def test_removed_steps_are_not_shown(self):
        self.running()
        self.third.sudo().active = False
        self.assertEqual(len(self.board()["steps"]), 2)

    def test_a_draft_forecasts_what_is_sure(self):
        mail = self.mail(parent_id=self.third.id, trigger="ended")
        opened = self.after(mail, "Opened", kind="wait", trigger="opened")
        later = self.after(opened, "Later", kind="wait")
        board = self.board()
        self.assertEqual((board["entering"], board["steps"][0]["forecast"]), (False, False))
        self.campaign.sudo().audience = {"audience": 9, "enter": 7, "held_out": 2, "excluded": {}}
        forecast = lambda step: self.card(step)["forecast"]  # noqa: E731
        for step in (self.first, self.second, self.third, mail):
            self.assertEqual(forecast(step), 5)
        for step in (opened, later):
            self.assertIs(forecast(step), False)
        self.second.domain = "[('id', '>', 0)]"
        self.assertEqual((forecast(self.second), forecast(self.third)), (5, False))
        self.third.trigger = "ended"
        self.assertEqual(forecast(self.third), 5)
        self.running()
        self.assertIs(forecast(self.first), False)


class TestMove(BoardCase):
    def order(self):
        return [(card["number"], card["name"]) for card in self.board()["steps"]]

    def move(self, step, *place):
        self.mine(step).action_move(*place)

    def test_a_step_follows_another_with_all_that_follows_it(self):
        other = self.step("Other", activity_type_id=self.call.id)
        self.move(self.second, other.id)
        self.assertEqual((self.second.parent_id, self.third.parent_id), (other, self.second))
        numbers = {name: number for number, name in self.order()}
        self.assertEqual(numbers, {"Call": "1", "Other": "2", "Wait": "2.1", "Again": "2.1.1"})

    def test_when_follows_where(self):
        self.move(self.second, False)
        self.assertEqual((self.second.parent_id.id, self.second.trigger), (False, "entry"))
        self.move(self.second, self.first.id)
        self.assertEqual(self.second.trigger, "done")
        self.third.trigger = "ended"
        self.move(self.third, self.first.id)
        self.assertEqual(self.third.trigger, "ended")

    def test_order_among_those_of_one_place(self):
        for name in "ABC":
            self.step(name, activity_type_id=self.call.id)
        names = lambda: [name for number, name in self.order() if "." not in number]  # noqa: E731
        steps = {step.name: step for step in self.campaign.step_ids}
        self.assertEqual(names(), ["Call", "A", "B", "C"])
        self.move(steps["C"], False, 2)
        self.assertEqual(names(), ["Call", "C", "A", "B"])
        self.move(steps["C"], False, 1)
        self.assertEqual(names(), ["C", "Call", "A", "B"])
        self.move(steps["Call"], False, 3)
        self.assertEqual(names(), ["C", "A", "Call", "B"])
        self.move(steps["C"], False)
        self.assertEqual(names(), ["A", "Call", "B", "C"])

    def test_refusals(self):
        with self.assertRaisesRegex(ValidationError, "cannot follow itself"):
            self.move(self.first, self.third.id)
        with self.assertRaisesRegex(ValidationError, "cannot follow itself"):
            self.move(self.first, self.first.id)
        mail = self.mail()
        opened = self.after(mail, "Opened", kind="wait", trigger="opened")
        with self.assertRaisesRegex(ValidationError, "Choose another trigger"):
            self.move(opened, self.first.id)
        other = self.campaign.copy()
        with self.assertRaisesRegex(ValidationError, "same campaign"):
            self.move(self.third, other.step_ids[0].id)
        with self.assertRaises(AccessError):
            self.third.with_user(self.rep).action_move(self.first.id)
        self.running()
        with self.assertRaisesRegex(UserError, "Wake was launched"):
            self.move(self.third, self.first.id)
