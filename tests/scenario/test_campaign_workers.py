"""Campaigns with real commits: several workers, and a seller at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg2
import pytest
from scenario.live import buy, environment

DORMANT = (340, 280, 220, 160)


@pytest.fixture(scope="module")
def people(registry):
    """Eight dormant customers with an address each."""
    with registry.cursor() as cr:
        env = environment(cr)
        env["cx.first.run"]._of(env.company)._accept()
        env.company.write({"cx_mail_cap": 0, "cx_quiet_from": 0, "cx_quiet_to": 0})
        partners = env["res.partner"].create(
            [{"name": f"P{n}", "email": f"p{n}@example.com"} for n in range(8)]
        )
        for partner in partners:
            buy(env, partner, *DORMANT)
        return partners.ids


def launch(registry, kind="wait", **values):
    """A running campaign of one step, nobody in it yet; its id."""
    with registry.cursor() as cr:
        env = environment(cr)
        env["cx.campaign"].search([("state", "=", "running")]).action_finish()
        campaign = env["cx.campaign"].create(
            {
                "name": "Wake up", "stage_id": env.ref("cx_lifecycle.stage_dormant").id,
                "members": "both", "holdout_share": 0, "cooldown_days": 0, "exclusive": False,
                **values,
            }
        )  # fmt: skip
        step = env["cx.campaign.step"].create(
            {"campaign_id": campaign.id, "name": "Step", "kind": kind}
        )
        if kind == "mail":
            env["mailing.mailing"].create(
                {
                    "cx_step_id": step.id, "cx_lang": "en_US", "subject": "Hello",
                    "body_arch": "<p>Hello</p>", "body_html": "<p>Hello</p>",
                    "mailing_model_id": env["ir.model"]._get_id("res.partner"),
                }
            )  # fmt: skip
        campaign._launch()
        return campaign.id


def enter(registry, campaign_id):
    with registry.cursor() as cr:
        return environment(cr)["cx.campaign"].browse(campaign_id)._enter()["enter"]


def acts(registry, campaign_id):
    """{partner: (state, reason)} of what others have committed."""
    with registry.cursor() as cr:
        found = environment(cr)["cx.campaign.act"].search([("campaign_id", "=", campaign_id)])
        return {act.partner_id.id: (act.state, act.reason) for act in found}


def claim(registry, token, kinds=None):
    with registry.cursor() as cr:
        acts = environment(cr)["cx.campaign.act"]
        return acts._claim(token, kinds or acts._others())


def together(*works):
    """Do all of them at the same moment; their results."""
    barrier = Barrier(len(works))

    def begin(work):
        barrier.wait(10)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [job.result(60) for job in [pool.submit(begin, work) for work in works]]


def test_an_order_ends_it_in_its_own_transaction(registry, people):
    campaign = launch(registry)
    enter(registry, campaign)
    with registry.cursor() as seller:
        buy(environment(seller), environment(seller)["res.partner"].browse(people[0]), 0)
        mine = environment(seller)["cx.campaign.run"].search(
            [("campaign_id", "=", campaign), ("partner_id", "=", people[0])]
        )
        assert (mine.state, mine.reason) == ("stopped", "bought")
        assert acts(registry, campaign)[people[0]] == ("waiting", False), "nobody else knows yet"
        assert len(claim(registry, "worker")) == len(people) - 1, "but nobody can take it"
        seller.rollback()
    assert acts(registry, campaign)[people[0]] == ("waiting", False), "it was not sold after all"
    with registry.cursor() as seller:
        buy(environment(seller), environment(seller)["res.partner"].browse(people[0]), 0)
    assert acts(registry, campaign)[people[0]] == ("skipped", "bought")
    assert claim(registry, "worker") == []


def test_the_last_question_waits_for_the_seller(registry, people):
    campaign = launch(registry, kind="mail")
    enter(registry, campaign)
    ids = claim(registry, "worker", ("mail",))
    with registry.cursor() as cr:
        env = environment(cr)
        env["cx.campaign.act"]._journaled(env["cx.campaign.act"]._addressed(ids))
    with registry.cursor() as cr:
        env = environment(cr)
        [act] = env["cx.campaign.act"].search(
            [("campaign_id", "=", campaign), ("partner_id", "=", people[1])]
        )
        act_id, company = act.id, act.company_id.id

    def allow():
        with registry.cursor() as cr:
            return environment(cr)["cx.campaign.act"]._allow(act_id, "worker", company)

    with registry.cursor() as seller:
        buy(environment(seller), environment(seller)["res.partner"].browse(people[1]), 0)
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(allow)
            with pytest.raises(TimeoutError):
                asked.result(0.5)
            seller.commit()
            assert asked.result(30) is False
    assert acts(registry, campaign)[people[1]] == ("skipped", "bought")


def test_two_who_let_in_at_once(registry, people):
    campaign = launch(registry)

    def work():
        try:
            return enter(registry, campaign)
        except psycopg2.errors.SerializationFailure:
            return 0  # the other one was faster; the cron looks again

    together(*[work] * 4)
    enter(registry, campaign)
    with registry.cursor() as cr:
        runs = environment(cr)["cx.campaign.run"].search([("campaign_id", "=", campaign)])
        dormant = environment(cr)["cx.customer"].search_count([("stage_id.code", "=", "dormant")])
        assert len(runs) == len(runs.customer_id) == dormant
        assert len(runs.act_ids) == len(runs)


def test_workers_never_hold_the_same_act(registry, people):
    campaign = launch(registry)
    enter(registry, campaign)
    held = together(*[lambda n=n: claim(registry, f"worker {n}") for n in range(4)])
    together_ids = [act_id for ids in held for act_id in ids]
    assert len(together_ids) == len(set(together_ids)) == len(acts(registry, campaign))


def test_the_cap_holds_for_workers_at_the_same_moment(registry, people):
    """Two campaigns, one customer, one mail a week: one of two workers may send."""
    campaigns = [launch(registry, kind="mail")]
    enter(registry, campaigns[0])
    with registry.cursor() as cr:
        env = environment(cr)
        env.company.write({"cx_mail_cap": 1, "cx_mail_cap_days": 7})
        campaign = env["cx.campaign"].browse(campaigns[0])
        twin = campaign.copy({"name": "Another"})
        twin._launch()
        twin._enter()
        campaigns.append(twin.id)
    ids = claim(registry, "worker", ("mail",))
    with registry.cursor() as cr:
        env = environment(cr)
        env["cx.campaign.act"]._journaled(env["cx.campaign.act"]._addressed(ids))
    with registry.cursor() as cr:
        found = environment(cr)["cx.campaign.act"].search(
            [("id", "in", ids), ("partner_id", "=", people[2])]
        )
        pair, company = found.ids, found.company_id.id
    assert len(pair) == 2

    def allow(act_id):
        with registry.cursor() as cr:
            return environment(cr)["cx.campaign.act"]._allow(act_id, "worker", company)

    assert sorted(together(*[lambda i=i: allow(i) for i in pair])) == [False, True]
