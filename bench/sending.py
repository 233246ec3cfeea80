"""The same mail to the same people through Odoo's mass mailing and through a campaign."""

import contextlib
import time
import warnings
from datetime import datetime
from pathlib import Path

from bench import entry
from bench.measure import WideMeter, execute, memory, odoo

SUBJECT = "It has been a while"
# what stands in letter.html, in the languages of both
WORDS = {
    "[[company]]": ("{{ company.name }}", '<t t-out="object.env.company.name"/>'),
    "[[person]]": ("{{ person.name }}", '<t t-out="object.name"/>'),
    "[[salesperson]]": ("{{ salesperson.name }}", '<t t-out="object.user_id.name"/>'),
    "[[purchase]]": (
        "{{ purchase.date }}",
        '<t t-out="format_date(object.cx_last_purchase_on)"/>',
    ),
    "[[if]]": (
        "{{ if stage = dormant }}",
        "<t t-if=\"object.cx_stage_id.code == 'dormant'\">",
    ),
    "[[else]]": ("{{ else }}", '</t><t t-else="">'),
    "[[end]]": ("{{ end }}", "</t>"),
}


def letter(language):
    """The body: 0 for campaigns, 1 for Odoo's own mailings."""
    body = (Path(__file__).parent / "letter.html").read_text(encoding="utf-8")
    for word, meanings in WORDS.items():
        body = body.replace(word, meanings[language])
    return body


def prepare(database, mails):
    """So many dormant customers have an address; pressure and hours are asked, but keep nobody."""
    with odoo(database) as env:
        if env["mail.mail"].search_count([("state", "=", "outgoing")]):
            raise AssertionError("there are mails in the queue already")
        hour = datetime.now().hour  # quiet half a day from now, wherever this runs
        env.company.write(
            {
                "cx_mail_cap": 1000,
                "cx_quiet_from": (hour + 11) % 24,
                "cx_quiet_to": (hour + 13) % 24,
            }
        )
        env.company.partner_id.email = "shop@example.com"
        stage = env.ref("cx_lifecycle.stage_dormant").id
        env.cr.execute("UPDATE res_partner SET email = NULL, email_normalized = NULL"
                       " WHERE ref ~ '^B' AND email IS NOT NULL")  # fmt: skip
        env.cr.execute(
            "WITH those AS (UPDATE res_partner p SET email = 'b' || id || '@example.com',"
            " email_normalized = 'b' || id || '@example.com', name = 'Zoé ' || ref"
            " FROM (SELECT id AS those_id FROM res_partner WHERE ref ~ '^B[1-9]'"
            " ORDER BY substr(ref, 2)::int LIMIT %s) t WHERE p.id = t.those_id RETURNING p.id)"
            " UPDATE cx_customer c SET stage_id = %s FROM those WHERE c.partner_id = those.id",
            (mails, stage),
        )
        if env.cr.rowcount != mails:
            raise AssertionError(f"only {env.cr.rowcount} customers for {mails} mails")
        env.cr.commit()
    execute(database, "VACUUM ANALYZE")


def _server(env, port):
    """The one mail server there is."""
    servers = env["ir.mail_server"].search([])
    values = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_encryption": "none"}
    servers.write(values) if servers else servers.create({"name": "Bench", **values})


def through_odoo(database, port):
    """Queue a mailing and let Odoo's jobs send it, as they do by themselves."""
    with odoo(database) as env:
        _server(env, port)
        mailing = env["mailing.mailing"].create(
            {
                "subject": SUBJECT, "body_arch": letter(1), "body_html": letter(1),
                "email_from": '"The Shop" <shop@example.com>',
                "mailing_model_id": env["ir.model"]._get_id("res.partner"),
                "mailing_domain": "[('email', '!=', False), ('ref', '=like', 'B%')]",
                "user_id": env.ref("base.user_admin").id,
            }
        )  # fmt: skip
        mailing.action_put_in_queue()
        env.cr.commit()
        before, meter = memory(reset=True), WideMeter(env)
        with meter, warnings.catch_warnings(action="ignore"):  # of what Odoo itself still calls
            env["mailing.mailing"]._process_mass_mailing_queue()
        result = {"queue": meter.cost}
        mails = env["mail.mail"]
        with meter:
            while mails.search_count([("state", "=", "outgoing")]):
                mails.process_email_queue()
                env.invalidate_all()
        return result | {"send": meter.cost, "memory": memory() - before}


def due(database, port, values):
    """A campaign whose mail is due for everybody who has an address; its id, the cost of entry."""
    with odoo(database) as env:
        _server(env, port)
        env["cx.campaign"].search([("state", "=", "running")]).action_finish()
        one = entry.campaign(
            env,
            domain="[('email', '!=', False), ('ref', '=like', 'B%')]",
            holdout_share=0, exclusive=False, cooldown_days=0,
            topic_id=env.ref("cx_lifecycle_mail.topic_offers").id,
            **values,
        )  # fmt: skip
        env["mailing.mailing"].create(
            {
                "cx_step_id": one.step_ids.id, "cx_lang": "en_US", "subject": SUBJECT,
                "body_arch": letter(0), "body_html": letter(0),
                "mailing_model_id": env["ir.model"]._get_id("res.partner"),
            }
        )  # fmt: skip
        one._launch()
        env.cr.commit()
        meter = WideMeter(env)
        with meter:
            one._enter()
            env.cr.commit()
    execute(database, "VACUUM ANALYZE")
    return one.id, meter.cost


def through_campaign(database):
    """What is due is delivered, as by one of the jobs."""
    with odoo(database) as env:
        before, meter = memory(reset=True), WideMeter(env)
        with meter:
            _deliver(env)
        states = env["cx.campaign.act"]._read_group([], ["campaign_id", "state"], ["__count"])
        return {"send": meter.cost, "memory": memory() - before, "states": states[-1][1:]}


def _deliver(env):
    acts, left = env["cx.campaign.act"], 0
    while waiting := acts._count_due():
        if waiting == left:
            raise AssertionError(f"{left} mails are due and do not leave")
        left = waiting
        acts._cron_deliver()


@contextlib.contextmanager
def worker(database):
    """One of several that deliver at once: when it began, and when nothing was left for it."""
    with odoo(database) as env:
        env["cx.campaign.act"].search([], limit=1)

        def begin():
            began = time.monotonic()
            _deliver(env)
            return began, time.monotonic()

        yield begin
