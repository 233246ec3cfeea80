"""Campaigns: who enters, beside the bare inserts, and the claim of what is due."""

import statistics
import time
import uuid

from odoo import Command
from odoo.tools import SQL

from odoo.addons.cx_lifecycle_mail.models.cx_campaign_deliver import LOT

from bench import audience, floor
from bench.measure import Meter, execute, odoo

CLAIMS = 200
NOW = "(now() AT TIME ZONE 'UTC')"
TABLES = ("cx_campaign_run", "cx_campaign_act")
# the same columns, of as many customers as they come
RUNS = """
    INSERT INTO floor_cx_campaign_run (
           campaign_id, customer_id, company_id, entry_key, episode_id, arm, state, entered_at,
           ends_on, stage_id, bought_before, user_id, create_date)
    SELECT %(campaign)s, c.id, c.company_id, 'bare:' || c.id, e.id,
           CASE WHEN row_number() OVER (ORDER BY c.id) > %(treated)s THEN 'held_out'
                ELSE 'treated' END, 'running',
           now() AT TIME ZONE 'UTC', current_date + 90, c.stage_id, c.last_purchase_on, NULL, now()
      FROM cx_customer c JOIN cx_episode e ON e.customer_id = c.id AND e.left_on IS NULL
     WHERE c.company_id = %(company)s AND c.stage_id = %(stage)s ORDER BY c.id LIMIT %(runs)s
"""
ACTS = """
    INSERT INTO floor_cx_campaign_act (
           run_id, step_id, campaign_id, customer_id, company_id, kind, state, not_before,
           due_at, expires_at, tries, create_date)
    SELECT r.id, s.id, s.campaign_id, r.customer_id, r.company_id, s.kind, 'waiting', now(),
           now(), now() + s.validity * interval '1 day', 0, now()
      FROM floor_cx_campaign_run r JOIN cx_campaign_step s ON s.campaign_id = r.campaign_id
     WHERE r.campaign_id = %(campaign)s AND r.arm = 'treated' AND r.entry_key LIKE 'bare:%%'
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
            domain="[('ref', '=like', 'B%')]",
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
        entered = dict(env.execute_query(SQL(
            "SELECT customer_id, arm FROM cx_campaign_run WHERE campaign_id = %s"
            " AND state = 'running'", one.id,
        )))  # fmt: skip
        acts = env["cx.campaign.act"].search_count([("campaign_id", "=", one.id)])
        treated = sum(arm == "treated" for arm in arms.values())
        result["acts"] = acts
        result["differences"] = (
            len(entered.items() ^ arms.items())
            + len(report["excluded"].items() ^ excluded.items())
            + abs(acts - treated)
        )
        known = {
            "campaign": one.id, "company": env.company.id, "stage": one.stage_id.id,
            "runs": len(entered), "treated": treated,
        }  # fmt: skip
        with meter:
            for statement in (RUNS, ACTS):
                env.cr.execute(statement, known)
            env.cr.commit()
        result["floor"] = meter.cost
        env.cr.execute(
            "SELECT (SELECT count(*) FROM cx_campaign_run) - (SELECT count(*) FROM"
            " floor_cx_campaign_run), (SELECT count(*) FROM cx_campaign_act)"
            " - (SELECT count(*) FROM floor_cx_campaign_act)"
        )
        result["differences"] += sum(map(abs, env.cr.fetchone()))
        one.action_finish()
        env.cr.commit()
    return result


def claim(database, due):
    """The claim among so many mails that are due, and the same beside as many that stand still."""
    with odoo(database) as env:
        waiting = campaign(env, exclusive=False, name="Waiting")
        _due(env, waiting, due)
    execute(database, "VACUUM ANALYZE")
    result = {"due": due, "claim": _claims(database)}
    with odoo(database) as env:
        env["cx.campaign"].browse(waiting.id).action_pause()
        running = campaign(env, exclusive=False, name="Running")
        _due(env, running, due)
    execute(database, "VACUUM ANALYZE")
    return {**result, "beside a paused campaign": _claims(database)}


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
    """Seconds of claims one after the other, each committed, as the workers do."""
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
        return {
            "p50": 1000 * statistics.median(seconds),
            "p95": 1000 * statistics.quantiles(seconds, n=20)[-1],
            "most": 1000 * max(seconds),
            "claims": CLAIMS,
        }
