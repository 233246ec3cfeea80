"""Two people decide about the same uncertain mail at once: one further copy, one name."""

from datetime import timedelta

import pytest
from model.common import TODAY
from scenario.live import at_once, environment, two_marketers

from odoo import api, fields

ROUNDS = 10


@pytest.fixture(scope="module")
def uncertain(registry):
    """Mails of which nobody knows whether they arrived, and two marketers."""
    with registry.cursor() as cr:
        env = environment(cr)
        marketers = two_marketers(env, "people")
        campaign = env["cx.campaign"].create(
            {
                "name": "Hello", "entry": "manual",
                "step_ids": [(0, 0, {"name": "Mail", "kind": "mail"})],
            }
        )  # fmt: skip
        now = fields.Datetime.now()
        ids = []
        for number in range(ROUNDS):
            partner = env["res.partner"].create({"name": f"P{number}"})
            customer = env["cx.customer"].create(
                {"partner_id": partner.id, "company_id": env.company.id,
                 "currency_id": env.company.currency_id.id}
            )  # fmt: skip
            of = {"campaign_id": campaign.id, "customer_id": customer.id,
                  "company_id": env.company.id}  # fmt: skip
            run = env["cx.campaign.run"].create(
                {**of, "entry_key": "request:x", "arm": "treated", "state": "running",
                 "entered_at": now, "ends_on": TODAY + timedelta(days=9)}
            )  # fmt: skip
            ids += env["cx.campaign.act"].create(
                {**of, "run_id": run.id, "step_id": campaign.step_ids.id, "kind": "mail",
                 "state": "uncertain", "reason": "unknown_fate", "not_before": now, "due_at": now,
                 "expires_at": now, "done_at": now, "message_id": f"<{number}@example.com>"}
            ).ids  # fmt: skip
    return ids, marketers


def test_exactly_one_of_two_decides(registry, uncertain):
    ids, (one, other) = uncertain

    def decide(user_id, act_id, button):
        def press(env):
            act = env["cx.campaign.act"].browse(act_id)
            assert act.state == "uncertain"
            return getattr(act, button)

        return user_id, press

    for number, act_id in enumerate(ids):
        second = "action_settle" if number % 2 else "action_send_again"
        told = at_once(
            registry, decide(one, act_id, "action_send_again"), decide(other, act_id, second)
        )
        assert sorted(map(bool, told)) == [False, True], told
    with registry.cursor() as cr:
        acts = environment(cr)["cx.campaign.act"].browse(ids)
        assert [len(act.attempt_ids) for act in acts] == [1] * ROUNDS
        for act in acts:
            assert act.attempt_ids.user_id.id in (one, other)
            assert act.state == ("waiting" if act.attempt_ids.outcome == "again" else "done")


def test_a_pause_is_ended_once(registry, uncertain):
    """Two marketers resume at once, each with a choice: one is done, the other is told."""
    ids, marketers = uncertain
    with registry.cursor() as cr:
        acts = environment(cr)["cx.campaign.act"].browse(ids)
        campaign_id = acts.campaign_id.id

    def resume(user_id, choice):
        with registry.cursor() as cr:
            dialogs = api.Environment(cr, user_id, {})["cx.campaign.change"]
            dialog_id = dialogs.create(
                {"campaign_id": campaign_id, "change": "resume", "choice": choice}
            ).id

        def press(env):
            dialog = env["cx.campaign.change"].browse(dialog_id)
            assert dialog.preview
            return dialog.action_apply

        return user_id, press

    for number in range(ROUNDS):
        due = fields.Datetime.now() - timedelta(days=1)
        with registry.cursor() as cr:
            env = environment(cr)
            campaign = env["cx.campaign"].browse(campaign_id)
            campaign.write(
                {"state": "paused", "paused_at": fields.Datetime.now() - timedelta(days=5)}
            )
            acts = env["cx.campaign.act"].browse(ids)
            acts.write(
                {"state": "waiting", "reason": False, "not_before": due, "due_at": due,
                 "expires_at": due + timedelta(days=30)}
            )  # fmt: skip
            env.flush_all()
            cr.execute("UPDATE cx_campaign_act SET create_date = %s WHERE id = ANY(%s)",
                       (due - timedelta(days=9), ids))  # fmt: skip
        choices = ("shift", "skip") if number % 2 else ("skip", "shift")
        told = at_once(registry, *map(resume, marketers, choices))
        assert sorted(map(bool, told)) == [False, True], told
        with registry.cursor() as cr:
            acts = environment(cr)["cx.campaign.act"].browse(ids)
            assert acts.campaign_id.state == "running"
            moved = {(act.due_at - due).days for act in acts}
            found = set(acts.mapped("state")), moved
            done = choices[told.index(None)]
            assert found == (({"waiting"}, {5}) if done == "shift" else ({"skipped"}, {0}))
