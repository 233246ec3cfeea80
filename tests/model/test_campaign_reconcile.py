"""Whatever happens, in whatever order: nobody gets lost, and nobody gets what is not due.

Customers, a marketer, salespeople and a mail server do something at random, again and again; after
each of it the books are looked at. A failure tells the seed and what happened until then.
"""

import random
from datetime import datetime, timedelta

from faults.sink import Rule
from model.books import Books
from model.campaigns import SinkCase
from model.clock import Clock

from odoo.tests import new_test_user

START = datetime(2032, 9, 6, 9)
EVENTS = 40
SLEEPING, AWAKE = (340, 280, 220, 160), (100, 70, 40, 10)
# how far time moves, in hours
LATER = (1, 5, 26, 74, 170, 260)


class Life:
    """A few customers of one company, and all that can happen to them."""

    def __init__(self, case, clock, seed):
        self.case, self.clock, self.env = case, clock, case.env
        self.dice = random.Random(seed)
        self.books = Books(case, clock, case.company)
        self.books.colleagues.add(case.caller.email)
        self.campaigns = self.env["cx.campaign"]
        self.told = [f"seed {seed}"]
        self.orders, self.quotations, self.hits = [], [], 0
        self.topic = self.env["cx.topic"].create({"name": "Offers"})
        self.people = self.env["res.partner"].create(
            [
                {"name": name, "email": email, "phone": phone, "tz": tz,
                 "user_id": case.caller.id}
                for name, email, phone, tz in (
                    ("Ada", "ada@example.com", "+33123456789", "Europe/Paris"),
                    ("Bea", "bea@example.com", "+33123456789", "Europe/Paris"),
                    ("Cid", "cid@example.com", False, "America/New_York"),
                    ("Dan", "one@example.com", "+33123456789", "Europe/Paris"),
                    ("Eve", "One@Example.com", "+33123456789", "Asia/Tokyo"),
                    ("Fay", False, "+33123456789", "Europe/Paris"),
                    ("Gus", "gus@example.com", "+33123456789", "Europe/Paris"),
                    ("Hal", "hal@example.com", "+33123456789", "Europe/Paris"),
                )
            ]
        )  # fmt: skip
        for person in self.people:
            self.books.zones[person.id] = person.tz
            for days in SLEEPING if person.name < "G" else AWAKE:
                case.order(person, START.date() - timedelta(days=days))
        for stage in ("dormant", "active"):
            self.begin(stage)

    def begin(self, stage):
        """A campaign for who is, or comes, there: a mail, a reminder, and a call."""
        case = self.case
        campaign = case.campaign(
            stage=stage, steps=[], topic_id=self.topic.id, name=f"{stage} {len(self.campaigns)}",
            email_from="shop@example.com", exclusive=self.dice.random() < 0.5,
            cooldown_days=self.dice.choice((0, 20)), holdout_share=0.15, stop_deal=True,
            stop_purchase=stage == "dormant", stop_stage=self.dice.random() < 0.5, max_days=45,
        )  # fmt: skip
        first = case.mail(campaign, subject="First", delay=1, hour="10")
        case.mail(campaign, first, subject="Again", trigger="not_opened", delay=4)
        case.mail(campaign, first, subject="More", trigger="opened", delay=1)
        call = case.step(campaign, first, trigger="ended", delay=6, assignee_id=False,
                         domain="[('phone', '!=', False)]")  # fmt: skip
        case.step(campaign, call, kind="wait", trigger="activity_done")
        campaign._launch()
        self.campaigns |= campaign

    # ------------------------------------------------------------------- events
    def someone(self):
        return self.dice.choice(self.people)

    def customer(self, person):
        return self.case.of(person)

    def order(self):
        person = self.someone()
        order = self.case.order(person, self.clock.now.date())
        self.orders.append((order, self.books.bought(person, self.case.company)))
        for verdict in ("held", "lost"):
            self.books.yes(verdict, person)
        return person.name

    def cancel(self):
        if not self.orders:
            return None
        order, purchase = self.orders.pop()
        order._action_cancel()
        self.books.returned(purchase)
        return order.partner_id.name

    def quotation(self):
        person = self.someone()
        self.quotations.append(self.case.quotation(person))
        self.books.no("in talks", person)
        return person.name

    def quotation_lost(self):
        if not self.quotations:
            return None
        order = self.quotations.pop()
        order._action_cancel()
        if order.partner_id not in [other.partner_id for other in self.quotations]:
            self.books.yes("in talks", order.partner_id)
        return order.partner_id.name

    def hold(self):
        person = self.someone()
        if not person.active or self.customer(person).hold_until:
            return None
        until = self.clock.now.date() + timedelta(days=30)
        self.customer(person).hold("active", until, "was here")
        self.books.no("held", person, days=30)
        return person.name

    def release(self):
        held = self.people.filtered(lambda person: self.customer(person).hold_until)
        if not held:
            return None
        self.customer(held[0]).release_hold()
        self.books.yes("held", held[0])
        return held[0].name

    def goodbye(self):
        person = self.someone()
        self.customer(person).declare_lost("moved away")
        self.books.yes("held", person)
        self.books.no("lost", person)
        return person.name

    def keep_out(self):
        person = self.someone()
        self.customer(person).keep_out_of_campaigns(
            self.clock.now.date() + timedelta(days=10), "a complaint"
        )
        self.books.no("kept out", person, days=10)
        return person.name

    def opt_out(self):
        email = self.someone().email_normalized
        if not email:
            return None
        self.env["cx.topic.optout"]._opt_out(email, self.topic, self.case.company, "one_click")
        self.books.no("opted out", email=email, topic=self.topic)
        return email

    def opt_in(self):
        said = self.env["cx.topic.optout"].search([])[:1]
        if not said:
            return None
        email = said.email
        self.env["cx.topic.optout"]._opt_in(email, self.topic, self.case.company)
        self.books.yes("opted out", email=email)
        return email

    def block(self):
        email = self.someone().email_normalized
        if not email:
            return None
        self.env["mail.blacklist"]._add(email)
        self.books.no("blocked", email=email)
        return email

    def unblock(self):
        entry = self.env["mail.blacklist"].search([])[:1]
        if not entry:
            return None
        email = entry.email
        self.env["mail.blacklist"]._remove(email)
        self.books.yes("blocked", email=email)
        return email

    def archive(self):
        person = self.someone()
        person.active = not person.active
        if person.active:
            self.books.yes("archived", person)
        else:
            self.books.no("archived", person)
        return f"{person.name} {person.active}"

    def hear(self):
        """Something is heard of a mail, even of one that nobody knows to have arrived."""
        if not self.books.mails:
            return None
        act = self.env["cx.campaign.act"].browse(self.dice.choice(self.books.mails[-6:]).act)
        event = self.dice.choice(("opened", "clicked", "replied", "bounced"))
        getattr(act.trace_id, f"set_{event}")()
        return f"{act.email} {event}"

    def end_call(self):
        calls = self.env["mail.activity"].search([("cx_act_id", "!=", False)])
        if not calls:
            return None
        if self.dice.random() < 0.5:
            calls[0].action_feedback(feedback="talked")
        else:
            calls[0].unlink()
        return str(calls[:1].id)

    def toggle(self):
        """Paused, or resumed."""
        campaign = self.dice.choice(self.campaigns)
        if campaign.state == "running":
            campaign.action_pause()
            self.books.no("paused", campaign=campaign)
        elif campaign.state == "paused":
            campaign.action_resume()
            self.books.yes("paused", campaign=campaign)
        else:
            return None
        return f"{campaign.name} {campaign.state}"

    def finish(self):
        """One ends, another one begins."""
        campaign = self.campaigns[0]
        if len(self.campaigns) > 4 or campaign.state == "finished":
            return None
        campaign.action_finish()
        self.books.no("finished", campaign=campaign)
        self.begin(self.dice.choice(("dormant", "active")))
        return campaign.name

    def enter(self):
        campaign = self.dice.choice(self.campaigns)
        people = self.people.filtered("active")
        if campaign.state != "running" or not people:
            return None
        done = campaign.enter(people.ids, self.dice.choice("abc"))
        counted = done["entered"] + done["already"] + sum(done["excluded"].values())
        followed = self.customer_ids(people)
        self.case.assertEqual(counted, followed, done)
        return f"{campaign.name} {done}"

    def customer_ids(self, people):
        return self.env["cx.customer"].search_count(
            [("partner_id", "in", people.ids), ("stage_id", "!=", False)]
        )

    def address(self):
        person = self.someone()
        old = person.email_normalized
        person.email = f"{person.name.lower()}{len(self.told)}@example.com"
        if old and old != "one@example.com":
            self.books.no("no such address", email=old)
        return f"{person.name} {person.email}"

    def rep(self):
        person = self.someone()
        person.user_id = self.dice.choice((self.case.caller, self.case.other))
        return person.name

    def merge(self):
        if len(self.people) < 6:
            return None
        kept, source = self.dice.sample(list(self.people), 2)
        name = source.name
        self.books.moved.update((self.customer(kept) | self.customer(source)).ids)
        self.books.merges(source, kept)
        self.people -= source
        self.env["base.partner.merge.automatic.wizard"]._merge((kept | source).ids, kept)
        self.env.invalidate_all()
        if not self.customer(kept).declared_lost_on:
            self.books.yes("lost", kept)  # the other one bought later
        return f"{name} into {kept.name}"

    def server(self):
        """It is out of reach for a while."""
        self.case.sink.refuse()
        self.pass_time(5)
        self.case.sink.accept()
        return "down for 5 hours"

    def pass_time(self, hours):
        """So many hours, in a few steps."""
        for _step in range(4 if hours > 12 else 1):
            day = self.clock.now.date()
            self.clock.on(hours=hours / (4 if hours > 12 else 1))
            if self.clock.now.date() != day:
                self.case.night()
            self.work()

    def work(self):
        self.books.look(self.campaigns, self.env["cx.campaign"]._cron_campaigns)
        self.env["cx.campaign.act"]._cron_deliver()
        self.env.invalidate_all()
        self.books.receive()
        hits = [hit for rule in self.case.sink.rules if rule.reply[:1] == "5" for hit in rule.hits]
        for _at, _number, email in hits[self.hits :]:
            self.books.no("no such user", email=email, days=90)
        self.hits = len(hits)

    # --------------------------------------------------------------------- life
    def live(self, events):
        kinds = [
            "order", "order", "cancel", "quotation", "quotation_lost", "hold", "release",
            "goodbye", "keep_out", "opt_out", "opt_in", "block", "unblock", "archive", "hear",
            "hear", "hear", "end_call", "end_call", "toggle", "toggle", "finish", "enter",
            "address", "rep", "merge", "server",
        ]  # fmt: skip
        self.work()
        # who is held out follows the numbers of records, and so differs from run to run: where the
        # draw left little to do, life goes on until enough was mailed for the books to mean much
        for event in range(3 * events):
            if event >= events and len(self.books.mails) > 3:
                break
            kind = self.dice.choice(kinds)
            self.told.append(f"{self.clock.now} {kind}: {getattr(self, kind)()}")
            if self.dice.random() < 0.7:
                hours = self.dice.choice(LATER)
                self.told.append(f"{hours} hours later")
                self.pass_time(hours)
            self.books.check(self.campaigns)
            running = self.campaigns.filtered(lambda campaign: campaign.state == "running")
            self.books.audiences(running)


class TestReconcile(SinkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = new_test_user(cls.env, "other_caller", "sales_team.group_sale_salesman")
        cls.company.write(
            {"cx_quiet_from": 20.0, "cx_quiet_to": 8.0, "cx_mail_cap": 2, "cx_call_cap": 1}
        )
        cls.company.partner_id.tz = "Europe/Paris"

    def mail(self, campaign, parent=None, subject="", **values):
        step = self.step(campaign, parent, kind="mail", **values)
        self.env["mailing.mailing"].create(
            {
                "cx_step_id": step.id, "cx_lang": "en_US", "subject": subject,
                "body_arch": "<p>Hello</p>", "body_html": "<p>Hello</p>",
            }
        )  # fmt: skip
        return step

    def live(self, seed):
        self.sink.rules += [
            Rule("rcpt", "451 4.7.1 Try later", share=0.1),
            Rule("rcpt", "550 5.1.1 No such user", share=0.04),
            Rule("dot", drop=True, take=True, share=0.06),
        ]
        with Clock(self.env, START) as clock:
            life = Life(self, clock, seed)
            try:
                life.live(EVENTS)
            except Exception:
                print("\n".join(life.told))
                raise
        self.assertGreater(len(life.books.mails), 3)

    def test_one_order_of_events(self):
        self.live(1)

    def test_another_order_of_events(self):
        self.live(3)
