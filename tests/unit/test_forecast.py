"""The engine of the dry run by itself: order, caps, reactions. The machine itself is compared with
it in ``scenario/test_forecast.py``."""

from datetime import datetime, timedelta

from odoo.addons.cx_lifecycle_mail.engine.forecast import (
    Act,
    Campaign,
    Facts,
    Future,
    Rules,
    Run,
    Step,
)

NOW = datetime(2032, 3, 4, 9)
DAY = timedelta(days=1)


def at_once(_zone, not_before, _weekday, _hour, now):
    return max(not_before, now)


def rules(**more):
    return Rules(**{"caps": {}, "allowed": at_once, "day": lambda moment: moment.date(), **more})


def steps(*made):
    """Steps that hang below each other, the first on entry: (kind, trigger, days)."""
    campaign = Campaign(1, 10)
    chain = []
    for number, (kind, trigger, days) in enumerate(made, 1):
        step = Step(number, campaign, kind, trigger, days * DAY)
        if chain:
            chain[-1].follows.append(step)
        chain.append(step)
    return chain


def lived(chain, reaction="", facts=None, past=None, stops=(), **more):
    known = {(7, step.id): Facts() for step in chain} | (facts or {})
    future = Future(rules(**more), known, past or {}, NOW + 90 * DAY, reaction)
    future.enter(Run(7, chain[0].campaign, stops=list(stops)), chain, NOW)
    return [(act.step.id, act.state, act.reason, (act.at or act.due) - NOW)
            for act in future.live()]  # fmt: skip


MAILS = (("mail", "entry", 0), ("mail", "not_opened", 5), ("activity", "ended", 2))


def test_nobody_reacts():
    assert lived(steps(*MAILS)) == [
        (1, "done", None, 0 * DAY),
        (2, "done", None, 5 * DAY),
        (3, "done", None, 7 * DAY),
    ]


def test_opened():
    told = lived(steps(*MAILS), "opens")
    assert told[1] == (2, "skipped", "happened", 5 * DAY)
    assert told[2] == (3, "done", None, 7 * DAY)


def test_what_follows_opening():
    chain = steps(("mail", "entry", 0), ("mail", "opened", 1))
    assert len(lived(chain)) == 1
    assert lived(chain, "clicks")[1] == (2, "done", None, DAY + timedelta(hours=1))


def test_an_answer_ends_it():
    assert lived(steps(*MAILS), "replies")[1] == (2, "skipped", "replied", timedelta(hours=1))
    assert len(lived(steps(*MAILS), "replies")) == 2


def test_a_stop_that_is_known():
    told = lived(steps(*MAILS), stops=[(NOW + 3 * DAY, "stage_left")])
    assert told[1:] == [(2, "skipped", "stage_left", 3 * DAY)]


def test_cap_waits_and_then_drops():
    past = {(7, "mail"): [NOW - DAY]}
    [(_step, state, reason, at)] = lived(
        steps(MAILS[0]), caps={"mail": (1, 5)}, past={k: list(v) for k, v in past.items()}
    )
    assert (state, reason, at) == ("done", None, 4 * DAY)
    [told] = lived(steps(MAILS[0]), caps={"mail": (1, 20)}, past=past)
    assert told == (1, "skipped", "capped", 7 * DAY)


def test_of_two_the_campaign_that_comes_first():
    first, second = Campaign(1, 5), Campaign(2, 10)
    future = Future(
        rules(caps={"mail": (1, 3)}), {(7, n): Facts() for n in (1, 2)}, {}, NOW + 30 * DAY
    )
    acts = []
    for campaign in (second, first):
        run, step = Run(7, campaign), Step(campaign.id, campaign, "mail")
        acts.append(Act(run, step, NOW, NOW, NOW + 7 * DAY, number=len(acts)))
        future.wait(acts[-1])
    future.live()
    assert [act.at - NOW for act in acts] == [3 * DAY, 0 * DAY]
    assert acts[0].held


def test_one_address_gets_a_step_once():
    step = Step(1, Campaign(1, 10), "mail")
    facts = {(customer, 1): Facts(email="same@example.com") for customer in (7, 8)}
    future = Future(rules(), facts, {}, NOW + 30 * DAY)
    for customer in (7, 8):
        future.enter(Run(customer, step.campaign), [step], NOW)
    assert [(act.state, act.reason) for act in future.live()] == [
        ("done", None), ("skipped", "duplicate"),
    ]  # fmt: skip


def test_overdue_counts_from_the_deadline():
    chain = steps(("activity", "entry", 0), ("wait", "activity_overdue", 1))
    chain[0].deadline = 3
    # the day after the deadline begins at midnight, a day of delay after it
    assert lived(chain)[1][3] == datetime(2032, 3, 9) - NOW
    assert lived(chain, "done")[1][:3] == (2, "skipped", "happened")


def test_conditions():
    chain = steps(("mail", "entry", 0), ("wait", "else", 0))
    told = lived(chain, facts={(7, 1): Facts(holds=False)})
    assert [what[:3] for what in told] == [(1, "skipped", "condition"), (2, "done", None)]
    assert len(lived(chain)) == 1


def test_nothing_from_the_last_day_on():
    chain = steps(("mail", "entry", 90))
    assert lived(chain) == [(1, "waiting", None, 90 * DAY)]


def test_a_rest_between_surveys():
    chain = steps(("survey", "entry", 0))
    asked = Run(7, Campaign(2, 5))

    def told(rest, validity=7 * DAY, run=None):
        chain[0].validity = validity
        future = Future(
            rules(rest=rest), {(7, 1): Facts()}, {}, NOW + 90 * DAY,
            asked={7: [(NOW - 2 * DAY, run)]},
        )  # fmt: skip
        future.enter(Run(7, chain[0].campaign), chain, NOW)
        [act] = future.live()
        return act.state, act.reason, act.at - NOW

    assert told(timedelta()) == ("done", None, 0 * DAY)
    assert told(5 * DAY, run=asked) == ("done", None, 3 * DAY)
    assert told(30 * DAY) == ("skipped", "asked_lately", 7 * DAY)


def test_two_surveys_at_once():
    future = Future(rules(rest=9 * DAY), {(7, n): Facts() for n in (1, 2)}, {}, NOW + 30 * DAY)
    acts = []
    for campaign in (Campaign(2, 10), Campaign(1, 5)):
        run, step = Run(7, campaign), Step(campaign.id, campaign, "survey")
        acts.append(Act(run, step, NOW, NOW, NOW + 20 * DAY, number=len(acts)))
        future.wait(acts[-1])
    future.live()
    assert [act.at - NOW for act in acts] == [9 * DAY, 0 * DAY]
