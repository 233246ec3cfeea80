"""A year in a shop: its customers, what they do on which day, and the machine that runs meanwhile.

Days are counted from :data:`START`. What a customer does is planned for a day, or follows so many
days after it entered a campaign or got its first mail: the day of that is the machine's.
"""

import heapq
import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from faults.sink import Rule

from odoo.tests import new_test_user

from odoo.addons.cx_lifecycle.models.scopes import ids_scope
from odoo.addons.cx_lifecycle_mail.engine import holdout

START = datetime(2032, 9, 1)  # before 2038, until when time zones are known
DAYS = 365
STEP = 4  # days from one night to the next
CRON = timedelta(hours=1)
W = "wake_dormant"


def every(days, since, until):
    """Days before the start, or of the year, so many days apart, and not to the day."""
    count = abs(since - until) // days + 1
    sign = 1 if until > since else -1
    return tuple(since + sign * (n * days + (n * 7) % 5 - 2 * (n > 0)) for n in range(count))


@dataclass
class Person:
    """A customer. ``past`` in days before the start, ``buys`` on days of the year."""

    name: str
    past: tuple = ()
    buys: tuple = ()
    reads: str = ""  # what happens to each mail: opened, clicked, replied, bounced
    calls: str = "done"  # or cancelled; left open when empty
    company: str = "shop"  # or branch, or both
    rep: str = "anne"
    email: str = ""
    tz: str = ""
    values: dict = field(default_factory=dict)
    held_out: str | None = ""  # of which campaign; of any, as drawn, when None


def sleeper(name, last=20, **more):
    """Bought every month until so many days before the start."""
    return Person(name, every(30, last + 120, last), **more)


FRENCH = {"lang": "fr_FR"}
PEOPLE = [
    # who falls dormant, and what comes then
    sleeper("Dora"), sleeper("Wanda", values=FRENCH), sleeper("Ines", calls=""),
    sleeper("Olga", reads="opened"), sleeper("Rene", reads="replied", values=FRENCH),
    sleeper("Nora", values={"phone": False}), sleeper("Nils", rep=""), sleeper("Bob"),
    sleeper("Una"), sleeper("Ulf"), sleeper("Blanche"), sleeper("Otto"), sleeper("Paula"),
    sleeper("Arno"), sleeper("Hilda"), sleeper("Lothar"), sleeper("Ex"), sleeper("Dealer"),
    sleeper("Dilys"), sleeper("Hand"), sleeper("Rolf"), sleeper("Nomail", email="-"),
    sleeper("Tim", email="twins@example.com"), sleeper("Tom", email="Twins@Example.com"),
    sleeper("Mia", last=34), sleeper("Mio", last=34), sleeper("Sven", calls="cancelled"),
    sleeper("Kenji", tz="Asia/Tokyo"), sleeper("Nancy", tz="America/New_York", reads="clicked"),
    sleeper("Bigco", values={"is_company": True}), sleeper("Out", held_out=W),
    Person("Otis", every(30, 351, 21)),
    Person("Pete", every(30, 100, 10), every(30, 15, 85)),
    Person("Finn", every(30, 100, 10), every(30, 20, 170)),
    Person("Grey", every(30, 100, 10), (12, 44)),
    Person("Cora", every(30, 265, 150), (92,)),
    # lost
    Person("Wim", every(30, 300, 180), values=FRENCH), Person("Wilma", every(30, 300, 180)),
    Person("Wes", every(30, 300, 180), reads="clicked", tz="America/New_York"),
    # new ones
    Person("Nell", (), (10,), reads="opened"), Person("Ned", (), (10,), held_out="welcome"),
    Person("Nina", (), (26, 58, 90, 125, 160), reads="opened", values=FRENCH),
    Person("Neal", (), (26, 41)), Person("Noor", (), (58,), reads="replied"),
    Person("Nobu", (), (58, 104), tz="Asia/Tokyo"), Person("Newt", (), (81,), reads="bounced"),
    Person("Tina", (), (81,), email="two@example.com"),
    Person("Toni", (), (81,), email="two@example.com"),
    Person("Rena", (), (106,)), Person("Mute", (), (81,), email="-"),
    # regular, slowing down, and once a year
    Person("Rita", every(45, 400, 20), every(45, 10, 355), reads="opened"),
    Person("Ralf", every(60, 420, 10), every(60, 35, 355), tz="Asia/Tokyo"),
    Person("Ruby", every(75, 480, 40), every(75, 20, 355), values=FRENCH),
    Person("Roy", every(50, 390, 30), every(50, 10, 355), tz="America/New_York"),
    Person("Slow", every(25, 330, 5), (30, 75, 140, 230)),
    Person("Noel", (650, 640, 285, 275), (80, 90)), Person("Carol", (655, 290), (76, 88)),
    # in the other company, or in both
    sleeper("Bea", company="branch", rep=""), sleeper("Bo", company="both"),
    sleeper("Billy", company="both", reads="opened"),
]  # fmt: skip
# a crowd, of which a campaign may hold out whom it draws
PEOPLE += [sleeper(f"Crowd {n}", last=20 + 14 * n, held_out=None) for n in range(5)]
PEOPLE += [Person(f"Fresh {n}", (), (150 + 40 * n,), held_out=None) for n in range(3)]

# so many days after a person entered a campaign, or got its first mail of it, it happens that ...
AFTER = [
    ("Dora", W, "mail", 4, "buy"),
    ("Una", W, "entry", 0, "cut", True),
    ("Una", W, "mail", 3, "opens"),
    ("Ulf", W, "entry", 0, "cut", False),
    ("Bob", W, "entry", 0, "unknown"),
    ("Blanche", W, "mail", 3, "block"),
    ("Otto", W, "mail", 3, "opt_out"),
    ("Paula", W, "mail", 3, "pause"),
    ("Paula", W, "mail", 9, "buy"),
    ("Arno", W, "mail", 3, "archive"),
    ("Hilda", W, "mail", 3, "hold"),
    ("Lothar", W, "mail", 3, "goodbye"),
    ("Ex", W, "mail", 3, "keep_out"),
    ("Dealer", W, "mail", 3, "quotation"),
    ("Hand", W, "mail", 3, "stop_by_hand"),
    ("Mia", W, "mail", 5, "merge", "Mio"),
    ("Sven", W, "mail", 3, "rep", "paul"),
    ("Rolf", W, "mail", 2, "buy"),
    ("Rolf", "thanks", "entry", 1, "return_it"),
    ("Rena", "welcome", "entry", 0, "return_it"),
    ("Bigco", W, "mail", 3, "address", "ann@bigco.example.com"),
    ("Pete", W, "entry", 0, "pause_campaign", W),
    ("Pete", W, "entry", 14, "resume_campaign", W),
    ("Finn", "going_quiet", "entry", 3, "end_campaign", "going_quiet"),
    ("Wilma", "win_back", "mail", 5, "buy"),
    ("Bo", W, "mail", 2, "opt_out"),
]
# what of this ends at once the participation that it follows, and with which reason
ENDS = {
    "buy": "bought", "block": "blacklisted", "opt_out": "opted_out", "pause": "paused",
    "hold": "held", "goodbye": "lost", "keep_out": "excluded", "quotation": "open_deal",
    "stop_by_hand": "by_hand", "return_it": "stage_left",
}  # fmt: skip
# on this day of the year it happens that ...
ON = [
    (28, "Dilys", "quotation"),
    (86, "Dilys", "quotation_lost"),
    (78, "Bob", "buy"),
    (240, "Otto", "buy"),
    (66, "", "server_down"),
    (67, "", "server_up"),
    (150, "Grey", "by_hand"),
    # weeks apart, for nobody is asked twice within thirty days
    (30, "Rita", "meets", "buys"),
    (110, "Rita", "meets", "receives"),
    (190, "Rita", "meets", "is_refunded"),
]
LONGEST_DOWN = 80  # the day of the year on which the mail server must have been missed


class Year:
    def __init__(self, case, clock, books):
        self.case, self.clock, self.books, self.env = case, clock, books, case.env
        self.agenda, self.turns = [], itertools.count()
        self.partners, self.persons, self.campaigns = {}, {}, {}
        self.known_runs, self.known_calls, self.first = set(), set(), set()
        self.left = {*AFTER, *ON}  # what has still to happen
        self.orders, self.nights = {}, 0

    # ------------------------------------------------------------------ opening
    def open(self, shop, branch):
        """Presets as drafts, customers with their past, then the launch."""
        self.companies = {"shop": shop, "branch": branch}
        self.reps = {
            name: new_test_user(
                self.env, name, "sales_team.group_sale_salesman_all_leads", tz="Europe/Paris",
                email=f"{name}@shop.example.com", company_id=shop.id,
                company_ids=[(6, 0, (shop | branch).ids)],
            )
            for name in ("anne", "paul")
        }  # fmt: skip
        self.marketer = new_test_user(
            self.env, "mark", "cx_lifecycle.group_marketer", email="mark@shop.example.com",
            company_id=shop.id, company_ids=[(6, 0, (shop | branch).ids)],
        )  # fmt: skip
        colleagues = (self.marketer, *self.reps.values())
        self.books.colleagues.update(user.email for user in colleagues)
        for preset in self.env["cx.campaign.preset"].with_user(self.marketer).search([]):
            self.campaigns[preset.code] = preset._build(shop).sudo()
        # who is drawn follows numbers of records, and so differs from run to run
        self.all.sample_share = 1.0
        preset = self.env.ref(f"cx_lifecycle_mail.campaign_preset_{W}").with_user(self.marketer)
        self.campaigns["branch"] = preset._build(branch).sudo()
        for campaign in self.all:
            for content in campaign.step_ids.mailing_ids:
                content.subject = f"{content.cx_lang[:2]} {content.subject}"
        self._settle_in(self.env["res.partner"].create([{"name": "Somebody"}] * 250))
        self._past()
        for person in PEOPLE:
            for day in person.buys:
                self.plan(day, self.buy, person.name)
        for entry in ON:
            self.plan(entry[0], self._happens, entry)
        for day in range(0, DAYS + 1, STEP):
            self.at(START + timedelta(days=day, hours=3), self.night)
        self.all.with_user(self.marketer)._launch()

    @property
    def all(self):
        return self.env["cx.campaign"].concat(*self.campaigns.values())

    def _settle_in(self, pool):
        """Each gets a contact of a pool, so that who is held out does not depend on its number."""
        for person in PEOPLE:
            partner = next(
                p for p in pool
                if person.held_out is None or self._drawn(p) == {person.held_out} - {""}
            )  # fmt: skip
            pool -= partner
            partner.write(self._contact(person))
            self.partners[person.name], self.persons[partner.id] = partner, person
            self.books.zones[partner.id] = partner.tz
            if partner.is_company:
                self.case.partner(
                    f"Ann of {person.name}", parent_id=partner.id,
                    email=f"ann@{person.name.lower()}.example.com",
                )  # fmt: skip
        pool.unlink()

    def _contact(self, person):
        email = person.email or f"{person.name.lower().replace(' ', '')}@example.com"
        return {
            "name": person.name, "email": email if email != "-" else False, "lang": "en_US",
            "phone": "+33 1 23 45 67 89", "tz": person.tz or "Europe/Paris",
            "user_id": self.reps[person.rep].id if person.rep else False, **person.values,
        }  # fmt: skip

    def _drawn(self, partner):
        """The campaigns that hold a contact out."""
        return {
            code for code, campaign in self.campaigns.items()
            if holdout.held_out(f"campaign:{campaign.id}", partner.id, campaign.holdout_share)
        }  # fmt: skip

    def _past(self):
        """What they bought before there were campaigns, all at once."""
        first = START.date()
        values = [
            self._order_values(partner, company, first - timedelta(days=days))
            for person in PEOPLE
            for partner, company in self._sides(person)
            for days in person.past
        ]
        self.env["sale.order"].with_context(cx_no_refresh=True).create(values)
        for company in self.companies.values():
            ids = [value["partner_id"] for value in values if value["company_id"] == company.id]
            self.env["cx.customer"]._refresh(company, ids_scope(ids), rebuilt=True)

    def _sides(self, person):
        names = ("shop", "branch") if person.company == "both" else (person.company,)
        return [(self.partners[person.name], self.companies[name]) for name in names]

    def _order_values(self, partner, company, day):
        line = {"product_id": self.case.product.id, "price_unit": 100.0, "tax_ids": False}
        return {
            "partner_id": partner.id, "company_id": company.id, "state": "sale",
            "date_order": f"{day} 12:00:00", "order_line": [(0, 0, line)],
        }  # fmt: skip

    # ------------------------------------------------------------------- agenda
    def at(self, moment, what, *args):
        if moment > START + timedelta(days=DAYS, hours=12):
            return
        heapq.heappush(self.agenda, (moment, next(self.turns), what, args))

    def plan(self, day, what, *args):
        self.at(START + timedelta(days=day, hours=13), what, *args)

    def _happens(self, entry):
        """Something planned, and what it ends at once."""
        self.left.discard(entry)
        if entry in ON:
            getattr(self, entry[2])(*entry[1:2], *entry[3:])
            return
        name, code, _event, _days, verb, *args = entry
        run = self.runs(name, code)[-1:]
        running = run.state == "running"
        getattr(self, verb)(name, *args)
        if running and verb in ENDS:
            ended = (run.state, run.reason, run.ended_at)
            self.case.assertEqual(ended, ("stopped", ENDS[verb], self.clock.now), name)

    def live(self):
        """A year, from one moment at which something happens to the next."""
        while self.agenda:
            moment = self.agenda[0][0]
            due = self._next_due()
            if due and due < moment:
                self.clock.to(max(due, self.clock.now))
                self.work()
                continue
            self.clock.to(moment)
            while self.agenda and self.agenda[0][0] == moment:
                _moment, _turn, what, args = heapq.heappop(self.agenda)
                what(*args)

    def _next_due(self):
        """The first run of the scheduled action after the next act is due."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT min(a.due_at) FROM cx_campaign_act a JOIN cx_campaign g ON g.id = a.campaign_id"
            " WHERE a.state = 'waiting' AND g.state = 'running'"
        )
        [due] = self.env.cr.fetchone()
        if not due:
            return None
        due = max(due, self.clock.now + timedelta(seconds=1))
        return START + CRON * -((START - due) // CRON)

    # ------------------------------------------------------------------ machine
    def night(self):
        for company in self.companies.values():
            run = self.env["cx.run"].create({"company_id": company.id, "kind": "night"})
            run._night(self.env["cx.policy"]._of(company))
            self.case.assertFalse(run.errors)
        self.nights += 1
        if self.nights % 4 == 0:  # the same sums, of a count that lets nobody in
            self.books.audiences(self.all)
        self.look()
        self.deliver()
        self.books.check(self.all)

    def work(self):
        """What the scheduled actions do at this moment."""
        if self.env["cx.campaign.act"]._count_due(("activity", "tag", "action", "wait", "stop")):
            self.look()
        self.deliver()
        self.books.check(self.all)

    def look(self):
        self.books.look(self.all, self.env["cx.campaign"]._cron_campaigns)
        runs = self.env["cx.campaign.run"].search([("id", "not in", list(self.known_runs))])
        self.known_runs.update(runs.ids)
        for run in runs.sorted("id"):
            self._follows(run.partner_id, run.campaign_id, "entry")
        calls = self.env["mail.activity"].search(
            [("cx_act_id", "!=", False), ("id", "not in", list(self.known_calls))]
        )
        self.known_calls.update(calls.ids)
        for call in calls:
            self.at(self.clock.now + timedelta(days=2), self.end_call, call)

    def deliver(self):
        self.env["cx.campaign.act"]._cron_deliver()
        self.env.invalidate_all()
        for mail in self.books.receive():
            partner = self.env["res.partner"].browse(mail.partner)
            person = self.persons[mail.partner]
            self.case.assertEqual(mail.subject[:2], (partner.lang or "en")[:2], mail)
            if person.reads:
                act = self.env["cx.campaign.act"].browse(mail.act)
                self.at(self.clock.now + timedelta(hours=5), self.heard, act, person.reads)
            self._follows(partner, self.env["cx.campaign"].browse(mail.campaign), "mail")

    def _follows(self, partner, campaign, event):
        code = next(code for code, found in self.campaigns.items() if found == campaign)
        name = self.persons[partner.id].name
        if (name, code, event) in self.first:
            return
        self.first.add((name, code, event))
        for entry in AFTER:
            if entry[:3] == (name, code, event):
                moment = self.clock.now + timedelta(days=entry[3], minutes=1)
                self.at(moment, self._happens, entry)

    # ------------------------------------------------------------------- people
    def heard(self, act, event):
        if event != "bounced":
            act.trace_id.set_opened()
        getattr(act.trace_id, f"set_{event}")()

    def opens(self, name):
        act = self.runs(name).act_ids.filtered(lambda act: act.state == "uncertain")
        self.case.assertEqual(len(act), 1)
        act.trace_id.set_opened()

    def end_call(self, call):
        person = self.persons[call.exists().res_id] if call.exists() else None
        if person and call.active and person.calls == "done":
            call.action_feedback(feedback="talked to them")
        elif person and call.active and person.calls == "cancelled":
            call.unlink()

    def buy(self, name):
        day = self.clock.now.date()
        for partner, company in self._sides(self.persons[self.partners[name].id]):
            values = self._order_values(partner, company, day)
            order = self.env["sale.order"].create(values)
            self.orders[name] = order, self.books.bought(partner, company)

    def return_it(self, name):
        """Nobody is asked how it was."""
        order, purchase = self.orders[name]
        order._action_cancel()
        self.books.returned(purchase)
        self.books.no("returned it", order.partner_id, company=order.company_id, days=30)

    def quotation(self, name):
        partner, company = self._sides(self.persons[self.partners[name].id])[0]
        self.orders[name] = self.case.quotation(partner, company=company)
        self.books.no("in talks", partner, company=company)

    def quotation_lost(self, name):
        self.orders[name]._action_cancel()
        self.books.yes("in talks", self.partners[name])

    # ------------------------------------------------------------------ verdicts
    def block(self, name):
        email = self.partners[name].email_normalized
        self.env["cx.topic.optout"]._block(email, self.companies["shop"], "page")
        self.books.no("blocked", email=email)

    def opt_out(self, name):
        shop, topic = self.companies["shop"], self.campaigns[W].topic_id
        email = self.partners[name].email_normalized
        self.env["cx.topic.optout"]._opt_out(email, topic, shop, "one_click")
        self.books.no("opted out", email=email, topic=topic, company=shop)

    def pause(self, name, days=40):
        email, shop = self.partners[name].email_normalized, self.companies["shop"]
        until = self.clock.now.date() + timedelta(days=days)
        self.env["cx.topic.optout"]._opt_out(email, self.env["cx.topic"], shop, "page", until=until)
        self.books.no("paused", email=email, company=shop, days=days)

    def archive(self, name):
        self.partners[name].active = False
        self.books.no("archived", self.partners[name])

    def _judged(self, name, verb, *args, days=None):
        shop = self.companies["shop"]
        getattr(self._customer(name).with_user(self.reps["anne"]), verb)(*args)
        self.books.no(verb, self.partners[name], company=shop, days=days)

    def hold(self, name):
        until = self.clock.now.date() + timedelta(days=45)
        self._judged(name, "hold", "active", until, "was here", days=45)

    def goodbye(self, name):
        self._judged(name, "declare_lost", "moved away")

    def keep_out(self, name):
        until = self.clock.now.date() + timedelta(days=250)
        self._judged(name, "keep_out_of_campaigns", until, "a complaint", days=250)

    def rep(self, name, other):
        self.partners[name].user_id = self.reps[other]

    def address(self, name, other):
        """The company's own address is gone; there is still a person of it."""
        self.books.no("no such address", email=self.partners[name].email_normalized)
        self.partners[name].email = False
        self.case.assertEqual(self.partners[name].child_ids.email, other)

    def merge(self, name, other):
        kept, source = self.partners[name], self.partners[other]
        self.books.moved.update((self._customer(name) | self._customer(other)).ids)
        self.books.merges(source, kept)
        self.env["base.partner.merge.automatic.wizard"]._merge((kept | source).ids, kept)
        self.env.invalidate_all()
        self.partners[other] = kept

    # ------------------------------------------------------- marketer and server
    def stop_by_hand(self, name):
        self.runs(name)[-1].with_user(self.marketer).action_stop()
        self.books.no("stopped by hand", self.partners[name], days=30)

    def by_hand(self, name):
        """Asked for twice, entered once."""
        campaign = self.campaigns["win_back"].with_user(self.marketer)
        asked = [campaign.enter(self.partners[name].ids, "fair 2033") for _again in range(2)]
        self.case.assertEqual([(a["entered"], a["already"]) for a in asked], [(1, 0), (0, 1)])

    def pause_campaign(self, _name, code):
        self.campaigns[code].with_user(self.marketer).action_pause()
        self.books.no("campaign paused", campaign=self.campaigns[code])

    def meets(self, name, interaction):
        """A touchpoint, as a source reads it the night after."""
        met = self.env["cx.touchpoint"].with_company(self.companies["shop"])
        met.log(self.partners[name].id, "shop", interaction)

    def resume_campaign(self, _name, code):
        self.campaigns[code].with_user(self.marketer).action_resume()
        self.books.yes("campaign paused", campaign=self.campaigns[code])

    def end_campaign(self, _name, code):
        """Its last day is today: changed in a draft and published, as whatever runs."""
        campaigns = self.campaigns[code].with_user(self.marketer)
        draft = campaigns.browse(campaigns.action_edit()["res_id"])
        draft.end_on = self.clock.now.date()
        dialog = draft.action_publish()
        dialogs = draft.env[dialog["res_model"]]
        dialogs.browse(dialog["res_id"]).action_publish()

    def cut(self, name, taken):
        self._rule(Rule("dot", drop=True, take=taken, to=self.partners[name].email, times=1))

    def unknown(self, name):
        email = self.partners[name].email
        self._rule(Rule("rcpt", "550 5.1.1 No such user", to=email, times=1))
        self.books.no("no such user", email=email, days=90)

    def _rule(self, rule):
        self.case.sink.rules.append(rule)

    def server_down(self, _name):
        self.case.sink.refuse()

    def server_up(self, _name):
        """It comes back the day after mails were due, and wait."""
        day = (self.clock.now - START).days
        if not self.case.server.cx_pauses and day < LONGEST_DOWN:
            self.plan(day + 1, self.server_up, _name)
            return
        self.case.assertTrue(self.case.server.cx_pauses, "mails were due, and wait")
        self.case.sink.accept()

    # ------------------------------------------------------------------ finding
    def _customer(self, name, company="shop"):
        return self.case.of(self.partners[name], self.companies[company])

    def runs(self, name, code=W):
        """All participations of a person in a campaign, from old to new."""
        return self.env["cx.campaign.run"].search(
            [
                ("campaign_id", "=", self.campaigns[code].id),
                ("partner_id", "=", self.partners[name].id),
            ],
            order="id",
        )

    def mails(self, name, code=W):
        """What a person got of a campaign, from old to new."""
        campaign, partner = self.campaigns[code], self.partners[name]
        return [m for m in self.books.mails if (m.campaign, m.partner) == (campaign.id, partner.id)]
