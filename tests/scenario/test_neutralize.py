"""A copy made by ``odoo neutralize`` writes to nobody, whatever is switched on again in it."""

import os

import pytest
from scenario import living

from dev import databases


@pytest.fixture
def shop(tmp_path):
    """A shop with a campaign under way and mails that are due; the mail server; its name."""
    with living.shop("neutral", tmp_path) as (name, sink, _made):
        living.script(name, "make_due")
        yield name, sink


def test_a_copy_writes_to_nobody(shop):
    name, sink = shop
    env, copy = dict(os.environ), f"{name}_copy"
    databases.clone(env, name, copy)
    try:
        living.odoo(copy, "neutralize")
        before = len(sink.taken())
        ran = living.script(copy, "force", smtp_port=sink.port)["ran"]
        assert ran > 10
        sent = [
            (line["recipient"], line["headers"]["Subject"]) for line in sink.taken(since=before)
        ]
        assert not sent, "0 messages"
        asked = living.script(copy, "look")["campaigns"]
        assert asked["Wake up"]["state"] == "paused"
        assert not [c for c in asked.values() if c["state"] == "running"]
    finally:
        databases.drop(env, copy)
    living.script(name, "force", smtp_port=sink.port)
    sent = [line["headers"]["Subject"] for line in sink.taken(since=before)]
    assert sum("Second" in subject for subject in sent) > 2, "what was due in the shop itself"
    assert [line for line in sink.taken(since=before) if "remy" in line["recipient"]]
