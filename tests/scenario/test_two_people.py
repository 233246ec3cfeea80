"""Two people decide about the same uncertain mail at once: one further copy, one name."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from model.common import TODAY
from scenario.live import environment

from odoo import api, fields
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import new_test_user

ROUNDS = 10


@pytest.fixture(scope="module")
def uncertain(registry):
    """Mails of which nobody knows whether they arrived, and two marketers."""
    with registry.cursor() as cr:
        env = environment(cr)
        marketers = [
            new_test_user(env, f"people_{n}", "cx_lifecycle.group_marketer").id for n in range(2)
        ]
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
    ids, marketers = uncertain
    barrier = Barrier(2)

    def press(user_id, act_id, decide):
        """As the web client does: tried again when another transaction was in the way."""
        with registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            act = env["cx.campaign.act"].browse(act_id)
            assert act.state == "uncertain"
            barrier.wait(20)
            try:
                retrying(getattr(act, decide), env)
            except UserError:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        for number, act_id in enumerate(ids):
            second = "action_settle" if number % 2 else "action_send_again"
            jobs = [
                pool.submit(press, user_id, act_id, decide)
                for user_id, decide in zip(marketers, ("action_send_again", second), strict=True)
            ]
            assert sorted(job.result(60) for job in jobs) == [False, True]
    with registry.cursor() as cr:
        acts = environment(cr)["cx.campaign.act"].browse(ids)
        assert [len(act.attempt_ids) for act in acts] == [1] * ROUNDS
        for act in acts:
            assert act.attempt_ids.user_id.id in marketers
            assert act.state == ("waiting" if act.attempt_ids.outcome == "again" else "done")


def test_a_pause_is_ended_once(registry, uncertain):
    """Two marketers resume at once, each with a choice: one is done, the other is told."""
    ids, marketers = uncertain
    barrier = Barrier(2)
    with registry.cursor() as cr:
        acts = environment(cr)["cx.campaign.act"].browse(ids)
        campaign_id = acts.campaign_id.id

    def resume(user_id, choice):
        with registry.cursor() as cr:
            dialogs = api.Environment(cr, user_id, {})["cx.campaign.change"]
            dialog_id = dialogs.create(
                {"campaign_id": campaign_id, "change": "resume", "choice": choice}
            ).id
        with registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            dialog = env["cx.campaign.change"].browse(dialog_id)
            assert dialog.preview
            barrier.wait(20)
            try:
                retrying(dialog.action_apply, env)
            except UserError as error:
                told.append(error.args[0])
                return False
            return True

    told = []
    with ThreadPoolExecutor(2) as pool:
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
            jobs = [pool.submit(resume, *job) for job in zip(marketers, choices, strict=True)]
            done = dict(zip(choices, [job.result(60) for job in jobs], strict=True))
            assert sorted(done.values()) == [False, True], told
            with registry.cursor() as cr:
                acts = environment(cr)["cx.campaign.act"].browse(ids)
                assert acts.campaign_id.state == "running"
                moved = {(act.due_at - due).days for act in acts}
                found = set(acts.mapped("state")), moved
                expected = ({"waiting"}, {5}) if done["shift"] else ({"skipped"}, {0})
                assert found == expected
