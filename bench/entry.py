"""Campaigns: who enters, beside the bare inserts, and the claim of what is due."""

import statistics
import time
import uuid
from unittest.mock import patch

from odoo import Command, fields
from odoo.tools import SQL

from odoo.addons.cx_lifecycle_mail.models.cx_campaign_claim import LOT

from bench import audience, floor
from bench.measure import Meter, execute, odoo

CLAIMS = 100
NOW = "(now() AT TIME ZONE 'UTC')"
TABLES = ("cx_campaign_run", "cx_campaign_act")
# the same rows, of customers who are known already
RUNS = """
    INSERT INTO floor_cx_campaign_run (
           campaign_id, customer_id, company_id, entry_key, episode_id, arm, state, entered_at,
           ends_on, stage_id, bought_before, user_id, exclusive, create_date)
    SELECT %(campaign)s, c.id, c.company_id, 'episode:' || e.id, e.id, b.arm, 'running', %(now)s,
           current_date + 90, c.stage_id, c.last_purchase_on, NULL, b.arm = 'treated', %(now)s
      FROM bench_entered b JOIN cx_customer c ON c.id = b.customer_id
      JOIN cx_episode e ON e.customer_id = c.id AND e.left_on IS NULL ORDER BY c.id
"""
ACTS = """
    INSERT INTO floor_cx_campaign_act (
           run_id, step_id, campaign_id, customer_id, company_id, kind, state, not_before,
           due_at, expires_at, tries, create_date)
    SELECT r.id, s.id, s.campaign_id, r.customer_id, r.company_id, s.kind, 'waiting', %(now)s,
           %(now)s, %(now)s + s.validity * interval '1 day', 0, %(now)s
      FROM floor_cx_campaign_run r JOIN cx_campaign_step s ON s.campaign_id = r.campaign_id
     WHERE r.campaign_id = %(campaign)s AND r.arm = 'treated' AND r.state = 'running'
"""
WRITTEN = """
    SELECT (r.customer_id, r.entry_key, r.episode_id, r.arm, r.ends_on, r.stage_id, r.bought_before,
            r.exclusive, a.step_id, a.kind, a.state, a.expires_at - a.due_at)::text
      FROM {0}_run r LEFT JOIN {0}_act a ON a.run_id = r.id
     WHERE r.campaign_id = %(campaign)s AND r.state = 'running'
"""


def campaign(env, **values):
    """A draft with one mail, for who is dormant now, written by the administrator."""
    return env["cx.campaign"].create(
        {
            "name": "Bench", "entry": "in_stage", "members": "both",
            "stage_id": env.ref("cx_lifecycle.stage_dormant").id,
            "user_id": env.ref("base.user_admin").id,
            "sender": "fixed", "email_from": '"The Shop" <shop@example.com>',
            "step_ids": [Command.create({"name": "Mail", "kind": "mail"})],
            **values,
        }
    )  # fmt: skip


def enter(database):
    """Entry of everybody who is dormant, with each reason not to enter, and the bare inserts."""
    with odoo(database) as env:
        audience.dormant(env)
        env.company.cx_holdout_share = audience.HELD_OUT_OF_ALL
        topic = env.ref("cx_lifecycle_mail.topic_offers")
        one = campaign(
            env,
            domain="[('ref', '=like', 'B%'), ('ref', '!=', 'B0')]",
            topic_id=topic.id,
            holdout_share=audience.HELD_OUT,
            stop_deal=True,
        )
        audience.exclude(env, one)
    execute(database, "VACUUM ANALYZE")
    with odoo(database) as env:
        one = env["cx.campaign"].browse(one.id)
        one._launch()
        arms, excluded = audience.judge(env, one)
        floor.tables(env, filled=True, names=TABLES)
        meter = Meter(env)
        with meter:
            counted = one._audience()
        result = {"look": meter.cost}
        env.cr.commit()
        with meter:
            report = one._enter()
            env.cr.commit()
        result |= {"addon": meter.cost, "report": report, "same_numbers": counted == report}
        env.cr.execute("CREATE TEMPORARY TABLE bench_entered (customer_id int, arm varchar)")
        env.cr.execute(
            "INSERT INTO bench_entered SELECT * FROM unnest(%s, %s)",
            [list(arms), list(arms.values())],
        )
        env.cr.execute("ANALYZE bench_entered")
        known = {"campaign": one.id, "now": fields.Datetime.now()}
        with meter:
            for statement in (RUNS, ACTS):
                env.cr.execute(statement, known)
            env.cr.commit()
        result |= {"floor": meter.cost, "acts": list(arms.values()).count("treated")}
        ours, bare = (WRITTEN.format(f"{prefix}cx_campaign") for prefix in ("", "floor_"))
        env.cr.execute(
            "SELECT count(*) FROM ("
            f"(({ours}) EXCEPT ALL ({bare})) UNION ALL (({bare}) EXCEPT ALL ({ours}))) AS d",
            known,
        )
        result["differences"] = env.cr.fetchone()[0]
        result["counted_otherwise"] = dict(report["excluded"].items() ^ excluded.items())
        one.action_finish()
        env.cr.commit()
    return result


def claim(database, due):
    """The claim among so many mails that are due, and the same beside as many that stand still."""
    with odoo(database) as env:
        waiting = campaign(env, exclusive=False, name="Waiting")
        _due(env, waiting, due)
    execute(database, "VACUUM ANALYZE")
    result = {"due": due, "lot": LOT, "claim": _claims(database)}
    with odoo(database) as env:
        env["cx.campaign"].browse(waiting.id).action_pause()
        running = campaign(env, exclusive=False, name="Running")
        _due(env, running, due)
    execute(database, "VACUUM ANALYZE")
    return {**result, "beside": _claims(database)}


def _due(env, one, due):
    """Launch a campaign with so many mails that are due, whoever gets them."""
    one._launch()
    one.step_ids.copy({"campaign_id": one.id})  # two mails each, where customers are few
    env.flush_all()
    env.cr.execute(
        "WITH entered AS (INSERT INTO cx_campaign_run (campaign_id, customer_id, company_id,"
        " entry_key, arm, state, entered_at, ends_on, stage_id) SELECT %(campaign)s, id,"
        " company_id, 'bench', 'treated', 'running', now(), current_date + 90, stage_id"
        " FROM cx_customer WHERE active AND stage_id IS NOT NULL ORDER BY id LIMIT %(due)s"
        " RETURNING *)"
        " INSERT INTO cx_campaign_act (run_id, step_id, campaign_id, customer_id, company_id,"
        " kind, state, not_before, due_at, expires_at, tries, create_date)"
        " SELECT e.id, s.id, s.campaign_id, e.customer_id, e.company_id, s.kind, 'waiting',"
        f" {NOW}, {NOW}, {NOW} + interval '7 days', 0, {NOW}"
        " FROM cx_campaign_step s, entered e WHERE s.campaign_id = %(campaign)s"
        " ORDER BY s.id, e.id LIMIT %(due)s",
        {"campaign": one.id, "due": due},
    )
    env.cr.commit()


def _claims(database):
    """Milliseconds of claims one after the other, each committed, as the workers make them."""
    with odoo(database) as env:
        acts = env["cx.campaign.act"]
        seconds, taken = [], set()
        for _number in range(CLAIMS):
            before = time.monotonic()
            ids = acts._claim(uuid.uuid4().hex)
            seconds.append(time.monotonic() - before)
            taken.update(ids)
        if len(taken) != CLAIMS * LOT:
            raise AssertionError(f"{len(taken)} acts claimed")
        with patch.object(type(acts), "_journaled", autospec=True, return_value=[]) as journaled:
            acts._claim("")
        [(_acts, query)] = [call.args for call in journaled.call_args_list]
        plan = [line for (line,) in env.execute_query(SQL("EXPLAIN (COSTS OFF) %s", query))]
        return {
            "p50": 1000 * statistics.median(seconds),
            "p95": 1000 * statistics.quantiles(seconds, n=20)[-1],
            "most": 1000 * max(seconds),
            "scans": [line.strip(" ->") for line in plan if " Scan " in line],
        }
