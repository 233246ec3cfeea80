"""From the release before this one, with the data of a shop that has used it for some time."""

import os

import pytest
from faults.sink import Sink
from scenario import living, schema

from odoo.sql_db import close_db, db_connect

from dev import databases

# Columns whose content may change by an upgrade alone, and why.
TOUCHED = {
    "write_date": "records that come with the addon are written anew",
    "write_uid": "as above",
}
# Columns and tables of the release before that are no more, and where their content went.
GONE = {
    "cx_campaign.transactional": "the legal basis 'service'",
    "cx_campaign_version.definition": "it says the legal basis, too",
    "cx_campaign_preset.values": "as above",
}


@pytest.fixture(scope="module")
def sink(tmp_path_factory):
    with Sink(tmp_path_factory.mktemp("mail") / "journal") as server:
        yield server


@pytest.fixture(scope="module")
def upgraded(sink, tmp_path_factory):
    """What was there before, and what is there after; the database is at the present code."""
    env, name = dict(os.environ), f"cx_upgrade_{os.getpid()}"
    old = living.unpack(tmp_path_factory.mktemp("release"))
    databases.clone(env, os.environ["CX_BASE_DB"], name)
    try:
        living.install(name, addons_path=old)
        living.script(name, "fill", addons_path=old, smtp_port=sink.port)
        before = living.script(name, "look", addons_path=old)
        held = schema.rows(name)
        kept = kept_by_people(name)
        sent = sorted(line["recipient"] for line in sink.taken())
        living.update(name)
        after = {"rows": schema.rows(name), "kept": kept_by_people(name)}
        after["look"] = living.script(name, "look")
        yield {"name": name, "sent": sent, "after": after,
               "before": {"look": before, "rows": held, "kept": kept}}  # fmt: skip
    finally:
        close_db(name)
        databases.drop(env, name)


def kept_by_people(name):
    """What people wrote on records that came with the addons, in tables of Odoo's."""
    return schema.ask(
        name,
        """
        SELECT cron_name, interval_number, interval_type, active, nextcall::text FROM ir_cron
         WHERE cron_name ~ '^(Customer lifecycle|Campaigns)' AND (NOT active OR interval_number = 7)
         UNION ALL SELECT name, NULL, domain_force, active, NULL FROM ir_rule
                    WHERE name = 'Our rule'
         UNION ALL SELECT email, NULL, NULL, active, NULL FROM mail_blacklist
         UNION ALL SELECT key, NULL, value, NULL, NULL FROM ir_config_parameter
                    WHERE key LIKE 'cx%' AND key <> 'cx_lifecycle_mail.suppression_salt' ORDER BY 1
        """,
    )


def test_there_is_something_to_lose(upgraded):
    look = upgraded["before"]["look"]
    stages = {c["stage"] for c in look["customers"].values()}
    assert {"new", "active", "dormant", "lost"} <= stages
    wake = look["campaigns"]["Wake up"]
    assert wake["state"] == "running"
    arms = [arm for _ref, arm, _state in wake["runs"]]
    assert arms.count("treated") > 2
    assert "held_out" in arms
    assert len(upgraded["sent"]) == len(set(upgraded["sent"])) > 2
    assert {"waiting", "done"} <= {state for _ref, _step, state, _why in wake["acts"]}
    assert len(upgraded["before"]["kept"]) >= 4
    filled = [table for table, rows in upgraded["before"]["rows"].items() if rows]
    assert len(filled) > 30, filled


def test_every_row_is_still_there_and_says_the_same(upgraded):
    problems = []
    before, after = upgraded["before"]["rows"], upgraded["after"]["rows"]
    for table, rows in before.items():
        if table in GONE:
            continue
        for key, row in rows.items():
            now = after.get(table, {}).get(key)
            if now is None:
                problems.append(f"{table} {key}: gone")
                continue
            problems += [
                f"{table} {key}.{column}: {value} became {now.get(column, 'nothing')}"
                for column, value in row.items()
                if column not in TOUCHED and f"{table}.{column}" not in GONE
                and now.get(column, "no column") != value
            ]  # fmt: skip
    assert not problems, "\n".join(problems[:40])


def test_it_means_the_same_to_people(upgraded):
    assert upgraded["after"]["look"] == upgraded["before"]["look"]
    assert upgraded["after"]["kept"] == upgraded["before"]["kept"]


def test_it_is_made_like_a_new_installation(upgraded):
    found = schema.schema(upgraded["name"])
    wanted = schema.of_template(schema.schema, os.environ["CX_FULL_DB"])
    assert len(wanted["columns"]) > 500
    problems = schema.differences(found, wanted)
    assert not problems, "\n".join(problems[:60])


def test_campaigns_go_on_where_they_were(upgraded, sink):
    """Nobody enters again, nobody is written to again; what was planned is done, once."""
    before = upgraded["before"]["look"]
    now = living.script(upgraded["name"], "turn")
    wake, was = (look["campaigns"]["Wake up"] for look in (now, before))
    assert wake["runs"] == was["runs"]
    assert wake["acts"] == was["acts"]
    assert sorted(line["recipient"] for line in sink.taken()) == upgraded["sent"]
    assert now["campaigns"]["Paused"] == before["campaigns"]["Paused"]
    assert now["customers"] == before["customers"], "a night finds nothing else"
    later = living.script(upgraded["name"], "turn", days=6)
    assert later["campaigns"]["Wake up"]["runs"] == was["runs"]
    sent = sorted(line["recipient"] for line in sink.taken())
    assert sent == sorted(2 * upgraded["sent"]), "the second mail, once to each"


def test_a_difference_would_be_noticed(upgraded):
    """Last of all, for it spoils the database."""
    wanted = schema.schema(upgraded["name"])
    with db_connect(upgraded["name"]).cursor() as cr:
        cr.execute("ALTER TABLE cx_episode ALTER entered_on DROP NOT NULL, DROP COLUMN worth")
        cr.execute("DROP INDEX cx_episode__customer_id_index")
        cr.execute("ALTER TABLE cx_campaign_act DROP CONSTRAINT cx_campaign_act_run_id_fkey")
        cr.execute("DELETE FROM ir_model_access WHERE name LIKE 'cx.episode%'")
    said = "\n".join(schema.differences(schema.schema(upgraded["name"]), wanted))
    for what in ("columns: cx_episode.entered_on", "columns: cx_episode.worth",
                 "indexes: cx_episode__customer_id_index", "access: cx_lifecycle.access_cx_episode",
                 "constraints: cx_campaign_act.cx_campaign_act_run_id_fkey"):  # fmt: skip
        assert what in said, f"{what}\n{said}"
