"""What becomes of acts if nothing but time passes, and at most one person reacts as assumed.

The machine asks the database the same questions when an act is due; here they were asked before,
all at once, and only time goes on: see ``models/cx_campaign_ahead.py``, which asks them. A test
lets the machine live through the same weeks and compares each act.

Moments are naive datetimes in UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any, NamedTuple

HOUR = timedelta(hours=1)
# what follows an act that was done, when nobody reacts
DONE = {"done", "ended", "not_opened", "not_clicked", "not_replied", "activity_overdue"}
# what a reaction to a mail makes happen, in this order
REACTIONS = {"opens": ("opened",), "clicks": ("opened", "clicked"), "replies": ("replied",)}
# what a step waits not to happen, by what happened to the mail or activity before
HAPPENED = {
    "not_opened": {"opened", "clicked", "replied"},
    "not_clicked": {"clicked"},
    "not_replied": {"replied"},
    "activity_overdue": {"activity_done"},
}


class Campaign(NamedTuple):
    id: int
    sequence: int
    service: bool = False  # neither capped nor counted
    stop_reply: bool = True
    stop_purchase: bool = True


@dataclass(slots=True, eq=False)
class Step:
    id: int
    campaign: Campaign
    kind: str
    trigger: str = "entry"
    delay: timedelta = timedelta()
    validity: timedelta = timedelta(days=7)
    weekday: int | None = None
    hour: int | None = None
    dated: bool = False  # not before a date of the customer
    deadline: int = 0  # days until an activity is overdue
    lineage: int = 0  # the same step in another version of the campaign
    last: int | None = None  # the last version it belongs to, of a former one
    follows: list = field(default_factory=list)

    @property
    def is_mail(self):
        return self.kind in ("mail", "survey")

    @property
    def pressure(self):
        """Which cap counts it."""
        return "mail" if self.is_mail else self.kind if self.kind == "activity" else None


class Facts(NamedTuple):
    """What is known today of one step and one customer."""

    zone: str = ""
    email: str | None = None
    skip: str | None = None  # why it is not done, whenever it is due
    heard: datetime | None = None  # until then its address has had the step already
    content: Any = True  # what is sent, in its language
    begins: datetime | None = None  # the step's date
    holds: bool = True  # its condition
    assigned: Any = True  # who acts
    person: Any = None  # who is written to


@dataclass(slots=True, eq=False)
class Run:
    """A participation; ``stops`` are the (moment, reason) that are known to end it."""

    customer: int
    campaign: Campaign
    version: int = 1  # of the campaign, by which it goes
    stops: list = field(default_factory=list)
    made: set = field(default_factory=set)  # ids of the steps that have an act
    ended: str | None = None


@dataclass(slots=True, eq=False)
class Act:
    run: Run
    step: Step
    not_before: datetime
    due: datetime
    expires: datetime
    number: int = 0  # who is older goes first
    parent: Any = None
    reason: str | None = None
    state: str = "waiting"
    at: datetime | None = None  # when it was done, or not
    held: bool = False  # a cap made it wait
    happened: set = field(default_factory=set)  # to the mail or activity


def goes_on(step, run):
    """Whether a step belongs to the version that a run goes by."""
    return step.last is None or step.last >= run.version


class Rules(NamedTuple):
    """What holds for everybody in a company.

    :param caps: {"mail" or "activity": (at most, within days)}; 0: as many as there are
    :param allowed: function of zone, not_before, weekday, hour and now: the moment, or None
    :param day: function of a moment: the day where the company is
    :param rest: between two surveys of a customer, in different participations; 0: none
    """

    caps: dict
    allowed: Any
    day: Any
    turn: timedelta = timedelta(minutes=2)
    twin: timedelta = timedelta(days=30)
    rest: timedelta = timedelta()


class Future:
    """Some customers who have to do with each other, until a day.

    :param facts: {(customer, step id): Facts}
    :param past: {(customer, "mail" or "activity"): [moments]} of what caps count
    :param asked: {customer: [(moment, Run or None)]} of the surveys it was invited to
    :param until: nothing from then on is looked at
    :param reaction: a key of ``REACTIONS``, "done" for activities, or empty
    """

    def __init__(self, rules, facts, past, until, reaction="", asked=None):
        self.rules, self.facts, self.past, self.until = rules, facts, past, until
        self.asked = asked or {}
        self.reaction = reaction
        self.agenda, self.turns = [], count(1 << 40)
        self.heard = {}  # (lineage of a step, address): [(customer, moment)]
        self.waiting = {}  # customer: acts
        self.acts = []

    # -------------------------------------------------------------- beginning
    def enter(self, run, steps, moment):
        """Somebody enters at a moment to come."""
        self._at(moment, "_enter", run, steps)

    def _enter(self, now, run, steps):
        self.follow(run)
        for step in steps:
            if step.trigger == "entry" and step.last is None:
                self._grow(run, step, now)

    def follow(self, run):
        for moment, reason in run.stops:
            self._at(moment, "_stop", run, reason)

    def wait(self, act):
        self.acts.append(act)
        act.run.made.add(act.step.id)
        self.waiting.setdefault(act.run.customer, []).append(act)
        self._at(act.due, "_due", act, act.due)

    def _at(self, moment, what, *args):
        heappush(self.agenda, (moment, next(self.turns), what, args))

    def _grow(self, run, step, moment, parent=None):
        if run.ended or step.id in run.made or not goes_on(step, run):
            return
        at = moment + step.delay
        self.wait(Act(run, step, at, at, at + step.validity, next(self.turns), parent))

    def _after(self, act, moment, triggers, base=None):
        for step in act.step.follows:
            if step.trigger in triggers:
                overdue = step.trigger == "activity_overdue"
                self._grow(act.run, step, base if overdue and base else moment, act)

    # ------------------------------------------------------------------ living
    def live(self):
        """All acts, old and new; those still waiting at the end are ``waiting``."""
        while self.agenda and self.agenda[0][0] < self.until:
            now = self.agenda[0][0]
            while ready := self._ready(now):
                others = [act for act in ready if not act.step.is_mail]
                # mails have their own workers, who come after
                self._work(others or ready, now)
                for act in ready if others else ():
                    if act.step.is_mail and act.state == "waiting":
                        self._at(act.due, "_due", act, act.due)
        return self.acts

    def _ready(self, now):
        """The acts that are due; what else happens at this moment happens before."""
        ready = []
        while self.agenda and self.agenda[0][0] <= now:
            _moment, _turn, what, args = heappop(self.agenda)
            if what == "_due":
                act, due = args
                if act.state == "waiting" and act.due == due:
                    ready.append(act)
            else:
                getattr(self, what)(now, *args)
        return [act for act in ready if act.state == "waiting"]

    def _stop(self, now, run, reason):
        if run.ended:
            return
        run.ended = reason
        for act in self.waiting.get(run.customer, []):
            if act.run is run and act.state == "waiting":
                act.state, act.reason, act.at = "skipped", reason, now

    def _work(self, acts, now):
        left = []
        verdicts = [(act, *self._verdict(act, now)) for act in acts]
        verdicts.sort(key=lambda v: (v[0].run.campaign.sequence, v[0].due, v[0].number))
        for act, skip, wait in verdicts:
            if skip:
                self._skip(act, skip, now)
            elif wait:
                self._wait(act, wait, now)
            else:
                left.append(act)
        for act in left:
            if act.state == "waiting" and self._comes(act, now):
                self._do(act, now)
        for customer in {act.run.customer for act in acts}:
            self.waiting[customer] = [a for a in self.waiting[customer] if a.state == "waiting"]

    # ---------------------------------------------------------------- verdicts
    def _verdict(self, act, now):
        """Why it is not done, or why it waits."""
        step = act.step
        if not goes_on(step, act.run):
            return "moved", None
        facts = self.facts[act.run.customer, step.id]
        if act.expires <= now:
            return "expired", None
        known = act.parent.happened if act.parent else act.happened
        if HAPPENED.get(step.trigger, set()) & known:
            return "happened", None
        if facts.skip:
            return facts.skip, None
        if step.is_mail:
            if self._twin(act, facts, now):
                return "duplicate", None
            if not facts.content:
                return "no_content", None
        return None, self._rests(act, now) or self._waits(act, now)

    def _twin(self, act, facts, now):
        """Whether the address has had this step not long ago, for another customer."""
        if facts.heard and facts.heard > now:
            return True
        return any(
            customer != act.run.customer and at > now - self.rules.twin
            for customer, at in self.heard.get((act.step.lineage, facts.email), ())
        )

    def _rests(self, act, now):
        """Whether another survey comes first, or came not long ago."""
        if not self.rules.rest or act.step.kind != "survey":
            return None
        mine = (act.run.campaign.sequence, act.number)
        for other in self.waiting[act.run.customer]:
            first = (other.run.campaign.sequence, other.number) < mine
            due = other.state == "waiting" and other.due <= now
            if first and due and other.step.kind == "survey" and other.run is not act.run:
                return "yields"
        since = now - self.rules.rest
        return "asked" if any(at > since for at in self._others_asked(act)) else None

    def _others_asked(self, act):
        """When the customer was invited to surveys by others than this participation."""
        asked = self.asked.get(act.run.customer, ())
        return [at for at, run in asked if run is not act.run]

    def _waits(self, act, now):
        most, days = self.rules.caps.get(act.step.pressure, (0, 0))
        if not most or act.run.campaign.service:
            return None
        mine = (act.run.campaign.sequence, act.number)
        for other in self.waiting[act.run.customer]:
            campaign = other.run.campaign
            if (
                other.state == "waiting"
                and other.due <= now
                and other.step.pressure == act.step.pressure
                and not campaign.service
                and (campaign.sequence, other.number) < mine
            ):
                return "yields"
        done = self.past.get((act.run.customer, act.step.pressure), ())
        since = now - timedelta(days=days)
        return "capped" if sum(at > since for at in done) >= most else None

    def _wait(self, act, wait, now):
        act.reason = None
        until = now + self.rules.turn
        if wait == "asked":
            act.reason = "asked_lately"
            until = max(self._others_asked(act)) + self.rules.rest
        elif wait == "capped":
            act.reason, act.held = "capped", True
            most, days = self.rules.caps[act.step.pressure]
            done = sorted(self.past[act.run.customer, act.step.pressure], reverse=True)
            until = done[most - 1] + timedelta(days=days)
        self._postpone(act, min(until, act.expires))

    def _postpone(self, act, due):
        act.due = due
        self._at(due, "_due", act, due)

    # ------------------------------------------------------------------- doing
    def _comes(self, act, now):
        """Whether its date, its hour and its condition let it be done now."""
        facts, step = self.facts[act.run.customer, act.step.id], act.step
        if step.dated:
            if facts.begins is None:
                return self._skip(act, "no_date", now)
            if facts.begins + step.validity <= now:
                return self._skip(act, "expired", now)
            if facts.begins > now:
                act.not_before, act.expires = facts.begins, facts.begins + step.validity
                return self._postpone(act, facts.begins)
        if step.is_mail or step.weekday is not None or step.hour is not None:
            at = self.rules.allowed(facts.zone, act.not_before, step.weekday, step.hour, now)
            if at is None:
                return self._skip(act, "never_allowed", now)
            if at > now:
                return self._postpone(act, at)
        if not facts.holds:
            return self._skip(act, "condition", now)
        return True

    def _skip(self, act, reason, now):
        # too late because it had to wait for its turn: that is the reason
        if not (reason == "expired" and act.reason in ("capped", "asked_lately")):
            act.reason = reason
        act.state, act.at = "skipped", now
        self._after(act, now, {"ended", "else"} if reason == "condition" else {"ended"})
        return False

    def _do(self, act, now):
        step, run = act.step, act.run
        facts = self.facts[run.customer, step.id]
        if step.is_mail and self._twin(act, facts, now):
            self._postpone(act, now)  # another one of this lot: the next look tells
            return
        if step.kind == "activity" and not facts.assigned:
            self._skip(act, "no_assignee", now)
            return
        act.state, act.reason, act.at = "done", None, now
        if step.is_mail:
            self.heard.setdefault((step.lineage, facts.email), []).append((run.customer, now))
        if step.pressure and not run.campaign.service:
            self.past.setdefault((run.customer, step.pressure), []).append(now)
        if step.kind == "survey":
            self.asked.setdefault(run.customer, []).append((now, run))
        base = None
        if step.kind == "activity":
            deadline = self.rules.day(now) + timedelta(days=step.deadline)
            base = datetime.combine(deadline + timedelta(days=1), datetime.min.time())
        self._after(act, now, DONE, base)
        if step.kind == "stop":
            self._stop(now, run, "by_step")
        if step.is_mail and self.reaction in REACTIONS:
            self._at(now + HOUR, "_react", act, REACTIONS[self.reaction])
        elif step.kind == "activity" and self.reaction == "done":
            self._at(now + HOUR, "_react", act, ("activity_done",))

    def _react(self, now, act, events):
        """Something happened to a mail or an activity: what waits for it begins."""
        for event in events:
            act.happened.add(event)
            for step in act.step.follows:
                if step.trigger == event and act.at + step.validity > now:
                    self._grow(act.run, step, now, act)
        if "replied" in events and act.run.campaign.stop_reply:
            self._stop(now, act.run, "replied")
