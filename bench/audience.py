"""Dormant customers with every reason not to enter a campaign, and who enters, found by hand.

Who has which reason depends on the customer's number alone, as all of generate.py. Reasons
overlap: each concerns the numbers that leave one remainder when divided by 40, and those that
leave another one when divided by 97, about 3.5 % of all.
"""

from datetime import datetime, timedelta

from odoo.tools import SQL

from odoo.addons.cx_lifecycle.demo.loader import _copy_rows
from odoo.addons.cx_lifecycle_mail.engine import holdout

HELD_OUT, HELD_OUT_OF_ALL = 0.1, 0.05
# the order of the remainders; "again" is no reason: they are in for this cause already
REASONS = (
    "no_address", "twin", "blacklisted", "refused_before", "opted_out", "other_topic", "paused",
    "paused_once", "lost", "excluded", "held", "opportunity", "quotation", "other_campaign",
    "cooldown", "archived", "again",
)  # fmt: skip


def those(reason):
    """SQL text: the customers ``b`` with a reason."""
    place = REASONS.index(reason)
    return f"(mod(b.number, 40) = {place + 1} OR mod(b.number, 97) = {2 * place + 3})"


def dormant(env):
    """All customers are dormant and have an address; ``bench_dormant`` tells their numbers."""
    stage = env.ref("cx_lifecycle.stage_dormant").id
    statements = (
        "CREATE TABLE bench_dormant AS SELECT c.id AS customer_id, c.partner_id,"
        " substr(p.ref, 2)::int AS number FROM cx_customer c JOIN res_partner p"
        " ON p.id = c.partner_id WHERE p.ref ~ '^B[1-9]'",
        "ALTER TABLE bench_dormant ADD PRIMARY KEY (customer_id)",
        f"UPDATE cx_customer c SET stage_id = {stage} FROM bench_dormant b"
        " WHERE c.id = b.customer_id",
        f"UPDATE cx_episode e SET stage_id = {stage} FROM bench_dormant b"
        " WHERE e.customer_id = b.customer_id AND e.left_on IS NULL",
        "UPDATE res_partner p SET email = 'b' || b.number || '@example.com', email_normalized ="
        " 'b' || b.number || '@example.com' FROM bench_dormant b WHERE p.id = b.partner_id",
    )
    for statement in statements:
        env.cr.execute(statement)
    env.cr.commit()


def exclude(env, campaign):
    """Give each its reasons not to enter this campaign."""
    for statement in _plain(env, campaign):
        env.cr.execute(statement)
    _runs(env, campaign)
    _deals(env)
    env.cr.commit()


def _plain(env, campaign):
    topic, company = campaign.topic_id.id, env.company.id
    other = env["cx.topic"].create({"name": "Bench"}).id
    said = (
        "INSERT INTO cx_topic_optout (email, topic_id, until, company_id, at, source, create_date)"
        f" SELECT 'b' || b.number || '@example.com', {{}}, {{}}, {company}, now(), 'page', now()"
        " FROM bench_dormant b WHERE {}"
    )
    new_address = (
        "UPDATE res_partner p SET email = {0}, email_normalized = {0} FROM bench_dormant b"
    )
    yield f"{new_address.format('NULL')} WHERE p.id = b.partner_id AND {those('no_address')}"
    contact = env["res.partner"].create({"name": "Contact", "type": "contact"})
    # half of them have somebody who can be written to
    _copy_rows(
        env,
        contact,
        {
            "parent_id": "v.partner_id", "commercial_partner_id": "v.partner_id",
            "email": "v.email", "email_normalized": "v.email",
        },
        SQL(
            "SELECT nextval('res_partner_id_seq') AS new_id, partner_id,"
            " 'c' || number || '@example.com' AS email FROM bench_dormant b"
            " WHERE %s AND mod(number, 2) = 0",
            SQL(those("no_address")),
        ),
    )  # fmt: skip
    next_one = "'b' || b.number + 1 || '@example.com'"
    yield f"{new_address.format(next_one)} WHERE p.id = b.partner_id AND {those('twin')}"
    yield (
        "INSERT INTO mail_blacklist (email, active, create_date) SELECT 'b' || b.number ||"
        f" '@example.com', mod(b.number, 10) <> 0, now() FROM bench_dormant b"
        f" WHERE {those('blacklisted')}"
    )
    yield said.format(topic, "NULL::date", those("opted_out"))
    yield said.format(other, "NULL::date", those("other_topic"))
    yield said.format("NULL::int", "current_date + 30", those("paused"))
    yield said.format("NULL::int", "current_date - 3", those("paused_once"))
    columns = {
        "lost": "declared_lost_on = current_date - 10",
        "excluded": "no_campaigns_until = current_date + 10",
        "held": "hold_until = current_date + 10, hold_stage_id = stage_id",
    }
    for reason, change in columns.items():
        yield (
            f"UPDATE cx_customer c SET {change} FROM bench_dormant b"
            f" WHERE c.id = b.customer_id AND {those(reason)}"
        )
    yield (
        "UPDATE res_partner p SET active = false FROM bench_dormant b"
        f" WHERE p.id = b.partner_id AND {those('archived')}"
    )


def _runs(env, campaign):
    """Runs of this campaign and of others, and mails that were refused."""
    step = campaign.step_ids[0]
    finished = campaign.copy({"name": "Before", "exclusive": False})
    running = campaign.copy({"name": "Beside"})
    running.state = "running"
    env.flush_all()
    run = (
        "INSERT INTO cx_campaign_run (campaign_id, customer_id, company_id, entry_key, arm, state,"
        " exclusive, entered_at, ended_at, ends_on, stage_id, create_date) SELECT {}, customer_id,"
        " {}, {}, 'treated', '{}', true, now() - interval '100 days', {}, current_date + 5,"
        " {}, now() FROM bench_dormant b WHERE {}"
    )
    company, stage = env.company.id, campaign.stage_id.id
    episode = (
        "'episode:' || (SELECT e.id FROM cx_episode e WHERE e.customer_id = b.customer_id"
        " AND e.left_on IS NULL)"
    )
    long_ago, lately = "now() - interval '80 days'", "now() - interval '10 days'"
    for into, key, state, ended, reason in (
        (finished, "'before'", "stopped", long_ago, "refused_before"),
        (running, "'beside'", "running", "NULL", "other_campaign"),
        (campaign, "'lately'", "stopped", lately, "cooldown"),
        (campaign, episode, "stopped", long_ago, "again"),
    ):
        env.cr.execute(run.format(into.id, company, key, state, ended, stage, those(reason)))
    env.cr.execute(
        "INSERT INTO cx_campaign_act (run_id, step_id, campaign_id, customer_id, company_id, kind,"
        " state, smtp_phase, not_before, due_at, expires_at, done_at, tries, email, create_date)"
        " SELECT r.id, %(step)s, r.campaign_id, r.customer_id, r.company_id, 'mail', 'refused',"
        " 'rcpt',"
        f" {long_ago}, {long_ago}, {long_ago}, {long_ago}, 0, 'b' || b.number || '@example.com',"
        " now() FROM cx_campaign_run r JOIN bench_dormant b ON b.customer_id = r.customer_id"
        " WHERE r.campaign_id = %(campaign)s",
        {"step": step.id, "campaign": finished.id},
    )


def _deals(env):
    """Opportunities and quotations of these days."""
    for record, reason in (
        (env["crm.lead"].create({"name": "Bench", "type": "opportunity"}), "opportunity"),
        (env["sale.order"].create({"partner_id": env.company.partner_id.id}), "quotation"),
    ):
        table = record._table
        changes = dict.fromkeys(
            ("partner_id", "partner_invoice_id", "partner_shipping_id"), "v.partner_id"
        )
        rows = SQL(
            "SELECT nextval(%s) AS new_id, partner_id FROM bench_dormant b WHERE %s",
            f"{table}_id_seq",
            SQL(those(reason)),
        )
        _copy_rows(env, record, {**changes, "name": "'BENCH' || v.new_id"}, rows)


# ------------------------------------------------------------------- by hand
CONTACTS = (
    "SELECT parent_id, email_normalized FROM res_partner WHERE parent_id IS NOT NULL AND"
    " active AND type = 'contact' AND email_normalized IS NOT NULL ORDER BY id DESC"
)


def judge(env, campaign):
    """Who is to enter: the tables read plainly, the reasons asked one after the other in Python.

    :return: ({customer: arm}, {reason: number})
    """
    now = datetime.now()
    ask = lambda query, *values: _set(env, query, *values)  # noqa: E731  a word for what it does
    in_force = "company_id = %s AND (until IS NULL OR until >= current_date)"
    company = env.company.id
    blocked = ask("SELECT email FROM mail_blacklist WHERE active")
    refused = ask(
        "SELECT email FROM cx_campaign_act WHERE state = 'refused' AND smtp_phase = 'rcpt'"
        " AND done_at > %s",
        now - timedelta(days=90),
    )
    optouts = ask(
        f"SELECT email FROM cx_topic_optout WHERE topic_id = %s AND {in_force}",
        campaign.topic_id.id, company,
    )  # fmt: skip
    pauses = ask(
        f"SELECT email FROM cx_topic_optout WHERE topic_id IS NULL AND {in_force}", company
    )
    dealing = ask(
        "SELECT commercial_partner_id FROM res_partner WHERE id IN (SELECT partner_id FROM crm_lead"
        " WHERE active AND type = 'opportunity' AND won_status = 'pending' UNION SELECT partner_id"
        " FROM sale_order WHERE state IN ('draft', 'sent'))"
    )
    elsewhere = ask(
        "SELECT customer_id FROM cx_campaign_run WHERE state = 'running' AND exclusive"
        " AND campaign_id <> %s", campaign.id,
    )  # fmt: skip
    lately = ask(
        "SELECT customer_id FROM cx_campaign_run WHERE campaign_id = %s AND (state = 'running'"
        " OR ended_at > %s)", campaign.id, now - timedelta(days=campaign.cooldown_days),
    )  # fmt: skip
    keys = ask("SELECT customer_id, entry_key FROM cx_campaign_run WHERE campaign_id = %s",
               campaign.id)  # fmt: skip
    contacts = dict(_rows(env, CONTACTS))
    arms, excluded, seen = {}, {}, set()
    for customer, partner, email, lost, kept_out, held, episode in _rows(env, CUSTOMERS):
        address = email or contacts.get(partner)
        if (customer, f"episode:{episode}") in keys:
            continue
        reasons = (
            ("no_address", not address),
            ("blacklisted", address in blocked),
            ("refused_before", address in refused),
            ("opted_out", address in optouts),
            ("paused", address in pauses),
            ("lost", lost),
            ("excluded", kept_out),
            ("held", held),
            ("open_deal", partner in dealing),
            ("other_campaign", customer in elsewhere),
            ("cooldown", customer in lately),
            ("duplicate", address in seen),
        )
        reason = next((code for code, holds in reasons if holds), None)
        if reason:
            excluded[reason] = excluded.get(reason, 0) + 1
            continue
        seen.add(address)
        arms[customer] = _arm(company, campaign, partner)
    return arms, excluded


def _arm(company, campaign, partner):
    out = holdout.held_out(f"company:{company}", partner, HELD_OUT_OF_ALL)
    out = out or holdout.held_out(f"campaign:{campaign.id}", partner, HELD_OUT)
    return "held_out" if out else "treated"


CUSTOMERS = """
    SELECT c.id, p.id, p.email_normalized, c.declared_lost_on IS NOT NULL,
           coalesce(c.no_campaigns_until >= current_date, false), c.hold_until IS NOT NULL, e.id
      FROM bench_dormant b JOIN cx_customer c ON c.id = b.customer_id
      JOIN res_partner p ON p.id = b.partner_id
      JOIN cx_episode e ON e.customer_id = c.id AND e.left_on IS NULL
     WHERE p.active
  ORDER BY c.id
"""


def _rows(env, query, *values):
    env.cr.execute(query, values)
    return env.cr.fetchall()


def _set(env, query, *values):
    """Single values, or rows of several."""
    return {row[0] if len(row) == 1 else row for row in _rows(env, query, *values)}
