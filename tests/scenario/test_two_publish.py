"""Two people publish, or begin to change, the same campaign at once: one of them does."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from scenario.live import environment

from odoo import api
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import retrying
from odoo.tests import new_test_user


@pytest.fixture(scope="module")
def running(registry):
    """A campaign that runs, and two marketers."""
    with registry.cursor() as cr:
        env = environment(cr)
        marketers = [
            new_test_user(env, f"publish_{n}", "cx_lifecycle.group_marketer").id for n in range(2)
        ]
        campaign = env["cx.campaign"].create(
            {
                "name": "Both", "entry": "manual",
                "step_ids": [(0, 0, {"name": "Wait", "kind": "wait"})],
            }
        )  # fmt: skip
        campaign._launch()
    return campaign.id, marketers


def at_once(registry, marketers, begin, press):
    """What two people press at the same moment; whether each of them succeeded."""
    barrier = Barrier(2)

    def one(user_id):
        with registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            record = begin(env)
            barrier.wait(20)
            try:
                # as the web client does: tried again when another transaction was in the way
                retrying(getattr(record, press), env)
            except (UserError, ValidationError):
                cr.rollback()
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        return sorted(job.result(60) for job in [pool.submit(one, user) for user in marketers])


def test_one_draft_and_one_version(registry, running):
    campaign_id, marketers = running
    open_campaign = lambda env: env["cx.campaign"].browse(campaign_id)  # noqa: E731
    at_once(registry, marketers, open_campaign, "action_edit")
    with registry.cursor() as cr:
        [draft] = environment(cr)["cx.campaign"].search([("draft_of_id", "=", campaign_id)])
        draft.max_days = 50

    dialogs = {}
    for user_id in marketers:
        with registry.cursor() as cr:
            dialogs[user_id] = (
                api.Environment(cr, user_id, {})["cx.campaign"]
                .browse(draft.id)
                .action_publish()["res_id"]
            )
    with registry.cursor() as cr:  # both have looked at the same
        wizards = environment(cr)["cx.campaign.publish"].browse(dialogs.values())
        wizards.edition = wizards[1].edition

    def open_dialog(env):
        return env["cx.campaign.publish"].browse(dialogs[env.uid])

    assert at_once(registry, marketers, open_dialog, "action_publish") == [False, True]
    with registry.cursor() as cr:
        campaign = environment(cr)["cx.campaign"].browse(campaign_id)
        assert (campaign.version_number, campaign.max_days) == (2, 50)
        assert campaign.version_ids.mapped("number") == [2, 1]
        assert not campaign.draft_id
        assert len(campaign.step_ids) == 1
