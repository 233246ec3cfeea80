"""A shop with customers that went quiet and campaigns that write to them.

Run within ``odoo shell`` by ``world.World``; what it made comes back as JSON.
"""

import json
from datetime import date, timedelta

from odoo import Command, fields

from odoo.addons.cx_lifecycle.demo import loader
from odoo.addons.cx_lifecycle.demo.purchases_csv import Purchase

SENDER = '"Shop" <shop@example.com>'
OURS = ("cx.campaign", "cx.campaign.act")
# of every twenty customers one each is
BLACKLISTED, OPTED_OUT, SECOND, TWIN = 3, 7, 11, 15
BODY = """
<div><p>Dear customer, we miss you.</p>
<p><a href="http://127.0.0.1:{port}/web/health">Come back</a> for a look.</p>
<p><a href="/unsubscribe_from_list">No more of this</a></p></div>
"""


def fill(env, customers, campaigns, by_stage, lease, smtp_port, http_port):
    """Everything there is before the first round; commits and tells what it made."""
    env = env(user=env.ref("base.user_admin"), context={"tracking_disable": True})
    env.user.group_ids += env.ref("cx_lifecycle.group_admin") | env.ref(
        "cx_lifecycle.group_marketer"
    )
    env["ir.config_parameter"].set_param("cx_lifecycle_mail.lease", lease)
    env["ir.config_parameter"].set_param("web.base.url", f"http://127.0.0.1:{http_port}")
    env["ir.config_parameter"].set_param("web.base.url.freeze", True)
    env.company.write({"cx_mail_cap": 0, "cx_call_cap": 0, "cx_quiet_from": 0, "cx_quiet_to": 0})
    env["ir.mail_server"].create(
        {"name": "Sink", "smtp_host": "127.0.0.1", "smtp_port": smtp_port, "sequence": 1}
    )
    topic = env["cx.topic"].create({"name": "Offers"})
    people, bans = _people(env, customers, topic)
    by_hand = [
        _campaign(env, f"By hand {n}", topic, http_port, entry="manual", steps=1 + n % 2)
        for n in range(campaigns)
    ]
    staged = [
        _campaign(
            env, f"By stage {n}", topic, http_port, steps=2, entry="becomes", members="both",
            stage_id=env.ref("cx_lifecycle.stage_dormant").id, domain="[('ref', '<', 'f0040')]",
        )
        for n in range(by_stage)
    ]  # fmt: skip
    for campaign in by_hand + staged:
        campaign._launch()
    for campaign in staged:
        campaign.action_pause()
    # nothing else is to send, or to take the workers' time
    crons = env["ir.cron"].with_context(active_test=False).search([])
    ours = crons.filtered(lambda cron: cron.model_id.model in OURS)
    (crons - ours).active = False
    tomorrow = fields.Datetime.now() + timedelta(days=1)
    key = env["res.users.apikeys"]._generate("rpc", "faults", tomorrow)
    env.cr.commit()
    return {
        "people": people,
        "bans": bans,
        "by_hand": [campaign.id for campaign in by_hand],
        "by_stage": [campaign.id for campaign in staged],
        "topic": topic.id,
        "product": env["product.product"].search([("name", "=", "Purchase")], limit=1).id,
        "crons": ours.ids,
        "key": key,
    }


def _people(env, number, topic):
    """Customers that bought every month and stopped half a year ago; who is not to be mailed."""
    today = date.today()
    loader.load(
        env,
        [
            Purchase(f"f{n:04}", today - timedelta(days=150 + n % 30 + 30 * month), 50.0 + n)
            for n in range(number)
            for month in range(6)
        ],
    )
    partners = env["res.partner"].search([("ref", "=like", "f%")], order="ref")
    blocked, opted_out = [], []
    for n, partner in enumerate(partners):
        kind = n % 20
        if kind == SECOND:
            partner.email = f"{partner.email}, second.{partner.email}"
            blocked.append(f"second.{partner.ref}@example.com")
        elif kind == TWIN:
            partner.email = partners[n - 1].email
        elif kind == BLACKLISTED:
            blocked.append(partner.email_normalized)
        elif kind == OPTED_OUT:
            opted_out.append(partner.email_normalized)
    env["mail.blacklist"].create([{"email": email} for email in blocked])
    env["cx.topic.optout"].create(
        [
            {"email": email, "topic_id": topic.id, "company_id": env.company.id}
            for email in opted_out
        ]
    )
    env["cx.first.run"]._of(env.company)._accept()
    run = env["cx.run"]._request("rebuild", env.company)
    run._commit()
    run._pass()
    return [(p.id, p.email_normalized) for p in partners], blocked + opted_out


def _campaign(env, name, topic, port, steps, **values):
    campaign = env["cx.campaign"].create(
        {
            "name": name, "topic_id": topic.id, "cooldown_days": 0, "exclusive": False,
            "stop_deal": True,
            "sender": "fixed", "email_from": SENDER, **values,
        }
    )  # fmt: skip
    parent = env["cx.campaign.step"]
    for n in range(steps):
        parent = env["cx.campaign.step"].create(
            {
                "campaign_id": campaign.id, "name": f"Mail {n + 1}", "kind": "mail",
                "parent_id": parent.id, "trigger": "done" if parent else "entry",
                "mailing_ids": [Command.create({
                    "subject": f"{name}, {n + 1}", "email_from": SENDER,
                    "body_html": BODY.format(port=port), "body_arch": BODY.format(port=port),
                    "mailing_model_id": env["ir.model"]._get_id("res.partner"),
                })],
            }
        )  # fmt: skip
    return campaign


def main(env, **values):
    print("MADE" + json.dumps(fill(env, **values)))
