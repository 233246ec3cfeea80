"""Two people publish, or begin to change, the same campaign at once: one of them does."""

import pytest
from scenario.live import at_once, environment, two_marketers

from odoo import api
from odoo.exceptions import LockError


@pytest.fixture(scope="module")
def running(registry):
    """A campaign that runs, and two marketers."""
    with registry.cursor() as cr:
        env = environment(cr)
        marketers = two_marketers(env, "publish")
        campaign = env["cx.campaign"].create(
            {
                "name": "Both", "entry": "manual",
                "step_ids": [(0, 0, {"name": "Wait", "kind": "wait"})],
            }
        )  # fmt: skip
        campaign._launch()
    return campaign.id, marketers


def test_one_draft_and_one_version(registry, running):
    campaign_id, marketers = running

    def edit(env):
        return env["cx.campaign"].browse(campaign_id).action_edit

    at_once(registry, *((user_id, edit) for user_id in marketers))
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

    def publish(env):
        return env["cx.campaign.publish"].browse(dialogs[env.uid]).action_publish

    told = at_once(registry, *((user_id, publish) for user_id in marketers))
    assert sorted(map(bool, told)) == [False, True], told
    with registry.cursor() as cr:
        campaign = environment(cr)["cx.campaign"].browse(campaign_id)
        assert (campaign.version_number, campaign.max_days) == (2, 50)
        assert campaign.version_ids.mapped("number") == [2, 1]
        assert not campaign.draft_id
        assert len(campaign.step_ids) == 1


def test_who_comes_second_is_told_what_to_do(registry, running):
    campaign_id, marketers = running
    with registry.cursor() as cr, registry.cursor() as other:
        campaign = api.Environment(cr, marketers[0], {})["cx.campaign"].browse(campaign_id)
        other.execute("SELECT FROM cx_campaign WHERE id = %s FOR UPDATE", [campaign_id])
        with pytest.raises(LockError, match=r"^Both: somebody else .* try again\.$"):
            campaign._resume("now")
